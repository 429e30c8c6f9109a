"""The last stage: from a flow to a flow map, whose long steps end where many short ones would, guidance included.

A flow's network knows the velocity at a level; a map's knows the mean velocity from a level ``t`` down to any target
``r``. Along a path z of the flow, that mean u obeys ``u = v - (t - r) du/dt`` (MeanFlow, 2505.13447). Here du/dt is a
finite difference of two forward passes (AnyFlow, 2605.13724), so no derivative through the network is needed, no
second network is trained, and one checkpoint serves any number of steps. The network already takes both levels
(Decoupled MeanFlow, 2510.24474).

Guidance is baked in: the velocity to learn is the one that the network this stage began with has under guidance, so
that a render takes one pass a step instead of two. Given rows and references are drawn as in the first stage, or
pictures could not be animated in four steps.

Letters in shapes: B clips, N rows, D channels, G groups of rows of one level.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

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

APART = 0.025
"""Half the distance in level of the two passes whose difference is taken.

The network is told a level by sinusoids of up to 160 turns; a trained one still rings with the fastest. At 0.001 the
difference is mostly ringing (root mean square 5.1, cosine 0.38 with the one at 0.05), at 0.005 it is 2.7, from 0.02
to 0.1 it stays at 2.1 to 2.2 (xs, 12 clips, guidance 3, float32); bfloat16 moves it by less than that.
"""

SAME, TO_CLEAN = 0.5, 0.25
"""Shares of clips whose target is their level (the flow goes on being learned), and whose target is the clip itself;
the rest aim anywhere between."""

Velocity = Callable[[Tensor, Tensor, Tensor], Tensor]
"""State, level and target to mean velocity; levels are those of groups of rows."""

Rows = Callable[[Tensor], Tensor]
"""Levels of groups to levels of rows, as wide as the state."""


def map_target(velocity: Velocity, z: Tensor, v: Tensor, level: Tensor, target: Tensor, rows: Rows) -> Tensor:
    """The mean velocity to learn at ``level`` for ``target``, given the velocity ``v`` there; no gradient.

    The difference is one-sided at noise and at the target, and nothing where rows are given: they stay where they are.
    """
    with torch.no_grad():
        high = torch.where(level > 0, (level + APART).clamp(max=1.0), level)
        low = torch.maximum(level - APART, target).clamp(min=0.0)
        above = velocity(z + rows(high - level) * v, high, target)
        below = velocity(z - rows(level - low) * v, low, target)
        slope = (above - below) / rows(high - low).clamp_min(1e-6)
        return v - rows(level - target) * slope


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
        """Mean squared error of the mean velocity, both kinds of target with the same weight."""
        noisy = self.noisy(batch, frames, generator, view)
        level = noisy.levels.level_BG
        aim = level * _shares(len(level), generator).to(self.device)
        z, rows = noisy.state(), _rows(noisy)

        def velocity(z: Tensor, level: Tensor, target: Tensor) -> Tensor:
            seen = self.seen(self.model, noisy, z, level, target)
            return flow.velocity(z, seen, rows(level).clamp_min(flow.LEAST_LEVEL))

        wanted = map_target(velocity, z, self._guided(noisy, z), level, aim, rows)
        held = rows(level) / rows(level).clamp_min(HELD)
        missed = ((velocity(z, level, aim) - wanted) * held).square()
        return self._balanced(missed, noisy, (aim == level).all(1))

    @torch.no_grad()
    def _guided(self, noisy: Noisy, z: Tensor) -> Tensor:
        """The true velocity, moved by what guidance adds to the first network's."""
        v = noisy.noise_BND - noisy.clip_BND
        if self.guidance == 1:
            return v
        level = noisy.levels.level_BG
        mute = replace(noisy, words_4BW=_mute(noisy.words_4BW))
        told, untold = (self.seen(self.teacher, of, z, level, level) for of in (noisy, mute))
        return v - (self.guidance - 1) * (told - untold) / noisy.level_BN1.clamp_min(flow.LEAST_LEVEL)

    def _balanced(self, squared_BND: Tensor, noisy: Noisy, same_B: Tensor) -> Tensor:
        """Both kinds of clips count alike, however much larger the one's errors are (AnyFlow's balance)."""
        parts = [
            self.weighed(squared_BND[chosen], _chosen(noisy, chosen))
            for chosen in (same_B, ~same_B)
            if bool(chosen.any())
        ]
        if len(parts) == 1:
            return parts[0]
        near, far = parts
        return near + far * (near.detach() / far.detach().clamp_min(1e-6))


def _shares(batch: int, generator: torch.Generator) -> Tensor:
    """Target over level of each clip, ``(B, 1)``."""
    kind, between = torch.rand((2, batch, 1), generator=generator, device=generator.device)
    return torch.where(kind < SAME, 1.0, torch.where(kind < SAME + TO_CLEAN, 0.0, between))


def _rows(noisy: Noisy) -> Rows:
    """Levels of groups to levels of rows, ``(B, G)`` to ``(B, N, 1)``."""

    def rows(level_BG: Tensor) -> Tensor:
        return replace(noisy.levels, level_BG=level_BG).of_rows()

    return rows


def _chosen(noisy: Noisy, chosen_B: Tensor) -> Noisy:
    return replace(noisy, level_BN1=noisy.level_BN1[chosen_B], covered_BN=noisy.covered_BN[chosen_B])


def _mute(words_4BW: Tensor) -> Tensor:
    """Captions of nothing, as many."""
    nothing = torch.from_numpy(np.stack(list(no_words().values()))).long().to(words_4BW.device)
    return nothing.unsqueeze(1).expand_as(words_4BW)
