"""The fingerprint of a clip: what its pictures look like, 32 bytes a picture, whoever encoded, scaled or cut it.

A word is 255 bits, one for each of the lowest 16 x 16 cosine waves of luma but the constant one: is the wave stronger
than the median of that picture? (Zauner 2010, "Implementation and benchmarking of perceptual image hash functions",
after Coskun and Sankur 2004.) A clip is the words of pictures spread over it. Shapes: W words of a clip.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from vitascope.provenance.mark import luma
from vitascope.types import Floats, Pixels

Words = npt.NDArray[np.uint64]
"""``(W, 4)``: 255 bits a picture, the last one 0."""

BITS = 255

MATCH = 0.25
"""Share of bits that may differ between a copy and its render; see decision 0007 and docs/figures.md."""

_WAVES = 16
_FLAT = 2.0  # grey levels of deviation below which a picture says nothing: black frames are alike everywhere
_KEPT = 24  # pictures of a clip at most; a clip of 33 frames gives 17
_SIDE = 512  # pixels a kept picture is at most wide or high: far more than 16 waves need

Plane = npt.NDArray[np.uint8]


class Sampler:
    """Keeps small grey pictures of the frames that pass through it, 24 at most, evenly spread however many come."""

    def __init__(self) -> None:
        """Begin with none."""
        self._step, self._planes = 1, list[Plane]()

    def watch(self, frames: Iterable[Pixels]) -> Iterator[Pixels]:
        """``frames``, each seen as it passes."""
        for number, frame in enumerate(frames):
            if number % self._step == 0:
                self._planes.append(_small(luma(frame)))
                if len(self._planes) > _KEPT:
                    self._step, self._planes = 2 * self._step, self._planes[::2]
            yield frame

    @property
    def planes(self) -> tuple[Plane, ...]:
        """The pictures kept so far."""
        return tuple(self._planes)


def words_of(planes: Iterable[Plane]) -> Words:
    """The words of grey pictures, ``(W, 4)``; flat ones have none."""
    words = [word_of(plane) for plane in planes if float(plane.std()) >= _FLAT]
    return np.stack(words) if words else np.zeros((0, 4), np.uint64)


def word_of(plane: npt.NDArray[np.uint8]) -> Words:
    """The word of one picture in luma, ``(4,)``."""
    height, width = plane.shape
    # einsum, not a product by BLAS: its threads wait for each other on a busy machine (see patterns.py).
    rows = np.einsum("kh,hw->kw", _waves(height), plane.astype(np.float32))
    strength = np.einsum("kw,lw->kl", rows, _waves(width)).ravel()[1:]
    bits = np.append(strength > np.median(strength), False)
    return np.packbits(bits).view(np.uint64)


@lru_cache(maxsize=8)
def _waves(side: int) -> Floats:
    """``(16, side)`` cosine waves of the discrete cosine transform (type II), scaled alike whatever the side."""
    places = (np.arange(side) + 0.5) / side
    waves: Floats = (np.cos(np.pi * np.arange(_WAVES)[:, None] * places) / side).astype(np.float32)
    return waves


def _small(plane: Plane) -> Plane:
    """``plane`` shrunk by a whole number, so that neither side is over 512 pixels; a thread stays one pixel wide."""
    step = -(-max(plane.shape) // _SIDE)
    if step == 1:
        return plane
    down, across = (min(step, side) for side in plane.shape)
    height, width = plane.shape[0] // down, plane.shape[1] // across
    boxes = plane[: height * down, : width * across].reshape(height, down, width, across)
    shrunk: Plane = boxes.mean(axis=(1, 3)).astype(np.uint8)
    return shrunk
