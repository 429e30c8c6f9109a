"""``python -m vitascope.bench.chaos``: kills desk and workers with -9 at random moments, and counts.

Clients order over HTTP, each order with an Idempotency-Key, and try again while there is no desk. What must come out:
every order that was answered with 200 is a job that has ended, each ended once, and each completed one hands out its
film. Every fifth order has a kept character in it, whose picture a worker fetches anew each time. The sleeping twin
takes the engine's place where thousands of jobs are wanted; any model can be named.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import openai
from PIL import Image, ImageDraw

from vitascope.bench.house import PROMPT, Holder, Line, new_holder, program, wanted
from vitascope.media.sheets import png_bytes
from vitascope.refusals import DatabaseError
from vitascope.store.database import Database, open_database
from vitascope.videos.events import Tail
from vitascope.videos.metrics import counts
from vitascope.videos.queue import open_queue

_ADDRESS = "127.0.0.1"
_PAGE = 100
_CLIENTS = 4
_WITH_CHARACTER = 5  # one order of so many
_NAME = "Mossy"
_LEAD = 4  # orders run ahead of ended jobs by this part of all at most, so that a desk that dies is missed until late


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run of chaos."""

    database: str
    files: str
    data: Path
    model: str = "twin"
    twin_seconds: float = 0.05
    jobs: int = 2_000
    kills: int = 20
    workers: int = 2
    seed: int = 1
    patience: float = 3000.0  # seconds until what has not ended counts as lost; events are kept for an hour


class Crew:
    """A desk and workers that are killed, and replaced at once, as a supervisor would."""

    def __init__(self, trial: Trial) -> None:
        self._trial, self._random = trial, np.random.default_rng(trial.seed)
        self.port, self.killed = _free_port(), Counter[str]()
        commands = [_worker(trial)] * trial.workers
        self._commands = [*commands, _desk(trial, self.port)]
        self._processes = [self._begin(command) for command in self._commands]

    def kill(self) -> None:
        """End a worker, or the desk, or all of them in one moment, as a power cut would; each as likely."""
        place = int(self._random.integers(len(self._processes) + 1))
        desk, everybody = len(self._processes) - 1, len(self._processes)
        self.killed["house" if place == everybody else "desk" if place == desk else "worker"] += 1
        places = range(everybody) if place == everybody else (place,)
        for each in places:
            self._processes[each].send_signal(signal.SIGKILL)
        for each in places:
            self._processes[each].wait()
            self._processes[each] = self._begin(self._commands[each])

    def keep(self) -> None:
        """Replace what has ended by itself: a worker that was given up leaves, and its supervisor starts another."""
        for place, process in enumerate(self._processes):
            if process.poll() is not None:
                self.killed["left by itself"] += 1
                self._processes[place] = self._begin(self._commands[place])

    def moments(self) -> list[float]:
        """When to kill: shares of all jobs that have ended by then, at random, ascending."""
        return sorted(float(share) for share in self._random.uniform(0.0, 0.95, self._trial.kills))

    def pause(self) -> float:
        """A little more time, so that a kill does not fall together with the end of a job."""
        return float(self._random.uniform(0.0, 2 * self._trial.twin_seconds))

    def end(self) -> None:
        """Ask all to leave, and make sure of it."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _begin(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with (self._trial.data / "said.log").open("ab") as said:
            return subprocess.Popen(command, stdout=said, stderr=said)  # noqa: S603  # our own program


def _worker(trial: Trial) -> list[str]:
    where = ("--db", trial.database, "--files", trial.files)
    return program(trial.data, "worker", *where, "--model", trial.model, "--twin-seconds", str(trial.twin_seconds))


def _desk(trial: Trial, port: int) -> list[str]:
    where = ("--db", trial.database, "--files", trial.files)
    return program(trial.data, "serve", *where, "--workers", "0", "--host", _ADDRESS, "--port", str(port))


def run(trial: Trial) -> dict[str, object]:
    """Order, kill, wait, count."""
    database = open_database(trial.database)
    open_queue(database).close()
    holder = new_holder(trial.database, trial.data, "chaos")
    crew, begin = Crew(trial), time.monotonic()
    until = begin + trial.patience
    try:
        with ThreadPoolExecutor(1) as pool:
            ordered = pool.submit(_order_all, trial, database, crew.port, holder, until)
            for share in crew.moments():
                _wait(database, share * trial.jobs, until, crew.keep)
                time.sleep(crew.pause())
                crew.kill()
            accepted = ordered.result()
        _wait(database, trial.jobs, until, crew.keep)
        seconds = time.monotonic() - begin
        with contextlib.closing(Line(_ADDRESS, crew.port, holder.key)) as line:
            report = _counted(trial, database, line, holder, accepted)
    finally:
        crew.end()
    database.close()
    return {**report, "killed": dict(crew.killed), "seconds": round(seconds, 1)}


def _order_all(trial: Trial, database: Database, port: int, holder: Holder, until: float) -> list[str]:
    """The ids with which all orders were answered, by their numbers."""
    cast: dict[str, object] = {"characters": [{"id": _character(port, holder, until)}]}

    def order(number: int) -> str:
        _wait(database, number - max(10, trial.jobs // _LEAD), until)
        return _order(port, holder, wanted(trial.model, number, is_small=True) | _said(number, cast), until)

    with ThreadPoolExecutor(_CLIENTS) as pool:
        return list(pool.map(order, range(trial.jobs)))


def _character(port: int, holder: Holder, until: float) -> str:
    """Somebody who is kept: a drawing on white, as the official SDK sends one."""
    with contextlib.closing(Line(_ADDRESS, port, holder.key)) as line:
        line.insist("GET", "/v1/videos?limit=1", until=until)  # there is a desk
    drawing = Image.new("RGB", (128, 128), "white")
    ImageDraw.Draw(drawing).ellipse((32, 24, 96, 104), fill="teal")
    picture = ("mossy.png", png_bytes(np.asarray(drawing)), "image/png")
    with openai.OpenAI(base_url=f"http://{_ADDRESS}:{port}/v1", api_key=holder.key, max_retries=20) as client:
        kept = client.videos.create_character(name=_NAME, video=picture)
    return str(kept.id)


def _said(number: int, cast: Mapping[str, object]) -> dict[str, object]:
    """What the order of that number says, and who plays in it."""
    plays = number % _WITH_CHARACTER == 0
    return {"prompt": f"{_NAME} jumps over a beach", **cast} if plays else {"prompt": PROMPT}


def _order(port: int, holder: Holder, body: dict[str, object], until: float) -> str:
    """The id an order was answered with, however often it had to be sent."""
    with contextlib.closing(Line(_ADDRESS, port, holder.key)) as line:
        number = body["seed"]
        answer = line.insist("POST", "/v1/videos", body, until=until, idempotency_key=f"order {number}")
    return str(json.loads(answer)["id"])


def _wait(database: Database, num_ended: float, until: float, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Until so many jobs have ended, or patience has."""
    while time.monotonic() < until and _num_ended(database) < num_ended:
        meanwhile()
        time.sleep(0.1)


def _num_ended(database: Database) -> int:
    try:
        with database.reading() as tx:
            return sum(counts(tx, time.time()).ended.values())
    except DatabaseError:
        return 0


def _counted(trial: Trial, database: Database, line: Line, holder: Holder, accepted: list[str]) -> dict[str, object]:
    """What a client sees of every job at the end, and what the events say of them."""
    listed = _listed(line, until=time.monotonic() + 60)
    ended = {video: listed[video] for video in accepted if listed.get(video) in ("completed", "failed", "cancelled")}
    films = [
        _is_whole(trial, line, video, number)
        for number, video in enumerate(accepted)
        if ended.get(video) == "completed"
    ]
    told = _told(database, holder.party)
    return {
        "accepted": len(accepted),
        "lost": len(accepted) - len(ended),
        "entered_twice": len(listed) - len(set(accepted)),
        "ended_twice": sum(number > 1 for number in told.ends.values()),
        "states": dict(Counter(ended.values())),
        "without_film": films.count(False),
        "jobs_hit": len(told.delays),
        "hit_job_delay_median_s": round(median(told.delays), 2) if told.delays else None,
        "hit_job_delay_max_s": round(max(told.delays), 2) if told.delays else None,
    }


def _listed(line: Line, *, until: float) -> dict[str, str]:
    """Every video of the key and its state, page by page."""
    states: dict[str, str] = {}
    after = ""
    while True:
        page = json.loads(line.insist("GET", f"/v1/videos?limit={_PAGE}{after}", until=until))
        states |= {video["id"]: video["state"] for video in page["data"]}
        if not page["has_more"]:
            return states
        after = f"&after={page['last_id']}"


def _is_whole(trial: Trial, line: Line, video: str, number: int) -> bool:
    """Whether the film is handed out; the twin's says whose it is."""
    content = line.ask("GET", f"/v1/videos/{video}/content")
    return (
        content == f"{number} {_said(number, {})['prompt']}".encode()
        if trial.model == "twin"
        else content[4:8] == b"ftyp"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the events say: how often each video ended, and the time from first to last start of those begun again."""

    ends: Counter[str]
    delays: tuple[float, ...]


def _told(database: Database, party: str) -> _Told:
    tail, ends, starts = Tail(party, after=0), Counter[str](), dict[str, list[float]]()
    with database.reading() as tx:
        while found := tail.read(tx, limit=1000):
            for event in found:
                ends[event.video] += event.type in ("video.completed", "video.failed", "video.cancelled")
                if event.type == "video.started":
                    starts.setdefault(event.video, []).append(event.at)
    return _Told(ends=ends, delays=tuple(times[-1] - times[0] for times in starts.values() if len(times) > 1))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_ADDRESS, 0))
        return int(listener.getsockname()[1])


def main() -> None:
    """Run a trial and write what came of it to standard output; the exit status is 1 where a job was lost."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.chaos", description=main.__doc__)
    parser.add_argument("--db", default="")
    parser.add_argument("--model", default="twin")
    parser.add_argument("--jobs", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--twin-seconds", type=float, default=0.05)
    asked = parser.parse_args()
    warnings.filterwarnings("ignore", "The Sora API is scheduled", DeprecationWarning)  # it is, elsewhere
    with tempfile.TemporaryDirectory(prefix="vitascope-chaos-") as folder:
        trial = Trial(
            database=asked.db or f"sqlite:///{folder}/house.db",
            files=f"{folder}/files",
            data=Path(folder),
            model=asked.model,
            jobs=asked.jobs,
            kills=asked.kills,
            workers=asked.workers,
            seed=asked.seed,
            twin_seconds=asked.twin_seconds,
        )
        report = run(trial)
        is_bad = any(report[name] for name in ("lost", "entered_twice", "ended_twice", "without_film"))
        if is_bad:
            sys.stderr.write((trial.data / "said.log").read_text()[-8000:])
    sys.stdout.write(json.dumps({**report, "database": trial.database.split(":")[0], "cpus": os.cpu_count()}) + "\n")
    sys.exit(is_bad)


if __name__ == "__main__":
    main()
