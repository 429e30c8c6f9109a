"""The training loop: one for CPU and GPU, by the clock, resumable.

Letters in shapes: B clips, N rows, D channels, G groups of one noise level.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from vitascope.backends import channels, flow
from vitascope.backends.rows import CLIP, REFERENCE, latents, positions, reference_positions, word_seconds
from vitascope.models import checkpoint
from vitascope.models.packed import Packed
from vitascope.models.transformer import Transformer
from vitascope.training import conditioning
from vitascope.training.data import Batch, Shards, shards
from vitascope.training.optimiser import LEARNING_RATE, Optimiser
from vitascope.types import Preset

WARM_UP = 100
"""Steps over which the learning rate rises."""

FLAT = 0.65
"""Share of a run at the full learning rate; then it falls to ``LAST`` along a line (warm-up, stable, decay)."""

LAST = 0.02
HELD = 0.25
"""Level below which the weight of an error, 1 / level squared, no longer grows."""

AVERAGE = 0.995
"""How much of the averaged weights stays at each step, once there are enough of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diet:
    """One kind of batch: clips of ``frames`` frames, how many, how often, and whether with a reference picture."""

    frames: int
    size: int
    share: float
    reference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One run. ``diets`` maps a share of the run to what is eaten from then on; ``middle`` centres the noise levels.

    ``hold`` keeps the learning rate up to the end, for a run that another one goes on from.
    """

    minutes: float
    diets: Mapping[float, tuple[Diet, ...]]
    middle: float = 0.8
    rate: float = LEARNING_RATE
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
        self, preset: Preset, recipe: Recipe, looks_LND: Tensor, device: str = "cpu", *, fuse: bool = False
    ) -> None:
        torch.set_float32_matmul_precision("high")
        self.preset, self.recipe, self.device = preset, recipe, torch.device(device)
        self.model = Transformer(preset).to(self.device)
        if fuse:  # one kernel per chain of small operations: forward and backward 1.45 times faster on a CPU core
            for block in self.model.blocks:
                block.compile(dynamic=False)
        self.average = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}
        self.optimiser = Optimiser(self.model, recipe.rate)
        self.looks_LND = looks_LND
        self.steps = self.seen = 0

    def run(self, save_to: Path, wanted: Callable[[Report], None]) -> None:
        """Trains until the recipe's minutes are over; checkpoints every five minutes and at the end."""
        random = np.random.default_rng((self.recipe.seed, self.steps))
        generator = torch.Generator().manual_seed(int(random.integers(2**62)))
        sources: dict[int, Shards] = {}
        if not self.steps:
            self.measure(Shards(self.preset, self._shortest()))
        begin = saved = time.monotonic()
        for share in self._clock(begin):
            waited = time.monotonic()
            diet = self._diet(share, random)
            length = diet.frames if diet.frames > 1 else self._shortest()  # a still is the first latent of a clip
            source = sources.get(length) or sources.setdefault(length, Shards(self.preset, length))
            batch = source.batch(
                diet.size, random, latents=latents(diet.frames, self.preset.codec),
                looks_LND=self.looks_LND if diet.reference else None,
            )  # fmt: skip
            started = time.monotonic()
            loss = self.step(batch, diet.frames, share, generator)
            now = time.monotonic()
            wanted(
                Report(
                    step=self.steps, share=share, kind=f"{diet.frames}{'r' if diet.reference else ''}", loss=loss,
                    seen=self.seen, waiting=(started - waited) / (now - waited), seconds=now - begin,
                )
            )  # fmt: skip
            if now - saved > 300:
                self.save(save_to)
                for source in sources.values():
                    source.refresh()
                saved = now
        self.save(save_to)

    def measure(self, shards: Shards) -> None:
        """Takes mean and spread of every channel from the first shard, before the first step."""
        rows = torch.from_numpy(shards.rows[0].reshape(-1, self.preset.codec.channels).astype(np.float32))
        for where in (self.model.state_dict(), self.average):
            where["mean"].copy_(rows.mean(0))
            where["spread"].copy_(rows.std(0).clamp_min(1e-3))

    def step(self, batch: Batch, frames: int, share: float, generator: torch.Generator) -> float:
        """One update from one batch; returns its loss."""
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = self.loss(batch, frames, generator)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves this method without annotations
        self.optimiser.step(schedule(0.0 if self.recipe.hold else share, self.steps))
        self.steps += 1
        self.seen += len(batch.clip_BND)
        keep = min(AVERAGE, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.model.state_dict().values()), 1 - keep)
        return loss.item()

    def loss(self, batch: Batch, frames: int, generator: torch.Generator) -> Tensor:
        """Mean squared error of the velocity over rows that are to be made."""
        clip = batch.clip_BND.float().to(self.device)
        num_latents = latents(frames, self.preset.codec)
        levels = conditioning.draw(len(clip), num_latents, clip.shape[1] // num_latents, self.recipe.middle, generator)
        level = levels.of_rows().to(self.device)
        noise = torch.randn(clip.shape, generator=self._noise(generator), device=self.device)
        mean, spread = self.model.mean, self.model.spread
        z = channels.evened(flow.mix(clip, noise, level), level, mean, spread)
        packed = self._packed(z, levels, num_latents)
        if batch.look_BND is not None:
            look = batch.look_BND.float().to(self.device)
            packed = self._with_look(packed, channels.evened(look, torch.zeros_like(look[..., :1]), mean, spread))
        when = word_seconds(batch.words_4BW[3].int().numpy(), (frames - 1) / self.preset.fps)
        words = batch.words_4BW.to(self.device)
        answer = self.model(packed, words, torch.from_numpy(when).to(self.device))[:, -clip.shape[1] :].float()
        error = (channels.restored(answer, mean, spread) - clip) / level.clamp_min(HELD)
        missed = error.square().mean(-1)
        made = (level.squeeze(-1) > 0).float()
        return (missed * made).sum() / made.sum()

    def _noise(self, generator: torch.Generator) -> torch.Generator:
        """The generator itself, or one on the GPU seeded by it: moving noise there would take longer than a step."""
        if self.device.type == "cpu":
            return generator
        seed = int(torch.randint(2**62, (1,), generator=generator))
        return torch.Generator(self.device).manual_seed(seed)

    def _packed(self, z_BND: Tensor, levels: conditioning.Levels, num_latents: int) -> Packed:
        place = torch.from_numpy(positions(num_latents, self.preset.size, self.preset.fps, self.preset.codec))
        level = levels.level_BG.to(self.device)
        group = levels.group_BN.to(self.device)
        return Packed(
            z_BND=z_BND,
            level_BK=level,
            target_BK=level,
            group_BN=group,
            place_BN3=place.to(self.device).expand(len(z_BND), -1, -1),
            tag_BN=torch.full_like(group, CLIP),
        )

    def _with_look(self, packed: Packed, look_BND: Tensor) -> Packed:
        """The same with the rows of a reference picture, given, before the clip."""
        count, extra = look_BND.shape[:2]
        place = torch.from_numpy(reference_positions(self.preset.size, self.preset.codec)).to(self.device)
        return replace(
            packed,
            z_BND=torch.cat((look_BND, packed.z_BND), dim=1),
            group_BN=nn.functional.pad(packed.group_BN, (extra, 0)),
            place_BN3=torch.cat((place.expand(count, -1, -1), packed.place_BN3), dim=1),
            tag_BN=nn.functional.pad(packed.tag_BN, (extra, 0), value=REFERENCE),
        )

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

    def _clock(self, begin: float) -> Iterator[float]:
        while (share := (time.monotonic() - begin) / (60 * self.recipe.minutes)) < 1:
            yield share

    def _shortest(self) -> int:
        lengths = [frames for frames in self.preset.frames if frames > 1 and shards(self.preset, frames)]
        return min(lengths, default=max(self.preset.frames))

    def _diet(self, share: float, random: np.random.Generator) -> Diet:
        diets = self.recipe.diets[max(start for start in self.recipe.diets if start <= share)]
        weights = np.array([diet.share for diet in diets])
        return diets[int(random.choice(len(diets), p=weights / weights.sum()))]


def schedule(share: float, steps: int) -> float:
    """The learning rate at ``share`` of the run as a share of its full value."""
    warm = min(1.0, (steps + 1) / WARM_UP)
    fall = 1.0 if share < FLAT else LAST + (1 - LAST) * (1 - share) / (1 - FLAT)
    return warm * fall if math.isfinite(fall) else LAST
