"""Places by and in water: beach, sea, underwater, and a lake."""

import numpy as np

from vitascope.corpus.brushes import (
    LIGHTS,
    Colour,
    Light,
    box,
    disc,
    gradient,
    lit,
    mixed,
    polygon,
    ridge,
    rolling,
    varied,
)
from vitascope.corpus.scenery import coral, glitter, heaven, palm, pine, rays, scallops, weed
from vitascope.corpus.scenery_wild import lily, reeds
from vitascope.types import Pixels


def beach(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Sand, foam, a turquoise sea and a palm."""
    horizon = 0.50 + rng.uniform(-0.02, 0.02)
    heaven(canvas, light, rng, horizon)
    gradient(canvas, horizon, 0.76, lit((28, 128, 190), light), lit((96, 214, 214), light))
    glitter(canvas, light, rng, horizon, 0.62)
    shore = rolling(rng, 0.69, 0.018, rng.uniform(1.0, 1.6))
    ridge(canvas, shore - 0.022, lit((232, 250, 250), light))
    ridge(canvas, shore, lit(varied((222, 190, 128), rng), light))
    ridge(canvas, shore + 0.03, lit(varied((248, 220, 158), rng, 6), light))
    for x, y in rng.uniform((0, 0.76), (1, 0.99), (14, 2)):
        disc(canvas, x, y, rng.uniform(0.004, 0.009), lit((226, 192, 130), light))
    palm(canvas, light, rng, 0.17 if rng.random() < 0.5 else 0.83)


def sea(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Open water in rows of waves up to the horizon."""
    horizon = 0.40 + rng.uniform(-0.02, 0.02)
    heaven(canvas, light, rng, horizon)
    gradient(canvas, horizon, 1, lit((20, 92, 168), light), lit((8, 66, 132), light))
    glitter(canvas, light, rng, horizon, 0.60)
    for number in range(6):
        level = horizon + 0.05 + 0.56 * ((number + 0.4) / 6) ** 1.25
        tone = mixed((36, 126, 200), (10, 58, 128), number / 5)
        crest = scallops(rng, level, 0.010 + 0.006 * number, 11 - 1.2 * number)
        foam = lit(mixed(tone, (222, 246, 255), 0.7), light)
        ridge(canvas, crest - 0.008, mixed(foam, light.glow, 0.22 if light.lamps else 0.0))
        ridge(canvas, crest, lit(varied(tone, rng, 5), light))


def underwater(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Beams of light down to corals and weed."""
    surface, deep = lit((88, 216, 226), light), lit((6, 60, 122), light)
    if light is LIGHTS["sunset"]:  # red light does not reach the deep: only the surface glows
        surface, deep = (255, 176, 128), (46, 44, 112)
    gradient(canvas, 0, 1, surface, deep)
    rays(canvas, light, rng)
    ridge(canvas, rolling(rng, 0.80, 0.04, rng.uniform(1, 1.8)), lit((24, 98, 134), light))
    ridge(canvas, rolling(rng, 0.87, 0.025, rng.uniform(1, 1.6)), lit((196, 186, 138), light))
    corals: tuple[Colour, ...] = ((244, 110, 120), (250, 150, 80), (206, 100, 190))
    for x in (rng.uniform(0.08, 0.30), rng.uniform(0.70, 0.92)):
        coral(canvas, rng, x, 0.92, lit(corals[int(rng.integers(3))], light))
    for x in np.concatenate((rng.uniform(0.02, 0.34, 3), rng.uniform(0.66, 0.98, 3))):
        weed(canvas, rng, float(x), 0.95, rng.uniform(0.16, 0.34), lit(varied((40, 150, 84), rng), light))
    for x, y in rng.uniform((0, 0.05), (1, 0.8), (16, 2)):
        size = rng.uniform(0.006, 0.016)
        disc(canvas, x, y, size, lit((178, 238, 244), light))
        disc(canvas, x, y, size * 0.66, lit((104, 208, 226), light))


def lake(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Still water that mirrors a wooded shore, with a jetty, reeds and water lilies."""
    shore = 0.46 + rng.uniform(-0.015, 0.015)
    heaven(canvas, light, rng, shore)
    ridge(canvas, rolling(rng, shore - 0.13, 0.05, rng.uniform(1.0, 1.6)), lit((148, 200, 160), light))
    ridge(canvas, rolling(rng, shore - 0.06, 0.03, rng.uniform(1.2, 2.0)), lit((92, 160, 112), light))
    for x in (np.arange(17) + rng.uniform(0, 1, 17)) / 17:
        pine(canvas, light, rng, float(x), shore + 0.005, rng.uniform(0.07, 0.13), snowy=False)
    box(canvas, 0, shore - 0.010, 1, shore + 0.004, lit((196, 186, 128), light))
    _mirrored(canvas, shore, lit((52, 132, 150), light))
    glitter(canvas, light, rng, shore + 0.06, 0.86)
    way = 1 if rng.random() < 0.5 else -1
    for x, y in rng.uniform((0.10, 0.76), (0.34, 0.88), (4, 2)):
        lily(canvas, light, 0.5 - way * (0.5 - x), float(y), rng.uniform(0.032, 0.05), blooms=bool(rng.random() < 0.6))
    _jetty(canvas, light, 0.5 + way * 0.20, way)
    reeds(canvas, light, rng, 0.5 - way * rng.uniform(0.33, 0.38), 0.98)


def _mirrored(canvas: Pixels, shore: float, water: Colour) -> None:
    """What stands above the shore, upside down, wavering and tinged by the water, darker towards us."""
    side = len(canvas)
    first = round(shore * side)
    for row in range(first, side):
        down = (row - first) / side
        above = canvas[max(0, first - 1 - round(down * 0.85 * side))]
        waver = round(0.35 * down * 0.06 * side * np.sin(down * 150))
        share = 0.28 + 0.5 * down
        canvas[row] = np.roll(above, waver, axis=0) * (1 - share) + np.array(water) * share


def _jetty(canvas: Pixels, light: Light, x: float, way: int) -> None:
    """A landing stage of planks that comes out from the lower corner."""
    wood, dark, rows = (186, 140, 96), lit((112, 78, 56), light), np.linspace(0, 1, 10) ** 1.4
    left, right = x - 0.05 + (way * 0.16 - 0.09) * rows, x + 0.05 + (way * 0.16 + 0.09) * rows
    y = 0.64 + 0.38 * rows
    for post in (0, 4, 7):
        for edge in (left[post], right[post]):
            box(canvas, edge - 0.010, y[post] - 0.045, edge + 0.010, y[post] + 0.07, dark)
    for row in range(9):
        low = y[row + 1] - 0.005
        plank = ((left[row], y[row]), (right[row], y[row]), (right[row + 1], low), (left[row + 1], low))
        polygon(
            canvas,
            ((left[row], y[row]), (right[row], y[row]), (right[row + 1], low + 0.012), (left[row + 1], low + 0.012)),
            dark,
        )
        polygon(canvas, plank, lit(mixed(wood, (236, 200, 150), 0.25 * (row % 2)), light))
