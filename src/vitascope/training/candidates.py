"""Who can be examined: the shipped weights of a preset, or the running average of a training run."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vitascope.backends.base import Backend
from vitascope.backends.choose import carried, open_backend
from vitascope.backends.openvino import OpenVinoRuntime
from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.training import states
from vitascope.training.animator_run import home as animator_home
from vitascope.training.animator_run import stored as animator_stored
from vitascope.training.latents import codec_tensors
from vitascope.types import ConvPreset, Floats, Preset


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A backend to be examined and the hash of its weights; no backend where only baselines are wanted."""

    backend: Backend | None
    sha256: str


def shipped(name: str) -> Candidate:
    """The weights that come with the package. Raises ModelError when there are none of that name."""
    backend = open_backend(name)
    return Candidate(backend=backend, sha256=backend.preset.weights_sha256)


def running(state: Path, preset: Preset, threads: int) -> Candidate:
    """The running average of a training run, as it stands in its last saved state.

    A learned codec is taken from the state beside it, what moves things from the home folder.

    Raises TrainingError when nothing has been saved.
    """
    weights = averaged(state, preset)
    return Candidate(backend=opened(preset, weights, threads), sha256=_sha256(weights))


def averaged(state: Path, preset: Preset) -> dict[str, Floats]:
    """The weights of that running average as float32 arrays. Raises TrainingError as :func:`running` does."""
    if not state.exists():
        raise TrainingError(f"There is no training state at {state}: start a run, or name another one with --run.")
    average = checkpoint.under("average", states.read(state, preset)[0])
    if isinstance(preset.codec, ConvPreset):
        average |= checkpoint.prefixed("codec", codec_tensors(preset, state.with_name("codec.safetensors")))
    if preset.animator is not None and animator_home(preset).exists():
        average |= checkpoint.prefixed("animator", animator_stored(preset, animator_home(preset))[0])
    return {name: np.asarray(tensor.float().numpy()) for name, tensor in average.items()}


def opened(preset: Preset, weights: Mapping[str, Floats], threads: int) -> Backend:
    """A backend on the default runtime for weights that are not in a file."""
    moved = any(name.startswith("animator.") for name in weights)
    staged = preset if moved else replace(preset, animator=None)
    return carried(OpenVinoRuntime(staged, weights, threads=threads), weights)


def _sha256(weights: Mapping[str, Floats]) -> str:
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + weights[name].tobytes())
    return digest.hexdigest()
