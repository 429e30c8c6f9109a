"""Places that people have built: city, farm, castle and village."""

import numpy as np

from vitascope.corpus.brushes import Colour, Light, box, lit, mixed, polygon, receding, ridge, rolling, varied
from vitascope.corpus.scenery import heaven, round_tree, row_of_houses
from vitascope.corpus.scenery_built import (
    bale,
    barn,
    church,
    cobbles,
    cottage,
    fence,
    gate,
    rampart,
    silo,
    tower,
)
from vitascope.types import Pixels


def city(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Three rows of houses behind a road."""
    heaven(canvas, light, rng, 0.78, pale=0.15)
    row_of_houses(canvas, light, rng, (0.30, 0.52), (148, 176, 206), 0.75, 11)
    for colour in ((196, 108, 92), (112, 134, 172)):
        row_of_houses(canvas, light, rng, (0.40, 0.62), colour, 0.77, 7)
    box(canvas, 0, 0.765, 1, 0.80, lit((190, 190, 186), light))
    box(canvas, 0, 0.80, 1, 1, lit((84, 88, 98), light))
    start = rng.uniform(0, 0.14)
    for x in np.arange(-0.14 + start, 1.1, 0.16):
        box(canvas, x, 0.89, x + 0.08, 0.906, lit((244, 232, 176), light))


def farm(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """A red barn and a silo behind a white fence, and a field in rows with bales of straw."""
    heaven(canvas, light, rng, 0.60)
    ridge(canvas, rolling(rng, 0.50, 0.035, rng.uniform(1.0, 1.8)), lit((164, 206, 116), light))
    ridge(canvas, rolling(rng, 0.56, 0.012, rng.uniform(1.0, 1.8)), lit(varied((124, 182, 84), rng), light))
    way = 1 if rng.random() < 0.5 else -1
    x = 0.5 + way * rng.uniform(0.20, 0.24)
    silo(canvas, light, x - way * 0.19, 0.60, 0.30)
    barn(canvas, light, x, 0.61, 0.28)
    for aside in rng.uniform(0.12, 0.30, 2):
        round_tree(canvas, light, rng, 0.5 - way * float(aside), 0.60)
    fence(canvas, light, 0.565, 0.635)
    soil, corn = varied((166, 112, 66), rng, 6), varied((232, 188, 78), rng, 6)
    strips = (corn, mixed(corn, (176, 128, 46), 0.45), varied((120, 170, 62), rng, 6), soil)
    box(canvas, 0, 0.63, 1, 1, lit(corn, light))
    receding(canvas, (0.63, 1.02), 0.5 - way * rng.uniform(0, 0.15), 0.17, [lit(c, light) for c in strips])
    for place, foot in ((0.5 - way * rng.uniform(0.26, 0.34), 0.76), (0.5 + way * rng.uniform(0.28, 0.36), 0.86)):
        bale(canvas, light, place, foot, (foot - 0.46) * 0.20)


def castle(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Towers with pointed roofs and flags behind a wall with a gate, on a green hill."""
    heaven(canvas, light, rng, 0.66, clouds=2)
    ridge(canvas, rolling(rng, 0.60, 0.05, rng.uniform(1.0, 1.8)), lit((150, 204, 150), light))
    roofs: tuple[Colour, ...] = ((72, 104, 190), (196, 70, 84), (126, 84, 180))
    roof = varied(roofs[int(rng.integers(3))], rng, 8)
    flag: Colour = (246, 196, 62)
    x, way = 0.5 + rng.uniform(-0.03, 0.03), 1 if rng.random() < 0.5 else -1
    tower(canvas, light, (x + way * 0.03, 0.56), (0.14, 0.19), roof, flag)
    for aside, wide, high in ((-0.17, 0.09, 0.20), (0.19, 0.09, 0.16)):
        tower(canvas, light, (x + way * aside, 0.56), (wide, high * rng.uniform(0.92, 1.08)), roof, flag)
    rampart(canvas, light, rng, (x - 0.28, 0.52, x + 0.28, 0.69))
    gate(canvas, light, x, 0.69, 0.12)
    for aside in (-0.29, 0.29):
        tower(canvas, light, (x + aside, 0.70), (0.12, 0.27 * rng.uniform(0.95, 1.08)), roof, flag)
    ridge(canvas, rolling(rng, 0.695, 0.010, 1.3), lit(varied((104, 174, 88), rng, 8), light))
    _way_to_the_gate(canvas, light, rng, x, way)


def _way_to_the_gate(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, way: int) -> None:
    """A winding path from the gate down the hill, with bushes beside it."""
    t = np.linspace(0, 1, 16)
    middle, half = x + way * 0.10 * np.sin(t * 4) * t, 0.05 + 0.12 * t**1.4
    y = 0.685 + 0.33 * t
    path = np.concatenate((np.stack((middle - half, y), axis=1), np.stack((middle + half, y), axis=1)[::-1]))
    polygon(canvas, path, lit((226, 204, 160), light))
    ridge(canvas, rolling(rng, 0.97, 0.02, 1.5), lit((74, 142, 68), light))
    for place in np.concatenate((rng.uniform(0.04, 0.28, 3), rng.uniform(0.72, 0.96, 3))):
        round_tree(canvas, light, rng, float(place), rng.uniform(0.80, 0.90))


def village(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Timbered cottages with red roofs and a church about a cobbled square."""
    heaven(canvas, light, rng, 0.62, clouds=2)
    ridge(canvas, rolling(rng, 0.46, 0.05, rng.uniform(1.0, 1.8)), lit((158, 204, 140), light))
    ridge(canvas, rolling(rng, 0.55, 0.03, rng.uniform(1.0, 1.8)), lit((122, 184, 104), light))
    way = 1 if rng.random() < 0.5 else -1
    steeple = 0.5 - way * rng.uniform(0.02, 0.08)
    church(canvas, light, steeple, 0.66)
    for x in (0.5 - way * 0.27, 0.5 + way * 0.14, 0.5 + way * 0.31):
        cottage(canvas, light, rng, (x + rng.uniform(-0.02, 0.02), 0.67), 0.15, _painted(rng))
    for x in (0.04, steeple - 0.10, 0.96):
        round_tree(canvas, light, rng, x, 0.70)
    cobbles(canvas, light, rng, 0.67)
    for x in (0.19, 0.81):
        cottage(canvas, light, rng, (x + rng.uniform(-0.02, 0.02), 0.76), 0.23, _painted(rng))


def _painted(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """The wall and the tiles of a cottage."""
    walls: tuple[Colour, ...] = ((252, 238, 212), (248, 220, 176), (240, 214, 204), (226, 232, 222))
    return varied(walls[int(rng.integers(4))], rng, 5), varied((214, 92, 62), rng, 16)
