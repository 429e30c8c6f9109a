"""Finding the mark again: where its grid lies after scaling and cropping, and whose id it spells.

Bits are never decoded one by one: the soft values are correlated with every id in question, and the threshold grows
with their number, so that a wrong id is named about once in ``1 / p`` searches however many there are. That rests on
the ids, which are random, and on no picture: for any soft values the tail is below exp(-t * t / 2) (Hoeffding 1963).
Shapes: H rows, W columns, T = 64 pixels of a tile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from vitascope.provenance.mark import luma, signs_of
from vitascope.provenance.patterns import BITS, TILE, Doubles, Patterns, band, patterns
from vitascope.types import Floats, Pixels

Spectrum = npt.NDArray[np.complex128]

_SMALLEST, _LARGEST = 0.40, 2.05  # scales searched: factors that bring the suspect back to the size it was marked at
_STEPS = (0.0025, 0.02)  # of the search: finest and coarsest
_DRIFT = 3.0  # pixels the far edge may move between two scales; a mark half a period off is lost
_FINE = tuple(third / 3 for third in range(-3, 4))  # of a step, around each finalist
_FINALISTS = 3
LIKELY = 1e-3
"""A mark whose chance in unmarked clips is at most this is worded "likely"."""

ALONE = 7.5
"""Sigmas from which a sync peak counts without an id. Checkerboards reached 6.2 in 200 unmarked clips; marked clips
of 96x96 and more stand at 8 to 12 unless encoded to pieces."""

_SYNC_GATE, _MARGIN = 5.0, 1.0  # sigmas; best unmarked peak 4.9 in the first measurements


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What the detector sees of a mark, before any id is compared."""

    z: float  # height of the sync peak in standard deviations
    scale: tuple[float, float]  # factors in y and x back to the size the clip was marked at
    offset: tuple[int, int]  # rows and columns the grid is shifted by, modulo 64
    softs: Floats  # (64,) of root mean square 1, one per bit; the sign is the bit
    trials: int  # grids compared: places times scales
    frames: int

    @property
    def p(self) -> float:
        """Chance that noise shows such a peak anywhere in the search, trials added up; checkerboards do more often."""
        return min(1.0, self.trials * NormalDist().cdf(-self.z))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The id the mark spells."""

    mark_id: int
    score: float  # standard normal for a wrong id; 8 at most
    p: float  # chance of such a score among as many wrong ids


def detect(frames: Iterable[Pixels], key: bytes) -> Detection | None:
    """Searches ``frames`` for a mark of ``key`` at any scale and crop; ``None`` if there are no frames."""
    residual, num_frames = _mean_residual(frames)
    if num_frames == 0:
        return None
    drawn = patterns(key)
    sync = np.conj(np.fft.rfft2(drawn.sync))
    step = float(np.clip(_DRIFT / max(residual.shape), *_STEPS))
    coarse = [_align(residual, scale, (scale,), sync)[0] for scale in _scales(step)]
    finalists = sorted(coarse, key=lambda found: -found.z)[:_FINALISTS]
    fine = [found for start in finalists for found in _refine(residual, start, step, sync)]
    best = max(coarse + fine, key=lambda found: found.z)
    return Detection(
        z=best.z,
        scale=best.scale,
        offset=best.offset,
        softs=_softs(best, drawn),
        trials=TILE * TILE * (len(coarse) + len(fine)),
        frames=num_frames,
    )


def carries(frame: Pixels, mark_id: int, key: bytes, *, p: float = LIKELY) -> bool:
    """Whether an unscaled, uncut ``frame`` still carries the mark of ``mark_id``; nothing is searched."""
    drawn = patterns(key)
    residual, _ = _mean_residual([frame])
    (found,) = _align(residual, 1.0, (1.0,), np.conj(np.fft.rfft2(drawn.sync)))
    score = float((signs_of(np.array([mark_id], dtype=np.uint64)) @ _softs(found, drawn))[0]) / np.sqrt(BITS)
    return found.offset == (0, 0) and score >= threshold(1, p)


def identify(detection: Detection, ids: Sequence[int], *, p: float = LIKELY) -> Match | None:
    """The one of ``ids`` the mark spells, or ``None`` when chance could have done it more often than ``p``."""
    if detection.z < _SYNC_GATE or not ids:
        return None
    scored = _scores(detection, ids)
    order = np.argsort(scored)
    best = float(scored[order[-1]])
    second = float(scored[order[-2]]) if len(ids) > 1 else 0.0
    if best < threshold(len(ids), p) or best - second < _MARGIN:
        return None
    return Match(mark_id=ids[int(order[-1])], score=best, p=min(1.0, len(ids) * NormalDist().cdf(-best)))


def scores(detection: Detection, ids: Sequence[int]) -> dict[int, float]:
    """How well the mark spells each of ``ids``: standard normal for a wrong one, 8 at most."""
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


def _scores(detection: Detection, ids: Sequence[int]) -> Floats:
    scored: Floats = signs_of(np.array(ids, dtype=np.uint64)) @ detection.softs / np.sqrt(np.float32(BITS))
    return scored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alignment:
    z: float
    scale: tuple[float, float]
    offset: tuple[int, int]
    spectrum: Spectrum  # whitened, (T, T / 2 + 1)


def _softs(found: _Alignment, drawn: Patterns) -> Floats:
    """One number a bit, root mean square 1."""
    aligned = np.roll(np.fft.irfft2(found.spectrum), (-found.offset[0], -found.offset[1]), axis=(0, 1))
    softs = (drawn.bits * aligned).sum(axis=(1, 2))
    return np.asarray(softs / max(float(np.sqrt(np.square(softs).mean())), 1e-12), np.float32)


def _refine(residual: Floats, start: _Alignment, step: float, sync: Spectrum) -> list[_Alignment]:
    """Scales close to ``start``, y and x apart: encoders round both sides to even numbers, each its own way."""
    y, x = start.scale
    xs = [x + step * share for share in _FINE]
    return [found for share in _FINE for found in _align(residual, y + step * share, xs, sync)]


def _align(residual: Floats, y: float, xs: Sequence[float], sync: Spectrum) -> list[_Alignment]:
    """At scale ``y`` and each of ``xs``: the shift of the tile grid at which the sync pattern fits best."""
    rows, num_rows = _fold(residual, y)
    found = []
    for x in xs:
        columns, num_columns = _fold(rows.T, x)
        found.append(_best_shift(columns.T / np.outer(num_rows, num_columns), (y, x), sync))
    return found


def _best_shift(tile: Floats, scale: tuple[float, float], sync: Spectrum) -> _Alignment:
    spectrum = _whiten(np.fft.rfft2(tile) * band()[:, : TILE // 2 + 1])
    likeness = np.fft.irfft2(spectrum * sync)
    row, column = divmod(int(likeness.argmax()), TILE)
    z = float((likeness[row, column] - likeness.mean()) / max(float(likeness.std()), 1e-12))
    return _Alignment(z=z, scale=scale, offset=(row, column), spectrum=spectrum)


def _whiten(spectrum: Spectrum) -> Spectrum:
    """Evens out the spectrum, lest a strong stripe in the picture outvote the mark."""
    size = np.abs(spectrum)
    level: Spectrum = spectrum / (size + 0.3 * size.mean() + 1e-12)
    return level


def _fold(plane: Floats, factor: float) -> tuple[Floats, Floats]:
    """``(T, M)`` sums of the rows of ``plane`` resampled by ``factor``, rows T apart added, and the number in each sum.

    Bicubic weights, widened when shrinking. Sums over taps instead of a product of matrices: as fast, and free of the
    threads of a BLAS, which wait for each other on a busy machine.
    """
    places, weights = _taps(plane.shape[0], factor)
    num_rows = len(places)
    resampled = np.zeros((-(-num_rows // TILE) * TILE, plane.shape[1]), dtype=np.float32)
    for place, weight in zip(places.T, weights.T, strict=True):
        resampled[:num_rows] += weight[:, None] * plane[place]
    counts = np.maximum(np.bincount(np.arange(num_rows) % TILE, minlength=TILE), 1).astype(np.float32)
    return resampled.reshape(-1, TILE, plane.shape[1]).sum(axis=0), counts


@lru_cache(maxsize=32)
def _taps(side: int, factor: float) -> tuple[npt.NDArray[np.intp], Floats]:
    """For each row of a line of ``side`` resampled by ``factor``: the rows it is mixed from, and their weights."""
    centre, widening = (np.arange(max(1, round(side * factor))) + 0.5) / factor - 0.5, max(1.0, 1 / factor)
    reach = int(np.ceil(2 * widening))
    taps = np.floor(centre)[:, None] + np.arange(1 - reach, reach + 1)
    weights = _cubic((taps - centre[:, None]) / widening)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.clip(taps, 0, side - 1).astype(np.intp), weights.astype(np.float32)


def _cubic(distance: Doubles) -> Doubles:
    """Kernel of Catmull and Rom (Keys 1981, a = -0.5)."""
    x = np.abs(distance)
    kernel: Doubles = np.where(x < 1, (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2)
    return np.where(x < 2, kernel, 0.0)


def _scales(step: float) -> list[float]:
    """Scales to try: exactly 1, and an even grid."""
    return [1.0, *(float(scale) for scale in np.arange(_SMALLEST, _LARGEST, step))]


def _mean_residual(frames: Iterable[Pixels]) -> tuple[Floats, int]:
    """What is left of luma without its coarse picture, evened out by local contrast, averaged over frames."""
    total: Floats = np.zeros((0, 0), dtype=np.float32)
    num_frames = 0
    for frame in frames:
        residual = _residual(luma(frame).astype(np.float32))
        if num_frames and residual.shape != total.shape:
            continue  # a stream that changes size: the first size speaks
        total = total + residual if num_frames else residual
        num_frames += 1
    return total / np.float32(max(1, num_frames)), num_frames


def _residual(plane: Floats) -> Floats:
    detail = plane - _smooth(plane, _GAUSSIAN)
    contrast = np.sqrt(_smooth(detail * detail, _MEAN)) + np.float32(3)
    clipped: Floats = np.clip(detail / contrast, -2.5, 2.5)
    return clipped


def _smooth(plane: Floats, kernel: tuple[float, ...]) -> Floats:
    """Convolves rows, then columns, with a symmetric kernel; edges repeat."""
    reach = len(kernel) // 2
    for _ in range(2):
        padded = np.pad(plane, ((reach, reach), (0, 0)), mode="edge")
        smoothed = np.zeros_like(plane)
        for start, weight in enumerate(kernel):
            smoothed += np.float32(weight) * padded[start : start + plane.shape[0]]
        plane = smoothed.T
    return plane


def _gaussian(sigma: float, reach: int) -> tuple[float, ...]:
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return tuple(float(weight) for weight in weights / weights.sum())


_GAUSSIAN = _gaussian(4.0, 12)
_MEAN = (1 / 15,) * 15
