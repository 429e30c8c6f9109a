"""Latents of a render that was cut off: the next attempt goes on from them, nobody else gets them, none is left."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from fakes import PRESET
from nets import random_weights
from shop import find, order, submit

from vitascope.backends.native import NativeBackend
from vitascope.backends.openvino import OpenVinoRuntime
from vitascope.refusals import FilesError, FilesFullError
from vitascope.store.blobs import open_blobs
from vitascope.types import Halfway
from vitascope.videos import book, claims
from vitascope.videos.events import Tail
from vitascope.worker import jobs, latents, studio
from vitascope.worker.jobs import Workshop
from vitascope.worker.latents import FOLDER, Latents, sweep
from vitascope.worker.studio import Studio

NET = replace(PRESET, codec=replace(PRESET.codec, channels=96, gain=0.3))
OF = "ab" * 32


class Killed(BaseException):
    """What kill -9 is to a thread: nothing of ours runs after it."""


class Counted(Studio):
    """A small random net on the real sampler, which counts its steps and is killed at one of them."""

    def __init__(self, *, dies_at=None):
        super().__init__("s")
        self.steps, self.dies_at = [], dies_at

    def paint(self, wanted, *, tick, **facts):
        def noted(progress):
            tick(progress)
            if progress.stage == "denoise":
                self.steps.append(progress.step)
                if progress.step == self.dies_at:
                    raise Killed

        return super().paint(wanted, tick=noted, **facts)


@pytest.fixture(scope="module")
def backend():
    return NativeBackend(OpenVinoRuntime(NET, random_weights(NET), precision="f32", threads=1))


@pytest.fixture
def shop(sqlite, tmp_path, monkeypatch, backend):
    """A worker's means; every step is slow enough to be kept."""
    monkeypatch.setattr(latents, "KEEP_PAUSE", 0.0)
    monkeypatch.setattr(latents, "_SHARE", 0.0)
    monkeypatch.setattr(studio, "open_backend", lambda model: backend)
    return Workshop(
        worker="w1", database=sqlite, blobs=open_blobs(str(tmp_path / "files")), engines={"s": Counted()},
        stopping=threading.Event(),
    )  # fmt: skip


def cut_off(shop, at=3):
    """A job of six steps whose worker was killed after so many."""
    job = submit(shop.database, wanted=order(model="s", seconds=1.0, steps=6))
    shop.engines["s"] = Counted(dies_at=at)
    with pytest.raises(Killed):
        jobs.paint(shop, job.id)
    with shop.database.transaction() as tx:
        claims.orphan(tx, ["w1"])
    shop.engines["s"] = Counted()
    return job.id


def make(shop, video):
    """The job as the next worker makes it."""
    jobs.finish(shop, video, jobs.paint(shop, video))
    return find(shop.database, video)


def kept(shop):
    return sorted(shop.blobs.keys(FOLDER))


def told(caplog):
    """The events of the log."""
    return [record.told["event"] for record in caplog.records if "told" in record.__dict__]


def test_the_next_attempt_goes_on_to_the_same_frames(shop):
    """Killed after three steps of six: three are left, the frames are those of a render in one go, no file stays."""
    video = cut_off(shop)
    assert [f"{FOLDER}/{video}"] == kept(shop)

    done = make(shop, video)

    whole = make(shop, submit(shop.database, wanted=order(model="s", seconds=1.0, steps=6)).id)
    assert [3, 4, 5, 6, *range(7)] == shop.engines["s"].steps
    assert whole.made.frames_sha256 == done.made.frames_sha256
    assert [] == kept(shop)


def test_progress_never_falls(shop):
    """Over both attempts what the events tell of the whole only grows."""
    video = cut_off(shop, at=1)  # the first tick is always told
    make(shop, video)

    with shop.database.reading() as tx:
        events = Tail("ana", after=0).read(tx, limit=1000)
    progress = [event.body["progress"] for event in events if event.type == "video.stage"]
    assert sorted(progress) == progress
    assert 2 == find(shop.database, video).attempts


@pytest.mark.parametrize(
    "damage",
    [
        lambda stored: stored[:-1],
        lambda stored: stored[:20],
        lambda _: b"",
        lambda stored: stored[:200] + bytes([stored[200] ^ 1]) + stored[201:],
        lambda _: latents._packed(Halfway(rows=np.zeros((3, 96), np.float32), step=3, of=OF)),
    ],
    ids=["cut", "stub", "empty", "flipped", "of another"],
)
def test_a_bad_file_costs_steps_and_nothing_else(shop, caplog, damage):
    """The render begins with noise, the log says so, the film is made and the file is gone."""
    caplog.set_level("INFO", "vitascope.house")
    video = cut_off(shop)
    key = f"{FOLDER}/{video}"
    shop.blobs.put(key, damage(shop.blobs.read(key)), media_type="application/octet-stream")

    done = make(shop, video)

    assert list(range(7)) == shop.engines["s"].steps
    assert "completed" == done.state
    assert "latents_refused" in told(caplog)
    assert [] == kept(shop)


def test_rows_of_another_shape_are_refused(tmp_path, caplog):
    """Or of another kind of number, though the name is right."""
    blobs = open_blobs(str(tmp_path))
    for rows in (np.zeros((4, 8), np.float32), np.zeros((2, 8), np.float64)):
        halfway = Halfway(rows=rows, step=1, of=OF)
        blobs.put(f"{FOLDER}/v", latents._packed(halfway), media_type="application/octet-stream")
        assert Latents(blobs, "v", may_exist=True).recall(OF, (2, 8)) is None


@pytest.mark.parametrize("error", [FilesFullError, FilesError])
def test_a_store_without_room_stops_no_render(shop, monkeypatch, caplog, error):
    """Nothing is kept, the log says so once and not at every step, and the film is made when there is room for it."""
    caplog.set_level("INFO", "vitascope.house")
    put = shop.blobs.put

    def full(key, source, **facts):
        if key.startswith(FOLDER):
            raise error("The store of files is full: nothing was kept.")
        return put(key, source, **facts)

    monkeypatch.setattr(shop.blobs, "put", full)

    done = make(shop, submit(shop.database, wanted=order(model="s", seconds=1.0, steps=6)).id)

    assert "completed" == done.state
    assert 1 == told(caplog).count("latents_not_kept")


def test_a_fast_render_never_pays(shop, monkeypatch):
    """Its steps take less than the pause: nothing is written and, at a first attempt, nothing is looked for."""
    monkeypatch.setattr(latents, "KEEP_PAUSE", 60.0)
    asked = []
    for name in ("put", "read", "remove"):
        plain = getattr(shop.blobs, name)
        monkeypatch.setattr(
            shop.blobs,
            name,
            lambda what, *rest, plain=plain, **facts: (asked.append(what), plain(what, *rest, **facts))[1],
        )

    make(shop, submit(shop.database, wanted=order(model="s", seconds=1.0, steps=6)).id)

    assert [] == [what for what in asked if FOLDER in str(what)]


@pytest.mark.parametrize("act", ["cancel", "delete"])
def test_a_job_that_is_given_up_leaves_no_latents(shop, act):
    """While it runs the worker removes them, while it waits the sweep; latents of a job that waits are left alone."""
    waiting, running = cut_off(shop), cut_off(shop)
    plain = shop.engines["s"].paint

    def meanwhile(wanted, *, tick, **facts):
        with shop.database.transaction() as tx:
            getattr(book, act)(tx, running, "ana", 2e9)
        return plain(wanted, tick=tick, **facts)

    shop.engines["s"].paint = meanwhile
    assert jobs.paint(shop, running) is None
    assert [f"{FOLDER}/{waiting}"] == kept(shop)
    assert 0 == sweep(shop.database, shop.blobs)

    with shop.database.transaction() as tx:
        getattr(book, act)(tx, waiting, "ana", 2e9)
    assert 1 == sweep(shop.database, shop.blobs)
    assert [] == kept(shop)


def test_a_worker_that_leaves_hands_its_latents_on(shop):
    """At SIGTERM the job goes back with the step that was done last."""
    job = submit(shop.database, wanted=order(model="s", seconds=1.0, steps=6))
    plain = shop.engines["s"].paint

    def leaving(wanted, *, tick, **facts):
        return plain(
            wanted, tick=lambda progress: (progress.step == 2 and shop.stopping.set(), tick(progress)), **facts
        )

    shop.engines["s"].paint = leaving
    thread = threading.Thread(target=jobs.paint, args=(shop, job.id), daemon=True)
    thread.start()
    thread.join(timeout=5)
    assert "queued" == find(shop.database, job.id).state

    engine = Counted()
    make(replace(shop, engines={"s": engine}, stopping=threading.Event()), job.id)

    assert [2, 3, 4, 5, 6] == engine.steps
