"""A worker is woken by what is written, sleeps while it has its hands full, and looks again when it has not."""

import threading
import time

import pytest
from shop import submit

from vitascope.worker import bell
from vitascope.worker.bell import Bell

LONG, SHORT = 10.0, 0.3  # a pause nobody waits out, and one that is surely over


def waking(rung):
    """A thread that waits for the bell once, and the list it puts the moment into."""
    woken = []
    thread = threading.Thread(target=lambda: woken.append((rung.wait(), time.monotonic())))
    thread.start()
    return thread, woken


def begun(database, has_room, monkeypatch, has_taken=lambda: False):
    """A bell that has heard of everything so far, and would not look by itself."""
    monkeypatch.setattr(bell, "_QUIET_SECONDS", LONG)
    rung = Bell(database, has_room, has_taken)
    assert not rung.wait()  # before its first look it knows of nothing
    rung._heard(0.05)  # PostgreSQL begins to listen
    return rung


def leave(rung):
    """The loop ends, and lets go of its connection."""
    rung.set()
    assert rung.wait()


def test_a_job_that_is_put_in_wakes_an_idle_worker(database, monkeypatch):
    """At once, on both databases: nobody waits for a fixed time to come round."""
    rung = begun(database, lambda: True, monkeypatch)
    thread, woken = waking(rung)
    time.sleep(SHORT)
    assert [] == woken

    ordered = time.monotonic()
    submit(database)
    thread.join(LONG)

    assert not woken[0][0]
    assert woken[0][1] - ordered < LONG / 2
    leave(rung)


def test_nothing_wakes_a_worker_that_has_its_hands_full(sqlite, monkeypatch):
    """While it paints it looks at nothing, whatever is written; it looks as soon as its hands are free."""
    hands = threading.Event()
    hands.set()
    rung = begun(sqlite, hands.is_set, monkeypatch)
    hands.clear()
    thread, woken = waking(rung)
    submit(sqlite)
    time.sleep(SHORT)
    assert [] == woken

    freed = time.monotonic()
    hands.set()
    thread.join(LONG)

    assert not woken[0][0]
    assert woken[0][1] - freed < LONG / 2
    leave(rung)


def test_a_job_that_was_taken_and_has_not_begun_fills_a_hand(sqlite, monkeypatch):
    """Whatever the process knows of itself: until the database says it is done no other is taken; nor for ever."""
    taken = threading.Event()
    rung = begun(sqlite, lambda: True, monkeypatch, taken.is_set)
    taken.set()
    thread, woken = waking(rung)
    submit(sqlite)
    time.sleep(SHORT)
    assert [] == woken

    taken.clear()
    thread.join(LONG / 2)
    assert not woken[0][0]

    taken.set()
    monkeypatch.setattr(bell, "_BEGIN_SECONDS", SHORT)
    thread, woken = waking(rung)
    submit(sqlite)
    thread.join(LONG / 2)
    assert not woken[0][0]
    leave(rung)


def test_it_looks_now_and_then_without_news(sqlite, monkeypatch):
    """So that a word that was lost costs a moment and no job."""
    rung = begun(sqlite, lambda: True, monkeypatch)
    monkeypatch.setattr(bell, "_QUIET_SECONDS", SHORT)

    before = time.monotonic()
    ended = rung.wait()

    assert not ended
    assert SHORT * 0.9 <= time.monotonic() - before
    leave(rung)


def test_an_outage_ends_no_listening(sqlite, monkeypatch):
    """Whatever the watcher runs into, the loop goes on, and looks meanwhile as if there were news."""

    class Broken:
        def wait(self, timeout):
            raise OSError("the disk is away")

    rung = begun(sqlite, lambda: True, monkeypatch)
    monkeypatch.setattr(bell, "_QUIET_SECONDS", SHORT)
    monkeypatch.setattr(bell, "watch", lambda database: Broken())
    rung._changes = Broken()

    assert [False, False, False] == [rung.wait() for _ in range(3)]


@pytest.mark.parametrize("full", [False, True])
def test_a_bell_that_is_set_ends_its_loop(sqlite, monkeypatch, full):
    """Whether hands are full or not: a worker that leaves takes nothing more."""
    hands = threading.Event()
    hands.set()
    rung = begun(sqlite, hands.is_set, monkeypatch)
    if full:
        hands.clear()
    monkeypatch.setattr(bell, "_QUIET_SECONDS", SHORT)  # for as long it may listen to the database
    thread, woken = waking(rung)
    rung.set()
    thread.join(LONG)

    assert woken[0][0]
