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
from vitascope.sealed import Seal
from vitascope.store.blobs import Stored
from vitascope.store.database import Database, open_database
from vitascope.videos import book, repository
from vitascope.videos.job import Job, Made, new_id
from vitascope.videos.queue import open_queue

_GRANT = Grant(party="bench", key="bench", scopes=frozenset(), priority="normal", limits=Limits())
_BATCH = 1_000


def fill(database: Database, videos: int, party: str = _GRANT.party) -> list[str]:
    """Enter so many finished videos of ``party``, as an archive brings them in; their ids, oldest first."""
    ids: list[str] = []
    begin = time.time() - 86_400
    for start in range(0, videos, _BATCH):
        with database.transaction() as tx:
            for number in range(start, min(videos, start + _BATCH)):
                job = _finished(number, party, begin + number * 0.8)
                repository.add_imported(tx, job, fingerprint=job.id)
                ids.append(job.id)
    return ids


def _finished(number: int, party: str, at: float) -> Job:
    """A video as the embedded model leaves it: what a page has to read and to show."""
    video = new_id(at)
    kinds = {"video": "video/mp4", "thumbnail": "image/webp", "spritesheet": "image/jpeg"}
    files = {
        name: Stored(key=f"videos/{video}/{name}", sha256=f"{number:064x}", size=40_000, media_type=kind)
        for name, kind in kinds.items()
    }
    made = Made(
        files=files,
        frames=32,
        fps=8,
        size=(1280, 720),
        seed=number,
        weights_sha256=f"{number:064x}",
        frames_sha256=f"{number:064x}",
        seal=Seal(manifest_sha256=f"{number:064x}", mark_id=number),
        notes=("The 1280x720 file is a resize of 128x128 frames.",),
        credits=("Somebody: parrot (MIT; some-package 1.0.0)",) * 3,
    )
    return Job(
        id=video,
        party=party,
        key=_GRANT.key,
        order=_order(number),
        state="completed",
        progress=100,
        created_at=at,
        started_at=at,
        completed_at=at + 1,
        made=made,
    )


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
