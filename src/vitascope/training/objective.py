"""What a network is asked while it learns: the velocity of noisy clips, portion by portion.

Letters in shapes: B clips, N rows, D channels, L looks.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from vitascope.backends import channels, flow
from vitascope.backends.rows import CLIP, REFERENCE, latents, positions, reference_positions, word_seconds
from vitascope.models.packed import Packed
from vitascope.models.transformer import Transformer
from vitascope.training import conditioning
from vitascope.training.data import Batch, Shards, shards
from vitascope.types import Preset

HELD = 0.5
"""Level below which the weight of an error, 1 / level squared, no longer grows."""

LEAST_WEIGHT = 0.05
"""Of the finest channels' errors, while the large ones are learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diet:
    """One kind of batch: clips of ``frames`` frames, how many, how often, with a reference picture, plain ones only."""

    frames: int
    size: int
    share: float
    reference: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What one portion gave: its loss, and the seconds it waited for data."""

    loss: float
    waited: float


class Objective:
    """A network, the clips it learns from, and the question it is asked about them.

    ``middle`` centres the noise levels; ``focus`` is as :func:`weights` takes it. Everything drawn by chance for a
    portion comes from (seed, step, portion): it does not matter which process works on it.
    """

    def __init__(
        self, preset: Preset, looks_LND: Tensor, middle: float, *, focus: float = 0.0, seed: int = 0,
        device: str = "cpu",
    ) -> None:  # fmt: skip
        self.preset, self.middle, self.focus, self.seed = preset, middle, focus, seed
        self.device = torch.device(device)
        self.model = Transformer(preset).to(self.device)
        self.looks_LND = looks_LND
        self._sources: dict[int, Shards] = {}

    def fuse(self) -> None:
        """One kernel per chain of small operations: forward and backward 1.45 times faster on a CPU core."""
        for block in self.model.blocks:
            block.compile(dynamic=False)

    def gradient(self, diet: Diet, step: int, portion: int, portions: int) -> Portion:
        """Adds the gradient of one of ``portions`` equal parts of a step's batch to the parameters'."""
        began = time.monotonic()
        random = np.random.default_rng((self.seed, step, portion))
        batch = self._batch(diet, diet.size // portions, random)
        waited = time.monotonic() - began
        generator = torch.Generator().manual_seed(int(random.integers(2**62)))
        with torch.autocast(self.device.type, torch.bfloat16):
            loss = self.loss(batch, diet.frames, generator)
        (loss / portions).backward()  # type: ignore[no-untyped-call]  # torch leaves this method without annotations
        return Portion(loss=loss.item(), waited=waited)

    def loss(self, batch: Batch, frames: int, generator: torch.Generator) -> Tensor:
        """Mean squared error of the velocity over rows that are to be made."""
        clip = batch.clip_BND.float().to(self.device)
        num_latents = latents(frames, self.preset.codec)
        levels = conditioning.draw(len(clip), num_latents, clip.shape[1] // num_latents, self.middle, generator)
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
        missed = (error.square() * weights(spread, self.focus)).mean(-1)
        made = (level.squeeze(-1) > 0).float()
        return (missed * made).sum() / made.sum()

    def source(self, frames: int) -> Shards:
        """The clips of ``frames`` frames; a still is the first latent of a clip of the shortest length there is."""
        length = frames if frames > 1 else self._shortest()
        return self._sources.get(length) or self._sources.setdefault(length, Shards(self.preset, length))

    def refresh(self) -> None:
        """Takes in the shards that a writer has finished since."""
        for source in self._sources.values():
            source.refresh()

    def _batch(self, diet: Diet, size: int, random: np.random.Generator) -> Batch:
        return self.source(diet.frames).batch(
            size, random, latents=latents(diet.frames, self.preset.codec),
            looks_LND=self.looks_LND if diet.reference else None, plain=diet.plain,
        )  # fmt: skip

    def _shortest(self) -> int:
        lengths = [frames for frames in self.preset.frames if frames > 1 and shards(self.preset, frames)]
        return min(lengths, default=max(self.preset.frames))

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


def weights(spread_D: Tensor, focus: float) -> Tensor:
    """How much the error in each channel counts, ``(D,)``: all the same at focus 0, else the large ones first.

    A channel that holds at least ``focus`` of a clip's variance counts in full, a smaller one in proportion, and none
    less than a twentieth. A thing is known by its hundred largest channels (blurred to 24 pixels the checker still
    names 98 of 100), but nine tenths of the channels are finer, and while they cannot be foretold yet they only add
    noise to the gradient.
    """
    if not focus:
        return torch.ones_like(spread_D)
    share = spread_D.square() / spread_D.square().sum()
    return (share / focus).clamp(LEAST_WEIGHT, 1.0)
