"""Sums over square boxes by few additions: nine in a row are three threes, fifteen are five threes."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from vitascope.types import Floats

Plane = TypeVar("Plane", npt.NDArray[np.int32], Floats)

Combs = tuple[tuple[int, int], ...]
"""How a box is summed: each ``(stride, count)`` adds up ``count`` numbers that stand ``stride`` apart."""

SEVEN: Combs = ((1, 7),)
NINE: Combs = ((1, 3), (3, 3))
FIFTEEN: Combs = ((1, 3), (3, 5))


def box_sums(padded: Plane, combs: Combs) -> Plane:
    """Sums over all boxes that fit into ``padded``, which loses a side of the box less one, down and across."""
    for _ in range(2):
        for stride, count in combs:
            length = padded.shape[0] - stride * (count - 1)
            total = padded[:length] + padded[stride : stride + length]
            for number in range(2, count):
                total += padded[number * stride : number * stride + length]
            padded = total
        padded = padded.T
    return padded
