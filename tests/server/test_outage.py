"""Outages for real: PostgreSQL stopped under a running house, and a store of files with no room left."""

import contextlib
import io
import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from dataclasses import replace

import httpx2
import pytest
from databases import wait_for
from desks import Desk, error_of
from PIL import Image
from served import House

from vitascope.store.blobs import open_blobs
from vitascope.store.database import open_database
from vitascope.videos.events import Tail

PATIENCE = 120.0  # on a busy machine a process takes long to start
WANTED = {"prompt": "a parrot flies", "model": "twin", "seconds": "1", "size": "64x64"}


@pytest.fixture
def house(postgres, tmp_path):
    """``vitascope serve`` with a worker, on a database of its own in a PostgreSQL that can be stopped."""
    url = postgres.new_database()
    served = House(tmp_path, "--db", url, "--model", "twin", "--twin-seconds", "1")
    served.url = url
    yield served
    served.end()


def _client(house):
    return httpx2.Client(base_url=house.address, headers={"authorization": f"Bearer {house.key}"}, timeout=60)


class Customer:
    """Orders without pause, each order with a key of its own, and tries again until it is taken."""

    def __init__(self, house):
        self._house, self._is_over = house, threading.Event()
        self.taken, self.refusals = {}, Counter()
        self._thread = threading.Thread(target=self._order)
        self._thread.start()

    def _order(self):
        with _client(self._house) as client:
            number = 0
            while not self._is_over.is_set():
                answer = client.post("/v1/videos", json=WANTED, headers={"idempotency-key": f"order {number}"})
                if answer.status_code == 200:
                    self.taken[number] = answer.json()["id"]
                    number += 1
                else:
                    error = error_of(answer)
                    self.refusals[answer.status_code, error["code"], answer.headers.get("retry-after")] += 1
                time.sleep(0.2)

    def end(self):
        """The ids of what was taken."""
        self._is_over.set()
        self._thread.join()
        return list(self.taken.values())


def _away(client):
    """What the house says while its database is away: of a read, an order, a stream, readiness, and health."""
    calls = (("GET", "/v1/videos"), ("POST", "/v1/videos"), ("GET", "/v1/events"), ("GET", "/readyz"))
    answers = [client.request(method, path, json=WANTED if method == "POST" else None) for method, path in calls]
    assert [(503, "database_unavailable", "2")] * 4 == [
        (answer.status_code, error_of(answer)["code"], answer.headers["retry-after"]) for answer in answers
    ]
    assert 200 == client.get("/healthz").status_code


def _outage(house, postgres, seconds):
    """Stop PostgreSQL in the middle of a job, under orders that come in all the time; what came of all of it."""
    with _client(house) as client:
        house.wait_for_worker(client)
        customer = Customer(house)
        wait_for(lambda: "in_progress" in _states(client).values(), seconds=PATIENCE)
        postgres.stop()
        began = time.monotonic()
        try:
            _away(client)
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))
        finally:
            postgres.start()
        before = len(customer.taken)
        wait_for(lambda: len(customer.taken) > before, seconds=PATIENCE)
        videos = customer.end()
        wait_for(lambda: {"completed"} == set(_states(client).values()), seconds=PATIENCE)
        return videos, customer.refusals, _states(client)


def _states(client):
    return {video["id"]: video["status"] for video in client.get("/v1/videos?limit=100").json()["data"]}


def _ends(house):
    """How often each video was told to have ended."""
    database = open_database(house.url)
    with database.reading() as tx:
        party = tx.exec_driver_sql("SELECT party FROM videos LIMIT 1").scalar_one()
        told = Tail(party, after=0).read(tx, limit=10_000)
    database.close()
    return Counter(event.video for event in told if event.type in ("video.completed", "video.failed"))


@pytest.mark.parametrize("seconds", [5, pytest.param(30, marks=pytest.mark.slow)])
def test_the_house_outlives_its_database(house, postgres, seconds):
    """Meanwhile 503 in the envelope with Retry-After; then the same desk and worker go on: nothing lost or twice."""
    videos, refusals, states = _outage(house, postgres, seconds)

    assert {(503, "database_unavailable", "2")} == set(refusals)
    assert sorted(videos) == sorted(states)  # every order that was answered is there, and none is there twice
    assert dict.fromkeys(videos, 1) == dict(_ends(house))
    assert "worker_died" not in house.log
    assert "bug" not in house.log


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of its own with room for 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if mount is None or os.getuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("needs root and leave to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(folder):
    """Leave no byte."""
    with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(b"x" * 4096)


def test_a_full_disk_fails_a_job_and_room_lets_the_next_be_made(small_disk, tmp_path):
    """The film does not fit: storage_full, no half of a file, 507 at readiness; with room again the house goes on."""
    house = House(tmp_path, "--files", str(small_disk / "files"), "--model", "twin", "--twin-seconds", "0.1")
    try:
        with _client(house) as client:
            house.wait_for_worker(client)
            _fill(small_disk)
            refused = client.get("/readyz")
            failed = client.post("/v1/videos", json=WANTED).json()["id"]
            told = wait_for(lambda: _ended(client, failed), seconds=PATIENCE)
            left = list(open_blobs(str(small_disk / "files")).keys())
            (small_disk / "ballast").unlink()
            video = client.post("/v1/videos", json=WANTED).json()["id"]
            made = wait_for(lambda: _ended(client, video), seconds=PATIENCE)
            film = client.get(f"/v1/videos/{video}/content")
            ready = client.get("/readyz")
    finally:
        house.end()

    assert (507, "storage_full") == (refused.status_code, error_of(refused)["code"])
    assert ("failed", "storage_full") == (told["status"], told["error"]["code"])
    assert [] == left
    assert ("completed", 200, 200) == (made["status"], film.status_code, ready.status_code)


def _ended(client, video):
    told = client.get(f"/v1/videos/{video}").json()
    return told if told["status"] in ("completed", "failed") else None


def test_a_picture_that_does_not_fit_is_refused(small_disk, tmp_path):
    """A first frame on a full disk is a 507 in the envelope; nothing is queued and nothing is left."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "PNG")
    desk = Desk(tmp_path)
    desk.blobs = open_blobs(str(small_disk / "files"))
    desk.app.state.desk = replace(desk.app.state.desk, blobs=desk.blobs)
    with desk.listening(), desk.client() as client:
        desk.carry()
        _fill(small_disk)
        answer = client.post(
            "/v1/videos",
            data={"prompt": "a parrot flies"},
            files={"input_reference": ("a.png", picture.getvalue(), "image/png")},
        )
        listed = client.get("/v1/videos").json()["data"]

    assert (507, "storage_full") == (answer.status_code, error_of(answer)["code"])
    assert [] == listed
    assert [] == list(desk.blobs.keys())
