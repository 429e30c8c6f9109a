"""Renders made as soft and as wrong as a young model's clips, so that the checker judges what is shown, not how sharp.

Everything here is arithmetic on renders; nothing a model made comes near.

Letters in shapes: B clips, T frames, C colours, H W pixels.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vitascope.backends.codec import LappedCodec
from vitascope.types import Pixels

SOFTEST = 20
"""The least side a frame is reduced to before it is brought back: a thing of 0.4 frame sides is then 8 pixels."""


def soften(clip_TCHW: Tensor, rng: np.random.Generator) -> Tensor:
    """A clip in 0..1 with random softness in space and time, and noise; its shape stays."""
    whole = clip_TCHW.shape[-1]
    side = int(rng.integers(SOFTEST, whole * 5 // 4))  # a fifth stays sharp
    soft = blur(clip_TCHW, side) if side < whole else clip_TCHW
    if rng.random() < 0.3:
        soft = _lingering(soft, rng.uniform(0, 0.3))
    noise = torch.from_numpy(rng.standard_normal(soft.shape, np.float32))
    return (soft + noise * rng.uniform(0, 0.05)).clamp(0, 1)


def stain(clips_BTCHW: Tensor, rng: np.random.Generator) -> Tensor:
    """Clips in 0..1 in a slightly other light, each in its own."""
    count = len(clips_BTCHW)
    gain = torch.from_numpy(rng.uniform(0.88, 1.12, (count, 1, 3, 1, 1)).astype(np.float32))
    shift = torch.from_numpy(rng.uniform(-0.06, 0.06, (count, 1, 3, 1, 1)).astype(np.float32))
    return (clips_BTCHW * gain + shift).clamp(0, 1)


def blur(clip_TCHW: Tensor, side: int) -> Tensor:
    """Frames reduced to ``side`` pixels, by area, and brought back."""
    small = F.interpolate(clip_TCHW, (side, side), mode="area")
    return F.interpolate(small, clip_TCHW.shape[2:], mode="bilinear", align_corners=False)


def through_codec(clip: Pixels, codec: LappedCodec, rng: np.random.Generator) -> Pixels:
    """A render after the codec, its rows noisy and its details faded by a random share, as an unsure model leaves them.

    The codec weighs a detail the more, the finer it is.
    """
    rows = codec.encode(clip)
    fineness = (codec.weight - codec.weight.min()) / np.ptp(codec.weight)
    faded = 1 - np.float32(rng.uniform(0, 0.7)) * fineness
    noise = rng.standard_normal(rows.shape, np.float32) * np.float32(rng.uniform(0, 0.15))
    return np.stack(list(codec.decode(rows * faded + noise, (clip.shape[2], clip.shape[1]))))


def _lingering(clip_TCHW: Tensor, share: float) -> Tensor:
    """Each frame with a share of its neighbours in time."""
    around = torch.cat((clip_TCHW[:1], clip_TCHW, clip_TCHW[-1:]))
    return clip_TCHW * (1 - share) + (around[:-2] + around[2:]) * (share / 2)
