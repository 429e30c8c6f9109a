"""``vitascope bench serve``: loads a house of its own over HTTP and tells its latency, throughput, fairness and memory.

The house is the one that people start, ``vitascope serve``, in processes of its own; the load comes from this one. Open
loop: orders leave at their time, whether or not the ones before were answered, so a slow answer cannot hide the next.
"""

import json
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from vitascope.backends.choose import open_backend
from vitascope.bench import cancel
from vitascope.bench.book import fill
from vitascope.bench.house import House, Line, ms, new_holder, pss, serving, spread, wait_for_worker
from vitascope.bench.run import warm
from vitascope.store.database import open_database
from vitascope.videos.metrics import counts

_TWIN = "twin"
_IDLE_SECONDS = 5.0
_PAGES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of the house."""

    model: str = _TWIN
    twin_seconds: float = 0.05
    rate: float = 20.0  # orders a second
    seconds: float = 30.0
    connections: int = 32
    clips: int = 20  # made one after the other, for the server's own time
    rival_jobs: int = 100
    videos: int = 0  # that lie in the house before anything is asked of it


def measure(load: Load) -> dict[str, object]:
    """Start a house, load it, and tell what came out. Raises ServerError where it does not start."""
    bare = _bare(load)
    with tempfile.TemporaryDirectory(prefix="vitascope-bench-") as folder:
        switches = ("--model", load.model, "--twin-seconds", str(load.twin_seconds))
        with serving(Path(folder), *switches) as house, closing(_line(house, "bench")) as line:
            return _reported(house, line, load, bare)


def _reported(house: House, line: Line, load: Load, bare: float) -> dict[str, object]:
    """Memory first, while the house has done nothing yet; what fills the queue comes last."""
    wait_for_worker(line, load.model)
    time.sleep(_IDLE_SECONDS)
    report: dict[str, object] = {"idle_pss_megabytes": pss(house.process)}
    report["list_20"] = _pages(house, load)
    report["own_time"] = _own_times(line, load, bare)
    if load.model != _TWIN:  # the twin sleeps as long as it is told, and has no engine
        report["cancel"] = cancel.measure(line, load.model, runs=load.clips)
    report["create"] = _open_loop(house, load)
    _wait_until_empty(line)
    report["fairness"] = _fairness(house, load)
    report["saturation"] = _closed_loop(house, load)
    return report


def _line(house: House, name: str) -> Line:
    return Line(house.host, house.port, new_holder(house.database, house.folder, name).key)


def _bare(load: Load) -> float:
    """Seconds a clip takes with no house around it: the sleep of the twin, or the engine alone beforehand."""
    if load.model == _TWIN:
        return load.twin_seconds
    return median(cost.seconds for cost in warm(open_backend(load.model), runs=load.clips))


def _pages(house: House, load: Load) -> Mapping[str, float]:
    """Pages of 20 from anywhere in the list of a party that has many videos."""
    holder, database = new_holder(house.database, house.folder, "past"), open_database(house.database)
    ids = fill(database, load.videos, holder.party)
    database.close()
    cursors = np.random.default_rng(1).integers(0, max(1, len(ids)), _PAGES)
    paths = [f"/v1/videos?limit=20&after={ids[cursor]}" if ids else "/v1/videos?limit=20" for cursor in cursors]
    with closing(Line(house.host, house.port, holder.key)) as line:
        line.ask("GET", paths[0])  # connected, before anything is timed
        return {**spread([line.timed("GET", path) for path in paths]), "videos": load.videos}


def _own_times(line: Line, load: Load, bare: float) -> dict[str, float]:
    """From order to the last byte of the film, less the bare engine, by a client that is woken by events."""
    walls, engines = [], []
    for number in range(load.clips + 1):
        began = time.perf_counter()
        video = line.order(load.model, number)
        line.events(video)
        line.ask("GET", f"/v1/videos/{video}/content")
        walls.append(time.perf_counter() - began)
        engines.append(float(json.loads(line.ask("GET", f"/v1/videos/{video}"))["inference_time_s"]))
    own = [wall - bare for wall in walls[1:]]  # the first opens connections and caches
    told = {"wall_median_ms": ms(median(walls[1:])), "engine_told_median_ms": ms(median(engines[1:]))}
    return {**spread(own), "bare_median_ms": ms(bare), **told}


def _open_loop(house: House, load: Load) -> dict[str, float]:
    """Orders at a fixed rate over many connections: from the moment each was due until it was answered."""
    due = [number / load.rate for number in range(round(load.rate * load.seconds))]
    lines = _lines(house, load.connections)
    started = time.perf_counter() + 0.2

    def one(number: int) -> float:
        time.sleep(max(0.0, started + due[number] - time.perf_counter()))
        with lines.taken() as line:
            line.order(load.model, number)
        return time.perf_counter() - (started + due[number])

    with closing(lines), ThreadPoolExecutor(load.connections) as pool:
        seconds = list(pool.map(one, range(len(due))))
    return {**spread(seconds), "rate": load.rate, "connections": load.connections}


def _closed_loop(house: House, load: Load, seconds: float = 5.0) -> dict[str, float]:
    """Orders as fast as they are answered: how many the house takes in a second."""
    lines, made = _lines(house, load.connections), _num_made(house)
    until = time.perf_counter() + seconds

    def one(start: int) -> list[float]:
        taken: list[float] = []
        with lines.taken() as line:
            while (began := time.perf_counter()) < until:
                line.order(load.model, start + len(taken))
                taken.append(time.perf_counter() - began)
        return taken

    with closing(lines), ThreadPoolExecutor(load.connections) as pool:
        times = [took for part in pool.map(one, range(0, 10**6 * load.connections, 10**6)) for took in part]
    made = _num_made(house) - made
    return {
        **spread(times),
        "orders_a_second": round(len(times) / seconds, 1),
        "videos_made_a_second": round(made / seconds, 2),  # workers must not starve behind the orders
    }


def _num_made(house: House) -> int:
    with closing(open_database(house.database)) as database, database.reading() as tx:
        return counts(tx, time.time()).ended["completed"]


def _fairness(house: House, load: Load) -> dict[str, float]:
    """Jobs of A that begin between the order of B and its start, with many of A's waiting."""
    with closing(_line(house, "A")) as ana, closing(_line(house, "B")) as ben:
        return _rivalry(ana, ben, load)


def _rivalry(ana: Line, ben: Line, load: Load) -> dict[str, float]:
    theirs = [ana.order(load.model, number) for number in range(load.rival_jobs)]
    mine = _moments(ben.events(ben.order(load.model, 0)))
    begun = [_moments(ana.events(video))["video.started"] for video in theirs]
    between = [at for at in begun if mine["video.queued"] < at < mine["video.started"]]
    waiting = [at for at in begun if at > mine["video.queued"]]
    return {"jobs_of_A_before_B": len(between), "of": load.rival_jobs, "of_A_still_waiting": len(waiting)}


def _moments(events: Sequence[dict[str, object]]) -> dict[str, float]:
    return {str(event["type"]): float(str(event["created_at"])) for event in events}


class _Lines:
    """Connections that are handed out and taken back, and closed together."""

    def __init__(self, lines: list[Line]) -> None:
        self._all, self._free, self._lock = tuple(lines), lines, threading.Lock()

    def close(self) -> None:
        """Hang up all of them."""
        for line in self._all:
            line.close()

    @contextmanager
    def taken(self) -> Iterator[Line]:
        """A connection nobody else uses; there is one for each thread."""
        with self._lock:
            line = self._free.pop()
        try:
            yield line
        finally:
            with self._lock:
                self._free.append(line)


def _lines(house: House, number: int) -> _Lines:
    key = new_holder(house.database, house.folder, "load").key
    lines = [Line(house.host, house.port, key) for _ in range(number)]
    for line in lines:
        line.ask("GET", "/v1/videos?limit=0")  # connected, before anything is timed
    return _Lines(lines)


def _wait_until_empty(line: Line) -> None:
    while "vitascope_jobs_queued 0.0" not in line.ask("GET", "/metrics").decode():
        time.sleep(0.5)
