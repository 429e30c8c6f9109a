"""What of painted frames is a thing: cut out by the matte network, and never what the empty place shows, too.

Frames are cut side by side, each on a thread of its own: the network is small, and two threads get less done on one
picture than each on a picture of its own.

Letters in shapes: B pictures, H W pixels, C channels.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from vitascope.media.resize import fit
from vitascope.types import Floats, Pixels

GRID = 16
"""Sides of what the network looks at are multiples of it."""

NEAR, ALIKE = 4, 0.03
"""Pixels of a look around one in which frame and place are compared, and the difference below which they are alike."""

APART, SOME, FULL = 2, 25, 200
"""Cells of ``NEAR`` pixels between a thing and what is no part of it; of 255, the matte of a cell that has something of
a thing, and of one that is in it."""

ABREAST = 2
"""Frames that are cut at the same time, and calls a matte network takes from as many threads."""

Cells = npt.NDArray[np.bool_]

Separate = Callable[[Floats], Floats]
"""The matte network: pictures ``(B, H, W, 3)`` in 0..1 to ``(B, H, W, 5)``, logits of matte and cover and colours.

May be called by ``ABREAST`` threads at once.
"""


def cut(frames: Iterable[Pixels], plates: Iterable[Pixels], separate: Separate, side: int) -> list[Floats]:
    """The thing of each frame ``(H, W, 3)`` before its plate, ``(H, W, 4)`` in 0..1, colours times the matte.

    The first are cut while later ones are still being painted. ``side`` is the longer one of what the network looks at.
    """
    with ThreadPoolExecutor(ABREAST) as pool:
        cutting = [pool.submit(_cut, frame, plate, separate, side) for frame, plate in zip(frames, plates, strict=True)]
        return [thing.result() for thing in cutting]


def _cut(frame: Pixels, plate: Pixels, separate: Separate, side: int) -> Floats:
    height, width, _ = frame.shape
    size = looked_at(width, height, side)
    finer = width / size[0]
    (answer,) = separate(given(fit(frame, size))[None])
    matte = sharper(grown(sigmoid(answer[..., 0]), (width, height)), finer)
    near = max(1, round(NEAR * finer))
    return _thing(frame, plate, in_one_piece(matte * _other(frame, plate, near), near))


def _thing(frame: Pixels, plate: Pixels, matte: Floats) -> Floats:
    covered = matte[..., None]
    colours = np.clip(given(frame) - (1 - covered) * given(plate), 0, covered)
    return np.concatenate((colours, covered), axis=2)


def _other(frame: Pixels, plate: Pixels, near: int) -> Floats:
    """Whether a part of a frame differs from the empty place there, ``(H, W)`` in 0..1: a moon in both is no thing."""
    apart = np.maximum(frame, plate) - np.minimum(frame, plate)
    most = np.maximum(np.maximum(apart[..., 0], apart[..., 1]), apart[..., 2])
    around = np.asarray(Image.fromarray(most).filter(ImageFilter.BoxBlur(near)))
    return np.asarray(np.clip((given(around) - ALIKE) / ALIKE, 0, 1), np.float32)


def in_one_piece(matte: Floats, cell: int) -> Floats:
    """A matte ``(H, W)`` without what lies apart from where it is densest, and what comes in from an edge.

    A painted thing has a place of its own behind it, and a moon or a crystal that stands elsewhere in that one differs
    from the plate as much as the thing does. What a drawing lets fall, a flake or a hat, lies nearer; what goes
    on to an edge and hangs together with it by half-light alone is a branch or a beam behind it.
    """
    coarse = Image.fromarray(np.asarray(matte * 255, np.uint8)).reduce(cell)
    dense, share = (np.asarray(one) for one in (coarse.filter(ImageFilter.BoxBlur(2)), coarse))
    some, full = share > SOME, share > FULL
    middle, edge = dense == dense.max(), np.ones_like(some)
    edge[1:-1, 1:-1] = False
    body = _wider(_joined(middle, full, APART), 1) & some
    beside = some & ~body
    whole = _joined(body, some & ~_joined(beside & edge, beside, 1), APART)
    kept = _wider(whole, 1) & (whole | ~some)
    large = np.repeat(np.repeat(kept, cell, axis=0), cell, axis=1)
    return matte * large[: matte.shape[0], : matte.shape[1]]


def _joined(first: Cells, some: Cells, by: int) -> Cells:
    """The cells that can be reached from the first by steps of so many cells onto some."""
    reached, wider = np.zeros_like(first), first
    while (wider != reached).any():
        reached = wider
        wider = reached | (_wider(reached, by) & some)
    return reached


def _wider(cells: Cells, by: int) -> Cells:
    around = Image.fromarray(np.asarray(cells, np.uint8)).filter(ImageFilter.MaxFilter(2 * by + 1))
    return np.asarray(around, bool)


def looked_at(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height of the small copy of a picture whose longer side is ``side``."""
    scale = side / max(width, height)
    across, down = (max(GRID, round(length * scale / GRID) * GRID) for length in (width, height))
    return across, down


def given(picture: Pixels) -> Floats:
    """Bytes as 0..1."""
    return np.asarray(picture / np.float32(255), np.float32)


def grown(values: Floats, size: tuple[int, int]) -> Floats:
    """One channel at the size (width, height) of the picture."""
    if values.shape == size[::-1]:
        return values
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BICUBIC), np.float32)


def sharper(matte: Floats, factor: float) -> Floats:
    """A matte grown by a factor, with an edge of one pixel again."""
    return np.asarray(np.clip((matte - 0.5) * np.float32(factor) + 0.5, 0, 1), np.float32)


def sigmoid(x: Floats) -> Floats:
    """Of any size: an exponential would overflow."""
    return np.asarray(0.5 + 0.5 * np.tanh(x / 2), np.float32)
