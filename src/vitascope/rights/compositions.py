"""Is a clip a copy of a whole training composition, in layout and movement, and not only of a work in it?

Every composition the model learned from is a point: five latents of the lapped codec, their strongest channels, each in
its own spread, by principal components whose strength is evened out, since what tells two meadows apart is weak. Judged
is the angle to the nearest point over that to the fifth next: a copy has one neighbour, anything else has many (after
2410.21669). The index holds points alone; nothing that can be seen can be made from them.
``training/copies.py`` builds and calibrates it. Letters: K latents, N rows, D channels, P numbers of a point.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vitascope.types import Floats, LappedPreset

LATENTS = 5
"""Of a clip that are looked at, evenly spread from the first to the last."""

NEXT = 5
"""Which of the next nearest the nearest is held against: of 100 copies, at 1 % of 600 new clips, 100 are flagged; 97
against the next, 92 against the median of the next 50, 93 by the angle alone."""

_DEEPEST = 7  # a number of a point has four bits: -7 to 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Compositions:
    """What training knew, and how a clip becomes a point beside it."""

    codec: LappedPreset
    size: tuple[int, int]  # width, height of the clips that were described
    kept: npt.NDArray[np.intp]  # (C,) channels
    spread: Floats  # (C,)
    mean: Floats  # (LATENTS * N * C,)
    projection: Floats  # (LATENTS * N * C, P), each component evened out
    points: npt.NDArray[np.int8]  # (clips, P), each as long as it may be
    near: float  # ratio below which a clip is flagged
    alarms: float  # share of new clips that came below it
    strange: int  # how many new clips that was found on

    def describe(self, rows_KND: Floats) -> Floats:
        """The rows of a clip as the numbers that are projected; those of many clips, ``(..., K, N, D)``, at once."""
        places = np.rint(np.linspace(0, rows_KND.shape[-3] - 1, LATENTS)).astype(np.intp)
        seen = rows_KND[..., places, :, :][..., self.kept].astype(np.float32) / self.spread
        return np.asarray(seen.reshape(*rows_KND.shape[:-3], -1), np.float32)

    def point(self, rows_KND: Floats) -> Floats:
        """The rows of a clip as a point, ``(P,)``."""
        return np.asarray((self.describe(rows_KND) - self.mean) @ self.projection, np.float32)

    def ratio(self, rows_KND: Floats) -> float:
        """The distance to the nearest composition over that to the fifth next: far below 1 for a copy.

        By the angle as seen from the mean of all: a copy in another light, or with faded details, lies farther out or
        in, and on the same side.
        """
        one, others = self.point(rows_KND), self.points.astype(np.float32)
        cosine = others @ one / (np.linalg.norm(others, axis=1) * np.linalg.norm(one) + 1e-6)
        apart = np.sqrt(np.maximum(1 - cosine, 0))
        near = np.sort(np.partition(apart, NEXT)[: NEXT + 1])
        return float(near[0] / max(float(near[NEXT]), 1e-6))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositionNearness:
    """How near a whole clip comes to the nearest training composition."""

    ratio: float  # its distance over that to the fifth next: around 0.9 for a new clip
    near: float  # flagged below
    known: int  # compositions it was compared with

    @property
    def is_too_near(self) -> bool:
        """Nearer than all but 6 in 1,000 new clips come to any."""
        return self.ratio < self.near


def rounded(points: Floats) -> npt.NDArray[np.int8]:
    """Points in four bits a number; only their direction counts, so each may be scaled as fits."""
    scale = points.std(axis=1, keepdims=True) * 3 / _DEEPEST + 1e-9
    whole: npt.NDArray[np.int8] = np.clip(np.rint(points / scale), -_DEEPEST, _DEEPEST).astype(np.int8)
    return whole


def save(index: Compositions, path: Path) -> None:
    """Writes the index: two numbers of a point to a byte, a byte for each of the projection."""
    scale = np.abs(index.projection).max(axis=0) / 127 + 1e-12
    nibbles = (index.points + _DEEPEST + 1).astype(np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            codec=np.array(json.dumps(asdict(index.codec))),
            size=np.array(index.size),
            kept=index.kept.astype(np.int32),
            spread=index.spread,
            mean=index.mean.astype(np.float16),
            projection=np.rint(index.projection / scale).astype(np.int8),
            scale=scale.astype(np.float32),
            points=nibbles[:, ::2] << 4 | nibbles[:, 1::2],
            near=np.float32(index.near),
            alarms=np.float32(index.alarms),
            strange=np.int32(index.strange),
        )


def load(path: Path) -> Compositions:
    """What :func:`save` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        pairs = stored["points"]
        nibbles = np.stack((pairs >> 4, pairs & 15), axis=2).reshape(len(pairs), -1)
        width, height = (int(side) for side in stored["size"])
        points: npt.NDArray[np.int8] = nibbles.astype(np.int8) - np.int8(_DEEPEST + 1)
        return Compositions(
            codec=LappedPreset(**json.loads(str(stored["codec"]))),
            size=(width, height),
            kept=stored["kept"].astype(np.intp),
            spread=stored["spread"],
            mean=stored["mean"].astype(np.float32),
            projection=stored["projection"].astype(np.float32) * stored["scale"],
            points=points,
            near=float(stored["near"]),
            alarms=float(stored["alarms"]),
            strange=int(stored["strange"]),
        )


@cache
def shipped() -> Compositions:
    """The index that comes with the package: of the embedded model."""
    with resources.as_file(resources.files("vitascope.rights") / "data" / "compositions.npz") as path:
        return load(path)
