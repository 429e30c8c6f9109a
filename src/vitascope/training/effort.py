"""Floating-point operations of a training step, counted on paper: what a machine did of what it could do (MFU).

Two for every weight a row or a pixel meets, four for each pair of rows in attention, and three forward passes' worth
for a step: forward, and twice as much backward. Norms, gates and losses are left out.
"""

from vitascope.backends.rows import latents, rows_of_latent
from vitascope.models.codec import COLOURS, GROW_TIME, PATCH, SHRINK_TIME
from vitascope.types import ConvPreset, Preset

STEP, MAP_STEP = 3.0, 8.0
"""Forward passes' worth of a step: of the flow, and of the flow map. There guidance costs half of the clips two more,
and the way of four guided steps the other half eight."""


def denoising(kind: str, preset: Preset) -> float:
    """One forward pass of the transformer over one clip; ``kind`` is its frames, with ``r`` for a reference picture.

    Each latent may have a noise level of its own, and given rows have another: so many sets of modulations are made.
    """
    net = preset.net
    length = latents(int(kind.removesuffix("r")), preset.codec)
    clip = (length + kind.endswith("r")) * rows_of_latent(preset.size, preset.codec)
    rows = clip + net.words
    modulating = 2 * 2 * (length + 1) * net.modulations * 6 * net.width**2  # once for every noise level, twice over
    block = rows * 2 * (4 * net.width**2 + 3 * net.width * net.hidden) + 4 * rows**2 * net.width
    ends = 2 * (3 * net.width * preset.codec.channels + 2 * net.width**2)
    return float(net.depth * block + modulating + ends * clip)


def coding(preset: ConvPreset, size: tuple[int, int], num_latents: int) -> float:
    """Encoding and decoding of ``num_latents`` latents once."""
    pixels = size[0] * size[1] / PATCH**2
    return num_latents * _encoding(preset, pixels) + decoding(preset, size, num_latents)


def decoding(preset: ConvPreset, size: tuple[int, int], num_latents: int) -> float:
    """Decoding alone."""
    return num_latents * _decoding(preset, size[0] * size[1] / PATCH**2)


def _encoding(preset: ConvPreset, pixels: float) -> float:
    widths, frames = preset.encoder, 4.0
    total = frames * pixels * 2 * 9 * COLOURS * widths[0]
    for number, (width, blocks) in enumerate(zip(widths, preset.encoder_blocks, strict=True)):
        if number:
            time = SHRINK_TIME[number - 1]
            pixels, frames = pixels / 4, frames / time
            total += frames * pixels * 2 * 4 * time * widths[number - 1] * width
        total += frames * pixels * _stage(width, blocks)
    return total + frames * pixels * 2 * 9 * widths[-1] * preset.channels


def _decoding(preset: ConvPreset, pixels: float) -> float:
    widths, frames = preset.decoder, 1.0
    pixels /= 4 ** (len(widths) - 1)
    total = frames * pixels * 2 * 9 * preset.channels * widths[0]
    for number, (width, blocks) in enumerate(zip(widths, preset.decoder_blocks, strict=True)):
        if number:
            time = GROW_TIME[number - 1]
            total += frames * pixels * 2 * widths[number - 1] * 4 * time * width
            pixels, frames = pixels * 4, frames * time
        total += frames * pixels * _stage(width, blocks)
    return total + frames * pixels * 2 * 9 * widths[-1] * COLOURS


def _stage(width: int, blocks: int) -> float:
    """Operations at one pixel of one frame; the first block sees two frames."""
    return 2 * 9 * width**2 * (2 * blocks + 1)


def share(operations: float, seconds: float, peak: float) -> str:
    """What to print: ``123.4 TF/s, 12.5 % of 989``; ``peak`` in TF/s, 0 where nobody named it."""
    rate = operations / max(seconds, 1e-9) / 1e12
    return f"{rate:.3g} TF/s" + (f", MFU {rate / peak:.1%} of {peak:g}" if peak else "")
