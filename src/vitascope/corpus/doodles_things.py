"""Doodles of what is not alive or does not walk: vehicles, plants, vessels, tools, signs, and heaps of blobs."""

import numpy as np

from vitascope.corpus.crayons import BLACK, Ink, blob, block, leaf, oval, placed, rounded, shaded, star, turned_wood
from vitascope.corpus.doodling import Hand, eye, marks
from vitascope.types import Pixels


def vehicle(hand: Hand) -> None:
    """A body on wheels or floats, with a cabin, windows and a seam."""
    high, base, rounds = hand.span(0.2, 0.5), hand.span(0.6, 1.0), hand.count(0, 3)
    if hand.chance(0.8):
        left, right = -hand.span(0.2, 0.95) * base, hand.span(0.1, 0.95) * base
        roof = -high - hand.span(0.25, 0.7)
        cabin = (
            (left, -high * 0.5),
            (left + hand.span(0, 0.3), roof),
            (right - hand.span(0, 0.3), roof),
            (right, -high * 0.5),
        )
        _windows(hand, hand.page.lay(rounded(cabin, rounds), hand.ink()), roof, -high)
    lean = hand.span(-0.1, 0.3)
    hull = ((-base, -high), (base, -high), (base - lean, high), (-base + abs(lean), high))
    mask = hand.page.lay(rounded(hull, rounds), hand.inks.main)
    if hand.chance(0.6):
        hand.page.lay(block(0, high * hand.span(-0.5, 0.7), base, high * hand.span(0.08, 0.4), 0), hand.ink(), mask)
    if hand.chance(0.5):
        _windows(hand, mask, -high, high * 0.4)
    if hand.chance(0.8):
        _wheels(hand, base, high)
    if hand.chance(0.5):
        hand.page.lay(oval(base * 0.93, hand.span(-0.5, 0.3) * high, 0.07, 0.07), hand.inks.accent)


def _windows(hand: Hand, mask: Pixels, top: float, foot: float) -> None:
    """A row of panes, clipped to what they are set in."""
    number, glass = hand.count(1, 4), shaded((170, 214, 240), 0.2) if hand.chance(0.6) else hand.ink()
    middle, high = (top * 0.45 + foot * 0.55), (foot - top) * hand.span(0.2, 0.32)
    wide = hand.span(0.5, 0.85) / number
    for pane in range(number):
        x = (pane - (number - 1) / 2) * wide * hand.span(1.9, 2.2) * 0.8
        hand.page.lay(block(x, middle, wide * 0.6, high, hand.count(0, 2)), glass, mask)


def _wheels(hand: Hand, base: float, high: float) -> None:
    number, size = hand.count(1, 3), hand.span(0.15, 0.36)
    rim, hub = hand.span(0.4, 0.75), hand.ink()
    for x in np.linspace(-base * 0.62, base * 0.62, number) if number > 1 else (0.0,):
        hand.page.lay(oval(x, high, size, size), shaded(BLACK, 0.2) if hand.chance(0.8) else hand.inks.dark)
        hand.page.lay(oval(x, high, size * rim, size * rim), hub)


def flower(hand: Hand) -> None:
    """A head of petals on a stem, or alone."""
    y, petals, length = 0.0, hand.count(4, 12), hand.span(0.5, 0.85)
    if hand.chance(0.7):
        y, green = -0.45, _green(hand)
        hand.page.line(np.array(((0, y), (hand.span(-0.1, 0.1), 0.5), (0, 1.1))), green, hand.span(0.06, 0.16))
        for way in (-1, 1):
            hand.page.lay(
                leaf(
                    0,
                    hand.span(0.6, 1.0),
                    hand.span(0.4, 0.7),
                    hand.span(0.1, 0.2),
                    -np.pi / 2 + way * hand.span(0.6, 1.2),
                ),
                green,
            )
    wide = length * hand.span(1.2, 2.6) / petals + 0.05
    for number in range(petals):
        hand.page.lay(
            leaf(0, y, length, wide, number * 2 * np.pi / petals),
            (hand.inks.main, hand.inks.second)[number % 2 if petals % 2 == 0 else 0],
        )
    size = length * hand.span(0.25, 0.55)
    mask = hand.page.lay(oval(0, y, size, size), hand.inks.accent)
    marks(hand, mask, size, size, y)


def tree(hand: Hand) -> None:
    """A trunk, a cap or a crown on it, and what hangs there: trees, mushrooms, cactuses, lamps."""
    thick = hand.span(0.08, 0.4)
    hand.page.lay(turned_wood(hand.rng.uniform(0.7, 1.3, 3) * thick, -0.3, 1.0), hand.inks.second)
    crown = _green(hand) if hand.chance(0.4) else hand.inks.main
    kind = hand.count(0, 2)
    if kind == 0:
        shape = blob(hand.rng, 0.25, even=hand.chance(0.5)) * (hand.span(0.6, 1), 0.7) + (0, -0.3)
    elif kind == 1:
        shape = turned_wood((0.05, *hand.rng.uniform(0.4, 1.0, 3)), -1.0, hand.span(-0.1, 0.4))
    else:
        shape = rounded(placed(star(hand.count(5, 9), hand.span(0.6, 0.85)), 0, -0.3, scale=0.85), 2)
    mask = hand.page.lay(shape, crown)
    marks(hand, mask, 0.8, 0.6, -0.35)


def fruit(hand: Hand) -> None:
    """A round thing with a stalk and a leaf."""
    hand.page.line(np.array(((0, -0.6), (hand.span(-0.2, 0.2), -1.05))), hand.inks.dark, hand.span(0.06, 0.14))
    shape = blob(hand.rng, 0.22, even=hand.chance(0.7)) * (hand.span(0.6, 0.95), hand.span(0.6, 0.9))
    marks(hand, hand.page.lay(shape, hand.inks.main), 0.8, 0.8)
    for _ in range(hand.count(0, 3)):
        hand.page.lay(leaf(0, -0.75, hand.span(0.3, 0.7), hand.span(0.08, 0.2), hand.span(-2.9, -0.2)), _green(hand))


def _green(hand: Hand) -> Ink:
    """A leaf's colour, or now and then none that leaves have."""
    base = (hand.span(20, 130), hand.span(110, 200), hand.span(20, 110))
    return shaded(base, hand.span(0, 0.3)) if hand.chance(0.8) else hand.ink()


def vessel(hand: Hand) -> None:
    """A thing turned on a lathe: a bottle, a bell, a lamp, a robot's head; bands across, a handle or a knob."""
    widths = hand.rng.uniform(0.12, 0.85, hand.count(3, 6))
    if hand.chance(0.4):
        way, wide = (1 if hand.chance(0.5) else -1), hand.span(0.3, 0.5)
        hand.page.line(oval(way * 0.55, hand.span(-0.3, 0.3), wide, wide), hand.ink(), hand.span(0.08, 0.18))
    if hand.chance(0.4):
        hand.page.lay(oval(0, -1.0, hand.span(0.1, 0.3), hand.span(0.1, 0.3)), hand.ink())
    mask = hand.page.lay(turned_wood(widths), hand.inks.main)
    for _ in range(hand.count(0, 3)):
        hand.page.lay(block(0, hand.span(-0.9, 0.9), 1, hand.span(0.04, 0.2), 0), hand.ink(), mask)
    marks(hand, mask, 0.6, 0.9)


def tool(hand: Hand) -> None:
    """A long handle with a head at one end, held aslant: a hammer, a guitar, a brush, a spoon."""
    turn, ink = hand.span(-0.9, 0.9), hand.inks.second
    handle = turned_wood(hand.rng.uniform(0.05, 0.13, 3), -0.6, 1.1)
    hand.page.lay(placed(handle, 0, 0, turn), ink)
    shape = blob(hand.rng, 0.3, even=True) if hand.chance(0.6) else block(0, 0, 1, hand.span(0.4, 1), hand.count(0, 3))
    scaled = shape * (hand.span(0.3, 0.7), hand.span(0.25, 0.6)) + (0, -0.6)
    mask = hand.page.lay(placed(scaled, 0, 0, turn), hand.inks.main)
    for size in (hand.span(0.2, 0.35), hand.span(0.08, 0.18)):
        if hand.chance(0.6):
            hand.page.lay(placed(oval(0, -0.6, size, size), 0, 0, turn), hand.ink(), mask)


def sign(hand: Hand) -> None:
    """A star, a polygon, a cog or a ring, one in another."""
    rays, inner, smooth = hand.count(3, 12), hand.span(0.4, 0.95), hand.count(0, 3)
    shape = placed(rounded(star(rays, inner), smooth), 0, 0, hand.span(-0.3, 0.3) if hand.chance(0.4) else 0.0)
    mask = hand.page.lay(shape, hand.inks.main)
    for number in range(hand.count(0, 3)):
        size = 0.75 - 0.22 * number
        inside = oval(0, 0, size * inner, size * inner) if hand.chance(0.5) else shape * size
        hand.page.lay(inside, hand.ink(), mask)
    marks(hand, mask, 0.7, 0.7)


def heap(hand: Hand) -> None:
    """Blobs over blobs, of whatever colours: nothing that has a name."""
    for _ in range(hand.count(1, 4)):
        size = hand.span(0.35, 0.9)
        shape = blob(hand.rng, hand.span(0.1, 0.5), even=hand.chance(0.3)) * (1.0, hand.span(0.5, 1.0))
        x, y = hand.span(-0.6, 0.6), hand.span(-0.6, 0.6)
        mask = hand.page.lay(placed(shape, x, y, hand.span(0, 6.3), size), hand.ink())
        marks(hand, mask, size, size * 0.8, y, x)
    if hand.chance(0.4):
        for way in (-1, 1):
            eye(hand, way * hand.span(0.12, 0.3), hand.span(-0.3, 0.1), hand.span(0.05, 0.12))
