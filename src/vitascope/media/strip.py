"""A strip of frames for a terminal: two pixels per character cell, as coloured half blocks."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from vitascope.types import Pixels

_UPPER_HALF = "▀"  # foreground paints the upper pixel of a cell, background the lower one
_RESET = "\x1b[0m"


def strip(frames: Sequence[Pixels], *, columns: int, frames_shown: int = 4) -> list[str]:
    """Lines of ANSI text, ``columns`` characters wide at most, with frames spread evenly over the clip side by side.

    Needs a terminal with 24-bit colour; in Rich, hand each line to ``Text.from_ansi``.
    """
    if not frames:
        return []
    shown = [frames[index] for index in _spread(len(frames), frames_shown)]
    width = max(2, (columns - (len(shown) - 1)) // len(shown))
    small = [_shrink(frame, width) for frame in shown]
    return [" ".join(_line(frame, row) for frame in small) for row in range(0, small[0].shape[0], 2)]


def _spread(num_frames: int, wanted: int) -> list[int]:
    """``wanted`` frame numbers, the first and the last among them."""
    return sorted({round(position) for position in np.linspace(0, num_frames - 1, min(wanted, num_frames))})


def _shrink(frame: Pixels, width: int) -> Pixels:
    """``width`` pixels wide, an even number of rows: a cell is one pixel wide and two high."""
    height = 2 * max(1, round(frame.shape[0] * width / frame.shape[1] / 2))
    return np.array(Image.fromarray(frame).resize((width, height), Image.Resampling.BOX))


def _line(frame: Pixels, row: int) -> str:
    cells = (_cell(upper, lower) for upper, lower in zip(frame[row], frame[row + 1], strict=True))
    return "".join(cells) + _RESET


def _cell(upper: Pixels, lower: Pixels) -> str:
    red, green, blue = upper
    below_red, below_green, below_blue = lower
    return f"\x1b[38;2;{red};{green};{blue};48;2;{below_red};{below_green};{below_blue}m{_UPPER_HALF}"
