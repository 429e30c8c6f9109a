"""From a composition to pixels on a CPU: the painted place, the subjects over it, and the rain in front.

Sprites are premultiplied (colour already times alpha), so that they filter and blend without dark rims (Porter and
Duff 1984). ``training/compositor.py`` is the twin of this file for a GPU; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

import cv2
import numpy as np

from vitascope.corpus.atlas import Sprite
from vitascope.corpus.places import SHELTERED, paint
from vitascope.corpus.scenes import CANVAS, SIDE, Composition, Layer
from vitascope.types import Floats, Integers, Pixels

TINTS: Mapping[str, tuple[int, int, int]] = {
    "red": (226, 38, 40),
    "orange": (247, 130, 20),
    "yellow": (250, 208, 28),
    "green": (48, 168, 62),
    "blue": (42, 98, 232),
    "purple": (134, 60, 206),
    "pink": (246, 112, 178),
    "white": (246, 246, 250),
}
"""What the colour words look like, RGB."""

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in brightness (ITU-R BT.601)."""

TINT_FLOOR, TINT_GAIN, TINT_KNEE, TINT_SHEEN = 0.10, 1.60, 0.5625, 1.10
"""A tint by brightness y: colour times (floor + gain y) up to the knee, where it is full; beyond, sheen of white."""

RAIN_COLOUR = (214, 226, 240)
RAIN_STRENGTH = 0.50
RAIN_FALL = (9, 44)
"""Pixels of a 128 frame that rain moves from frame to frame at 8 frames a second, x and y."""

_REACH = 2.5  # pixels that the outermost pixel of the coarsest halving is felt beyond the sprite's edge
_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


class Drawings(Protocol):
    """Where sprites come from: the atlas, or a few drawings in a test."""

    def sprite(self, subject: str, style: str) -> Sprite:
        """The sprite of a subject in a style."""


def render(composition: Composition, atlas: Drawings, side: int = SIDE, canvas: Pixels | None = None) -> Pixels:
    """The frames, ``(T, side, side, 3)``. ``canvas`` is the painted background if the caller keeps it already."""
    painted = canvas_of(composition, side) if canvas is None else canvas
    frames = np.empty((composition.frames, side, side, 3), np.uint8)
    _show(painted, on_canvas(at_side(composition.camera, side), len(painted)), frames)
    for layer in composition.layers:
        _draw(layer, atlas.sprite(layer.subject, layer.style), frames)
    if rains(composition):
        _pour(composition, frames)
    return frames


def covered(composition: Composition, atlas: Drawings, side: int = SIDE) -> Pixels:
    """How much of each pixel is subject and not place, ``(T, side, side)``."""
    frames = np.zeros((composition.frames, side, side, 3), np.uint8)
    for layer in composition.layers:
        _draw(replace(layer, tint=None), _stencil(atlas.sprite(layer.subject, layer.style)), frames)
    return frames[..., 0]


def _stencil(sprite: Sprite) -> Sprite:
    """The sprite in white."""
    return replace(sprite, pixels=np.repeat(sprite.pixels[..., 3:], 4, axis=-1))


def canvas_of(composition: Composition, side: int = SIDE) -> Pixels:
    """The background of a composition for frames of ``side``: 192 pixels for 128, as many more for larger ones."""
    rng = np.random.default_rng(composition.paint_seed)
    return paint(composition.place, composition.time, rng, CANVAS * side // SIDE)


def on_canvas(camera: Floats, side: int) -> Floats:
    """Affines into a canvas of 192 pixels as those into one of ``side``; both count from the centre of the first."""
    step = side / CANVAS
    scaled: Floats = camera * np.float32(step)
    scaled[:, :, 2] += np.float32((step - 1) / 2)
    return scaled


def at_side(affine: Floats, side: int) -> Floats:
    """Affines of a 128 frame as those of a ``side`` frame; both count pixels from the centre of the first one."""
    step = SIDE / side
    scaled = affine.copy()
    scaled[:, :, :2] *= step
    scaled[:, :, 2] += affine[:, :, :2].sum(axis=2) * (step - 1) / 2
    return scaled


def keys_of(clock: Floats, *, keys: int, seconds: float) -> Integers:
    """Which of ``keys`` key frames each frame shows, ``(T,)``: the drawing's own animation, ``seconds`` a round."""
    if seconds <= 0:
        return np.zeros(len(clock), np.int32)
    shown: Integers = np.floor((clock / np.float32(seconds) % 1) * keys).astype(np.int32) % keys
    return shown


def levels_of(affine: Floats) -> Integers:
    """Which halving of the sprite each frame reads (0: 128, 1: 64, 2: 32), so that none shrinks more than twofold."""
    step = np.hypot(affine[:, 0, 0], affine[:, 1, 0])
    return np.clip(np.ceil(np.log2(np.maximum(step, 1e-6) / 2)), 0, 2).astype(np.int32)


def at_level(affine: Floats, levels: Integers) -> Floats:
    """The affines into the chosen halvings of a sprite."""
    shrink = (0.5**levels)[:, None]
    halved = affine * shrink[:, :, None]
    halved[:, :, 2] += 0.5 * shrink - 0.5
    return halved.astype(np.float32)


def rains(composition: Composition) -> bool:
    """Whether drops fall in front of the camera; under a roof they stay outside."""
    return composition.time == "rain" and composition.place not in SHELTERED


def rain_at(composition: Composition, side: int) -> Pixels:
    """How much of the rain's colour covers each pixel, ``(T, side, side)``: one sheet of streaks that slides past."""
    sheet = rain_sheet(composition.paint_seed, side)
    return np.stack([np.roll(sheet, (y, -x), axis=(0, 1)) for x, y in rain_fall(composition, side).tolist()])


@lru_cache(maxsize=512)
def rain_sheet(paint_seed: int, side: int) -> Pixels:
    """The streaks of a painting, ``(side, side)``; takes share paintings, so most are asked for again."""
    return _streaks(np.random.default_rng((paint_seed, 1)), side)


def rain_fall(composition: Composition, side: int) -> Integers:
    """Pixels that the sheet has moved left and down by in each frame, ``(T, 2)``."""
    fall = np.array(RAIN_FALL) * side / SIDE * 8 / composition.fps
    return np.rint(np.arange(composition.frames)[:, None] * fall).astype(np.int32)


def _streaks(rng: np.random.Generator, side: int) -> Pixels:
    """A sheet that joins its own edges: each streak is drawn on both sides of every edge it crosses."""
    sheet = np.zeros((side, side), np.uint8)
    unit = side / SIDE
    for x, y, length in rng.uniform((0, 0, 9), (side, side, 17), (46, 3)):
        run = length * unit
        for column in (x - side, x, x + side):
            for row in (y - side, y):
                start = (round(column * 16), round(row * 16))
                stop = (round((column - run * 0.2) * 16), round((row + run) * 16))
                cv2.line(sheet, start, stop, round(255 * RAIN_STRENGTH), 1, cv2.LINE_AA, 4)
    return sheet


def _show(canvas: Pixels, camera: Floats, frames: Pixels) -> None:
    side = frames.shape[1]
    for number, view in enumerate(camera):
        if number and np.array_equal(view, camera[number - 1]):
            frames[number] = frames[number - 1]
        else:
            frames[number] = cv2.warpAffine(canvas, view, (side, side), flags=_FLAGS, borderMode=cv2.BORDER_REPLICATE)


def _draw(layer: Layer, sprite: Sprite, frames: Pixels) -> None:
    affines = at_side(layer.affine, frames.shape[1])
    levels = levels_of(affines)
    fitted = at_level(affines, levels)
    boxes = _boxes(affines, frames.shape[1])
    for number, key in enumerate(keys_of(layer.clock, keys=len(sprite.pixels), seconds=sprite.seconds)):
        left, top, right, bottom = boxes[number].tolist()
        opacity = float(layer.opacity[number])
        if opacity <= 0 or right <= left or bottom <= top:
            continue
        drawn = _warped(_shrunk(sprite.pixels[key], int(levels[number])), fitted[number], (left, top, right, bottom))
        seen = drawn if layer.tint is None else _tinted(drawn, layer.tint)
        _blend(frames[number, top:bottom, left:right], seen, opacity)


def _boxes(affines: Floats, side: int) -> Integers:
    """Left, top, right, bottom of the pixels a sprite can reach in each frame, ``(T, 4)``, cut to the frame."""
    (a, b), (c, d) = np.moveaxis(affines[:, :, :2], 0, 2)
    back = np.stack((np.stack((d, -b), axis=1), np.stack((-c, a), axis=1)), axis=1) / (a * d - b * c)[:, None, None]
    near, far = -_REACH, SIDE - 1 + _REACH
    edges = np.array(((near, near), (near, far), (far, near), (far, far)), np.float32) - affines[:, None, :, 2]
    corners = np.einsum("tij,tkj->tki", back, edges)
    low, high = np.floor(corners.min(axis=1)), np.ceil(corners.max(axis=1)) + 1
    boxes: Integers = np.clip(np.concatenate((low, high), axis=1), 0, side).astype(np.int32)
    return boxes


def _shrunk(pixels: Pixels, level: int) -> Pixels:
    for _ in range(level):
        half = len(pixels) // 2
        pixels = np.asarray(cv2.resize(pixels, (half, half), interpolation=cv2.INTER_AREA), np.uint8)
    return pixels


def _warped(pixels: Pixels, affine: Floats, box: tuple[int, int, int, int]) -> Pixels:
    left, top, right, bottom = box
    moved = affine.astype(np.float64)
    moved[:, 2] += moved[:, :2] @ (left, top)
    size = (right - left, bottom - top)
    return np.asarray(cv2.warpAffine(pixels, moved, size, flags=_FLAGS, borderMode=cv2.BORDER_CONSTANT), np.uint8)


def _tinted(drawn: Pixels, tint: str) -> Floats:
    """The drawing in shades of one colour; brightness order is kept, so faces stay readable. All in premultiplied."""
    alpha = drawn[..., 3:].astype(np.float32)
    bright = (drawn[..., :3] @ np.array(LUMA, np.float32))[..., None]
    colour = np.array(TINTS[tint], np.float32) / 255
    depth = np.minimum(TINT_FLOOR * alpha + TINT_GAIN * bright, alpha)
    sheen = np.maximum(bright - TINT_KNEE * alpha, 0) * TINT_SHEEN
    return np.concatenate((colour * depth + (1 - colour) * sheen, alpha), axis=2)


def _blend(under: Pixels, drawn: Pixels | Floats, opacity: float) -> None:
    over = drawn.astype(np.float32)
    if opacity < 1:
        over *= opacity
    clear = np.float32(1) - over[..., 3:] * np.float32(1 / 255)
    under[:] = over[..., :3] + under * clear + np.float32(0.5)


def _pour(composition: Composition, frames: Pixels) -> None:
    cover = rain_at(composition, frames.shape[1])
    wet = cover > 0
    share = (cover[wet] / np.float32(255))[:, None]
    frames[wet] = frames[wet] * (1 - share) + np.array(RAIN_COLOUR, np.float32) * share + 0.5
