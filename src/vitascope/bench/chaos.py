"""``python -m vitascope.bench.chaos``: kills with -9 at random moments whoever orders and whoever works, and counts.

What must come out: every job that was accepted has ended, each ended once, and each completed one has its files. The
sleeping twin takes the engine's place where thousands of jobs are wanted; any model can be named.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from vitascope.orders import Grant, Limits, Order
from vitascope.refusals import DatabaseError, FilesError
from vitascope.store.blobs import Blobs, open_blobs
from vitascope.store.database import Database, open_database
from vitascope.videos import book
from vitascope.videos.events import Tail
from vitascope.videos.job import Job
from vitascope.videos.metrics import counts
from vitascope.videos.queue import DurableQueue, open_queue

_PARTY = "chaos"
_GRANT = Grant(party=_PARTY, key=_PARTY, scopes=frozenset(), priority="normal", limits=Limits())
_PROMPT = "a parrot flies over a beach at sunset"
_PAGE = 100
_ACCEPTED = "accepted"


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
    patience: float = 3600.0  # seconds until what has not ended counts as lost


class Crew:
    """Processes that are killed, and replaced at once, as a supervisor would: workers, and one that orders."""

    def __init__(self, trial: Trial) -> None:
        self._trial, self._random = trial, np.random.default_rng(trial.seed)
        self._workers = [self._begin(_worker(trial)) for _ in range(trial.workers)]
        self._desk = self._begin(_desk(trial))

    def kill_one(self) -> None:
        """End one of them as a power cut would; the one that orders, as long as it does, as often as a worker."""
        place = int(self._random.integers(len(self._workers) + (self._desk.poll() is None)))
        if place == len(self._workers):
            self._desk = self._killed(self._desk, _desk(self._trial))
        else:
            self._workers[place] = self._killed(self._workers[place], _worker(self._trial))

    def moments(self) -> list[float]:
        """When to kill: shares of all jobs that have ended by then, at random, ascending."""
        return sorted(float(share) for share in self._random.uniform(0.0, 0.95, self._trial.kills))

    def pause(self) -> float:
        """A little more time, so that a kill does not fall together with the end of a job."""
        return float(self._random.uniform(0.0, 2 * self._trial.twin_seconds))

    def end(self) -> None:
        """Ask all to leave, and make sure of it."""
        for process in (*self._workers, self._desk):
            process.terminate()
        for process in (*self._workers, self._desk):
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _killed(self, process: subprocess.Popen[bytes], command: list[str]) -> subprocess.Popen[bytes]:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return self._begin(command)

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._trial.data / "said.log").open("ab") as said:
            return subprocess.Popen(command, stdout=said, stderr=said)  # noqa: S603  # our own program


def _worker(trial: Trial) -> list[str]:
    command = [str(Path(sys.executable).parent / "vitascope"), "worker", "--db", trial.database, "--files", trial.files]
    return [*command, "--data", str(trial.data), "--model", trial.model, "--twin-seconds", str(trial.twin_seconds)]


def _desk(trial: Trial) -> list[str]:
    command = [sys.executable, "-m", "vitascope.bench.chaos", "--order-into", str(trial.data), "--db", trial.database]
    return [*command, "--jobs", str(trial.jobs), "--model", trial.model]


def run(trial: Trial) -> dict[str, object]:
    """Order, kill, wait, count."""
    database = open_database(trial.database)
    open_queue(database).close()
    crew, begin = Crew(trial), time.monotonic()
    try:
        for share in crew.moments():
            _wait(trial, database, until_ended=share * trial.jobs)
            time.sleep(crew.pause())
            crew.kill_one()
        _wait(trial, database, until_ended=trial.jobs)
    finally:
        crew.end()
    accepted = list(dict.fromkeys((trial.data / _ACCEPTED).read_text().split()))
    report = _counted(trial, database, accepted, time.monotonic() - begin)
    database.close()
    return report


def order_into(trial: Trial) -> None:
    """Order all jobs, and note each that was accepted once that is certain; begun again, it goes through all again.

    An order has an idempotency key of its own, so a repetition is answered with the job there is.
    """
    database = open_database(trial.database)
    queue = open_queue(database)
    with (trial.data / _ACCEPTED).open("a") as accepted:
        for number in range(trial.jobs):
            accepted.write(f"{_submitted(trial, database, queue, number)}\n")
            accepted.flush()


def _submitted(trial: Trial, database: Database, queue: DurableQueue, number: int) -> str:
    order = Order(prompt=_PROMPT, model=trial.model, seconds=1.0, size=(128, 128), seed=number)
    while True:
        try:
            with database.transaction() as tx:
                entered = book.submit(
                    tx, order, _GRANT, queue=queue, now=time.time(), idempotency=str(number), queue_limit=10**9
                )
                return entered.job.id
        except DatabaseError:
            time.sleep(0.5)


def _wait(trial: Trial, database: Database, *, until_ended: float) -> None:
    """Until so many have ended, or patience has."""
    until = time.monotonic() + trial.patience
    while time.monotonic() < until and _num_ended(database) < until_ended:
        time.sleep(0.1)


def _num_ended(database: Database) -> int:
    with database.reading() as tx:
        return sum(counts(tx, time.time()).ended.values())


def _counted(trial: Trial, database: Database, accepted: list[str], spent: float) -> dict[str, object]:
    jobs, told = {job.id: job for job in _all(database)}, _told(database)
    blobs = open_blobs(trial.files)
    ended = [jobs[video] for video in accepted if video in jobs and jobs[video].has_ended]
    completed = [job for job in ended if job.state == "completed"]
    return {
        "accepted": len(accepted),
        "lost": len(accepted) - len(ended),
        "entered_twice": len(jobs) - len(set(accepted)),
        "ended_twice": sum(number > 1 for number in told.ends.values()),
        "states": {state: sum(job.state == state for job in ended) for state in sorted({job.state for job in ended})},
        "without_files": sum(not _has_files(blobs, job) for job in completed),
        "kills": trial.kills,
        "jobs_hit": len(told.delays),
        "hit_job_delay_median_s": round(median(told.delays), 2) if told.delays else None,
        "hit_job_delay_max_s": round(max(told.delays), 2) if told.delays else None,
        "seconds": round(spent, 1),
    }


def _has_files(blobs: Blobs, job: Job) -> bool:
    try:
        return job.made is not None and all(blobs.size(kept.key) == kept.size for kept in job.made.files.values())
    except FilesError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the events say: how often each video ended, and the time from first to last start of those begun again."""

    ends: Counter[str]
    delays: tuple[float, ...]


def _told(database: Database) -> _Told:
    tail, ends, starts = Tail(_PARTY, after=0), Counter[str](), dict[str, list[float]]()
    with database.reading() as tx:
        while found := tail.read(tx, limit=1000):
            for event in found:
                ends[event.video] += event.type in ("video.completed", "video.failed", "video.cancelled")
                if event.type == "video.started":
                    starts.setdefault(event.video, []).append(event.at)
    return _Told(ends=ends, delays=tuple(times[-1] - times[0] for times in starts.values() if len(times) > 1))


def _all(database: Database) -> list[Job]:
    jobs: list[Job] = []
    with database.reading() as tx:
        while True:
            page = book.listing(tx, _PARTY, limit=_PAGE, after=jobs[-1].id if jobs else None)
            jobs += page.jobs
            if not page.has_more:
                return jobs


def main() -> None:
    """Run a trial and write what came of it to standard output; the exit status is 1 where a job was lost."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.chaos", description=main.__doc__)
    parser.add_argument("--db", default="")
    parser.add_argument("--model", default="twin")
    parser.add_argument("--jobs", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--twin-seconds", type=float, default=0.05)
    parser.add_argument("--order-into", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.order_into:
        order_into(Trial(database=asked.db, files="", data=asked.order_into, model=asked.model, jobs=asked.jobs))
        return
    with tempfile.TemporaryDirectory(prefix="vitascope-chaos-") as folder:
        trial = Trial(
            database=asked.db or f"sqlite:///{folder}/house.db",
            files=f"{folder}/files",
            data=Path(folder),
            model=asked.model,
            jobs=asked.jobs,
            kills=asked.kills,
            workers=asked.workers,
            twin_seconds=asked.twin_seconds,
        )
        report = run(trial)
    sys.stdout.write(json.dumps({**report, "database": trial.database.split(":")[0], "cpus": os.cpu_count()}) + "\n")
    sys.exit(any(report[name] for name in ("lost", "entered_twice", "ended_twice", "without_files")))


if __name__ == "__main__":
    main()
