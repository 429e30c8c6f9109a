"""GIF files: they loop, keep time, and do not flicker."""

import numpy as np
from cartoons import cartoon
from PIL import Image

from vitascope.media import gif
from vitascope.types import Marked


def write(frames, path, fps):
    gif.write((Marked(frame=frame, mark_id=1) for frame in frames), path, fps=fps)


def test_a_gif_loops_for_ever_in_true_time(tmp_path):
    """12 frames a second do not fit hundredths; the rounding must not add up."""
    write(cartoon(24, 64, 64), tmp_path / "clip.gif", 12)
    with Image.open(tmp_path / "clip.gif") as picture:
        assert 0 == picture.info["loop"]
        assert 24 == picture.n_frames
        durations = []
        for number in range(24):
            picture.seek(number)
            durations.append(picture.info["duration"])
    assert 2000 == sum(durations)
    assert {80, 90} == set(durations)


def test_a_still_clip_does_not_flicker(tmp_path):
    """The same frame twice gives the same pixels twice: one palette, one dither."""
    frame = cartoon(1, 64, 64)[0]
    moved = np.roll(frame, 7, axis=1)
    write([frame, moved, frame], tmp_path / "clip.gif", 10)
    with Image.open(tmp_path / "clip.gif") as picture:
        first = np.array(picture.convert("RGB"))
        picture.seek(2)
        third = np.array(picture.convert("RGB"))
    assert np.array_equal(first, third)
