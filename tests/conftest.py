"""What every test stands on: which tests run on this machine, and a plain word about those that do not.

``TORCH=1`` and ``SLOW=1`` are promises: then the tests that need torch or time must run, and a missing torch is a
failure. On a build machine (``CI=true``) a missing Chromium is a failure too.
"""

import importlib.util
import os
import shutil
from collections import Counter
from pathlib import Path

import hypothesis
import pytest

from vitascope.settings import settings

pytest_plugins = ["databases"]

# A busy machine is not a bug, and a test that fails fails again.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")

CHROMIUM = "/usr/bin/chromium"
_LEFT_OUT = {
    "torch": "needs torch: run with TORCH=1",
    "slow": "takes more than five seconds: run with SLOW=1",
    "gpu": "needs a GPU, and this machine shows none",
    "browser": f"needs {CHROMIUM}",
    "node": "needs Node.js with its openai package: npm install --prefix .node openai",
}


def _is_wanted(mark: str) -> bool:
    if mark == "torch":
        return os.environ.get("TORCH") == "1"
    if mark == "slow":
        return os.environ.get("SLOW") == "1"
    if mark == "gpu":
        return shutil.which("nvidia-smi") is not None
    if mark == "node":
        package = Path(__file__).parents[1] / ".node/node_modules/openai"
        return os.environ.get("CI") == "true" or (shutil.which("node") is not None and package.exists())
    return Path(CHROMIUM).exists() or os.environ.get("CI") == "true"


def pytest_configure(config):
    """TORCH=1 promises torch: without it nothing runs, rather than everything passing with less."""
    if os.environ.get("TORCH") == "1" and importlib.util.find_spec("torch") is None:
        message = "TORCH=1, but torch is not installed: run `make test TORCH=1`, which installs it"
        raise pytest.UsageError(message)


def pytest_collection_modifyitems(items):
    """Leave out what this run did not ask for, with the reason and the way to ask."""
    for item in items:
        for mark, reason in _LEFT_OUT.items():
            if item.get_closest_marker(mark) and not _is_wanted(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter):
    """Say in one line per kind how many tests were left out."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"LEFT OUT: {count} {'test' if count == 1 else 'tests'} ({reason})", yellow=True)


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory):
    """The tests have a home of their own: none reads or writes the keys and registers of the person who runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITASCOPE_HOME", str(tmp_path_factory.mktemp("home")))
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of one test's own."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def chromium():
    """Path of the browser; where it must be there and is not, this fails."""
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is missing: install it (apt-get install chromium)"
    return CHROMIUM
