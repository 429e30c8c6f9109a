"""Where the rows of a clip lie in space, time and noise: the geometry that trainer and every runtime share.

Letters in shapes: K latents, N rows (K times the rows of a latent), W words.
"""

import math
from dataclasses import dataclass

import numpy as np

from vitascope.backends.base import Box, Rows
from vitascope.types import CodecPreset, Floats, Integers

Slices = tuple[slice, slice]

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


def positions(
    num_latents: int, size: tuple[int, int], fps: float, codec: CodecPreset, box: Box | None = None
) -> Floats:
    """Seconds, y and x of every row of a clip, ``(N, 3)``; y and x in sides of the square of as many rows.

    A wide frame shows more at the sides of that square and less above, a tall one the other way round, and nothing in
    it is larger: what is learned of the one helps the other.
    Time is in seconds, not frames, so that rate and length may vary freely (as LTX-2 does). Of ``box`` the rows in it
    alone, some of which may lie beyond the frame.
    """
    return _grid(latent_seconds(num_latents, fps, codec), box or whole(size, codec), _Lines.of(size, codec))


def reference_positions(size: tuple[int, int], codec: CodecPreset) -> Floats:
    """The same for one reference picture, which stands before the clip."""
    return _grid(np.array([REFERENCE_TIME], np.float32), whole(size, codec), _Lines.of(size, codec))


def around(spot: tuple[float, float], reach: float, size: tuple[int, int], codec: CodecPreset) -> Box:
    """The rows of a latent, from top to bottom and left to right, in which lies what reaches so far from a spot.

    Both in sides of the square, as in :func:`positions`; the spot is x and y. There is a row of it always. Rows of the
    square that a wide or tall frame leaves out count: what is drawn there may come into the picture.
    """
    lines, (down, across) = _Lines.of(size, codec), grid_of_latent(size, codec)
    top, bottom = _near(spot[1], reach, lines.side, lines.down, down)
    left, right = _near(spot[0], reach, lines.side, lines.across, across)
    return top, bottom, left, right


def _near(at: float, reach: float, side: int, offset: float, count: int) -> tuple[int, int]:
    """The first row of a line that is near, and the one behind the last."""
    index = np.arange(min(0, math.ceil(-offset)), max(count, math.floor(side - offset) + 1))
    near = index[np.abs((index + offset) / side - at) <= max(reach, 0.5 / side)]
    return int(near[0]), int(near[-1]) + 1


def whole(size: tuple[int, int], codec: CodecPreset) -> Box:
    """All rows of a latent."""
    down, across = grid_of_latent(size, codec)
    return 0, down, 0, across


def scaled(box: Box, stride: int) -> Box:
    """The pixels of a box of rows."""
    top, bottom, left, right = (side * stride for side in box)
    return top, bottom, left, right


def union(*boxes: Box) -> Box:
    """The smallest box that holds all of them."""
    tops, bottoms, lefts, rights = zip(*boxes, strict=True)
    return min(tops), max(bottoms), min(lefts), max(rights)


def shared(box: Box, size: tuple[int, int]) -> tuple[Slices, Slices]:
    """What a box has in common with a frame of ``size`` (width, height): the slices of the frame, those of the box."""
    (top, bottom, left, right), (width, height) = box, size
    down, across = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    return (down, across), (_moved(down, -top), _moved(across, -left))


def _moved(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Where rows lie: that of number n downwards at ``(n + down) / side``, likewise across."""

    side: int
    down: float
    across: float

    @staticmethod
    def of(size: tuple[int, int], codec: CodecPreset) -> "_Lines":
        (down, across), side = grid_of_latent(size, codec), square_of(size, codec.stride) // codec.stride
        longer = max(across, down)
        beyond = (longer - side) / 2
        return _Lines(
            side=side,
            down=0.5 + (longer - down) * LOWERED - beyond,
            across=0.5 + (longer - across) / 2 - beyond,
        )


def _grid(seconds: Floats, box: Box, lines: _Lines) -> Floats:
    top, bottom, left, right = box
    y = (np.arange(top, bottom, dtype=np.float32) + np.float32(lines.down)) / np.float32(lines.side)
    x = (np.arange(left, right, dtype=np.float32) + np.float32(lines.across)) / np.float32(lines.side)
    grid = np.stack(np.meshgrid(seconds, y, x, indexing="ij"), axis=-1)
    return np.ascontiguousarray(grid.reshape(-1, 3), np.float32)


def word_seconds(segment: Integers, seconds: float) -> Floats:
    """The time each word speaks of: the middle of the clip, or of a half. Same shape as ``segment``."""
    return np.asarray(np.array(SPOKEN_OF, np.float32)[segment] * np.float32(seconds), np.float32)


def groups(rows: Rows) -> tuple[Floats, Floats, Integers]:
    """The distinct pairs of levels, clean first, and each row's pair: ``(K,)``, ``(K,)``, ``(N,)``."""
    pairs = np.stack((np.concatenate(([0], rows.t_N)), np.concatenate(([0], rows.r_N))), axis=1)
    distinct, index = np.unique(pairs.astype(np.float32), axis=0, return_inverse=True)
    return distinct[:, 0].copy(), distinct[:, 1].copy(), index.ravel()[1:].astype(np.int32)
