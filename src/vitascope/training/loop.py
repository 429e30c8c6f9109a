"""The training loop: one for CPU and GPU, by the clock, resumable."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.training.data import Shards
from vitascope.training.objective import Diet, Objective
from vitascope.training.optimiser import LEARNING_RATE, Optimiser
from vitascope.training.team import Team
from vitascope.types import Preset

WARM_UP = 100
"""Steps over which the learning rate rises."""

FLAT = 0.65
"""Share of a run at the full learning rate; then it falls to ``LAST`` along a line (warm-up, stable, decay)."""

LAST = 0.02

AVERAGE = 0.995
"""How much of the averaged weights stays at each step, once there are enough of them."""

SAVED = 300.0
"""Seconds between two checkpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One run. ``diets`` maps a share of the run to what is eaten from then on; ``middle`` centres the noise levels.

    ``focus`` weighs channels (training/objective.py). A batch is cut into ``portions``. ``hold`` keeps the learning
    rate up to the end, for a run that another one goes on from.
    """

    minutes: float
    diets: Mapping[float, tuple[Diet, ...]]
    middle: float = 1.0
    rate: float = LEARNING_RATE
    portions: int = 1
    focus: float = 0.0
    hold: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a step says of itself: the loss of its kind of batch, samples seen, and the share of time spent waiting."""

    step: int
    share: float
    kind: str
    loss: float
    seen: int
    waiting: float
    seconds: float


class Trainer:
    """A model, its running average, its optimiser, and how far they are."""

    def __init__(
        self, preset: Preset, recipe: Recipe, looks_LND: Tensor, device: str = "cpu", *,
        mates: int = 0, fuse: bool = False,
    ) -> None:  # fmt: skip
        torch.set_float32_matmul_precision("high")
        self.preset, self.recipe = preset, recipe
        self.objective = Objective(
            preset, looks_LND, recipe.middle, focus=recipe.focus, seed=recipe.seed, device=device
        )
        diets = [diet for several in recipe.diets.values() for diet in several]
        self.team = Team(self.objective, diets, portions=recipe.portions, mates=mates, fuse=fuse)
        self.model = self.objective.model
        self.average = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}
        self.optimiser = Optimiser(self.model, recipe.rate)
        self.steps = self.seen = 0
        self.taught = False  # whether weights came from an earlier run, and with them the units of its channels

    def run(self, save_to: Path, wanted: Callable[[Report], None]) -> None:
        """Trains until the recipe's minutes are over; checkpoints every five minutes and at the end."""
        if not (self.steps or self.taught):
            self.measure(self.objective.source(1))
        begin = saved = time.monotonic()
        for share in self._clock(begin):
            started = time.monotonic()
            diet = self._diet(share)
            gave = self.team.step(diet, self.steps)
            self.update(share, diet.size)
            now = time.monotonic()
            wanted(
                Report(
                    step=self.steps, share=share, kind=f"{diet.frames}{'r' if diet.reference else ''}", loss=gave.loss,
                    seen=self.seen, waiting=gave.waited / (now - started), seconds=now - begin,
                )
            )  # fmt: skip
            if now - saved > SAVED:
                self.save(save_to)
                self.objective.refresh()
                saved = now
        self.save(save_to)

    def measure(self, shards: Shards) -> None:
        """Takes mean and spread of every channel from the first shard, before the first step."""
        rows = torch.from_numpy(shards.rows[0].reshape(-1, self.preset.codec.channels).astype(np.float32))
        for where in (self.model.state_dict(), self.average):
            where["mean"].copy_(rows.mean(0))
            where["spread"].copy_(rows.std(0).clamp_min(1e-3))

    def update(self, share: float, size: int) -> None:
        """One step along the gradient of ``size`` clips that lies in the parameters; clears it."""
        self.optimiser.step(schedule(0.0 if self.recipe.hold else share, self.steps))
        self.steps += 1
        self.seen += size
        keep = min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.model.state_dict().values()), 1 - keep)

    def save(self, path: Path) -> None:
        """Stores everything needed to go on."""
        tensors = {
            **checkpoint.prefixed("net", self.model.state_dict()),
            **checkpoint.prefixed("average", self.average),
            **checkpoint.prefixed("optimiser", self.optimiser.tensors()),
        }
        checkpoint.save(path, tensors, {"steps": self.steps, "seen": self.seen, "preset": self.preset.name})

    def resume(self, path: Path) -> None:
        """Goes on from what :meth:`save` stored; parameters of other shapes are refused by torch."""
        tensors, facts = checkpoint.load(path)
        self.model.load_state_dict(checkpoint.under("net", tensors), strict=True)
        for name, value in checkpoint.under("average", tensors).items():
            self.average[name].copy_(value)
        self.optimiser.restore(checkpoint.under("optimiser", tensors))
        self.steps, self.seen = int(facts["steps"]), int(facts["seen"])

    def begin_with(self, weights: Path) -> None:
        """Begins with weights that ship instead of with chance: budgets add up without the state of the earlier run.

        The optimiser starts empty, so the rate rises again from nothing. Raises TrainingError when the weights are of
        another preset; their file is safetensors, of any floating-point type.
        """
        tensors = {name: tensor.float() for name, tensor in load_file(weights).items()}
        try:
            self.model.load_state_dict(tensors, strict=True)
        except RuntimeError as error:
            message = f"{weights} is not of preset {self.preset.name}: {error}. Name the preset it was trained as."
            raise TrainingError(message) from error
        for name, value in tensors.items():
            self.average[name].copy_(value)
        self.taught = True

    def _clock(self, begin: float) -> Iterator[float]:
        while (share := (time.monotonic() - begin) / (60 * self.recipe.minutes)) < 1:
            yield share

    def _diet(self, share: float) -> Diet:
        random = np.random.default_rng((self.recipe.seed, self.steps))
        diets = self.recipe.diets[max(start for start in self.recipe.diets if start <= share)]
        weights = np.array([diet.share for diet in diets])
        return diets[int(random.choice(len(diets), p=weights / weights.sum()))]


def schedule(share: float, steps: int) -> float:
    """The learning rate at ``share`` of the run as a share of its full value."""
    warm = min(1.0, (steps + 1) / WARM_UP)
    fall = 1.0 if share < FLAT else LAST + (1 - LAST) * (1 - share) / (1 - FLAT)
    return warm * fall if math.isfinite(fall) else LAST
