"""One desk for all tests of the desk: each test has a key of its own, so none sees another's videos.

Whatever the programme does over HTTP is tested on both kinds of database: its modules take ``programme_desk``.
"""

import httpx2
import pytest
from desks import Desk


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    with Desk(tmp_path_factory.mktemp("desk")).listening() as listening:
        listening.carry()
        yield listening


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def programme_desk(request, tmp_path_factory):
    """A desk on a database of each kind, and the folder with its log."""
    folder = tmp_path_factory.mktemp("desk")
    url = request.getfixturevalue("postgres").new_database() if request.param == "postgresql" else None
    with Desk(folder, url).listening() as listening:
        listening.folder = folder
        listening.carry()
        yield listening


@pytest.fixture
def client(desk):
    desk.carry()  # a beat: workers that are silent for ten seconds are dead
    with desk.client() as one:
        yield one


@pytest.fixture
def anybody(desk):
    """Somebody without a key, at the desk of the test's file."""
    with httpx2.Client(base_url=desk.url, timeout=60) as client:
        yield client
