"""``python -m vitascope.bench.chaos``: kills workers with -9 at random moments while jobs are ordered, and counts.

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

from vitascope.errors import DatabaseError, FilesError
from vitascope.orders import Grant, Limits, Order
from vitascope.store.blobs import Blobs, open_blobs
from vitascope.store.database import Database, open_database
from vitascope.videos import book
from vitascope.videos.events import Tail
from vitascope.videos.job import Job
from vitascope.videos.queue import DurableQueue, open_queue

_PARTY = "chaos"
_GRANT = Grant(party=_PARTY, key=_PARTY, scopes=frozenset(), priority="normal", limits=Limits())
_PROMPT = "a parrot flies over a beach at sunset"
_PAGE = 100


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
    """Worker processes that are killed, and replaced at once, as a supervisor would."""

    def __init__(self, trial: Trial) -> None:
        self._trial, self._random = trial, np.random.default_rng(trial.seed)
        self._processes = [self._begin() for _ in range(trial.workers)]

    def kill_one(self) -> None:
        """End one of them as a power cut would."""
        place = int(self._random.integers(len(self._processes)))
        process = self._processes[place]
        process.send_signal(signal.SIGKILL)
        process.wait()
        self._processes[place] = self._begin()

    def pause(self, longest: float) -> float:
        """A random time to the next kill."""
        return float(self._random.uniform(0.2, longest))

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

    def _begin(self) -> subprocess.Popen[bytes]:
        trial = self._trial
        command = [str(Path(sys.executable).parent / "vitascope"), "worker", "--db", trial.database]
        command += ["--files", trial.files, "--data", str(trial.data), "--model", trial.model]
        command += ["--twin-seconds", str(trial.twin_seconds)]
        with (trial.data / "workers.log").open("ab") as said:
            return subprocess.Popen(command, stdout=said, stderr=said)  # noqa: S603  # our own program


def run(trial: Trial) -> dict[str, object]:
    """Order, kill, wait, count."""
    database = open_database(trial.database)
    queue = open_queue(database)
    crew = Crew(trial)
    begin = time.monotonic()
    try:
        accepted = _order_and_kill(trial, database, queue, crew)
        _wait(trial, database)
    finally:
        crew.end()
    report = _counted(trial, database, accepted, time.monotonic() - begin)
    queue.close()
    database.close()
    return report


def _order_and_kill(trial: Trial, database: Database, queue: DurableQueue, crew: Crew) -> list[str]:
    """Jobs go in while workers die; an order that was refused is sent again, as a client would."""
    accepted: list[str] = []
    kill_at = np.linspace(0, trial.jobs, trial.kills + 2)[1:-1].astype(int) if trial.kills else np.array([], int)
    for number in range(trial.jobs):
        accepted.append(_submitted(trial, database, queue, number))
        for _ in range(int(np.count_nonzero(kill_at == number))):
            time.sleep(crew.pause(1.0))
            crew.kill_one()
    return accepted


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


def _wait(trial: Trial, database: Database) -> None:
    """Until all have ended."""
    until = time.monotonic() + trial.patience
    while time.monotonic() < until and _num_unfinished(database):
        time.sleep(0.5)


def _num_unfinished(database: Database) -> int:
    with database.reading() as tx:
        return sum(len(book.listing(tx, _PARTY, limit=1, state=state).jobs) for state in ("queued", "in_progress"))


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
    asked = parser.parse_args()
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
