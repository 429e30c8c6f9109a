"""One desk for all tests of the desk: each test has a key of its own, so none sees another's videos."""

import pytest
from desks import Desk


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    with Desk(tmp_path_factory.mktemp("desk")).listening() as listening:
        listening.carry()
        yield listening


@pytest.fixture
def client(desk):
    desk.carry()  # a beat: workers that are silent for ten seconds are dead
    with desk.client() as one:
        yield one
