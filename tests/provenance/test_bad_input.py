"""What people hand to a verifier: cut short, without pictures, with two manifests, odd, uneven in time, huge."""

import time
from io import BytesIO

import av
import numpy as np
import pytest
from cartoons import cartoon

from vitascope.errors import VerifyError
from vitascope.media import mp4
from vitascope.media.read import Limits, video
from vitascope.media.sheets import png_bytes
from vitascope.origin import verify_file
from vitascope.provenance.authority import open_authority
from vitascope.provenance.manifest import Claim
from vitascope.provenance.seal import seal
from vitascope.types import Marked

CLAIM = Claim(title="clip", model="s", weights_sha256="ab", trained_on="cd", mark_id=1)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """Home and content of a sealed file of nine frames."""
    folder = tmp_path_factory.mktemp("sealed")
    path = folder / "clip.mp4"
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(9, 64, 64)), path, fps=8)
    return folder, seal(path, CLAIM, open_authority(folder)).path.read_bytes()


def written(frames, times, codec="libx264", kind="matroska"):
    file = BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=1000)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv444p" if codec == "libx264" else "yuv420p"
        for frame, time in zip(frames, times, strict=True):
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            picture.pts = time
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return file.getvalue()


def state_of(content, home):
    try:
        return verify_file(content, home=home).credential.state
    except VerifyError:
        return "unreadable"


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_file_cut_short_is_never_valid(sealed, share):
    """Either it cannot be read, in one sentence, or its credential does not hold."""
    home, content = sealed
    assert state_of(content[: int(len(content) * share)], home) in {"invalid", "not_present", "unreadable"}


def test_two_manifests_are_never_valid(sealed):
    """The box of the first manifest, twice."""
    home, content = sealed
    start = content.index(b"uuid") - 4
    size = int.from_bytes(content[start : start + 4], "big")

    doubled = content[: start + size] + content[start : start + size] + content[start + size :]

    assert state_of(doubled, home) in {"invalid", "not_present", "unreadable"}


@pytest.mark.slow
def test_four_gigabytes_are_no_trouble(sealed, tmp_path):
    """A film followed by four gigabytes of nothing: read as far as it goes, and its credential does not hold."""
    path = tmp_path / "large.mp4"
    with path.open("wb") as file:
        file.write(sealed[1])
        file.truncate(4 << 30)

    told = verify_file(path, home=sealed[0])

    assert told.credential.state in {"invalid", "not_present"}


def test_sound_without_pictures_is_told(sealed):
    """One sentence."""
    file = BytesIO()
    with av.open(file, "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))

    with pytest.raises(VerifyError, match="no picture"):
        verify_file(file.getvalue(), home=sealed[0])


@pytest.mark.parametrize(("size", "times"), [((61, 47), [0, 1, 2]), ((64, 64), [0, 500, 510]), ((64, 64), [0])])
def test_odd_sides_uneven_time_and_single_frames_are_looked_at(sealed, size, times):
    """Nothing found is an answer."""
    content = written([np.ascontiguousarray(frame) for frame in cartoon(len(times), *size)], times)

    assert not verify_file(content, home=sealed[0]).made_here


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [(1, 1), (2000, 3), (3, 2000)])
def test_a_dot_and_a_thread_are_looked_at(sealed, size):
    """Sides far apart: shrunk for the fingerprint, a thread stays one pixel wide."""
    shades = np.random.default_rng(0).integers(0, 255, (*size, 3), dtype=np.uint8)

    assert not verify_file(png_bytes(shades), home=sealed[0]).made_here


def test_ten_hours_are_no_trouble(tmp_path):
    """A real film that long, a frame every ten seconds, signed: its credential holds, its beginning is looked at."""
    path, times = tmp_path / "long.mp4", range(0, 36_000_001, 10_000)  # milliseconds
    grounds = [np.full((32, 32, 3), shade, np.uint8) for shade in (40, 90)]
    path.write_bytes(written([grounds[number % 2] for number in range(len(times))], times, "mpeg4", "mp4"))
    seal(path, CLAIM, open_authority(tmp_path))
    with av.open(str(path)) as container:
        assert 36_000 <= container.duration / av.time_base
    began = time.process_time()

    told = verify_file(path, home=tmp_path)

    assert ("trusted", "not_detected") == (told.credential.state, told.mark.outcome)
    assert Limits().frames == len(list(video(path)))
    assert time.process_time() - began < 20


def test_a_long_film_is_read_as_far_as_the_limits_go(sealed):
    """Ten hours cost no more than the first minutes: frames and pixels have their limit."""
    content = sealed[1]

    assert 4 == len(list(video(content, limits=Limits(frames=4))))
    assert 2 == len(list(video(content, limits=Limits(total=2 * 64 * 64))))
