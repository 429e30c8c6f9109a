"""A picture in two layers, a thing and the plate behind it, and the frames that come of moving them.

Colours of the thing are premultiplied (Porter and Duff 1984), so that it filters and blends without dark rims.

Letters in shapes: T frames, H W pixels, C channels.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from vitascope.backends.base import Box
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

RIM = 2
"""Pixels around a picture or a thing that a look at its edge needs."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """A picture taken apart: ``thing`` over ``plate`` is the picture."""

    picture: Pixels  # (H, W, 3)
    thing: Floats  # (H, W, 4) in 0..1: colours times the matte, and the matte
    plate: Floats  # (H, W, 3) in 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A thing cut to what of it can be seen, as what draws it many times wants it."""

    channels: tuple[Image.Image, ...]  # of a thing, RIM pixels of nothing around it
    corner: tuple[int, int]  # of its picture, where the first of these pixels lies: x and y


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


def sprite(thing: Floats, corner: tuple[int, int] = (0, 0)) -> Sprite | None:
    """A thing ``(H, W, 4)`` ready to be drawn; None where nothing of it can be seen.

    ``corner`` is where in its picture it lies, x and y in pixels.
    """
    rows, columns = (np.flatnonzero((thing[..., 3] > LEAST).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    padded = np.pad(thing[top:bottom, left:right], ((RIM, RIM), (RIM, RIM), (0, 0)))
    return Sprite(channels=_channels(padded), corner=(corner[0] + int(left) - RIM, corner[1] + int(top) - RIM))


def composed(plate: Floats, thing: Sprite | None, tracks: Tracks, number: int, middle: tuple[float, float]) -> Pixels:
    """One frame, ``(H, W, 3)``, of a picture taken apart whose thing stands at ``middle``, x and y in 0..1."""
    frame = seen(plate, tracks, number)
    lay(frame, thing, tracks, number, middle)
    return as_pixels(frame)


def lay(frame: Floats, thing: Sprite | None, tracks: Tracks, number: int, middle: tuple[float, float]) -> None:
    """Draws a thing over a frame ``(H, W, 3)`` as large as its picture, where its track has led it by ``number``."""
    if thing is None:
        return
    height, width, _ = frame.shape
    stood = np.array(middle) * (width, height) - 0.5
    affine = _turned(stood, tracks, number, (width, height))
    top, bottom, left, right = box = _reached(thing, affine, (width, height))
    over = _transformed(thing.channels, affine, box, thing.corner) * tracks.opacity[number]
    under = frame[top:bottom, left:right]
    under *= 1 - over[..., 3:]
    under += over[..., :3]


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


def sampled(picture: Floats, affine: Doubles, box: Box) -> Floats:
    """What a box of a frame shows of a picture; ``affine`` leads from the frame's pixels to those of the picture.

    Bilinear. Beyond its sides the picture goes on as in a mirror.
    """
    rim = _needed(affine, box, picture.shape)
    padded = np.pad(picture, ((rim, rim), (rim, rim), (0, 0)), mode="reflect")
    return _transformed(_channels(padded), affine, box, (-rim, -rim))


def _channels(picture: Floats) -> tuple[Image.Image, ...]:
    return tuple(Image.fromarray(channel) for channel in np.ascontiguousarray(picture.transpose(2, 0, 1)))


def _transformed(channels: Sequence[Image.Image], affine: Doubles, box: Box, corner: tuple[int, int]) -> Floats:
    """The same of channels whose first pixel is ``corner`` (x, y) of the picture; nothing is beyond their sides."""
    top, bottom, left, right = box
    if bottom <= top or right <= left:
        return np.zeros((bottom - top, right - left, len(channels)), np.float32)
    begin = _at(affine, left - 0.5, top - 0.5) + 0.5 - corner  # Pillow counts from the corners of pixels, here as there
    data = (*affine[0, :2], begin[0], *affine[1, :2], begin[1])
    size, bilinear = (right - left, bottom - top), Image.Resampling.BILINEAR
    turned = [np.asarray(one.transform(size, Image.Transform.AFFINE, data, bilinear)) for one in channels]
    return np.stack(turned, axis=-1)


def seen(plate: Floats, tracks: Tracks, number: int) -> Floats:
    """The plate as the camera sees it, to be drawn on."""
    if tracks.zoom[number] == 1 and not tracks.pan[number].any():
        return plate.copy()
    height, width, _ = plate.shape
    centre = np.array([width - 1, height - 1]) / 2
    look = _line(np.eye(2) * tracks.zoom[number], centre, centre + tracks.pan[number] * (width, height))
    return sampled(plate, look, (0, height, 0, width))


def _turned(stood: Doubles, tracks: Tracks, number: int, size: tuple[int, int]) -> Doubles:
    """From a pixel of the frame to the pixel of the picture whose part of the thing is seen there."""
    cos, sin = np.cos(tracks.angle[number]), np.sin(tracks.angle[number])
    way = np.diag([-1.0 if tracks.mirrored else 1.0, 1.0])
    back = way @ np.array([[cos, sin], [-sin, cos]]) / tracks.scale[number]
    return _line(back, stood + tracks.shift[number] * size, stood)


def _line(matrix: Doubles, here: Doubles, there: Doubles) -> Doubles:
    """The affine with that matrix that takes ``here`` to ``there``."""
    return np.column_stack((matrix, there - matrix @ here))


def _reached(thing: Sprite, affine: Doubles, size: tuple[int, int]) -> Box:
    """The box of a frame of ``size`` (width, height) that the thing can reach."""
    first, sides = np.array(thing.corner) + RIM - 1, np.array(thing.channels[0].size) - 2 * RIM + 1
    corners = np.array([first + sides * (x, y) for x in (0, 1) for y in (0, 1)])
    there = (corners - affine[:, 2]) @ np.linalg.inv(affine[:, :2]).T
    low, high = np.floor(there.min(axis=0)).astype(int), np.ceil(there.max(axis=0)).astype(int) + 1
    (left, right), (top, bottom) = (
        (int(np.clip(a, 0, side)), int(np.clip(b, 0, side))) for a, b, side in zip(low, high, size, strict=True)
    )
    return top, bottom, left, right


def _needed(affine: Doubles, box: Box, shape: tuple[int, ...]) -> int:
    """Pixels beyond its sides that a box shows of a picture."""
    top, bottom, left, right = box
    corners = np.array([_at(affine, x, y) for x in (left, right) for y in (top, bottom)])
    beyond = np.maximum(-corners, corners - (shape[1], shape[0])).max()
    return RIM + max(0, math.ceil(float(beyond)))


def _at(affine: Doubles, x: float, y: float) -> Doubles:
    """Where an affine leads from a pixel."""
    return np.asarray(affine[:, :2] @ (x, y) + affine[:, 2], np.float64)


def _mean(weight: Floats) -> float:
    """The mean place of a weight along a side, in 0..1."""
    return float((weight * (np.arange(len(weight)) + 0.5)).sum() / weight.sum() / len(weight))
