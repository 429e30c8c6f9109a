"""A desk in a thread of this process by a clock that is handed in: weeks of a programme pass in minutes.

All but the clock and the queue is what ``vitascope serve`` has: the calls, the keys, ``decide``, the watch, the log and
SQLite, over a socket.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from vitascope.rights.logbook import Leaves, open_log
from vitascope.server.app import build
from vitascope.server.desk import Desk
from vitascope.server.run import bound, configured
from vitascope.settings import desk_settings
from vitascope.store.blobs import Blobs, open_blobs
from vitascope.store.database import Database, open_database
from vitascope.store.secrets import Secrets, open_secrets
from vitascope.traces import Traces
from vitascope.videos.queue import Queue

_LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A desk that listens, and what it stands on."""

    url: str
    database: Database
    blobs: Blobs
    log: Leaves
    secrets: Secrets


@contextmanager
def rehearsing(folder: Path, queue: Queue, now: Callable[[], float]) -> Iterator[Stage]:
    """A desk on a free port of this machine, with its data in ``folder``, until the block ends."""
    database = open_database(f"sqlite:///{folder / 'vitascope.db'}", time_of=now)
    blobs, log, secrets = open_blobs(str(folder / "files")), open_log(folder), open_secrets(folder)
    app = build(
        database=database,
        blobs=blobs,
        queue=queue,
        secrets=secrets,
        log=log,
        settings=desk_settings(),
        traces=Traces(),
    )
    desk: Desk = app.state.desk
    desk.glances.clock = now
    with closing(database), closing(bound("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(configured(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(_LOOK_SECONDS)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            yield Stage(url=url, database=database, blobs=blobs, log=log, secrets=secrets)
        finally:
            desk.news.end()
            server.should_exit = True
            thread.join()
