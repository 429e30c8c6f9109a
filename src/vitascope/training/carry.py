"""``python -m vitascope.training.carry``: what goes home from a borrowed machine, and what the next one begins with.

Nothing survives on such a machine but what came back, and what comes back is small: averaged weights in bfloat16, in
shards of 15 MiB that each say of how many they are one. Moments stay behind; a short warm-up brings them back.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor

from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.settings import settings
from vitascope.training import states
from vitascope.training.plainly import plainly
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import Preset

LARGEST = 15 * 2**20 - 2**16
"""Bytes of a shard, its header left out."""

CARRIED = "carried.safetensors"
"""The transformer's weights in a run's folder, for ``training.run --from``."""


def pack(preset: Preset, run: Path, to: Path) -> list[Path]:
    """Writes the averages of a run, codec and transformer as far as they are there, as shards into ``to``.

    All or none are there then. Raises TrainingError where there is neither, where a state is no good, or no room.
    """
    tensors: dict[str, Tensor] = {}
    facts: dict[str, Any] = {"preset": preset.name, "network": states.network_sha256(preset)}
    for prefix, name in (("codec", "codec.safetensors"), ("net", "state.safetensors")):
        if (run / name).exists():
            state, told = states.read(run / name, preset)
            tensors |= checkpoint.prefixed(prefix, checkpoint.under("average", state))
            facts[prefix] = {key: told[key] for key in ("steps", "seen", "stage", "corpus") if key in told}
    if not tensors:
        raise TrainingError(f"There is nothing to carry in {run}: no codec.safetensors, no state.safetensors.")
    to.mkdir(parents=True, exist_ok=True)
    shards = list(_shards(checkpoint.half(tensors)))
    paths = [to / f"{preset.name}.carry-{number}of{len(shards)}.safetensors" for number in range(1, len(shards) + 1)]
    told = {"facts": json.dumps(facts | {"shards": len(shards)})}
    parts = [path.with_suffix(".part") for path in paths]
    try:
        for part, shard in zip(parts, shards, strict=True):
            checkpoint.write(part, shard, told)
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)
    except OSError as error:
        raise TrainingError(f"{run} cannot be carried to {to} ({error}); the run is as it was. Make room.") from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return paths


def unpack(preset: Preset, folder: Path, run: Path) -> None:
    """Puts what :func:`pack` wrote where the next part of a run looks for it.

    Raises TrainingError where a shard is missing, damaged, or of another run or preset.
    """
    tensors, facts = _together(preset, folder)
    run.mkdir(parents=True, exist_ok=True)
    codec, net = checkpoint.under("codec", tensors), checkpoint.under("net", tensors)
    if codec:
        whole = {name: tensor.float() for name, tensor in codec.items()}
        average = {name: tensor.clone() for name, tensor in whole.items()}
        both = checkpoint.prefixed("net", whole) | checkpoint.prefixed("average", average)
        states.write(run / "codec.safetensors", both, states.facts_of(preset, **facts["codec"]))
    if net:
        _put(run / CARRIED, checkpoint.half(net))


def _put(path: Path, tensors: Mapping[str, Tensor]) -> None:
    part = path.with_suffix(".part")
    try:
        checkpoint.write(part, tensors)
        part.replace(path)
    except OSError as error:
        raise TrainingError(f"{path} cannot be written ({error}); the shards are as they were. Make room.") from error
    finally:
        part.unlink(missing_ok=True)


def _shards(tensors: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """The tensors in order, as many in each shard as go in."""
    shard: dict[str, Tensor] = {}
    size = 0
    for name, tensor in tensors.items():
        more = tensor.numel() * tensor.element_size()
        if shard and size + more > LARGEST:
            yield shard
            shard, size = {}, 0
        shard[name] = tensor.contiguous()
        size += more
    yield shard


def _together(preset: Preset, folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    paths = sorted(folder.glob(f"{preset.name}.carry-*.safetensors"))
    if not paths:
        raise TrainingError(f"No shard of {preset.name} lies in {folder}.")
    tensors: dict[str, Tensor] = {}
    told = [_facts(path) for path in paths]
    if any(facts != told[0] for facts in told) or len(paths) != told[0]["shards"]:
        message = f"{folder} holds {len(paths)} shards; one run has {told[0]['shards']}: bring them all, and no others."
        raise TrainingError(message)
    if told[0]["network"] != states.network_sha256(preset):
        raise TrainingError(f"The shards in {folder} are of another {preset.name} than this version makes.")
    for path in paths:
        tensors |= load_file(path)
    return tensors, told[0]


def _facts(path: Path) -> dict[str, Any]:
    try:
        with safe_open(path, "pt") as file:
            facts: dict[str, Any] = json.loads(file.metadata()["facts"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise TrainingError(f"{path} is cut short or damaged: {error}. Bring it again.") from error
    return facts


def main() -> None:
    """``out`` packs a run into a folder, ``in`` unpacks a folder into a run."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("way", choices=["out", "in"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", default="s", choices=NAMES)
    parser.add_argument("--name", default="", help="folder of the run under the home folder's runs/")
    asked = parser.parse_args()
    preset, run = preset_of(asked.preset), settings().home / "runs" / (asked.name or asked.preset)
    pack(preset, run, asked.folder) if asked.way == "out" else unpack(preset, asked.folder, run)


if __name__ == "__main__":
    plainly(main)
