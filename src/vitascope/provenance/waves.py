"""A picture as waves at any scale: one transform of it, from which those of every scale are read.

Bringing a picture back to the size it was marked at, by a factor s, and laying its tiles over one another keeps only
the waves that fit a tile, k of them in 64 pixels. Those are the waves of ``k * s / 64`` cycles a pixel of the picture
as it came, so no pixel has to be moved: they are read between the bins of one fast Fourier transform (Fessler and
Sutton 2003, "Nonuniform fast Fourier transforms using min-max interpolation"; here with the window of Kaiser and
Bessel). That takes a tenth of the time of resampling for each scale. Shapes: S scales, K = 29 waves down, L = 15
across.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vitascope.provenance.patterns import TILE, Doubles, band
from vitascope.types import Floats

Spectra = npt.NDArray[np.complex64]
"""``(S, K, L)``, or ``(K, L)`` of one scale."""

Bins = npt.NDArray[np.int64]

_REACH = 14  # waves a tile at most: the band of the patterns ends at 64 / 4.5
DOWN: Bins = np.arange(-_REACH, _REACH + 1)[:, None]
ACROSS: Bins = np.arange(_REACH + 1)
"""Waves a tile of the rows and columns of a spectrum; the other half follows, since pixels are real."""

BAND = band()[DOWN, ACROSS]
"""``(K, L)``: the waves the patterns live in."""

TWICE: Floats = np.where(ACROSS == 0, 1, 2).astype(np.float32) * BAND
"""``(K, L)``: how often each of those waves stands in a whole spectrum."""

_TAPS = 4  # bins a wave is read from, down and across: exact to 0.3 % of a typical wave
_BETA = 2.3 * _TAPS  # of the window, for a transform of twice the size
_FEWEST = 64  # bins: in fewer the finest wave has no room for its taps


class Waves:
    """The spectrum of one plane, ``(H, W)``."""

    def __init__(self, plane: Floats) -> None:
        """Transforms ``plane`` once."""
        self._sides = plane.shape
        self._bins = tuple(_smooth_number(max(2 * side, _FEWEST)) for side in plane.shape)
        down, across = (_window(side, bins) for side, bins in zip(self._sides, self._bins, strict=True))
        half = np.fft.rfft2(plane / np.outer(down, across).astype(np.float32), s=self._bins)
        mirrored = np.conj(half[-np.arange(self._bins[0]), _TAPS:0:-1])  # the first waves of the other half
        self._spectrum: Spectra = np.concatenate((mirrored, half), axis=1).astype(np.complex64)

    def at(self, ys: Sequence[float] | Doubles, xs: Sequence[float] | Doubles) -> Spectra:
        """The waves of a tile, the plane brought back by each of ``ys`` down and ``xs`` across, ``(S, K, L)``."""
        rows, down = self._taps(0, DOWN.ravel(), np.asarray(ys))
        columns, across = self._taps(1, ACROSS, np.asarray(xs))
        width, spectrum = self._spectrum.shape[1], self._spectrum.ravel()
        rows, columns = rows % self._bins[0] * width, columns + _TAPS
        read: Spectra = np.zeros((rows.shape[1], rows.shape[2], columns.shape[2]), np.complex64)
        for row, down_weight in zip(rows, down, strict=True):
            line = np.zeros_like(read)
            for column, weight in zip(columns, across, strict=True):
                line += spectrum.take(row[:, :, None] + column[:, None, :]) * weight[:, None, :]
            read += line * down_weight[:, :, None]
        return read

    def _taps(self, axis: int, waves: Bins, scales: Doubles) -> tuple[Bins, Spectra]:
        """The bins each wave at each scale is read from, and their weights, ``(_TAPS, S, waves)`` each.

        The weights turn the phase, too: from the middle of the plane, where the window stands, to the corner of a tile.
        """
        middle, num_bins = (self._sides[axis] - 1) / 2, self._bins[axis]
        places = np.multiply.outer(scales, waves) * (num_bins / TILE)
        bins = (np.floor(places - _TAPS / 2) + np.arange(1, _TAPS + 1)[:, None, None]).astype(np.int64)
        turns = bins * (middle / num_bins) - waves * (((middle + 0.5) * scales - 0.5) / TILE)[:, None]
        return bins, (_kernel(bins - places) * np.exp(2j * np.pi * turns)).astype(np.complex64)


def _kernel(distance: Doubles) -> Doubles:
    """The window of Kaiser and Bessel, in bins from its middle."""
    weights: Doubles = np.i0(_BETA * np.sqrt(np.maximum(1 - np.square(2 * distance / _TAPS), 0)))
    return weights


def _window(side: int, bins: int) -> Doubles:
    """What reading by that window does to each of ``side`` pixels: its transform, ``(side,)``."""
    places = (np.arange(side) - (side - 1) / 2) / bins
    root = np.sqrt(_BETA**2 - np.square(np.pi * _TAPS * places))  # real: places stay within a quarter
    window: Doubles = _TAPS * np.sinh(root) / root
    return window


def _smooth_number(least: int) -> int:
    """The next number without prime factors over 5, for which transforms are fast."""
    number = least
    while True:
        rest = number
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return number
        number += 1
