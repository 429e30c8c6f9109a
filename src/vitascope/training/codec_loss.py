"""What the codec is asked: to bring clips back, from latents that are a little wrong, and at half the size too.

L1 on pixels and on a Laplacian pyramid (edges count at every size), on differences in time, and on latents that are
encoded again. No network that was trained on others' pictures judges it, and no adversary: neither paid in H3AE
(2504.10567).

- Decoding noisy latents teaches the decoder to finish what a diffusion model left undone, as RAE and LTX-Video do.
- Decoding latents at half their size to the clip at half its size keeps latents pictures of the clip: a diffusion
  model then learns them faster (scale equivariance, 2502.14831; EQ-VAE, 2502.09509).

Letters in shapes: B clips, T frames, K latents, C channels, H W pixels or rows.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from vitascope.models.codec import ConvNet

LEVELS = 3
"""Of the pyramid."""

NOISIEST = 0.2
"""Largest deviation of the noise that latents meet before they are decoded."""

IN_TIME, AGAIN, AT_HALF = 0.1, 0.1, 0.25
"""Weights of differences in time, of latents encoded again, of half the size."""

ON_SUBJECT = 2.0
"""How much more an error counts where a subject is: the eye follows it, and it covers a tenth of the frame."""

EVERY = 2
"""Encoding again and half the size come in turns: each once in so many steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A batch to bring back, and where the subjects are."""

    clip_BTCHW: Tensor
    covered_BTHW: Tensor  # 0..1


def codec_loss(net: ConvNet, asked: Asked, step: int, generator: torch.Generator) -> Tensor:
    """The mean loss of a batch; which of the two extra questions is asked depends on the step."""
    clip = asked.clip_BTCHW
    z = net.encode(clip)
    back = net.decode(_noisy(z, generator)).float()
    loss = _missed(back, asked) + _pyramid(back, clip) + IN_TIME * _in_time(back, clip)
    if step % EVERY:
        return loss + AGAIN * (net.encode(back) - z.detach()).abs().mean()
    return loss + AT_HALF * _at_half(net, z, clip)


def _noisy(z_BKCHW: Tensor, generator: torch.Generator) -> Tensor:
    """Each clip's latents with noise of its own strength."""
    strength = torch.rand((len(z_BKCHW), 1, 1, 1, 1), generator=generator, device=generator.device) * NOISIEST
    noise = torch.randn(z_BKCHW.shape, generator=generator, device=generator.device)
    return z_BKCHW + (strength * noise).to(z_BKCHW.device)


def _missed(back: Tensor, asked: Asked) -> Tensor:
    weight = 1 + ON_SUBJECT * asked.covered_BTHW.unsqueeze(2)
    return ((back - asked.clip_BTCHW).abs() * weight).mean()


def _in_time(back: Tensor, clip: Tensor) -> Tensor:
    return (back.diff(dim=1) - clip.diff(dim=1)).abs().mean() if clip.shape[1] > 1 else back.new_zeros(())


def _pyramid(back: Tensor, clip: Tensor) -> Tensor:
    """L1 of the band-pass layers of a Laplacian pyramid (Burt and Adelson 1983), all levels alike."""
    missed = (back - clip).flatten(0, 1)
    total = missed.new_zeros(())
    for _ in range(LEVELS):
        coarse = F.avg_pool2d(missed, 2)
        total = total + (missed - F.interpolate(coarse, scale_factor=2, mode="bilinear")).abs().mean()
        missed = coarse
    return total + missed.abs().mean()


def _at_half(net: ConvNet, z: Tensor, clip: Tensor) -> Tensor:
    return (net.decode(_halved(z)).float() - _halved(clip)).abs().mean()


def _halved(x: Tensor) -> Tensor:
    small = F.avg_pool2d(x.flatten(0, 1), 2)
    return small.reshape(*x.shape[:2], *small.shape[1:])
