"""Weights on disk: safetensors, never a pickle.

A training state is one safetensors file of named tensors (net, average, optimiser) that carries its numbers in its
header, so tensors and numbers cannot come from two different moments. The JSON beside it is for people.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

_FACTS = "facts"


def save(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Writes tensors and facts whole or not at all.

    Raises OSError where there is no room; what stood at ``path`` before stands there still.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        write(part, tensors, {_FACTS: json.dumps(facts)})
        part.replace(path)
        part.write_text(json.dumps(facts, indent=1))
        part.replace(path.with_suffix(".json"))
    finally:
        part.unlink(missing_ok=True)


def write(path: Path, tensors: Mapping[str, Tensor], facts: dict[str, str] | None = None) -> None:
    """Writes tensors to a new file. Raises OSError where there is no room; the file may be cut short then."""
    try:
        save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, path, metadata=facts)
        with safe_open(path, "pt"):  # reads the header and holds the length of the file against it
            pass
    except SafetensorError as error:  # what the library makes of a full disk, if it notices
        raise OSError(str(error)) from error


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """What :func:`save` wrote. Raises OSError for a missing file, ValueError for one that is cut short or damaged."""
    try:
        with safe_open(path, "pt") as file:
            facts = (file.metadata() or {}).get(_FACTS)
        return load_file(path), json.loads(facts or path.with_suffix(".json").read_text())
    except SafetensorError as error:
        raise ValueError(str(error)) from error


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under ``prefix.name``."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with ``prefix.``, without it."""
    return {name.removeprefix(f"{prefix}."): t for name, t in tensors.items() if name.startswith(f"{prefix}.")}


def half(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors in bfloat16, as they are shipped."""
    return {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
