"""``python -m vitascope.training.animator_run``: trains the animator, which moves a given picture, by the clock.

The matte learns from pictures that are drawn while it learns (training/separating.py), the tracks from movements as
numbers (training/tracks.py). Both are kept in one state, from which a run goes on.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from torch import Tensor
from torch.nn import functional as F

from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.models.animator import Animator, plate
from vitascope.settings import settings
from vitascope.text.words import VOCABULARY_SIZE, edition_of
from vitascope.training.cache import open_atlas
from vitascope.training.presets import preset as preset_of
from vitascope.training.separating import Separated, separated
from vitascope.training.tracks import Movements, movements
from vitascope.types import AnimatorPreset, Pixels, Preset

PICTURES, FRESH, POOL = 16, 8, 6144
"""Pictures of a step, how many of them are drawn anew, and how many are kept to learn from again."""

MOVEMENTS = 96
"""Movements of a step."""

RATE = 7e-4
WARM_UP = 50
AVERAGE = 0.995
HIDDEN_COUNTS = 4.0
"""How many times the plate counts where the thing hides it: elsewhere the picture itself is the answer."""

SPEAK, SAVED = 25, 400
"""Steps between two lines of progress, and between two checkpoints."""

Speak = Callable[[str], None]


def home(preset: Preset) -> Path:
    """Where the state of a preset's animator lies."""
    return settings().home / "animator" / f"{preset.name}.safetensors"


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
        side, fps = self.preset.size[0], self.preset.fps
        fresh = [separated(self.rng, self.atlas, self.edition, fps=fps, side=side) for _ in range(FRESH)]
        self.pool = [*self.pool, *fresh][-POOL:]
        chosen = [*fresh, *(self.pool[n] for n in self.rng.integers(len(self.pool), size=PICTURES - FRESH))]
        parts = [np.stack([getattr(one, name) for one in chosen]) for name in ("picture", "matte", "plate")]
        picture, matte, plate = (_signal(part) for part in parts)
        return (picture.flip(3), matte.flip(3), plate.flip(3)) if self.rng.random() < 0.5 else (picture, matte, plate)

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
    with torch.autocast("cpu", torch.bfloat16):
        answer = net.matte(picture).float()
    edges = F.binary_cross_entropy_with_logits(answer[:, :1], matte)
    hidden = F.max_pool2d(matte, 5, 1, 2)
    return edges + ((plate(answer, picture) - behind).abs() * (1 + HIDDEN_COUNTS * hidden)).mean()


def track_loss(net: Animator, given: Movements) -> Tensor:
    """How far a track is from the one that was drawn."""
    told = net.track(given.token_B, given.chance_BD, given.seconds_B, given.course_BT)
    return F.smooth_l1_loss(told, given.track_BTC, beta=0.05)


def teach(
    net: Animator,
    average: dict[str, Tensor],
    lessons: Lessons,
    clock: Iterator[float],
    speak: Speak,
    keep: Callable[[], None],
) -> None:
    """One step of each for each tick of the clock, which tells the share of the run that is over."""
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    heard: list[tuple[float, float]] = []
    for number, share in enumerate(clock, 1):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, number / WARM_UP, 2 * (1 - share) + 0.01)
        losses = matte_loss(net, *lessons.pictures()), track_loss(net, lessons.movements())
        optimiser.zero_grad()
        torch.autograd.backward(torch.stack(losses).sum())
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            kept = min(AVERAGE, number / (number + 10))
            torch._foreach_lerp_(list(average.values()), list(net.state_dict().values()), 1 - kept)
        heard.append((losses[0].item(), losses[1].item()))
        if number % SPEAK == 0:
            matte, track = np.mean(heard[-SPEAK:], axis=0)
            speak(f"step {number}  {share:.0%}  matte {matte:.4f}  track {track:.5f}")
        if number % SAVED == 0:
            keep()


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
    preset = preset_of(asked.preset)
    if preset.animator is None:
        raise TrainingError(f"{preset.name} has no animator.")
    net, path, console = born(preset.animator, asked.seed), home(preset), Console(stderr=True)
    if path.exists():
        net.load_state_dict(checkpoint.load(path)[0], strict=True)
    average = {name: tensor.clone() for name, tensor in net.state_dict().items()}

    def keep() -> None:
        checkpoint.save(path, average, {"preset": preset.name})

    lessons = Lessons(preset, asked.seed)
    teach(net, average, lessons, ticks(asked.minutes), lambda line: console.print(line, highlight=False), keep)
    keep()


if __name__ == "__main__":
    main()
