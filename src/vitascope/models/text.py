"""The text encoder: word rows to rows of the transformer, trained with it from scratch.

Letters in shapes: B prompts, W words, E width of the transformer.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.models.layers import Block, RMSNorm
from vitascope.types import NetPreset

ROLES, ENTITIES, SEGMENTS = 16, 4, 4
"""Rows of the small tables; the few in use are listed in text/words.py."""


class TextEncoder(nn.Module):
    """Sums token, role, entity, segment and place in the sentence, mixes them in a few blocks."""

    def __init__(self, net: NetPreset) -> None:
        super().__init__()
        width = net.text_width
        self.token = nn.Embedding(net.vocabulary, width)
        self.role = nn.Embedding(ROLES, width)
        self.entity = nn.Embedding(ENTITIES, width)
        self.segment = nn.Embedding(SEGMENTS, width)
        self.order = nn.Parameter(torch.randn(net.words, width) * 0.02)
        hidden = 64 * round(width * 8 / 3 / 64)
        self.blocks = nn.ModuleList(Block(width, net.text_heads, hidden) for _ in range(net.text_depth))
        self.norm = RMSNorm(width)
        self.to_rows = nn.Linear(width, net.width)
        self.to_pooled = nn.Linear(width, net.width)
        self.pooled = net.pool > 0
        if self.pooled:
            self.pool_in = nn.Linear(net.width, net.pool * net.width)
            self.pool_out = nn.Linear(net.pool * net.width, net.width)
        self.row_norm = RMSNorm(net.width)
        for table in (self.token, self.role, self.entity, self.segment):
            nn.init.normal_(table.weight, std=1.0 if table is self.token else 0.5)

    def forward(self, words_4BW: Tensor) -> tuple[Tensor, Tensor]:
        """``(4, B, W)`` token, role, entity, segment to rows ``(B, W, E)`` and the sum of its words ``(B, E)``.

        The sum is of bare words, before blocks and norm: a mean of mixed rows moves by a twentieth when one word
        changes, and the network took it for a constant. The rows keep the bare words beside what the blocks made of
        them: the blocks' stream grows forty times larger than a word, and its norm then leaves nothing of the word that
        says what thing it is (docs/log.md, 2026-11-23).
        """
        token, role, entity, segment = words_4BW
        named_BWE = self.token(token)
        spoken_BWE = named_BWE + self.role(role) + self.entity(entity) + self.segment(segment) + self.order
        mixed_BWE = spoken_BWE
        for block in self.blocks:
            mixed_BWE = block(mixed_BWE)
        rows_BWE = self.norm(mixed_BWE) + spoken_BWE
        said = (token > 0).to(rows_BWE.dtype).unsqueeze(-1)
        return self.row_norm(self.to_rows(rows_BWE)), self._pooled((named_BWE * said).sum(1))

    def _pooled(self, named_BW: Tensor) -> Tensor:
        """The sum of words and what they mean together, ``(B, E)``: once a clip, so next to nothing."""
        pooled_BE: Tensor = self.to_pooled(named_BW)
        if not self.pooled:
            return pooled_BE
        together_BE: Tensor = self.pool_out(F.silu(self.pool_in(pooled_BE)))
        return pooled_BE + together_BE
