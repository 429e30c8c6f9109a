"""Movements and cameras as numbers, for the animator to learn: where a thing and the place behind it are, by frame.

They are those that training clips are staged with (corpus/motions.py, corpus/scenes.py), counted from where they begin,
and with each the chances it drew: a network that is told them has nothing to average over, and a seed may draw others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vitascope.corpus.motions import path
from vitascope.corpus.scenes import CANVAS, SIDE, camera_view
from vitascope.models.animator import DICE, SIGNS, TRACK
from vitascope.text.words import VOCABULARY
from vitascope.text.world import CAMERAS, Edition
from vitascope.types import Floats

_TREMOR = 5  # seed of the one trembling hand: what is drawn anew for every frame no few numbers could tell


class Dice(np.random.Generator):
    """A generator that remembers what it drew, in 0..1, and which of two ways it took."""

    def __init__(self, seed: Sequence[int]) -> None:
        """The same seed throws the same."""
        super().__init__(np.random.PCG64(list(seed)))
        self.thrown: list[float] = []
        self.ways: list[float] = []

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:  # noqa: ANN401  # as the library's
        """As the library's. Whole arrays are the same every time, and not remembered."""
        if size is not None or np.ndim(low):
            return np.random.default_rng(_TREMOR).uniform(low, high, size)
        self.thrown.append(self.random())
        return low + (high - low) * self.thrown[-1]

    def choice(self, a: Any, size: Any = None, **told: Any) -> Any:  # type: ignore[override]  # noqa: ANN401  # as the library's
        """As the library's, of two signs."""
        drawn = super().choice(a, size, **told)
        self.ways += np.atleast_1d(drawn).tolist()
        return drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Movements:
    """A batch: what the network is told, and what it should answer."""

    token_B: Tensor
    chance_BD: Tensor
    seconds_B: Tensor
    course_BT: Tensor
    track_BTC: Tensor


def movements(rng: np.random.Generator, count: int, edition: Edition, *, frames: int, fps: int) -> Movements:
    """``count`` movements and cameras by chance; half a clip's length for every second one, as a storyboard has it."""
    told, tracks = [], []
    for _ in range(count):
        token, dice = int(rng.integers(len(tokens(edition)))), Dice(rng.integers(1 << 32, size=2).tolist())
        parts = int(rng.integers(1, 3))
        tracks.append(_track(tokens(edition)[token], dice, frames, fps * parts))
        told.append((VOCABULARY.index(tokens(edition)[token]), _chance(dice), frames / fps / parts))
    course = torch.linspace(0, 1, frames).expand(count, -1)
    number, chance, seconds = zip(*told, strict=True)
    return Movements(
        token_B=torch.tensor(number),
        chance_BD=torch.tensor(np.stack(chance)),
        seconds_B=torch.tensor(seconds),
        course_BT=course,
        track_BTC=torch.from_numpy(np.stack(tracks)),
    )


def tokens(edition: Edition) -> tuple[str, ...]:
    """The words that move something; the pad stands for none of them."""
    return ("<pad>", *(f"motion:{name}" for name in edition.motions), *CAMERAS[1:])


def _chance(dice: Dice) -> Floats:
    """What was drawn, and where little was, numbers that mean nothing: those are to be passed over."""
    thrown, ways = [*dice.thrown], [*dice.ways]
    thrown += dice.random(DICE).tolist()
    ways += np.sign(dice.random(SIGNS) - 0.5).tolist()
    return np.array([*thrown[:DICE], *ways[:SIGNS]], np.float32)


def _track(word: str, dice: Dice, frames: int, fps: int) -> Floats:
    """``(T, TRACK)``."""
    track = np.zeros((frames, TRACK), np.float32)
    if word in CAMERAS:
        return _camera(word, dice, track)
    name = word.removeprefix("motion:")
    moved = path((name if name != word else "still",), frames=frames, fps=fps, rng=dice)
    track[:, 0], track[:, 1] = moved.x - moved.x[0], moved.y - moved.y[0]
    track[:, 2] = moved.angle - moved.angle[0]
    track[:, 3] = np.log(moved.scale / moved.scale[0])
    track[:, 4] = moved.opacity
    return track


def _camera(name: str, dice: Dice, track: Floats) -> Floats:
    """What a camera does to a thing that keeps its place in the frame, and to the plate behind it."""
    view = camera_view(name, len(track), dice)
    track[:, :2] = view.shift - view.shift[0]
    track[:, 3] = np.log(view.zoom / view.zoom[0])
    track[:, 4] = 1
    step = view.affine[:, 0, 0]
    middle = (view.affine[:, :, 2] + (SIDE - 1) / 2 * step[:, None] - (CANVAS - 1) / 2) / CANVAS
    track[:, 5:7] = (middle - middle[0]) * (CANVAS / SIDE) / step[0]
    track[:, 7] = np.log(step / step[0])
    return track
