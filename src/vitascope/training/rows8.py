"""Matrices in int8, a scale for each row: how the transformer ships, at half the bytes of bfloat16.

A row's largest weight becomes 127, the others are rounded to the nearest 127th of it. Vectors, tables of words and the
codec stay in bfloat16: they are small, or feel it (docs/decisions/0012-int8-rows.md).
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from vitascope.backends.weights import SCALE

STEPS = 127


def packed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as they ship: matrices of the transformer in int8 with their scales, the rest in bfloat16."""
    shipped: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if is_packed(name, tensor):
            shipped[name], shipped[name + SCALE] = rounded(tensor)
        else:
            shipped[name] = tensor.to(torch.bfloat16)
    return shipped


def unpacked(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse, in float32: what a run that begins with shipped weights takes."""
    return {
        name: tensor.float() * tensors[name + SCALE].unsqueeze(1) if name + SCALE in tensors else tensor.float()
        for name, tensor in tensors.items()
        if not name.endswith(SCALE)
    }


def is_packed(name: str, tensor: Tensor) -> bool:
    """Whether a tensor ships in int8: the matrices inside the blocks, and those around them."""
    return tensor.ndim == 2 and name.endswith(".weight") and not name.startswith(("text.", "tag.", "codec."))


def rounded(rows_OI: Tensor) -> tuple[Tensor, Tensor]:
    """Whole numbers -127..127 and the scale of each row, float32."""
    scale = rows_OI.float().abs().amax(1).clamp_min(1e-12) / STEPS
    return (rows_OI.float() / scale.unsqueeze(1)).round().to(torch.int8), scale
