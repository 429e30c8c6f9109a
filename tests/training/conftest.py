"""What several tests of training ask for."""

import pytest

from vitascope.settings import settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()
