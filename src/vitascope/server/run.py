"""Running the desk: a socket, an event loop, a crew of workers, and a clean end."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from vitascope.errors import ServerError
from vitascope.server.crew import Crew
from vitascope.server.desk import Desk

_TCP = (
    socket.IPPROTO_TCP
)  # named, or asyncio leaves Nagle's algorithm on, and every answer waits 40 ms for a client's ACK
_KEEP_ALIVE = 75  # seconds an idle connection is kept; longer than most proxies and clients keep theirs
_LAST_WORDS = 5  # seconds for requests under way when the desk is asked to end


def bound(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ServerError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound_socket = socket.socket(family, socket.SOCK_STREAM, _TCP)
        bound_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound_socket.bind((host, port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ServerError(f"{host}:{port} cannot be listened on: {reason}. Choose another --port.") from error
    bound_socket.listen(1024)
    return bound_socket


def run(app: FastAPI, listening: socket.socket, *, crew: Crew, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are finished, workers hand back what they have."""
    crew.start()
    try:
        asyncio.run(_serve(_Server(configured(app), crew=crew, ready=ready), listening, crew))
    finally:
        crew.dismiss()
        crew.wait()


def configured(app: FastAPI) -> uvicorn.Config:
    """How the desk speaks HTTP."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        http="httptools",
        ws="none",
        loop="asyncio",
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_WORDS,
    )


async def _serve(server: "_Server", listening: socket.socket, crew: Crew) -> None:
    keeping = asyncio.create_task(crew.keep())
    try:
        await server.serve(sockets=[listening])
    finally:
        keeping.cancel()


class _Server(uvicorn.Server):
    """Uvicorn that tells when it is ready, ends streams when asked to end, and then ends with status 0."""

    def __init__(self, config: uvicorn.Config, *, crew: Crew, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._crew, self._ready = crew, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn.Server."""
        await super().startup(sockets=sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn raises the signal again when all is done; for us a wanted end is a good one."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """See uvicorn.Server."""
        self._crew.dismiss()
        app = self.config.app
        if isinstance(app, FastAPI):
            desk: Desk = app.state.desk
            desk.news.end()
        super().handle_exit(sig, frame)
