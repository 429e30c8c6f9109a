"""Crayons for drawings by chance: shapes about the origin, colours that go together, and a page to lay them on.

A thing is about two units wide, from -1 to 1, y downwards; the page has room for half as much again around it.
"""

import colorsys
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.corpus.atlas import SIDE
from vitascope.corpus.brushes import Colour, Points, mixed
from vitascope.types import Floats, Pixels

_ROOM = 384  # pixels of the page's side: twice or three times those of the sprite it is shrunk to
_UNIT = _ROOM / 3
_SHIFT = 4  # fractional bits of a coordinate, for smooth edges
_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False)

WHITE, BLACK = (255.0, 255.0, 255.0), (14.0, 12.0, 16.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A colour that may change from the top of a shape to its foot, RGB 0..255."""

    top: Colour
    foot: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Inks:
    """What one drawing is coloured with."""

    main: Ink
    second: Ink
    pale: Ink
    dark: Ink
    accent: Ink

    @classmethod
    def by_chance(cls, rng: np.random.Generator) -> Self:
        """Colours that go together: flat in half of the drawings, else lit from above."""
        main, depth = colour(rng), float(rng.uniform(0.1, 0.45)) if rng.random() < 0.5 else 0.0
        second = (
            colour(rng) if rng.random() < 0.5 else mixed(main, _one_of((WHITE, BLACK), rng), rng.uniform(0.15, 0.4))
        )
        pale = mixed(main, _one_of((WHITE, (255, 236, 205)), rng), rng.uniform(0.5, 0.95))
        dark = mixed(main, BLACK, rng.uniform(0.5, 1.0))
        five = (shaded(one, depth) for one in (main, second, pale, dark, colour(rng)))
        return cls(**dict(zip(("main", "second", "pale", "dark", "accent"), five, strict=True)))


def shaded(base: Colour, depth: float) -> Ink:
    """An ink of a colour, lighter above and darker below by ``depth`` (0: flat)."""
    return Ink(top=mixed(base, WHITE, depth * 0.6), foot=mixed(base, BLACK, depth * 0.8))


_HANDS = (  # share, then hue, saturation and brightness from and to: vivid, earthy, grey, pastel, deep, white
    (0.42, (0.0, 0.55, 0.65), (1.0, 0.95, 1.0)),
    (0.22, (0.03, 0.25, 0.35), (0.13, 0.70, 0.90)),
    (0.14, (0.5, 0.0, 0.30), (0.8, 0.18, 0.88)),
    (0.10, (0.0, 0.15, 0.85), (1.0, 0.40, 1.0)),
    (0.06, (0.0, 0.20, 0.12), (1.0, 0.80, 0.38)),
    (0.06, (0.0, 0.0, 0.93), (1.0, 0.06, 1.0)),
)


def colour(rng: np.random.Generator) -> Colour:
    """A colour as drawings have them: often vivid, a fifth earthy, also greys, pastels, dark ones and whites."""
    shares = np.cumsum([share for share, _, _ in _HANDS])
    _, low, high = _HANDS[int(np.searchsorted(shares[:-1], rng.random(), side="right"))]
    red, green, blue = colorsys.hsv_to_rgb(*rng.uniform(low, high))
    return red * 255, green * 255, blue * 255


class Page:
    """A transparent square on which shapes are laid, one over the other, each with the drawing's contour if any."""

    def __init__(self, contour: Colour | None = None, width: float = 0.04) -> None:
        """An empty page. A ``contour`` runs around every shape that is not laid within another one, ``width`` wide."""
        self._pixels = np.zeros((_ROOM, _ROOM, 4), np.float32)
        self._contour, self._width = contour, width

    def lay(self, outline: Points, ink: Ink, within: Pixels | None = None, share: float = 1.0) -> Pixels:
        """Fills a shape, clipped to the mask ``within``; returns its own mask, for what lies on it."""
        if within is None and self._contour is not None:
            self.line(np.concatenate((outline, outline[:2])), Ink(top=self._contour, foot=self._contour), self._width)
        mask = np.zeros((_ROOM, _ROOM), np.uint8)
        cv2.fillPoly(mask, [_fixed(outline)], 255, cv2.LINE_AA, _SHIFT)
        self._cover(mask if within is None else np.minimum(mask, within), outline, ink, share)
        return mask

    def line(self, points: Points, ink: Ink, width: float, within: Pixels | None = None) -> None:
        """Draws an open line ``width`` wide with round ends, clipped to the mask ``within``."""
        mask, thick = np.zeros((_ROOM, _ROOM), np.uint8), max(1, round(width * _UNIT))
        cv2.polylines(
            mask, [_fixed(points)], isClosed=False, color=255, thickness=thick, lineType=cv2.LINE_AA, shift=_SHIFT
        )
        around = np.concatenate((points - width, points + width))
        self._cover(mask if within is None else np.minimum(mask, within), around, ink, 1.0)

    def sprite(self, filled: float) -> Pixels:
        """The drawing as ``(128, 128, 4)``, premultiplied, in the middle; its longer side fills that much."""
        left, top, wide, high = cv2.boundingRect((self._pixels[..., 3] > 8).astype(np.uint8))
        scale = SIDE * filled / max(wide, high)
        size = max(1, round(wide * scale)), max(1, round(high * scale))
        small = cv2.resize(self._pixels[top : top + high, left : left + wide], size, interpolation=cv2.INTER_AREA)
        across, down = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
        square = np.zeros((SIDE, SIDE, 4), np.uint8)
        whole = np.clip(np.rint(small), 0, 255).astype(np.uint8)
        square[down : down + size[1], across : across + size[0]] = np.minimum(whole, whole[..., 3:])
        return square

    def _cover(self, mask: Pixels, around: Points, ink: Ink, share: float) -> None:
        low = np.clip(np.floor((around.min(axis=0) + 1.5) * _UNIT) - 1, 0, _ROOM).astype(int)
        high = np.clip(np.ceil((around.max(axis=0) + 1.5) * _UNIT) + 2, 0, _ROOM).astype(int)
        box = slice(low[1], high[1]), slice(low[0], high[0])
        patch, cover = self._pixels[box], mask[box] * np.float32(share / 255)
        if cover.size:
            patch[:] = cv2.blendLinear(_fall(ink, *cover.shape), np.ascontiguousarray(patch), cover, 1 - cover)


def _fall(ink: Ink, rows: int, columns: int) -> Floats:
    """The ink from top to foot, ``(rows, columns, 4)``, opaque."""
    ends = np.array(((*ink.top, 255.0), (*ink.foot, 255.0)), np.float32)
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    return np.repeat((ends[0] + (ends[1] - ends[0]) * down)[:, None], columns, axis=1)


def _fixed(points: Points) -> npt.NDArray[np.int32]:
    return np.asarray(np.rint((points + 1.5) * (_UNIT * (1 << _SHIFT))), np.int32)


def oval(x: float, y: float, wide: float, high: float, turn: float = 0.0) -> Points:
    """An ellipse of half axes ``wide`` and ``high``, turned by radians."""
    return placed(np.stack((np.cos(_ROUND) * wide, np.sin(_ROUND) * high), axis=1), x, y, turn)


def blob(rng: np.random.Generator, rough: float = 0.2, *, even: bool = False) -> Points:
    """A smooth closed curve about one unit from the middle; ``even`` makes its halves mirror images."""
    waves = np.arange(2, 6)
    height = rng.normal(0, rough, 4) / (waves - 0.6)
    phase = np.pi / 2 * waves if even else rng.uniform(0, 2 * np.pi, 4)
    away = np.maximum(1 + (height[:, None] * np.cos(waves[:, None] * _ROUND - phase[:, None])).sum(axis=0), 0.3)
    return np.stack((np.cos(_ROUND) * away, np.sin(_ROUND) * away), axis=1)


def rounded(corners: npt.ArrayLike, rounds: int = 2) -> Points:
    """A polygon with its corners cut off ``rounds`` times (Chaikin 1974): the more, the smoother."""
    points = np.asarray(corners, np.float64)
    for _ in range(rounds):
        after = np.roll(points, -1, axis=0)
        points = np.stack((0.8 * points + 0.2 * after, 0.2 * points + 0.8 * after), axis=1).reshape(-1, 2)
    return points


def block(x: float, y: float, wide: float, high: float, rounds: int = 2) -> Points:
    """A box of half sides ``wide`` and ``high`` with rounded corners."""
    return rounded(((x - wide, y - high), (x + wide, y - high), (x + wide, y + high), (x - wide, y + high)), rounds)


def star(rays: int, inner: float) -> Points:
    """A star of ``rays`` rays, one unit long, its notches at ``inner``."""
    turn = np.arange(2 * rays) * np.pi / rays - np.pi / 2
    away = np.where(np.arange(2 * rays) % 2 == 0, 1.0, inner)
    return np.stack((np.cos(turn) * away, np.sin(turn) * away), axis=1)


def limb(start: tuple[float, float], end: tuple[float, float], thick: float, thin: float) -> Points:
    """What a disc of ``thick`` sweeps on its way from ``start`` to ``end``, where it is ``thin``."""
    both = np.concatenate((oval(*start, thick, thick), oval(*end, thin, thin))).astype(np.float32)
    return np.asarray(cv2.convexHull(both)[:, 0], np.float64)


def leaf(x: float, y: float, length: float, wide: float, turn: float) -> Points:
    """A shape pointed at both ends, from ``(x, y)`` outwards; turned by radians, 0 to the right."""
    along = np.linspace(0, 1, 13)
    side = np.sin(along * np.pi) ** 0.8 * wide
    upper, lower = np.stack((along * length, side), axis=1), np.stack((along * length, -side), axis=1)
    return placed(np.concatenate((upper, lower[::-1])), x, y, turn)


def turned_wood(widths: npt.ArrayLike, top: float = -1.0, foot: float = 1.0) -> Points:
    """A shape symmetric about the upright axis, its half width at even heights given, smoothly joined."""
    given = np.asarray(widths, np.float64)
    steps = np.linspace(0, len(given) - 1, 33)
    share = (1 - np.cos(np.pi * (steps % 1))) / 2
    under = np.floor(steps).astype(int)
    wide = given[under] * (1 - share) + given[np.minimum(under + 1, len(given) - 1)] * share
    right = np.stack((wide, np.linspace(top, foot, 33)), axis=1)
    return np.concatenate((right, (right * (-1, 1))[::-1]))


def placed(points: Points, x: float, y: float, turn: float = 0.0, scale: float = 1.0) -> Points:
    """The same shape turned by radians about the origin, scaled and moved."""
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    return np.asarray(points @ np.array(((cos, sin), (-sin, cos))) + np.array((x, y)), np.float64)


def _one_of(choices: tuple[Colour, ...], rng: np.random.Generator) -> Colour:
    return choices[int(rng.integers(len(choices)))]
