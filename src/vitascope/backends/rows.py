"""Where the rows of a clip lie in space, time and noise: the geometry that trainer and every runtime share.

Letters in shapes: K latents, N rows (K times the rows of a latent), W words.
"""

import math

import numpy as np
import numpy.typing as npt

from vitascope.backends.base import Box, Rows
from vitascope.types import CodecPreset, Floats, Integers

CLIP, REFERENCE = 0, 1
"""Tags of rows: frames of the clip, or a picture it should look like."""

SPOKEN_OF = (0.5, 0.25, 0.75)
"""By segment, where in a clip the time lies that a word speaks of: of the whole, of its first and its second half."""

LOWERED = 0.75
"""How much of what a wide frame leaves out of a square is left out above: things stand a little below the middle."""

REFERENCE_TIME = -1.0
"""Seconds before the clip at which a reference picture stands (references come first in rotary time, as in H3)."""


def latents(frames: int, codec: CodecPreset) -> int:
    """Latents of a clip of ``frames`` = 1 + 4k frames. Raises ValueError for other lengths."""
    if frames < 1 or (frames - 1) % codec.frames:
        raise ValueError(f"{frames} frames are not 1 + {codec.frames}k")
    return (frames - 1) // codec.frames + 1


def rows_of_latent(size: tuple[int, int], codec: CodecPreset) -> int:
    """Rows of one latent of a clip of ``size`` (width, height)."""
    down, across = grid_of_latent(size, codec)
    return down * across


def grid_of_latent(size: tuple[int, int], codec: CodecPreset) -> tuple[int, int]:
    """The same, down and across."""
    return size[1] // codec.stride, size[0] // codec.stride


def square_of(size: tuple[int, int], stride: int) -> int:
    """The side in pixels of the square that has as many rows as a frame of ``size``, to the nearest row."""
    return max(1, round(math.sqrt(size[0] * size[1]) / stride)) * stride


def latent_seconds(num_latents: int, fps: float, codec: CodecPreset) -> Floats:
    """The time at the middle of each latent, ``(K,)`` seconds; the first is the single frame at 0."""
    index = np.arange(num_latents, dtype=np.float32)
    middle = codec.frames * index - (codec.frames - 1) / 2
    return np.asarray(np.where(index == 0, 0, middle) / fps, np.float32)


def positions(num_latents: int, size: tuple[int, int], fps: float, codec: CodecPreset) -> Floats:
    """Seconds, y and x of every row of a clip, ``(N, 3)``; y and x in sides of the square of as many rows.

    A wide frame shows more at the sides of that square and less above, a tall one the other way round, and nothing in
    it is larger: what is learned of the one helps the other.
    Time is in seconds, not frames, so that rate and length may vary freely (as LTX-2 does).
    """
    return _grid(latent_seconds(num_latents, fps, codec), size, codec)


def reference_positions(size: tuple[int, int], codec: CodecPreset) -> Floats:
    """The same for one reference picture, which stands before the clip."""
    return _grid(np.array([REFERENCE_TIME], np.float32), size, codec)


def around(spot: tuple[float, float], reach: float, size: tuple[int, int], codec: CodecPreset) -> Box:
    """The rows of a latent, from top to bottom and left to right, in which lies what reaches so far from a spot.

    Both in sides of the square, as in :func:`positions`; the spot is x and y. There is a row of it always.
    """
    least = codec.stride / square_of(size, codec.stride) / 2
    near = [
        np.flatnonzero(np.abs(line - at) <= max(reach, least))
        for line, at in zip(_lines(size, codec), spot[::-1], strict=True)
    ]
    (top, bottom), (left, right) = ((int(line[0]), int(line[-1]) + 1) for line in near)
    return top, bottom, left, right


def whole(size: tuple[int, int], codec: CodecPreset) -> Box:
    """All rows of a latent."""
    down, across = grid_of_latent(size, codec)
    return 0, down, 0, across


def scaled(box: Box, stride: int) -> Box:
    """The pixels of a box of rows."""
    top, bottom, left, right = (side * stride for side in box)
    return top, bottom, left, right


def within(box: Box, size: tuple[int, int], codec: CodecPreset) -> npt.NDArray[np.bool_]:
    """Which rows of a latent of ``size`` are in a box of them, ``(rows of a latent,)``."""
    inside = np.zeros(grid_of_latent(size, codec), np.bool_)
    inside[box[0] : box[1], box[2] : box[3]] = True
    return inside.ravel()


def _grid(seconds: Floats, size: tuple[int, int], codec: CodecPreset) -> Floats:
    y, x = _lines(size, codec)
    grid = np.stack(np.meshgrid(seconds, y, x, indexing="ij"), axis=-1)
    return np.ascontiguousarray(grid.reshape(-1, 3), np.float32)


def _lines(size: tuple[int, int], codec: CodecPreset) -> tuple[Floats, Floats]:
    """The y of each row downwards and the x of each across."""
    across, down = size[0] // codec.stride, size[1] // codec.stride
    side, longer = square_of(size, codec.stride) // codec.stride, max(across, down)
    beyond = (longer - side) / 2
    y = (np.arange(down, dtype=np.float32) + 0.5 + (longer - down) * LOWERED - beyond) / side
    x = (np.arange(across, dtype=np.float32) + 0.5 + (longer - across) / 2 - beyond) / side
    return np.asarray(y, np.float32), np.asarray(x, np.float32)


def word_seconds(segment: Integers, seconds: float) -> Floats:
    """The time each word speaks of: the middle of the clip, or of a half. Same shape as ``segment``."""
    return np.asarray(np.array(SPOKEN_OF, np.float32)[segment] * np.float32(seconds), np.float32)


def groups(rows: Rows) -> tuple[Floats, Floats, Integers]:
    """The distinct pairs of levels, clean first, and each row's pair: ``(K,)``, ``(K,)``, ``(N,)``."""
    pairs = np.stack((np.concatenate(([0], rows.t_N)), np.concatenate(([0], rows.r_N))), axis=1)
    distinct, index = np.unique(pairs.astype(np.float32), axis=0, return_inverse=True)
    return distinct[:, 0].copy(), distinct[:, 1].copy(), index.ravel()[1:].astype(np.int32)
