"""Which works of the register a picture is nearest to: a look at every part of it, without any work at hand.

A window of a picture becomes 176 numbers (colours on a 4 x 4 grid, and edges by direction: Dalal and Triggs 2005), and
these a few by a projection that keeps what tells works apart and drops what background, place and size do to them
(Fisher 1936). The index holds that projection and two points a work, as drawn and mirrored; no pixel can be made from
it. ``corpus/nearest.py`` builds it from the drawings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from vitascope.rights.register import Register
from vitascope.types import Floats, Pixels, Work

SIDE = 32
"""Pixels of a window that is described."""

CELLS, DIRECTIONS = 4, 8
_SIZES = (0.36, 0.47, 0.63, 0.85)  # of a window, in shorter sides of the picture: the sizes things are drawn at
_STRIDE = 4  # windows overlap by three quarters
_FRAMES = 3  # of a clip that are looked at
_TOLD = 5  # works told of


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What tells works apart; distances are in typical spreads of one work."""

    mean: Floats  # (176,)
    projection: Floats  # (176, P)
    points: Floats  # (N, P)
    works: tuple[str, ...]  # (N,) ids; a work has a point as drawn and one mirrored
    near: float  # distance under which 1 in 100 clips shows a work that nobody named: see docs/figures.md


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """A work, and how near some part of a clip comes to it."""

    work: Work
    distance: float
    is_too_near: bool  # nearer than works that were not named usually come


def nearest_works(frames: Sequence[Pixels], index: Index | None = None) -> tuple[Nearness, ...]:
    """The five works that some part of ``frames`` comes nearest to, nearest first."""
    index, register = index or shipped(), Register.load()
    apart = distances(frames, index)
    best: dict[str, float] = {}
    for work, distance in zip(index.works, apart.tolist(), strict=True):
        best[work] = min(best.get(work, float("inf")), distance)
    ranked = sorted((work for work in best if work in register.works), key=best.__getitem__)[:_TOLD]
    return tuple(
        Nearness(work=register.works[work], distance=best[work], is_too_near=best[work] < index.near) for work in ranked
    )


def distances(frames: Sequence[Pixels], index: Index) -> Floats:
    """For each point of the index the smallest distance to any window of a few of ``frames``, ``(N,)``."""
    chosen = sorted({round(place) for place in np.linspace(0, len(frames) - 1, min(_FRAMES, len(frames)))})
    apart = np.full(len(index.points), np.inf, np.float32)
    for place in chosen:
        for windows in _windows(frames[place]):
            projected = project(describe(windows), index)
            squares = np.square(projected[:, None, :] - index.points[None]).mean(axis=2)
            apart = np.minimum(apart, np.sqrt(squares).min(axis=0))
    return apart


def project(described: Floats, index: Index) -> Floats:
    """Descriptions ``(N, 176)`` as points ``(N, P)``."""
    return np.asarray((described - index.mean) @ index.projection, np.float32)


def describe(windows: Pixels) -> Floats:
    """What windows ``(N, 32, 32, 3)`` show, ``(N, 176)``: mean colours and directions of edges in 4 x 4 cells."""
    number, cell = len(windows), SIDE // CELLS
    colours = windows.reshape(number, CELLS, cell, CELLS, cell, 3).mean(axis=(2, 4)) / 255
    light = windows.astype(np.float32).mean(axis=3) / 255
    down, across = np.gradient(light, axis=(1, 2))
    strength, direction = np.hypot(down, across), np.arctan2(down, across) % np.pi
    bins = np.minimum((direction / np.pi * DIRECTIONS).astype(np.intp), DIRECTIONS - 1)
    edges = np.zeros((number, CELLS, CELLS, DIRECTIONS), np.float32)
    for way in range(DIRECTIONS):
        masked = np.where(bins == way, strength, 0)
        edges[..., way] = masked.reshape(number, CELLS, cell, CELLS, cell).mean(axis=(2, 4))
    edges /= np.sqrt(np.square(edges).sum(axis=(1, 2, 3), keepdims=True)) + 0.02
    return np.concatenate((colours.reshape(number, -1), edges.reshape(number, -1)), axis=1).astype(np.float32)


@cache
def shipped() -> Index:
    """The index that comes with the package."""
    with (resources.files("vitascope.rights") / "data" / "nearest.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        return Index(
            mean=stored["mean"].astype(np.float32),
            projection=stored["projection"].astype(np.float32),
            points=stored["points"].astype(np.float32),
            works=tuple(str(work) for work in stored["works"]),
            near=float(stored["near"]),
        )


def _windows(frame: Pixels) -> Iterator[npt.NDArray[np.uint8]]:
    """All windows of a frame, ``(N, 32, 32, 3)``, one size after the other."""
    height, width = frame.shape[:2]
    for share in _SIZES:
        side = max(4, round(share * min(height, width)))
        step = max(1, side // _STRIDE)
        inside = (np.arange(SIDE) * side / SIDE).astype(np.intp)
        tops, lefts = np.arange(0, height - side + 1, step), np.arange(0, width - side + 1, step)
        rows, columns = tops[:, None] + inside, lefts[:, None] + inside
        grid = frame[rows[:, None, :, None], columns[None, :, None, :]]
        yield grid.reshape(-1, SIDE, SIDE, 3)
