"""The diffusion transformer over packed rows: words, references, given frames and frames to make, each with its level.

One network for every way of asking: which rows are clean and which are noise decides whether it is text-to-video,
image-to-video, extension or a loop (reference: Wan2.2 TI2V and Diffusion Forcing, 2407.01392, for levels per row).

Letters in shapes: B clips, N clip rows, W words, D channels of a row, E width, K groups of rows of one noise level.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.models.layers import LEVEL_FEATURES, ModulatedBlock, frequencies, level_features, modulate
from vitascope.models.packed import Packed, Said
from vitascope.models.text import TextEncoder
from vitascope.types import Preset

TAGS = 3
"""Clip, reference, word."""

WORD_TAG = 2
MIDDLE = 0.5
"""Where words stand in y and x: the middle of the frame."""


class Transformer(nn.Module):
    """Text encoder and denoiser of one preset."""

    frequencies: Tensor
    mean: Tensor
    spread: Tensor

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        net, channels = preset.net, preset.codec.channels
        width = net.width
        self.text = TextEncoder(net)
        self.stem = nn.Linear(channels, width)
        self.place = nn.Linear(64, width)
        self.tag = nn.Embedding(TAGS, width)
        self.level = nn.Sequential(nn.Linear(LEVEL_FEATURES, width), nn.SiLU(), nn.Linear(width, width))
        self.six = nn.Linear(width, net.modulations * 6 * width)
        self.blocks = nn.ModuleList(ModulatedBlock(width, net.heads, net.hidden) for _ in range(net.depth))
        self.last = nn.Linear(width, 2 * width)
        self.head_in = nn.Linear(width, 2 * width)
        self.head_out = nn.Linear(2 * width, channels)
        self.register_buffer("frequencies", frequencies(), persistent=False)
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("spread", torch.ones(channels))
        self.turning_point = net.depth - net.depth // 3
        self._start()

    def _start(self) -> None:
        """Every block starts as the identity and the answer as zero: the mean of all clips (adaLN-zero)."""
        for layer in (self.six, self.last, self.head_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.normal_(self.tag.weight, std=0.02)

    def forward(self, packed: Packed, words_4BW: Tensor, seconds_BW: Tensor) -> Tensor:
        """The clip the network sees in the rows, ``(B, N, D)``; in and out in the units of ``backends/channels.py``."""
        rows_BWE, pooled_BE = self.text(words_4BW)
        return self.denoise(packed, Said(rows_BWE=rows_BWE, pooled_BE=pooled_BE, seconds_BW=seconds_BW))

    def denoise(self, packed: Packed, said: Said) -> Tensor:
        """As :meth:`forward`, with the words already encoded, so that a render reads its prompt once.

        The first two thirds of the blocks know the level now, the rest the level aimed at: one network learns flow
        matching and, later, long steps (Decoupled MeanFlow, 2510.24474).
        """
        num_words = said.rows_BWE.shape[1]
        angles = self._angles(packed.place_BN3, said.seconds_BW)
        x = self._enter(packed, said, angles)
        turn = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        now, then = (self._condition(level, said.pooled_BE) for level in (packed.level_BK, packed.target_BK))
        six_now, six_then = (self._modulations(c) for c in (now, then))
        group = _chosen(F.pad(packed.group_BN, (num_words, 0)), now)
        for number, block in enumerate(self.blocks):
            six = six_now if number < self.turning_point else six_then
            x = block(x, six[number * len(six) // len(self.blocks)], group, turn)
        return self._answer(x[:, num_words:], then, group[:, num_words:])

    def _enter(self, packed: Packed, said: Said, angles: Tensor) -> Tensor:
        """Words and clip rows as one sequence, ``(B, W + N, E)``, each told where it stands and what it is."""
        word_tags = torch.full_like(packed.tag_BN[:, :1], WORD_TAG).expand(-1, said.rows_BWE.shape[1])
        x = torch.cat((said.rows_BWE, self.stem(packed.z_BND)), dim=1)
        sinusoids = torch.cat((angles.cos(), angles.sin()), dim=-1).to(x.dtype)
        entered: Tensor = x + self.place(sinusoids) + self.tag(torch.cat((word_tags, packed.tag_BN), dim=1))
        return entered

    def _angles(self, place_BN3: Tensor, seconds_BW: Tensor) -> Tensor:
        """Rotary angles of words and clip rows together, ``(B, W + N, 32)``."""
        middle = torch.full_like(seconds_BW, MIDDLE)
        words_BW3 = torch.stack((seconds_BW, middle, middle), dim=-1)
        return torch.cat((words_BW3, place_BN3), dim=1).float() @ self.frequencies

    def _condition(self, level_BK: Tensor, pooled_BE: Tensor) -> Tensor:
        """What modulates a group of rows: its level and the pooled caption, ``(B, K, E)``."""
        level: Tensor = self.level(level_features(level_BK.float()).to(pooled_BE.dtype))
        return level + pooled_BE.unsqueeze(1)

    def _modulations(self, condition_BKE: Tensor) -> tuple[Tensor, ...]:
        """Sets of shift, scale and gate of both branches, ``(B, K, 6, E)`` each, for a block or for neighbours."""
        six: Tensor = self.six(F.silu(condition_BKE))
        batch, groups, width = condition_BKE.shape
        return six.view(batch, groups, -1, 6, width).unbind(2)

    def _answer(self, x_BNE: Tensor, condition_BKE: Tensor, group_BNK: Tensor) -> Tensor:
        """Rows to x-hat.

        Two layers, since one would hold every answer in a plane of ``width`` directions.
        """
        shift, scale = (group_BNK @ self.last(F.silu(condition_BKE))).chunk(2, dim=-1)
        x_BNE = modulate(x_BNE, shift, scale)
        answer: Tensor = self.head_out(F.silu(self.head_in(x_BNE)))
        return answer


def _chosen(group_BN: Tensor, condition_BKE: Tensor) -> Tensor:
    """A 1 at each row's group, else zeros, ``(B, N, K)``: a product picks the row's vectors, exactly.

    The gradient of a gather adds many rows to few places one after the other; that of a product is a product.
    """
    groups = torch.arange(condition_BKE.shape[1], device=group_BN.device)
    return (group_BN.unsqueeze(-1) == groups).to(condition_BKE.dtype)
