"""Which workers count as dead: by their process on this machine, by their silence on another."""

import os
import subprocess
import sys

from vitascope.videos.workers import SILENT_AFTER, STUCK_AFTER, Worker
from vitascope.worker.clerk import Vigils, host


def _worker(name, process, *, at=5.0, where=None):
    return Worker(
        id=name, host=where or host(), process=process, models=("twin",), started_at=0.0, seen_at=at,
    )  # fmt: skip


def _watched(known, *, seconds):
    """Who is dead after a watch with a look a second, in which nobody beats."""
    vigils = Vigils()
    return [vigils.dead(known, float(second)) for second in range(int(seconds) + 1)][-1]


def test_a_process_that_is_gone_is_dead_at_once():
    """On its own machine nobody has to wait for silence."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()

    assert ("gone",) == Vigils().dead([_worker("gone", done.pid), _worker("here", os.getpid())], 0.0)


def test_a_slow_worker_here_is_not_dead_and_a_stuck_one_is():
    """Two that starved behind a busy SQLite file took each other for dead: a process that runs has a minute."""
    known = [_worker("slow", os.getpid()), _worker("far", 1, where="another machine")]

    assert ("far",) == _watched(known, seconds=SILENT_AFTER)
    assert ("far", "slow") == _watched(known, seconds=STUCK_AFTER)
