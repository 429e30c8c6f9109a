"""Finding the mark again: where its grid lies after scaling and cropping, and whose id it spells.

Bits are never decoded one by one: the soft values are correlated with every id in question, and the threshold grows
with their number, so that a wrong id is named about once in ``1 / p`` searches however many there are. That rests on
the ids, which are random, and on no picture: for any soft values the tail is below exp(-t * t / 2) (Hoeffding 1963).
Shapes: H rows, W columns, T = 64 pixels of a tile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from math import erfc, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from vitascope.provenance.mark import signs_of
from vitascope.provenance.patterns import BITS, TILE, Doubles, patterns
from vitascope.provenance.residual import hear
from vitascope.provenance.waves import ACROSS, BAND, DOWN, TWICE, Spectra, Waves
from vitascope.types import Floats, Pixels

_SMALLEST, _LARGEST = 0.40, 2.05  # scales searched: factors that bring the suspect back to the size it was marked at
_STEPS = (0.00125, 0.02)  # of the search: finest and coarsest
_DRIFT = 3.0  # pixels the far edge may move between two scales; a mark half a period off is lost
_FINE = tuple(third / 3 for third in range(-3, 4))  # of a step, around each finalist
_FINALISTS = 3
LIKELY = 1e-3
"""A mark whose chance in unmarked clips is at most this is worded "likely"."""

ALONE = 7.5
"""Sigmas from which a sync peak counts without an id. Checkerboards reached 6.2 in 200 unmarked clips; marked clips
of 96x96 and more stand at 8 to 12 unless encoded to pieces."""

_SYNC_GATE = 6.0  # sigmas; half of 60 unmarked clips stood above 5.0, a tenth above 5.5, none above 5.93
_MARGIN = 1.0
_LOUD = 9.0  # sigmas from which the mean of all frames is enough
_FAINT = 0.05  # share of the allowed chance that is left where the sync peak stays below the gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What the detector sees of a mark, before any id is compared."""

    z: float  # height of the sync peak in standard deviations
    scale: tuple[float, float]  # factors in y and x back to the size the clip was marked at
    offset: tuple[int, int]  # rows and columns the grid is shifted by, modulo 64
    softs: Floats  # (M, 64), a row a reading: one number a bit, of root mean square 1; the sign is the bit
    trials: int  # grids compared: places times scales
    frames: int

    @property
    def p(self) -> float:
        """Chance that noise shows such a peak anywhere in the search, trials added up; checkerboards do more often."""
        return min(1.0, self.trials * _tail(self.z))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The id the mark spells."""

    mark_id: int
    score: float  # standard normal for a wrong id; 8 at most
    p: float  # chance of such a score among as many wrong ids


def detect(frames: Iterable[Pixels], key: bytes) -> Detection | None:
    """Searches ``frames`` for a mark of ``key`` at any scale and crop; ``None`` if there are no frames.

    The mark is read where the sync peak stands, and once more as if nothing had been scaled or cut: stripes can
    outshine a weak peak elsewhere, and most copies are neither.
    """
    heard = hear(frames)
    if heard is None:
        return None
    waves = Waves(heard.mean)
    peaks, trials = _search(waves, heard.mean.shape, key)
    readings = [peaks, _unmoved(waves, key)]
    if heard.frames > 1 and peaks.z < _LOUD:
        waves = Waves(heard.first)
        other, more = _search(waves, heard.first.shape, key)
        trials, readings = trials + more, [max(peaks, other, key=_height), readings[1], _unmoved(waves, key)]
    return Detection(
        z=readings[0].z,
        scale=readings[0].scale,
        offset=readings[0].offset,
        softs=np.stack([_softs(found, key) for found in readings]),
        trials=trials,
        frames=heard.frames,
    )


def carries(frame: Pixels, mark_id: int, key: bytes, *, p: float = LIKELY) -> bool:
    """Whether an unscaled, uncut ``frame`` still carries the mark of ``mark_id``; nothing is searched."""
    heard = hear([frame])
    if heard is None:
        return False
    _, found = _peaks(Waves(heard.mean), np.ones(1), np.ones(1), key)
    score = float((signs_of(np.array([mark_id], dtype=np.uint64)) @ _softs(found, key))[0]) / np.sqrt(BITS)
    return found.offset == (0, 0) and score >= threshold(1, p)


def identify(detection: Detection, ids: Sequence[int] | npt.NDArray[np.uint64], *, p: float = LIKELY) -> Match | None:
    """The one of ``ids`` the mark spells, or ``None`` when chance could have done it more often than ``p``.

    Below the gate of the sync peak an id has to be twenty times as sure: most clips have no mark at all.
    """
    if not len(ids):
        return None
    scored = _scores(detection, ids)
    nearest = int(scored.argmax())
    best = float(scored[nearest])
    scored[nearest] = -np.inf
    second = float(scored.max()) if len(ids) > 1 else 0.0
    trials = len(ids) * len(detection.softs)
    allowed = p if detection.z >= _SYNC_GATE else p * _FAINT
    if best < threshold(trials, allowed) or best - second < _MARGIN:
        return None
    return Match(mark_id=int(ids[nearest]), score=best, p=min(1.0, trials * _tail(best)))


def scores(detection: Detection, ids: Sequence[int]) -> dict[int, float]:
    """How well the mark spells each of ``ids`` in its best reading: a wrong one is standard normal in each; 8 at most.

    A reading does not know any id, so the best of N ids in M readings is the best of N * M wrong ones.
    """
    return dict(zip(ids, (float(score) for score in _scores(detection, ids)), strict=True))


def threshold(num_ids: int, p: float) -> float:
    """Score the best of ``num_ids`` wrong ids passes with probability ``p``, by the normal tail."""
    return -NormalDist().inv_cdf(p / num_ids)


def certain_threshold(num_ids: int, p: float) -> float:
    """Score the best of ``num_ids`` wrong ids passes with probability ``p`` at most, whatever the soft values are.

    Signs of a random id are independent, so the tail of their weighted sum is below exp(-t * t / 2) (Hoeffding 1963,
    theorem 2), and below ``num_ids`` times that for the best of them. Nothing is assumed of the picture.
    """
    return float(np.sqrt(2 * np.log(num_ids / p)))


def _tail(score: float) -> float:
    """Chance of more than ``score`` in a standard normal; ``NormalDist().cdf`` ends at 1e-16 and is 0 from 8.3 on."""
    return erfc(score / sqrt(2)) / 2


def _scores(detection: Detection, ids: Sequence[int] | npt.NDArray[np.uint64]) -> Floats:
    """Sums of eight soft values with the signs of a byte are made for all 256 bytes and looked up for each of an id.

    At 100,000 ids that is twenty times as fast as a product with their signs.
    """
    octets = np.asarray(ids, "<u8").view(np.uint8).reshape(-1, 8)
    sums = np.einsum("vi,moi->mov", _signs_of_bytes(), detection.softs.reshape(-1, 8, 8))
    readings = (sum(one.take(octets[:, at]) for at, one in enumerate(reading)) for reading in sums)
    scored: Floats = reduce(np.maximum, readings) / np.sqrt(np.float32(BITS))
    return scored


@cache
def _signs_of_bytes() -> Floats:
    """``(256, 8)``: +1 and -1 for the bits of each byte, lowest first."""
    return signs_of(np.arange(256, dtype=np.uint64))[:, :8]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alignment:
    z: float
    scale: tuple[float, float]
    offset: tuple[int, int]
    spectrum: Spectra  # whitened, (K, L)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spelling:
    """The spectra of a key's patterns."""

    sync: Spectra  # (K, L)
    bits: Spectra  # (64, K, L)


@lru_cache(maxsize=4)
def _spelling(key: bytes) -> _Spelling:
    drawn = patterns(key)
    sync, bits = (np.fft.rfft2(tiles)[..., DOWN, ACROSS].astype(np.complex64) for tiles in (drawn.sync, drawn.bits))
    return _Spelling(sync=sync, bits=bits)


def _search(waves: Waves, sides: tuple[int, ...], key: bytes) -> tuple[_Alignment, int]:
    """The highest sync peak over all scales, y and x apart in the end, and how many grids were compared.

    Apart, because encoders round both sides to even numbers, each its own way.
    """
    step = float(np.clip(_DRIFT / max(sides), *_STEPS))
    scales = np.concatenate(([1.0], np.arange(_SMALLEST, _LARGEST, step)))
    heights, coarse = _peaks(waves, scales, scales, key)
    around = scales[np.argsort(-heights)[:_FINALISTS], None] + step * np.asarray(_FINE)
    ys, xs = np.repeat(around, len(_FINE), axis=1).ravel(), np.tile(around, len(_FINE)).ravel()
    _, fine = _peaks(waves, ys, xs, key)
    return max(coarse, fine, key=_height), TILE * TILE * (len(scales) + len(ys))


def _peaks(waves: Waves, ys: Doubles, xs: Doubles, key: bytes) -> tuple[Floats, _Alignment]:
    """The height of the sync peak at each scale, ``(S,)``, and the highest of all with what is read there."""
    spectra = _whiten(waves.at(ys, xs))
    likeness = _likeness(spectra, key)
    heights = likeness.max(axis=(1, 2))
    best = int(heights.argmax())
    row, column = divmod(int(likeness[best].argmax()), TILE)
    scale = (float(ys[best]), float(xs[best]))
    return heights, _Alignment(z=float(heights[best]), scale=scale, offset=(row, column), spectrum=spectra[best])


def _unmoved(waves: Waves, key: bytes) -> _Alignment:
    """What is read where a clip was marked, if it was neither scaled nor cut; ``z`` is the likeness right there."""
    spectra = _whiten(waves.at([1.0], [1.0]))
    height = float(_likeness(spectra, key)[0, 0, 0])
    return _Alignment(z=height, scale=(1.0, 1.0), offset=(0, 0), spectrum=spectra[0])


def _likeness(spectra: Spectra, key: bytes) -> Floats:
    """How well the sync pattern fits at each shift of the tile grid, in standard deviations, ``(S, T, T)``."""
    fit = spectra * np.conj(_spelling(key).sync)
    power = (np.square(np.abs(fit)) * TWICE).sum(axis=(1, 2), keepdims=True)  # Parseval: the mean of the fit is 0
    whole = np.zeros((len(fit), TILE, TILE // 2 + 1), np.complex64)
    whole[:, DOWN, ACROSS] = fit * (TILE**2 / np.sqrt(np.maximum(power, 1e-24)))
    return np.asarray(np.fft.irfft2(whole), np.float32)


def _height(found: _Alignment) -> float:
    return found.z


def _whiten(spectra: Spectra) -> Spectra:
    """Evens out the waves of the band, lest a strong stripe in the picture outvote the mark."""
    size = np.abs(spectra) * BAND
    mean = (size * TWICE).sum(axis=(1, 2), keepdims=True) / TILE**2
    level: Spectra = spectra * BAND / (size + 0.3 * mean + 1e-12)
    return level


def _softs(found: _Alignment, key: bytes) -> Floats:
    """One number a bit, root mean square 1."""
    row, column = found.offset
    aligned = found.spectrum * TWICE * np.exp(2j * np.pi * (DOWN * row + ACROSS * column) / TILE)
    softs = (np.conj(_spelling(key).bits) * aligned).real.sum(axis=(1, 2))
    return np.asarray(softs / max(float(np.sqrt(np.square(softs).mean())), 1e-12), np.float32)
