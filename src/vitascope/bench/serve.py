"""``vitascope bench serve``: loads a house of its own over HTTP and tells its latency, throughput, fairness and memory.

The house is the one that people start, ``vitascope serve``, in processes of its own; the load comes from this one. Open
loop: orders leave at their time, whether or not the ones before were answered, so a slow answer cannot hide the next.
"""

import http.client
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from vitascope.errors import ServerError
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.store.database import open_database
from vitascope.store.secrets import open_secrets

_PROMPT = "a parrot flies over a beach at sunset"
_MOST = Limits(requests_per_minute=10**6, jobs_in_flight=10**6, seconds_per_day=10**9)
_IDLE_SECONDS = 5.0
_END_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of the house."""

    model: str = "twin"
    twin_seconds: float = 0.05
    rate: float = 20.0  # orders a second
    seconds: float = 30.0
    connections: int = 32
    clips: int = 20  # made one after the other, for the server's own time
    rival_jobs: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A house that serves, and where its data lies."""

    host: str
    port: int
    process: int
    folder: Path

    def new_key(self, name: str) -> str:
        """A key of a new party, without limits; its text."""
        database = open_database(f"sqlite:///{self.folder / 'vitascope.db'}", migrate=False)
        with database.transaction() as tx:
            made = keys.create(
                tx,
                name=name,
                scopes=keys.SCOPES,
                expires_at=None,
                limits=_MOST,
                secrets=open_secrets(self.folder),
                now=time.time(),
            )
        database.close()
        return made.credential


def measure(load: Load) -> dict[str, object]:
    """Start a house, load it, and tell what came out. Raises ServerError where it does not start."""
    with (
        tempfile.TemporaryDirectory(prefix="vitascope-bench-") as folder,
        _serving(Path(folder), load) as house,
        closing(_Line(house, house.new_key("bench"))) as line,
    ):
        return _reported(house, line, load)


def _reported(house: House, line: "_Line", load: Load) -> dict[str, object]:
    _wait_for_worker(line)
    time.sleep(_IDLE_SECONDS)
    report: dict[str, object] = {"idle_pss_megabytes": _pss(house.process)}
    report["own_time"] = _own_times(line, load)
    report["create"] = _open_loop(house, load)
    report["saturation"] = _closed_loop(house, load)
    _wait_until_empty(line)
    report["fairness"] = _fairness(house, load)
    report["list_20"] = _spread([line.timed("GET", "/v1/videos?limit=20") for _ in range(50)])
    return report


class _Line:
    """One connection to the desk that stays open, with a key."""

    def __init__(self, house: House, key: str) -> None:
        self._connection = http.client.HTTPConnection(house.host, house.port, timeout=120)
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        """The body of the answer. Raises ServerError where it is not 200."""
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise ServerError(f"{method} {path} was answered with {answer.status}: {content[:300]!r}")
        return content

    def order(self, model: str, number: int) -> str:
        """Order a video; its id."""
        body = {"prompt": _PROMPT, "model": model, "seconds": "4", "seed": number}
        return str(json.loads(self.ask("POST", "/v1/videos", body))["id"])

    def timed(self, method: str, path: str) -> float:
        """Seconds that a request takes."""
        began = time.perf_counter()
        self.ask(method, path)
        return time.perf_counter() - began

    def events(self, video: str) -> list[dict[str, object]]:
        """Everything that happened to a video; returns when it has ended."""
        told = self.ask("GET", f"/v1/videos/{video}/events").decode()
        return [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if line.startswith("data: ")]


def _own_times(line: _Line, load: Load) -> dict[str, float]:
    """From order to the last byte of the film, less what the engine took, by a client that is woken by events."""
    own, walls = [], []
    for number in range(load.clips + 1):
        began = time.perf_counter()
        video = line.order(load.model, number)
        line.events(video)
        line.ask("GET", f"/v1/videos/{video}/content")
        wall = time.perf_counter() - began
        walls.append(wall)
        own.append(wall - float(json.loads(line.ask("GET", f"/v1/videos/{video}"))["inference_time_s"]))
    return {**_spread(own[1:]), "wall_median_ms": _ms(median(walls[1:]))}  # the first opens connections and caches


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
    return {**_spread(seconds), "rate": load.rate, "connections": load.connections}


def _closed_loop(house: House, load: Load, seconds: float = 5.0) -> dict[str, float]:
    """Orders as fast as they are answered: how many the house takes in a second."""
    lines, until = _lines(house, load.connections), time.perf_counter() + seconds

    def one(start: int) -> list[float]:
        taken: list[float] = []
        with lines.taken() as line:
            while (began := time.perf_counter()) < until:
                line.order(load.model, start + len(taken))
                taken.append(time.perf_counter() - began)
        return taken

    with closing(lines), ThreadPoolExecutor(load.connections) as pool:
        times = [took for part in pool.map(one, range(0, 10**6 * load.connections, 10**6)) for took in part]
    return {**_spread(times), "orders_a_second": round(len(times) / seconds, 1)}


def _fairness(house: House, load: Load) -> dict[str, float]:
    """Jobs of A that begin between the order of B and its start, with many of A's waiting."""
    with closing(_Line(house, house.new_key("A"))) as ana, closing(_Line(house, house.new_key("B"))) as ben:
        return _rivalry(ana, ben, load)


def _rivalry(ana: "_Line", ben: "_Line", load: Load) -> dict[str, float]:
    theirs = [ana.order(load.model, number) for number in range(load.rival_jobs)]
    mine = _moments(ben.events(ben.order(load.model, 0)))
    begun = [_moments(ana.events(video))["video.started"] for video in theirs]
    between = [at for at in begun if mine["video.queued"] < at < mine["video.started"]]
    return {"jobs_of_A_before_B": len(between), "of": load.rival_jobs}


def _moments(events: Sequence[dict[str, object]]) -> dict[str, float]:
    return {str(event["type"]): float(str(event["created_at"])) for event in events}


class _Lines:
    """Connections that are handed out and taken back, and closed together."""

    def __init__(self, lines: list[_Line]) -> None:
        self._all, self._free, self._lock = tuple(lines), lines, threading.Lock()

    def close(self) -> None:
        """Hang up all of them."""
        for line in self._all:
            line.close()

    @contextmanager
    def taken(self) -> Iterator[_Line]:
        """A connection nobody else uses; there is one for each thread."""
        with self._lock:
            line = self._free.pop()
        try:
            yield line
        finally:
            with self._lock:
                self._free.append(line)


def _lines(house: House, number: int) -> _Lines:
    key = house.new_key("load")
    lines = [_Line(house, key) for _ in range(number)]
    for line in lines:
        line.ask("GET", "/v1/videos?limit=0")  # connected, before anything is timed
    return _Lines(lines)


@contextmanager
def _serving(folder: Path, load: Load) -> Iterator[House]:
    command = [sys.executable, "-c", "from vitascope.cli.main import app; app()", "serve", "--port", "0"]
    command += ["--data", str(folder), "--model", load.model, "--twin-seconds", str(load.twin_seconds)]
    with (folder / "serve.jsonl").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603  # our own program
    try:
        yield House(host="127.0.0.1", port=_port(process), process=process.pid, folder=folder)
    finally:
        process.terminate()
        _see_out(process)


def _see_out(process: "subprocess.Popen[str]") -> None:
    """Wait for the end; the kernel ends the workers of a desk that has to be killed."""
    try:
        process.communicate(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _port(process: "subprocess.Popen[str]") -> int:
    for line in process.stdout or ():
        if found := re.search(r"serves http://\S+:(\d+)/v1", line):
            return int(found[1])
    raise ServerError(f"The house ended with {process.wait()} before it served.")


def _wait_for_worker(line: _Line) -> None:
    while not json.loads(line.ask("GET", "/v1/models"))["data"]:
        time.sleep(0.2)


def _wait_until_empty(line: _Line) -> None:
    while "vitascope_jobs_queued 0.0" not in line.ask("GET", "/metrics").decode():
        time.sleep(0.5)


def _pss(process: int) -> float:
    """Memory of a process with its share of what it shares, in megabytes."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6, 1) if found else 0.0


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and largest, in milliseconds."""
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"n": len(ordered), "median_ms": _ms(median(ordered)), "p95_ms": _ms(high), "most_ms": _ms(ordered[-1])}


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
