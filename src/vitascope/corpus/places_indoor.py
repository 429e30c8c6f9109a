"""Places under a roof: a room, a kitchen, and a stage. The hour is seen through a window or on the backdrop."""

import math

import numpy as np

from vitascope.corpus.brushes import (
    LIGHTS,
    Colour,
    Light,
    box,
    cutout,
    disc,
    glow,
    gradient,
    lit,
    mixed,
    moved,
    oval,
    polygon,
    receding,
    ridge,
    rolling,
    varied,
)
from vitascope.corpus.scenery import LAMP, cloud, stars, window
from vitascope.types import Pixels


def _indoors(light: Light) -> Light:
    """The light within: lamps in the evening, daylight else, rain or shine."""
    dim = light if light.lamps else LIGHTS["day"]
    return Light(
        zenith=dim.zenith,
        horizon=dim.horizon,
        veil=(255, 190, 110),
        veiled=0.14 if light.lamps else 0.0,
        gain=(0.78, 0.68, 0.66) if light.lamps else (1, 1, 1),
        glow=dim.glow,
    )


def room(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """A striped wall with a window and a picture, a floor of boards with a rug."""
    inside = _indoors(light)
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


def kitchen(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Tiles and a window over a counter, a stove with a pot under its hood, a checked floor."""
    inside, swapped = _indoors(light), rng.random() < 0.5
    _tiles(canvas, inside, rng)
    window(canvas, light, rng, 0.16 if swapped else 0.54, 0.15)
    fronts: tuple[Colour, ...] = ((72, 150, 156), (92, 132, 176), (112, 160, 122))
    front = varied(fronts[int(rng.integers(3))], rng, 8)
    cook = 0.70 if swapped else 0.30
    _hood(canvas, inside, cook)
    _counter(canvas, inside, front)
    _stove(canvas, inside, cook, hot=light.lamps)
    _jars(canvas, inside, rng, 0.18 if swapped else 0.60)
    floor = [lit(tone, inside) for tone in ((240, 236, 226), (206, 122, 92))]
    receding(canvas, (0.72, 0.765, 0.825, 0.905, 1.02), 0.5, 0.20, floor, 0.55)
    _pendant(canvas, inside, 0.5, on=light.lamps)


def _tiles(canvas: Pixels, inside: Light, rng: np.random.Generator) -> None:
    """A wall of small square tiles, a few of them coloured."""
    box(canvas, 0, 0, 1, 0.72, lit((196, 220, 214), inside))
    accents: tuple[Colour, ...] = ((150, 206, 196), (250, 214, 130), (178, 206, 232))
    accent = accents[int(rng.integers(3))]
    for y in np.arange(0.0, 0.54, 0.06):
        for x in np.arange(0.0, 1.0, 0.06):
            tone = accent if rng.random() < 0.12 else varied((236, 246, 240), rng, 4)
            box(canvas, x + 0.003, y + 0.003, x + 0.057, y + 0.057, lit(tone, inside))


def _hood(canvas: Pixels, inside: Light, x: float) -> None:
    """A cooker hood of steel."""
    steel, dark = lit((206, 212, 220), inside), lit((158, 166, 178), inside)
    box(canvas, x - 0.045, 0, x + 0.045, 0.20, steel)
    box(canvas, x + 0.018, 0, x + 0.045, 0.20, dark)
    polygon(canvas, ((x - 0.05, 0.19), (x + 0.05, 0.19), (x + 0.13, 0.27), (x - 0.13, 0.27)), steel)
    box(canvas, x - 0.13, 0.265, x + 0.13, 0.29, dark)


def _counter(canvas: Pixels, inside: Light, front: Colour) -> None:
    """Cupboards with doors and knobs under a wooden board."""
    edge, panel = lit(mixed(front, (20, 40, 60), 0.30), inside), lit(mixed(front, (255, 255, 255), 0.16), inside)
    box(canvas, 0, 0.545, 1, 0.72, lit(front, inside))
    box(canvas, 0, 0.705, 1, 0.725, lit((84, 74, 76), inside))
    for left in np.arange(-0.02, 1.0, 0.13):
        box(canvas, left, 0.55, left + 0.005, 0.705, edge)
        box(canvas, left + 0.020, 0.575, left + 0.115, 0.690, panel)
        disc(canvas, left + 0.030, 0.630, 0.007, lit((250, 222, 140), inside))
    box(canvas, 0, 0.515, 1, 0.545, lit((206, 154, 102), inside))
    box(canvas, 0, 0.515, 1, 0.523, lit((232, 188, 138), inside))


def _stove(canvas: Pixels, inside: Light, x: float, *, hot: bool) -> None:
    """A white stove with an oven door, and on it a red pot that steams."""
    white, dark = lit((246, 246, 248), inside), lit((66, 68, 82), inside)
    box(canvas, x - 0.12, 0.505, x + 0.12, 0.725, white)
    box(canvas, x - 0.12, 0.505, x + 0.12, 0.520, dark)
    for knob in np.linspace(x - 0.09, x + 0.09, 5):
        disc(canvas, float(knob), 0.543, 0.010, dark)
    box(canvas, x - 0.095, 0.570, x + 0.095, 0.700, dark)
    box(canvas, x - 0.080, 0.592, x + 0.080, 0.686, (250, 172, 84) if hot else lit((112, 116, 134), inside))
    for puff, size in ((0.0, 0.020), (0.018, 0.026), (-0.006, 0.032)):
        disc(canvas, x - 0.03 + puff, 0.385 - 2.4 * (size - 0.020) * 2, size, lit((232, 244, 242), inside))
    red = lit((214, 70, 62), inside)
    box(canvas, x - 0.085, 0.430, x + 0.030, 0.505, red)
    box(canvas, x - 0.100, 0.447, x + 0.045, 0.460, lit((150, 44, 48), inside))
    oval(canvas, x - 0.0275, 0.430, 0.060, 0.014, lit((236, 108, 92), inside))
    disc(canvas, x - 0.0275, 0.413, 0.010, lit((66, 68, 82), inside))


def _jars(canvas: Pixels, inside: Light, rng: np.random.Generator, x: float) -> None:
    """Jars and a plant on the counter."""
    fills: tuple[Colour, ...] = ((236, 176, 84), (206, 88, 70), (148, 178, 92), (176, 120, 84))
    for number in range(3):
        left, high = x + 0.068 * number, rng.uniform(0.055, 0.085)
        box(canvas, left, 0.515 - high, left + 0.048, 0.515, lit(fills[int(rng.integers(4))], inside))
        box(canvas, left + 0.006, 0.522 - high, left + 0.014, 0.507, lit((255, 246, 226), inside))
        box(canvas, left - 0.003, 0.500 - high, left + 0.051, 0.517 - high, lit((150, 104, 72), inside))


def _pendant(canvas: Pixels, inside: Light, x: float, *, on: bool) -> None:
    """A lamp that hangs from the ceiling."""
    box(canvas, x - 0.004, 0, x + 0.004, 0.16, lit((80, 78, 88), inside))
    if on:
        glow(canvas, x, 0.24, 0.48, LAMP, 0.75)
    disc(canvas, x, 0.222, 0.024, (255, 246, 208) if on else lit((250, 240, 214), inside))
    polygon(
        canvas,
        ((x - 0.016, 0.15), (x + 0.016, 0.15), (x + 0.070, 0.222), (x - 0.070, 0.222)),
        lit((232, 182, 74), inside),
    )


def stage(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Boards between red curtains; the sky of the hour is painted on the backdrop and hangs from strings."""
    inside = _indoors(light)
    _backdrop(canvas, light, rng)
    boards = [lit(varied(tone, rng, 7), inside) for tone in ((196, 136, 84), (176, 116, 70), (208, 150, 96))]
    receding(canvas, (0.66, 0.90), 0.5, 0.16, boards, 0.45)
    _beams(canvas, light, rng.uniform(0.02, 0.10))
    red = varied((190, 34, 48), rng, 10)
    for side in (0, 1):
        _curtain(canvas, inside, rng, red, side)
    _valance(canvas, inside, red)
    _apron(canvas, inside, on=light.lamps)


def _backdrop(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """A painted sky with cardboard sun, moon or clouds on strings, and cardboard hills."""
    gradient(canvas, 0, 0.68, light.zenith, light.horizon)
    string = mixed(light.zenith, (255, 255, 255), 0.45)
    for x, y in ((rng.uniform(0.28, 0.42), 0.36), (rng.uniform(0.58, 0.72), 0.30)):
        box(canvas, x - 0.0025, 0, x + 0.0025, y, string)
        cloud(canvas, x, y + 0.02, 0.045, mixed(lit((250, 250, 255), light), light.horizon, 0.15))
    x, y = 0.5 + rng.uniform(-0.05, 0.05), 0.34 if light is not LIGHTS["sunset"] else 0.52
    box(canvas, x - 0.0025, 0, x + 0.0025, y, string)
    if light is LIGHTS["night"]:
        stars(canvas, rng, 24, 0.6)
        disc(canvas, x, y, 0.070, (250, 244, 214))
        disc(canvas, x + 0.032, y - 0.016, 0.058, mixed(light.zenith, light.horizon, 0.5))
    elif light is LIGHTS["rain"]:
        _cardboard_rain(canvas, x, y)
    else:
        _cardboard_sun(canvas, x, y)
    ridge(canvas, rolling(rng, 0.58, 0.035, rng.uniform(1.5, 2.4)), lit((112, 176, 108), light))
    ridge(canvas, rolling(rng, 0.62, 0.020, rng.uniform(1.5, 2.4)), lit((78, 146, 92), light))


def _cardboard_sun(canvas: Pixels, x: float, y: float) -> None:
    for turn in np.radians(np.arange(0, 360, 30)):
        way, across = np.array((np.cos(turn), np.sin(turn))), np.array((-np.sin(turn), np.cos(turn)))
        spike = (way * 0.062 - across * 0.016, way * 0.105, way * 0.062 + across * 0.016)
        polygon(canvas, moved(spike, x, y), (250, 178, 62))
    disc(canvas, x, y, 0.066, (255, 216, 92))


def _cardboard_rain(canvas: Pixels, x: float, y: float) -> None:
    for row, drops in enumerate((4, 3)):
        for drop in range(drops):
            at, top = x + 0.038 * (drop - (drops - 1) / 2), y + 0.05 + 0.055 * row
            polygon(canvas, ((at, top - 0.028), (at + 0.011, top), (at - 0.011, top)), (96, 150, 216))
            disc(canvas, at, top, 0.011, (96, 150, 216))
    cloud(canvas, x, y, 0.075, (104, 116, 142))


def _beams(canvas: Pixels, light: Light, aside: float) -> None:
    """Two spotlights from above, crossing, and their pools on the boards; strong in the evening."""
    bright = canvas.copy()
    turn = np.linspace(0, np.pi, 24)
    for x in (0.16, 0.84):
        foot = 0.5 + math.copysign(aside, 0.5 - x)
        pool = np.stack((foot + 0.17 * np.cos(turn), 0.77 + 0.05 * np.sin(turn)), axis=1)
        lamp = ((x - 0.02, 0.05), (x + 0.02, 0.05))
        once = canvas + (np.array((255, 244, 206), np.float32) - canvas) * (0.24 if light.lamps else 0.13)
        cutout(bright, once.astype(np.uint8), (*lamp, *pool))
    canvas[:] = bright


def _curtain(canvas: Pixels, inside: Light, rng: np.random.Generator, red: Colour, side: int) -> None:
    """Velvet in folds at one side, gathered at half its height."""
    edge = np.array((0.235, 0.225, 0.205, 0.185, 0.180, 0.205, 0.225, 0.235)) + rng.uniform(-0.008, 0.008)
    y = np.array((0.0, 0.16, 0.30, 0.44, 0.52, 0.60, 0.72, 0.86))
    for fold in range(7, 0, -1):
        x = edge * fold / 7
        shape = np.concatenate((np.stack((x, y), axis=1), ((-0.01, 0.86), (-0.01, 0.0))))
        shape[:, 0] = shape[:, 0] if side == 0 else 1 - shape[:, 0]
        polygon(canvas, shape, lit(mixed(red, (70, 4, 32), (0.10, 0.55)[fold % 2]), inside))
    left, right = (0.0, 0.19) if side == 0 else (0.81, 1.0)
    box(canvas, left, 0.49, right, 0.515, lit((240, 190, 80), inside))


def _valance(canvas: Pixels, inside: Light, red: Colour) -> None:
    """The short curtain above, in scallops with a golden fringe."""
    gold = lit((240, 190, 80), inside)
    for x in np.linspace(0, 1, 8):
        oval(canvas, float(x), 0.165, 0.086, 0.085, gold)
    for x in np.linspace(0, 1, 8):
        oval(canvas, float(x), 0.150, 0.086, 0.085, lit(mixed(red, (70, 4, 32), 0.22), inside))
        oval(canvas, float(x), 0.130, 0.050, 0.080, lit(red, inside))
    box(canvas, 0, 0, 1, 0.145, lit(mixed(red, (70, 4, 32), 0.35), inside))


def _apron(canvas: Pixels, inside: Light, *, on: bool) -> None:
    """The front edge of the stage with its row of footlights."""
    box(canvas, 0, 0.845, 1, 1, lit((104, 40, 44), inside))
    box(canvas, 0, 0.845, 1, 0.860, lit((240, 190, 80), inside))
    for x in np.arange(0.05, 1.0, 0.10):
        if on:
            glow(canvas, x, 0.835, 0.08, LAMP, 0.8)
        disc(canvas, x, 0.845, 0.022, (255, 240, 180) if on else lit((250, 226, 160), inside))
        box(canvas, x - 0.026, 0.845, x + 0.026, 0.872, lit((214, 160, 66), inside))
