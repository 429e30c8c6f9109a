"""The whole path with a fake model: a finished, marked and sealed file, or nothing."""

import errno
import hashlib
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import av
import numpy as np
import pytest
from fakes import PRESET, MovingGradient

from vitascope import pipeline
from vitascope.errors import OutputError, PromptError, SizeError
from vitascope.media import mp4
from vitascope.media.read import video
from vitascope.origin import verify_file
from vitascope.pipeline import render
from vitascope.provenance.register import LocalRegister
from vitascope.provenance.seal import sidecar_of
from vitascope.settings import settings
from vitascope.types import Progress, Request

BEACH = Request(prompt="a parrot flies over a beach at sunset", seed=7)


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Each test here has a register of its own, because it looks into it."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path_factory.mktemp("home")))
    settings.cache_clear()
    yield settings().home
    monkeypatch.undo()
    settings.cache_clear()


def made(to, backend=None, **asked):
    """A clip of the fake model at ``to``."""
    container = to.suffix[1:]
    request = replace(BEACH, container=container, **asked)
    return render(request, to=to, backend=backend or MovingGradient(), tick=lambda _: None)


def test_a_clip_tells_what_it_is(tmp_path):
    """The returned value matches the file: frames, size, rate, and that they came from this house."""
    clip = made(tmp_path / "a.mp4")

    with av.open(str(clip.path)) as film:
        stream = film.streams.video[0]
        assert (clip.frames, clip.size, clip.fps) == (stream.frames, (stream.width, stream.height), stream.average_rate)
    assert (33, (64, 64), 8, 7, "fake", None) == (
        clip.frames,
        clip.size,
        clip.fps,
        clip.seed,
        clip.model,
        clip.sidecar,
    )
    assert ["a.mp4"] == [path.name for path in tmp_path.iterdir()]


def test_no_file_holds_the_prompt(tmp_path):
    """A default name is made of the prompt; neither the film nor its manifest repeats it."""
    to = tmp_path / "a-parrot-flies-over-a-beach-at-sunset-7.mp4"

    stored = made(to).path.read_bytes()

    assert [] == [word for word in (b"parrot", b"sunset", to.stem.encode()) if word in stored]


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif"])
def test_every_container_is_sealed_and_marked(tmp_path, suffix):
    """Whatever the container: the credential is trusted, names the artists, and binds the mark that was laid."""
    to = tmp_path / f"a{suffix}"
    request = replace(BEACH, container=suffix[1:], size=(128, 128))

    clip = render(request, to=to, backend=MovingGradient(), tick=lambda _: None, thanks=("Ada: parrot",))
    report = verify_file(to)

    assert report.made_here
    assert "trusted" == report.credential.state
    assert ("Ada: parrot",) == report.credential.credits
    assert clip.mark_id == report.credential.mark_id
    assert clip.mark_id == report.mark.mark_id


def test_a_webm_has_its_seal_beside_it(tmp_path):
    """WebM holds no C2PA: the manifest is a sidecar, and the clip says where."""
    clip = made(tmp_path / "a.webm")

    assert sidecar_of(tmp_path / "a.webm") == clip.sidecar
    assert hashlib.sha256(clip.sidecar.read_bytes()).hexdigest() == clip.manifest_sha256
    assert {"a.webm", "a.c2pa"} == {path.name for path in tmp_path.iterdir()}


def test_clips_of_one_name_keep_their_own_origin(tmp_path):
    """The sidecar of a.webm is not taken for the seal of a.mp4 beside it."""
    clips = [made(tmp_path / f"a{suffix}", size=(128, 128)) for suffix in (".webm", ".mp4")]

    for clip in clips:
        assert clip.mark_id == verify_file(clip.path).credential.mark_id


def test_the_same_seed_gives_the_same_frames(tmp_path):
    """Same seed: same frames before marking, whatever file they go into; id, signature and bytes differ."""
    one, other = made(tmp_path / "a.mp4"), made(tmp_path / "b.mp4")
    larger, another = made(tmp_path / "c.webm", size=(128, 96)), made(tmp_path / "d.mp4", seed=8)

    assert one.frames_sha256 == other.frames_sha256 == larger.frames_sha256 != another.frames_sha256
    assert 4 == len({clip.mark_id for clip in (one, other, larger, another)})
    assert one.manifest_sha256 != other.manifest_sha256
    assert one.path.read_bytes() != other.path.read_bytes()


def test_the_hash_is_that_of_the_painted_frames(tmp_path):
    """``frames_sha256`` is over the frames that went into the file, at native size, before resize and mark."""
    backend = MovingGradient()
    frames = backend.render(pipeline.plan_for(BEACH, PRESET), lambda _: None)
    expected = hashlib.sha256(b"".join(frame.tobytes() for _, frame in zip(range(16), frames, strict=False)))

    clip = made(tmp_path / "a.mp4", seconds=2, size=(128, 128))

    assert expected.hexdigest() == clip.frames_sha256


def test_the_mark_was_laid(tmp_path):
    """The frames in the file are close to those painted, and not the same."""
    painted = list(MovingGradient().render(pipeline.plan_for(BEACH, PRESET), lambda _: None))

    made(tmp_path / "a.mp4")
    written = list(video(tmp_path / "a.mp4"))

    difference = np.abs(np.stack(painted).astype(float) - np.stack(written)).mean()
    assert 0.5 < difference < 12


def test_a_shorter_length_paints_no_more_than_it_keeps(tmp_path):
    """Three seconds are the first 24 of 33 frames, and the rest is never painted."""
    backend = MovingGradient()

    clip = made(tmp_path / "a.mp4", backend, seconds=3)

    assert (24, 24) == (clip.frames, backend.painted)


def test_frames_stream_into_the_encoder(tmp_path, monkeypatch):
    """The first frame reaches the encoder when few are painted, not when all are."""
    backend = MovingGradient()
    painted_when_written = []

    def watching(frames, path, *, fps):
        def passing():
            for frame in frames:
                painted_when_written.append(backend.painted)
                yield frame

        return mp4.write(passing(), path, fps=fps)

    monkeypatch.setitem(pipeline._WRITERS, "mp4", watching)
    made(tmp_path / "a.mp4", backend)

    assert list(range(1, 34)) == painted_when_written


def test_progress_is_told_in_order(tmp_path):
    """Every stage is told, its steps count up, and the last tick says that the file is sealed."""
    ticks = []

    render(BEACH, to=tmp_path / "a.mp4", backend=MovingGradient(), tick=ticks.append)

    stages = ("read", "denoise", "decode", "mark", "write", "seal")
    assert set(stages) == {tick.stage for tick in ticks}
    for stage in stages:
        steps = [tick.step for tick in ticks if tick.stage == stage]
        assert all(earlier < later for earlier, later in pairwise(steps))
    assert Progress(stage="write", step=33, steps=33) in ticks
    assert Progress(stage="seal", step=1, steps=1) == ticks[-1]


def test_a_first_frame_opens_the_clip(tmp_path):
    """The given picture is the first frame, and its credential says what went in."""
    picture = np.full((64, 64, 3), 200, np.uint8)

    made(tmp_path / "a.mp4", image=picture)

    first = next(video(tmp_path / "a.mp4"))
    assert np.abs(first.astype(float) - 200).mean() < 12


def test_the_register_knows_each_render(tmp_path, home):
    """An id is taken before anything is marked, and what came of it is entered."""
    clip = made(tmp_path / "a.mp4")

    (entry,) = LocalRegister(home).entries()
    assert (clip.mark_id, clip.manifest_sha256, clip.frames_sha256, "fake") == (
        entry.mark_id,
        entry.manifest_sha256,
        entry.frames_sha256,
        entry.model,
    )


class _Failing(MovingGradient):
    """A backend that fails after ten frames."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def render(self, plan, tick):
        for number, frame in enumerate(super().render(plan, tick)):
            if number == 10:
                raise self.error
            yield frame


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("out of memory"), SystemExit(143)])
def test_a_failure_leaves_what_was_there(tmp_path, suffix, error):
    """Whatever ends a render in the middle: an earlier file stays as it was, and nothing else is left."""
    to = tmp_path / f"a{suffix}"
    to.write_bytes(b"an earlier clip")

    with pytest.raises(type(error)):
        made(to, _Failing(error))

    assert [to] == list(tmp_path.iterdir())
    assert b"an earlier clip" == to.read_bytes()


def test_a_full_disk_leaves_nothing(tmp_path):
    """A disk that fills up in the middle is named, and nothing is left on it."""
    with pytest.raises(OutputError, match="No space left"):
        made(tmp_path / "a.mp4", _Failing(OSError(errno.ENOSPC, "No space left on device")))

    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("asked", "error"), [({"prompt": " "}, PromptError), ({"size": (0, 0)}, SizeError)])
def test_a_mistake_costs_nothing(tmp_path, home, asked, error):
    """A request that cannot be planned takes no mark id, paints nothing and touches no file."""
    backend = MovingGradient()

    with pytest.raises(error):
        made(tmp_path / "a.mp4", backend, **asked)

    assert 0 == backend.painted
    assert () == LocalRegister(home).entries()
    assert [] == list(tmp_path.iterdir())


def test_previews_are_small_marked_and_never_the_end(tmp_path, monkeypatch):
    """One at once and three on the way, no side over 160 pixels, each with the clip's mark and a seal, none at last."""
    from io import BytesIO

    from PIL import Image

    from vitascope.backends.choose import open_backend
    from vitascope.provenance.authority import open_authority
    from vitascope.provenance.credential import credential_of
    from vitascope.provenance.detect import carries

    monkeypatch.setattr(pipeline, "FIRST_PREVIEW", 0.0)
    monkeypatch.setattr(pipeline, "PREVIEW_PAUSE", 0.0)
    sent = []
    request = Request(prompt="a parrot flies over a beach", seconds=1.0, seed=3, steps=8)
    clip = render(
        request,
        to=tmp_path / "clip.mp4",
        backend=open_backend("s"),
        tick=lambda _: None,
        show=lambda picture, step: sent.append((step, picture)),
    )
    shown = [(step, Image.open(BytesIO(picture))) for step, picture in sent]

    assert [1, 4, 8, 12] == [step for step, _ in shown]  # of sixteen: the place and the parrot take eight each
    assert all(max(picture.size) <= pipeline.PREVIEW_SIDE and picture.format == "WEBP" for _, picture in shown)
    authority = open_authority(settings().home)
    key = authority.mark_key
    assert {("trusted", clip.mark_id)} == {
        (told.state, told.mark_id) for told in (credential_of(BytesIO(one), authority) for _, one in sent)
    }
    assert all(carries(np.asarray(picture.convert("RGB")), clip.mark_id, key) for _, picture in shown)
    first, last = (np.asarray(shown[place][1].convert("RGB"), float) for place in (0, -1))
    assert np.abs(first - last).mean() > 1  # it comes into focus


def steps_shown(to):
    """The steps at which somebody who waits for a clip of eight steps a picture is shown something."""
    from vitascope.backends.choose import open_backend

    sent = []
    request = Request(prompt="a parrot flies over a beach", seconds=1.0, seed=3, steps=8)
    render(request, to=to, backend=open_backend("s"), tick=lambda _: None, show=lambda _, step: sent.append(step))
    return sent


def test_the_first_preview_waits_less_than_the_next(tmp_path, monkeypatch):
    """Somebody who waits for a slow clip sees something soon, and then not every moment something else."""
    monkeypatch.setattr(pipeline, "FIRST_PREVIEW", 0.0)
    monkeypatch.setattr(pipeline, "PREVIEW_PAUSE", 60.0)

    assert [1] == steps_shown(tmp_path / "clip.mp4")


def test_the_first_preview_may_follow_the_last_step(tmp_path, monkeypatch):
    """What was painted frame by frame is still to be cut out: what would be due a moment later is shown then."""
    from vitascope.backends.choose import open_backend

    backend, sent = open_backend("s"), []
    request = Request(prompt="a bee in a meadow", seconds=1.0, seed=3, steps=2)
    monkeypatch.setattr(pipeline, "FIRST_PREVIEW", 60.0)

    def due_at_the_end(progress):
        if progress.stage == "denoise" and progress.step == progress.steps:
            monkeypatch.setattr(pipeline, "time", SimpleNamespace(monotonic=lambda: 1e9))

    render(
        request, to=tmp_path / "clip.mp4", backend=backend, tick=due_at_the_end, show=lambda _, step: sent.append(step)
    )

    assert [4] == sent  # the place and the bee take two each


def test_a_render_that_is_soon_over_shows_nothing_on_the_way(tmp_path, monkeypatch):
    """Three previews cost a third of a short render, and nobody sees a picture for a tenth of a second."""
    monkeypatch.setattr(pipeline, "FIRST_PREVIEW", 60.0)

    assert [] == steps_shown(tmp_path / "clip.mp4")
