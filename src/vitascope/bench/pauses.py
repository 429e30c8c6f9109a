"""How soon a hold is in force: two desks and two workers really run, and a third process places it.

``python -m vitascope.bench.pauses`` kills a key while both desks take its orders as fast as they can. It tells how long
after the hold was committed each desk still said yes, and the workers still began a job.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from vitascope.bench.house import House, Line, new_holder, serving, wait_for_worker, wanted
from vitascope.errors import ServerError
from vitascope.programme.access import holds
from vitascope.programme.access.holds import Pause
from vitascope.programme.actor import keeper
from vitascope.rights.hold import Level, Reach, Selector
from vitascope.rights.logbook import open_log
from vitascope.rights.uses import Use
from vitascope.store.database import Database, open_database

_BEFORE = 1.0  # seconds of orders before the hold
_AFTER = 10.0  # at most, until a desk refuses
_SETTLES = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One run: seconds after the commit at which things were seen for the last, or first, time."""

    refused: tuple[float, ...]  # each desk: its first no, asked for after the commit
    accepted: float  # the last order that was sent after the commit and still taken; 0 where none was
    begun: float  # the last job that a worker began after it; 0 where none did
    cancelled: int


@dataclass(slots=True)
class _Client:
    """Orders at one desk as fast as it takes them, until it says no."""

    house: House
    key: str
    taken: list[float] = field(default_factory=list)  # when each accepted order was sent
    refused: float = 0.0

    def run(self) -> None:
        line, until = Line(self.house.host, self.house.port, self.key), time.monotonic() + _BEFORE + _AFTER
        with contextlib.closing(line):
            while time.monotonic() < until:
                sent = time.time()
                try:
                    line.ask("POST", "/v1/videos", wanted("twin", 0))
                except ServerError:
                    self.refused = time.time()
                    return
                self.taken.append(sent)


def measure(folder: Path, runs: int) -> Iterator[Seen]:
    """Start the house, and kill ``runs`` keys in it, one after the other."""
    switches = ("--workers", "1", "--model", "twin", "--twin-seconds", "0.2")
    with ExitStack() as open_:
        desks = [open_.enter_context(serving(folder, *switches)) for _ in range(2)]
        for number in range(runs):
            holder = new_holder(desks[0].database, folder, f"held {number}")
            for desk in desks:
                with contextlib.closing(Line(desk.host, desk.port, holder.key)) as line:
                    wait_for_worker(line, "twin")
            yield _run(folder, desks, holder.key)


def _run(folder: Path, desks: list[House], key: str) -> Seen:
    clients = [_Client(desk, key) for desk in desks]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(_BEFORE)
    database = open_database(desks[0].database, migrate=False)
    try:
        committed = _kill(folder, desks[0].database, key[5:13])
        for thread in threads:
            thread.join()
        rows = _settled(database, key[5:13])
    finally:
        database.close()
    return Seen(
        refused=tuple(client.refused - committed for client in clients),
        accepted=max([0.0, *(sent - committed for client in clients for sent in client.taken)]),
        begun=max([0.0, *(began - committed for began, state in rows if state != "cancelled")]),
        cancelled=sum(state == "cancelled" for _, state in rows),
    )


def _settled(database: Database, key: str) -> list[tuple[float, str]]:
    """When each job of the key was begun and how it ended, once all have."""
    until = time.monotonic() + _SETTLES
    while True:
        with database.reading() as tx:
            asked = f"SELECT started_at, state FROM videos WHERE key = '{key}'"  # noqa: S608  # letters and digits of our own
            rows = [(float(began or 0.0), str(state)) for began, state in tx.exec_driver_sql(asked)]
        if all(state not in {"queued", "in_progress"} for _, state in rows):
            return rows
        if time.monotonic() > until:
            raise ServerError(f"After {_SETTLES:g} s jobs of the key still wait.")
        time.sleep(0.1)


def _kill(folder: Path, url: str, key: str) -> float:
    """Place the hold, as another process would; when it was committed."""
    database = open_database(url, migrate=False)
    try:
        with database.transaction() as tx:
            pause = Pause(
                selector=Selector(reach=Reach.KEY, id=key), level=Level.KEY_DEAD, reason="measured",
                lasts=timedelta(hours=1),
            )  # fmt: skip
            now = datetime.now(UTC)
            holds.place(tx, open_log(folder), keeper("bench", [Use.HOLD_PLACE], at=now), pause, now=now)
        return time.time()
    finally:
        database.close()


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        seen = list(measure(Path(folder), runs))
    refused = [1000 * seconds for run in seen for seconds in run.refused]
    told = {
        "runs": runs,
        "desk_refuses_ms": {"median": round(float(np.median(refused)), 1), "most": round(max(refused), 1)},
        "last_order_taken_after_ms": round(1000 * max(run.accepted for run in seen), 1),
        "last_job_begun_after_ms": round(1000 * max(run.begun for run in seen), 1),
        "waiting_jobs_cancelled": sum(run.cancelled for run in seen),
    }
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
