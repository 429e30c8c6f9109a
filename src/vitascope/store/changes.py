"""Waiting for news: wakes when any process has written to the database, without asking it for rows."""

import time
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import exc

from vitascope.store.database import CHANNEL, Database

_LOOK_SECONDS = 0.005  # reading SQLite's counter takes ten microseconds: no page of the file is touched


class Changes(Protocol):
    """One watcher of one database; belongs to one thread."""

    def wait(self, timeout: float) -> bool:
        """Sleep until something was written since the last call, at most ``timeout`` seconds; whether something was."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


def watch(database: Database) -> Changes:
    """A watcher of ``database``; it connects on the first wait, and again after an outage."""
    return _SqliteChanges(database.engine) if database.is_sqlite else _PostgresChanges(database.engine)


class _SqliteChanges:
    """``PRAGMA data_version`` moves whenever another connection, of any process, has committed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._connection: sa.PoolProxiedConnection | None = None
        self._engine = engine
        self._seen = self._version()

    def wait(self, timeout: float) -> bool:
        """See Changes."""
        until = time.monotonic() + timeout
        while (now := self._version()) == self._seen:
            if time.monotonic() >= until:
                return False
            time.sleep(min(_LOOK_SECONDS, max(0.0, until - time.monotonic())))
        self._seen = now
        return True

    def close(self) -> None:
        """See Changes."""
        if self._connection is not None:
            self._connection.close()

    def _version(self) -> int:
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        return int(_driver(self._connection).execute("PRAGMA data_version").fetchone()[0])


class _PostgresChanges:
    """``LISTEN``: every writing transaction notifies when it is committed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._connection: sa.PoolProxiedConnection | None = None
        self._engine = engine

    def wait(self, timeout: float) -> bool:
        """See Changes. During an outage it sleeps, and says that something changed when it is over."""
        try:
            if self._connection is None:
                self._listen()
                return True  # what happened before we listened may be news
            heard = list(_driver(self._connection).notifies(timeout=timeout, stop_after=1))
        except (exc.DBAPIError, _driver_error()):
            self.close()
            time.sleep(min(timeout, 1.0))
            return False
        return bool(heard)

    def close(self) -> None:
        """See Changes."""
        if self._connection is not None:
            self._connection.invalidate()  # it listens: the pool must not hand it out again
            self._connection = None

    def _listen(self) -> None:
        connection = self._engine.raw_connection()
        _driver(connection).autocommit = True
        _driver(connection).execute(f"LISTEN {CHANNEL}")
        self._connection = connection


def _driver(connection: sa.PoolProxiedConnection) -> Any:  # noqa: ANN401  # sqlite3 or psycopg, whichever the URL says
    return connection.driver_connection


def _driver_error() -> type[Exception]:
    import psycopg  # noqa: PLC0415  # a house on SQLite never loads it here

    return psycopg.Error
