"""Brushes for painted places: light of four times of day, and shapes drawn smoothly on a square canvas.

Positions and sizes are in canvas sides (0..1), so a place is painted alike at any side; colours are RGB 0..255.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.types import Floats, Pixels

Colour = tuple[float, float, float]
Points = npt.NDArray[np.floating]
_SHIFT = 4  # fractional bits of a coordinate, for smooth edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """What a time of day does to colours and skies."""

    zenith: Colour
    horizon: Colour
    veil: Colour  # colour that mixes into everything lit
    veiled: float  # share of the veil
    gain: Colour  # factor on what it falls on
    glow: Colour  # of sun or moon and of the air around it
    lamps: bool = False  # windows and lamps are lit


LIGHTS: Mapping[str, Light] = {
    "day": Light(
        zenith=(74, 160, 236),
        horizon=(196, 232, 250),
        veil=(255, 255, 255),
        veiled=0.0,
        gain=(1.0, 1.0, 1.0),
        glow=(255, 246, 204),
    ),
    "sunset": Light(
        zenith=(104, 70, 150),
        horizon=(255, 170, 92),
        veil=(255, 112, 70),
        veiled=0.20,
        gain=(0.95, 0.68, 0.66),
        glow=(255, 226, 130),
        lamps=True,
    ),
    "night": Light(
        zenith=(10, 14, 46),
        horizon=(40, 58, 112),
        veil=(22, 34, 92),
        veiled=0.34,
        gain=(0.34, 0.40, 0.56),
        glow=(246, 244, 220),
        lamps=True,
    ),
    "rain": Light(
        zenith=(92, 106, 124),
        horizon=(164, 176, 188),
        veil=(116, 130, 146),
        veiled=0.42,
        gain=(0.80, 0.84, 0.90),
        glow=(200, 206, 212),
    ),
}
"""The four times of text/world.py."""


def lit(colour: Colour, light: Light) -> Colour:
    """A day colour as it looks in a light."""
    red, green, blue = (
        c * g * (1 - light.veiled) + v * light.veiled for c, g, v in zip(colour, light.gain, light.veil, strict=True)
    )
    return red, green, blue


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two; ``share`` is that of the other."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def varied(colour: Colour, rng: np.random.Generator, spread: float = 10) -> Colour:
    """A colour a little off: each channel up to ``spread`` levels."""
    red, green, blue = np.clip(np.add(colour, rng.uniform(-spread, spread, 3)), 0, 255)
    return float(red), float(green), float(blue)


def blank(side: int) -> Pixels:
    """An empty canvas."""
    return np.zeros((side, side, 3), np.uint8)


def gradient(canvas: Pixels, top: float, bottom: float, above: Colour, below: Colour) -> None:
    """Fill whole rows from ``top`` to ``bottom`` with one colour turning into another."""
    side = len(canvas)
    first, last = round(top * side), round(bottom * side)
    share = np.linspace(0, 1, max(1, last - first), dtype=np.float32)[:, None, None]
    canvas[first:last] = np.array(above) * (1 - share) + np.array(below) * share


def glow(canvas: Pixels, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
    """Light that fades with distance: adds towards a colour within ``radius``."""
    side = len(canvas)
    reach = radius * side
    left, top = max(0, int(x * side - reach)), max(0, int(y * side - reach))
    right, bottom = min(side, int(x * side + reach) + 1), min(side, int(y * side + reach) + 1)
    if right <= left or bottom <= top:
        return
    across = (np.arange(left, right, dtype=np.float32) - x * side) ** 2
    down = (np.arange(top, bottom, dtype=np.float32) - y * side) ** 2
    far = np.sqrt(across[None] + down[:, None]) / reach
    share = (strength * np.clip(1 - far, 0, 1) ** 2)[..., None]
    patch = canvas[top:bottom, left:right]
    canvas[top:bottom, left:right] = patch + (np.array(colour, np.float32) - patch) * share


def polygon(canvas: Pixels, points: npt.ArrayLike, colour: Colour) -> None:
    """A filled shape; ``points`` is ``(N, 2)``."""
    cv2.fillPoly(canvas, [_fixed(points, len(canvas))], colour, cv2.LINE_AA, _SHIFT)


def surround(canvas: Pixels, outline: npt.ArrayLike, colour: Colour) -> None:
    """Fill everything but a shape; ``outline`` is ``(N, 2)``."""
    border = _fixed(((-1, -1), (2, -1), (2, 2), (-1, 2)), len(canvas))
    cv2.fillPoly(canvas, [border, _fixed(outline, len(canvas))], colour, cv2.LINE_AA, _SHIFT)


def cutout(canvas: Pixels, behind: Pixels, outline: npt.ArrayLike) -> None:
    """A hole of shape ``outline`` ``(N, 2)`` in the canvas, through which a picture of the same size is seen."""
    hole = np.zeros(canvas.shape[:2], np.uint8)
    polygon(hole, outline, (255, 0, 0))
    share = hole[..., None] / np.float32(255)
    canvas[:] = np.rint(canvas + (behind.astype(np.float32) - canvas) * share)


def receding(
    canvas: Pixels, rows: Sequence[float], middle: float, step: float, colours: Sequence[Colour], far: float = 0.3
) -> None:
    """Ground that draws together with distance: strips ``step`` wide in front and ``far`` of that behind.

    It is cut at ``rows``, heights from far to near; ``colours`` take turns from strip to strip and row to row.
    """
    narrow = [far + (1 - far) * (y - rows[0]) / (rows[-1] - rows[0]) for y in rows]
    count = math.ceil(max(middle, 1 - middle) / (far * step)) + 1
    for row in range(len(rows) - 1):
        (top, foot), (less, more) = rows[row : row + 2], narrow[row : row + 2]
        for strip in range(-count, count):
            left, right = strip * step, (strip + 1) * step
            shape = ((left * less, top), (right * less, top), (right * more, foot), (left * more, foot))
            polygon(canvas, moved(shape, middle, 0), colours[(row + strip) % len(colours)])


def moved(points: npt.ArrayLike, x: float, y: float) -> Points:
    """The same shape elsewhere."""
    shape: Points = np.asarray(points) + np.array((x, y))
    return shape


def _fixed(points: npt.ArrayLike, side: int) -> npt.NDArray[np.int32]:
    """Points as OpenCV draws them: whole numbers, with some bits below the pixel."""
    fixed: npt.NDArray[np.int32] = np.rint(np.asarray(points) * (side << _SHIFT)).astype(np.int32)
    return fixed


def disc(canvas: Pixels, x: float, y: float, radius: float, colour: Colour) -> None:
    """A filled circle."""
    side = len(canvas) << _SHIFT
    cv2.circle(canvas, (round(x * side), round(y * side)), round(radius * side), colour, -1, cv2.LINE_AA, _SHIFT)


def oval(canvas: Pixels, x: float, y: float, wide: float, high: float, colour: Colour, turn: float = 0) -> None:
    """A filled ellipse of half axes ``wide`` and ``high``, turned by degrees."""
    side = len(canvas) << _SHIFT
    centre, axes = (round(x * side), round(y * side)), (round(wide * side), round(high * side))
    cv2.ellipse(canvas, centre, axes, turn, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)


def box(canvas: Pixels, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
    """A filled upright rectangle."""
    x, y, end, foot = (max(0, round(edge * len(canvas))) for edge in (left, top, right, bottom))
    canvas[y:foot, x:end] = np.array(colour)


def stroke(canvas: Pixels, points: npt.ArrayLike, colour: Colour, width: float) -> None:
    """An open line through ``points`` ``(N, 2)``."""
    fixed = _fixed(points, len(canvas))
    thick = max(1, round(width * len(canvas)))
    cv2.polylines(canvas, [fixed], isClosed=False, color=colour, thickness=thick, lineType=cv2.LINE_AA, shift=_SHIFT)


def ridge(canvas: Pixels, heights: Floats, colour: Colour, floor: float = 1.0) -> None:
    """Everything below a skyline given by ``heights`` ``(N,)`` at even steps across, down to ``floor``."""
    across = np.linspace(0, 1, len(heights), dtype=np.float32)
    line = np.stack((across, heights), axis=1)
    polygon(canvas, np.concatenate((line, ((1.01, floor), (-0.01, floor)))).astype(np.float32), colour)


def rolling(rng: np.random.Generator, level: float, height: float, waves: float, points: int = 49) -> Floats:
    """A smooth skyline about ``level``: three sines of falling height, ``waves`` of the longest across the canvas."""
    x = np.linspace(0, 2 * np.pi, points)
    phases = rng.uniform(0, 2 * np.pi, 3)
    hills = np.sin(x * waves + phases[0]) + 0.5 * np.sin(x * waves * 1.9 + phases[1])
    line: Floats = (level - height * (hills + 0.2 * np.sin(x * waves * 3.7 + phases[2])) / 1.7).astype(np.float32)
    return line


def jagged(rng: np.random.Generator, level: float, height: float, peaks: int) -> Floats:
    """A skyline of points ``(2 peaks + 1,)``: peaks of different height with saddles between."""
    line = np.full(2 * peaks + 1, level)
    line[1::2] -= height * rng.uniform(0.65, 1.0, peaks)
    line[0::2] -= height * rng.uniform(0.15, 0.40, peaks + 1)
    return line.astype(np.float32)
