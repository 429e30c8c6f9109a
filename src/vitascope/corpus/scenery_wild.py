"""What stands in wild places: leaves and lianas, falling water, smoke and lava, reeds, crystals, craters."""

import numpy as np

from vitascope.corpus.brushes import (
    Colour,
    Light,
    box,
    disc,
    glow,
    lit,
    mixed,
    moved,
    oval,
    polygon,
    stroke,
    varied,
)
from vitascope.types import Floats, Pixels

LAVA: Colour = (255, 128, 36)


def glowing(colour: Colour, light: Light, share: float = 0.85) -> Colour:
    """A colour that shines by itself: the light of the hour hardly changes it."""
    return mixed(lit(colour, light), colour, share)


def blade(
    canvas: Pixels, light: Light, foot: tuple[float, float], turn: float, size: tuple[float, float], leaf: Colour
) -> None:
    """A broad leaf from its foot along ``turn`` (degrees), a bright and a dark half, its tip hanging."""
    long, wide = size
    t = np.linspace(0, 1, 12)
    along, down = np.array((np.cos(np.radians(turn)), np.sin(np.radians(turn)))), np.array((0, 1))
    spine = moved(long * (t[:, None] * along + 0.30 * (t**2.2)[:, None] * down), *foot)
    normal = np.array((-along[1], along[0])) * (1 if along[0] > 0 else -1)
    half = wide * np.sin(np.pi * t**0.75)[:, None] * normal
    bright, dark = mixed(leaf, (196, 236, 120), 0.22), mixed(leaf, (0, 30, 36), 0.16)
    polygon(canvas, np.concatenate((spine - half, spine[::-1])), lit(bright, light))
    polygon(canvas, np.concatenate((spine + half, spine[::-1])), lit(dark, light))
    stroke(canvas, spine, lit(mixed(leaf, (214, 240, 150), 0.5), light), 0.005)


def thicket(
    canvas: Pixels, rng: np.random.Generator, level: float, size: float, leaf: Colour, gap: float | None = None
) -> None:
    """A wall of bushes: round tops side by side about ``level``, filled downwards; it sinks about a ``gap``."""
    for x in np.arange(-0.02, 1.04, size * 0.9):
        sunk = 0.0 if gap is None else max(0.0, 0.16 - abs(x - gap)) * 1.2
        at, top = float(x + rng.uniform(-0.3, 0.3) * size), level + sunk + rng.uniform(-0.3, 0.3) * size
        disc(canvas, at, top, size, leaf)
        box(canvas, at - size, top, at + size, 1, leaf)


def canopy(canvas: Pixels, rng: np.random.Generator, level: float, size: float, leaf: Colour) -> None:
    """Foliage that hangs from above down to about ``level``, lower at both sides."""
    box(canvas, 0, 0, 1, level, leaf)
    for x in np.arange(-0.02, 1.04, size * 1.1):
        sag = 0.30 * abs(x - 0.5) ** 1.5
        disc(canvas, float(x), level + sag + rng.uniform(-0.4, 0.2) * size, size * rng.uniform(0.9, 1.25), leaf)


def liana(canvas: Pixels, light: Light, rng: np.random.Generator, left: float, right: float) -> None:
    """A liana that hangs between two points above the picture, with small leaves."""
    t = np.linspace(0, 1, 24)
    x, y = left + (right - left) * t, 0.05 + rng.uniform(0.30, 0.42) * 4 * t * (1 - t)
    stroke(canvas, np.stack((x, y), axis=1), lit((44, 104, 58), light), 0.008)
    for number in range(3, 22, 3):
        leaf = lit((70, 136, 68), light)
        oval(canvas, float(x[number]), float(y[number]) + 0.014, 0.008, 0.018, leaf, rng.uniform(-40, 40))


def waterfall(canvas: Pixels, light: Light, rng: np.random.Generator, x: float) -> None:
    """White water down a mossy cliff into a pool."""
    cliff = ((-0.26, 0.76), (-0.21, 0.52), (-0.15, 0.44), (-0.13, 0.30), (-0.05, 0.24))
    other = ((0.06, 0.25), (0.13, 0.28), (0.15, 0.42), (0.22, 0.50), (0.26, 0.76))
    polygon(canvas, moved((*cliff, *other), x, 0), lit((116, 160, 128), light))
    polygon(canvas, moved((*other, (0.04, 0.76)), x, 0), lit((92, 138, 114), light))
    water, foam = (176, 232, 242), (246, 254, 255)
    polygon(
        canvas, moved(((-0.04, 0.245), (0.045, 0.255), (0.065, 0.74), (-0.06, 0.74)), x, 0), glowing(water, light, 0.2)
    )
    for shift in np.linspace(-0.035, 0.035, 4) + rng.uniform(-0.008, 0.008, 4):
        top = rng.uniform(0.28, 0.42)
        stroke(canvas, ((x + shift, top), (x + shift * 1.2, top + 0.22)), glowing(foam, light, 0.3), 0.009)
    oval(canvas, x, 0.745, 0.22, 0.045, lit((92, 190, 200), light))
    for shift in (-0.06, -0.02, 0.025, 0.065):
        disc(canvas, x + shift, 0.725, rng.uniform(0.022, 0.034), glowing((232, 250, 250), light, 0.2))


def blossom(canvas: Pixels, light: Light, x: float, y: float, size: float, petal: Colour) -> None:
    """A flower of five petals."""
    for turn in np.radians(np.arange(-90, 270, 72)):
        disc(canvas, x + float(np.cos(turn)) * size, y + float(np.sin(turn)) * size, size * 0.72, lit(petal, light))
    disc(canvas, x, y, size * 0.5, lit((255, 226, 90), light))


def smoke(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float) -> None:
    """A column of smoke that widens and drifts, lit from below by what burns."""
    drift = rng.choice((-1, 1)) * rng.uniform(0.06, 0.16)
    grey, fire = lit((104, 92, 100), light), glowing((236, 122, 70), light, 0.6)
    for shade, lift in ((0.0, 0.0), (0.22, 0.014)):
        for t in np.linspace(1, 0, 15):
            size = 0.035 + 0.085 * t
            puff = mixed(mixed(grey, (255, 240, 230), shade * light.gain[0]), fire, 0.75 * (1 - t) ** 2.2)
            aside = drift * t**1.5 + rng.uniform(-0.5, 0.5) * size
            disc(canvas, x + aside - lift, foot - 0.36 * t - lift, size * (1 - shade * 1.2), puff)


def cone(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float) -> None:
    """A volcano of hollow flanks, three streams of lava, and fire in its mouth."""
    top, t = 0.36, np.linspace(0, 1, 14)
    wide = 0.085 + 0.40 * t**1.6
    y = top + (foot - top) * t
    left, right = np.stack((x - wide, y), axis=1), np.stack((x + wide, y), axis=1)
    polygon(canvas, np.concatenate((left, right[::-1])), lit((112, 78, 80), light))
    middle = np.stack((x + 0.03 + 0.05 * np.sin(t * 9) * t, y), axis=1)
    polygon(canvas, np.concatenate((middle, right[::-1])), lit((82, 56, 66), light))
    oval(canvas, x, top, 0.085, 0.022, lit((54, 36, 44), light))
    glow(canvas, x, top - 0.01, 0.24, LAVA, 0.75)
    oval(canvas, x, top + 0.004, 0.070, 0.015, glowing((255, 220, 110), light))
    for way, reach in ((-0.62, 0.75), (0.05, 0.95), (0.66, 0.62)):
        _stream(canvas, light, rng, (x, way, reach), np.stack((wide, y), axis=1))


def _stream(
    canvas: Pixels, light: Light, rng: np.random.Generator, course: tuple[float, float, float], flank: Floats
) -> None:
    """Lava down a flank: ``course`` is the middle of the cone, how far aside, and how far down it has come."""
    x, way, reach = course
    t, whole = np.linspace(0, 1, 16), np.linspace(0, 1, len(flank))
    wide, y = (np.interp(t * reach, whole, flank[:, column]) for column in (0, 1))
    line = np.stack((x + way * wide * (0.8 - 0.2 * t) + 0.010 * np.sin(t * 11 + rng.uniform(0, 6)), y), axis=1)
    half = np.stack((0.010 + 0.012 * t, 0 * t), axis=1)
    for share, colour in ((1.0, (226, 66, 28)), (0.55, LAVA), (0.22, (255, 224, 110))):
        polygon(canvas, np.concatenate((line - half * share, (line + half * share)[::-1])), glowing(colour, light))
        disc(canvas, float(line[-1, 0]), float(line[-1, 1]), float(half[-1, 0]) * share, glowing(colour, light))


def crack(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, y: float, size: float) -> None:
    """A crack in black ground with lava in it: broken, pointed at both ends."""
    across = (np.linspace(-1, 1, 7) + rng.uniform(-0.14, 0.14, 7)) * size
    height = (rng.uniform(-0.16, 0.16, 7) + rng.uniform(-0.12, 0.12) * np.linspace(-1, 1, 7)) * size
    gape = np.array((0, 0.45, 0.8, 1, 0.75, 0.5, 0)) * size * 0.13
    for share, colour in ((1.0, (196, 50, 28)), (0.62, LAVA), (0.24, (255, 230, 130))):
        upper, lower = np.stack((across, height - gape * share), 1), np.stack((across, height + gape * share), 1)
        polygon(canvas, moved(np.concatenate((upper, lower[::-1])), x, y), glowing(colour, light))


def reeds(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float) -> None:
    """Cattails in a clump."""
    for _ in range(9):
        root, high, lean = x + rng.uniform(-0.07, 0.07), rng.uniform(0.14, 0.30), rng.uniform(-0.03, 0.03)
        green = lit(varied((84, 132, 62), rng, 14), light)
        polygon(canvas, ((root - 0.007, foot), (root + 0.007, foot), (root + lean, foot - high)), green)
    for _ in range(4):
        root, high = x + rng.uniform(-0.06, 0.06), rng.uniform(0.22, 0.32)
        stroke(canvas, ((root, foot), (root, foot - high)), lit((96, 128, 64), light), 0.005)
        oval(canvas, root, foot - high, 0.011, 0.032, lit((122, 76, 44), light))


def lily(canvas: Pixels, light: Light, x: float, y: float, size: float, *, blooms: bool) -> None:
    """A water lily's leaf, seen flat, perhaps with its flower."""
    oval(canvas, x, y + size * 0.06, size, size * 0.32, lit((40, 104, 78), light))
    oval(canvas, x, y, size, size * 0.30, lit((98, 176, 88), light))
    if blooms:
        for shift in (-0.34, 0.34, 0.0):
            tip = (x + shift * size * 1.4, y - size * (0.55 if shift else 0.72))
            petal = ((x + (shift - 0.22) * size, y - size * 0.1), tip, (x + (shift + 0.22) * size, y - size * 0.1))
            polygon(canvas, petal, lit((255, 168, 200) if shift else (255, 214, 228), light))


def crystals(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float, colour: Colour) -> None:
    """A cluster of pointed crystals that shine."""
    glow(canvas, x, foot - 0.06, 0.24, colour, 0.75 if light.lamps else 0.4)
    for lean in (-0.55, 0.6, -0.22, 0.28, 0.0):
        high, wide = rng.uniform(0.10, 0.14) * (1.35 - abs(lean)), 0.020
        root, tip = (x + lean * 0.04, foot), (x + lean * high * 1.1, foot - high)
        neck = (tip[0] * 0.75 + root[0] * 0.25, tip[1] * 0.75 + root[1] * 0.25)
        for side, tone in ((-1, mixed(colour, (255, 255, 255), 0.45)), (1, mixed(colour, (20, 10, 60), 0.15))):
            facet = (root, (root[0] + side * wide * 0.7, root[1]), (neck[0] + side * wide, neck[1]), tip)
            polygon(canvas, facet, glowing(tone, light))


def crater(canvas: Pixels, light: Light, x: float, y: float, wide: float) -> None:
    """A round pit in pale dust: a bright rim, a wall in shadow, a lit floor."""
    high = wide * 0.36
    oval(canvas, x, y + high * 0.10, wide * 1.20, high * 1.28, lit((178, 178, 188), light))
    oval(canvas, x, y - high * 0.04, wide * 1.14, high * 1.18, lit((232, 232, 236), light))
    oval(canvas, x, y + high * 0.06, wide, high, lit((112, 112, 126), light))
    oval(canvas, x + wide * 0.08, y + high * 0.28, wide * 0.86, high * 0.72, lit((164, 164, 174), light))


def giant_leaves(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float, high: float) -> None:
    """A slender tree of the far jungle with a crown of hanging leaves."""
    top, bend = foot - high, rng.uniform(-0.04, 0.04)
    stem = ((x, foot), (x + bend * 0.4, foot - high * 0.5), (x + bend, top))
    stroke(canvas, stem, lit((116, 150, 108), light), 0.014)
    for turn in (-170, -140, -100, -70, -40, -10):
        leaf = varied((96, 176, 108), rng, 10)
        blade(canvas, light, (x + bend, top), turn + rng.uniform(-10, 10), (rng.uniform(0.12, 0.15), 0.022), leaf)
