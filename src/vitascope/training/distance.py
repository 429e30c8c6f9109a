"""How far the clips of a model lie from real ones as a whole: ``mmd_checker``.

The squared maximum mean discrepancy (Gretton et al. 2012) with a cubic kernel, unbiased, as in KID (Binkowski et al.
2018, 1801.01401), on the checker's features. It is never called FVD: that needs a network that saw the web's films,
and on drawn clips it would mean nothing. Small is near; the line of other real renders is what chance alone gives.
"""

from collections.abc import Sequence

import numpy as np

from vitascope.training.checker import features
from vitascope.training.room import Room, all_held_still, round_trip
from vitascope.training.study import Cell, Line, Study
from vitascope.types import Floats, Pixels

SUBSETS = 100
"""Halves of both sets that are drawn; the interval is that of their distances, as KID's is."""


def distance(room: Room, shown: Sequence[Pixels], real: Sequence[Pixels], others: Sequence[Pixels], seed: int) -> Study:
    """``shown`` of a model and four baselines, each against the ``real`` renders of the same questions.

    ``others`` are real renders of other questions.
    """
    known = features(room.checker, real)
    kinds = {
        "model": shown,
        "other real renders": others,
        "codec round trip": [round_trip(clip, room.codec) for clip in real],
        "one frame held still": all_held_still(real),
        "grey": [np.full_like(clip, 128) for clip in real],
    }
    lines = (
        Line(kind=kind, n=len(clips), cells={"mmd_checker": between(features(room.checker, clips), known, seed)})
        for kind, clips in kinds.items()
    )
    return Study(
        name="distance",
        title="distance of all clips from real renders (mmd_checker)",
        about=f"Squared MMD, cubic kernel, checker features, mean and 95 % of {SUBSETS} halves; smaller is nearer.",
        lines=tuple(lines),
    )


def between(seen_NE: Floats, real_ME: Floats, seed: int) -> Cell:
    """The distance of two sets of features, scaled by the spread of the real ones."""
    rng, spread = np.random.default_rng(seed), real_ME.std(axis=0) + 1e-3
    seen, real = seen_NE / spread, real_ME / spread
    half = min(len(seen), len(real)) // 2
    drawn = [
        squared_mmd(seen[rng.permutation(len(seen))[:half]], real[rng.permutation(len(real))[:half]])
        for _ in range(SUBSETS)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Cell(value=float(np.mean(drawn)), low=float(low), high=float(high))


def squared_mmd(one: Floats, other: Floats) -> float:
    """Unbiased; both sets need two members. Around 0 for two sets of one distribution, so it may be negative."""
    apart = _kernel(one, other).mean()
    return float(_within(one) + _within(other) - 2 * apart)


def _within(one: Floats) -> float:
    kernel, n = _kernel(one, one), len(one)
    return float((kernel.sum() - np.trace(kernel)) / (n * (n - 1)))


def _kernel(one: Floats, other: Floats) -> Floats:
    return np.asarray((one.astype(np.float64) @ other.T / one.shape[1] + 1) ** 3)
