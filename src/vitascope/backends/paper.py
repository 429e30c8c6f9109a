"""A thing on plain paper, cut out by the paper's colour: what a border all round has, and what that leads to.

A network that was taught drawings takes pale fur for paper; here only what is of one colour with the border, and
joined to it, is paper. What is enclosed (a gap between arm and side, or the white of an eye) is left to the network.

Letters in shapes: H W pixels.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from vitascope.types import Floats, Pixels

PLAIN = 0.8
"""Share of the border that has the paper's colour: a thing may touch it."""

SAME = 0.05
"""Difference in 0..1 up to which a colour is the paper's."""

SIDE = 256
"""Pixels of the longer side at which it is looked where the paper reaches."""

EDGE = 2
"""Pixels around the paper in which a colour may be partly its: as much as it is nearer to it than what is beside it."""

Bools = npt.NDArray[np.bool_]


def on_paper(picture: Pixels, guess: Floats) -> Floats | None:
    """The thing of a picture ``(H, W, 3)``, as in backends/layers.py, ``(H, W, 4)``; None if it is on no plain paper.

    ``guess`` is a network's matte ``(H, W)``, for paper that the border does not reach.
    """
    border = np.concatenate((picture[0], picture[-1], picture[:, 0], picture[:, -1]))
    paper = np.median(border, axis=0)
    apart = np.asarray(np.abs(picture - paper).max(axis=2) / 255, np.float32)
    if (np.abs(border - paper).max(axis=1) <= 255 * SAME).mean() < PLAIN:
        return None
    alike = apart <= SAME
    reached = _joined(alike)
    strongest = np.asarray(_widest(Image.fromarray(_bytes(apart))), np.float32) / 255
    partly = np.clip(apart / np.maximum(strongest, SAME), 0, 1)
    known = [reached, _wider(reached), _without_specks(alike)]
    matte = np.select(known, [np.zeros_like(apart), partly, guess], 1.0)[..., None]
    colours = np.clip((picture - (1 - matte) * paper) / 255, 0, matte)
    return np.asarray(np.concatenate((colours, matte), axis=2), np.float32)


def _joined(alike: Bools) -> Bools:
    """What of it is joined to the border: followed in a small copy first, which takes fewer steps."""
    small = _small(alike)
    border = np.zeros_like(small)
    border[[0, -1]], border[:, [0, -1]] = small[[0, -1]], small[:, [0, -1]]
    followed = Image.fromarray(_bytes(_grown(border, small)))
    large = followed.resize(alike.shape[::-1], Image.Resampling.NEAREST)
    return _grown((np.asarray(large) > 0) & alike, alike)


def _grown(reached: Bools, alike: Bools) -> Bools:
    """With all of ``alike`` that is joined to it."""
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= alike
        if np.array_equal(grown, reached):
            return reached
        reached = grown


def _small(mask: Bools) -> Bools:
    """Only what is paper all over stays so, or a thin line would let it in."""
    height, width = mask.shape
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(mask.astype(np.float32)).resize(size, Image.Resampling.BOX)) > 1 - 1e-3


def _without_specks(mask: Bools) -> Bools:
    """Less what is a pixel or two wide: a glint beside an outline is no gap."""
    narrower = Image.fromarray(_bytes(mask)).filter(ImageFilter.MinFilter(2 * EDGE + 1))
    return _wider(np.asarray(narrower) > 0)


def _wider(mask: Bools) -> Bools:
    return np.asarray(_widest(Image.fromarray(_bytes(mask)))) > 0


def _widest(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.MaxFilter(2 * EDGE + 1))


def _bytes(values: Bools | Floats) -> Pixels:
    return np.asarray(np.rint(np.asarray(values, np.float32) * 255), np.uint8)
