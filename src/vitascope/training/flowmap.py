"""The last stage: from a flow to a flow map, whose long steps end where several short ones would, guidance included.

A flow's network knows the velocity at a level; a map's knows the mean velocity from a level ``t`` down to any target
``r``. That mean is what a sampler of the flow finds when it goes there in a few steps, so a frozen copy of the network
this stage began with goes there, with guidance, and the map is taught where it ended (Salimans and Ho 2022, 2202.00512,
for any two levels). Its own mean velocity differentiated, as MeanFlow does (2505.13447), needs no such passes, but what
it errs comes back twentyfold: the shipped network lost its pictures within 200 steps (docs/log.md, 2026-11-27). The
network already takes both levels (Decoupled MeanFlow, 2510.24474), so one checkpoint serves any number of steps.

Guidance is baked in: a render takes one pass a step instead of two. Given rows and references are drawn as in the first
stage, or pictures could not be animated in four steps.

Letters in shapes: B clips, N rows, D channels, G groups of rows of one level.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from vitascope.backends import flow
from vitascope.models.transformer import Transformer
from vitascope.text.words import no_words
from vitascope.training import conditioning
from vitascope.training.data import Batch
from vitascope.training.objective import HELD, Noisy, Objective
from vitascope.types import Preset

PATH = 4
"""Steps in which the frozen network goes from a level to a target: as many as a render takes for the whole way."""

TO_CLEAN = 0.5
"""Share of long steps that aim at the clip itself; the others aim anywhere between."""

Velocity = Callable[[Tensor, Tensor], Tensor]
"""State and level of groups of rows to velocity."""

Rows = Callable[[Tensor], Tensor]
"""Levels of groups to levels of rows, as wide as the state."""


def mean_velocity(velocity: Velocity, z: Tensor, level: Tensor, target: Tensor, rows: Rows, shift: float) -> Tensor:
    """The mean velocity of a flow from ``level`` to ``target``, found in :data:`PATH` Euler steps; no gradient.

    Steps are even in the sampler's own time, so most are at high noise (:func:`vitascope.backends.flow.levels`). Rows
    whose level is their target stay where they are, and their velocity is nothing.
    """
    with torch.no_grad():
        end = z
        for here, there in pairwise(_ladder(level, target, shift)):
            end = flow.step(end, velocity(end, here), rows(here), rows(there))
        return (z - end) / rows(level - target).clamp_min(1e-6)


def _ladder(level: Tensor, target: Tensor, shift: float) -> Iterator[Tensor]:
    begin, end = (at / (shift - (shift - 1) * at) for at in (level, target))
    for step in range(PATH + 1):
        even = begin + (end - begin) * step / PATH
        yield shift * even / (1 + (shift - 1) * even)


class MapObjective(Objective):
    """An :class:`Objective` that asks for mean velocities, guided as a frozen copy of the first network says.

    ``guidance`` is the scale that is baked in. Words are no longer learned: their encoder stays as it is.
    """

    def __init__(
        self, preset: Preset, looks_LND: Tensor, middle: float, *, guidance: float,
        spread: float = conditioning.SPREAD, focus: float = 0.0, seed: int = 0, device: str = "cpu",
    ) -> None:  # fmt: skip
        super().__init__(preset, looks_LND, middle, spread=spread, focus=focus, seed=seed, device=device)
        self.guidance = guidance
        self.model.text.requires_grad_(requires_grad=False)
        self.teacher: Transformer = deepcopy(self.model).eval().requires_grad_(requires_grad=False)

    def networks(self) -> tuple[Transformer, ...]:
        """See :class:`Objective`."""
        return self.model, self.teacher

    def loss(self, batch: Batch, frames: int, generator: torch.Generator, view: int = 0) -> Tensor:
        """Mean squared error of the mean velocity; half of the clips go on teaching the flow, the others long steps.

        Both halves count alike, however much larger the errors of one are (AnyFlow's balance, 2605.13724).
        """
        noisy = self.noisy(batch, frames, generator, view)
        half = len(noisy.clip_BND) // 2
        far = self._far(_part(noisy, slice(half, None)), generator)
        if not half:
            return far
        near = self._near(_part(noisy, slice(half)))
        return near + far * (near.detach() / far.detach().clamp_min(1e-6))

    def _near(self, noisy: Noisy) -> Tensor:
        """Of the flow: the velocity of clip and noise themselves, and guidance."""
        level, z = noisy.levels.level_BG, noisy.state()
        return self._missed(noisy, level, self._guided(noisy, z, noisy.noise_BND - noisy.clip_BND, level))

    def _far(self, noisy: Noisy, generator: torch.Generator) -> Tensor:
        """Of long steps: the mean velocity on the way of the frozen network."""
        level, z, rows = noisy.levels.level_BG, noisy.state(), _rows(noisy)
        aim = level * _shares(len(level), generator).to(self.device)

        def velocity(z: Tensor, level: Tensor) -> Tensor:
            seen = self.seen(self.teacher, noisy, z, level, level)
            return self._guided(noisy, z, flow.velocity(z, seen, rows(level).clamp_min(flow.LEAST_LEVEL)), level, seen)

        return self._missed(noisy, aim, mean_velocity(velocity, z, level, aim, rows, self.preset.sampler.shift))

    def _missed(self, noisy: Noisy, aim: Tensor, wanted: Tensor) -> Tensor:
        level, z, rows = noisy.levels.level_BG, noisy.state(), _rows(noisy)
        seen = self.seen(self.model, noisy, z, level, aim)
        found = flow.velocity(z, seen, rows(level).clamp_min(flow.LEAST_LEVEL))
        held = rows(level) / rows(level).clamp_min(HELD)
        return self.weighed(((found - wanted) * held).square(), noisy)

    @torch.no_grad()
    def _guided(self, noisy: Noisy, z: Tensor, v: Tensor, level: Tensor, told: Tensor | None = None) -> Tensor:
        """A velocity moved by what guidance adds to the first network's, which sees ``told`` with the words."""
        if self.guidance == 1:
            return v
        told = self.seen(self.teacher, noisy, z, level, level) if told is None else told
        untold = self.seen(self.teacher, replace(noisy, words_4BW=_mute(noisy.words_4BW)), z, level, level)
        return v - (self.guidance - 1) * (told - untold) / _rows(noisy)(level).clamp_min(flow.LEAST_LEVEL)


def _shares(batch: int, generator: torch.Generator) -> Tensor:
    """Target over level of each clip, ``(B, 1)``."""
    kind, between = torch.rand((2, batch, 1), generator=generator, device=generator.device)
    return torch.where(kind < TO_CLEAN, 0.0, between)


def _rows(noisy: Noisy) -> Rows:
    """Levels of groups to levels of rows, ``(B, G)`` to ``(B, N, 1)``."""

    def rows(level_BG: Tensor) -> Tensor:
        return replace(noisy.levels, level_BG=level_BG).of_rows()

    return rows


def _part(noisy: Noisy, chosen: slice) -> Noisy:
    """Some clips of a batch."""
    levels = noisy.levels
    return replace(
        noisy,
        clip_BND=noisy.clip_BND[chosen],
        covered_BN=noisy.covered_BN[chosen],
        noise_BND=noisy.noise_BND[chosen],
        levels=replace(levels, level_BG=levels.level_BG[chosen], group_BN=levels.group_BN[chosen]),
        level_BN1=noisy.level_BN1[chosen],
        words_4BW=noisy.words_4BW[:, chosen],
        seconds_BW=noisy.seconds_BW[chosen],
        look_BND=None if noisy.look_BND is None else noisy.look_BND[chosen],
    )


def _mute(words_4BW: Tensor) -> Tensor:
    """Captions of nothing, as many."""
    nothing = torch.from_numpy(np.stack(list(no_words().values()))).long().to(words_4BW.device)
    return nothing.unsqueeze(1).expand_as(words_4BW)
