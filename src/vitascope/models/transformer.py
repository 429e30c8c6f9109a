"""The diffusion transformer over packed rows: words, references, given frames and frames to make, each with its level.

One network for every way of asking: which rows are clean and which are noise decides whether it is text-to-video,
image-to-video, extension or a loop (reference: Wan2.2 TI2V and Diffusion Forcing, 2407.01392, for levels per row).

Letters in shapes: B clips, N clip rows, W words, D channels of a row, E width, K groups of rows of one noise level.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.models.layers import LEVEL_FEATURES, ModulatedBlock, frequencies, level_features, modulate
from vitascope.models.text import TextEncoder
from vitascope.types import Preset

TAGS = 3
"""Clip, reference, word."""

WORD_TAG = 2
MIDDLE = 0.5
"""Where words stand in y and x: the middle of the frame."""


class Transformer(nn.Module):
    """Text encoder and denoiser of one preset."""

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        net, channels = preset.net, preset.codec.channels
        width = net.width
        self.text = TextEncoder(net)
        self.stem = nn.Linear(channels, width)
        self.place = nn.Linear(64, width)
        self.tag = nn.Embedding(TAGS, width)
        self.level = nn.Sequential(nn.Linear(LEVEL_FEATURES, width), nn.SiLU(), nn.Linear(width, width))
        self.six = nn.Linear(width, 6 * width)
        self.blocks = nn.ModuleList(ModulatedBlock(width, net.heads, net.hidden) for _ in range(net.depth))
        self.last = nn.Linear(width, 2 * width)
        self.head_in = nn.Linear(width, 2 * width)
        self.head_out = nn.Linear(2 * width, channels)
        self.register_buffer("frequencies", frequencies(), persistent=False)
        self.turning_point = net.depth - net.depth // 3
        self._start()

    def _start(self) -> None:
        """Every block starts as the identity and the answer as zero: the mean of all clips (adaLN-zero)."""
        for layer in (self.six, self.last, self.head_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.normal_(self.tag.weight, std=0.02)

    def forward(
        self, z_BND: Tensor, t_BK: Tensor, r_BK: Tensor, group_BN: Tensor, place_BN3: Tensor, tag_BN: Tensor,
        words_4BW: Tensor, word_seconds_BW: Tensor,
    ) -> Tensor:  # fmt: skip
        """The clip the network sees in the rows: x-hat, ``(B, N, D)``.

        ``t`` and ``r`` are the levels of each group now and at the end of the step; group 0 must be level 0, words
        belong to it. The first two thirds of the blocks know t, the rest r (Decoupled MeanFlow, 2510.24474).
        """
        said_BWE, pooled_BE = self.text(words_4BW)
        return self.denoise(z_BND, t_BK, r_BK, group_BN, place_BN3, tag_BN, said_BWE, pooled_BE, word_seconds_BW)

    def denoise(
        self, z_BND: Tensor, t_BK: Tensor, r_BK: Tensor, group_BN: Tensor, place_BN3: Tensor, tag_BN: Tensor,
        said_BWE: Tensor, pooled_BE: Tensor, word_seconds_BW: Tensor,
    ) -> Tensor:  # fmt: skip
        """As :meth:`forward`, with the words already encoded, so that a render reads its prompt once."""
        num_words = said_BWE.shape[1]
        angles = self._angles(place_BN3, word_seconds_BW)
        sinusoids = torch.cat((angles.cos(), angles.sin()), dim=-1).to(said_BWE.dtype)
        words_tag = torch.full_like(tag_BN[:, :1], WORD_TAG).expand(-1, num_words)
        x = torch.cat((said_BWE, self.stem(z_BND)), dim=1)
        x = x + self.place(sinusoids) + self.tag(torch.cat((words_tag, tag_BN), dim=1))
        group = F.pad(group_BN, (num_words, 0)).unsqueeze(-1)
        turn = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        now, then = self._condition(t_BK, pooled_BE), self._condition(r_BK, pooled_BE)
        six_now, six_then = (self.six(F.silu(c)).unflatten(-1, (6, -1)) for c in (now, then))
        for number, block in enumerate(self.blocks):
            x = block(x, six_now if number < self.turning_point else six_then, group, turn)
        return self._answer(x[:, num_words:], then, group_BN)

    def _angles(self, place_BN3: Tensor, word_seconds_BW: Tensor) -> Tensor:
        """Rotary angles of words and clip rows together, ``(B, W + N, 32)``."""
        middle = torch.full_like(word_seconds_BW, MIDDLE)
        words_BW3 = torch.stack((word_seconds_BW, middle, middle), dim=-1)
        return torch.cat((words_BW3, place_BN3), dim=1).float() @ self.frequencies

    def _condition(self, level_BK: Tensor, pooled_BE: Tensor) -> Tensor:
        """What modulates a group of rows: its level and the pooled caption, ``(B, K, E)``."""
        level: Tensor = self.level(level_features(level_BK.float()).to(pooled_BE.dtype))
        return level + pooled_BE.unsqueeze(1)

    def _answer(self, x_BNE: Tensor, condition_BKE: Tensor, group_BN: Tensor) -> Tensor:
        """Rows to x-hat. Two layers, since one would hold every answer in a plane of ``width`` directions."""
        both = self.last(F.silu(condition_BKE))
        rows = both.gather(1, group_BN.unsqueeze(-1).expand(-1, -1, both.shape[-1]))
        shift, scale = rows.chunk(2, dim=-1)
        x_BNE = modulate(x_BNE, shift, scale)
        answer: Tensor = self.head_out(F.silu(self.head_in(x_BNE)))
        return answer


