"""Databases and file stores to test against: a file, a real PostgreSQL of our own, a folder, a real S3 server.

The PostgreSQL is a cluster in a temporary folder, started on a free port for the tests and stopped after them. Where it
is not installed its tests are left out, but on a build machine (``CI=true``) that is a failure.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import pytest

from vitascope.store import people_tables, rights_tables  # noqa: F401  # they put their tables into it
from vitascope.store.database import open_database
from vitascope.store.tables import metadata

_ADDRESS = "127.0.0.1"


class Postgres:
    """A PostgreSQL server in a folder of its own, which can be stopped and started again."""

    def __init__(self, folder: Path, programs: Path):
        self.folder, self.programs, self.port = folder, programs, free_port()
        os.chown(self.folder, *_owner())
        self._run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "vita", "--no-sync")

    def start(self):
        """Starts it and waits until it answers."""
        options = f"-p {self.port} -h {_ADDRESS} -k {self.folder} -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def stop(self):
        """Stops it at once, as a crash would."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-m", "immediate", "stop")

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run("createdb", "-h", _ADDRESS, "-p", str(self.port), "-U", "vita", name)
        return f"postgresql://vita@{_ADDRESS}:{self.port}/{name}"

    def _run(self, program, *arguments):
        command = [str(self.programs / program), *arguments]
        user, group = _owner()
        done = subprocess.run(
            command,
            user=user,
            group=group,
            extra_groups=[],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert 0 == done.returncode, f"{program} failed with {done.returncode}"


def _owner():
    """PostgreSQL refuses to run as root; then it runs as the user its package makes."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    entry = pwd.getpwnam("postgres")
    return entry.pw_uid, entry.pw_gid


def _programs() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((_ADDRESS, 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def postgres():
    """A running PostgreSQL, one for all tests of a process."""
    programs = _programs()
    if programs is None:
        assert os.environ.get("CI") != "true", "PostgreSQL is missing: apt-get install postgresql"
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="vita-"))  # a short path: it holds a socket
    server = Postgres(folder, programs)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made_sqlite(tmp_path_factory) -> Path:
    """A file with an empty database of today's schema, to be copied: making it takes longer than most tests."""
    path = tmp_path_factory.mktemp("made") / "vita.db"
    made = open_database(f"sqlite:///{path}")
    with made.transaction() as tx:
        tx.exec_driver_sql("PRAGMA user_version=1")
    with made.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    made.close()
    return path


@pytest.fixture(scope="session")
def made_postgres(postgres):
    """An open PostgreSQL database of today's schema, to be emptied: making one takes longer than most tests."""
    made = open_database(postgres.new_database())
    yield made
    made.close()


def emptied(made) -> str:
    """The URL of a PostgreSQL database, once every row in it is gone."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with made.transaction() as tx:
        tx.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    return made.url


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request, tmp_path):
    """The URL of a database of each kind with today's schema and no rows, for one test."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("made_sqlite"), tmp_path / "vita.db")
        return f"sqlite:///{tmp_path}/vita.db"
    return emptied(request.getfixturevalue("made_postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/vita.db"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def database(database_url):
    """An open database of each kind, up to date."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path):
    """An open database in a file, for tests where the kind does not matter."""
    opened = open_database(f"sqlite:///{tmp_path}/vita.db")
    yield opened
    opened.close()


def wait_for(condition, *, seconds=20.0, pause=0.02):
    """Waits until ``condition()`` is true and returns what it gave; fails after ``seconds``."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, f"nothing happened for {seconds} seconds"
        time.sleep(pause)
    return value


def copied(made):
    """Gives each folder a SQLite database of its own, copied from an empty one that was made."""

    def copy(folder):
        shutil.copy(made, folder / "vita.db")
        return f"sqlite:///{folder}/vita.db"

    return copy
