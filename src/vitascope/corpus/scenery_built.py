"""What people have built in painted places: barns and fences, cottages and churches, towers and walls."""

import numpy as np

from vitascope.corpus.brushes import Colour, Light, box, disc, lit, mixed, moved, oval, polygon, stroke, varied
from vitascope.corpus.scenery import LAMP
from vitascope.types import Pixels

STONE: Colour = (208, 198, 190)


def pane(light: Light) -> Colour:
    """A window seen from outside: lit from within in the evening."""
    return LAMP if light.lamps else lit((86, 104, 132), light)


def barn(canvas: Pixels, light: Light, x: float, foot: float, wide: float) -> None:
    """A red barn with a broken roof, white edges, and a door with a cross."""
    half, eaves, top = wide / 2, foot - wide * 0.62, foot - wide * 1.08
    gable = ((-half, foot), (-half, eaves), (-half * 0.62, top + wide * 0.16), (0, top))
    shape = moved((*gable, (half * 0.62, top + wide * 0.16), (half, eaves), (half, foot)), x, 0)
    polygon(canvas, shape, lit((192, 58, 46), light))
    for left in np.arange(x - half + wide * 0.1, x + half - 0.01, wide * 0.1):
        box(canvas, left, eaves, left + 0.004, foot, lit((164, 44, 38), light))
    white = lit((248, 240, 228), light)
    stroke(canvas, moved(shape[1:6], 0, -0.006), lit((96, 84, 88), light), 0.026)
    stroke(canvas, moved(shape[1:6], 0, 0.012), white, 0.009)
    _barn_door(canvas, light, x, foot, wide)


def _barn_door(canvas: Pixels, light: Light, x: float, foot: float, wide: float) -> None:
    white, half, top = lit((248, 240, 228), light), wide * 0.22, foot - wide * 0.42
    box(canvas, x - half, top, x + half, foot, lit((150, 40, 36), light))
    corners = ((x - half, top), (x + half, top), (x + half, foot), (x - half, foot), (x - half, top), (x + half, foot))
    stroke(canvas, (*corners, (x + half, top), (x - half, foot)), white, 0.009)
    loft = foot - wide * 0.68
    box(canvas, x - wide * 0.10, loft - wide * 0.16, x + wide * 0.10, loft, white)
    box(canvas, x - wide * 0.07, loft - wide * 0.13, x + wide * 0.07, loft - wide * 0.03, pane(light))


def silo(canvas: Pixels, light: Light, x: float, foot: float, high: float) -> None:
    """A round store of corn with a domed lid."""
    wide, top = high * 0.15, foot - high
    disc(canvas, x, top, wide, lit((150, 160, 172), light))
    box(canvas, x - wide, top, x + wide, foot, lit((206, 208, 206), light))
    box(canvas, x + wide * 0.35, top, x + wide, foot, lit((174, 178, 182), light))
    for y in np.arange(top, foot, high * 0.16):
        box(canvas, x - wide, y, x + wide, y + 0.005, lit((150, 154, 160), light))


def fence(canvas: Pixels, light: Light, top: float, foot: float) -> None:
    """A white fence from edge to edge."""
    white, high = lit((250, 246, 238), light), foot - top
    for y in (top + high * 0.28, top + high * 0.66):
        box(canvas, 0, y, 1, y + high * 0.13, white)
    for x in np.arange(0.01, 1.0, 0.075):
        box(canvas, x, top, x + 0.015, foot, white)
        box(canvas, x + 0.011, top, x + 0.015, foot, lit((206, 204, 206), light))


def bale(canvas: Pixels, light: Light, x: float, foot: float, size: float) -> None:
    """A round bale of straw, its rolled end towards us."""
    straw, dark = lit((236, 196, 92), light), lit((196, 148, 58), light)
    oval(canvas, x, foot, size * 1.2, size * 0.22, lit((92, 110, 50), light))
    disc(canvas, x, foot - size * 0.9, size, dark)
    for share, tone in ((0.9, straw), (0.62, dark), (0.52, straw), (0.26, dark), (0.16, straw)):
        disc(canvas, x, foot - size * 0.9, size * share, tone)


def tower(
    canvas: Pixels, light: Light, at: tuple[float, float], size: tuple[float, float], roof: Colour, flag: Colour
) -> None:
    """A round tower of a castle, standing ``at``, with a pointed roof and a flag."""
    (x, foot), (wide, high) = at, size
    half, top = wide / 2, foot - high
    tip = top - wide * 1.35
    polygon(canvas, ((x, tip - 0.045), (x + 0.052, tip - 0.030), (x, tip - 0.012)), lit(flag, light))
    stroke(canvas, ((x, tip - 0.05), (x, tip + 0.02)), lit((110, 92, 84), light), 0.006)
    box(canvas, x - half, top, x + half, foot, lit(STONE, light))
    box(canvas, x + half * 0.30, top, x + half, foot, lit(mixed(STONE, (104, 96, 128), 0.35), light))
    for share, tone in ((1.0, roof), (0.30, mixed(roof, (20, 16, 60), 0.28))):
        left = x - half * 1.28 if share == 1.0 else x + half * share
        polygon(canvas, ((left, top + 0.012), (x + half * 1.28, top + 0.012), (x, tip)), lit(tone, light))
    _slits(canvas, light, x, top + wide * 0.35, foot)


def _slits(canvas: Pixels, light: Light, x: float, top: float, foot: float) -> None:
    """Arched windows one above the other."""
    for y in np.arange(top, foot - 0.10, 0.13):
        disc(canvas, x, float(y) + 0.014, 0.013, pane(light))
        box(canvas, x - 0.013, y + 0.014, x + 0.013, y + 0.042, pane(light))


def rampart(canvas: Pixels, light: Light, rng: np.random.Generator, span: tuple[float, float, float, float]) -> None:
    """A castle wall with battlements and some bare stones between ``left, top, right, foot``."""
    left, top, right, foot = span
    wall = mixed(STONE, (255, 250, 240), 0.15)
    box(canvas, left, top, right, foot, lit(wall, light))
    for x in np.arange(left, right - 0.02, 0.052):
        box(canvas, x, top - 0.028, x + 0.030, top + 0.002, lit(wall, light))
    box(canvas, left, top + 0.022, right, top + 0.030, lit(mixed(wall, (90, 84, 110), 0.3), light))
    for x, y in rng.uniform((left, top + 0.05), (right - 0.04, foot - 0.03), (12, 2)):
        box(canvas, x, y, x + 0.034, y + 0.017, lit(mixed(wall, (120, 104, 110), 0.26), light))


def gate(canvas: Pixels, light: Light, x: float, foot: float, wide: float) -> None:
    """An arched gate with a portcullis."""
    half, spring = wide / 2, foot - wide * 0.75
    for grow, tone in ((0.022, mixed(STONE, (96, 88, 112), 0.5)), (0.0, (74, 52, 48))):
        disc(canvas, x, spring, half + grow, lit(tone, light))
        box(canvas, x - half - grow, spring, x + half + grow, foot, lit(tone, light))
    bars = lit((150, 116, 84), light)
    for bar in np.linspace(x - half * 0.66, x + half * 0.66, 4):
        box(canvas, bar - 0.004, spring - half * 0.6, bar + 0.004, foot, bars)
    for y in np.linspace(spring, foot - 0.02, 3):
        box(canvas, x - half, y, x + half, y + 0.007, bars)


def cottage(
    canvas: Pixels,
    light: Light,
    rng: np.random.Generator,
    at: tuple[float, float],
    wide: float,
    colours: tuple[Colour, Colour],
) -> None:
    """A timbered house, gable towards us, standing ``at``; ``colours`` are of its wall and its tiles."""
    (x, foot), (wall, tiles) = at, colours
    half, eaves = wide / 2, foot - wide * rng.uniform(0.58, 0.70)
    top, beam = eaves - wide * 0.62, lit((116, 76, 56), light)
    _chimney(canvas, light, rng, x + half * 0.55, eaves - wide * 0.20, wide)
    polygon(
        canvas, ((x - half, foot), (x - half, eaves), (x, top), (x + half, eaves), (x + half, foot)), lit(wall, light)
    )
    for y in (eaves, foot - wide * 0.03):
        box(canvas, x - half, y, x + half, y + wide * 0.045, beam)
    for post in (-0.96, -0.30, 0.30, 0.88):
        box(canvas, x + half * post, eaves, x + half * post + wide * 0.04, foot, beam)
    stroke(canvas, ((x, top + wide * 0.1), (x, eaves)), beam, wide * 0.04)
    for low, tone in ((0.13, mixed(tiles, (60, 24, 40), 0.35)), (0.08, tiles)):
        slope = (
            (-1.26, 0.02),
            (0, -0.70),
            (1.26, 0.02),
            (1.26, 0.02 + low),
            (0, -0.70 + 1.5 * low),
            (-1.26, 0.02 + low),
        )
        polygon(canvas, moved(np.array(slope) * (half, wide), x, eaves), lit(tone, light))
    _door_and_windows(canvas, light, x, foot, wide)


def _chimney(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float, wide: float) -> None:
    """A chimney that smokes."""
    top = foot - wide * 0.34
    box(canvas, x - wide * 0.06, top, x + wide * 0.06, foot + wide * 0.1, lit((168, 98, 78), light))
    box(canvas, x - wide * 0.08, top - wide * 0.03, x + wide * 0.08, top + wide * 0.02, lit((136, 78, 66), light))
    for number in range(4):
        size = wide * (0.05 + 0.028 * number)
        puff = mixed(lit((240, 240, 244), light), light.horizon, 0.25)
        disc(
            canvas,
            x + wide * 0.05 * number + rng.uniform(-0.005, 0.005),
            top - wide * (0.08 + 0.12 * number),
            size,
            puff,
        )


def _door_and_windows(canvas: Pixels, light: Light, x: float, foot: float, wide: float) -> None:
    box(canvas, x - wide * 0.10, foot - wide * 0.36, x + wide * 0.10, foot, lit((112, 70, 50), light))
    disc(canvas, x + wide * 0.06, foot - wide * 0.17, wide * 0.016, lit((240, 206, 110), light))
    for middle in (x - wide * 0.31, x + wide * 0.31):
        left, right, top, low = middle - wide * 0.10, middle + wide * 0.10, foot - wide * 0.42, foot - wide * 0.20
        box(
            canvas,
            left - wide * 0.03,
            top - wide * 0.03,
            right + wide * 0.03,
            low + wide * 0.03,
            lit((250, 246, 236), light),
        )
        box(canvas, left, top, right, low, pane(light))
        box(canvas, middle - wide * 0.012, top, middle + wide * 0.012, low, lit((250, 246, 236), light))


def church(canvas: Pixels, light: Light, x: float, foot: float) -> None:
    """A white church: a nave, a steeple with a clock, a pointed roof."""
    wall, shade, slate = lit((246, 240, 228), light), lit((210, 202, 204), light), lit((92, 104, 136), light)
    box(canvas, x, foot - 0.15, x + 0.17, foot, shade)
    polygon(
        canvas, ((x + 0.02, foot - 0.24), (x + 0.15, foot - 0.24), (x + 0.19, foot - 0.14), (x, foot - 0.14)), slate
    )
    box(canvas, x - 0.05, foot - 0.28, x + 0.05, foot, wall)
    box(canvas, x + 0.02, foot - 0.28, x + 0.05, foot, shade)
    polygon(canvas, ((x - 0.065, foot - 0.275), (x + 0.065, foot - 0.275), (x, foot - 0.47)), slate)
    disc(canvas, x, foot - 0.215, 0.024, lit((250, 250, 246), light))
    stroke(canvas, ((x, foot - 0.232), (x, foot - 0.215), (x + 0.012, foot - 0.208)), lit((60, 50, 60), light), 0.005)
    for left in (x + 0.08, x + 0.13):
        disc(canvas, left, foot - 0.085, 0.012, pane(light))
        box(canvas, left - 0.012, foot - 0.085, left + 0.012, foot - 0.045, pane(light))


def cobbles(canvas: Pixels, light: Light, rng: np.random.Generator, top: float) -> None:
    """A paved square from ``top`` to the lower edge: rows of stones, larger in front."""
    box(canvas, 0, top, 1, 1, lit((186, 160, 130), light))
    y, high = top + 0.008, 0.016
    while y < 1:
        for x in np.arange(rng.uniform(-2, 0) * high, 1.05, high * 2.3):
            tone = varied((222, 198, 162), rng, 9)
            oval(canvas, float(x), y + high * 0.5, high * 1.02, high * 0.46, lit(tone, light))
        y, high = y + high, high * 1.22
