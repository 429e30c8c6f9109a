"""``python -m vitascope.training.export``: from a training state to the two files that ship.

The averaged weights in bfloat16 as one safetensors file, and the preset as JSON beside it, which records the hash of
the weights, of the vocabulary, and of the works register that cleared what was trained on.
"""

import argparse
import hashlib
from dataclasses import replace
from pathlib import Path

from safetensors.torch import save_file

from vitascope.backends.choose import SHIPPED
from vitascope.backends.weights import preset_to_json
from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.rights.register import register_in_use
from vitascope.settings import settings
from vitascope.text.words import vocabulary_sha256
from vitascope.training.presets import preset as preset_of
from vitascope.types import Preset

LARGEST = 32 * 2**20
"""Bytes the shipped weights may have."""


def export(preset: Preset, state: Path, folder: Path) -> Preset:
    """Writes ``<name>.safetensors`` and ``<name>.json`` into ``folder``; returns the preset with its hashes.

    Raises TrainingError when the weights are too large to ship.
    """
    tensors, _ = checkpoint.load(state)
    weights = folder / f"{preset.name}.safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    save_file(checkpoint.half(checkpoint.under("average", tensors)), weights)
    stored = weights.read_bytes()
    if len(stored) > LARGEST:
        weights.unlink()
        raise TrainingError(f"the weights have {len(stored):,} bytes, more than the {LARGEST:,} that may ship")
    finished = replace(
        preset,
        weights_sha256=hashlib.sha256(stored).hexdigest(),
        vocabulary_sha256=vocabulary_sha256(),
        trained_on=register_in_use(settings().home).sha256(),
    )
    (folder / f"{preset.name}.json").write_text(preset_to_json(finished))
    return finished


def main() -> None:
    """Exports the state of a run into the package, or into another folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", default="xs", choices=["xs", "s"])
    parser.add_argument("--name", default="", help="folder of the run under the home folder's runs/")
    parser.add_argument("--to", type=Path, default=SHIPPED)
    asked = parser.parse_args()
    state = settings().home / "runs" / (asked.name or asked.preset) / "state.safetensors"
    export(preset_of(asked.preset), state, asked.to)


if __name__ == "__main__":
    main()
