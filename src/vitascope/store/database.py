"""The database: SQLite or PostgreSQL, chosen by its URL; opened, brought up to date, and written in transactions.

One request or one step of a job is one transaction, and this file is the only one that ends one.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from vitascope.refusals import DatabaseError

Transaction = sa.Connection
"""What every function that reads or writes rows takes; only the store and the repositories look inside."""

CHANNEL = "vitascope"
"""The PostgreSQL channel on which every writing transaction says that something changed."""

_READING = "vitascope_reading"
_TIME = "vitascope_time"
_TURNS = 0x5455524E  # "TURN": the first half of the advisory locks of ``take_turn``
_BUSY_MS = 30_000  # writers of one SQLite file queue up; a job's transaction takes milliseconds
_LONGEST_PAUSE = 0.05  # seconds for which a process that wrote to SQLite lets others in
_POOL = 8  # connections a process may hold
_CONNECT_SECONDS = 5
_LAST_SECONDS, _LOOK_SECONDS = 5.0, 0.01


class Database:
    """One database and the connections to it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._others_until = 0.0

    @property
    def url(self) -> str:
        """The address, password included: for other doors of this process, never for a log."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether everything lies in one file of this machine."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that writes: all of it happens when the block ends, none of it when the block raises.

        Raises DatabaseError where the database is away, full or locked for longer than 30 seconds.
        """
        with _translated():
            time.sleep(max(0.0, self._others_until - time.monotonic()))
            with self.engine.begin() as connection:
                began = time.monotonic()
                yield connection
                if not self.is_sqlite:
                    connection.exec_driver_sql(f"NOTIFY {CHANNEL}")
            if self.is_sqlite:
                self._leave_to_others(time.monotonic() - began)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads, and keeps no writer waiting. Raises DatabaseError."""
        with _translated(), self.engine.connect().execution_options(**{_READING: True}) as connection:
            yield connection

    def _leave_to_others(self, seconds: float) -> None:
        """Let other processes in for as long as this one just kept them out.

        One file has one writer, and who finds it busy sleeps longer and longer before asking again: a desk that wrote
        without a break starved its workers.
        """
        self._others_until = time.monotonic() + min(_LONGEST_PAUSE, seconds)

    def check(self) -> None:
        """Ask the database for a sign of life. Raises DatabaseError."""
        with self.reading() as connection:
            connection.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Let go of all connections, of those in use once they are back; at most five seconds are waited for them.

        One that comes back to a pool that is gone is never closed. A desk that ends leaves threads in the middle of
        their transactions: what was waiting for them is cancelled, and they are not.
        """
        until = time.monotonic() + _LAST_SECONDS
        while _in_use(self.engine.pool) and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
        self.engine.dispose()


def _in_use(pool: sa.Pool) -> int:
    return pool.checkedout() if isinstance(pool, sa.QueuePool) else 0


def clock(tx: Transaction) -> float:
    """Seconds since 1970 by the one clock that all desks and workers of a database share, whatever their own say."""
    handed_in = tx.get_execution_options().get(_TIME)
    if handed_in is not None:
        return float(handed_in())
    if tx.dialect.name == "sqlite":
        return time.time()  # one file, one machine
    return float(tx.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


def take_turn(tx: Transaction, what: str) -> None:
    """Do ``what`` one after the other: whoever comes here waits until the transaction before them has ended.

    Taken before any row is locked. SQLite lets in one writer at a time by itself.
    """
    if tx.dialect.name == "postgresql":
        query = sa.text("SELECT pg_advisory_xact_lock(:turns, hashtext(:what))")
        tx.execute(query, {"turns": _TURNS, "what": what})


def open_database(
    url: str, *, migrate: bool = True, make: bool = True, time_of: Callable[[], float] | None = None
) -> Database:
    """Open the database at ``url`` and bring its schema up to date; ``make`` a file where there is none.

    ``time_of`` is what ``clock`` tells in its transactions, where weeks are to pass in seconds.
    ``sqlite:////absolute/file.db``, ``sqlite:///relative.db`` or ``postgresql://user:password@host/name``.
    Raises DatabaseError where it cannot be reached, is not there, or is newer than this program.
    """
    parsed = _parsed(url)
    if not make and parsed.get_backend_name() == "sqlite":
        _require_there(parsed)
    database = Database(_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed))
    if time_of is not None:
        database.engine.update_execution_options(**{_TIME: time_of})
    try:
        with _translated():
            if migrate:
                from vitascope.store.migrate import upgrade  # noqa: PLC0415  # 0.13 s that a check need not wait for

                upgrade(database.engine)
    except DatabaseError:
        database.close()
        raise
    return database


def open_for_reading(url: str) -> Database:
    """Open the database at ``url`` to look something up: nothing in it changes, its schema neither.

    Raises DatabaseError where it cannot be reached, is not there, or has another schema than this program's.
    """
    parsed = _parsed(url)
    is_file = parsed.get_backend_name() == "sqlite"
    if is_file:
        _require_there(parsed)
    database = Database(
        _sqlite_to_read(parsed) if is_file else _postgresql(parsed, "-c default_transaction_read_only=on")
    )
    try:
        from vitascope.store.migrate import require_current  # noqa: PLC0415  # Alembic, 0.13 s for who never looks

        with database.reading() as connection:
            require_current(connection)
    except DatabaseError:
        database.close()
        raise
    return database


def _require_there(url: sa.URL) -> None:
    if not Path(url.database or "").is_file():
        raise DatabaseError(f"There is no database in {url.database or 'memory'}. Check the URL.")


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except exc.ArgumentError as error:
        raise DatabaseError("The database URL cannot be read; write sqlite:////file.db or postgresql://...") from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError(f"A {parsed.get_backend_name()!r} database is not supported; use sqlite or postgresql.")
    return parsed


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, connect_args={"check_same_thread": False}, pool_size=_POOL, max_overflow=_POOL, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _sqlite_to_read(url: sa.URL) -> sa.Engine:
    """A file opened to read it stays the same to the byte; beside it SQLite may leave an empty -wal and a -shm."""
    file = f"file:{quote(str(Path(url.database or '').absolute()))}"
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=file, query={"mode": "ro", "uri": "true"}),
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000, "isolation_level": None},
        hide_parameters=True,
    )
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:  # noqa: ANN401  # sqlite3.Connection, whose module is this door's
    """WAL lets readers go on while one writes, and halves the time of a commit; FULL keeps it through a power cut."""
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Writers queue at the door: one that first reads and then writes would be refused in the middle."""
    is_reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _postgresql(url: sa.URL, options: str = "") -> sa.Engine:
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=_POOL,
        max_overflow=_POOL,
        hide_parameters=True,  # an error must not carry a prompt into a log
        pool_pre_ping=True,  # a connection that died with the server is replaced, not handed out
        connect_args={"connect_timeout": _CONNECT_SECONDS, "options": options},
    )


@contextmanager
def _translated() -> Iterator[None]:
    """Whatever the driver says of an outage becomes one error that a client may wait for."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        said = str(error.orig if isinstance(error, exc.DBAPIError) else error).strip().splitlines()
        raise DatabaseError(
            f"The database does not answer: {said[0] if said else 'no reason given'}. Nothing was changed; try again."
        ) from error
