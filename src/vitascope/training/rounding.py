"""``python -m vitascope.training.rounding``: what int8 rows cost, in decibels between frames of the same seeds.

Measured on the running average of the run that was exported, in float32: weights that ship in int8 rows have lost what
there is to lose. Everything else, sampler and animator too, is that of the weights that ship. Beside it, where the
processor has it, what bfloat16 arithmetic costs against float32 with the same weights: below that nobody sees anything.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from rich.console import Console

from vitascope.backends.base import Backend
from vitascope.backends.choose import SHIPPED, carried
from vitascope.backends.openvino import OpenVinoRuntime, Precision
from vitascope.backends.weights import load
from vitascope.settings import settings
from vitascope.text.words import edition_of
from vitascope.training import rows8
from vitascope.training.candidates import averaged
from vitascope.training.exam import plan_of, questions
from vitascope.training.plainly import plainly
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


def _clips(backend: Backend, count: int, seed: int) -> list[Pixels]:
    edition = edition_of(backend.preset.vocabulary_sha256)
    asked = (plan_of(question, backend.preset) for question in questions({"seen": count}, seed, edition))
    return [np.stack(list(backend.render(plan, lambda _: None))) for plan in asked]


def _opened(preset: Preset, weights: Mapping[str, Floats], precision: Precision | None, threads: int) -> Backend:
    bare = replace(preset, weights_sha256="")  # what has no hash leaves no compiled graph behind
    return carried(OpenVinoRuntime(bare, weights, precision=precision, threads=threads), weights)


def main() -> None:
    """Measures the last state of the run that shipped."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", default="s", choices=NAMES)
    parser.add_argument("--run", default="", help="folder of the run under the home folder's runs/")
    parser.add_argument("--clips", type=int, default=16)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    shipped, whole = load(SHIPPED / f"{asked.preset}.json")
    state = settings().home / "runs" / (asked.run or asked.preset) / "state.safetensors"
    learned = averaged(state, replace(preset_of(asked.preset), animator=None))
    kinds: list[tuple[dict[str, Floats], Precision | None]] = [(learned, None), (int8(learned), None)]
    if OpenVinoRuntime(shipped, whole).precision == "bf16":
        kinds.append((learned, "f32"))
    exact, *others = (
        _clips(_opened(shipped, whole | of, how, asked.threads), asked.clips, asked.seed) for of, how in kinds
    )
    told = ("int8 rows against the weights they were made of", "bfloat16 against float32 arithmetic")
    for what, clips in zip(told, others, strict=False):
        Console().print("{}: {:.1f} dB, {:.1f} at least".format(what, *decibels(exact, clips)), highlight=False)


if __name__ == "__main__":
    plainly(main)
