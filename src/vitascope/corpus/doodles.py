"""Drawings by chance: an endless supply of things nobody has seen, made by our own code and by no work of anybody.

A network that is shown one in a first frame, with no word for it, can only copy it: there is nothing to know by heart.
They are creatures, vehicles, plants, signs and blobs, coloured as emoji are; what each is does not matter, that no two
are alike does (decision 0019).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vitascope.corpus.atlas import Sprite
from vitascope.corpus.crayons import Inks, Page
from vitascope.corpus.doodles_alive import beast, face, many_legged, swimmer
from vitascope.corpus.doodles_things import flower, fruit, heap, sign, tool, tree, vehicle, vessel
from vitascope.corpus.doodling import Hand

WORK_ID = "doodle"
"""In place of the id of a work: a doodle is of none."""

STAND_IN = "teddy_bear"
"""The subject in whose place another drawing is shown: it faces neither way and stands on the ground."""

CONTOURED = 0.2
"""Share of doodles with a contour around every part."""


class Guise:
    """Drawings in which every subject looks like one drawing."""

    def __init__(self, sprite: Sprite) -> None:
        """Dress everything as ``sprite``."""
        self._sprite = sprite

    def sprite(self, subject: str, style: str) -> Sprite:
        """The one drawing, whoever was asked for."""
        return replace(self._sprite, subject=subject, style=style)


def doodle(rng: np.random.Generator) -> Sprite:
    """A drawing by chance, a still; the same generator state gives the same pixels."""
    inks = Inks.by_chance(rng)
    contour = inks.dark.foot if rng.random() < CONTOURED else None
    hand = Hand(rng=rng, page=Page(contour, rng.uniform(0.025, 0.07)), inks=inks)
    _KINDS[int(np.searchsorted(_SHARES, rng.random(), side="right"))](hand)
    filled = 0.95 if rng.random() < 0.7 else rng.uniform(0.7, 0.95)
    pixels = hand.page.sprite(filled)
    pixels = pixels[:, ::-1] if rng.random() < 0.5 else pixels
    return Sprite(subject=WORK_ID, style="3d", work_id=WORK_ID, pixels=np.ascontiguousarray(pixels)[None], seconds=0.0)


_CHANCES: tuple[tuple[Callable[[Hand], None], float], ...] = (
    (beast, 0.18), (face, 0.16), (swimmer, 0.08), (many_legged, 0.08), (vehicle, 0.14), (flower, 0.06),
    (tree, 0.06), (fruit, 0.05), (vessel, 0.07), (tool, 0.05), (sign, 0.03), (heap, 0.04),
)  # fmt: skip
_KINDS = tuple(kind for kind, _ in _CHANCES)
_SHARES = np.cumsum([share for _, share in _CHANCES])[:-1]
