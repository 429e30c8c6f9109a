"""What every doodle is made with: chance, a page, inks, and the marks and eyes that go on anything."""

from dataclasses import dataclass

import numpy as np

from vitascope.corpus.crayons import BLACK, WHITE, Ink, Inks, Page, block, oval, placed, shaded
from vitascope.types import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Chance, page and inks of one drawing in the making."""

    rng: np.random.Generator
    page: Page
    inks: Inks

    def chance(self, share: float) -> bool:
        """Whether something with that share is done this time."""
        return bool(self.rng.random() < share)

    def span(self, low: float, high: float) -> float:
        """A number between two."""
        return float(self.rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return int(self.rng.integers(low, high + 1))

    def ink(self) -> Ink:
        """One of the drawing's inks."""
        inks = self.inks
        return (inks.main, inks.second, inks.pale, inks.dark, inks.accent)[self.count(0, 4)]


def marks(hand: Hand, mask: Pixels, wide: float, high: float, y: float = 0.0, x: float = 0.0) -> None:
    """What is on a body, clipped to it: spots, stripes, a belly, a seam, a shine, or nothing."""
    kind, ink = hand.count(0, 5), hand.ink()
    if kind == 0:
        for _ in range(hand.count(3, 9)):
            size = hand.span(0.05, 0.2) * (wide + high)
            spot = oval(x + hand.span(-wide, wide), y + hand.span(-high, high), size * 0.6, size * hand.span(0.4, 0.6))
            hand.page.lay(spot, ink, mask)
    elif kind == 1:
        _stripes(hand, mask, ink, wide, high, (x, y))
    elif kind == 2:
        hand.page.lay(
            oval(x, y + high * 0.5, wide * hand.span(0.5, 0.9), high * hand.span(0.4, 0.8)), hand.inks.pale, mask
        )
    elif kind == 3:
        points = np.array(((x - wide, y), (x, y + high * hand.span(-0.5, 0.5)), (x + wide, y)))
        hand.page.line(points, ink, hand.span(0.03, 0.12), mask)
    if hand.chance(0.25):
        shine = oval(x - wide * 0.35, y - high * 0.5, wide * 0.3, high * 0.18, hand.span(-0.6, 0.2))
        hand.page.lay(shine, shaded(WHITE, 0), mask, hand.span(0.25, 0.7))


def _stripes(hand: Hand, mask: Pixels, ink: Ink, wide: float, high: float, middle: tuple[float, float]) -> None:
    number, turn = hand.count(2, 6), hand.span(-0.5, 0.5) + (np.pi / 2 if hand.chance(0.6) else 0)
    reach = wide + high
    step = reach / number
    for place in np.arange(number) - (number - 1) / 2:
        stripe = block(0, place * step, reach, step * hand.span(0.15, 0.3), 0)
        hand.page.lay(placed(stripe, *middle, turn), ink, mask)


def eye(hand: Hand, x: float, y: float, size: float) -> None:
    """A dark eye, often with white around it or a glint in it."""
    if hand.chance(0.4):
        hand.page.lay(oval(x, y, size * 1.5, size * 1.5), shaded(WHITE, 0))
    hand.page.lay(oval(x, y, size, size * hand.span(1, 1.25)), shaded(BLACK, 0))
    if hand.chance(0.5):
        hand.page.lay(oval(x + size * 0.3, y - size * 0.4, size * 0.3, size * 0.3), shaded(WHITE, 0))
