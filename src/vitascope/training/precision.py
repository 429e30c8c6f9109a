"""In what numbers a network is trained: bfloat16 where the machine multiplies it, else float32."""

import torch


def multiplies_bfloat16(device_type: str) -> bool:
    """Whether products in bfloat16 are faster there than in float32.

    A CPU without avx512_bf16 unpacks every number first: 0.9 GF/s in place of 65 on a core of an AVX2 EPYC, 96 s of CPU
    for a step of 32 stills in place of 2 (docs/log.md, 2026-11-27).
    """
    supported: bool = torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001  torch has no public word for it
    return device_type != "cpu" or supported


def autocast(device_type: str, *, enabled: bool = True) -> torch.autocast:
    """``torch.autocast`` to bfloat16 where that is faster; elsewhere it does nothing."""
    return torch.autocast(device_type, torch.bfloat16, enabled=enabled and multiplies_bfloat16(device_type))
