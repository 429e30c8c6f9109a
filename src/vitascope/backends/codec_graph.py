"""The learned codec of models/codec.py as OpenVINO graphs, built from its weights by hand: no torch, no conversion.

Frames are the batch of every convolution, so a graph is told how many latents come at once and what the frame before
looked like at each stage; it gives back what the next call must be told.

Letters in shapes: T frames, K latents, C channels, H W pixels or rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import openvino as ov
from openvino import opset15 as op

from vitascope.types import ConvPreset, Floats

PATCH = 4
SHRINK_TIME, GROW_TIME = (2, 2, 1), (1, 2, 2)
BOUND = np.float32(3)
"""As in models/codec.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The sizes a codec is compiled for: latents of a call, and rows of a latent down and across."""

    latents: int
    down: int
    across: int


def encoder(preset: ConvPreset, weights: Mapping[str, Floats], room: Room) -> ov.Model:
    """Frames ``(4K, 3, H, W)`` in -1..1 and memory to latents ``(K, C, h, w)`` and the next memory."""
    net = _Half(weights, "codec.encoder.")
    shapes = list(memory_shapes(preset, room, "encoder"))
    sides = [4 * room.latents, 3, preset.stride * room.down, preset.stride * room.across]
    frames, memory = _input("frames", sides), _memory(shapes)
    x, kept = net.convolved("enter", op.space_to_depth(frames, "depth_first", PATCH)), []
    for number, before in enumerate(memory):
        if number:
            folded = _together(op.space_to_depth(x, "depth_first", 2), SHRINK_TIME[number - 1])
            x = net.convolved(f"moves.{number - 1}", folded)
        kept.append(_last(x))
        x = net.stage(number, preset.encoder_blocks[number], x, before)
    z = net.convolved("leave", x)
    z = op.multiply(op.tanh(op.divide(z, BOUND)), BOUND)
    return ov.Model([z, *kept], [frames, *memory], "encoder")


def decoder(preset: ConvPreset, weights: Mapping[str, Floats], room: Room) -> ov.Model:
    """Latents ``(K, C, h, w)`` and memory to frames ``(4K, 3, H, W)`` around -1..1 and the next memory."""
    net = _Half(weights, "codec.decoder.")
    shapes = list(memory_shapes(preset, room, "decoder"))
    latents, memory = _input("latents", [room.latents, preset.channels, room.down, room.across]), _memory(shapes)
    x, kept = net.convolved("enter", latents), []
    for number, before in enumerate(memory):
        if number:
            grown = _apart(net.convolved(f"moves.{number - 1}", x), GROW_TIME[number - 1])
            x = op.depth_to_space(grown, "depth_first", 2)
        kept.append(_last(x))
        x = net.stage(number, preset.decoder_blocks[number], x, before)
    frames = op.depth_to_space(net.convolved("leave", x), "depth_first", PATCH)
    return ov.Model([frames, *kept], [latents, *memory], "decoder")


def memory_shapes(preset: ConvPreset, room: Room, half: str) -> Iterator[tuple[int, int, int, int]]:
    """What each stage remembers of the last frame, ``(1, C, H, W)``, in the order of the stages."""
    widths = preset.encoder if half == "encoder" else preset.decoder
    for number, width in enumerate(widths):
        scale = 2 ** (len(widths) - 1 - number if half == "encoder" else number)
        yield 1, width, room.down * scale, room.across * scale


def _memory(shapes: list[tuple[int, int, int, int]]) -> list[ov.op.Parameter]:
    return [_input(f"memory{number}", list(shape)) for number, shape in enumerate(shapes)]


def _input(name: str, sizes: list[int]) -> ov.op.Parameter:
    parameter = op.parameter(sizes, np.float32, name=name)
    parameter.output(0).set_names({name})
    return parameter


def _last(x: ov.Node) -> ov.Node:
    """The last frame."""
    return op.slice(x, [-1], [2**31 - 1], [1], [0])


def _together(x: ov.Node, frames: int) -> ov.Node:
    """``frames`` frames become one with as many times the channels."""
    time, channels, height, width = x.get_output_shape(0)
    return op.reshape(x, [time // frames, frames * channels, height, width], special_zero=False)


def _apart(x: ov.Node, frames: int) -> ov.Node:
    """The inverse."""
    time, channels, height, width = x.get_output_shape(0)
    return op.reshape(x, [time * frames, channels // frames, height, width], special_zero=False)


class _Half:
    """Weights below a prefix, and the layers that are made of them."""

    def __init__(self, weights: Mapping[str, Floats], prefix: str) -> None:
        self._weights, self._prefix = weights, prefix

    def stage(self, number: int, blocks: int, x: ov.Node, before: ov.Node) -> ov.Node:
        """Residual blocks; the first one sees the frame before, too."""
        for block in range(blocks):
            seen = x if block else op.concat([x, _shifted(x, before)], 1)
            name = f"stages.{number}.{block}"
            hidden = op.swish(self.convolved(f"{name}.first", seen))
            x = op.add(x, self.convolved(f"{name}.second", hidden))
        return x

    def convolved(self, name: str, x: ov.Node) -> ov.Node:
        """A convolution of stride 1 that keeps the sides."""
        kernel = self._weights[f"{self._prefix}{name}.weight"]
        bias = self._weights[f"{self._prefix}{name}.bias"].reshape(1, -1, 1, 1)
        around = [kernel.shape[-1] // 2] * 2
        return op.add(op.convolution(x, _constant(kernel), [1, 1], around, around, [1, 1]), _constant(bias))


def _shifted(x: ov.Node, before: ov.Node) -> ov.Node:
    """What came before each frame."""
    frames = x.get_output_shape(0)[0]
    return before if frames == 1 else op.concat([before, op.slice(x, [0], [frames - 1], [1], [0])], 0)


def _constant(array: Floats) -> ov.Node:
    return ov.op.Constant(np.ascontiguousarray(array, np.float32), shared_memory=True)
