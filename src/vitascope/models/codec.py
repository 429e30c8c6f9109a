"""The learned codec: frames to latents and back by 3 x 3 convolutions in space; time enters by memory and by channels.

A block that begins a stage also sees what the frame before it looked like at that stage (as in TAEHV), so a clip of any
length streams through with one frame of memory for each stage. The four frames of a latent share its channels until
they are split, so they are made together: causal between latents, free inside one (DC-VideoGen's "chunk-causal").
The encoder halves time twice, the decoder doubles it twice.

Depthwise convolutions would save arithmetic and run slower on a CPU: 75 GF in 401 ms against 102 in 301
(reference: 33 frames of 256 x 256, bfloat16, two cores).

Letters in shapes: B clips, T frames, K latents, C channels, H W pixels or rows.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vitascope.types import ConvPreset

PATCH = 4
"""Sides of the pixels that are channels from the start: convolutions at full resolution cost most and see least."""

COLOURS = 3 * PATCH**2

SHRINK_TIME = (2, 2, 1)
"""Frames that become one on the way into the encoder's second, third and fourth stage."""

GROW_TIME = (1, 2, 2)
"""Frames that one becomes on the way into the decoder's second, third and fourth stage."""

BOUND = 3.0
"""Latents end here, softly: the decoder is trained on noisy ones, and a larger latent would only escape the noise."""


KEPT = {(n, n): 1.0 for n in range(COLOURS)}
"""Where training starts: a latent's first 48 channels are the mean colours of its 4 x 4 squares of 8 pixels over its
four frames. So the first picture is a small one, not grey noise; the other channels wait for what moves and for edges.
(DC-AE, 2410.10733, keeps such means and copies as shortcuts of the network; as its start they cost nothing later.)
"""


class Convolution(nn.Conv2d):
    """3 x 3, or 1 x 1 between stages, over any number of frames; starts as the map that ``start`` says."""

    def __init__(self, into: int, out: int, *, side: int = 3) -> None:
        super().__init__(into, out, side, padding=side // 2)
        nn.init.zeros_(self.bias) if self.bias is not None else None

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Channels lie side by side in memory, as bfloat16 convolutions of CPU and GPU want them."""
        return super().forward(x_NCHW.contiguous(memory_format=torch.channels_last))

    def start(self, routes: Mapping[tuple[int, int], float]) -> "Convolution":
        """Weights of the middle of the kernel by (channel in, channel out); what chance put there stays, at a tenth."""
        middle = self.kernel_size[0] // 2
        with torch.no_grad():
            self.weight.mul_(0.1)
            for (into, out), weight in routes.items():
                if into < self.in_channels and out < self.out_channels:
                    self.weight[out, into, middle, middle] += weight
        return self


class Block(nn.Module):
    """A residual block of two convolutions; starts as the identity."""

    def __init__(self, width: int, *, remembers: bool) -> None:
        super().__init__()
        self.first = Convolution(width * (2 if remembers else 1), width)
        self.second = Convolution(width, width)
        self.remembers = remembers
        nn.init.zeros_(self.second.weight)

    def forward(self, x_BTCHW: Tensor, before_B1CHW: Tensor) -> Tensor:
        """Same shape out as in; ``before`` is the frame that came last, where this block remembers."""
        seen = x_BTCHW
        if self.remembers:
            seen = torch.cat((x_BTCHW, torch.cat((before_B1CHW, x_BTCHW[:, :-1]), dim=1)), dim=2)
        hidden = F.silu(self.first(seen.flatten(0, 1)))
        changed: Tensor = self.second(hidden)
        return x_BTCHW + changed.reshape(x_BTCHW.shape)


class Half(nn.Module):
    """What encoder and decoder share: stages of blocks, and the memory each stage keeps of the last frame."""

    def __init__(self, widths: Sequence[int], blocks: Sequence[int]) -> None:
        super().__init__()
        self.widths = tuple(widths)
        self.stages = nn.ModuleList(
            nn.ModuleList(Block(width, remembers=number == 0) for number in range(count))
            for width, count in zip(widths, blocks, strict=True)
        )

    def stage(self, number: int, x: Tensor, memory: list[Tensor] | None) -> tuple[Tensor, Tensor]:
        """One stage, and what it will remember: its last frame on the way in."""
        before = torch.zeros_like(x[:, :1]) if memory is None else memory[number]
        kept = x[:, -1:]
        for block in self.stages[number]:  # type: ignore[attr-defined]  # a ModuleList of ModuleLists, untyped in torch
            x = block(x, before)
        return x, kept


class Encoder(Half):
    """Frames to latents."""

    def __init__(self, preset: ConvPreset) -> None:
        super().__init__(preset.encoder, preset.encoder_blocks)
        self.enter = Convolution(COLOURS, self.widths[0]).start({(n, n // 16): 1 / 16 for n in range(COLOURS)})
        moves = [
            Convolution(4 * time * one, other, side=1)
            for (one, other), time in zip(pairwise(self.widths), SHRINK_TIME, strict=True)
        ]
        self.leave = Convolution(self.widths[-1], preset.channels).start(KEPT)
        halves = [4 * width for width in self.widths]  # where the second of two frames begins
        moves[0].start({(f * halves[0] + n, n // 4): 1 / 8 for f in range(2) for n in range(12)})
        moves[1].start({(f * halves[1] + n, n): 1 / 2 for f in range(2) for n in range(12)})
        moves[2].start(KEPT)
        self.moves = nn.ModuleList(moves)

    def forward(self, x_BTCHW: Tensor, memory: list[Tensor] | None = None) -> tuple[Tensor, list[Tensor]]:
        """``(B, 4K, 3, H, W)`` in -1..1 to ``(B, K, C, H/32, W/32)``, and the memory for the frames that follow."""
        kept: list[Tensor] = []
        x = _framewise(self.enter, F.pixel_unshuffle(x_BTCHW, PATCH))
        for number in range(len(self.stages)):
            if number:
                x = _framewise(self.moves[number - 1], together(F.pixel_unshuffle(x, 2), SHRINK_TIME[number - 1]))
            x, last = self.stage(number, x, memory)
            kept.append(last)
        return bounded(_framewise(self.leave, x)), kept


class Decoder(Half):
    """Latents to frames."""

    def __init__(self, preset: ConvPreset) -> None:
        super().__init__(preset.decoder, preset.decoder_blocks)
        self.enter = Convolution(preset.channels, self.widths[0]).start(KEPT)
        moves = [
            Convolution(one, 4 * time * other, side=1)
            for (one, other), time in zip(pairwise(self.widths), GROW_TIME, strict=True)
        ]
        self.leave = Convolution(self.widths[-1], COLOURS).start({(n // 16, n): 1.0 for n in range(COLOURS)})
        halves = [4 * width for width in self.widths]
        moves[0].start(KEPT)
        moves[1].start({(n, f * halves[2] + n): 1.0 for f in range(2) for n in range(12)})
        moves[2].start({(n // 4, f * halves[3] + n): 1.0 for f in range(2) for n in range(12)})
        self.moves = nn.ModuleList(moves)

    def forward(self, z_BKCHW: Tensor, memory: list[Tensor] | None = None) -> tuple[Tensor, list[Tensor]]:
        """``(B, K, C, H, W)`` to ``(B, 4K, 3, 32 H, 32 W)`` around -1..1, and the memory for what follows."""
        kept: list[Tensor] = []
        x = _framewise(self.enter, z_BKCHW)
        for number in range(len(self.stages)):
            if number:
                x = F.pixel_shuffle(apart(_framewise(self.moves[number - 1], x), GROW_TIME[number - 1]), 2)
            x, last = self.stage(number, x, memory)
            kept.append(last)
        return F.pixel_shuffle(_framewise(self.leave, x), PATCH), kept


class ConvNet(nn.Module):
    """Encoder and decoder of one preset."""

    def __init__(self, preset: ConvPreset) -> None:
        super().__init__()
        self.encoder, self.decoder = Encoder(preset), Decoder(preset)

    def encode(self, clip_BTCHW: Tensor) -> Tensor:
        """Whole clips of 1 + 4k frames, in -1..1, to latents: the first frame fills its latent four times over."""
        filled = torch.cat((clip_BTCHW[:, :1].expand(-1, 3, -1, -1, -1), clip_BTCHW), dim=1)
        latents: Tensor = self.encoder(filled)[0]
        return latents

    def decode(self, z_BKCHW: Tensor) -> Tensor:
        """Latents of whole clips to their 1 + 4k frames."""
        frames: Tensor = self.decoder(z_BKCHW)[0]
        return frames[:, 3:]


def bounded(z: Tensor) -> Tensor:
    """Between -3 and 3, nearly straight around 0."""
    return BOUND * torch.tanh(z / BOUND)


def together(x_BTCHW: Tensor, frames: int) -> Tensor:
    """``frames`` frames become one with as many times the channels."""
    batch, time, channels, height, width = x_BTCHW.shape
    return x_BTCHW.reshape(batch, time // frames, frames * channels, height, width)


def apart(x_BTCHW: Tensor, frames: int) -> Tensor:
    """The inverse of :func:`together`."""
    batch, time, channels, height, width = x_BTCHW.shape
    return x_BTCHW.reshape(batch, time * frames, channels // frames, height, width)


def _framewise(layer: nn.Module, x_BTCHW: Tensor) -> Tensor:
    mapped: Tensor = layer(x_BTCHW.flatten(0, 1))
    return mapped.reshape(*x_BTCHW.shape[:2], *mapped.shape[1:])
