"""Clips in other hues, turned as rows: what a thing looks like is then nowhere but in the picture that is shown.

Sixty subjects in four styles are few: a network can learn them by heart and never copy. In the lapped codec the two
opponent colours are channels of their own, kept in pairs at the same frequencies and weights, and the transform is
linear, so a turn of the hue is a rotation of each pair and costs nothing beside a step.

Letters in shapes: B clips, N rows, D channels, P pairs.
"""

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

from vitascope.backends.codec import spectrum
from vitascope.types import CodecPreset, LappedPreset


def turned(clip_BND: Tensor, angle_B: Tensor, preset: CodecPreset) -> Tensor:
    """Each clip with its hues turned by its angle in radians; a learned codec's rows are left as they are."""
    if not isinstance(preset, LappedPreset):
        return clip_BND
    first, second = (index.to(clip_BND.device) for index in _pairs(preset))
    cos, sin = (f(angle_B)[:, None, None].to(clip_BND.device) for f in (torch.cos, torch.sin))
    one, other = clip_BND[..., first], clip_BND[..., second]
    result = clip_BND.clone()
    result[..., first], result[..., second] = cos * one - sin * other, sin * one + cos * other
    return result


def angles(chosen_B: Tensor, generator: torch.Generator) -> Tensor:
    """An angle for each clip, ``(B,)``: by chance for every second of the chosen ones, else none."""
    by_chance = torch.rand((2, len(chosen_B)), generator=generator, device=generator.device).to(chosen_B.device)
    return torch.where(chosen_B & (by_chance[0] < 0.5), 2 * math.pi * by_chance[1], 0.0)


@cache
def _pairs(preset: LappedPreset) -> tuple[Tensor, Tensor]:
    """Channels of the one opponent colour and of the other at the same frequencies, ``(P,)`` each.

    Where the number of kept channels cuts a pair in two, its half keeps its hue.
    """
    kept, _ = spectrum(preset)
    block = preset.stride * preset.stride
    time_and_colour, spot = np.divmod(kept, block)
    where = time_and_colour // 3 * block + spot  # which frequency, in time and space
    first, second = (np.flatnonzero(time_and_colour % 3 == colour) for colour in (1, 2))
    _, one, other = np.intersect1d(where[first], where[second], return_indices=True)
    return torch.from_numpy(first[one]), torch.from_numpy(second[other])
