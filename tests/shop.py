"""A desk in a few lines: orders, grants, a queue that only remembers, and files that look finished."""

import time

from vitascope.orders import Grant, Limits, Order
from vitascope.sealed import Seal
from vitascope.store.blobs import Stored
from vitascope.videos import book, workers
from vitascope.videos.job import Made
from vitascope.videos.workers import Capability

NOW = 1_700_000_000.0


class RememberingQueue:
    """A queue that nobody takes from."""

    def __init__(self):
        self.entered, self.withdrawn = [], []

    def enqueue(self, tx, job, urgency):
        self.entered.append((urgency, job.id))

    def withdraw(self, video):
        self.withdrawn.append(video)


def grant(party="ana", **facts):
    """A grant that allows everything."""
    return Grant(
        party=party, key=f"key-{party}", scopes=frozenset(), limits=Limits(), **{"priority": "normal", **facts}
    )


def order(prompt="a parrot flies over a beach", **facts):
    """An order for four seconds."""
    return Order(prompt=prompt, **{"model": "twin", "seconds": 4.0, "size": (64, 64), "seed": 7, **facts})


def submit(database, *, party="ana", now=NOW, queue=None, priority="normal", wanted=None, **facts):
    """Enter one job."""
    with database.transaction() as tx:
        asked = wanted or order(priority=priority)
        return book.submit(tx, asked, grant(party), queue=queue or RememberingQueue(), now=now, **facts).job


def made(video="video", *, token="t"):  # noqa: S107  # a claim, no password
    """What a finished job leaves."""
    files = {
        variant: Stored(key=f"videos/{video}/{token}/{variant}", sha256="0" * 64, size=5, media_type="video/mp4")
        for variant in ("video", "thumbnail", "spritesheet")
    }
    return Made(
        files=files, frames=32, fps=8, size=(64, 64), seed=7, weights_sha256="0" * 64, frames_sha256="0" * 64,
        seal=Seal(manifest_sha256="0" * 64, mark_id=0), notes=("a note",), credits=("Ana",), inference_seconds=1.5,
    )  # fmt: skip


def claim(database, video, *, worker="w1", now=NOW):
    """Take a job."""
    with database.transaction() as tx:
        return book.claim(tx, video, worker, now)


def finish(database, held, *, now=NOW + 10, **facts):
    """End a job well."""
    with database.transaction() as tx:
        return book.finish(tx, held, made(held.video, token=held.token), now, **facts)


def find(database, video, party="ana"):
    """A job as the desk sees it."""
    with database.reading() as tx:
        return book.get(tx, video, party)


def living_worker(database, model="twin", *, now=NOW, worker="w1"):
    """A worker that beats and carries a model."""
    able = Capability(
        model=model, size=(64, 64), fps=8, longest_seconds=4.0, sides=(16, 4096), verbs=("create",), steps=4,
        most_steps=100, has_guidance=False, weights_sha256="", words=("parrot",), licence="CC0-1.0",
    )  # fmt: skip
    with database.transaction() as tx:
        workers.publish(tx, worker, [able], now)
    return able


def now():
    """The time, for tests of what looks at the clock itself."""
    return time.time()
