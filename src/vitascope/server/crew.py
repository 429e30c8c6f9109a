"""The workers that a desk starts beside itself: kept alive while it lives, stopped with it, and never left behind."""

import asyncio
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from vitascope.logs import tell

_PDEATHSIG = 1  # prctl(2): this signal comes when the parent is gone, even by kill -9
_LOOK_SECONDS = 0.5
_STOP_SECONDS = 20.0  # a worker hands its job back within one step; then it is not asked any more
_LONGEST_PAUSE = 30.0


class Crew:
    """Some worker processes, all started by the same command."""

    def __init__(self, command: Sequence[str], size: int) -> None:
        self._command, self._size = command, size
        self._workers: list[subprocess.Popen[bytes]] = []
        self._is_stopping, self._pause = False, 1.0

    def start(self) -> None:
        """Start all of them."""
        self._workers = [_spawned(self._command) for _ in range(self._size)]

    async def keep(self) -> None:
        """Replace those that die, at once at first and then more and more slowly."""
        while not self._is_stopping:
            await asyncio.sleep(_LOOK_SECONDS)
            for place, worker in enumerate(self._workers):
                if worker.poll() is not None and not self._is_stopping:
                    await self._replace(place, worker)

    def dismiss(self) -> None:
        """Ask all of them to hand back what they have and to end."""
        self._is_stopping = True
        for worker in self._workers:
            if worker.poll() is None:
                worker.terminate()

    def wait(self) -> None:
        """Return when all have ended; one that does not is killed, and its job goes to another."""
        until = time.monotonic() + _STOP_SECONDS
        for worker in self._workers:
            try:
                worker.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()

    async def _replace(self, place: int, dead: "subprocess.Popen[bytes]") -> None:
        tell("worker_died", status=dead.returncode, pause_seconds=self._pause)
        await asyncio.sleep(self._pause)
        self._pause = min(_LONGEST_PAUSE, 2 * self._pause)
        if not self._is_stopping:
            self._workers[place] = _spawned(self._command)


def _spawned(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """A worker in a session of its own: Ctrl-C reaches the desk alone, which then asks the workers in good order."""
    return subprocess.Popen(  # noqa: S603  # our own program
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_tie(),  # noqa: PLW1509  # one system call, looked up before
    )


def _tie() -> Callable[[], None] | None:
    """What ties a child to the life of its parent, where the system can do that."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)  # looked up before the fork: afterwards as little as possible may happen
    return lambda: library.prctl(_PDEATHSIG, signal.SIGTERM)
