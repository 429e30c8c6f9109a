"""Painted places: flat picture-book backgrounds for every place and time of the world, by our own code.

A place keeps its colours and its layout; a seed moves its horizon, hills, trees, clouds and stars about.
"""

from collections.abc import Callable, Mapping

import numpy as np

from vitascope.corpus.brushes import (
    LIGHTS,
    Colour,
    Light,
    blank,
    box,
    disc,
    glow,
    gradient,
    lit,
    mixed,
    oval,
    polygon,
    ridge,
    rolling,
    varied,
)
from vitascope.corpus.scenery import (
    LAMP,
    cactus,
    cloud,
    coral,
    far_planet,
    fern,
    glitter,
    heaven,
    mesa,
    moon,
    nebula,
    palm,
    peaks,
    pine,
    rays,
    round_tree,
    row_of_houses,
    scallops,
    stars,
    trunk,
    weed,
    window,
)
from vitascope.types import Pixels

Painter = Callable[[Pixels, Light, np.random.Generator], None]


def paint(place: str, time: str, rng: np.random.Generator, side: int = 192) -> Pixels:
    """A background, ``(side, side, 3)``; the same generator state gives the same picture."""
    canvas = blank(side)
    _PLACES[place](canvas, LIGHTS[time], rng)
    return canvas


def _beach(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
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


def _meadow(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    horizon = 0.54 + rng.uniform(-0.03, 0.03)
    heaven(canvas, light, rng, horizon + 0.08)
    ridge(canvas, rolling(rng, horizon, 0.05, rng.uniform(1.2, 2)), lit((150, 208, 132), light))
    middle = rolling(rng, horizon + 0.09, 0.04, rng.uniform(0.9, 1.6))
    ridge(canvas, middle, lit(varied((112, 188, 82), rng), light))
    for place in rng.uniform(0, 1, 3):
        round_tree(canvas, light, rng, place, float(np.interp(place, np.linspace(0, 1, 49), middle)) + 0.01)
    ridge(canvas, rolling(rng, horizon + 0.22, 0.03, rng.uniform(0.7, 1.3)), lit(varied((82, 164, 62), rng), light))
    petals: tuple[Colour, ...] = ((255, 236, 90), (255, 255, 255), (244, 108, 140), (226, 120, 220))
    for x, y in rng.uniform((0, 0.80), (1, 0.99), (34, 2)):
        size = 0.006 + 0.007 * (y - 0.78) / 0.2
        disc(canvas, x, y, size, lit(petals[int(rng.integers(4))], light))


def _snow(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    horizon = 0.52 + rng.uniform(-0.03, 0.03)
    heaven(canvas, light, rng, horizon + 0.1, pale=0.45)
    ridge(canvas, rolling(rng, horizon, 0.06, rng.uniform(1.0, 1.8)), lit((206, 222, 240), light))
    for x in np.sort(rng.uniform(0, 1, 9)):
        pine(canvas, light, rng, float(x), horizon + 0.10, rng.uniform(0.10, 0.17), snowy=True)
    ridge(canvas, rolling(rng, horizon + 0.09, 0.03, rng.uniform(1, 1.6)), lit((232, 241, 250), light))
    for x in (rng.uniform(0.02, 0.24), rng.uniform(0.76, 0.98)):
        pine(canvas, light, rng, x, horizon + 0.20, rng.uniform(0.26, 0.34), snowy=True)
    ridge(canvas, rolling(rng, horizon + 0.20, 0.025, rng.uniform(0.7, 1.2)), lit((250, 252, 255), light))
    for x, y in rng.uniform(0, 1, (46, 2)):
        disc(canvas, x, y, rng.uniform(0.004, 0.008), mixed(lit((255, 255, 255), light), (255, 255, 255), 0.5))


def _desert(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    horizon = 0.55 + rng.uniform(-0.03, 0.03)
    heaven(canvas, light, rng, horizon + 0.05, warm=0.55, clouds=0)
    mesa(canvas, light, rng, horizon + 0.03)
    ridge(canvas, rolling(rng, horizon + 0.01, 0.03, rng.uniform(0.8, 1.4)), lit((238, 178, 106), light))
    cactus(canvas, light, rng.uniform(0.05, 0.28), horizon + 0.15, rng.uniform(0.16, 0.22))
    cactus(canvas, light, rng.uniform(0.72, 0.95), horizon + 0.12, rng.uniform(0.10, 0.15))
    for number, colour in enumerate(((226, 152, 78), (214, 134, 62), (200, 116, 52))):
        dune = rolling(rng, horizon + 0.11 + 0.12 * number, 0.045, rng.uniform(0.6, 1.1))
        ridge(canvas, dune, lit(mixed(varied(colour, rng, 6), (255, 226, 160), 0.45), light))
        ridge(canvas, dune + 0.014, lit(varied(colour, rng, 6), light))


def _forest(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    gradient(canvas, 0, 1, lit((176, 220, 150), light), lit((226, 240, 176), light))
    if light.lamps:
        glow(canvas, 0.5, 0.42, 0.6, mixed(light.horizon, light.glow, 0.2), 0.8)
    depths: tuple[tuple[int, float, Colour, Colour], ...] = (
        (13, 0.022, (112, 160, 112), (128, 184, 120)),
        (9, 0.036, (82, 116, 78), (74, 146, 84)),
        (5, 0.058, (84, 60, 44), (36, 104, 58)),
    )
    for number, (trunks, width, bark, leaf) in enumerate(depths):
        ground = 0.68 + 0.06 * number
        ridge(canvas, rolling(rng, ground, 0.012, 2), lit(mixed(leaf, (70, 110, 40), 0.35), light))
        for x in (np.arange(trunks) + rng.uniform(0.15, 0.85, trunks)) / trunks:
            trunk(canvas, float(x), ground + 0.03, width * rng.uniform(0.8, 1.2), lit(bark, light))
        for x in np.linspace(-0.02, 1.02, trunks + 4):
            size = (0.11, 0.10, 0.09)[number] * rng.uniform(0.85, 1.25)
            disc(canvas, float(x), 0.20 - 0.085 * number, size, lit(varied(leaf, rng), light))
        box(canvas, 0, 0, 1, 0.17 - 0.09 * number, lit(leaf, light))
    ridge(canvas, rolling(rng, 0.84, 0.012, 2), lit((58, 112, 50), light))
    for x in rng.uniform(0, 1, 16):
        fern(canvas, light, rng, x, rng.uniform(0.88, 1.0))


def _city(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    heaven(canvas, light, rng, 0.78, pale=0.15)
    row_of_houses(canvas, light, rng, (0.30, 0.52), (148, 176, 206), 0.75, 11)
    for colour in ((196, 108, 92), (112, 134, 172)):
        row_of_houses(canvas, light, rng, (0.40, 0.62), colour, 0.77, 7)
    box(canvas, 0, 0.765, 1, 0.80, lit((190, 190, 186), light))
    box(canvas, 0, 0.80, 1, 1, lit((84, 88, 98), light))
    start = rng.uniform(0, 0.14)
    for x in np.arange(-0.14 + start, 1.1, 0.16):
        box(canvas, x, 0.89, x + 0.08, 0.906, lit((244, 232, 176), light))


def _sea(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
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


def _underwater(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
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


def _space(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
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


def _mountains(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    heaven(canvas, light, rng, 0.66, clouds=2)
    peaks(canvas, light, rng, 0.66, 0.34, 4, (150, 164, 204))
    peaks(canvas, light, rng, 0.70, 0.42, 3, (112, 116, 152))
    lake = 0.70 + rng.uniform(-0.01, 0.01)
    gradient(canvas, lake, 0.84, lit((120, 190, 226), light), lit((58, 128, 186), light))
    glitter(canvas, light, rng, lake, 0.80)
    ridge(canvas, rolling(rng, 0.83, 0.014, 1.2), lit(varied((88, 142, 84), rng), light))
    for x in np.concatenate((rng.uniform(-0.02, 0.30, 4), rng.uniform(0.70, 1.02, 4))):
        pine(canvas, light, rng, float(x), rng.uniform(0.88, 0.94), rng.uniform(0.13, 0.22), snowy=False)


def _room(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    dim = light if light.lamps else LIGHTS["day"]
    inside = Light(
        zenith=dim.zenith,
        horizon=dim.horizon,
        veil=(255, 190, 110),
        veiled=0.14 if light.lamps else 0.0,
        gain=(0.78, 0.68, 0.66) if light.lamps else (1, 1, 1),
        glow=dim.glow,
    )
    walls: tuple[Colour, ...] = ((246, 214, 176), (250, 222, 160), (244, 200, 186))
    wall = varied(walls[int(rng.integers(3))], rng, 6)
    gradient(canvas, 0, 0.70, lit(wall, inside), lit(mixed(wall, (190, 140, 110), 0.18), inside))
    for x in np.arange(0.05, 1.0, 0.1):
        box(canvas, x, 0, x + 0.05, 0.70, lit(mixed(wall, (255, 255, 255), 0.16), inside))
    _floor(canvas, inside, rng)
    swapped = rng.random() < 0.5
    window(canvas, light, rng, 0.16 if swapped else 0.52, 0.18)
    _picture(canvas, inside, rng, 0.66 if swapped else 0.22)
    _lamp(canvas, inside, 0.90 if swapped else 0.10, on=light.lamps)


def _floor(canvas: Pixels, inside: Light, rng: np.random.Generator) -> None:
    wood: Colour = (176, 118, 72)
    box(canvas, 0, 0.70, 1, 1, lit(wood, inside))
    for row, top in enumerate(np.linspace(0.70, 1, 6)[:-1]):
        for x in np.arange(-0.3 + 0.17 * (row % 2), 1, 0.34):
            box(canvas, x, top, x + 0.33, top + 0.052, lit(varied((190, 130, 82), rng, 9), inside))
    box(canvas, 0, 0.675, 1, 0.70, lit((250, 244, 232), inside))
    rugs: tuple[Colour, ...] = ((198, 84, 84), (74, 132, 160), (120, 150, 96))
    rug = rugs[int(rng.integers(3))]
    oval(canvas, 0.5, 0.88, 0.36, 0.085, lit(rug, inside))
    oval(canvas, 0.5, 0.88, 0.30, 0.064, lit(mixed(rug, (255, 236, 200), 0.4), inside))


def _picture(canvas: Pixels, inside: Light, rng: np.random.Generator, left: float) -> None:
    box(canvas, left, 0.24, left + 0.16, 0.42, lit((142, 92, 58), inside))
    box(canvas, left + 0.015, 0.255, left + 0.145, 0.405, lit((236, 240, 232), inside))
    hill = np.array(((0.02, 0.40), (0.06, 0.32), (0.09, 0.36), (0.12, 0.31), (0.14, 0.40)), np.float32)
    polygon(canvas, hill + np.array((left, 0), np.float32), lit(varied((96, 150, 140), rng, 20), inside))


def _lamp(canvas: Pixels, inside: Light, x: float, *, on: bool) -> None:
    box(canvas, x - 0.006, 0.44, x + 0.006, 0.78, lit((96, 84, 84), inside))
    oval(canvas, x, 0.78, 0.05, 0.012, lit((96, 84, 84), inside))
    if on:
        glow(canvas, x, 0.40, 0.42, LAMP, 0.75)
    shade = np.array(((-0.04, 0.34), (0.04, 0.34), (0.07, 0.45), (-0.07, 0.45)), np.float32)
    polygon(canvas, shade + np.array((x, 0), np.float32), (255, 232, 160) if on else lit((240, 196, 120), inside))


def _sky(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    gradient(canvas, 0, 1, varied(light.zenith, rng, 7), mixed(light.horizon, (255, 255, 255), 0.25 * light.gain[0]))
    if light is LIGHTS["night"]:
        stars(canvas, rng, 70, 0.9)
        moon(canvas, light, rng)
    elif light is not LIGHTS["rain"]:
        x, y = rng.uniform(0.25, 0.75), 0.19 if light is LIGHTS["day"] else 0.62
        glow(canvas, x, y, 0.45, light.glow, 0.9)
        disc(canvas, x, y, 0.06 if light is LIGHTS["day"] else 0.085, (255, 242, 170))
    puff = lit((255, 255, 255), light)
    for x, y in zip((0.12, 0.86, 0.30, 0.72), (0.40, 0.32, 0.64, 0.58), strict=True):
        cloud(canvas, x + rng.uniform(-0.1, 0.1), y + rng.uniform(-0.05, 0.05), rng.uniform(0.05, 0.08), puff)
    for x in np.linspace(0, 1, 6) + rng.uniform(-0.05, 0.05, 6):
        cloud(canvas, float(x), rng.uniform(0.92, 1.0), rng.uniform(0.10, 0.14), mixed(puff, light.horizon, 0.2))


_PLACES: Mapping[str, Painter] = {
    "beach": _beach,
    "meadow": _meadow,
    "snow": _snow,
    "desert": _desert,
    "forest": _forest,
    "city": _city,
    "sea": _sea,
    "underwater": _underwater,
    "space": _space,
    "mountains": _mountains,
    "room": _room,
    "sky": _sky,
}
