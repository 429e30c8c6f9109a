"""A picture in two layers, a thing and the plate behind it, and the frames that come of moving them.

Colours of the thing are premultiplied (Porter and Duff 1984), so that it filters and blends without dark rims.

Letters in shapes: T frames, H W pixels, C channels.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vitascope.types import Floats, Pixels

LEAST = 1 / 512
"""Of the matte: less cannot be seen in any frame."""

NOTHING = 1e-3
"""Share of a picture that must be thing, or there is nothing that stands anywhere."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """A picture taken apart: ``thing`` over ``plate`` is the picture."""

    picture: Pixels  # (H, W, 3)
    thing: Floats  # (H, W, 4) in 0..1: colours times the matte, and the matte
    plate: Floats  # (H, W, 3) in 0..1

    @property
    def middle(self) -> tuple[float, float]:
        """Where the thing stands, x and y in 0..1; the middle of the picture where there is none."""
        matte = self.thing[..., 3]
        if matte.mean() < NOTHING:
            return 0.5, 0.5
        return _mean(matte.sum(axis=0)), _mean(matte.sum(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Where things are in each frame, counted from the first: lengths in longer sides, angles in radians clockwise."""

    shift: Floats  # (T, 2), x and y
    angle: Floats  # (T,)
    scale: Floats  # (T,)
    opacity: Floats  # (T,)
    pan: Floats  # (T, 2): where the camera looks on the plate
    zoom: Floats  # (T,): how much of the plate it sees

    def rests(self, number: int) -> bool:
        """Whether a frame is the picture itself."""
        here = np.array([*self.shift[number], self.angle[number], *self.pan[number]])
        there = np.array([self.scale[number], self.opacity[number], self.zoom[number]])
        return bool(np.all(here == 0) and np.all(there == 1))


def taken_apart(picture: Pixels, matte: Floats, covered: Floats, behind: Floats) -> Layers:
    """The layers of a picture ``(H, W, 3)`` by its matte ``(H, W)``, what covers its plate, and the colours there."""
    given = np.asarray(picture / np.float32(255), np.float32)
    plate = given + covered[..., None] * (behind - given)
    colours = given - (1 - matte[..., None]) * plate
    return Layers(picture=picture, thing=np.concatenate((colours, matte[..., None]), axis=2), plate=plate)


def composed(layers: Layers, tracks: Tracks, number: int) -> Pixels:
    """One frame, ``(H, W, 3)``."""
    if tracks.rests(number):
        return layers.picture
    height, width = layers.thing.shape[:2]
    frame = _seen(layers.plate, tracks, number)
    stood = np.array(layers.middle) * (width, height) - 0.5
    affine = _turned(stood, tracks, number, max(width, height))
    top, bottom, left, right = _reached(layers.thing[..., 3], affine)
    over = sampled(layers.thing, affine, (top, bottom, left, right)) * tracks.opacity[number]
    under = frame[top:bottom, left:right]
    frame[top:bottom, left:right] = over[..., :3] + under * (1 - over[..., 3:])
    return np.asarray(np.clip(np.rint(frame * 255), 0, 255), np.uint8)


def sampled(picture: Floats, affine: Doubles, box: tuple[int, int, int, int], *, mirror: bool = False) -> Floats:
    """What a box (top, bottom, left, right) of a frame shows of a picture; ``affine`` leads from its pixels to those.

    Bilinear. Beyond its sides the picture goes on as in a mirror, or there is nothing.
    """
    height, width, _ = picture.shape
    top, bottom, left, right = box
    down, across = np.mgrid[top:bottom, left:right].astype(np.float32)
    x, y = (row[0] * across + row[1] * down + row[2] for row in affine.astype(np.float32))
    if mirror:
        x, y = _mirrored(x, width), _mirrored(y, height)
    padded = np.pad(picture, ((1, 2), (1, 2), (0, 0)), mode="edge" if mirror else "constant")
    x, y = np.clip(x + 1, 0, width + 1), np.clip(y + 1, 0, height + 1)
    column, row = x.astype(np.int32), y.astype(np.int32)
    aside, below = (x - column)[..., None], (y - row)[..., None]
    upper = padded[row, column] * (1 - aside) + padded[row, column + 1] * aside
    lower = padded[row + 1, column] * (1 - aside) + padded[row + 1, column + 1] * aside
    return np.asarray(upper * (1 - below) + lower * below, np.float32)


def _seen(plate: Floats, tracks: Tracks, number: int) -> Floats:
    """The plate as the camera sees it, to be drawn on."""
    if tracks.zoom[number] == 1 and not tracks.pan[number].any():
        return plate.copy()
    height, width, _ = plate.shape
    centre = np.array([width - 1, height - 1]) / 2
    look = _line(np.eye(2) * tracks.zoom[number], centre, centre + tracks.pan[number] * max(width, height))
    return sampled(plate, look, (0, height, 0, width), mirror=True)


def _turned(stood: Doubles, tracks: Tracks, number: int, side: int) -> Doubles:
    """From a pixel of the frame to the pixel of the picture whose part of the thing is seen there."""
    cos, sin = np.cos(tracks.angle[number]), np.sin(tracks.angle[number])
    back = np.array([[cos, sin], [-sin, cos]]) / tracks.scale[number]
    return _line(back, stood + tracks.shift[number] * side, stood)


def _line(matrix: Doubles, here: Doubles, there: Doubles) -> Doubles:
    """The affine with that matrix that takes ``here`` to ``there``."""
    return np.column_stack((matrix, there - matrix @ here))


def _reached(matte: Floats, affine: Doubles) -> tuple[int, int, int, int]:
    """The box of a frame that the thing can reach: top, bottom, left, right."""
    rows, columns = (np.flatnonzero((matte > LEAST).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 0, 0, 0, 0
    corners = np.array([(x, y) for x in (columns[0] - 1, columns[-1] + 1) for y in (rows[0] - 1, rows[-1] + 1)])
    there = (corners - affine[:, 2]) @ np.linalg.inv(affine[:, :2]).T
    low, high = np.floor(there.min(axis=0)).astype(int), np.ceil(there.max(axis=0)).astype(int) + 1
    (left, right), (top, bottom) = (
        (int(np.clip(a, 0, side)), int(np.clip(b, 0, side)))
        for a, b, side in zip(low, high, matte.shape[::-1], strict=True)
    )
    return top, bottom, left, right


def _mirrored(place: Floats, length: int) -> Floats:
    turn = np.mod(place, 2 * (length - 1))
    return np.asarray(np.minimum(turn, 2 * (length - 1) - turn), np.float32)


def _mean(weight: Floats) -> float:
    """The mean place of a weight along a side, in 0..1."""
    return float((weight * (np.arange(len(weight)) + 0.5)).sum() / weight.sum() / len(weight))
