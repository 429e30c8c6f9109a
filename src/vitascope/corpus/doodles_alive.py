"""Doodles that are alive: beasts from the side, faces from the front, what swims or flies, what has many legs."""

from dataclasses import replace

import numpy as np

from vitascope.corpus.crayons import Ink, blob, leaf, limb, oval, placed, rounded, shaded, star, turned_wood
from vitascope.corpus.doodling import Hand, eye, marks
from vitascope.types import Pixels


def beast(hand: Hand) -> None:
    """An animal seen from the side: far legs, tail, body, near legs, neck, head."""
    wide, high = hand.span(0.5, 0.85), hand.span(0.28, 0.6)
    ground, thick, legs = high + hand.span(0.1, 0.7), hand.span(0.06, 0.16), hand.count(0, 2)
    shade = shaded(hand.inks.main.foot, 0.2)
    _legs(hand, legs, wide * 0.9, ground, thick, shade)
    _tail(hand, -wide * 0.85, -high * hand.span(-0.3, 0.7))
    body = hand.page.lay(oval(0, 0, wide, high, hand.span(-0.35, 0.1)), hand.inks.main)
    marks(hand, body, wide, high)
    _legs(hand, legs, wide * 0.7, ground, thick, hand.inks.main)
    if hand.chance(0.4):
        hand.page.lay(
            leaf(hand.span(0, 0.3), -0.1, hand.span(0.6, 1.1), hand.span(0.15, 0.35), hand.span(2.4, 4.4)), hand.ink()
        )
    x, y = wide * hand.span(0.7, 1.15), -high - hand.span(-0.25, 0.55)
    hand.page.lay(limb((wide * 0.6, -high * 0.2), (x, y), hand.span(0.15, 0.3), hand.span(0.1, 0.2)), hand.inks.main)
    _head(hand, x, y, hand.span(0.22, 0.42))


def _legs(hand: Hand, pairs: int, reach: float, ground: float, thick: float, ink: Ink) -> None:
    for number in range(pairs):
        x = reach * ((number / max(1, pairs - 1)) * 1.5 - 0.8) if pairs > 1 else 0.0
        end = (x + hand.span(-0.12, 0.12), ground)
        hand.page.lay(limb((x, 0.0), end, thick * 1.4, thick), ink)
        if hand.chance(0.5):
            hand.page.lay(oval(end[0] + 0.04, ground, thick * 1.3, thick * 0.8), hand.inks.dark)


def _tail(hand: Hand, x: float, y: float) -> None:
    turn, length = hand.span(2.2, 4.2), hand.span(0.2, 0.8)
    end = (x + np.cos(turn) * length, y + np.sin(turn) * length)
    if hand.chance(0.4):
        hand.page.lay(leaf(x + 0.15, y, length + 0.2, hand.span(0.1, 0.3), turn), hand.ink())
    else:
        hand.page.lay(limb((x + 0.1, y), end, hand.span(0.05, 0.2), hand.span(0.03, 0.16)), hand.inks.main)
        if hand.chance(0.4):
            hand.page.lay(oval(*end, 0.12, 0.12), hand.ink())


def _head(hand: Hand, x: float, y: float, size: float) -> None:
    for aside in (-0.5, 0.3):
        _ear(hand, x + aside * size, y - size * 0.6, size, aside * 0.5)
    mask = hand.page.lay(placed(blob(hand.rng, 0.1), x, y, scale=size), hand.inks.main)
    if hand.chance(0.4):
        hand.page.lay(oval(x + size * 0.5, y + size * 0.6, size * 0.8, size * 0.6), hand.inks.pale, mask)
    if hand.chance(0.4):
        snout = (
            (x + size * 0.6, y - size * 0.35),
            (x + size * hand.span(1.2, 2.4), y + size * 0.1),
            (x + size * 0.6, y + size * 0.45),
        )
        hand.page.lay(rounded(snout, hand.count(0, 3)), hand.inks.accent)
    else:
        hand.page.lay(oval(x + size * 0.8, y + size * 0.3, size * 0.55, size * 0.4), hand.ink())
        hand.page.lay(oval(x + size * 1.15, y + size * 0.1, size * 0.16, size * 0.13), hand.inks.dark)
    eye(hand, x + size * 0.25, y - size * 0.2, size * hand.span(0.14, 0.26))


def _ear(hand: Hand, x: float, y: float, size: float, lean: float) -> None:
    kind, length = hand.count(0, 3), size * hand.span(0.5, 1.2)
    if kind == 0:
        tip = (x + lean * length, y - length)
        hand.page.lay(
            rounded(((x - size * 0.35, y + size * 0.2), tip, (x + size * 0.35, y + size * 0.2)), hand.count(0, 2)),
            hand.inks.main,
        )
    elif kind == 1:
        hand.page.lay(oval(x, y, size * 0.4, size * 0.4), hand.inks.second)
        hand.page.lay(oval(x, y, size * 0.22, size * 0.22), hand.inks.pale)
    elif kind == 2:
        hand.page.lay(leaf(x, y + size * 0.3, length * 1.5, size * 0.2, -np.pi / 2 + lean), hand.ink())


def face(hand: Hand) -> None:
    """A face seen from the front, with or without a body below, everything twice but the nose."""
    size, rest = hand.span(0.5, 0.9), hand.chance(0.5)
    if rest:
        _trunk(hand, size)
    if hand.chance(0.25):
        mane = placed(star(hand.count(8, 16), hand.span(0.75, 0.9)), 0, 0, scale=size * 1.35)
        hand.page.lay(rounded(mane, 2), hand.inks.second)
    seed, far = int(hand.rng.integers(1 << 30)), hand.span(0.5, 0.8)
    for way in (-1, 1):
        twin = replace(hand, rng=np.random.default_rng(seed))
        _ear(twin, way * far * size, -size * 0.7, size * 0.8, way * 0.4)
    shape = blob(hand.rng, 0.12, even=True) * (1.0, hand.span(0.75, 1.0)) * size
    _features(hand, hand.page.lay(shape, hand.inks.main), size)


def _trunk(hand: Hand, size: float) -> None:
    low = size + hand.span(0.2, 0.5)
    for way in (-1, 1):
        hand.page.lay(
            limb((way * 0.3, low * 0.7), (way * hand.span(0.3, 0.45), low + 0.25), 0.16, 0.15), hand.inks.second
        )
        if hand.chance(0.6):
            hand.page.lay(
                limb((way * 0.35, low * 0.6), (way * hand.span(0.5, 0.9), low * hand.span(0.3, 0.9)), 0.14, 0.11),
                hand.inks.main,
            )
    wide, high = hand.span(0.35, 0.65), hand.span(0.35, 0.55)
    mask = hand.page.lay(oval(0, low * 0.75, wide, high), hand.inks.main)
    marks(hand, mask, wide, high, low * 0.75)


def _features(hand: Hand, mask: Pixels, size: float) -> None:
    if hand.chance(0.4):
        for way in (-1, 1):
            hand.page.lay(
                oval(way * size * 0.55, hand.span(-0.2, 0.3) * size, size * 0.45, size * 0.6), hand.ink(), mask
            )
    if hand.chance(0.3):
        hand.page.lay(leaf(0, -size, size * 1.3, size * hand.span(0.1, 0.3), np.pi / 2), hand.ink(), mask)
    apart, level, large = hand.span(0.25, 0.5) * size, hand.span(-0.25, 0.1) * size, hand.span(0.08, 0.16) * size
    if hand.chance(0.7):
        hand.page.lay(
            oval(0, size * 0.45, size * hand.span(0.25, 0.5), size * hand.span(0.2, 0.35)), hand.inks.pale, mask
        )
    for way in (-1, 1):
        eye(hand, way * apart, level, large)
    nose = size * hand.span(0.06, 0.2)
    hand.page.lay(oval(0, size * 0.28, nose * 1.3, nose), hand.ink() if hand.chance(0.4) else hand.inks.dark)
    if hand.chance(0.5):
        smile = oval(0, size * 0.4, size * 0.22, size * 0.2)[2:23]
        hand.page.line(smile, hand.inks.dark, 0.045)


def swimmer(hand: Hand) -> None:
    """Something long with fins: a fish, a bird in flight, a plane."""
    wide, high = hand.span(0.65, 0.95), hand.span(0.22, 0.55)
    fan = (
        (-wide * 0.7, 0),
        (-wide - hand.span(0.2, 0.5), -hand.span(0.2, 0.6)),
        (-wide - 0.1, 0),
        (-wide - 0.3, hand.span(0.1, 0.6)),
    )
    hand.page.lay(rounded(fan, hand.count(0, 3)), hand.inks.second)
    for _ in range(hand.count(1, 3)):
        hand.page.lay(
            leaf(
                hand.span(-0.4, 0.5),
                0,
                hand.span(0.5, 1.1),
                hand.span(0.12, 0.3),
                hand.span(1.2, 2.6) * (1 if hand.chance(0.5) else -1),
            ),
            hand.ink(),
        )
    shape = turned_wood((0.02, high * 0.8, high, high * hand.span(0.6, 1), high * 0.3, 0.05), -wide, wide)
    mask = hand.page.lay(placed(shape, 0, 0, -np.pi / 2 if hand.chance(0.9) else np.pi / 2), hand.inks.main)
    marks(hand, mask, wide, high)
    if hand.chance(0.6):
        hand.page.lay(
            leaf(0.1, high * 0.1, hand.span(0.3, 0.7), hand.span(0.1, 0.22), hand.span(2.0, 3.6)), hand.inks.second
        )
    eye(hand, wide * 0.6, -high * 0.25, hand.span(0.05, 0.1))


def many_legged(hand: Hand) -> None:
    """An insect, a crab, a squid: limbs on both sides of a body, mirror images."""
    legs, thick, reach = hand.count(2, 5), hand.span(0.03, 0.1), hand.span(0.6, 1.1)
    start, step = hand.span(-1.2, -0.2), hand.span(0.3, 0.6)
    bend = hand.span(-0.5, 0.5)
    for number in range(legs):
        turn = start + number * step
        knee, foot = (_at(turn, reach * 0.6), _at(turn + bend, reach))
        for way in (-1, 1):
            hand.page.line(np.array(((0, 0), knee, foot)) * (way, 1), hand.inks.second, thick * 1.5)
    if hand.chance(0.5):
        turn, long, wide, ink = hand.span(-1.0, 0.3), hand.span(0.7, 1.2), hand.span(0.2, 0.45), hand.ink()
        for way in (-1, 1):
            hand.page.lay(leaf(0, 0, long, wide, turn) * (way, 1), ink)
    widths = (0.05, *hand.rng.uniform(0.15, 0.6, hand.count(2, 4)), 0.05)
    mask = hand.page.lay(turned_wood(widths, -hand.span(0.5, 1), hand.span(0.5, 1)), hand.inks.main)
    marks(hand, mask, 0.5, 0.8)
    for way in (-1, 1):
        eye(hand, way * 0.16, -0.45, 0.07)


def _at(turn: float, away: float) -> tuple[float, float]:
    return float(np.cos(turn) * away), float(np.sin(turn) * away)
