"""A real browser, the Chromium of the system, driven by Playwright; and houses that really run."""

import shutil

import pytest
from entering import opened_programme
from served import House

CHROMIUM = "/usr/bin/chromium"
_SWITCHES = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def chromium():
    """One browser for the tests of a file; each takes a window of its own.

    While Playwright is begun a loop runs in this thread, and no test of another file could run one of its own.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium") or CHROMIUM, args=_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """``vitascope serve`` with a worker that sleeps instead of painting: films of one second."""
    served = House(tmp_path_factory.mktemp("house"), "--model", "twin", "--twin-seconds", "0.3")
    yield served
    served.end()


@pytest.fixture(scope="module")
def programme(tmp_path_factory):
    """A house that is reached at the address it was told, without workers, and a cohort in it."""
    with opened_programme(tmp_path_factory.mktemp("programme")) as house:
        yield house


@pytest.fixture
def window(chromium):
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    assert [] == page.faults
    context.close()
