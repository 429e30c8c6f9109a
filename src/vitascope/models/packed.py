"""What the transformer takes: packed rows and the prompt, as small frozen values.

Letters in shapes: B clips, N rows, D channels of a row, K groups of rows of one noise level, W words, E width.
"""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Rows of a batch. Group 0 must have level 0: given rows and words belong to it.

    ``level`` and ``target`` are the noise levels of each group now and at the end of the step.
    """

    z_BND: Tensor
    level_BK: Tensor
    target_BK: Tensor
    group_BN: Tensor
    place_BN3: Tensor
    tag_BN: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Prompts as the text encoder has read them, and the seconds at which each word applies."""

    rows_BWE: Tensor
    pooled_BE: Tensor
    seconds_BW: Tensor
