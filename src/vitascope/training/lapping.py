"""The lapped codec's encoder in torch, for a GPU that renders what it learns from; the twin of ``backends/codec.py``.

Letters in shapes: B clips, T frames, H W pixels, K latents, N rows, D channels.
"""

import torch
from torch import Tensor, nn

from vitascope.backends.codec import GREY, OPPONENT, LappedCodec, cosine
from vitascope.types import LappedPreset


class Lapping(nn.Module):
    """Pixels of clips of one size to rows, on the device it is moved to."""

    opponent: Tensor
    down: Tensor
    across: Tensor
    time: Tensor
    weight: Tensor
    places: Tensor

    def __init__(self, preset: LappedPreset, size: tuple[int, int]) -> None:
        """``size`` is width and height in pixels, multiples of the stride."""
        super().__init__()
        width, height = size
        codec, self.frames = LappedCodec(preset), preset.frames
        self.register_buffer("opponent", torch.from_numpy(OPPONENT))
        self.register_buffer("down", torch.from_numpy(codec.line(height)))
        self.register_buffer("across", torch.from_numpy(codec.line(width)))
        self.register_buffer("time", torch.from_numpy(cosine(preset.frames)))
        self.register_buffer("weight", torch.from_numpy(codec.weight))
        self.register_buffer("places", torch.from_numpy(codec.places(len(self.down), len(self.across))))

    def forward(self, pixels_BTHWC: Tensor) -> Tensor:
        """``(B, 1 + 4k, H, W, 3)`` uint8 to ``(B, k + 1, N, D)`` float32."""
        x = (pixels_BTHWC.float() - GREY) / GREY @ self.opponent.T
        x = self.down @ x.movedim(-1, 2) @ self.across.T  # B T C H W
        x = torch.cat((x[:, :1].expand(-1, self.frames - 1, -1, -1, -1), x), dim=1)
        x = x.reshape(len(x), -1, self.frames, x[0, 0].numel())
        rows: Tensor = (self.time @ x).flatten(2)[:, :, self.places] * self.weight
        return rows
