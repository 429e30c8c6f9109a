"""``python -m vitascope.training.speed``: how fast a preset will be, before anybody has trained it.

Speed does not depend on what weights have learned, so these are drawn by chance: a preset that cannot outrun playback
is better known before a GPU is borrowed. Seconds of a clip of the longest native length, warm, network and codec apart,
and the operations counted on paper beside them.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
import torch
from rich.console import Console

from vitascope.backends.base import Backend
from vitascope.models.codec import ConvNet
from vitascope.models.transformer import Transformer
from vitascope.text.words import no_words
from vitascope.training import effort
from vitascope.training.candidates import opened
from vitascope.training.plainly import plainly
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import ConvPreset, Floats, Plan, Preset, Progress

FRAMES = 33


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of one clip: all, the network's share, and until the first frame was there."""

    all: float
    network: float
    first: float


def chance(preset: Preset) -> dict[str, Floats]:
    """Weights of a preset as its networks start, with nothing left at zero that would be skipped."""
    rng = torch.Generator().manual_seed(0)
    tensors = dict(Transformer(preset).state_dict())
    if isinstance(preset.codec, ConvPreset):
        tensors |= {f"codec.{name}": tensor for name, tensor in ConvNet(preset.codec).state_dict().items()}
    noise = {name: torch.randn(tensor.shape, generator=rng) * 0.02 for name, tensor in tensors.items()}
    return {name: np.asarray((tensor + noise[name]).numpy(), np.float32) for name, tensor in tensors.items()}


def timed(painter: Backend, plan: Plan) -> Spent:
    """Makes the clip once."""
    begin, marks = time.perf_counter(), dict[str, float]()

    def heard(progress: Progress) -> None:
        name = "network" if progress.stage == "decode" and progress.step == 0 else progress.stage + str(progress.step)
        marks[name] = time.perf_counter() - begin

    for _ in painter.render(plan, heard):
        pass
    return Spent(all=time.perf_counter() - begin, network=marks["network"], first=marks["decode1"])


def operations(preset: Preset, steps: int) -> float:
    """Of one clip without a second pass, network and decoder."""
    decoding = 0.0
    if isinstance(preset.codec, ConvPreset):
        latents = (FRAMES - 1) // preset.codec.frames + 1
        decoding = effort.decoding(preset.codec, preset.size, latents)
    return steps * effort.denoising(str(FRAMES), preset) + decoding


def main() -> None:
    """Measures and tells."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", default="s", choices=NAMES)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    preset = preset_of(asked.preset)
    plan = Plan(
        prompt="", words=no_words(), frames=FRAMES, keep=FRAMES, size=preset.size, output_size=preset.size,
        fps=preset.fps, seed=7, steps=asked.steps, guidance=1.0, first_frame=None, model=preset.name, container="mp4",
        notes=(),
    )  # fmt: skip
    painter = opened(preset, chance(preset), asked.threads)
    timed(painter, plan)
    spent = [timed(painter, plan) for _ in range(asked.runs)]
    whole, network, first = ([getattr(one, name) for one in spent] for name in ("all", "network", "first"))
    gf = operations(preset, asked.steps) / 1e9
    Console().print(
        f"{preset.name}, {asked.steps} steps, {asked.threads} threads, n={asked.runs}: {np.median(whole):.2f} s "
        f"({min(whole):.2f}-{max(whole):.2f}), network {np.median(network):.2f}, first frame {np.median(first):.2f}; "
        f"{gf:.0f} GF, {gf / np.median(whole):.0f} GF/s; playing it takes {(FRAMES - 1) / preset.fps:.1f} s"
    )


if __name__ == "__main__":
    plainly(main)
