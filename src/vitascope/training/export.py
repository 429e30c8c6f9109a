"""``python -m vitascope.training.export``: from a training state to the two files that ship.

The averaged weights as one safetensors file, the transformer's matrices in int8 rows or all of it in bfloat16, the
learned codec among them in bfloat16; and the preset as JSON beside it, which records the hash of the weights, of the
vocabulary, and of the works register that cleared what was trained on. The weights of a flow map say so in the preset:
few steps, no second pass for guidance.
"""

import argparse
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from vitascope.backends.choose import SHIPPED
from vitascope.backends.weights import load_preset, preset_to_json
from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.text.words import edition_of, vocabulary_sha256
from vitascope.training import rows8, snapshot, states
from vitascope.training.animator_run import home as animator_home
from vitascope.training.animator_run import stored
from vitascope.training.latents import codec_tensors
from vitascope.training.plainly import plainly
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import ConvPreset, Preset

LARGEST = 32 * 2**20
"""Bytes the shipped weights may have."""

MAP_STEPS = 4


def export(
    preset: Preset, state: Path, folder: Path, *, codec: Path | None = None, animator: Path | None = None,
    int8: bool = False,
) -> Preset:  # fmt: skip
    """Writes ``<name>.safetensors`` and ``<name>.json`` into ``folder``; returns the preset with its hashes.

    ``codec`` is the state or the weights of the learned codec, where the preset has one, ``animator`` the state of what
    moves given pictures, or weights that ship with it; where there is none, the weights ship without. Raises
    TrainingError when the state is no good, when the codec is missing, or when the weights are too large to ship.
    """
    tensors, facts = states.read(state, preset)
    average = checkpoint.under("average", tensors)
    ready = (rows8.packed if int8 else checkpoint.half)(average) | checkpoint.half(_codec(preset, codec))
    moved = _animator(preset, animator)
    weights = folder / f"{preset.name}.safetensors"
    stored = _written(ready | moved, weights)
    sampler = preset.sampler
    if facts.get("stage") == "map":
        sampler = replace(sampler, kind="map", guidance=1.0, steps=MAP_STEPS)
    finished = replace(
        preset,
        sampler=sampler,
        animator=preset.animator if moved else None,
        weights_sha256=hashlib.sha256(stored).hexdigest(),
        vocabulary_sha256=vocabulary_sha256(edition_of(preset.vocabulary_sha256)),
        trained_on=snapshot.register_of(preset, Use(facts.get("use", Use.TRAIN))).sha256(),
    )
    (folder / f"{preset.name}.json").write_text(preset_to_json(finished))
    return finished


def moving(preset: Preset, exported: Path, folder: Path, animator: Path) -> Preset:
    """Puts what moves things beside exported weights (their JSON) that came home without it, into ``folder``.

    Raises TrainingError where the animator's state is missing or no good, or the whole is too large to ship.
    """
    moved = _animator(preset, animator)
    if not moved:
        raise TrainingError(f"There is no animator at {animator}: python -m vitascope.training.animator_run makes it.")
    stored = _written(load_file(exported.with_suffix(".safetensors")) | moved, folder / f"{preset.name}.safetensors")
    sha256 = hashlib.sha256(stored).hexdigest()
    told = load_preset(exported)
    sampler = told.sampler if told.sampler.kind == "map" else preset.sampler
    finished = replace(told, animator=preset.animator, sampler=sampler, weights_sha256=sha256)
    (folder / f"{preset.name}.json").write_text(preset_to_json(finished))
    return finished


def _codec(preset: Preset, path: Path | None) -> dict[str, Tensor]:
    if not isinstance(preset.codec, ConvPreset):
        return {}
    if path is None or not path.exists():
        raise TrainingError(f"The codec of {preset.name} is learned: name its state or weights with --codec.")
    return checkpoint.prefixed("codec", codec_tensors(preset, path))


def _animator(preset: Preset, path: Path | None) -> dict[str, Tensor]:
    """The matte in bfloat16; the tracks as they are, since a place told in halves of a pixel would tremble."""
    if path is None or not path.exists():
        return {}
    tensors, _ = stored(preset, path)
    kept = {name: tensor for name, tensor in tensors.items() if name.startswith("track.")}
    return checkpoint.prefixed("animator", checkpoint.half(tensors) | kept)


def _written(ready: Mapping[str, Tensor], weights: Path) -> bytes:
    """Puts the file there, whole or not at all, and returns its bytes; what stood there before is never lost."""
    part = weights.with_suffix(".part")
    try:
        weights.parent.mkdir(parents=True, exist_ok=True)
        checkpoint.write(part, ready)
        stored = part.read_bytes()
        if len(stored) > LARGEST:
            raise TrainingError(f"the weights have {len(stored):,} bytes, more than the {LARGEST:,} that may ship")
        part.replace(weights)
    except OSError as error:
        raise TrainingError(f"{weights} cannot be written ({error}); what was there before is there still") from error
    finally:
        part.unlink(missing_ok=True)
    return stored


def main() -> None:
    """Exports the state of a run into the package, or into another folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--preset", default="xs", choices=NAMES)
    parser.add_argument("--name", default="", help="folder of the run under the home folder's runs/")
    parser.add_argument("--codec", type=Path, help="a codec.safetensors or weights; by default the run's own")
    parser.add_argument("--int8", action="store_true", help="matrices in int8 rows: half the bytes")
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--moving", type=Path, help="exported weights to put the animator beside: their JSON")
    parser.add_argument("--animator", type=Path, help="its state, or weights that ship; by default the home folder's")
    asked = parser.parse_args()
    preset = preset_of(asked.preset)
    animator = asked.animator or animator_home(preset)
    if asked.moving:
        moving(preset, asked.moving, asked.to, animator)
        return
    run = settings().home / "runs" / (asked.name or asked.preset)
    codec = asked.codec or run / "codec.safetensors"
    export(preset, run / "state.safetensors", asked.to, codec=codec, animator=animator, int8=asked.int8)


if __name__ == "__main__":
    plainly(main)
