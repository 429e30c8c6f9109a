"""The patterns the invisible mark is made of: one to find its grid by, and 64 that carry the bits of an id.

All are drawn from the mark key, so nobody without the key can find the mark or remove it exactly. The stream is
SHAKE-256 (FIPS 202) and not a NumPy generator, because NumPy does not promise the same stream in later versions
(NEP 19) and an old mark must stay findable. T = 64 pixels per side of a tile.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

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
    """The patterns of a mark key; about 20 ms the first time."""
    fields = _limit_to_band(_normal_fields(key, BITS + 1))
    tiles = _orthogonal(fields.reshape(BITS + 1, -1)).reshape(BITS + 1, TILE, TILE)
    tiles /= tiles.std(axis=(1, 2), keepdims=True)
    whole = tiles.astype(np.float32)
    whole.setflags(write=False)
    return Patterns(sync=whole[0], bits=whole[1:])


def band() -> npt.NDArray[np.bool_]:
    """Which of the ``(T, T)`` Fourier bins of a tile the patterns live in: 604 of 4,096."""
    frequency = np.fft.fftfreq(TILE)
    radius = np.hypot(frequency[:, None], frequency[None, :])
    return (radius > _LOWEST) & (radius < _HIGHEST)


def _normal_fields(key: bytes, num_fields: int) -> Doubles:
    """Independent standard normal ``(T, T)`` fields by the transform of Box and Muller (1958)."""
    num_pairs = num_fields * TILE * TILE // 2
    stream = hashlib.shake_256(SCHEME.encode() + b"\x00" + key).digest(8 * num_pairs)
    uniform = (np.frombuffer(stream, dtype="<u4").astype(np.float64) + 0.5) / 2**32
    radius, angle = np.sqrt(-2 * np.log(uniform[:num_pairs])), 2 * np.pi * uniform[num_pairs:]
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return normal.reshape(num_fields, TILE, TILE)


def _limit_to_band(fields: Doubles) -> Doubles:
    limited: Doubles = np.fft.ifft2(np.fft.fft2(fields) * band()).real
    return limited


def _orthogonal(rows: Doubles) -> Doubles:
    """Gram-Schmidt by QR. Random rows leak .04 into each other, which costs half a sigma of a ceiling of 8.

    A QR with a positive diagonal is unique, so that every LAPACK gives the same rows.
    """
    q, r = np.linalg.qr(rows.T)
    turned: Doubles = (q * np.sign(np.diag(r))).T
    return turned
