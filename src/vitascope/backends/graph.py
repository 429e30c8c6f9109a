"""The network of models/transformer.py as OpenVINO graphs, built from its weights by hand: no torch, no conversion.

Angles and sinusoids come in as inputs, made by NumPy. They are a few numbers once per step, and inside the graph they
would be rounded to bfloat16 before their cosine is taken, which leaves nothing of the fastest frequencies.

Letters in shapes: B guidance branches, W words, N clip rows, R all rows (words, then clip), D channels of a row,
E width, H heads, P pairs of a head, K groups of rows that share their noise levels, F sinusoids of a level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import openvino as ov
from openvino import opset15 as op

from vitascope.types import Floats, NetPreset, Preset

EPSILON = 1e-6
LEVEL_FEATURES = 128
PAIRS = 32
"""Rotary pairs of a head: 8 turn with time, 12 with y, 12 with x."""

WORD_TAG = 2
"""Row of the tag table that words take; 0 clip and 1 reference come with the rows."""

_ONE = np.float32(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes a denoiser is compiled for."""

    branches: int
    rows: int
    groups: int


def reader(preset: Preset, weights: Mapping[str, Floats], branches: int) -> ov.Model:
    """The text encoder: token, role, entity, segment ``(B, W)`` int32 to rows ``(B, W, E)`` and pooled ``(B, E)``."""
    net, layers = preset.net, _Layers(weights, "text.")
    words = {name: _input(name, [branches, net.words], np.int32) for name in ("token", "role", "entity", "segment")}
    tables = {name: op.gather(layers.constant(f"{name}.weight"), word, 0) for name, word in words.items()}
    x = layers.constant("order")
    for table in tables.values():
        x = op.add(x, table)
    spoken = x
    for number in range(net.text_depth):
        x = _text_block(layers.under(f"blocks.{number}."), x, net)
    x = op.add(layers.scaled_norm("norm", x), spoken)
    said = op.unsqueeze(op.convert(op.greater(words["token"], np.int32(0)), np.float32), 2)
    total = op.reduce_sum(op.multiply(tables["token"], said), 1)
    pooled = _pooled(layers, layers.linear("to_pooled", total), net)
    rows = layers.scaled_norm("row_norm", layers.linear("to_rows", x))
    return ov.Model([rows, pooled], list(words.values()), "reader")


def denoiser(preset: Preset, weights: Mapping[str, Floats], shape: Shape) -> ov.Model:
    """The denoiser: state, levels, places and an encoded prompt to x-hat ``(B, N, D)``; its inputs are named below."""
    net, layers = preset.net, _Layers(weights, "")
    given = _inputs(preset, shape)
    turn = given["cos"], given["sin"]
    now, then = (_condition(layers, given[name], given["pooled"]) for name in ("now", "then"))
    six_now, six_then = (_modulations(layers, condition, net) for condition in (now, then))
    group = op.concat([np.zeros(net.words, np.int32), given["group"]], 0)
    x = _pack(layers, given, shape.branches)
    for number in range(net.depth):
        six = (six_now if number < net.depth - net.depth // 3 else six_then)[number * net.modulations // net.depth]
        x = _block(layers.under(f"blocks.{number}."), x, (six, group), turn, net.heads)
    clip = _rows(x, net.words, net.words + shape.rows)
    answer = _answer(layers, clip, op.gather(layers.linear("last", then), given["group"], 1))
    return ov.Model([answer], list(given.values()), "denoiser")


def _inputs(preset: Preset, shape: Shape) -> dict[str, ov.op.Parameter]:
    net, branches = preset.net, shape.branches
    angles = [branches, net.words + shape.rows, 1, 1, PAIRS]
    floats = {
        "z": [1, shape.rows, preset.codec.channels],
        "now": [shape.groups, LEVEL_FEATURES],
        "then": [shape.groups, LEVEL_FEATURES],
        "cos": angles,
        "sin": angles,
        "rows": [branches, net.words, net.width],
        "pooled": [branches, net.width],
    }
    given = {name: _input(name, sizes, np.float32) for name, sizes in floats.items()}
    return given | {name: _input(name, [shape.rows], np.int32) for name in ("group", "tag")}


def _input(name: str, sizes: list[int], kind: type[np.generic]) -> ov.op.Parameter:
    parameter = op.parameter(sizes, kind, name=name)
    parameter.output(0).set_names({name})
    return parameter


def _condition(layers: "_Layers", level_KF: ov.Node, pooled_BE: ov.Node) -> ov.Node:
    """What modulates each group of rows, ``(B, K, E)``, activated: both layers that take it begin so."""
    level_KE = layers.linear("level.2", op.swish(layers.linear("level.0", level_KF)))
    return op.swish(op.add(level_KE, op.unsqueeze(pooled_BE, 1)))


def _modulations(layers: "_Layers", condition_BKE: ov.Node, net: NetPreset) -> Sequence[ov.Output]:
    """Sets of six vectors of each group, ``(B, K, 6 E)`` each, for one block or several neighbours."""
    sets: Sequence[ov.Output] = op.split(layers.linear("six", condition_BKE), 2, net.modulations).outputs()
    return sets


def _pack(layers: "_Layers", given: Mapping[str, ov.Node], branches: int) -> ov.Node:
    """Words and clip rows with their places and tags, ``(B, R, E)``; the state is taken in once for all branches."""
    tag = layers.constant("tag.weight")
    clip = op.add(layers.linear("stem", given["z"]), op.unsqueeze(op.gather(tag, given["tag"], 0), 0))
    clip = op.concat([clip] * branches, 0)
    words = op.add(given["rows"], op.gather(tag, np.int32(WORD_TAG), 0))
    sinusoids = op.reshape(op.concat([given["cos"], given["sin"]], -1), [branches, -1, 2 * PAIRS], special_zero=False)
    return op.add(op.concat([words, clip], 1), layers.linear("place", sinusoids))


def _block(
    layers: "_Layers", x: ov.Node, six_of_group: tuple[ov.Node, ov.Node], turn: tuple[ov.Node, ov.Node], heads: int
) -> ov.Node:
    """A block whose shift, scale and gate are gathered for each row from those of its group."""
    six, group = six_of_group
    six = op.split(op.add(six, layers.flat("table")), 2, 6).outputs()  # of the groups, before there are many rows
    shift_a, scale_a, gate_a, shift_f, scale_f, gate_f = (op.gather(one, group, 1) for one in six)
    attended = _attention(layers.under("attention."), _modulate(x, shift_a, scale_a), heads, turn)
    x = op.add(x, op.multiply(gate_a, layers.scaled_norm("attention_norm", attended)))
    fed = _feed(layers.under("feed."), _modulate(x, shift_f, scale_f))
    return op.add(x, op.multiply(gate_f, layers.scaled_norm("feed_norm", fed)))


def _pooled(layers: "_Layers", x: ov.Node, net: NetPreset) -> ov.Node:
    """The sum of words and, where the preset has layers for it, what they mean together."""
    return op.add(x, layers.linear("pool_out", op.swish(layers.linear("pool_in", x)))) if net.pool else x


def _text_block(layers: "_Layers", x: ov.Node, net: NetPreset) -> ov.Node:
    attended = _attention(layers.under("attention."), layers.scaled_norm("attention_norm", x), net.text_heads, None)
    x = op.add(x, attended)
    return op.add(x, _feed(layers.under("feed."), layers.scaled_norm("feed_norm", x)))


def _attention(layers: "_Layers", x: ov.Node, heads: int, turn: tuple[ov.Node, ov.Node] | None) -> ov.Node:
    """Full attention; queries and keys are normalised and turned together, as ``(B, R, 2, H, 2 P)``."""
    branches, rows, width = x.get_output_shape(0) if isinstance(x, ov.Node) else x.get_shape()
    qkv = op.reshape(layers.linear("qkv", x), [branches, rows, 3, heads, width // heads], special_zero=False)
    qk, v = op.variadic_split(qkv, 2, [2, 1]).outputs()
    qk = op.multiply(_norm(qk), layers.stacked("query_norm.weight", "key_norm.weight"))
    if turn is not None:
        qk = _rotate(qk, *turn)
    q, k = op.split(qk, 2, 2).outputs()
    q, k, v = (op.transpose(op.squeeze(part, 2), [0, 2, 1, 3]) for part in (q, k, v))
    mixed = op.transpose(op.scaled_dot_product_attention(q, k, v), [0, 2, 1, 3])
    return layers.linear("out", op.reshape(mixed, [branches, rows, width], special_zero=False))


def _rotate(x: ov.Node, cos: ov.Node, sin: ov.Node) -> ov.Node:
    """Rotary positions; the first half of a head is the real part of each pair."""
    real, imaginary = op.split(x, 4, 2).outputs()
    turned = op.subtract(op.multiply(real, cos), op.multiply(imaginary, sin))
    return op.concat([turned, op.add(op.multiply(imaginary, cos), op.multiply(real, sin))], 4)


def _feed(layers: "_Layers", x: ov.Node) -> ov.Node:
    """SwiGLU."""
    gate, value = layers.halves("up", x)
    return layers.linear("down", op.multiply(op.swish(gate), value))


def _answer(layers: "_Layers", x: ov.Node, shift_scale: ov.Node) -> ov.Node:
    shift, scale = op.split(shift_scale, 2, 2).outputs()
    return layers.linear("head_out", op.swish(layers.linear("head_in", _modulate(x, shift, scale))))


def _modulate(x: ov.Node, shift: ov.Node, scale: ov.Node) -> ov.Node:
    return op.add(op.multiply(_norm(x), op.add(scale, _ONE)), shift)


def _norm(x: ov.Node) -> ov.Node:
    """Root-mean-square normalisation over the last axis, in the form the CPU plugin fuses into one kernel."""
    mean = op.reduce_mean(op.power(x, np.float32(2)), -1, keep_dims=True)
    return op.multiply(x, op.divide(_ONE, op.sqrt(op.add(mean, np.float32(EPSILON)))))


def _rows(x: ov.Node, start: int, stop: int) -> ov.Node:
    return op.slice(x, [start], [stop], [1], [1])


class _Layers:
    """Weights by name below a prefix, and the layers that are nothing but weights."""

    def __init__(self, weights: Mapping[str, Floats], prefix: str) -> None:
        self._weights, self._prefix = weights, prefix

    def under(self, prefix: str) -> "_Layers":
        """The weights one level down."""
        return _Layers(self._weights, self._prefix + prefix)

    def constant(self, name: str) -> ov.Node:
        """One array of weights."""
        return _constant(self._weights[self._prefix + name])

    def flat(self, name: str) -> ov.Node:
        """One array of weights as a vector."""
        return _constant(self._weights[self._prefix + name].reshape(-1))

    def stacked(self, *names: str) -> ov.Node:
        """Vectors ``(2 P,)`` of weights as ``(names, 1, 2 P)``."""
        return _constant(np.stack([self._weights[self._prefix + name] for name in names])[:, None])

    def linear(self, name: str, x: ov.Node) -> ov.Node:
        """A matrix of weights and, where there is one, a bias."""
        y = op.matmul(x, self.constant(f"{name}.weight"), transpose_a=False, transpose_b=True)
        bias = f"{name}.bias"
        return op.add(y, self.constant(bias)) if self._prefix + bias in self._weights else y

    def halves(self, name: str, x: ov.Node) -> tuple[ov.Node, ov.Node]:
        """Both halves of what a matrix of weights gives; made apart, since splitting a large array copies it."""
        upper, lower = np.split(self._weights[f"{self._prefix}{name}.weight"], 2)
        return tuple(op.matmul(x, _constant(half), transpose_a=False, transpose_b=True) for half in (upper, lower))

    def scaled_norm(self, name: str, x: ov.Node) -> ov.Node:
        """Normalisation with a learned scale."""
        return op.multiply(_norm(x), self.constant(f"{name}.weight"))


def _constant(array: npt.NDArray[np.float32]) -> ov.Node:
    return ov.op.Constant(np.ascontiguousarray(array), shared_memory=True)
