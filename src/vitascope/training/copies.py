"""Is a clip a copy of one that training knew? Every composition of the cache, as a point; a copy lies far too near one.

A point is a random projection (Johnson and Lindenstrauss 1984) of a clip's rows, each channel in its own spread, so
that a wing counts beside a sky. What is judged is the distance to the nearest point over the median of the next ones:
a copy has one neighbour, anything else has many (as in 2410.21669). The threshold is what one in a hundred held-out
renders falls below: renders of pairs that training never showed.

``python -m vitascope.training.copies`` measures how many copies are flagged. Letters: K latents, N rows, D channels.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from rich.console import Console

from vitascope.backends.codec import LappedCodec
from vitascope.corpus.compositor import Drawings, render
from vitascope.corpus.graphs import Split
from vitascope.corpus.scenes import compose
from vitascope.training import report
from vitascope.training.cache import open_atlas
from vitascope.training.checker import as_input, as_pixels
from vitascope.training.data import Shards
from vitascope.training.presets import xs
from vitascope.training.softening import stain, through_codec
from vitascope.training.study import Cell, Line, Study, counted, exact
from vitascope.training.traits import FRAMES
from vitascope.types import Floats, Pixels

POINT = 512
"""Numbers of a point."""

CHANNELS = 128
"""Channels of a row that are looked at, those of the largest spread."""

NEIGHBOURS = 50
ALARMS = 0.01
"""Share of held-out renders that may be flagged."""

_SPLITS: tuple[Split, ...] = ("held_motion", "held_place")
_STRANGE = 1 << 20  # seeds of held-out renders begin here; those of shards are their small numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What training knew: a point for each clip, and how points are made."""

    points: Floats  # (clips, POINT)
    kept: npt.NDArray[np.intp]  # (CHANNELS,)
    spread: Floats  # (CHANNELS,)
    projection: Floats  # (K * N * CHANNELS, POINT)

    def point(self, rows_KND: Floats) -> Floats:
        """A clip's rows as a point."""
        seen = rows_KND[..., self.kept] / self.spread
        return np.asarray(seen.reshape(-1) @ self.projection, np.float32)

    def lonely(self, rows_KND: Floats) -> float:
        """The distance to the nearest clip over the median of the next ones: far below 1 for a copy.

        By the angle between two clips, as seen from the mean of all: a copy in another light, or with faded
        details, lies farther out or in, and on the same side. By plain distance 77 of 100 such copies were flagged.
        """
        middle = self.points.mean(axis=0)
        one, others = self.point(rows_KND) - middle, self.points - middle
        cosine = others @ one / (np.linalg.norm(others, axis=1) * np.linalg.norm(one) + 1e-6)
        apart = np.sqrt(np.maximum(1 - cosine, 0))
        near = np.sort(np.partition(apart, NEIGHBOURS)[: NEIGHBOURS + 1])
        return float(near[0] / np.median(near[1:]))


def knowledge(source: Shards, count: int, seed: int = 0) -> Knowledge:
    """Of the first ``count`` shards of the cache."""
    rows = source.rows[:count]
    sample = rows[0].astype(np.float32).reshape(-1, rows[0].shape[-1])
    kept = np.sort(np.argsort(sample.std(axis=0))[-CHANNELS:])
    spread = np.asarray(sample[:, kept].std(axis=0), np.float32)
    wide = int(np.prod(rows[0].shape[1:3])) * CHANNELS
    projection = np.random.default_rng(seed).standard_normal((wide, POINT), np.float32) / np.float32(wide**0.5)
    none = np.zeros((0, POINT), np.float32)
    empty = Knowledge(points=none, kept=kept, spread=spread, projection=projection)
    points = np.stack([empty.point(clip.astype(np.float32)) for part in rows for clip in part])
    return replace(empty, points=points)


def copied(known: Sequence[Floats], codec: LappedCodec, rng: np.random.Generator) -> Iterator[Floats]:
    """Training clips as a model would give them back: details faded, noise, another light."""
    side = xs().size
    for rows in known:
        clip = np.stack(list(codec.decode(rows, side)))
        soft = torch.from_numpy(through_codec(clip, codec, rng))[None]
        yield codec.encode(as_pixels(stain(as_input(soft), rng))[0])


def held_out(atlas: Drawings, codec: LappedCodec, count: int, seed: int) -> Iterator[Floats]:
    """Rows of ``count`` renders of a pair that training never showed: every one of them is new, and none is far."""
    rng = np.random.default_rng((_STRANGE, seed))
    for number in range(count):
        composition = compose(rng, frames=FRAMES, fps=xs().fps, split=_SPLITS[number % len(_SPLITS)])
        yield codec.encode(render(composition, atlas))


def study(source: Shards, atlas: Drawings, *, shards: int, n: int, seed: int) -> Study:
    """How many of ``n`` copies are flagged, and how many of ``n`` other held-out renders."""
    codec, rng = LappedCodec(xs().codec), np.random.default_rng(seed)
    known = knowledge(source, shards)
    strange = np.array([known.lonely(rows) for rows in held_out(atlas, codec, 2 * n, seed)])
    threshold = float(np.quantile(strange[:n], ALARMS))
    picked = [(int(rng.integers(shards)), int(rng.integers(len(source.rows[0])))) for _ in range(n)]
    clips = [source.rows[shard][clip].astype(np.float32) for shard, clip in picked]
    copies = np.array([known.lonely(rows) for rows in copied(clips, codec, rng)])
    return Study(
        name="copies",
        title="copies of training compositions flagged",
        about=f"{len(known.points)} compositions known; flagged below {threshold:.3f}, found on {n} other held-out "
        "renders; a copy has its details faded, noise, and another light.",
        lines=(
            Line(kind="copies", n=n, cells={"flagged": counted(copies < threshold), "ratio": _middle(copies)}),
            Line(kind="held-out renders", n=n,
                 cells={"flagged": counted(strange[n:] < threshold), "ratio": _middle(strange)}),
        ),
        is_of_model=False,
        target="95 % at 1 % false alarms, -",
    )  # fmt: skip


def _middle(ratios: Floats) -> Cell:
    return exact(float(np.median(ratios)))


def flagged(known: Knowledge, codec: LappedCodec, clips: Sequence[Pixels], threshold: float) -> list[bool]:
    """Which of a model's clips are copies by that threshold."""
    return [known.lonely(codec.encode(clip)) < threshold for clip in clips]


def main() -> None:
    """Measures on the cache in the home folder and prints the study and its line for docs/figures.md."""
    parser = argparse.ArgumentParser(prog="vitascope.training.copies", description=main.__doc__)
    parser.add_argument("--shards", type=int, default=24)
    parser.add_argument("-n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    source = Shards(xs(), FRAMES)
    found = study(source, open_atlas(), shards=min(asked.shards, len(source.rows)), n=asked.n, seed=asked.seed)
    console = Console()
    console.print(report.study_table(found))
    console.print(report.study_sentence(found), soft_wrap=True)


if __name__ == "__main__":
    main()
