"""The patterns the invisible mark is made of: one to find its grid by, and 64 that carry the bits of an id.

All are drawn from the mark key, so nobody without the key can find the mark or remove it exactly. The stream is
SHAKE-256 (FIPS 202) and not a NumPy generator, because NumPy does not promise the same stream in later versions
(NEP 19) and an old mark must stay findable. T = 64 pixels per side of a tile, B = 302 Fourier bins of the band.

No product here is left to a BLAS: these are too small to gain by its threads, and on a busy machine the threads wait
for each other (1 s where this takes 10 ms).
"""

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from vitascope.types import Floats

SCHEME = "org.vitascope.trace.1"
"""Name of this pattern set in manifests; a change in anything below needs a new one."""

TILE = 64
BITS = 64
_LOWEST, _HIGHEST = 1 / 18, 1 / 4.5  # cycles per pixel: coarser is seen as shading, finer is lost in any encoder

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Orthogonal band-limited tiles of standard deviation 1."""

    sync: Floats  # (T, T)
    bits: Floats  # (64, T, T)


@lru_cache(maxsize=4)
def patterns(key: bytes) -> Patterns:
    """The patterns of a mark key; about 10 ms the first time."""
    rows, columns = np.nonzero(_half_band())
    drawn = _orthogonal(_normal_numbers(key, BITS + 1, 2 * len(rows)))
    spectra = np.zeros((BITS + 1, TILE, TILE), dtype=np.complex128)
    spectra[:, rows, columns] = drawn[:, : len(rows)] + 1j * drawn[:, len(rows) :]
    tiles = np.fft.ifft2(spectra).real  # half of the bins, real part: the same as all bins of a real field
    tiles /= tiles.std(axis=(1, 2), keepdims=True)
    whole = tiles.astype(np.float32)
    whole.setflags(write=False)
    return Patterns(sync=whole[0], bits=whole[1:])


@cache
def band() -> npt.NDArray[np.bool_]:
    """Which of the ``(T, T)`` Fourier bins of a tile the patterns live in: 604 of 4,096."""
    frequency = np.fft.fftfreq(TILE)
    radius = np.hypot(frequency[:, None], frequency[None, :])
    inside: npt.NDArray[np.bool_] = (radius > _LOWEST) & (radius < _HIGHEST)
    return inside


def _half_band() -> npt.NDArray[np.bool_]:
    """One bin of each conjugate pair: the other follows, since pixels are real."""
    frequency = np.fft.fftfreq(TILE)
    upper: npt.NDArray[np.bool_] = (frequency[:, None] > 0) | ((frequency[:, None] == 0) & (frequency[None, :] > 0))
    return band() & upper


def _normal_numbers(key: bytes, num_rows: int, num_columns: int) -> Doubles:
    """Independent standard normal numbers by the transform of Box and Muller (1958)."""
    num_pairs = num_rows * num_columns // 2
    stream = hashlib.shake_256(SCHEME.encode() + b"\x00" + key).digest(8 * num_pairs)
    uniform = (np.frombuffer(stream, dtype="<u4").astype(np.float64) + 0.5) / 2**32
    radius, angle = np.sqrt(-2 * np.log(uniform[:num_pairs])), 2 * np.pi * uniform[num_pairs:]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(num_rows, num_columns)


def _orthogonal(rows: Doubles) -> Doubles:
    """Gram and Schmidt. Random rows leak .04 into each other, which costs half a sigma of a ceiling of 8."""
    rows = rows.copy()
    for index in range(len(rows)):
        rows[index] /= np.sqrt(np.square(rows[index]).sum())
        later = rows[index + 1 :]
        later -= (later * rows[index]).sum(axis=1, keepdims=True) * rows[index]
    return rows
