"""The states of runs: what is written, what is refused, and what the person who started the run is told.

A state on disk is always the last good one: it is replaced whole or not at all, and nothing that holds a NaN replaces
it. Whoever resumes is told when the state is of another model, was cut short, or learned from a corpus that has changed
since: a withdrawn work must not live on in the momenta of a run that was begun before.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.models.transformer import Transformer
from vitascope.text.words import edition_of, vocabulary_sha256
from vitascope.training.rows8 import unpacked
from vitascope.types import Preset

BESIDE = ("codec.", "animator.")
"""Arrays of shipped weights that are of other networks than the transformer."""

VERSION = 2
"""Of the states this code writes. States without a number are those of November 2026 and still open."""


def facts_of(preset: Preset, *, corpus: str = "", **numbers: float) -> dict[str, Any]:
    """What a state says of itself. ``corpus`` is the hash of the snapshot it learned from, where that is known."""
    return {
        "version": VERSION,
        "preset": preset.name,
        "network": network_sha256(preset),
        "vocabulary": _words_sha256(preset),
        "corpus": corpus,
        **numbers,
    }


def network_sha256(preset: Preset) -> str:
    """Names the shapes of a preset's networks; sampler, sizes and lengths may change without a new training."""
    facts = json.dumps([asdict(preset.net), asdict(preset.codec)], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()


def _words_sha256(preset: Preset) -> str:
    return vocabulary_sha256(edition_of(preset.vocabulary_sha256))


def write(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Puts a state in the place of the last one.

    Raises TrainingError, and leaves the last one, where a number is not finite or the disk is full.
    """
    _check_finite(tensors, f"the state of step {facts.get('steps', '?')}", path)
    try:
        checkpoint.save(path, tensors, facts)
    except OSError as error:
        message = (
            f"The state cannot be written to {path}: {error}. {_kept(path)} Make room and start the run again: it goes "
            "on from there."
        )
        raise TrainingError(message) from error


def read(path: Path, preset: Preset, *, corpus: str = "") -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The state at ``path``, for a run of ``preset`` on the corpus of that hash.

    Raises TrainingError where it is missing, damaged, holds a NaN, or belongs to another model or corpus.
    """
    tensors, facts = _opened(path)
    _check_model(facts, preset, path)
    known = facts.get("corpus", "")
    if known and corpus and known != corpus:
        message = (
            f"The run at {path} learned from corpus {known[:12]}, the clips there now are of {corpus[:12]}: the "
            "register or the drawings changed under it. Begin a new run (--name), or bring the old snapshot back."
        )
        raise TrainingError(message)
    _check_finite(tensors, str(path), path)
    return tensors, facts


def shipped(weights: Path, preset: Preset) -> dict[str, Tensor]:
    """Weights that ship, float32, for a run of ``preset`` to begin with.

    Raises TrainingError where the file is damaged, holds a NaN, or is of another preset.
    """
    try:
        tensors = unpacked(load_file(weights))
    except (OSError, SafetensorError) as error:
        raise TrainingError(f"{weights} cannot be read as weights: {error}. Fetch it again.") from error
    _check_finite(tensors, str(weights), weights)
    expected = {name: tuple(tensor.shape) for name, tensor in Transformer(preset).state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items() if not name.startswith(BESIDE)}
    wrong = sorted({*expected.items()} ^ {*found.items()})
    if wrong:
        message = (
            f"{weights} is not of preset {preset.name}: {len(wrong)} arrays differ, {wrong[0][0]} first. "
            "Name the preset it was trained as."
        )
        raise TrainingError(message)
    return tensors


def _opened(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        return checkpoint.load(path)
    except OSError as error:
        raise TrainingError(f"There is no whole training state at {path}: {error.strerror or error}.") from error
    except ValueError as error:
        message = (
            f"The training state {path} ({path.stat().st_size:,} bytes) is cut short or damaged: {error}. "
            "Remove it to begin anew, or put a copy in its place."
        )
        raise TrainingError(message) from error


def _check_model(facts: Mapping[str, Any], preset: Preset, path: Path) -> None:
    version = facts.get("version", 1)
    if version > VERSION:
        message = f"{path} is of version {version}; this Vitascope knows up to {VERSION}: bring it up to date."
        raise TrainingError(message)
    if facts.get("preset", preset.name) != preset.name:
        raise TrainingError(f"{path} is a run of preset {facts['preset']}, not of {preset.name}: name another --name.")
    for name, mine in (("network", network_sha256(preset)), ("vocabulary", _words_sha256(preset))):
        if facts.get(name, mine) != mine:
            message = (
                f"{path} has another {name} ({facts[name][:12]}) than preset {preset.name} has in this version "
                f"({mine[:12]}). Go on with the version that began it, or begin a new run (--name)."
            )
            raise TrainingError(message)


def _check_finite(tensors: Mapping[str, Tensor], what: str, path: Path) -> None:
    wrong = [name for name, tensor in tensors.items() if not bool(torch.isfinite(tensor).all())]
    if wrong:
        message = (
            f"{len(wrong)} of {len(tensors)} arrays of {what} are not finite, {wrong[0]} first. {_kept(path)} "
            "Start again from a good state, with a lower --rate."
        )
        raise TrainingError(message)


def _kept(path: Path) -> str:
    """What is left of an earlier state, for whoever just lost the new one."""
    try:
        steps = json.loads(path.with_suffix(".json").read_text())["steps"]
    except (OSError, ValueError, KeyError):
        return "There is no earlier one." if not path.exists() else f"The last good one stands at {path}."
    return f"The last good one, of step {steps}, stands at {path}."
