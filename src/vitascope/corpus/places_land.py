"""Places on land: meadow, snow, desert, forest, mountains; jungle, volcano and cave."""

import numpy as np

from vitascope.corpus.brushes import (
    LIGHTS,
    Colour,
    Light,
    blank,
    box,
    cutout,
    disc,
    glow,
    gradient,
    jagged,
    lit,
    mixed,
    polygon,
    ridge,
    rolling,
    stroke,
    surround,
    varied,
)
from vitascope.corpus.scenery import cactus, fern, glitter, heaven, mesa, peaks, pine, round_tree, trunk
from vitascope.corpus.scenery_wild import (
    blade,
    blossom,
    canopy,
    cone,
    crack,
    crystals,
    giant_leaves,
    glowing,
    liana,
    smoke,
    thicket,
    waterfall,
)
from vitascope.types import Floats, Pixels


def meadow(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Rolling green hills with a few round trees and flowers."""
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


def snow(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """White hills with snowy firs, and flakes in the air."""
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


def desert(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Dunes with a cactus on each side before table mountains."""
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


def forest(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Three depths of trunks under a closed roof of leaves."""
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


def mountains(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Two ranges with snowy tops behind a lake."""
    heaven(canvas, light, rng, 0.66, clouds=2)
    peaks(canvas, light, rng, 0.66, 0.34, 4, (150, 164, 204))
    peaks(canvas, light, rng, 0.70, 0.42, 3, (112, 116, 152))
    lake = 0.70 + rng.uniform(-0.01, 0.01)
    gradient(canvas, lake, 0.84, lit((120, 190, 226), light), lit((58, 128, 186), light))
    glitter(canvas, light, rng, lake, 0.80)
    ridge(canvas, rolling(rng, 0.83, 0.014, 1.2), lit(varied((88, 142, 84), rng), light))
    for x in np.concatenate((rng.uniform(-0.02, 0.30, 4), rng.uniform(0.70, 1.02, 4))):
        pine(canvas, light, rng, float(x), rng.uniform(0.88, 0.94), rng.uniform(0.13, 0.22), snowy=False)


def jungle(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """A clearing before a waterfall, hung with lianas, and broad leaves close by on all sides."""
    gradient(canvas, 0, 1, lit((232, 248, 186), light), lit((132, 208, 160), light))
    if light.lamps:
        glow(canvas, 0.5, 0.35, 0.6, mixed(light.horizon, light.glow, 0.2), 0.7)
    way = 1 if rng.random() < 0.5 else -1
    thicket(canvas, rng, 0.44, 0.09, lit((178, 228, 162), light))
    waterfall(canvas, light, rng, 0.5 - way * rng.uniform(0.10, 0.16))
    thicket(canvas, rng, 0.66, 0.05, lit((128, 198, 124), light), gap=0.5 - way * 0.13)
    for aside in (0.04, 0.19):
        giant_leaves(canvas, light, rng, 0.5 + way * (aside + rng.uniform(-0.03, 0.03)), 0.76, rng.uniform(0.32, 0.44))
    thicket(canvas, rng, 0.78, 0.055, lit((72, 158, 92), light))
    canopy(canvas, rng, 0.16, 0.075, lit((62, 144, 92), light))
    trunk(canvas, 0.5 + way * 0.30, 0.90, 0.085, lit((98, 72, 50), light))
    trunk(canvas, 0.5 + way * 0.308, 0.90, 0.030, lit((126, 98, 62), light))
    for left in (rng.uniform(0.02, 0.20), rng.uniform(0.40, 0.60)):
        liana(canvas, light, rng, left, left + rng.uniform(0.30, 0.42))
    canopy(canvas, rng, 0.06, 0.085, lit((24, 98, 66), light))
    thicket(canvas, rng, 0.90, 0.05, lit((34, 116, 66), light))
    _leaves(canvas, light, rng)


def _leaves(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Fans of broad leaves from both lower corners and the upper ones, with flowers between."""
    petals: tuple[Colour, ...] = ((244, 72, 96), (255, 140, 60), (248, 120, 200))
    for side in (0, 1):
        for turn in (-86, -62, -38, -14):
            angle = turn + rng.uniform(-7, 7) if side == 0 else 180 - turn + rng.uniform(-7, 7)
            leaf, foot = varied((26, 128, 72), rng, 14), (0.10 if side == 0 else 0.90, 0.92)
            blade(canvas, light, foot, angle, (rng.uniform(0.24, 0.32), 0.050), leaf)
        for turn in (18, 48):
            angle = turn + rng.uniform(-8, 8) if side == 0 else 180 - turn + rng.uniform(-8, 8)
            foot = (0.06 if side == 0 else 0.94, 0.12)
            blade(canvas, light, foot, angle, (rng.uniform(0.24, 0.30), 0.040), varied((20, 108, 64), rng, 10))
        for x, y in rng.uniform((0.13, 0.74), (0.26, 0.86), (3, 2)):
            place = float(x) if side == 0 else 1 - float(x)
            blossom(canvas, light, place, float(y), rng.uniform(0.014, 0.020), petals[int(rng.integers(3))])


def volcano(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """A smoking cone with streams of lava over black, cracked ground."""
    heaven(canvas, light, rng, 0.72, warm=0.5, clouds=0)
    x = 0.5 + rng.uniform(-0.12, 0.12)
    glow(canvas, x, 0.40, 0.55, glowing((255, 96, 50), light, 0.6), 0.45)
    smoke(canvas, light, rng, x, 0.36)
    ridge(canvas, jagged(rng, 0.72, 0.16, 6), lit((150, 104, 108), light))
    cone(canvas, light, rng, x, 0.76)
    for px, py in rng.uniform((x - 0.16, 0.14), (x + 0.16, 0.34), (9, 2)):
        disc(canvas, px, py, rng.uniform(0.004, 0.008), glowing((255, 190, 80), light))
    for level, tone in ((0.71, (86, 64, 72)), (0.78, (64, 48, 58)), (0.88, (46, 36, 46))):
        ground = rolling(rng, level, 0.016, rng.uniform(1.2, 2.2))
        ridge(canvas, ground - 0.007, lit(mixed(tone, (190, 120, 100), 0.35), light))
        ridge(canvas, ground, lit(tone, light))
    for number, level in enumerate((0.755, 0.765, 0.83, 0.845, 0.93, 0.95)):
        place = (0.25 + 0.5 * (number % 2)) + rng.uniform(-0.16, 0.16)
        crack(canvas, light, rng, place, level, 0.30 * (level - 0.45))


def cave(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Rock all round with a mouth to the day, hanging and standing stones, and crystals that shine."""
    x = 0.5 + (1 if rng.random() < 0.5 else -1) * rng.uniform(0.10, 0.16)
    gradient(canvas, 0, 0.72, lit((122, 94, 104), light), lit((156, 122, 116), light))
    _mouth(canvas, light, rng, x)
    ridge(canvas, rolling(rng, 0.70, 0.012, 1.6), lit((134, 106, 102), light))
    _spill(canvas, light, x)
    _stones(canvas, rng, 9, (0.20, 0.10), lit((106, 80, 92), light))
    surround(canvas, _hollow(rng, 0.46, 0.20, 0.84), lit((84, 62, 78), light))
    shine: tuple[Colour, ...] = ((70, 214, 236), (196, 112, 250), (96, 236, 176))
    _stones(canvas, rng, 6, (0.17, 0.16), lit((60, 44, 62), light))
    first = int(rng.integers(3))
    for number, side in enumerate((0.20, 0.80)):
        crystals(canvas, light, rng, side + rng.uniform(-0.03, 0.03), 0.85, shine[(first + number) % 3])
    surround(canvas, _hollow(rng, 0.52, 0.10, 0.93), lit((60, 44, 62), light))


def _mouth(canvas: Pixels, light: Light, rng: np.random.Generator, x: float) -> None:
    """The way out, with the sky of the hour and a hill."""
    outside = blank(len(canvas))
    heaven(outside, light, rng, 0.66, clouds=1)
    if light is LIGHTS["night"]:
        disc(outside, x + 0.06, 0.42, 0.04, (248, 244, 222))
    elif light is LIGHTS["rain"]:
        for px, py in rng.uniform((x - 0.2, 0.28), (x + 0.2, 0.72), (40, 2)):
            stroke(outside, ((px, py), (px - 0.008, py + 0.035)), (208, 218, 230), 0.004)
    ridge(outside, rolling(rng, 0.60, 0.03, 2), lit((112, 186, 96), light))
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rough = 1 + rng.uniform(-0.07, 0.07, 24)
    outline = np.stack((x + 0.17 * rough * np.cos(turn), 0.52 + 0.23 * rough * np.sin(turn)), axis=1)
    polygon(canvas, (outline - (x, 0.52)) * 1.12 + (x, 0.52), lit((186, 152, 136), light))
    cutout(canvas, outside, outline)
    glow(canvas, x, 0.50, 0.34, mixed(light.horizon, light.glow, 0.4), 0.35)


def _spill(canvas: Pixels, light: Light, x: float) -> None:
    """Daylight that falls through the mouth onto the floor."""
    bright = mixed(light.horizon, light.glow, 0.4)
    lighter = canvas + (np.array(bright, np.float32) - canvas) * 0.34
    foot = 0.5 - (x - 0.5) * 0.6
    cutout(
        canvas, lighter.astype(np.uint8), ((x - 0.11, 0.70), (x + 0.11, 0.70), (foot + 0.20, 0.95), (foot - 0.22, 0.95))
    )


def _hollow(rng: np.random.Generator, wide: float, top: float, foot: float) -> Floats:
    """The outline of a chamber about the middle of the picture."""
    turn = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    rough, high = 1 + rng.uniform(-0.05, 0.05, 36), (foot - top) / 2
    bow = np.stack((np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.7, np.sin(turn)), axis=1)
    return np.asarray(bow * rough[:, None] * (wide, high) + (0.5, top + high), np.float32)


def _stones(canvas: Pixels, rng: np.random.Generator, count: int, size: tuple[float, float], rock: Colour) -> None:
    """Stones that hang from ``size[0]`` above, and a few that stand at the sides."""
    level, long = size
    for x in (np.arange(count) + rng.uniform(0.2, 0.8, count)) / count:
        wide, reach = rng.uniform(0.022, 0.040), long * rng.uniform(0.6, 1.3)
        polygon(canvas, ((x - wide, level - 0.10), (x + wide, level - 0.10), (x, level + reach)), rock)
    for x in np.concatenate((rng.uniform(0.08, 0.30, 2), rng.uniform(0.70, 0.92, 2))):
        wide, foot = rng.uniform(0.026, 0.044), 0.64 + level
        polygon(canvas, ((x - wide, foot), (x + wide, foot), (x, foot - long * rng.uniform(0.7, 1.2))), rock)
