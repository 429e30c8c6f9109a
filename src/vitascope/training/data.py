"""Batches of cleared clips, as rows, from the pre-rendered cache.

Letters in shapes: B clips, K latents, N rows, D channels, W words.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vitascope.errors import TrainingError
from vitascope.settings import settings
from vitascope.text.words import PICTURED, ROLES, VOCABULARY, no_words
from vitascope.types import Preset

CPU = torch.device("cpu")

PARTS = ("rows", "words", "look", "covered")
"""The arrays of a shard; ``rows`` appears last."""

DROPPED = 0.1
"""Share of captions left out whole, for the branch without a prompt (Ho and Salimans 2022)."""

HIDDEN = 0.5
"""With a reference picture, how often the word for the thing is hidden: the picture must then say what it is."""

NAMELESS = VOCABULARY.index(PICTURED)
"""The token in place of the word for a thing that only a picture shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Clips to learn from, and how much of each row is subject. ``look_BND`` holds reference rows, or is None.

    Of ``shown`` clips no word says what they show: their first latent must be given.
    """

    clip_BND: Tensor
    covered_BN: Tensor  # 0..1
    words_4BW: Tensor
    look_BND: Tensor | None
    shown: bool = False


def folder(preset: Preset, frames: int, view: int = 0, *, shown: bool = False) -> Path:
    """Where the shards of clips of ``frames`` frames lie: of the native shape, or of one of the further views.

    ``shown`` names those of drawings that no word says: they are only shown (corpus/doodles.py).
    """
    kind = f"view{view}-" if view else "shown-" if shown else ""
    return settings().home / "cache" / preset.name / f"{kind}{frames:03}"


def shards(preset: Preset, frames: int, view: int = 0, *, shown: bool = False) -> list[Path]:
    """The finished shards, in order: the paths of their ``rows`` files (training/cache.py writes them)."""
    return sorted(folder(preset, frames, view, shown=shown).glob("rows-*.npy"))


class Shards:
    """The clips of one length; shards that a writer adds are noticed by :meth:`refresh`.

    On a CPU they stay on disk and are read as they are drawn; a GPU holds them whole, since it learns faster than a
    processor gathers and sends.
    """

    def __init__(
        self, preset: Preset, frames: int, view: int = 0, *, shown: bool = False, device: torch.device = CPU
    ) -> None:
        self.preset, self.frames, self.view, self.shown, self.device = preset, frames, view, shown, device
        self.rows: list[Tensor] = []  # float16
        self.words: list[Tensor] = []  # uint8
        self.look: list[npt.NDArray[np.int16]] = []
        self.covered: list[Tensor] = []  # uint8
        self.plain: list[npt.NDArray[np.bool_]] = []
        self._opened: set[Path] = set()
        self.refresh()

    def refresh(self) -> None:
        """Opens shards that have appeared since. Raises TrainingError when there is none at all."""
        there = shards(self.preset, self.frames, self.view, shown=self.shown)
        for path in (path for path in there if path not in self._opened):
            self._open(path)
        if not self.rows:
            where = folder(self.preset, self.frames, self.view, shown=self.shown)
            raise TrainingError(
                f"no clips of {self.frames} frames in {where}: run python -m vitascope.training.cache "
                f"--preset {self.preset.name} --frames {self.frames}{' --shown' if self.shown else ''}"
            )

    def _open(self, path: Path) -> None:
        """Several writers work at once: a shard of a lower number may come later."""
        words, look, covered = (np.load(path.with_name(path.name.replace("rows", part))) for part in PARTS[1:])
        self.rows.append(torch.from_numpy(np.load(path, mmap_mode="c")).to(self.device))
        self.words.append(torch.from_numpy(words).to(self.device))
        self.covered.append(torch.from_numpy(covered).to(self.device))
        self.look.append(look)
        self.plain.append(_plain(words))
        self._opened.add(path)

    def __len__(self) -> int:
        return sum(len(words) for words in self.words)

    def batch(
        self, size: int, generator: np.random.Generator, *, latents: int | None = None,
        looks_LND: Tensor | None = None, plain: bool = False,
    ) -> Batch:  # fmt: skip
        """``size`` clips of one shard, only their first ``latents`` latents; looks add reference rows.

        ``plain`` takes those of one thing that does one thing in one place, with nothing special about it but a colour.
        """
        shard = int(generator.integers(len(self.rows)))
        fits = self.plain[shard] | (not plain)
        allowed = np.flatnonzero(fits & ((self.look[shard] >= 0) | (looks_LND is None)))
        chosen = np.sort(generator.choice(allowed, size, replace=len(allowed) < size))
        here = torch.from_numpy(chosen).to(self.device)
        words = self._drop(self.words[shard][here].long().transpose(0, 1), generator)
        batch = Batch(
            clip_BND=self.rows[shard][here, :latents].flatten(1, 2),
            covered_BN=self.covered[shard][here, :latents].flatten(1, 2).float() / 255,
            words_4BW=words,
            look_BND=None,
            shown=self.shown,
        )
        if looks_LND is None:
            return batch
        look = looks_LND[torch.from_numpy(self.look[shard][chosen].astype(np.int64))]
        hidden = torch.from_numpy(generator.random(size) < HIDDEN).to(self.device)
        return replace(batch, words_4BW=unnamed(words, hidden), look_BND=look)

    def _drop(self, words_4BW: Tensor, generator: np.random.Generator) -> Tensor:
        dropped = torch.from_numpy(generator.random(words_4BW.shape[1]) < DROPPED).to(self.device)
        nothing = torch.from_numpy(np.stack(list(no_words().values()))).long().unsqueeze(1).to(self.device)
        return torch.where(dropped[None, :, None], nothing, words_4BW)


def _plain(words_N4W: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which captions say at most one subject, its colour, a place, a time and a take, and nothing else, ``(N,)``."""
    usual = [ROLES.index(role) for role in ("pad", "subject", "colour", "motion", "place", "time", "take")]
    role, entity, segment = words_N4W[:, 1], words_N4W[:, 2], words_N4W[:, 3]
    taken = (role == ROLES.index("take")).sum(axis=1) == 1
    return np.isin(role, usual).all(axis=1) & (entity < 2).all(axis=1) & (segment == 0).all(axis=1) & taken


def unnamed(words_4BW: Tensor, chosen_B: Tensor) -> Tensor:
    """Replaces the first entity's subject by the word for nothing in the chosen captions."""
    token, role, entity, segment = words_4BW
    first = (role == ROLES.index("subject")) & (entity == 1)
    return torch.stack((token.masked_fill(first & chosen_B[:, None], NAMELESS), role, entity, segment))
