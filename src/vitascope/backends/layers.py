"""A picture in two layers, a thing and the plate behind it, and the frames that come of moving them.

Colours of the thing are premultiplied (Porter and Duff 1984), so that it filters and blends without dark rims.

Letters in shapes: T frames, H W pixels, C channels.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from vitascope.types import Floats, Pixels

LEAST = 1 / 512
"""Of the matte: less cannot be seen in any frame."""

NOTHING = 1e-3
"""Share of a picture that must be thing, or there is nothing that stands anywhere."""

SEEN = 1 / 8
"""Of the matte, from which on it belongs to a thing: a network leaves a little of it everywhere."""

WIDER = 2
"""Pixels by which a hole is larger than what is seen of a thing."""

GHOST = 0.08
"""How far a guess may be from the colours around and still be one of them; from twice as far on it is believed."""

SLIGHT = 1e-4
"""Of what is known, at least: of a picture that is all hole nothing is."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """A picture taken apart: ``thing`` over ``plate`` is the picture."""

    picture: Pixels  # (H, W, 3)
    thing: Floats  # (H, W, 4) in 0..1: colours times the matte, and the matte
    plate: Floats  # (H, W, 3) in 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Where things are in each frame, counted from the first: lengths in sides of it, angles in radians clockwise."""

    shift: Floats  # (T, 2), x and y
    angle: Floats  # (T,)
    scale: Floats  # (T,)
    opacity: Floats  # (T,)
    pan: Floats  # (T, 2): where the camera looks on the plate
    zoom: Floats  # (T,): how much of the plate it sees
    mirrored: bool = False  # the thing looks the other way

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


def spread(hole: Floats) -> Floats:
    """A hole in 0..1 a little wider and with no half-light: what is left of an edge would stand there as a ghost."""
    wider = Image.fromarray(np.asarray(np.rint(hole * 255), np.uint8)).filter(ImageFilter.MaxFilter(2 * WIDER + 1))
    softer = wider.filter(ImageFilter.BoxBlur(1))
    return np.asarray(np.clip(np.asarray(softer) / np.float32(128), 0, 1), np.float32)


def filled(picture: Floats, guessed: Floats, hole: Floats) -> Floats:
    """What lies behind a hole: the colours around it, carried in smoothly, or a guess where that differs much.

    On paper and in a clear sky a guess leaves a ghost of the thing, and the colours around are right; a guess that is
    far from them has seen a trunk or a wave. Colours are pulled up a pyramid and pushed down (Gortler et al. 1996).
    """
    known = (1 - hole)[..., None]
    around = _carried(picture * known, known)
    apart = Image.fromarray(as_pixels(np.abs(guessed - around).max(axis=2))).filter(ImageFilter.BoxBlur(WIDER))
    share = np.clip(np.asarray(apart) / np.float32(255 * GHOST) - 1, 0, 1)[..., None]
    return np.asarray(around + share * (guessed - around), np.float32)


def _carried(values: Floats, known: Floats) -> Floats:
    """Values times what is known of them, ``(H, W, C)``, to values everywhere."""
    height, width, _ = values.shape
    if min(height, width) < 2:
        return np.asarray(values / np.maximum(known, SLIGHT), np.float32)
    even = (height - height % 2, width - width % 2)
    coarse = _carried(_halved(values[: even[0], : even[1]]), _halved(known[: even[0], : even[1]]))
    rows, columns = (np.minimum(np.arange(side) // 2, side // 2 - 1) for side in (height, width))
    return np.asarray(values + (1 - known) * _smooth(coarse[rows][:, columns]), np.float32)


def _halved(values: Floats) -> Floats:
    height, width, channels = values.shape
    return np.asarray(values.reshape(height // 2, 2, width // 2, 2, channels).mean(axis=(1, 3)), np.float32)


def _smooth(values: Floats) -> Floats:
    """Each pixel the mean of nine: steps of the coarser level would be seen."""
    wide = np.pad(values, ((1, 1), (1, 1), (0, 0)), mode="edge")
    down = wide[:-2] + wide[1:-1] + wide[2:]
    return np.asarray((down[:, :-2] + down[:, 1:-1] + down[:, 2:]) / 9, np.float32)


def composed(layers: Layers, tracks: Tracks, number: int, middle: tuple[float, float]) -> Pixels:
    """One frame, ``(H, W, 3)``, of a picture whose thing stands at ``middle``, x and y in 0..1."""
    frame = seen(layers.plate, tracks, number)
    lay(frame, layers.thing, tracks, number, middle)
    return as_pixels(frame)


def lay(frame: Floats, thing: Floats, tracks: Tracks, number: int, middle: tuple[float, float]) -> None:
    """Draws a thing ``(H, W, 4)`` over a frame of as many pixels, where its track has led it by frame ``number``."""
    height, width = thing.shape[:2]
    stood = np.array(middle) * (width, height) - 0.5
    affine = _turned(stood, tracks, number, (width, height))
    top, bottom, left, right = _reached(thing[..., 3], affine)
    over = sampled(thing, affine, (top, bottom, left, right)) * tracks.opacity[number]
    under = frame[top:bottom, left:right]
    frame[top:bottom, left:right] = over[..., :3] + under * (1 - over[..., 3:])


def middle_of(thing: Floats) -> tuple[float, float]:
    """Where a thing ``(H, W, 4)`` stands, x and y in 0..1; the middle of the frame where there is none."""
    matte = thing[..., 3]
    if matte.mean() < NOTHING:
        return 0.5, 0.5
    return _mean(matte.sum(axis=0)), _mean(matte.sum(axis=1))


def placed(thing: Floats, size: tuple[int, int], side: float, spot: tuple[float, float]) -> Floats:
    """A thing ``(H, W, 4)`` cut to itself and laid on an empty canvas of ``size`` (width, height).

    Its longer side is ``side`` of a square as large, if it fits in, its middle at ``spot``, x and y in 0..1, or as near
    as it can be whole.
    """
    rows, columns = (np.flatnonzero((thing[..., 3] > SEEN).any(axis=axis)) for axis in (1, 0))
    canvas = np.zeros((size[1], size[0], 4), np.float32)
    if not len(rows):
        return canvas
    whole = thing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    fits = min(size[0] / whole.shape[1], size[1] / whole.shape[0])
    scale = min(side * math.sqrt(size[0] * size[1]) / max(whole.shape[:2]), fits)
    height, width = (max(1, round(length * scale)) for length in whole.shape[:2])
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    channels = (Image.fromarray(channel) for channel in whole.transpose(2, 0, 1).copy())
    resized = [np.asarray(channel.resize((width, height), way), np.float32) for channel in channels]
    left, top = (
        int(np.clip(round(at * length - part / 2), 0, length - part))
        for at, length, part in zip(spot, size, (width, height), strict=True)
    )
    canvas[top : top + height, left : left + width] = np.clip(np.stack(resized, axis=-1), 0, 1)
    return canvas


def as_pixels(frame: Floats) -> Pixels:
    """A frame in 0..1 as bytes."""
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


def seen(plate: Floats, tracks: Tracks, number: int) -> Floats:
    """The plate as the camera sees it, to be drawn on."""
    if tracks.zoom[number] == 1 and not tracks.pan[number].any():
        return plate.copy()
    height, width, _ = plate.shape
    centre = np.array([width - 1, height - 1]) / 2
    look = _line(np.eye(2) * tracks.zoom[number], centre, centre + tracks.pan[number] * (width, height))
    return sampled(plate, look, (0, height, 0, width), mirror=True)


def _turned(stood: Doubles, tracks: Tracks, number: int, size: tuple[int, int]) -> Doubles:
    """From a pixel of the frame to the pixel of the picture whose part of the thing is seen there."""
    cos, sin = np.cos(tracks.angle[number]), np.sin(tracks.angle[number])
    way = np.diag([-1.0 if tracks.mirrored else 1.0, 1.0])
    back = way @ np.array([[cos, sin], [-sin, cos]]) / tracks.scale[number]
    return _line(back, stood + tracks.shift[number] * size, stood)


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
