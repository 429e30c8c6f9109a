"""When a worker looks into its queues: when something was written to the database, and never while it paints.

DBOS looks at fixed times, and a look is two transactions: an idle worker took a tenth of a core for twenty a second, a
job waited for half of the pause all the same, and the looks went on beside a render that left no room for another. The
loop of a queue sleeps on an event between two looks. Ours ends the sleep when there may be something to take.
"""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from dbos import DBOS
from dbos._dbos import _get_dbos_instance
from dbos._queue import queue_worker_thread

from vitascope.logs import tell
from vitascope.store.changes import Changes, watch
from vitascope.store.database import Database

AT_ONCE = 1
"""Jobs of one model that a worker has in hand."""

_QUIET_SECONDS = 1.0  # then it looks without any news
_BUSY_SECONDS = 0.005  # between two glances at whether the job in hand has ended: no transaction, a lock and a count
_BEGIN_SECONDS = 10.0  # for a job that was taken to begin; one that does not by then keeps no other waiting


class Bell(threading.Event):
    """What the loop of one queue sleeps on: it ends when this is set, and looks whenever ``wait`` returns."""

    def __init__(self, database: Database, has_room: Callable[[], bool], has_taken: Callable[[], bool]) -> None:
        """``has_room``: whether the worker could take a job now, as far as this process knows.

        ``has_taken``: the same asked of the database: whether a job that a look took is not done. Between taking one
        and beginning it, no list of the process shows it, and the next look would take another.
        """
        super().__init__()
        self._database, self._has_room, self._has_taken = database, has_room, has_taken
        self._changes: Changes | None = None
        self._looked = -_BEGIN_SECONDS

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep until there may be a job to take, whatever ``timeout`` says; whether the loop is to end."""
        del timeout
        was_full, until = False, time.monotonic() + _QUIET_SECONDS
        while not self.is_set():
            if not self._has_room():
                was_full = True
                super().wait(_BUSY_SECONDS)
            elif was_full or time.monotonic() >= until or self._heard(until - time.monotonic()):
                if not self._begins_one():
                    break
                was_full = True
                super().wait(_BUSY_SECONDS)
        self._looked = time.monotonic()
        if self.is_set():
            self._hang_up()
        return self.is_set()

    def _begins_one(self) -> bool:
        """Whether the last look took a job that is still to begin."""
        return time.monotonic() < self._looked + _BEGIN_SECONDS and self._has_taken()

    def _heard(self, seconds: float) -> bool:
        """Whether something was written since the last call, or may have been: before the first, or in an outage."""
        try:
            if self._changes is None:
                self._changes = watch(self._database)
                return True
            return self._changes.wait(seconds)
        except Exception as error:  # noqa: BLE001  # whatever the driver says of an outage: a loop that ended takes no job
            tell("bell_silent", reason=type(error).__name__)
            self._hang_up()
            super().wait(seconds)
            return True

    def _hang_up(self) -> None:
        with suppress(Exception):
            if self._changes is not None:
                self._changes.close()
        self._changes = None


def listen(database: Database, queues: Iterable[str], worker: str) -> tuple[Bell, ...]:
    """Take jobs from ``queues``, each in a thread of its own, until its bell is set; DBOS knows us as ``worker``.

    By the loop of DBOS 3.4, which has no door for it: the tests of whole workers hold it, and so does the pin.
    """
    return tuple(_listening(database, name, worker) for name in queues)


def _listening(database: Database, name: str, worker: str) -> Bell:
    dbos, queue = _get_dbos_instance(), DBOS.retrieve_queue(name)
    running = dbos._active_workflows_set  # noqa: SLF001  # as above
    bell = Bell(database, lambda: running.count_for_queue(name) < AT_ONCE, lambda: _has_taken(name, worker))
    threading.Thread(target=queue_worker_thread, args=(bell, dbos, queue), name=name, daemon=True).start()
    return bell


def _has_taken(queue: str, worker: str) -> bool:
    """Whether a worker has a job of a queue that is not done, begun or not."""
    mine = DBOS.list_workflows(
        status="PENDING", queue_name=queue, executor_id=worker, limit=1, load_input=False, load_output=False
    )
    return bool(mine)
