"""Is one way of making clips worse than another, on the very same questions? McNemar's exact test (1947)."""

from math import comb

from vitascope.training.study import Bits


def chance_of_no_worse(before: Bits, after: Bits) -> float:
    """One-sided p of the hypothesis that ``after`` is no worse than ``before``: below 0.05 it is worse.

    Only questions on which the two part say anything; if neither were better, each would fall like a coin.
    """
    lost, won = int((before & ~after).sum()), int((~before & after).sum())
    parted = lost + won
    return sum(comb(parted, k) for k in range(lost, parted + 1)) / 2**parted
