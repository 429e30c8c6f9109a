"""A learned codec small enough for a test: every width 64, random weights by the names the torch modules give them."""

import numpy as np

from vitascope.types import ConvPreset

CODEC = ConvPreset(
    kind="conv",
    stride=32,
    frames=4,
    channels=16,
    encoder=(64, 64, 64, 64),
    decoder=(64, 64, 64, 64),
    encoder_blocks=(1, 1, 1, 1),
    decoder_blocks=(1, 2, 1, 1),
)


def codec_weights(preset=CODEC, seed=0):
    """Arrays of a size at which signals neither fade nor blow up; no torch."""
    rng = np.random.default_rng(seed)
    weights = {}
    for half, time in (("encoder", (2, 2, 1)), ("decoder", (1, 2, 2))):
        for name, shape in _half(preset, half, time):
            fan = np.prod(shape[1:]) if len(shape) == 4 else 100
            weights[f"codec.{half}.{name}"] = rng.standard_normal(shape, np.float32) * np.float32(fan**-0.5)
    return weights


def _half(preset, half, time):
    first = half == "encoder"
    widths = preset.encoder if first else preset.decoder
    blocks = preset.encoder_blocks if first else preset.decoder_blocks
    yield from _convolution("enter", 48 if first else preset.channels, widths[0], 3)
    for number in range(3):
        one, other = widths[number], widths[number + 1]
        into, out = (4 * time[number] * one, other) if first else (one, 4 * time[number] * other)
        yield from _convolution(f"moves.{number}", into, out, 1)
    yield from _convolution("leave", widths[3], preset.channels if first else 48, 3)
    for number, (width, count) in enumerate(zip(widths, blocks, strict=True)):
        for block in range(count):
            yield from _convolution(f"stages.{number}.{block}.first", width * (1 if block else 2), width, 3)
            yield from _convolution(f"stages.{number}.{block}.second", width, width, 3)


def _convolution(name, into, out, side):
    yield f"{name}.weight", (out, into, side, side)
    yield f"{name}.bias", (out,)
