"""The invisible mark: a spread-spectrum pattern under every frame, which carries the id of one render.

The same tile lies under all frames, so that a detector which averages frames sees the mark grow and the moving
picture fade (Cox et al. 1997, "Secure spread spectrum watermarking for multimedia"; masking by local contrast).
Shapes: H rows, W columns.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vitascope.provenance.boxes import NINE, box_sums
from vitascope.provenance.patterns import BITS, TILE, patterns
from vitascope.types import Floats, Marked, Pixels

_SYNC_WEIGHT = 0.7  # of the sync pattern relative to the whole message
_FLAT, _BUSY = 0.6, 2.0  # masking: share of the strength on flat and on busy ground
_CONTRAST = 12.0  # grey levels of local deviation that add 1 to the masking
_BOX = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """How far a mark may change a picture, in grey levels of luma."""

    strength: float  # before masking
    loudest: float  # root mean square over a frame, at most: 255 / 10 ** (dB / 20)


_SIZES = (128 * 128, 256 * 256, 480 * 270)  # pixels of a frame the curve is known at
_STRENGTHS = (3.0, 3.0, 2.2)
_LOUDESTS = (4.00, 3.15, 2.25)  # 36, 38 and 41 dB at least


def loudness_for(height: int, width: int) -> Loudness:
    """The loudness for frames of that size: a small frame has few tiles to average, so its mark is louder.

    Between the measured sizes it runs along the logarithm of the pixels; see decision 0007 for how it was found.
    """
    place, known = np.log(height * width), np.log(_SIZES)
    strength, loudest = np.interp(place, known, _STRENGTHS), np.interp(place, known, _LOUDESTS)
    return Loudness(strength=float(strength), loudest=float(loudest))


def new_mark_id() -> int:
    """A random 64-bit id. No meaning is kept in the bits; the register says what it belongs to."""
    return secrets.randbits(BITS)


def mark(frames: Iterable[Pixels], mark_id: int, key: bytes, loudness: Loudness | None = None) -> Iterator[Marked]:
    """Lays the mark of ``mark_id`` under each ``(H, W, 3)`` frame as it comes; same id and key, same pixels."""
    tile = message_tile(mark_id, key)
    cover: Floats = np.empty((0, 0), dtype=np.float32)
    for frame in frames:
        level = loudness or loudness_for(*frame.shape[:2])
        if cover.shape != frame.shape[:2]:
            cover = np.float32(level.strength) * _cover(tile, frame.shape[0], frame.shape[1])
        yield Marked(frame=_embed(frame, cover, level.loudest), mark_id=mark_id)


def message_tile(mark_id: int, key: bytes) -> Floats:
    """The ``(T, T)`` tile that spells ``mark_id``, standard deviation 1."""
    signs = signs_of(np.array([mark_id], dtype=np.uint64))[0]
    drawn = patterns(key)
    tile = _SYNC_WEIGHT * np.sqrt(np.float32(BITS)) * drawn.sync + (signs[:, None, None] * drawn.bits).sum(axis=0)
    whole: Floats = tile / tile.std()
    return whole


def signs_of(ids: npt.NDArray[np.uint64]) -> Floats:
    """``(N, 64)`` of +1 and -1: the bits of each id, lowest first."""
    bits = (ids[:, None] >> np.arange(BITS, dtype=np.uint64)) & np.uint64(1)
    return bits.astype(np.float32) * 2 - 1


def luma(frame: Pixels) -> npt.NDArray[np.uint8]:
    """Luma of BT.601, full range, ``(H, W)`` in 0..255: in fixed point, thus exact and fast."""
    red, green, blue = (frame[..., channel].astype(np.uint16) for channel in range(3))
    weighted: npt.NDArray[np.uint16] = 77 * red + 150 * green + 29 * blue + 128
    whole: npt.NDArray[np.uint8] = (weighted >> 8).astype(np.uint8)
    return whole


def _cover(tile: Floats, height: int, width: int) -> Floats:
    """The tile repeated from the top left corner and cut at the frame."""
    return np.tile(tile, (-(-height // TILE), -(-width // TILE)))[:height, :width]


def _embed(frame: Pixels, cover: Floats, loudest: float) -> Pixels:
    """Adds the masked cover to luma; equal steps in R, G and B leave both colour differences as they are."""
    height, width = cover.shape
    change = cover * _masking(luma(frame))
    change *= min(1.0, loudest / max(float(np.sqrt(np.mean(change * change))), 1e-6))
    steps = np.repeat(np.rint(change).astype(np.int16), 3, axis=1)
    marked: Pixels = np.clip(frame.reshape(height, width * 3) + steps, 0, 255).astype(np.uint8)
    return marked.reshape(height, width, 3)


def _masking(plane: npt.NDArray[np.uint8]) -> Floats:
    """How much of the mark each pixel hides: more where its surroundings are busy. All integers until the root."""
    padded = np.pad(plane, _BOX // 2, mode="edge").astype(np.int32)
    sums, squares = box_sums(padded, NINE), box_sums(padded * padded, NINE)
    area = _BOX * _BOX
    deviation = np.sqrt((area * squares - sums * sums).astype(np.float32)) / np.float32(area)
    masking: Floats = np.clip(np.float32(_FLAT) + deviation / np.float32(_CONTRAST), _FLAT, _BUSY)
    return masking
