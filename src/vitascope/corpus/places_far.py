"""Places off the ground: the sky, space, and the moon."""

import numpy as np

from vitascope.corpus.brushes import (
    LIGHTS,
    Colour,
    Light,
    blank,
    cutout,
    disc,
    glow,
    gradient,
    lit,
    mixed,
    oval,
    ridge,
    rolling,
    varied,
)
from vitascope.corpus.scenery import cloud, far_planet, nebula, stars
from vitascope.corpus.scenery import moon as full_moon
from vitascope.corpus.scenery_wild import crater
from vitascope.types import Floats, Pixels


def sky(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Air with clouds at all heights and a floor of them."""
    gradient(canvas, 0, 1, varied(light.zenith, rng, 7), mixed(light.horizon, (255, 255, 255), 0.25 * light.gain[0]))
    if light is LIGHTS["night"]:
        stars(canvas, rng, 70, 0.9)
        full_moon(canvas, light, rng)
    elif light is not LIGHTS["rain"]:
        x, y = rng.uniform(0.25, 0.75), 0.19 if light is LIGHTS["day"] else 0.62
        glow(canvas, x, y, 0.45, light.glow, 0.9)
        disc(canvas, x, y, 0.06 if light is LIGHTS["day"] else 0.085, (255, 242, 170))
    puff = lit((255, 255, 255), light)
    for x, y in zip((0.12, 0.86, 0.30, 0.72), (0.40, 0.32, 0.64, 0.58), strict=True):
        cloud(canvas, x + rng.uniform(-0.1, 0.1), y + rng.uniform(-0.05, 0.05), rng.uniform(0.05, 0.08), puff)
    for x in np.linspace(0, 1, 6) + rng.uniform(-0.05, 0.05, 6):
        cloud(canvas, float(x), rng.uniform(0.92, 1.0), rng.uniform(0.10, 0.14), mixed(puff, light.horizon, 0.2))


def space(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Stars, glowing gas and two planets over a strip of a grey world."""
    tint = mixed(light.zenith, (20, 10, 44), 0.62)
    gradient(canvas, 0, 1, mixed((8, 6, 24), tint, 0.5), mixed((40, 18, 78), tint, 0.5))
    gas: tuple[Colour, ...] = ((112, 56, 178), mixed((70, 60, 190), light.horizon, 0.45), (180, 60, 150))
    nebula(canvas, rng, gas)
    stars(canvas, rng, 130, 1.0)
    rocks: tuple[Colour, ...] = ((226, 132, 84), (98, 186, 178), (196, 130, 220), (232, 190, 120))
    first, second = rng.permutation(4)[:2]
    corner = 0.20 if rng.random() < 0.5 else 0.80
    far_planet(canvas, rng, corner, rng.uniform(0.20, 0.28), rng.uniform(0.10, 0.13), rocks[first])
    far_planet(canvas, rng, 1 - corner, rng.uniform(0.72, 0.80), rng.uniform(0.04, 0.06), rocks[second])
    _moonscape(canvas, rng)


def _moonscape(canvas: Pixels, rng: np.random.Generator) -> None:
    """Grey ground with craters at the lower edge."""
    level = rng.uniform(0.88, 0.91)
    ridge(canvas, rolling(rng, level, 0.014, 1.1), (124, 122, 150))
    for x in (np.arange(6) + rng.uniform(0.1, 0.9, 6)) / 6:
        y, wide = rng.uniform(level + 0.03, 0.98), rng.uniform(0.02, 0.05)
        oval(canvas, float(x), y, wide, wide * 0.35, (90, 88, 116))
        oval(canvas, float(x), y + wide * 0.10, wide * 0.9, wide * 0.25, (104, 102, 130))


def moon(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Pale dust with craters under a black sky, in which the Earth stands."""
    gradient(canvas, 0, 0.62, mixed((4, 4, 14), light.zenith, 0.10), mixed((14, 16, 34), light.horizon, 0.16))
    stars(canvas, rng, 90, 0.60)
    way = 1 if rng.random() < 0.5 else -1
    _sun(canvas, light, 0.5 + way * rng.uniform(0.24, 0.30))
    _earth(canvas, light, rng, (0.5 - way * rng.uniform(0.17, 0.23), rng.uniform(0.25, 0.29)), way)
    dust = varied((204, 204, 210), rng, 4)
    for level, high, tone in ((0.57, 0.035, 0.42), (0.61, 0.02, 0.22), (0.68, 0.012, 0.0)):
        hills = rolling(rng, level, high, rng.uniform(1.0, 2.2))
        ridge(canvas, hills, lit(mixed(dust, (84, 84, 104), tone), light))
    start = rng.uniform()
    for number, y in enumerate(np.linspace(0.715, 0.95, 10)):
        x, wide = (start + number * 0.382) % 1, 0.028 + 0.22 * (y - 0.68) * rng.uniform(0.7, 1.2)
        crater(canvas, light, x, float(y), wide)
    for x, y in rng.uniform((0, 0.70), (1, 0.98), (26, 2)):
        oval(canvas, x, y, 0.004 + 0.012 * (y - 0.68), 0.003 + 0.006 * (y - 0.68), lit((150, 150, 162), light))


def _sun(canvas: Pixels, light: Light, x: float) -> None:
    """A hard small sun: high by day, low at sunset, none at night or behind a veil."""
    if light is LIGHTS["day"]:
        glow(canvas, x, 0.20, 0.22, (255, 252, 240), 0.9)
        disc(canvas, x, 0.20, 0.034, (255, 255, 250))
    elif light is LIGHTS["sunset"]:
        glow(canvas, x, 0.53, 0.50, (255, 150, 80), 0.9)
        disc(canvas, x, 0.53, 0.055, (255, 236, 190))


def _earth(canvas: Pixels, light: Light, rng: np.random.Generator, at: tuple[float, float], way: int) -> None:
    """The Earth in a rim of air, bright on the side ``way`` of which the sun stands, least so in the evening."""
    (x, y), radius = at, 0.115
    globe = _globe(len(canvas), rng, x, y, radius)
    aside = (0.060, 0.030) if light.lamps else (0.085, 0.050)
    dark = globe * np.float32(0.35) + np.array((12, 26, 66), np.float32) * 0.65
    cutout(globe, dark.astype(np.uint8), _disc(x - way * aside[0], y + aside[1], radius * 1.05))
    glow(canvas, x, y, radius * 1.7, (110, 180, 255), 0.8)
    cutout(canvas, globe, _disc(x, y, radius))


def _globe(side: int, rng: np.random.Generator, x: float, y: float, radius: float) -> Pixels:
    """Seas, lands and clouds, about a point and beyond the rim."""
    globe = blank(side)
    gradient(globe, 0, 1, (38, 120, 216), (38, 120, 216))
    for px, py in rng.uniform((x - radius, y - radius), (x + radius, y + radius), (5, 2)):
        for dx, dy in rng.uniform(-0.03, 0.03, (4, 2)):
            oval(globe, px + dx, py + dy, rng.uniform(0.02, 0.04), rng.uniform(0.012, 0.026), (84, 178, 92))
    for py in rng.uniform(y - radius, y + radius, 5):
        oval(globe, x + rng.uniform(-0.08, 0.08), py, rng.uniform(0.03, 0.07), 0.007, (246, 250, 255), -12)
    return globe


def _disc(x: float, y: float, radius: float) -> Floats:
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    return np.stack((x + radius * np.cos(turn), y + radius * np.sin(turn)), axis=1).astype(np.float32)
