"""The public demo in a real browser: a film with its credits, a budget kept to the unit, and a clear end."""

import hashlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from served import House as Served

from vitascope.demo.export import write_space
from vitascope.demo.house import House

ROOT = Path(__file__).parents[2]
DEMO_PYTHON = Path(sys.prefix) / "demo/bin/python"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not DEMO_PYTHON.exists() and os.environ.get("CI") != "true", reason="needs Gradio: run `make demo` once"
    ),
]


class Page:
    """``vitascope demo`` on a pass of its own."""

    def __init__(self, house, folder, *, space=None, **wanted):
        self.client = httpx2.Client(
            base_url=house.address, headers={"authorization": f"Bearer {house.key}"}, timeout=60
        )
        house.wait_for_worker(self.client)
        asked = {"name": "Demo", "renders": 2, "seconds": 100, "is_public": True, **wanted}
        self.made = self.client.post("/v1/programme/passes", json=asked).json()["data"][0]
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.log = folder / "demo.log"
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        environment |= {"VITASCOPE_KEY": self.made["key"], "VITASCOPE_SERVER": house.address}
        start = "from vitascope.cli.main import app; app()"
        command = ["-c", start, "demo", "--seconds", "1", "--shared-by", "Ana Lima", "--port", str(port)]
        if space is None:
            environment["PYTHONPATH"] = str(ROOT / "src")
        else:  # a free port, and the server of this test, in the place of a Space's
            command, app = ["app.py"], space / "app.py"
            text = app.read_text().replace("7860", str(port)).replace("https://video.example.org", house.address)
            app.write_text(text)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(DEMO_PYTHON), *command], env=environment, stdout=log, stderr=log, cwd=space or folder
            )  # fmt: skip

    def wait(self):
        """Return when the page is there."""
        until = time.monotonic() + 120
        while time.monotonic() < until and self.process.poll() is None:
            try:
                httpx2.get(self.address, timeout=60)
            except httpx2.HTTPError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError(self.log.read_text())

    def end(self):
        """End it, and its pass."""
        self.process.terminate()
        self.process.wait(30)
        self.client.delete(f"/v1/programme/passes/{self.made['id']}")
        self.client.close()


@pytest.fixture
def demo(house, tmp_path):
    page = Page(house, tmp_path)
    try:
        page.wait()
        yield page
    finally:
        page.end()


def _opened(chromium, demo):
    window = chromium.new_context().new_page()
    window.hosts, window.faults = set(), []
    window.on("request", lambda request: window.hosts.add(request.url.split("/")[2]))
    window.on("pageerror", lambda error: window.faults.append(str(error)))
    window.goto(demo.address)
    window.wait_for_selector(".vs-budget", timeout=60_000)
    return window


def _make(window, prompt="a parrot flies over a beach"):
    window.locator("#vs-prompt textarea, #vs-prompt input").fill(prompt)
    window.click("#vs-go")


def test_a_visitor_makes_a_film_until_the_budget_is_spent(chromium, demo):
    """Budget, film, credits and origin; then an end that says what happened; nothing comes from a third place."""
    window = _opened(chromium, demo)
    assert "2 of 2 films left" in window.inner_text(".vs-budget")
    assert "Shared by Ana Lima" in window.inner_text(".vs-head")

    _make(window)
    window.wait_for_selector(".vs-titles", timeout=60_000)
    source = window.locator("#vs-film video").get_attribute("src")
    shown = window.request.get(source).body()
    video = demo.client.get("/v1/videos").json()  # the member's own list: a guest's films are the guest's
    assert [] == video["data"]
    titles = window.inner_text(".vs-titles")
    assert "a parrot flies over a beach" in titles
    assert "signed in the file (C2PA)" in titles
    window.wait_for_function("document.querySelector('.vs-budget').innerText.includes('1 of 2')", timeout=60_000)

    with httpx2.Client(base_url=demo.client.base_url, headers={"authorization": f"Bearer {demo.made['key']}"}) as guest:
        (made,) = guest.get("/v1/videos").json()["data"]
        original = guest.get(f"/v1/videos/{made['id']}/content").content
    assert hashlib.sha256(original).digest() == hashlib.sha256(shown).digest()

    _make(window, "a second one")
    window.wait_for_selector(".vs-closed", timeout=60_000)
    assert "All 2 films of this page are made" in window.inner_text(".vs-closed")
    assert not window.is_visible("#vs-go")
    assert window.is_visible("#vs-film video"), "whoever made the last film goes on watching it"
    assert "a second one" in window.inner_text(".vs-titles")
    late = _opened_closed(chromium, demo)
    assert "Fin." in late.inner_text(".vs-closed")
    assert not late.is_visible(".vs-leader")
    assert {demo.address.removeprefix("http://")} == window.hosts
    assert [] == window.faults


def _opened_closed(chromium, demo):
    window = chromium.new_context().new_page()
    window.goto(demo.address)
    window.wait_for_selector(".vs-closed", timeout=60_000)
    return window


def test_a_pass_taken_back_ends_the_page_that_is_open(chromium, demo):
    """Whoever looks at it reads so within seconds, without a click."""
    window = _opened(chromium, demo)
    demo.client.delete(f"/v1/programme/passes/{demo.made['id']}")

    window.wait_for_selector(".vs-closed", timeout=60_000)

    assert "The end." in window.inner_text(".vs-closed")


def test_everything_fits_on_a_phone(chromium, demo):
    """390 pixels wide, open and paused: nothing is cut off, and nothing has to be pushed aside to be read."""
    window = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    window.goto(demo.address)
    window.wait_for_selector(".vs-budget", timeout=60_000)
    _make(window, "a zorblax qwertifies with two xylographs on a plinth behind the shed")
    window.wait_for_selector(".vs-leader p, .vs-titles", timeout=60_000)
    assert [] == _cut_off(window)

    demo.client.delete(f"/v1/programme/passes/{demo.made['id']}")
    window.wait_for_selector(".vs-closed", timeout=60_000)
    assert [] == _cut_off(window)


def _cut_off(window):
    """What of the page's own reaches beyond it on the right, or is higher than its box lets be seen."""
    parts = ".vs-head, .vs-leader, .vs-closed, .vs-titles, #vs-asking, #vs-asking button, .vs-closed *, .vs-leader p"
    return window.evaluate(
        """(parts) => [...document.querySelectorAll(parts)]
          .filter(one => one.offsetParent && (one.getBoundingClientRect().right > 390.5
                  || one.matches('.vs-leader') && one.scrollHeight > one.clientHeight + 1))
          .map(one => `${one.tagName} ${one.className} ${one.getBoundingClientRect().right}`)""",
        parts,
    )


def test_the_folder_for_a_space_runs(chromium, house, tmp_path):
    """As a Space would run it: the folder alone on the path, the pass as its secret, the page as it was asked for."""
    write_space(tmp_path / "space", House(title="Ana's films", seconds=1.0), "https://video.example.org")
    page = Page(house, tmp_path, space=tmp_path / "space")
    try:
        page.wait()
        window = _opened(chromium, page)
        assert "Ana's films" in window.inner_text("h1")
        assert "2 of 2 films left" in window.inner_text(".vs-budget")
        _make(window)
        window.wait_for_selector(".vs-titles", timeout=60_000)
    finally:
        page.end()


def test_a_members_own_key_is_refused_at_the_start(house, tmp_path):
    """In one sentence that says how to mint a pass, and without a page."""
    environment = {**os.environ, "VITASCOPE_KEY": house.key, "VITASCOPE_SERVER": house.address}
    done = subprocess.run(
        [str(DEMO_PYTHON), "-c", "from vitascope.cli.main import app; app()", "demo"],
        env={**environment, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert 2 == done.returncode
    assert "--public" in done.stderr
    assert house.key not in done.stdout + done.stderr


def test_a_closed_tab_frees_the_line_and_the_order(chromium, tmp_path):
    """One film at a time: the first visitor closes the tab, the order is cancelled, and the next film begins."""
    slow = Served(tmp_path, "--model", "twin", "--twin-seconds", "40")
    page = Page(slow, tmp_path, at_once=1)
    try:
        page.wait()
        first, second = _opened(chromium, page), _opened(chromium, page)
        _make(first, "a parrot flies")
        first.wait_for_selector("text=Being painted", timeout=60_000)
        _make(second, "a turtle walks")
        second.wait_for_selector("text=You are next", timeout=60_000)

        first.close()

        second.wait_for_selector("text=/Being painted|Ordered/", timeout=30_000)
        with httpx2.Client(base_url=slow.address, headers={"authorization": f"Bearer {page.made['key']}"}) as guest:
            told = {one["prompt"]: one["state"] for one in guest.get("/v1/videos").json()["data"]}
        assert "cancelled" == told["a parrot flies"]
        assert told["a turtle walks"] in ("queued", "waiting_for_worker", "in_progress")
    finally:
        page.end()
        slow.end()
