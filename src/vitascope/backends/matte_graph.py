"""The matte network of models/animator.py as an OpenVINO graph, built from its weights by hand, as the others are.

Letters in shapes: B pictures, C channels, H W pixels.
"""

from collections.abc import Callable, Mapping
from queue import SimpleQueue
from threading import Lock

import numpy as np
import openvino as ov
from openvino import opset15 as op

from vitascope.backends.cutting import ABREAST
from vitascope.types import AnimatorPreset, Floats

PATCH = 2
"""As in models/animator.py."""

Ask = Callable[[str, Callable[[], ov.Model], int], ov.InferRequest]
"""Gives the graph of a name, built by the second argument where there is none yet, ready for so many calls at once."""


class MatteNet:
    """Takes pictures apart on the CPU. Weights are float32 arrays by name, ``animator.`` first."""

    def __init__(self, preset: AnimatorPreset, weights: Mapping[str, Floats], ask: Ask) -> None:
        self._preset, self._weights, self._ask = preset, weights, ask
        self._free: dict[str, SimpleQueue[ov.InferRequest]] = {}
        self._opening = Lock()

    def __call__(self, pictures_BHWC: Floats) -> Floats:
        """Pictures in 0..1 to what the network's last layer says of them, ``(B, H, W, 5)``: see backends/cutting.py."""
        number, height, width, _ = pictures_BHWC.shape
        free = self._requests(number, (height, width))
        given = np.ascontiguousarray(pictures_BHWC.transpose(0, 3, 1, 2) - np.float32(0.5))
        request = free.get()
        try:
            (answer_BCHW,) = request.infer({"picture": given}).values()
            return np.array(answer_BCHW.transpose(0, 2, 3, 1), np.float32)
        finally:
            free.put(request)

    def _requests(self, number: int, sides: tuple[int, int]) -> "SimpleQueue[ov.InferRequest]":
        """Those of the graph for so many pictures of ``sides`` that nobody uses."""
        name = f"matte {number}x{sides[1]}x{sides[0]}"
        with self._opening:
            if name not in self._free:
                graph = self._ask(name, lambda: matte(self._preset, self._weights, sides, number), ABREAST)
                self._free[name] = SimpleQueue()
                for _ in range(ABREAST):
                    self._free[name].put(graph.get_compiled_model().create_infer_request())
            return self._free[name]


def matte(preset: AnimatorPreset, weights: Mapping[str, Floats], sides: tuple[int, int], pictures: int = 1) -> ov.Model:
    """Pictures ``(B, 3, H, W)`` around 0 to ``(B, 5, H, W)``."""
    net = _Layers(weights)
    picture = op.parameter([pictures, 3, *sides], np.float32, name="picture")
    picture.output(0).set_names({"picture"})
    x, seen = net.block("before.0", net.convolved("enter", op.space_to_depth(picture, "depth_first", PATCH))), []
    for number in range(1, len(preset.widths)):
        seen.append(x)
        folded = op.space_to_depth(x, "depth_first", 2)
        x = net.block(f"before.{number}", net.convolved(f"down.{number - 1}", folded))
    x = net.block(f"after.{len(seen)}", x)
    for number in reversed(range(len(seen))):
        unfolded = op.depth_to_space(net.convolved(f"up.{number}", x), "depth_first", 2)
        x = net.block(f"after.{number}", op.add(seen[number], unfolded))
    fine = op.concat([op.depth_to_space(net.convolved("leave", x), "depth_first", PATCH), picture], 1)
    return ov.Model([net.convolved("end", op.swish(net.convolved("edge", fine)))], [picture], "matte")


class _Layers:
    """Weights by name, and the layers that are made of them."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self._weights = weights

    def block(self, name: str, x: ov.Node) -> ov.Node:
        """Two convolutions added to what came in."""
        return op.add(x, self.convolved(f"{name}.second", op.swish(self.convolved(f"{name}.first", x))))

    def convolved(self, name: str, x: ov.Node) -> ov.Node:
        """A convolution of stride 1 that keeps the sides."""
        kernel = np.ascontiguousarray(self._weights[f"animator.matte.{name}.weight"], np.float32)
        bias = self._weights[f"animator.matte.{name}.bias"].reshape(1, -1, 1, 1).astype(np.float32)
        around = [kernel.shape[-1] // 2] * 2
        held = ov.op.Constant(kernel, shared_memory=True)
        return op.add(op.convolution(x, held, [1, 1], around, around, [1, 1]), ov.op.Constant(bias))
