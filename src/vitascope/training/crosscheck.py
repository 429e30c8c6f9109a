"""Second opinions that learned nothing: which way the moving thing goes, twice over, and which place it looks like.

They judge the checker as much as the model: where they and the checker part, one of them is wrong.
"""

from itertools import pairwise

import cv2
import numpy as np

from vitascope.corpus.places import paint
from vitascope.text.world import FIRST, TIMES, Edition
from vitascope.types import Floats, Pixels

DIRECTIONS = ("right", "left", "up", "down")

LEAST_TRAVEL = 0.22
"""Frame sides a thing must get on to have gone anywhere; paths of the corpus are 0.56 to 0.66 long."""

STRAIGHT = 2.2
"""How much farther it must go one way than across it: a diagonal is no direction."""

_CHANGED = 18  # grey levels from the usual picture that count as something being there
_LEAST_AREA = 0.004  # share of the picture; less is noise
_ENDS = 3  # frames at each end whose mean place is taken
_GRID, _PAINTINGS = 8, 6
_FLOW = 128  # pixels a side of the frames flow is sought between
_FASTEST, _LEAST_SPEED = 0.02, 0.7  # share of a picture, and pixels a frame
_STEADY = 0.7  # how far it gets over how far it went, at least
_MARGIN = 24  # pixels of the painted canvas beyond what a camera at rest shows


def direction(clip: Pixels) -> str | None:
    """``right``, ``left``, ``up``, ``down``, or None where nothing goes straight across; of frames ``(T, H, W, 3)``.

    What differs from the median of all frames is there now and not usually: its centre in the first frames against
    that in the last. In the middle of a path the thing may hide in the median; at the ends it does not.
    """
    centres = _centres(clip)
    if len(centres) < 2 * _ENDS:
        return None
    x, y = centres[-_ENDS:].mean(axis=0) - centres[:_ENDS].mean(axis=0)
    return _way(float(x), float(y))


def _way(x: float, y: float) -> str | None:
    """The direction of a way of so many frame sides, or None where it is short or a diagonal."""
    along, across = max(abs(x), abs(y)), min(abs(x), abs(y))
    if along < LEAST_TRAVEL or along < STRAIGHT * across:
        return None
    if abs(x) > abs(y):
        return "right" if x > 0 else "left"
    return "down" if y > 0 else "up"


def _centres(clip: Pixels) -> Floats:
    """Centres (x, y) in frame sides of what differs from the median, of the frames in which something does."""
    soft = np.stack([cv2.GaussianBlur(frame, (0, 0), clip.shape[2] / 64) for frame in clip]).astype(np.float32)
    apart = np.abs(soft - np.median(soft, axis=0)).max(axis=-1)
    weight = np.where(apart > _CHANGED, apart, 0)
    there = (weight > 0).mean(axis=(1, 2)) > _LEAST_AREA
    mass = weight[there].sum(axis=(1, 2))
    x = weight[there].sum(axis=1) @ np.arange(clip.shape[2]) / mass / clip.shape[2]
    y = weight[there].sum(axis=2) @ np.arange(clip.shape[1]) / mass / clip.shape[1]
    return np.stack((x, y), axis=1).astype(np.float32)


def flow_direction(clip: Pixels) -> str | None:
    """The same by optical flow (DIS; Kroeger et al. 2016, 1603.03590), which looks at neighbouring frames alone.

    Flow is followed where there is any: the mean of the fastest pixels of each pair of frames, added up. Rain is flow,
    too, so in rain it seldom finds a way: 37 of 40 real renders are right, and the three are rain.
    """
    grey = [_grey(frame) for frame in clip]
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flows = (finder.calc(one, other, np.zeros((_FLOW, _FLOW, 2), np.float32)) for one, other in pairwise(grey))
    drifts = np.stack([_drift(np.asarray(flow, np.float32)) for flow in flows]) / _FLOW
    x, y = drifts.sum(axis=0)
    if np.hypot(x, y) < _STEADY * np.hypot(drifts[:, 0], drifts[:, 1]).sum():
        return None  # to and fro
    return _way(float(x), float(y))


def _grey(frame: Pixels) -> Pixels:
    return np.asarray(
        cv2.cvtColor(np.asarray(cv2.resize(frame, (_FLOW, _FLOW)), np.uint8), cv2.COLOR_RGB2GRAY), np.uint8
    )


def _drift(flow: Floats) -> Floats:
    """The mean flow (x, y) of the two hundredths of the picture that move fastest; none where nothing moves."""
    speed = np.hypot(flow[..., 0], flow[..., 1])
    fast = speed >= max(_LEAST_SPEED, float(np.quantile(speed, 1 - _FASTEST)))
    return np.asarray(flow[fast].mean(axis=0) if fast.any() else np.zeros(2), np.float32)


class Layouts:
    """How every place of an edition is coloured at every time, on a coarse grid: the mean of a few paintings."""

    def __init__(self, edition: Edition = FIRST) -> None:
        """Paint them; a second's work."""
        self._keys = [(place, time) for place in edition.places for time in TIMES]
        self._grids = np.stack([_usual(place, time) for place, time in self._keys])

    def place(self, clip: Pixels) -> str:
        """The place whose colours are nearest to the median of the frames ``(T, H, W, 3)``."""
        seen = _grid(np.median(clip, axis=0).astype(np.uint8))
        apart = np.abs(self._grids - seen).mean(axis=(1, 2, 3))
        return self._keys[int(apart.argmin())][0]


def _usual(place: str, time: str) -> Floats:
    rngs = (np.random.default_rng(seed) for seed in range(_PAINTINGS))
    return np.mean([_grid(paint(place, time, rng)[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]) for rng in rngs], axis=0)


def _grid(picture: Pixels) -> Floats:
    return np.asarray(cv2.resize(picture, (_GRID, _GRID), interpolation=cv2.INTER_AREA), np.float32)
