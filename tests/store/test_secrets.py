"""The house's secret: made once, shared by processes that start together, and never printed."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from vitascope.refusals import SecretError
from vitascope.settings import settings
from vitascope.store.secrets import lock, open_secrets, unlock


def test_the_first_run_makes_it_for_all(tmp_path):
    """Eight that start at once end with one secret, in a file only its user may read."""
    with ThreadPoolExecutor(8) as pool:
        all_of_them = set(pool.map(open_secrets, [tmp_path / "data"] * 8))

    assert 1 == len(all_of_them)
    assert 0o600 == stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode)
    assert ["secret"] == [path.name for path in (tmp_path / "data").iterdir()]


def test_what_is_locked_opens_with_the_same_secret_alone(tmp_path):
    """Another house reads nothing."""
    ours, theirs = open_secrets(tmp_path / "ours"), open_secrets(tmp_path / "theirs")
    locked = lock("whsec_x", ours)

    assert "whsec_x" == unlock(locked, ours)
    assert "whsec_x" not in locked
    with pytest.raises(SecretError):
        unlock(locked, theirs)


def test_the_environment_comes_first(tmp_path, monkeypatch):
    """VITASCOPE_SECRET serves several machines; a short one is refused."""
    monkeypatch.setenv("VITASCOPE_SECRET", "a" * 32)
    settings.cache_clear()
    told = open_secrets(tmp_path / "one")
    assert told == open_secrets(tmp_path / "two")
    assert "pepper" not in repr(told)

    monkeypatch.setenv("VITASCOPE_SECRET", "short")
    settings.cache_clear()
    with pytest.raises(SecretError, match="5 characters"):
        open_secrets(tmp_path)


@pytest.fixture(autouse=True)
def _fresh_settings():
    yield
    settings.cache_clear()
