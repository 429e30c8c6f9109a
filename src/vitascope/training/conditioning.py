"""The conditioning mixture: which rows of a training clip are given clean, so that one network learns every verb.

Shares after FVDM (2410.03160) and DFoT (2502.06764) practice; see ``MIXTURE``. Given rows have level 0 and no loss.
Letters in shapes: B clips, K latents, N rows, G groups of rows of one noise level (0 given, 1 + k latent k's own).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

MIXTURE = {
    "all": 0.69,  # text to video
    "first": 0.16,  # animate a picture
    "prefix": 0.04,  # extend
    "ends": 0.04,  # interpolate, loop
    "block": 0.04,  # edit a region for a while
    "apart": 0.03,  # a level of its own for each latent
}
"""What is given, and how often. Reference rows come on top, in batches of their own."""

SPREAD = 2.0
"""Width of the logit-normal noise levels. At 1.2 around high noise the network paints what words say and does not look
at what already stands in the rows (docs/log.md, 2026-11-26)."""

UNNAMED = 0.6
"""Where a clip's first latent is given, how often no word says what it shows: while one did, the network went by the
word, and drew whatever it had no word for as an orange blob that moved rightly (docs/log.md, 2026-11-27)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Noise levels of a batch: ``level`` per group ``(B, G)`` and the group of every row ``(B, N)``."""

    level_BG: Tensor
    group_BN: Tensor

    def of_rows(self) -> Tensor:
        """The level of every row, ``(B, N, 1)``."""
        return self.level_BG.gather(1, self.group_BN).unsqueeze(-1)

    def to(self, device: torch.device) -> "Levels":
        """The same there."""
        return Levels(level_BG=self.level_BG.to(device), group_BN=self.group_BN.to(device))

    def unnamed(self, rows: int, generator: torch.Generator) -> Tensor:
        """Clips to be told without the word for their thing, ``(B,)`` bool; a latent has ``rows`` rows."""
        opened = (self.group_BN[:, :rows] == 0).all(dim=1)
        by_chance = torch.rand(len(opened), generator=generator, device=generator.device)
        return opened & (by_chance.to(opened.device) < UNNAMED)


def draw(
    batch: int, latents: int, grid: tuple[int, int], middle: float, generator: torch.Generator,
    spread: float = SPREAD, only: str | None = None,
) -> Levels:  # fmt: skip
    """Levels for clips of ``latents`` latents of ``grid`` rows down and across; logit-normal around ``middle``.

    ``only`` names one kind of the mixture for all clips. All is drawn where the generator is.
    """
    with generator.device:
        return _draw(batch, latents, grid, middle, generator, spread, only)


def _draw(
    batch: int, latents: int, grid: tuple[int, int], middle: float, generator: torch.Generator,
    spread: float, only: str | None,
) -> Levels:  # fmt: skip
    rows = grid[0] * grid[1]
    shared = _logit_normal((batch, 1), middle, spread, generator).expand(-1, latents)
    own = _logit_normal((batch, latents), middle, spread, generator)
    kind = _kinds(batch, generator) if latents > 1 else torch.zeros(batch, dtype=torch.long)
    kind = kind if only is None else torch.full_like(kind, list(MIXTURE).index(only))
    apart = (kind == list(MIXTURE).index("apart")).unsqueeze(1)
    level = torch.cat((torch.zeros(batch, 1), torch.where(apart, own, shared)), dim=1)
    group = torch.arange(1, latents + 1).repeat_interleave(rows).expand(batch, -1)
    return Levels(level_BG=level, group_BN=group.masked_fill(_given(kind, latents, grid, generator), 0))


def _logit_normal(shape: tuple[int, int], middle: float, spread: float, generator: torch.Generator) -> Tensor:
    """Levels around the sigmoid of ``middle`` (Esser et al. 2024, 2403.03206)."""
    return torch.sigmoid(spread * torch.randn(shape, generator=generator) + middle)


def _kinds(batch: int, generator: torch.Generator) -> Tensor:
    share = torch.tensor(list(MIXTURE.values()))
    return torch.multinomial(share, batch, replacement=True, generator=generator)


def _given(kind_B: Tensor, latents: int, grid: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Which rows are given, ``(B, N)`` bool."""
    names, rows = list(MIXTURE), grid[0] * grid[1]
    latent = torch.arange(latents)
    length = torch.randint(2, max(3, latents), (len(kind_B), 1), generator=generator)
    first = latent == 0
    given = {
        "first": first.expand(len(kind_B), -1),
        "prefix": latent < length.clamp(max=latents - 1),
        "ends": (first | (latent == latents - 1)).expand(len(kind_B), -1),
    }
    rows_given = torch.zeros(len(kind_B), latents * rows, dtype=torch.bool)
    for name, latents_given in given.items():
        chosen = (kind_B == names.index(name)).unsqueeze(1)
        rows_given |= (latents_given & chosen).repeat_interleave(rows, dim=1)
    outside = ~_blocks(len(kind_B), (latents, *grid), generator)
    return rows_given | (outside & (kind_B == names.index("block")).unsqueeze(1))


def _blocks(batch: int, sides: tuple[int, int, int], generator: torch.Generator) -> Tensor:
    """A random box in time and in the grid of rows for each clip, ``(B, N)`` bool; inside is to be made."""
    inside = torch.ones(batch, *sides, dtype=torch.bool)
    for axis, size in enumerate(sides, 1):
        ends = torch.randint(0, size, (batch, 2), generator=generator).sort(dim=1).values
        index = torch.arange(size)
        line = (index >= ends[:, :1]) & (index <= ends[:, 1:])
        shape = [batch, 1, 1, 1]
        shape[axis] = size
        inside &= line.view(shape)
    return inside.flatten(1)
