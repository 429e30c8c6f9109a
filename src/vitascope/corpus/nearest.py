"""The index of nearest works, built from the drawings: ``python -m vitascope.corpus.nearest`` writes the shipped one.

Each drawing is laid on painted places, a little larger or smaller, off the middle and at other key frames; what that
does to its description is what the projection learns to drop. Calibrated on other composed clips.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from vitascope.corpus.atlas import Atlas, open_atlas
from vitascope.corpus.compositor import render
from vitascope.corpus.places import paint
from vitascope.corpus.scenes import compose
from vitascope.rights.nearest import SIDE, Index, describe, distances, project
from vitascope.text.world import EDITIONS, TIMES, Edition
from vitascope.types import Floats, Pixels

SHIPPED = Path(__file__).parents[1] / "rights" / "data" / "nearest.npz"

_VIEWS = 24  # of each work and way it faces
_KEPT = 48  # numbers of a point
_RIDGE = 0.02  # share of the mean spread added to each: 176 spreads from a few thousand views are noisy
_CLIPS = 200  # for calibration
_RATE = 0.01  # of clips that may be flagged for a work nobody named


def build(atlas: Atlas, edition: Edition, *, seed: int = 0) -> Index:
    """The index of all works of ``atlas``, not yet calibrated."""
    rng = np.random.default_rng(seed)
    grounds = [paint(place, time, rng, 192) for place in edition.places for time in TIMES]
    works, groups = [], []
    for drawn in _drawn(atlas):
        sprite = atlas.sprite(*drawn)
        for is_mirrored in (False, True):
            works.append(sprite.work_id)
            groups.append(describe(np.stack(list(_views(sprite.pixels, grounds, rng, is_mirrored=is_mirrored)))))
    return _index(works, np.stack(groups))


def calibrated(
    index: Index, atlas: Atlas, edition: Edition, *, clips: int = _CLIPS, seed: int = 1
) -> tuple[Index, dict[str, float]]:
    """``index`` with its threshold, and what was seen: shares of clips whose nearest work shows the right thing."""
    shown = {atlas.sprite(subject, style).work_id: subject for subject, style in _drawn(atlas)}
    rng = np.random.default_rng(seed)
    strangers, named, right = [], [], 0
    for _ in range(clips):
        composition = compose(rng, frames=9, edition=edition)
        inside = {layer.subject for layer in composition.layers}
        apart = distances(list(render(composition, atlas)), index)
        is_named = np.array([shown[work] in inside for work in index.works])
        strangers.append(float(apart[~is_named].min()))
        named.append(float(apart[is_named].min()))
        right += bool(named[-1] < strangers[-1])
    near = float(np.quantile(strangers, _RATE))
    seen = {
        "clips": clips,
        "nearest is right": right / clips,
        "near": near,
        "named works nearer than that": float(np.mean(np.array(named) < near)),
    }
    return replace(index, near=near), seen


def _drawn(atlas: Atlas) -> list[tuple[str, str]]:
    """Subject and style of every drawing."""
    return [(subject, style) for subject in atlas.subjects for style in atlas.styles(subject)]


def save(index: Index, path: Path) -> None:
    """Writes the index, halved in precision, a few tens of kilobytes."""
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            mean=index.mean,
            projection=index.projection.astype(np.float16),
            points=index.points.astype(np.float16),
            works=np.array(index.works),
            near=np.float32(index.near),
        )


def _index(works: list[str], groups: Floats) -> Index:
    """Fisher's projection: directions in which groups ``(N, V, 176)`` lie far apart against their own spread."""
    centres = groups.mean(axis=1)
    inside = (groups - centres[:, None]).reshape(-1, groups.shape[-1]).astype(np.float64)
    spread = inside.T @ inside / len(inside)
    spread += _RIDGE * np.trace(spread) / len(spread) * np.eye(len(spread))
    values, vectors = np.linalg.eigh(spread)
    whitening = vectors / np.sqrt(values)
    mean = centres.mean(axis=0)
    _, _, ways = np.linalg.svd((centres - mean) @ whitening, full_matrices=False)
    index = Index(
        mean=mean.astype(np.float32),
        projection=(whitening @ ways[:_KEPT].T).astype(np.float32),
        points=np.zeros((0, _KEPT), np.float32),
        works=tuple(works),
        near=0.0,
    )
    return replace(index, points=project(centres, index))


def _views(keys: Pixels, grounds: list[Pixels], rng: np.random.Generator, *, is_mirrored: bool) -> Iterator[Pixels]:
    """Views of a drawing as the windows of a picture show it, ``(32, 32, 3)`` each."""
    for _ in range(_VIEWS):
        ground = grounds[int(rng.integers(len(grounds)))]
        top, left = rng.integers(0, ground.shape[0] - 64, 2)
        under = cv2.resize(ground[top : top + 64, left : left + 64], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        key = keys[int(rng.integers(len(keys)))].astype(np.float32)
        drawn = key[:, ::-1] if is_mirrored else key
        side = SIDE * rng.uniform(0.85, 1.2)
        x, y = (SIDE - side) / 2 + rng.uniform(-0.1, 0.1, 2) * SIDE
        move = np.array([[side / 128, 0, x], [0, side / 128, y]], np.float32)
        over = cv2.warpAffine(cv2.GaussianBlur(drawn, (0, 0), 1.5), move, (SIDE, SIDE))
        mixed = over[..., :3] + under * (1 - over[..., 3:] / 255)
        yield np.clip(mixed, 0, 255).astype(np.uint8)


def main() -> None:
    """Build, calibrate and store the index; say what was seen."""
    parser = argparse.ArgumentParser(prog="vitascope.corpus.nearest", description=main.__doc__)
    parser.add_argument("-o", "--output", type=Path, default=SHIPPED)
    parser.add_argument("--clips", type=int, default=_CLIPS)
    asked = parser.parse_args()
    edition = EDITIONS[-1]
    atlas = open_atlas(edition)  # what was learned from is what there is to be near to
    index, seen = calibrated(build(atlas, edition), atlas, edition, clips=asked.clips)
    save(index, asked.output)
    sys.stdout.write(f"{asked.output.stat().st_size} bytes, {len(set(index.works))} works, {seen}\n")


if __name__ == "__main__":
    main()
