"""Waiting for news: woken by another process's writing, not by the clock."""

import threading
import time

import sqlalchemy as sa

from vitascope.store import tables
from vitascope.store.changes import watch

_WORKER = {"id": "w", "host": "h", "process": 1, "capabilities": "[]", "started_at": 0.0, "seen_at": 0.0}


def _write(database):
    with database.transaction() as tx:
        tx.execute(sa.insert(tables.workers).values(_WORKER))


def test_writing_wakes(database):
    """Whoever waits hears of a commit long before the time-out."""
    changes = watch(database)
    changes.wait(0.05)  # PostgreSQL begins to listen
    writer = threading.Timer(0.1, _write, [database])
    writer.start()
    begun = time.monotonic()

    assert changes.wait(10.0)
    assert time.monotonic() - begun < 2
    changes.close()
    writer.join()


def test_nothing_new_is_no_news(database):
    """Without a commit the wait ends at its time-out and says so."""
    changes = watch(database)
    changes.wait(0.05)

    assert not changes.wait(0.1)
    changes.close()


def test_a_watcher_outlives_an_outage(postgres):
    """During an outage waiting neither raises nor spins, and afterwards it hears again."""
    from vitascope.store.database import open_database

    database = open_database(postgres.new_database())
    changes = watch(database)
    changes.wait(0.05)
    postgres.stop()
    assert not changes.wait(0.2)
    postgres.start()

    changes.wait(1.0)  # listens again
    writer = threading.Timer(0.1, _write, [database])
    writer.start()

    assert changes.wait(10.0)
    writer.join()
    changes.close()
    database.close()
