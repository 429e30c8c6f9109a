"""Batches of compositions by number: what processes do ahead of a trainer that draws. No torch, so they start at once.

What is composed is decided by the reel and a number alone, so a run that was stopped goes on with the clips it would
have had.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from vitascope.backends.rows import LOWERED, square_of
from vitascope.corpus.scenes import Composition, compose, compose_in_place
from vitascope.text.world import FIRST, TAKES, Edition

STRIDE = 32
"""Pixels of a row's side, of every codec."""

SPARE = 16
"""Paintings of each place and hour for clips without a take, which else would each need a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """Which clips to draw: ``seed`` tells those that are learned from from those that are held out."""

    seed: int
    frames: int
    fps: int
    size: tuple[int, int]  # width, height
    edition: Edition = FIRST  # of the world that is shown
    placed: bool = False  # nothing travels

    @property
    def side(self) -> int:
        """Side of the square that is drawn, of which other shapes are cut."""
        return max(self.size)

    @property
    def scale(self) -> int:
        """Side of the square of as many rows: in frames of another shape things are as large as in this one."""
        return square_of(self.size, STRIDE)


def window(side: int, size: tuple[int, int]) -> tuple[slice, slice]:
    """Which rows and columns of a square of ``side`` pixels a view of ``size`` shows."""
    left, top = (side - size[0]) // 2, round((side - size[1]) * LOWERED)
    return slice(top, top + size[1]), slice(left, left + size[0])


def composed(reel: Reel, number: int, size: int, looks: frozenset[tuple[str, str]]) -> list[Composition]:
    """The compositions of one batch; scenes whose drawings the atlas lacks, since withdrawn, are passed over."""
    return list(islice(_drawable(reel, number, looks), size))


def _drawable(reel: Reel, number: int, looks: frozenset[tuple[str, str]]) -> Iterator[Composition]:
    rng = np.random.default_rng((reel.seed, reel.frames, reel.fps, number))
    by_chance = compose_in_place if reel.placed else compose
    while True:
        composition = by_chance(rng, frames=reel.frames, fps=reel.fps, edition=reel.edition)
        if all((layer.subject, layer.style) in looks for layer in composition.layers):
            yield _painted(composition)


def _painted(composition: Composition) -> Composition:
    """The same with one of the paintings that are kept, where no take has chosen one."""
    if composition.scene.take in TAKES:
        return composition
    return replace(composition, paint_seed=composition.paint_seed % SPARE)
