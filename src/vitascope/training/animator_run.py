"""``python -m vitascope.training.animator_run``: trains the animator, which moves a given picture, by the clock.

The matte learns from pictures that are drawn while it learns (training/separating.py), the tracks from movements as
numbers (training/tracks.py). Both are kept in one state, from which a run goes on.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from torch import Tensor
from torch.nn import functional as F

from vitascope.corpus.atlas import open_atlas
from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.models.animator import Animator, plate
from vitascope.settings import settings
from vitascope.text.words import VOCABULARY_SIZE, edition_of
from vitascope.training import states
from vitascope.training.plainly import plainly
from vitascope.training.precision import autocast
from vitascope.training.presets import preset as preset_of
from vitascope.training.separating import Separated, separated
from vitascope.training.softening import blur
from vitascope.training.tracks import Movements, movements
from vitascope.types import AnimatorPreset, Pixels, Preset

PICTURES, FRESH, POOL = 16, 8, 6144
"""Pictures of a step, how many of them are drawn anew, and how many are kept to learn from again."""

MOVEMENTS = 96
"""Movements of a step."""

RATE = 7e-4
WARM_UP = 50
AVERAGE = 0.995
SOFTEST, SPECKLE = 28, 0.06
"""Pixels of the softest pictures, and deviation of the most speckled ones."""
HIDDEN_COUNTS = 4.0
"""How many times the plate counts where the thing hides it: elsewhere the picture itself is the answer."""

SPEAK, SAVED = 25, 400
"""Steps between two lines of progress, and between two checkpoints."""

Speak = Callable[[str], None]


def home(preset: Preset) -> Path:
    """Where the state of a preset's animator lies: presets of one world share it."""
    edition, side = edition_of(preset.vocabulary_sha256), _animator(preset).side
    return settings().home / "animator" / f"edition-{edition.number}-{side}.safetensors"


def stored(preset: Preset, path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The animator's weights by name, and what they cost: pictures and hours.

    ``path`` is a state, or weights that ship with an animator. Raises TrainingError where they are missing, damaged, or
    of other widths than the preset's.
    """
    try:
        tensors, facts = checkpoint.load(path)
    except (OSError, ValueError) as error:
        raise TrainingError(f"The animator's state {path} cannot be read: {error}. Remove it to begin anew.") from error
    tensors = checkpoint.under("animator", tensors) or tensors
    wanted = {name: tensor.shape for name, tensor in born(_animator(preset), 0).state_dict().items()}
    if wanted != {name: tensor.shape for name, tensor in tensors.items()}:
        raise TrainingError(f"{path} is of an animator of other widths than that of {preset.name}. Remove it, or both.")
    return tensors, facts


def _animator(preset: Preset) -> AnimatorPreset:
    if preset.animator is None:
        raise TrainingError(f"{preset.name} has no animator: it is asked for whole scenes.")
    return preset.animator


def born(preset: AnimatorPreset, seed: int) -> Animator:
    """An animator that knows nothing, the same for the same seed."""
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        return Animator(preset, VOCABULARY_SIZE)


class Lessons:
    """Pictures by chance and movements by chance, as batches."""

    def __init__(self, preset: Preset, seed: int) -> None:
        self.preset, self.rng = preset, np.random.default_rng(seed)
        self.edition = edition_of(preset.vocabulary_sha256)
        self.atlas = open_atlas(self.edition)
        self.pool: list[Separated] = []

    def pictures(self) -> tuple[Tensor, Tensor, Tensor]:
        """Picture ``(B, 3, H, W)``, matte with one channel and plate, in 0..1; every other batch mirrored."""
        side, fps = _animator(self.preset).side, self.preset.fps
        fresh = [separated(self.rng, self.atlas, self.edition, fps=fps, side=side) for _ in range(FRESH)]
        self.pool = [*self.pool, *fresh][-POOL:]
        chosen = [*fresh, *(self.pool[n] for n in self.rng.integers(len(self.pool), size=PICTURES - FRESH))]
        parts = (np.stack([getattr(one, name) for one in chosen]) for name in ("picture", "matte", "plate"))
        picture, matte, behind = self._softened(*(_signal(part) for part in parts))
        return (picture.flip(3), matte.flip(3), behind.flip(3)) if self.rng.random() < 0.5 else (picture, matte, behind)

    def _softened(self, picture: Tensor, matte: Tensor, behind: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Every other batch as soft and as speckled as what a network paints."""
        if self.rng.random() < 0.5:
            return picture, matte, behind
        side = int(self.rng.integers(SOFTEST, picture.shape[-1]))
        speckle = torch.from_numpy(self.rng.standard_normal(picture.shape, np.float32)) * self.rng.uniform(0, SPECKLE)
        return (blur(picture, side) + speckle).clamp(0, 1), blur(matte, side), blur(behind, side)

    def movements(self) -> Movements:
        """Of one of the trained lengths."""
        lengths = [frames for frames in self.preset.frames if frames > 1]
        frames = lengths[int(self.rng.integers(len(lengths)))]
        return movements(self.rng, MOVEMENTS, self.edition, frames=frames, fps=self.preset.fps)


def _signal(pixels: Pixels) -> Tensor:
    given = torch.from_numpy(pixels).float() / 255
    return given.movedim(-1, 1) if given.ndim == 4 else given[:, None]


def matte_loss(net: Animator, picture: Tensor, matte: Tensor, behind: Tensor) -> Tensor:
    """Cross entropy of the matte, and how far the plate is from the place without the thing."""
    with autocast("cpu"):
        answer = net.matte(picture).float()
    edges = F.binary_cross_entropy_with_logits(answer[:, :1], matte)
    hidden = F.max_pool2d(matte, 5, 1, 2)
    return edges + ((plate(answer, picture) - behind).abs() * (1 + HIDDEN_COUNTS * hidden)).mean()


def track_loss(net: Animator, given: Movements) -> Tensor:
    """How far a track is from the one that was drawn."""
    told = net.track(given.token_B, given.chance_BD, given.seconds_B, given.course_BT)
    return F.smooth_l1_loss(told, given.track_BTC, beta=0.05)


class Teacher:
    """An animator that learns: its running average, its optimiser, and what it has cost so far."""

    def __init__(self, net: Animator, lessons: Lessons) -> None:
        self.net, self.lessons = net, lessons
        self.average = {name: tensor.clone() for name, tensor in net.state_dict().items()}
        self.optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
        self.steps = self.before = 0
        self.hours = 0.0

    def step(self, share: float) -> tuple[float, float]:
        """One step of both networks at a share of the run; returns the losses of matte and track."""
        self.steps += 1
        for group in self.optimiser.param_groups:
            group["lr"] = RATE * min(1.0, self.steps / WARM_UP, 2 * (1 - share) + 0.01)
        losses = matte_loss(self.net, *self.lessons.pictures()), track_loss(self.net, self.lessons.movements())
        self.optimiser.zero_grad()
        torch.autograd.backward(torch.stack(losses).sum())
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        kept = min(AVERAGE, self.steps / (self.steps + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.net.state_dict().values()), 1 - kept)
        return losses[0].item(), losses[1].item()

    def resume(self, preset: Preset, path: Path) -> None:
        """Takes the weights of an earlier run; its cost adds up. Raises TrainingError as :func:`stored` does."""
        tensors, facts = stored(preset, path)
        self.net.load_state_dict(tensors, strict=True)
        for name, value in tensors.items():
            self.average[name].copy_(value)
        self.before, self.hours = int(facts.get("pictures", 0)), float(facts.get("hours", 0.0))

    def save(self, path: Path, seconds: float) -> None:
        """Stores the average, and what it has cost: ``seconds`` of this run, and those before it.

        Raises TrainingError, the last state kept, where a number is not finite or the disk is full.
        """
        facts = {"pictures": self.before + self.steps * PICTURES, "hours": self.hours + seconds / 3600}
        states.write(path, self.average, facts | {"steps": self.steps})


def teach(teacher: Teacher, minutes: float, path: Path, speak: Speak) -> None:
    """Trains for so many minutes, with a word and a checkpoint now and then."""
    begin, heard = time.monotonic(), list[tuple[float, float]]()
    for share in ticks(minutes):
        heard.append(teacher.step(share))
        if len(heard) % SPEAK == 0:
            matte, track = np.mean(heard[-SPEAK:], axis=0)
            left = minutes * (1 - share)
            speak(f"step {teacher.steps}  {share:.0%}  {left:.1f} min left  matte {matte:.4f}  track {track:.5f}")
        if len(heard) % SAVED == 0:
            teacher.save(path, time.monotonic() - begin)
    teacher.save(path, time.monotonic() - begin)


def ticks(minutes: float) -> Iterator[float]:
    """The share of so many minutes that is over, until they are."""
    begin = time.monotonic()
    while (share := (time.monotonic() - begin) / (60 * minutes)) < 1:
        yield share


def main() -> None:
    """Trains, or trains on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="xs")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    console = Console(stderr=True)
    _train(preset_of(asked.preset), asked.minutes, asked.seed, lambda line: console.print(line, highlight=False))


def _train(preset: Preset, minutes: float, seed: int, speak: Speak) -> None:
    path = home(preset)
    teacher = Teacher(born(_animator(preset), seed), Lessons(preset, seed))
    if path.exists():
        teacher.resume(preset, path)
    teach(teacher, minutes, path, speak)


if __name__ == "__main__":
    plainly(main)
