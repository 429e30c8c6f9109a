"""What the tests of this room share: a log's key, and databases that are copied or emptied, not made anew."""

import pytest

from vitascope.rights.checkpoint import signer_at
from vitascope.store.database import open_database


@pytest.fixture
def signer(tmp_path):
    """The key of a log of one's own."""
    return signer_at(tmp_path / "log.pem", origin="test.example/log")


@pytest.fixture
def database_url(prepared_url):
    """The URL of a database of one's own, of each kind."""
    return prepared_url


@pytest.fixture
def database(prepared_url):
    """An open database of one's own, of each kind."""
    opened = open_database(prepared_url, migrate=False)
    yield opened
    opened.close()
