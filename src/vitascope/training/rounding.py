"""``python -m vitascope.training.rounding``: what int8 rows cost, in decibels between frames of the same seeds.

Measured on the running average of a run, in float32: weights that ship in int8 rows have lost what there is to lose.
Beside it, what bfloat16 arithmetic costs against float32 with the same weights: below that nobody can see anything.
"""

import argparse
from collections.abc import Sequence

import numpy as np
import torch
from rich.console import Console

from vitascope.backends.native import NativeBackend
from vitascope.backends.openvino import OpenVinoRuntime, Precision
from vitascope.settings import settings
from vitascope.text.words import edition_of
from vitascope.training import rows8
from vitascope.training.candidates import averaged
from vitascope.training.exam import plan_of, questions
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import Floats, Pixels, Preset


def int8(weights: dict[str, Floats]) -> dict[str, Floats]:
    """The weights as they are after a journey through int8 rows."""
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in weights.items()}
    return {name: np.asarray(tensor.numpy()) for name, tensor in rows8.unpacked(rows8.packed(tensors)).items()}


def decibels(first: Sequence[Pixels], second: Sequence[Pixels]) -> tuple[float, float]:
    """Mean and least peak signal to noise between clips, pair by pair."""
    pairs = zip(first, second, strict=True)
    errors = [float(((one.astype(np.float32) - other) ** 2).mean()) for one, other in pairs]
    each = 10 * np.log10(255**2 / np.maximum(errors, 1e-3))
    return float(each.mean()), float(each.min())


def _clips(backend: NativeBackend, preset: Preset, count: int, seed: int) -> list[Pixels]:
    edition = edition_of(preset.vocabulary_sha256)
    asked = (plan_of(question, preset) for question in questions({"seen": count}, seed, edition))
    return [np.stack(list(backend.render(plan, lambda _: None))) for plan in asked]


def main() -> None:
    """Measures the last state of a run of a preset with a lapped codec."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", default="xs", choices=NAMES)
    parser.add_argument("--run", default="", help="folder of the run under the home folder's runs/")
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    bare = preset_of(asked.preset)  # its weights have no hash, so that no compiled graph is kept
    weights = averaged(settings().home / "runs" / (asked.run or asked.preset) / "state.safetensors", bare)
    kinds: list[tuple[dict[str, Floats], Precision | None]] = [(weights, None), (int8(weights), None), (weights, "f32")]
    backends = [NativeBackend(OpenVinoRuntime(bare, of, precision=how, threads=asked.threads)) for of, how in kinds]
    half, small, whole = (_clips(backend, bare, asked.clips, asked.seed) for backend in backends)
    say = Console().print
    say("int8 rows against bfloat16: {:.1f} dB, {:.1f} at least".format(*decibels(half, small)))
    say("bfloat16 against float32 arithmetic: {:.1f} dB, {:.1f} at least".format(*decibels(half, whole)))


if __name__ == "__main__":
    main()
