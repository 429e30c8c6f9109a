"""MP4 files as they leave the house: what is in them, that they play, and that no half file stays."""

import resource
import subprocess
from contextlib import contextmanager

import av
import numpy as np
import pytest
from cartoons import cartoon

from vitascope.errors import OutputError, SizeError
from vitascope.media import gif, mp4, webm
from vitascope.media.read import video
from vitascope.types import Marked

WRITERS = pytest.mark.parametrize(("write", "suffix"), [(mp4.write, "mp4"), (webm.write, "webm"), (gif.write, "gif")])


def marked(frames):
    return (Marked(frame=frame, mark_id=1) for frame in frames)


def noise(frames, side=64):
    return np.random.default_rng(0).integers(0, 256, (frames, side, side, 3), dtype=np.uint8)


@contextmanager
def room_for(num_bytes):
    """Writes beyond ``num_bytes`` of a file fail, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_mp4_is_what_browsers_and_phones_want(tmp_path):
    """H.264 as avc1, yuv420p, tagged BT.709 limited range, index before the pictures, the frame rate asked for."""
    path = tmp_path / "clip.mp4"
    mp4.write(marked(cartoon(9, 96, 64)), path, fps=12)

    content = path.read_bytes()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert "h264" == context.name
        assert "avc1" == context.codec_tag
        assert "yuv420p" == context.pix_fmt
        assert (1, 1, 1, 1) == (
            context.color_primaries,
            context.color_trc,
            context.colorspace,
            context.color_range,
        )
        assert 12 == stream.average_rate
        assert 9 == stream.frames
        assert (96, 64) == (stream.width, stream.height)
    assert 0 < content.find(b"moov") < content.find(b"mdat")


@WRITERS
def test_every_frame_comes_back_nearly_as_it_was(tmp_path, write, suffix):
    """Count, size and colours survive: a channel swapped or a range misread would fall below 28 dB."""
    frames = cartoon(9, 128, 96)
    path = tmp_path / f"clip.{suffix}"

    assert 9 == write(marked(frames), path, fps=12)

    read = np.array(list(video(path)), dtype=float)
    assert (9, 96, 128, 3) == read.shape
    assert 10 * np.log10(255**2 / np.mean((read - np.array(frames)) ** 2)) > 28


@WRITERS
def test_flat_colours_stay_the_same_colours(tmp_path, write, suffix):
    """Each of six flat colours comes back within 3 grey levels: tags and matrices agree."""
    colours = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (250, 250, 250), (5, 5, 5), (120, 190, 250)]
    frames = [np.full((64, 64, 3), colour, dtype=np.uint8) for colour in colours]
    write(marked(frames), tmp_path / f"flat.{suffix}", fps=8)
    for expected, frame in zip(colours, video(tmp_path / f"flat.{suffix}"), strict=True):
        assert np.abs(frame.mean(axis=(0, 1)) - expected).max() < 3


def test_the_same_frames_give_the_same_bytes(tmp_path):
    """No clock and no chance in the file."""
    for name in ("one.mp4", "two.mp4"):
        mp4.write(marked(cartoon(9, 64, 64)), tmp_path / name, fps=12)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_frames_stream_into_the_encoder(tmp_path):
    """The file grows while frames still come: nothing waits for the last frame."""
    sizes = []

    def coming():
        for frame in noise(80):
            sizes.append(sum(part.stat().st_size for part in tmp_path.rglob("*.mp4")))
            yield Marked(frame=frame, mark_id=1)

    mp4.write(coming(), tmp_path / "clip.mp4", fps=12)
    assert sizes[-1] > 0


@WRITERS
def test_unmarked_frames_are_refused(tmp_path, write, suffix):
    """A bare array is not written, and nothing stays behind."""
    with pytest.raises(TypeError, match="Only marked frames"):
        write(cartoon(2, 64, 64), tmp_path / f"clip.{suffix}", fps=12)
    assert [] == list(tmp_path.iterdir())


def test_odd_sides_are_refused_with_the_numbers(tmp_path):
    """H.264 with 4:2:0 colour has no odd sides; nothing is padded in silence."""
    with pytest.raises(SizeError, match="65x64"):
        mp4.write(marked(cartoon(1, 65, 64)), tmp_path / "clip.mp4", fps=12)
    assert [] == list(tmp_path.iterdir())


@WRITERS
def test_a_full_disk_leaves_what_was_there(tmp_path, write, suffix):
    """The sentence names the file and the reason, the old file is whole, no draft stays."""
    path = tmp_path / f"clip.{suffix}"
    path.write_bytes(b"old")
    with room_for(4096), pytest.raises(OutputError, match=rf"{path}: File too large\."):
        write(marked(noise(20)), path, fps=12)
    assert b"old" == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


@WRITERS
def test_an_interrupt_leaves_nothing(tmp_path, write, suffix):
    """Ctrl-C in the middle: no half file."""

    def broken_off():
        yield from marked(cartoon(3, 64, 64))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(broken_off(), tmp_path / f"clip.{suffix}", fps=12)
    assert [] == list(tmp_path.iterdir())


@WRITERS
def test_a_missing_folder_is_named(tmp_path, write, suffix):
    """One sentence, not a traceback of FFmpeg."""
    with pytest.raises(OutputError, match="No such file or directory"):
        write(marked(cartoon(1, 64, 64)), tmp_path / "nowhere" / f"clip.{suffix}", fps=12)


@WRITERS
def test_a_folder_is_not_overwritten(tmp_path, write, suffix):
    """A path that is a folder is refused."""
    with pytest.raises(OutputError, match="that is a folder"):
        write(marked(cartoon(1, 64, 64)), tmp_path, fps=12)
    assert suffix  # the same for each container


@WRITERS
def test_no_frames_make_no_file(tmp_path, write, suffix):
    """An empty clip is an error, not an empty file."""
    with pytest.raises(OutputError, match="0 frames"):
        write(iter(()), tmp_path / f"clip.{suffix}", fps=12)
    assert [] == list(tmp_path.iterdir())


PAGE = """<!doctype html><title>wait</title><video muted src="clip.{suffix}"></video><p id="told"></p><script>
const video = document.querySelector("video"), told = document.querySelector("#told");
video.onerror = () => told.textContent = "error " + video.error.message;
video.onloadeddata = () => {{
  told.textContent = `${{video.videoWidth}} ${{video.videoHeight}} ${{video.duration.toFixed(2)}}`;
}};
</script>"""


@pytest.mark.browser
@pytest.mark.parametrize(("write", "suffix"), [(mp4.write, "mp4"), (webm.write, "webm")])
def test_chromium_plays_it(tmp_path, chromium, write, suffix):
    """A real browser decodes a frame and knows size and length."""
    write(marked(cartoon(12, 128, 96)), tmp_path / f"clip.{suffix}", fps=12)
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(suffix=suffix))
    offline = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    own_profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-sync", *offline, own_profile]
    shown = subprocess.run(
        [*command, "--virtual-time-budget=10000", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert '<p id="told">128 96 1.00</p>' in shown.stdout
