"""What of a clip may be a mark: luma without its coarse picture, evened out by local contrast, added up over frames.

Encoders begin every film with a picture that stands alone and gets most of the bits; those after it copy what moved,
and at strong compression the mark stays behind. So the first frame is heard by itself as well: in film-like clips of
480x270 at CRF 35 the mean of all frames spelt the right id at 4.4 to 5.8 sigma and the first frame at 6.5 to 7.1.
Shapes: H rows, W columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vitascope.provenance.boxes import FIFTEEN, NINE, SEVEN, box_sums
from vitascope.provenance.mark import luma
from vitascope.types import Floats, Pixels

_COARSE = (*SEVEN, *SEVEN, *NINE)  # three boxes are nearly a Gaussian, here of deviation 3.8
_COARSE_AREA, _COARSE_REACH = (7 * 7 * 9) ** 2, 10
_AREA, _REACH = 15 * 15, 7
_FLOOR, _LOUDEST = 3.0, 2.5  # grey levels under which contrast is not evened out; deviations that count at most
_MOST = 2048  # pixels of a side that are heard, from the top left: a thousand tiles, and a minute less of 8K


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The residuals of a clip, ``(H, W)`` each."""

    mean: Floats
    first: Floats  # mean of the first frame's and of ``mean``: half of all that is heard is the first frame
    frames: int


def hear(frames: Iterable[Pixels]) -> Heard | None:
    """The residuals of ``frames`` of one size; ``None`` if there are none."""
    first: Floats | None = None
    total: Floats = np.zeros((0, 0), dtype=np.float32)
    num_frames = 0
    for frame in frames:
        residual = residual_of(luma(frame[:_MOST, :_MOST]))
        if first is None:
            first, total = residual, np.zeros_like(residual)
        if residual.shape == total.shape:  # in a stream that changes size, the first size speaks
            total += residual
            num_frames += 1
    if first is None:
        return None
    mean = total / np.float32(num_frames)
    return Heard(mean=mean, first=np.float32(0.5) * (first + mean), frames=num_frames)


def residual_of(plane: npt.NDArray[np.uint8]) -> Floats:
    """The residual of one picture in luma, ``(H, W)``."""
    padded = np.pad(plane, _COARSE_REACH, mode="edge").astype(np.int32)
    detail = plane - box_sums(padded, _COARSE).astype(np.float32) / np.float32(_COARSE_AREA)
    energy = box_sums(np.pad(detail * detail, _REACH, mode="edge"), FIFTEEN)
    contrast = np.sqrt(energy / np.float32(_AREA)) + np.float32(_FLOOR)
    clipped: Floats = np.clip(detail / contrast, -_LOUDEST, _LOUDEST)
    return clipped
