"""News from the database for streams of events: one thread watches, however many clients listen.

Nobody listens, nobody watches: an idle desk asks the database nothing.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from vitascope.refusals import DatabaseError, RateLimitError
from vitascope.store.changes import Changes

MOST_LISTENERS = 500
_LOOK_SECONDS = 1.0  # how soon the watcher sees that nobody listens any more


class News:
    """Wakes those who listen whenever something was written to the database, by whatever process."""

    def __init__(self, watch: Callable[[], Changes]) -> None:
        self._watch, self._listeners = watch, set[asyncio.Event]()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.has_ended = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Bell"]:
        """A bell that rings with every piece of news. Raises RateLimitError where too many listen."""
        if len(self._listeners) >= MOST_LISTENERS:
            raise RateLimitError(f"{MOST_LISTENERS} streams are open; close some, or poll.", retry_after=10)
        rung = asyncio.Event()
        self._listeners.add(rung)
        self._begin()
        try:
            yield Bell(rung)
        finally:
            self._listeners.discard(rung)

    def end(self) -> None:
        """The desk closes: all are woken a last time, to take their leave. May be called from a signal handler."""
        self.has_ended = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._follow, args=(self._loop,), name="news", daemon=True)
            self._thread.start()

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        changes = self._watch()
        try:
            while self._listeners and not self.has_ended:
                if _heard(changes):
                    loop.call_soon_threadsafe(self._ring)
        except RuntimeError:  # the loop was closed between our look and our call
            return
        finally:
            changes.close()

    def _ring(self) -> None:
        for rung in self._listeners:
            rung.set()


class Bell:
    """One listener's bell."""

    def __init__(self, rung: asyncio.Event) -> None:
        self._rung = rung

    async def wait(self, seconds: float) -> bool:
        """Sleep until it rings, at most ``seconds``; whether it rang."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return False
        self._rung.clear()
        return True


def _heard(changes: Changes) -> bool:
    """During an outage there is news every second: then those who listen look for themselves."""
    try:
        return changes.wait(_LOOK_SECONDS)
    except DatabaseError:
        threading.Event().wait(_LOOK_SECONDS)
        return True
