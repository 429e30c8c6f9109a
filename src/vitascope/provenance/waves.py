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
        evened = plane / np.outer(down, across).astype(np.float32)
        half: Spectra = np.fft.rfft2(evened, s=self._bins).astype(np.complex64, copy=False)
        mirrored = np.conj(half[-np.arange(self._bins[0]), _TAPS:0:-1])  # the first waves of the other half
        spectrum = np.fft.fftshift(np.concatenate((mirrored, half), axis=1), axes=0)  # from the lowest bin on
        self._first = (self._bins[0] // 2, _TAPS)  # where bin 0 stands
        for axis, (first, count) in enumerate(zip(self._first, spectrum.shape, strict=True)):
            turns = (np.arange(count) - first) * self._middle(axis) / self._bins[axis]
            spectrum *= np.expand_dims(np.exp(2j * np.pi * turns).astype(np.complex64), 1 - axis)
        self._spectrum: Spectra = spectrum

    def at(self, ys: Sequence[float] | Doubles, xs: Sequence[float] | Doubles) -> Spectra:
        """The waves of a tile, the plane brought back by each of ``ys`` down and ``xs`` across, ``(S, K, L)``."""
        rows, down, turned_down = self._taps(0, DOWN.ravel(), np.asarray(ys))
        columns, across, turned_across = self._taps(1, ACROSS, np.asarray(xs))
        width, spectrum = self._spectrum.shape[1], self._spectrum.ravel()
        start = rows[:, :, None] * width + columns[:, None, :]
        across = np.repeat(across, 2, axis=2)[:, :, None, :]  # for the real and the imaginary part, which lie together
        taken = np.empty(start.shape, np.complex64)
        parts = taken.view(np.float32)
        read = np.zeros_like(parts)
        for row, down_weight in enumerate(down):
            line = np.zeros_like(parts)
            for column, weight in enumerate(across):
                spectrum[row * width + column :].take(start, out=taken, mode="clip")
                line += parts * weight
            read += line * down_weight[:, :, None]
        return np.asarray(read.view(np.complex64) * turned_down[:, :, None] * turned_across[:, None, :], np.complex64)

    def _taps(self, axis: int, waves: Bins, scales: Doubles) -> tuple[Bins, Floats, Spectra]:
        """The first bin each wave at each scale is read from, ``(S, waves)``, and the weights of all its bins.

        Third, ``(S, waves)``, what turns their sum from the middle of the plane, where the window stands, to the corner
        of a tile.
        """
        places = np.multiply.outer(scales, waves) * (self._bins[axis] / TILE)
        before = np.floor(places - _TAPS / 2) + 1
        weights = _kernel(before + np.arange(_TAPS)[:, None, None] - places).astype(np.float32)
        turns = waves * (((self._middle(axis) + 0.5) * scales - 0.5) / TILE)[:, None]
        return before.astype(np.int64) + self._first[axis], weights, np.exp(-2j * np.pi * turns).astype(np.complex64)

    def _middle(self, axis: int) -> float:
        return 0.5 * float(self._sides[axis] - 1)


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
