"""``python -m vitascope.bench.book``: what the book costs: a job entered, a page of many, a place in the queue.

Each operation is one transaction of its own, as a request of the desk is, on a database that holds many videos already.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count

from vitascope.orders import Grant, Limits, Order
from vitascope.store.database import Database, Transaction, open_database
from vitascope.videos import book
from vitascope.videos.job import Job
from vitascope.videos.queue import open_queue

_GRANT = Grant(party="bench", key="bench", scopes=frozenset(), priority="normal", limits=Limits())
_BATCH = 1_000


class _NoQueue:
    """Takes jobs and forgets them: for filling a database with what is never to be made."""

    def enqueue(self, tx: Transaction, job: Job, urgency: int) -> None:
        """Nothing."""

    def withdraw(self, video: str) -> None:
        """Nothing."""


def fill(database: Database, videos: int) -> list[str]:
    """Enter and cancel so many videos; their ids, oldest first."""
    ids: list[str] = []
    begin = time.time() - 86_400
    for start in range(0, videos, _BATCH):
        with database.transaction() as tx:
            for number in range(start, min(videos, start + _BATCH)):
                job = book.submit(tx, _order(number), _GRANT, queue=_NoQueue(), now=begin + number / 100).job
                book.cancel(tx, job.id, _GRANT.party, begin + number / 100)
                ids.append(job.id)
    return ids


def timed(act: Callable[[], object], *, runs: int) -> dict[str, float]:
    """Milliseconds of ``runs`` calls: median, 95th percentile, longest."""
    spent = []
    for _ in range(runs):
        begin = time.perf_counter()
        act()
        spent.append((time.perf_counter() - begin) * 1000)
    spent.sort()
    told = {"median_ms": spent[runs // 2], "p95_ms": spent[int(runs * 0.95)], "max_ms": spent[-1]}
    return {"n": runs, **{name: round(value, 2) for name, value in told.items()}}


def measure(database: Database, *, videos: int, runs: int) -> dict[str, object]:
    """Fill and time."""
    ids = fill(database, videos)
    queue, numbers = open_queue(database), count(videos)
    places: Iterator[int] = iter(range(len(ids) // 2, len(ids) // 2 + runs))
    created: list[Job] = []

    def create() -> None:
        with database.transaction() as tx:
            entered = book.submit(tx, _order(next(numbers)), _GRANT, queue=queue, now=time.time())
            created.append(entered.job)

    def page() -> None:
        with database.reading() as tx:
            book.listing(tx, _GRANT.party, limit=20, after=ids[next(places)])

    def wait() -> None:
        with database.reading() as tx:
            book.waiting(tx, created[-1], time.time())

    def cancel() -> None:
        with database.transaction() as tx:
            book.cancel(tx, created.pop().id, _GRANT.party, time.time())

    report = {
        name: timed(act, runs=runs) for name, act in (("create", create), ("page_of_20", page), ("waiting", wait))
    }
    report["cancel"] = timed(cancel, runs=runs)
    queue.close()
    return {"videos": videos, **report}


def _order(number: int) -> Order:
    return Order(prompt="a parrot flies over a beach", model="twin", seconds=4.0, size=(1280, 720), seed=number)


def main() -> None:
    """Measure and write the result to standard output."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.book", description=main.__doc__)
    parser.add_argument("--db", default="")
    parser.add_argument("--videos", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=500)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vitascope-book-") as folder:
        database = open_database(asked.db or f"sqlite:///{folder}/house.db")
        report = measure(database, videos=asked.videos, runs=asked.runs)
        kind = "sqlite" if database.is_sqlite else "postgresql"
        database.close()
    sys.stdout.write(json.dumps({"database": kind, **report, "load": os.getloadavg()[0]}) + "\n")


if __name__ == "__main__":
    main()
