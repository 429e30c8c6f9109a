"""The sweep: files whose time is over or whose video was deleted go, and the row says so afterwards."""

from vitascope.store.blobs import Blobs
from vitascope.store.database import Database
from vitascope.videos import repository

_AT_ONCE = 100


def sweep(database: Database, blobs: Blobs, now: float) -> int:
    """Remove what is due; the number of videos. Files first: a crash in between only means doing it again."""
    with database.reading() as tx:
        due = repository.expired(tx, now, limit=_AT_ONCE)
    for video in due:
        blobs.remove(list(blobs.keys(folder(video))))
    if due:
        with database.transaction() as tx:
            repository.forget_files(tx, due)
    return len(due)


def folder(video: str) -> str:
    """Where all files of a video lie."""
    return f"videos/{video}"
