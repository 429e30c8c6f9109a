"""Decoded frames to another size."""

import numpy as np
from PIL import Image, ImageOps

from vitascope.types import Pixels

_LANCZOS = Image.Resampling.LANCZOS


def fit(frame: Pixels, size: tuple[int, int]) -> Pixels:
    """``frame`` stretched to ``size`` (width, height) with Lanczos-3; the same array if it has that size already."""
    if (frame.shape[1], frame.shape[0]) == size:
        return frame
    return np.array(Image.fromarray(frame).resize(size, _LANCZOS))


def cover(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The largest centred part of ``picture`` with the proportions of ``size`` (width, height), at that size."""
    return np.array(ImageOps.fit(Image.fromarray(picture), size, method=_LANCZOS))
