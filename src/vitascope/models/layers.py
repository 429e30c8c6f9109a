"""The pieces both networks are made of: normalisation, attention, SwiGLU, and what turns numbers into angles.

Letters in shapes: B batch, N rows, E width, H heads, P pairs of a head, K groups of rows that share a noise level.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-6
HEAD = 64
"""Width of an attention head; its 32 rotary pairs are split 8 time, 12 y, 12 x."""

LEVEL_FEATURES = 128


class RMSNorm(nn.Module):
    """Root-mean-square normalisation (Zhang and Sennrich 2019) with a learned scale."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Same shape out as in; computed in float32."""
        return F.rms_norm(x.float(), x.shape[-1:], eps=EPSILON).to(x.dtype) * self.weight.to(x.dtype)


def frequencies() -> Tensor:
    """Angles per unit of position, ``(3, 32)``: pairs 0-7 turn with seconds, 8-19 with y, 20-31 with x.

    Slowest a twentieth of a turn in the clip's few seconds or a quarter of a turn across the frame, fastest just below
    what neighbouring rows can tell apart (half a second; an eighth of a side).
    """
    table = torch.zeros(3, 32)
    table[0, :8] = torch.logspace(math.log10(0.05), math.log10(1.0), 8)
    table[1, 8:20] = torch.logspace(math.log10(0.25), math.log10(4.0), 12)
    table[2, 20:] = torch.logspace(math.log10(0.25), math.log10(4.0), 12)
    return 2 * math.pi * table


def rotate(x_BHNP: Tensor, cos_BNP: Tensor, sin_BNP: Tensor) -> Tensor:
    """Rotary positions (Su et al. 2021): the first half of a head is the real part of each pair, the second half i."""
    real, imaginary = x_BHNP.chunk(2, dim=-1)
    cos, sin = cos_BNP.unsqueeze(1), sin_BNP.unsqueeze(1)
    return torch.cat((real * cos - imaginary * sin, imaginary * cos + real * sin), dim=-1)


def level_features(level: Tensor) -> Tensor:
    """Sinusoids of a noise level in 0..1: ``(...)`` to ``(..., 128)``."""
    half = LEVEL_FEATURES // 2
    speeds = torch.exp(torch.linspace(0.0, math.log(1000.0), half, device=level.device))
    angles = level.unsqueeze(-1) * speeds
    return torch.cat((angles.cos(), angles.sin()), dim=-1)


class Attention(nn.Module):
    """Full attention; queries and keys are normalised per head, then turned by their positions when given."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.query_norm = RMSNorm(width // heads)
        self.key_norm = RMSNorm(width // heads)

    def forward(self, x_BNE: Tensor, turn: tuple[Tensor, Tensor] | None) -> Tensor:
        """``(B, N, E)`` to the same; ``turn`` is cosine and sine of the rotary angles, ``(B or 1, N, 32)`` each."""
        batch, rows, width = x_BNE.shape
        q, k, v = self.qkv(x_BNE).view(batch, rows, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        q, k = self.query_norm(q), self.key_norm(k)
        if turn is not None:
            q, k = rotate(q, *turn), rotate(k, *turn)
        x = F.scaled_dot_product_attention(q, k, v)
        mixed: Tensor = self.out(x.transpose(1, 2).reshape(batch, rows, width))
        return mixed


class SwiGLU(nn.Module):
    """Gated feed-forward layer (Shazeer 2020)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape out as in."""
        gate, value = self.up(x).chunk(2, dim=-1)
        out: Tensor = self.down(F.silu(gate) * value)
        return out


class Block(nn.Module):
    """A plain pre-norm block, for text."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(width)
        self.attention = Attention(width, heads)
        self.feed_norm = RMSNorm(width)
        self.feed = SwiGLU(width, hidden)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape out as in."""
        x = x + self.attention(self.attention_norm(x), None)
        return x + self.feed(self.feed_norm(x))


class ModulatedBlock(nn.Module):
    """A block whose scale, shift and gate come from noise level and caption (adaLN; Peebles and Xie 2022).

    The transformer makes the six vectors, for several blocks at once; each block adds its own table (Chen et al. 2023).
    What attention and feed-forward answer is normalised before its gate, so that no branch can outgrow the stream it is
    added to (sandwich norm, as in Lumina-Next, 2406.18583). Without it one branch of block 0 came to add four times
    what the words had brought, and nothing behind it heard them (docs/log.md, 2026-11-26).
    """

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.feed = SwiGLU(width, hidden)
        self.attention_norm = RMSNorm(width)
        self.feed_norm = RMSNorm(width)
        self.table = nn.Parameter(torch.zeros(6, width))

    def forward(self, x_BNE: Tensor, six_BK6E: Tensor, group_BNK: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """``six`` holds one set of vectors per group of rows; ``group`` has a 1 at each row's group, else zeros."""
        rows = group_BNK @ (six_BK6E + self.table.to(six_BK6E.dtype)).flatten(2)
        shift_a, scale_a, gate_a, shift_f, scale_f, gate_f = rows.chunk(6, dim=-1)
        x_BNE = x_BNE + gate_a * self.attention_norm(self.attention(modulate(x_BNE, shift_a, scale_a), turn))
        return x_BNE + gate_f * self.feed_norm(self.feed(modulate(x_BNE, shift_f, scale_f)))


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Normalise without weights, then scale and shift; same shape out as in."""
    return F.rms_norm(x.float(), x.shape[-1:], eps=EPSILON).to(scale.dtype) * (1 + scale) + shift
