"""Of many frames the clearest: the one to keep a character from."""

from collections.abc import Iterable

import numpy as np
from PIL import Image

from vitascope.types import Pixels

_SIDE = 256
"""Pixels of the longer side at which frames are compared: grain that only a larger one shows says nothing."""


def clearest(frames: Iterable[Pixels]) -> Pixels | None:
    """The frame ``(H, W, 3)`` with the most detail, of equals the first; None of none."""
    found, most = None, -1.0
    for frame in frames:
        if (detail := detail_of(frame)) > most:
            found, most = frame, detail
    return found


def detail_of(frame: Pixels) -> float:
    """How much pixels differ from the mean of their neighbours (Laplacian), squared; blur and fades take it away."""
    small = Image.fromarray(frame[..., :3]).convert("L")
    small.thumbnail((_SIDE, _SIDE))
    grey = np.pad(np.asarray(small, np.float32), 1, mode="edge")
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float(np.square(around - 4 * grey[1:-1, 1:-1]).mean())
