"""Weights on disk: safetensors and JSON, never a pickle.

A training state is one safetensors file of named tensors (net, average, optimiser) and a JSON file of numbers.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor


def save(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Writes tensors and facts whole or not at all; the facts' file, written last, makes the pair valid."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, part)
    part.replace(path)
    part.write_text(json.dumps(facts, indent=1))
    part.replace(path.with_suffix(".json"))


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What :func:`save` wrote."""
    return load_file(path), json.loads(path.with_suffix(".json").read_text())


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under ``prefix.name``."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with ``prefix.``, without it."""
    return {name.removeprefix(f"{prefix}."): t for name, t in tensors.items() if name.startswith(f"{prefix}.")}


def half(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors in bfloat16, as they are shipped."""
    return {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
