"""The training loop: one for CPU and GPU, by the clock, resumable."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vitascope.backends.weights import load_preset
from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.rights.uses import Use
from vitascope.training import effort, snapshot, states
from vitascope.training.conditioning import SPREAD
from vitascope.training.data import Shards
from vitascope.training.flowmap import MapObjective
from vitascope.training.objective import Diet, Objective
from vitascope.training.optimiser import LEARNING_RATE, MEMORY, Optimiser
from vitascope.training.team import Team
from vitascope.types import Preset, viewed

WARM_UP = 100
"""Steps over which the learning rate rises."""

FLAT = 0.65
"""Share of a run at the full learning rate; then it falls to ``LAST`` along a line (warm-up, stable, decay)."""

LAST = 0.02

AVERAGE = 0.995
"""How much of the averaged weights stays at each step, once there are enough of them."""

SAVED, LOOKED = 300.0, 30.0
"""Seconds between two checkpoints, and between two looks for new clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One run. ``diets`` maps a share of the run to what is eaten from then on; ``middle`` centres the noise levels.

    ``focus`` weighs channels (training/objective.py). A batch is cut into ``portions``. ``hold`` keeps the learning
    rate up to the end, for a run that another one goes on from. ``guidance`` makes it the last stage, which turns a
    flow into a flow map with that guidance baked in (training/flowmap.py). Where the rate falls, it is full for a share
    ``flat`` of the run. ``spread`` is the width of the noise levels, ``memory`` as the optimiser takes it.
    """

    minutes: float
    diets: Mapping[float, tuple[Diet, ...]]
    middle: float = 1.0
    rate: float = LEARNING_RATE
    portions: int = 1
    focus: float = 0.0
    hold: bool = False
    guidance: float | None = None
    seed: int = 0
    flat: float = FLAT
    spread: float = SPREAD
    memory: float = MEMORY

    @property
    def stage(self) -> str:
        """``flow`` or ``map``."""
        return "flow" if self.guidance is None else "map"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a step says of itself: the loss of its kind of batch, samples seen, and the share of time spent waiting.

    ``operations`` of this step alone, as training/effort.py counts them.
    """

    step: int
    share: float
    kind: str
    loss: float
    seen: int
    waiting: float
    seconds: float
    operations: float = 0.0


class Trainer:
    """A model, its running average, its optimiser, and how far they are."""

    def __init__(
        self, preset: Preset, recipe: Recipe, looks_LND: Tensor, device: str = "cpu", *,
        mates: int = 0, fuse: bool = False, saved: float = SAVED,
    ) -> None:  # fmt: skip
        """``saved`` is how many seconds lie between two checkpoints; the other words are as above."""
        torch.set_float32_matmul_precision("high")
        self.preset, self.recipe, self.saved = preset, recipe, saved
        self.objective = _objective(preset, recipe, looks_LND, device)
        diets = [diet for several in recipe.diets.values() for diet in several]
        self.team = Team(self.objective, diets, portions=recipe.portions, mates=mates, fuse=fuse)
        self.model = self.objective.model
        self.average = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}
        self.optimiser = Optimiser(self.model, recipe.rate, recipe.memory)
        self.steps = self.seen = 0
        self._before: Diet | None = None
        self.corpus = snapshot.stamped(preset)
        self.taught = False  # whether weights came from an earlier run, and with them the units of its channels
        self.use = Use.TRAIN  # what is asked of the works in the clips: fine-tuning, where other weights come first

    def run(self, save_to: Path, wanted: Callable[[Report], None]) -> None:
        """Trains until the recipe's minutes are over; checkpoints now and then and at the end.

        Raises NotClearedError where the clips show works that nobody granted for this.
        """
        snapshot.require(self.preset, self.use)
        if not (self.steps or self.taught):
            self.measure(self.objective.shortest())
        begin = saved = looked = time.monotonic()
        for share in self._clock(begin):
            started = time.monotonic()
            diet = self._diet(share)
            gave, told = self.team.step(diet, self.steps), self._told(diet)
            self._check(gave.loss, save_to)
            self.update(share, diet.size)
            now = time.monotonic()
            wanted(
                Report(
                    step=self.steps, share=share, kind=kind_of(told), loss=gave.loss, seen=self.seen,
                    waiting=gave.waited / (now - started), seconds=now - begin, operations=self._operations(diet),
                )
            )  # fmt: skip
            if now - saved > self.saved:
                self.save(save_to)
                saved = now
            if now - looked > LOOKED:
                self._refresh()
                looked = now
        self.save(save_to)

    def measure(self, shards: Shards) -> None:
        """Takes mean and spread of every channel from the first shard, before the first step."""
        rows = shards.rows[0].reshape(-1, self.preset.codec.channels).float()
        for where in (self.model.state_dict(), self.average):
            where["mean"].copy_(rows.mean(0))
            where["spread"].copy_(rows.std(0).clamp_min(1e-3))

    def update(self, share: float, size: int) -> None:
        """One step along the gradient of ``size`` clips that lies in the parameters; clears it."""
        self.optimiser.step(schedule(0.0 if self.recipe.hold else share, self.steps, self.recipe.flat))
        self.steps += 1
        self.seen += size
        keep = min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.model.state_dict().values()), 1 - keep)

    def save(self, path: Path) -> None:
        """Stores everything needed to go on. Raises TrainingError, the last state kept, for a NaN or a full disk."""
        tensors = {
            **checkpoint.prefixed("net", self.model.state_dict()),
            **checkpoint.prefixed("average", self.average),
            **checkpoint.prefixed("optimiser", self.optimiser.tensors()),
        }
        for teacher in self.objective.networks()[1:]:
            tensors |= checkpoint.prefixed("teacher", teacher.state_dict())
        facts = states.facts_of(self.preset, corpus=self.corpus, steps=self.steps, seen=self.seen)
        states.write(path, tensors, facts | {"stage": self.recipe.stage, "use": self.use.value})

    def resume(self, path: Path) -> None:
        """Goes on from what :meth:`save` stored, on any device. Raises TrainingError as ``states.read`` does."""
        tensors, facts = states.read(path, self.preset, corpus=self.corpus)
        if facts.get("stage", "flow") != self.recipe.stage:
            message = (
                f"{path} is a run of stage {facts.get('stage', 'flow')}, not {self.recipe.stage}: name another run "
                "(--name) and begin it with that one's exported weights (--from)."
            )
            raise TrainingError(message)
        self.model.load_state_dict(checkpoint.under("net", tensors), strict=True)
        for name, value in checkpoint.under("average", tensors).items():
            self.average[name].copy_(value)
        for teacher in self.objective.networks()[1:]:
            teacher.load_state_dict(checkpoint.under("teacher", tensors), strict=True)
        self.optimiser.restore(checkpoint.under("optimiser", tensors))
        self.steps, self.seen = int(facts["steps"]), int(facts["seen"])
        self.use = Use(facts.get("use", Use.TRAIN))

    def begin_with(self, weights: Path) -> None:
        """Begins with weights that ship instead of with chance: budgets add up without the state of the earlier run.

        The optimiser starts empty, so the rate rises again from nothing. Raises TrainingError when the weights are of
        another preset, or a map's where a map is to be taught: its guidance would be baked in twice. Their file is
        safetensors, of any floating-point type or with int8 rows; what they are says the JSON beside them.
        """
        told = weights.with_suffix(".json")
        known = load_preset(told) if told.exists() else None
        if self.recipe.stage == "map" and known is not None and known.sampler.kind == "map":
            raise TrainingError(f"{weights} are a flow map's already. Name those of the flow that it was taught by.")
        tensors = {
            name: t for name, t in states.shipped(weights, self.preset).items() if not name.startswith(states.BESIDE)
        }
        for network in self.objective.networks():
            network.load_state_dict(tensors, strict=True)
        for name, value in tensors.items():
            self.average[name].copy_(value)
        self.taught = True
        self.use = snapshot.use_of(self.preset, known.trained_on if known is not None else "")

    def _told(self, diet: Diet) -> Diet:
        """The kind of batch whose loss a step tells: on a GPU that of the step before (``Objective.gradient``)."""
        before, self._before = self._before or diet, diet
        return before if self.objective.tells_late else diet

    def _operations(self, diet: Diet) -> float:
        passes = effort.STEP if self.recipe.stage == "flow" else effort.MAP_STEP
        return (
            passes
            * diet.size
            * effort.denoising(kind_of(replace(diet, view=0, shown=False)), viewed(self.preset, diet.view))
        )

    def _check(self, loss: float, save_to: Path) -> None:
        """Before an update: a loss that is no number would make every weight none."""
        if not math.isfinite(loss):
            message = (
                f"The loss is {loss} at step {self.steps}; nothing of it was saved. The last good state stands at "
                f"{save_to}: start again with a lower --rate."
            )
            raise TrainingError(message)

    def _refresh(self) -> None:
        """Takes in new clips. Raises TrainingError where they are of another corpus than those before."""
        if self.corpus and snapshot.stamped(self.preset) != self.corpus:
            message = (
                f"The clips in {snapshot.where(self.preset)} are of another corpus than when this run began. The state "
                "that was saved before stands: begin a new run, or bring the old clips back."
            )
            raise TrainingError(message)
        self.objective.refresh()

    def _clock(self, begin: float) -> Iterator[float]:
        while (share := (time.monotonic() - begin) / (60 * self.recipe.minutes)) < 1:
            yield share

    def _diet(self, share: float) -> Diet:
        random = np.random.default_rng((self.recipe.seed, self.steps))
        diets = self.recipe.diets[max(start for start in self.recipe.diets if start <= share)]
        weights = np.array([diet.share for diet in diets])
        return diets[int(random.choice(len(diets), p=weights / weights.sum()))]


def kind_of(diet: Diet) -> str:
    """A batch in a diary: its frames, ``r`` with a reference, ``s`` of shown things, ``v1`` of the first view."""
    shown = "s" if diet.shown else ""
    return f"{diet.frames}{'r' if diet.reference else ''}{shown}{f'v{diet.view}' if diet.view else ''}"


def _objective(preset: Preset, recipe: Recipe, looks_LND: Tensor, device: str) -> Objective:
    if recipe.guidance is None:
        return Objective(
            preset, looks_LND, recipe.middle, spread=recipe.spread, focus=recipe.focus, seed=recipe.seed, device=device
        )
    return MapObjective(
        preset, looks_LND, recipe.middle, guidance=recipe.guidance, spread=recipe.spread, focus=recipe.focus,
        seed=recipe.seed, device=device,
    )  # fmt: skip


def schedule(share: float, steps: int, flat: float = FLAT) -> float:
    """The learning rate at ``share`` of the run as a share of its full value, which it is for the share ``flat``."""
    warm = min(1.0, (steps + 1) / WARM_UP)
    fall = 1.0 if share < flat else LAST + (1 - LAST) * (1 - share) / (1 - flat)
    return warm * fall if math.isfinite(fall) else LAST
