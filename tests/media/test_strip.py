"""The strip in a terminal."""

import re

import numpy as np
import pytest

from vitascope.media.strip import strip


def visible(line):
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


@pytest.mark.parametrize("columns", [20, 79, 200])
def test_a_strip_fits_its_columns(columns):
    """All lines are equally wide and none is wider than asked."""
    lines = strip(list(np.zeros((9, 48, 64, 3), dtype=np.uint8)), columns=columns)
    assert 1 == len({len(visible(line)) for line in lines})
    assert len(visible(lines[0])) <= columns


def test_a_cell_paints_two_pixels():
    """Upper pixel in front, lower one behind."""
    frame = np.zeros((2, 2, 3), dtype=np.uint8)
    frame[0] = (255, 0, 0)
    frame[1] = (0, 0, 255)
    assert ["\x1b[38;2;255;0;0;48;2;0;0;255m▀" * 2 + "\x1b[0m"] == strip([frame], columns=2)


def test_first_and_last_frame_are_shown():
    """Frames are spread over the whole clip."""
    frames = [np.full((4, 4, 3), value, dtype=np.uint8) for value in range(10)]
    line = strip(frames, columns=20, frames_shown=3)[0]
    assert [0, 4, 9] == sorted({int(value) for value in re.findall(r"38;2;(\d+);", line)})


def test_no_frames_make_no_lines():
    """Nothing to show is no error."""
    assert [] == strip([], columns=80)
