"""The animator: what in a picture is the thing, what lies behind it, and how it moves when words say so.

A clip is taken apart as in layered motion models (Wang and Adelson 1994; Siarohin et al. 2003.00196 and 2104.11280): a
matte and a clean plate from one picture, and a track for every frame. Pixels of a drawing are moved, never painted
again, so what an artist drew stays what they drew.

Letters in shapes: B pictures or movements, T frames, C channels, H W pixels.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.types import AnimatorPreset

PATCH = 2
"""Sides of the pixels that are channels inside: the edge of a matte is made of them again at the end."""

ENDING = 16
"""Channels of the last convolutions, at full resolution."""

DICE, SIGNS = 4, 2
"""Numbers in 0..1 that leave a movement its chances (pace, reach), and its directions where a word leaves them open."""

WAVES = 24
"""Sines and cosines of a clip's course that a track is made of, from half a period to twelve: a thing that shakes for
four seconds has as many."""

TRACK = 8
"""Numbers of a frame of a track: of the thing x, y, angle, log scale and opacity, of the plate x, y and log scale."""


class Animator(nn.Module):
    """Both networks."""

    def __init__(self, preset: AnimatorPreset, vocabulary: int) -> None:
        super().__init__()
        self.matte, self.track = Matte(preset.widths), Track(preset, vocabulary)


class Matte(nn.Module):
    """From a picture to matte and clean plate: a U-net (Ronneberger et al. 1505.04597) of residual blocks, no norms."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        pairs = list(pairwise(widths))
        self.enter = _convolution(3 * PATCH**2, widths[0])
        self.down = nn.ModuleList(_convolution(4 * one, other, side=1) for one, other in pairs)
        self.up = nn.ModuleList(_convolution(other, 4 * one, side=1) for one, other in pairs)
        self.before = nn.ModuleList(Block(width) for width in widths)
        self.after = nn.ModuleList(Block(width) for width in widths)
        self.leave = _convolution(widths[0], ENDING * PATCH**2)
        self.edge = _convolution(ENDING + 3, ENDING)
        self.end = _convolution(ENDING, 5)

    def forward(self, picture_BCHW: Tensor) -> Tensor:
        """A picture in 0..1 to ``(B, 5, H, W)``: a logit of the matte, one of what covers it, colours around 0."""
        x, seen = self.before[0](self.enter(F.pixel_unshuffle(picture_BCHW - 0.5, PATCH))), []
        for move, block in zip(self.down, list(self.before)[1:], strict=True):
            seen.append(x)
            x = block(move(F.pixel_unshuffle(x, 2)))
        x = self.after[-1](x)
        for number in reversed(range(len(self.up))):
            x = self.after[number](seen[number] + F.pixel_shuffle(self.up[number](x), 2))
        fine = torch.cat((F.pixel_shuffle(self.leave(x), PATCH), picture_BCHW - 0.5), dim=1)
        answer: Tensor = self.end(F.silu(self.edge(fine)))
        return answer


def plate(answer_BCHW: Tensor, picture_BCHW: Tensor) -> Tensor:
    """The clean plate in 0..1: where nothing covers it the picture itself, so a place stays as sharp as it came."""
    return picture_BCHW + answer_BCHW[:, 1:2].sigmoid() * (answer_BCHW[:, 2:] + 0.5 - picture_BCHW)


class Block(nn.Module):
    """Two convolutions added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = _convolution(width, width), _convolution(width, width)
        nn.init.zeros_(self.second.weight)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Channels stay as many."""
        moved: Tensor = self.second(F.silu(self.first(x_BCHW)))
        return x_BCHW + moved


class Track(nn.Module):
    """From a word for a movement or a camera to where things are at any moment of it."""

    def __init__(self, preset: AnimatorPreset, vocabulary: int) -> None:
        super().__init__()
        self.token = nn.Embedding(vocabulary, preset.words)
        wide = preset.words + DICE + SIGNS + 1 + 1 + 2 * WAVES
        self.first = nn.Linear(wide, preset.hidden)
        self.middle = nn.ModuleList(nn.Linear(preset.hidden, preset.hidden) for _ in range(3))
        self.last = nn.Linear(preset.hidden, TRACK)

    def forward(self, token_B: Tensor, chance_BD: Tensor, seconds_B: Tensor, course_BT: Tensor) -> Tensor:
        """``(B, T, TRACK)`` at each ``course`` in 0..1 of a movement of so many seconds.

        ``chance`` holds :data:`DICE` numbers in 0..1 and :data:`SIGNS` of -1 or 1. Lengths are in frame sides, angles
        in radians, all counted from where the movement begins.
        """
        told_BE = torch.cat((self.token(token_B), chance_BD, seconds_B[:, None] / 4), dim=1)
        told_BTE = told_BE[:, None].expand(-1, course_BT.shape[1], -1)
        phase = 2 * torch.pi * course_BT[..., None] * torch.arange(1, WAVES + 1, device=course_BT.device) / 2
        x = self.first(torch.cat((told_BTE, course_BT[..., None], phase.sin(), phase.cos()), dim=2))
        for layer in self.middle:
            x = x + layer(F.silu(x))
        told: Tensor = self.last(F.silu(x))
        return told


def _convolution(into: int, out: int, *, side: int = 3) -> nn.Conv2d:
    made = nn.Conv2d(into, out, side, padding=side // 2)
    nn.init.zeros_(made.bias) if made.bias is not None else None
    return made
