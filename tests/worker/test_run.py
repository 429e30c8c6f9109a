"""Worker processes: they make what was ordered, survive each other's death, and leave in good order."""

import io
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from databases import wait_for
from shop import grant, order

from vitascope.store.blobs import open_blobs
from vitascope.store.database import open_database
from vitascope.videos import book, workers
from vitascope.videos.events import Tail
from vitascope.videos.queue import open_queue

COMMAND = [str(Path(sys.executable).parent / "vitascope"), "worker"]
PATIENCE = 120.0  # on a busy machine a process takes long to start


class House:
    """A desk and its workers."""

    def __init__(self, url, folder):
        self.url, self.folder, self.processes = url, folder, []
        self.database = open_database(url)
        self.queue = open_queue(self.database)
        self.blobs = open_blobs(str(folder / "files"))

    def worker(self, seconds):
        """A worker process, once it beats."""
        known = self._alive()
        options = ["--db", self.url, "--files", str(self.folder / "files"), "--data", str(self.folder)]
        options += ["--model", "twin", "--twin-seconds", str(seconds)]
        log = (self.folder / "workers.log").open("ab")
        process = subprocess.Popen([*COMMAND, *options], stdout=log, stderr=log)
        log.close()
        self.processes.append(process)
        wait_for(lambda: self._alive() - known or self._ended(process), seconds=PATIENCE)
        return process

    def submit(self, number=1, **facts):
        """The ids of so many new jobs."""
        with self.database.transaction() as tx:
            orders = tuple(order(seed=seed, **facts) for seed in range(number))
            return [job.id for job in book.submit_many(tx, orders, grant(), queue=self.queue, now=time.time())]

    def job(self, video):
        with self.database.reading() as tx:
            return book.get(tx, video, "ana")

    def until(self, state, videos):
        """Wait until all of them are in a state."""
        wait_for(lambda: all(self.job(video).state == state for video in videos), seconds=PATIENCE)

    def ends(self):
        """How often each video was told to have ended."""
        with self.database.reading() as tx:
            told = Tail("ana", after=0).read(tx, limit=10_000)
        ended = [event.video for event in told if event.type in ("video.completed", "video.failed", "video.cancelled")]
        return sorted(ended)

    def in_hand(self):
        """How many jobs were begun and not ended, at each moment something was told of one."""
        with self.database.reading() as tx:
            told = Tail("ana", after=0).read(tx, limit=10_000)
        steps = [(event.type == "video.started") - (event.type == "video.completed") for event in told]
        return list(accumulate(steps))

    def denoised(self, video):
        """The steps that were told of each attempt."""
        with self.database.reading() as tx:
            told = Tail("ana", after=0).read(tx, limit=10_000)
        attempts = []
        for event in told:
            if event.video == video and event.type == "video.started":
                attempts.append([])
            if event.video == video and event.type == "video.stage" and event.body["stage"] == "denoise":
                attempts[-1].append(event.body["step"])
        return attempts

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
        self.queue.close()
        self.database.close()

    def _alive(self):
        with self.database.reading() as tx:
            return {worker.id for worker in workers.alive(tx, time.time(), "twin")}

    def _ended(self, process):
        assert process.poll() is None, (self.folder / "workers.log").read_text()


def kept(stored):
    """The step of a file of latents: an npz behind its sha256."""
    with np.load(io.BytesIO(stored[32:]), allow_pickle=False) as file:
        return int(file["step"])


@contextmanager
def _house(url, folder):
    house = House(url, folder)
    try:
        yield house
    finally:
        house.close()


def test_jobs_are_made(database_url, tmp_path):
    """A worker in a process of its own takes jobs and finishes each once, with its files, on both databases."""
    with _house(database_url, tmp_path) as house:
        house.worker(0.05)
        videos = house.submit(8)
        house.until("completed", videos)

        assert sorted(videos) == house.ends()
        assert 8 * 3 == len(list(house.blobs.keys()))
        assert 1 == max(house.in_hand()), "a second job was taken that another worker could have made"


def test_a_killed_worker_is_followed_by_another(postgres, tmp_path):
    """Two workers on PostgreSQL, one killed with -9 in mid-job: the other takes the job over and ends it, once."""
    with _house(postgres.new_database(), tmp_path) as house:
        first = house.worker(30)
        (video,) = house.submit()
        house.until("in_progress", [video])
        house.worker(0.05)
        first.kill()
        first.wait()
        house.until("completed", [video])

        assert [video] == house.ends()
        assert 2 == house.job(video).attempts


def test_a_worker_killed_in_mid_denoise_is_followed_by_one_that_goes_on(tmp_path):
    """Kill -9 between two slow steps: the next process begins at the step that was kept, and tells none before it."""
    with _house(f"sqlite:///{tmp_path}/v.db", tmp_path) as house:
        first = house.worker(20)  # a step takes two seconds
        (video,) = house.submit()
        latents = f"latents/{video}"
        wait_for(lambda: latents in house.blobs.keys("latents"), seconds=PATIENCE)
        first.kill()
        first.wait()
        halfway = kept(house.blobs.read(latents))
        house.worker(5)
        house.until("completed", [video])

        attempts = house.denoised(video)
        assert 1 <= halfway <= min(attempts[1])
        assert [video] == house.ends()
        assert [] == list(house.blobs.keys("latents"))


def test_a_worker_leaves_in_good_order(tmp_path):
    """At SIGTERM the running job goes back into the queue, the process ends with 0, and the next worker makes it."""
    with _house(f"sqlite:///{tmp_path}/v.db", tmp_path) as house:
        first = house.worker(60)
        (video,) = house.submit()
        house.until("in_progress", [video])
        first.send_signal(signal.SIGTERM)

        assert 0 == first.wait(timeout=PATIENCE)
        assert ("queued", 0) == (house.job(video).state, house.job(video).attempts)
        house.worker(0.05)
        house.until("completed", [video])
        assert [video] == house.ends()


def test_an_outage_of_the_database_loses_nothing(postgres, tmp_path):
    """PostgreSQL goes away in the middle of a job and comes back: what was accepted is made, once."""
    with _house(postgres.new_database(), tmp_path) as house:
        house.worker(2)
        videos = house.submit(2)
        house.until("in_progress", videos[:1])
        postgres.stop()
        time.sleep(12)  # longer than a worker may be silent: nobody could beat, and nobody is dead for it
        postgres.start()
        house.until("completed", videos)

        assert sorted(videos) == house.ends()


@pytest.mark.slow
def test_half_a_minute_without_a_database(postgres, tmp_path):
    """An outage of 30 seconds, as the above."""
    with _house(postgres.new_database(), tmp_path) as house:
        house.worker(1)
        videos = house.submit(3)
        house.until("in_progress", videos[:1])
        postgres.stop()
        time.sleep(30)
        postgres.start()
        house.until("completed", videos)

        assert sorted(videos) == house.ends()
