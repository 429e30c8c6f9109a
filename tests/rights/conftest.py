"""What the tests of rights share: a log's key, and a database that is copied rather than made anew for each test."""

import shutil

import pytest

from vitascope.rights.checkpoint import signer_at
from vitascope.store.database import open_database


@pytest.fixture
def signer(tmp_path):
    """The key of a log of one's own."""
    return signer_at(tmp_path / "log.pem", origin="test.example/log")


@pytest.fixture(scope="session")
def made_database(tmp_path_factory):
    """An empty database of today's schema: making it takes longer than most tests."""
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


@pytest.fixture
def sqlite(made_database, tmp_path):
    """An open database of one's own."""
    path = tmp_path / "vita.db"
    shutil.copy(made_database, path)
    opened = open_database(f"sqlite:///{path}", migrate=False)
    yield opened
    opened.close()
