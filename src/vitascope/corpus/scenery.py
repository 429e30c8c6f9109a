"""What stands in painted places: skies, trees, houses, corals, furniture; each drawn in a given light."""

import cv2
import numpy as np

from vitascope.corpus.brushes import (
    LIGHTS,
    Colour,
    Light,
    box,
    disc,
    glow,
    gradient,
    jagged,
    lit,
    mixed,
    oval,
    polygon,
    ridge,
    stroke,
    varied,
)
from vitascope.types import Floats, Pixels

WARM_SKY: Colour = (255, 214, 150)
LAMP: Colour = (255, 222, 130)


def heaven(
    canvas: Pixels,
    light: Light,
    rng: np.random.Generator,
    bottom: float,
    *,
    pale: float = 0.0,
    warm: float = 0.0,
    clouds: int = 3,
) -> None:
    """The sky down to ``bottom``, with sun, moon and stars, or clouds as the light has them."""
    horizon = mixed(mixed(light.horizon, (255, 255, 255), pale * light.gain[0]), WARM_SKY, warm * light.gain[2])
    zenith = mixed(light.zenith, horizon, pale * 0.5)
    gradient(canvas, 0, bottom, varied(zenith, rng, 7), varied(horizon, rng, 5))
    if light is LIGHTS["night"]:
        stars(canvas, rng, 60, bottom)
        moon(canvas, light, rng)
        return
    if light is LIGHTS["sunset"]:
        x, y = rng.uniform(0.28, 0.72), bottom - rng.uniform(0.08, 0.14)
        glow(canvas, x, y, 0.55, light.glow, 0.9)
        disc(canvas, x, y, 0.085, (255, 240, 186))
    elif light is LIGHTS["day"]:
        x, y = rng.uniform(0.22, 0.78), rng.uniform(0.16, 0.22)
        glow(canvas, x, y, 0.30, light.glow, 0.9)
        disc(canvas, x, y, 0.058, (255, 240, 150))
    _clouds(canvas, light, rng, clouds, bottom)


def _clouds(canvas: Pixels, light: Light, rng: np.random.Generator, clouds: int, bottom: float) -> None:
    if light is LIGHTS["rain"]:
        for x in np.linspace(0, 1, 7):
            cloud(canvas, float(x) + rng.uniform(-0.05, 0.05), rng.uniform(0.02, 0.10), 0.14, (112, 122, 138))
        return
    white = (255, 255, 255) if light is LIGHTS["day"] else (255, 190, 170)
    for _ in range(clouds):
        y = rng.uniform(0.10, max(0.16, bottom - 0.16))
        cloud(canvas, rng.uniform(0, 1), y, rng.uniform(0.05, 0.08), mixed(white, light.horizon, 0.12))


def stars(canvas: Pixels, rng: np.random.Generator, count: int, bottom: float) -> None:
    """Points of light above ``bottom``, some bright."""
    for x, y, bright in rng.uniform((0, 0, 0.25), (1, bottom, 1), (count, 3)):
        level = 120 + 135 * bright
        disc(canvas, x, y, 0.0022 + 0.0030 * bright**3, (level, level, min(255.0, level + 14)))


def moon(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """A full moon with two seas."""
    x, y = rng.uniform(0.25, 0.75), rng.uniform(0.17, 0.22)
    glow(canvas, x, y, 0.24, light.glow, 0.45)
    disc(canvas, x, y, 0.058, (248, 244, 222))
    disc(canvas, x - 0.018, y - 0.012, 0.014, (224, 220, 200))
    disc(canvas, x + 0.018, y + 0.018, 0.010, (228, 224, 204))


def cloud(canvas: Pixels, x: float, y: float, size: float, colour: Colour) -> None:
    """A puff: five discs on a flat foot."""
    shade = mixed(colour, (120, 140, 180), 0.16)
    for lift, tone in ((0.18, shade), (0.0, colour)):
        low = y + lift * size
        oval(canvas, x, low, size * 1.75, size * 0.48, tone)
        disc(canvas, x - size * 0.75, low - size * 0.22, size * 0.52, tone)
        disc(canvas, x, low - size * 0.5, size * 0.72, tone)
        disc(canvas, x + size * 0.8, low - size * 0.2, size * 0.5, tone)


def glitter(canvas: Pixels, light: Light, rng: np.random.Generator, top: float, bottom: float) -> None:
    """Short bright strokes on water."""
    tone = mixed(lit((190, 236, 250), light), light.glow, 0.5)
    for x, y in rng.uniform((0, top + 0.012), (1, bottom), (18, 2)):
        long = 0.012 + 0.03 * (y - top) / (bottom - top)
        box(canvas, x - long, y, x + long, y + 0.006, tone)


def palm(canvas: Pixels, light: Light, rng: np.random.Generator, x: float) -> None:
    """A palm that leans towards the middle of the picture."""
    lean = 0.10 if x < 0.5 else -0.10
    foot, height = 0.80, rng.uniform(0.42, 0.48)
    t = np.linspace(0, 1, 9, dtype=np.float32)
    trunk = np.stack((x + lean * t**1.6, foot - height * t), axis=1)
    stroke(canvas, trunk, lit((142, 98, 58), light), 0.026)
    stroke(canvas, trunk - (0.004, 0), lit((176, 128, 80), light), 0.008)
    top_x, top_y = float(trunk[-1, 0]), float(trunk[-1, 1])
    for turn in (-165, -130, -50, -15, 15, 165):
        angle = np.radians(turn + rng.uniform(-8, 8))
        _frond(canvas, top_x, top_y, float(angle), lit(varied((48, 150, 70), rng), light))
    for dx in (-0.014, 0.014):
        disc(canvas, top_x + dx, top_y + 0.012, 0.014, lit((120, 76, 42), light))


def _frond(canvas: Pixels, x: float, y: float, angle: float, colour: Colour) -> None:
    t = np.linspace(0, 1, 8, dtype=np.float32)
    reach = 0.19
    spine_x, spine_y = x + np.cos(angle) * reach * t, y + np.sin(angle) * reach * 0.6 * t + 0.11 * t * t
    wide = 0.026 * np.sin(np.pi * np.clip(t * 0.92 + 0.08, 0, 1))
    above, below = np.stack((spine_x, spine_y - wide), axis=1), np.stack((spine_x, spine_y + wide * 0.4), axis=1)
    polygon(canvas, np.concatenate((above, below[::-1])), colour)


def round_tree(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float) -> None:
    """A lollipop tree of a picture book."""
    high = rng.uniform(0.10, 0.15)
    box(canvas, x - 0.009, foot - high, x + 0.009, foot, lit((120, 84, 54), light))
    leaf = varied((58, 142, 66), rng, 14)
    disc(canvas, x, foot - high, 0.062, lit(leaf, light))
    disc(canvas, x - 0.016, foot - high - 0.016, 0.036, lit(mixed(leaf, (190, 230, 110), 0.35), light))


def pine(
    canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float, high: float, *, snowy: bool
) -> None:
    """A fir of three tiers, snow on each if snowy."""
    leaf = lit(varied((42, 104, 82), rng, 10), light)
    snow = lit((248, 252, 255), light)
    box(canvas, x - high * 0.05, foot - high * 0.12, x + high * 0.05, foot, lit((96, 66, 48), light))
    for tier in range(3):
        low, wide = foot - high * (0.10 + 0.26 * tier), high * (0.34 - 0.075 * tier)
        tip = low - high * 0.42
        polygon(canvas, np.array(((x - wide, low), (x + wide, low), (x, tip)), np.float32), leaf)
        if snowy:
            cap = np.array(((x - wide * 0.55, low - high * 0.19), (x + wide * 0.55, low - high * 0.19), (x, tip)))
            polygon(canvas, cap.astype(np.float32), snow)


def mesa(canvas: Pixels, light: Light, rng: np.random.Generator, foot: float) -> None:
    """Two table mountains far away."""
    for x, wide, high in ((rng.uniform(0.1, 0.35), 0.13, 0.15), (rng.uniform(0.6, 0.9), 0.17, 0.11)):
        red = lit(varied((204, 112, 78), rng), light)
        outline = ((x - wide, foot), (x - wide * 0.7, foot - high), (x + wide * 0.7, foot - high), (x + wide, foot))
        polygon(canvas, np.array(outline, np.float32), red)
        box(
            canvas,
            x - wide * 0.78,
            foot - high * 0.70,
            x + wide * 0.78,
            foot - high * 0.58,
            lit((232, 148, 104), light),
        )


def cactus(canvas: Pixels, light: Light, x: float, foot: float, high: float) -> None:
    """A saguaro with two arms."""
    for tone, shift in (((44, 110, 66), 0.0), ((72, 150, 84), -0.006)):
        green, width = lit(tone, light), high * (0.19 if shift == 0 else 0.10)
        left, right = x - high * 0.24 + shift, x + high * 0.26 + shift
        stroke(canvas, np.array(((x + shift, foot), (x + shift, foot - high))), green, width)
        for tip, low, top in ((left, 0.41, 0.72), (right, 0.30, 0.60)):
            arm = ((x, foot - high * low), (tip, foot - high * low), (tip, foot - high * top))
            stroke(canvas, np.array(arm), green, width * 0.7)


def trunk(canvas: Pixels, x: float, foot: float, width: float, colour: Colour) -> None:
    """A tree trunk from the top of the picture to its root."""
    outline = ((x - width * 0.36, 0), (x + width * 0.36, 0), (x + width * 0.5, foot - 0.03), (x + width * 0.8, foot))
    shape = np.array((*outline, (x - width * 0.8, foot), (x - width * 0.5, foot - 0.03)), np.float32)
    polygon(canvas, shape, colour)


def fern(canvas: Pixels, light: Light, rng: np.random.Generator, x: float, foot: float) -> None:
    """A tuft of three leaves."""
    leaf = lit(varied((74, 150, 62), rng, 16), light)
    for lean in (-0.032, 0, 0.032):
        tip = (x + lean, foot - rng.uniform(0.035, 0.06))
        polygon(canvas, np.array(((x - 0.008, foot), (x + 0.008, foot), tip), np.float32), leaf)


def row_of_houses(
    canvas: Pixels,
    light: Light,
    rng: np.random.Generator,
    tops: tuple[float, float],
    colour: Colour,
    foot: float,
    houses: int,
) -> None:
    """Buildings side by side with gaps, between two heights, windows lit when lamps are."""
    step = 1 / houses
    for left in np.arange(houses) * step + rng.uniform(-0.5, 0.5) * step:
        top, wide = rng.uniform(*tops), step * rng.uniform(0.72, 0.98)
        wall = varied(colour, rng, 22)
        box(canvas, left, top, left + wide, foot, lit(wall, light))
        box(canvas, left, top, left + wide, top + 0.012, lit(mixed(wall, (255, 255, 255), 0.35), light))
        _windows(canvas, light, rng, (float(left), top, float(left) + wide, foot))


def _windows(canvas: Pixels, light: Light, rng: np.random.Generator, wall: tuple[float, float, float, float]) -> None:
    left, top, right, foot = wall
    dark = lit((70, 92, 124), light) if light.lamps else lit((206, 228, 240), light)
    across = np.arange(left + 0.014, right - 0.022, 0.034)
    down = np.arange(top + 0.030, foot - 0.03, 0.044)
    shining = rng.random((len(down), len(across))) < (0.62 if light is LIGHTS["night"] else 0.4)
    for y, row in zip(down, shining, strict=True):
        for x, on in zip(across, row, strict=True):
            box(canvas, x, y, x + 0.018, y + 0.024, LAMP if on and light.lamps else dark)


def scallops(rng: np.random.Generator, level: float, height: float, waves: float) -> Floats:
    """The crest of a row of waves ``(97,)``: round troughs, pointed tops."""
    x = np.linspace(0, 1, 97) * waves + rng.uniform()
    return (level + height * (np.abs(np.sin(np.pi * x)) * 2 - 1)).astype(np.float32)


def rays(canvas: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Slanted beams of light from above water, fading downwards."""
    side = len(canvas)
    beams = np.zeros((side, side), np.uint8)
    for x in np.linspace(0.0, 1.0, 6) + rng.uniform(-0.06, 0.06, 6):
        wide, slant = rng.uniform(0.02, 0.06), -0.22
        shape = ((x - wide, 0), (x + wide, 0), (x + slant + wide * 2.2, 0.85), (x + slant - wide * 1.2, 0.85))
        fixed = np.rint(np.array(shape) * side * 16).astype(np.int32)
        cv2.fillPoly(beams, [fixed], 255, cv2.LINE_AA, 4)
    fade = np.clip(1 - np.linspace(0, 1.2, side, dtype=np.float32), 0, 1)[:, None] * (0.34 / 255)
    share = (beams * fade)[..., None]
    canvas[:] = canvas + (np.array(lit((220, 255, 250), light), np.float32) - canvas) * share


def coral(canvas: Pixels, rng: np.random.Generator, x: float, foot: float, colour: Colour) -> None:
    """A bush of coral: five round-ended branches."""
    for lean in (-0.08, -0.045, 0.0, 0.04, 0.08):
        high = rng.uniform(0.09, 0.16)
        branch = np.array(((x, foot), (x + lean * 0.7, foot - high * 0.5), (x + lean, foot - high)), np.float32)
        stroke(canvas, branch, colour, 0.022)
        disc(canvas, x + lean, foot - high, 0.016, colour)


def weed(canvas: Pixels, rng: np.random.Generator, x: float, foot: float, high: float, colour: Colour) -> None:
    """A waving blade of seaweed."""
    t = np.linspace(0, 1, 14, dtype=np.float32)
    spine = x + 0.022 * np.sin(t * 7 + rng.uniform(0, 6)) * (0.3 + t)
    wide, y = 0.016 * (1 - t) + 0.002, foot - high * t
    outline = np.concatenate((np.stack((spine - wide, y), axis=1), np.stack((spine + wide, y), axis=1)[::-1]))
    polygon(canvas, outline.astype(np.float32), colour)


def far_planet(canvas: Pixels, rng: np.random.Generator, x: float, y: float, radius: float, colour: Colour) -> None:
    """A ringless planet with bands, a bright and a shaded side."""
    side = len(canvas)
    reach = int(radius * side) + 2
    grid = np.arange(-reach, reach + 1, dtype=np.float32) / (radius * side)
    across, down = grid[None], grid[:, None]
    cover = np.clip((1 - np.sqrt(across**2 + down**2)) * radius * side + 0.5, 0, 1)
    bands = 1 + 0.10 * np.sin(9 * (down + 0.15 * across) + rng.uniform(0, 6))
    shade = np.clip(0.95 - 0.75 * (across * 0.7 + down * 0.5), 0.12, 1.15) * bands
    left, top = round(x * side) - reach, round(y * side) - reach
    window = (slice(max(0, -top), max(0, side - top)), slice(max(0, -left), max(0, side - left)))
    patch = canvas[max(0, top) : top + 2 * reach + 1, max(0, left) : left + 2 * reach + 1]
    tone = np.clip(np.array(colour, np.float32) * shade[window][..., None], 0, 255)
    patch[:] = patch + (tone - patch) * cover[window][..., None]


def nebula(canvas: Pixels, rng: np.random.Generator, colours: tuple[Colour, ...]) -> None:
    """Glowing clouds of gas along a band across the picture."""
    slope = rng.uniform(-0.35, 0.35)
    for number in range(7):
        x = (number + rng.uniform(0.2, 0.8)) / 7
        y = 0.48 + slope * (x - 0.5) + rng.uniform(-0.10, 0.10)
        glow(canvas, x, y, rng.uniform(0.22, 0.36), colours[number % len(colours)], 0.55)


def peaks(
    canvas: Pixels, light: Light, rng: np.random.Generator, foot: float, high: float, count: int, rock: Colour
) -> None:
    """A range with a bright and a shaded flank and snow on every top."""
    line = jagged(rng, foot, high, count)
    across = np.linspace(-0.06, 1.06, len(line))
    colour = varied(rock, rng, 8)
    outline = np.stack((across, line), axis=1)
    polygon(canvas, np.concatenate((outline, ((1.1, 1), (-0.1, 1)))).astype(np.float32), lit(colour, light))
    shade, snow = lit(mixed(colour, (46, 54, 92), 0.38), light), lit((250, 252, 255), light)
    for top in range(1, len(line), 2):
        x, y, right_x, right_y = across[top], line[top], across[top + 1], line[top + 1]
        polygon(canvas, np.array(((x, y), (right_x, right_y), (right_x, foot), (x + 0.02, foot)), np.float32), shade)
        left, right = np.array((across[top - 1] - x, line[top - 1] - y)), np.array((right_x - x, right_y - y))
        zig = (left * 0.42, left * 0.24 + (0, 0.035), (0.004, 0.03), right * 0.24 + (0, 0.04), right * 0.42)
        polygon(canvas, np.array(((0, 0), *zig)) + np.array((x, y)), snow)


def window(canvas: Pixels, light: Light, rng: np.random.Generator, left: float, top: float) -> None:
    """A window with the sky of the hour, a hill, a cross of bars, and curtains."""
    right, bottom, side = left + 0.30, top + 0.32, len(canvas)
    view = canvas[round(top * side) : round(bottom * side), round(left * side) : round(right * side)]
    pane = np.ascontiguousarray(view)
    gradient(pane, 0, 1, light.zenith, light.horizon)
    _outside(pane, light, rng)
    view[:] = pane
    frame = lit((252, 248, 240), LIGHTS["day"] if not light.lamps else light)
    frame = mixed(frame, (252, 248, 240), 0.4)
    for x in (left, (left + right) / 2, right):
        box(canvas, x - 0.011, top - 0.012, x + 0.011, bottom + 0.012, frame)
    for y in (top, (top + bottom) / 2, bottom):
        box(canvas, left - 0.012, y - 0.010, right + 0.012, y + 0.010, frame)
    box(canvas, left - 0.035, bottom + 0.010, right + 0.035, bottom + 0.032, frame)


def _outside(pane: Pixels, light: Light, rng: np.random.Generator) -> None:
    height, width = pane.shape[:2]
    if light is LIGHTS["night"]:
        stars(pane, rng, 14, 0.6)
        disc(pane, 0.7, 0.26, 0.12, (248, 244, 222))
    elif light is LIGHTS["rain"]:
        for x, y in rng.uniform(0, 1, (26, 2)) * (width, height):
            cv2.line(pane, (round(x), round(y)), (round(x) - 1, round(y) + 6), (206, 216, 228), 1, cv2.LINE_AA)
    else:
        disc(pane, 0.68, 0.30 if light is LIGHTS["day"] else 0.62, 0.15, (255, 236, 140))
    ridge(pane, np.array((0.80, 0.70, 0.74, 0.84), np.float32), lit((104, 178, 90), light))
