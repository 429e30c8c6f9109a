"""What a network is asked while it learns: the velocity of noisy clips, portion by portion.

Letters in shapes: B clips, N rows, D channels, L looks.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from vitascope.backends import channels, flow
from vitascope.backends.rows import (
    CLIP,
    REFERENCE,
    SPOKEN_OF,
    grid_of_latent,
    latents,
    positions,
    reference_positions,
)
from vitascope.models.packed import Packed
from vitascope.models.transformer import Transformer
from vitascope.training import conditioning, hues
from vitascope.training.data import Batch, Shards, shards, unnamed
from vitascope.training.precision import autocast
from vitascope.types import Floats, Preset, viewed

HELD = 0.5
"""Level below which the weight of an error, 1 / level squared, no longer grows."""

ON_SUBJECT = 3.0
"""How much more an error counts in a row that is all subject: places are learned long before things (docs/log.md)."""

LENGTHS = 64
"""Compilations of a block that are kept: one a length, and again without gradient. Beyond torch's own limit of eight
what is most frequent may be what runs uncompiled."""

LEAST_WEIGHT = 0.05
"""Of the finest channels' errors, while the large ones are learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diet:
    """One kind of batch: clips of ``frames`` frames, how many, how often, with a reference picture, plain ones only.

    ``view`` 0 is the preset's own shape, n the n-th of its further views. ``shown`` are clips of things that no word
    says.
    """

    frames: int
    size: int
    share: float
    reference: bool = False
    plain: bool = False
    view: int = 0
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """What one portion gave: its loss, and the seconds it waited for data."""

    loss: float
    waited: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noisy:
    """A batch as the network meets it: clips, the noise mixed into them, how much, and what is said of them."""

    clip_BND: Tensor
    covered_BN: Tensor
    noise_BND: Tensor
    levels: conditioning.Levels
    level_BN1: Tensor
    place_N3: Floats
    size: tuple[int, int]
    words_4BW: Tensor
    seconds_BW: Tensor
    look_BND: Tensor | None

    def state(self) -> Tensor:
        """Clip and noise at their levels."""
        return flow.mix(self.clip_BND, self.noise_BND, self.level_BN1)


class Objective:
    """A network, the clips it learns from, and the question it is asked about them.

    ``middle`` and ``spread`` shape the noise levels; ``focus`` is as :func:`weights` takes it. Everything drawn by
    chance for a portion comes from (seed, step, portion): it does not matter which process works on it.
    """

    def __init__(
        self, preset: Preset, looks_LND: Tensor, middle: float, *, spread: float = conditioning.SPREAD,
        focus: float = 0.0, seed: int = 0, device: str = "cpu",
    ) -> None:  # fmt: skip
        self.preset, self.middle, self.spread, self.focus, self.seed = preset, middle, spread, focus, seed
        self.device = torch.device(device)
        self.model = Transformer(preset).to(self.device)
        self.looks_LND = looks_LND
        self._sources: dict[tuple[int, int, bool], Shards] = {}
        self.tells_late = self.device.type != "cpu"
        self._pending: Tensor | None = None

    def networks(self) -> tuple[Transformer, ...]:
        """The networks a step runs; the first one learns."""
        return (self.model,)

    def fuse(self) -> None:
        """One kernel per chain of small operations: forward and backward 1.45 times faster on a CPU core.

        On a GPU one compilation serves every length: each would cost a quarter of a short minute.
        """
        dynamic = self.device.type != "cpu"
        torch._dynamo.config.recompile_limit = LENGTHS  # noqa: SLF001  the only name it has
        for block in (block for network in self.networks() for block in network.blocks):
            block.compile(dynamic=dynamic)

    def gradient(self, diet: Diet, step: int, portion: int, portions: int) -> Portion:
        """Adds the gradient of one of ``portions`` equal parts of a step's batch to the parameters'."""
        began = time.monotonic()
        random = np.random.default_rng((self.seed, step, portion))
        batch = self._batch(diet, diet.size // portions, random)
        waited = time.monotonic() - began
        generator = torch.Generator(self.device).manual_seed(int(random.integers(2**62)))
        with autocast(self.device.type):
            loss = self.loss(batch, diet.frames, generator, diet.view)
        (loss / portions).backward()  # type: ignore[no-untyped-call]  # torch leaves this method without annotations
        return Portion(loss=self._told(loss.detach()), waited=waited)

    def _told(self, loss: Tensor) -> float:
        """The loss as a number; of a GPU that of the step before, since it would stand idle while this one is read."""
        before = self._pending if self.tells_late and self._pending is not None else loss
        self._pending = loss
        return float(before)

    def loss(self, batch: Batch, frames: int, generator: torch.Generator, view: int = 0) -> Tensor:
        """Mean squared error of the velocity over rows that are to be made."""
        noisy = self.noisy(batch, frames, generator, view)
        levels = noisy.levels.level_BG
        seen = self.seen(self.model, noisy, noisy.state(), levels, levels)
        return self.weighed(((seen - noisy.clip_BND) / noisy.level_BN1.clamp_min(HELD)).square(), noisy)

    def noisy(self, batch: Batch, frames: int, generator: torch.Generator, view: int = 0) -> "Noisy":
        """The batch where the network is, with noise and levels drawn for it."""
        clip, preset = batch.clip_BND.to(self.device).float(), viewed(self.preset, view)
        words, num_latents = batch.words_4BW.to(self.device), latents(frames, preset.codec)
        grid = grid_of_latent(preset.size, preset.codec)
        levels = conditioning.draw(
            len(clip), num_latents, grid, self.middle, generator, self.spread, only="first" if batch.shown else None
        ).to(self.device)
        unnamed_B = levels.unnamed(grid[0] * grid[1], generator)
        if batch.look_BND is None:
            clip = hues.turned(clip, hues.angles(unnamed_B, generator), preset.codec)
        return Noisy(
            clip_BND=clip,
            covered_BN=batch.covered_BN.to(self.device),
            noise_BND=torch.randn(clip.shape, generator=self._noise(generator), device=self.device),
            levels=levels,
            level_BN1=levels.of_rows(),
            place_N3=positions(num_latents, preset.size, preset.fps, preset.codec),
            size=preset.size,
            words_4BW=unnamed(words, unnamed_B),
            seconds_BW=_word_seconds(words[3], (frames - 1) / preset.fps),
            look_BND=None if batch.look_BND is None else batch.look_BND.to(self.device).float(),
        )

    def seen(self, model: Transformer, noisy: "Noisy", z: Tensor, level_BG: Tensor, target_BG: Tensor) -> Tensor:
        """The clip that ``model`` sees in ``z``, rows of a batch at levels now and aimed at, in the clip's units."""
        mean, spread = model.mean, model.spread
        level_BN1 = replace(noisy.levels, level_BG=level_BG).of_rows()
        packed = self._packed(channels.evened(z, level_BN1, mean, spread), noisy, level_BG, target_BG)
        if noisy.look_BND is not None:
            clean = torch.zeros_like(noisy.look_BND[..., :1])
            packed = self._with_look(packed, channels.evened(noisy.look_BND, clean, mean, spread), noisy)
        answer = model(packed, noisy.words_4BW, noisy.seconds_BW)[:, -z.shape[1] :].float()
        return channels.restored(answer, mean, spread)

    def weighed(self, squared_BND: Tensor, noisy: "Noisy") -> Tensor:
        """The mean of squared errors over the rows that are to be made, subjects first, channels as ``focus`` says."""
        missed = (squared_BND * weights(self.model.spread, self.focus)).mean(-1)
        made = (noisy.level_BN1.squeeze(-1) > 0).float()
        counted = made * (1 + ON_SUBJECT * noisy.covered_BN)
        return (missed * counted).sum() / counted.sum()

    def source(self, frames: int, view: int = 0, *, shown: bool = False) -> Shards:
        """The clips of ``frames`` frames; where no stills were drawn, one is the first latent of the shortest clips."""
        drawn = frames > 1 or shards(self.preset, frames, view, shown=shown)
        length = frames if drawn else _shortest(self.preset, view)
        name = (length, view, shown)
        if name not in self._sources:
            self._sources[name] = Shards(self.preset, length, view, shown=shown, device=self.device)
        return self._sources[name]

    def shortest(self) -> Shards:
        """The shortest clips there are: a still says nothing about change in time."""
        return self.source(_shortest(self.preset, 0))

    def refresh(self) -> None:
        """Takes in the shards that a writer has finished since."""
        for source in self._sources.values():
            source.refresh()

    def _batch(self, diet: Diet, size: int, random: np.random.Generator) -> Batch:
        return self.source(diet.frames, diet.view, shown=diet.shown).batch(
            size, random, latents=latents(diet.frames, self.preset.codec),
            looks_LND=self.looks_LND if diet.reference else None, plain=diet.plain,
        )  # fmt: skip

    def _noise(self, generator: torch.Generator) -> torch.Generator:
        """The generator itself, or one on the GPU seeded by it: moving noise there would take longer than a step."""
        if generator.device.type == self.device.type:
            return generator
        seed = int(torch.randint(2**62, (1,), generator=generator))
        return torch.Generator(self.device).manual_seed(seed)

    def _packed(self, z_BND: Tensor, noisy: "Noisy", level_BG: Tensor, target_BG: Tensor) -> Packed:
        group = noisy.levels.group_BN
        return Packed(
            z_BND=z_BND,
            level_BK=level_BG,
            target_BK=target_BG,
            group_BN=group,
            place_BN3=torch.from_numpy(noisy.place_N3).to(self.device).expand(len(z_BND), -1, -1),
            tag_BN=torch.full_like(group, CLIP),
        )

    def _with_look(self, packed: Packed, look_BND: Tensor, noisy: "Noisy") -> Packed:
        """The same with the rows of a reference picture, given, before the clip."""
        count, extra = look_BND.shape[:2]
        place = torch.from_numpy(reference_positions(noisy.size, self.preset.codec)).to(self.device)
        return replace(
            packed,
            z_BND=torch.cat((look_BND, packed.z_BND), dim=1),
            group_BN=nn.functional.pad(packed.group_BN, (extra, 0)),
            place_BN3=torch.cat((place.expand(count, -1, -1), packed.place_BN3), dim=1),
            tag_BN=nn.functional.pad(packed.tag_BN, (extra, 0), value=REFERENCE),
        )


def _word_seconds(segment_BW: Tensor, seconds: float) -> Tensor:
    """As ``rows.word_seconds``, where the words are."""
    return torch.tensor(SPOKEN_OF, device=segment_BW.device)[segment_BW] * seconds


def _shortest(preset: Preset, view: int) -> int:
    frames = viewed(preset, view).frames
    return min((length for length in frames if length > 1 and shards(preset, length, view)), default=max(frames))


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
