"""Random weights of a preset's network, by name and shape, without torch: every array random, none left at zero."""

from itertools import pairwise

import numpy as np


def random_weights(preset, seed=0):
    """All weights of the network as float32 arrays of a size at which signals neither fade nor blow up."""
    rng = np.random.default_rng(seed)
    return {name: _array(rng, name, shape) for name, shape in shapes(preset).items()}


def shapes(preset):
    """The shape of every array by the name the torch modules give it."""
    net, channels = preset.net, preset.codec.channels
    width = net.width
    return {
        "mean": (channels,),
        "spread": (channels,),
        "tag.weight": (3, width),
        **_affine("stem", channels, width),
        **_affine("place", 64, width),
        **_affine("level.0", 128, width),
        **_affine("level.2", width, width),
        **_affine("six", width, net.modulations * 6 * width),
        **_affine("last", width, 2 * width),
        **_affine("head_in", width, 2 * width),
        **_affine("head_out", 2 * width, channels),
        **{f"blocks.{n}.table": (6, width) for n in range(net.depth)},
        **{k: v for n in range(net.depth) for k, v in _block(f"blocks.{n}", width, net.heads, net.hidden).items()},
        **{f"{name}.weight": (width,) for name in _behind(net.depth)},
        **_text(net),
    }


def _text(net):
    width = net.text_width
    hidden = 64 * round(width * 8 / 3 / 64)
    blocks = [f"text.blocks.{n}" for n in range(net.text_depth)]
    return {
        "text.token.weight": (net.vocabulary, width),
        "text.role.weight": (16, width),
        "text.entity.weight": (4, width),
        "text.segment.weight": (4, width),
        "text.order": (net.words, width),
        "text.norm.weight": (width,),
        **_affine("text.to_rows", width, net.width),
        **_affine("text.to_pooled", width, net.width),
        **_pool(net),
        **{f"{block}.{norm}.weight": (width,) for block in blocks for norm in ("attention_norm", "feed_norm")},
        **{k: v for block in blocks for k, v in _block(block, width, net.text_heads, hidden).items()},
    }


def _pool(net):
    inner = net.pool * net.width
    return {**_affine("text.pool_in", net.width, inner), **_affine("text.pool_out", inner, net.width)} if inner else {}


def _behind(depth):
    """Norms behind the branches."""
    blocks = [f"blocks.{n}.{norm}" for n in range(depth) for norm in ("attention_norm", "feed_norm")]
    return [*blocks, "text.row_norm"]


def _affine(name, into, out):
    return {f"{name}.weight": (out, into), f"{name}.bias": (out,)}


def _block(name, width, heads, hidden):
    return {
        f"{name}.attention.qkv.weight": (3 * width, width),
        f"{name}.attention.out.weight": (width, width),
        f"{name}.attention.query_norm.weight": (width // heads,),
        f"{name}.attention.key_norm.weight": (width // heads,),
        f"{name}.feed.up.weight": (2 * hidden, width),
        f"{name}.feed.down.weight": (width, hidden),
    }


def _array(rng, name, shape):
    noise = rng.standard_normal(shape, np.float32)
    if name == "spread":
        return 1 + np.abs(noise)
    if "norm" in name:
        return 1 + np.float32(0.1) * noise
    is_table = len(shape) == 1 or name.startswith(("text.token", "text.role", "text.entity", "text.segment", "tag"))
    return noise * np.float32(0.3 if is_table or name.endswith(("table", "order")) else shape[-1] ** -0.5)


def animator_weights(preset, seed=1):
    """All weights of an animator, by name and shape."""
    rng = np.random.default_rng(seed)
    return {f"animator.{name}": _small(rng, shape) for name, shape in _animator(preset).items()}


def _small(rng, shape):
    into = np.prod(shape[1:]) if len(shape) > 1 else 9
    return rng.standard_normal(shape, np.float32) * np.float32(into**-0.5)


def _animator(preset):
    widths, hidden = preset.widths, preset.hidden
    pairs = list(pairwise(widths))
    kernels = {"enter": (12, widths[0], 3), "leave": (widths[0], 64, 3), "edge": (19, 16, 3), "end": (16, 5, 3)}
    kernels |= {f"down.{n}": (4 * one, other, 1) for n, (one, other) in enumerate(pairs)}
    kernels |= {f"up.{n}": (other, 4 * one, 1) for n, (one, other) in enumerate(pairs)}
    for name in ("before", "after"):
        kernels |= {f"{name}.{n}.{part}": (w, w, 3) for n, w in enumerate(widths) for part in ("first", "second")}
    layers = {f"matte.{n}.weight": (out, into, side, side) for n, (into, out, side) in kernels.items()}
    layers |= {f"matte.{n}.bias": (out,) for n, (_, out, _) in kernels.items()}
    wide = preset.words + 4 + 2 + 1 + 1 + 48
    return {
        **layers,
        "track.token.weight": (256, preset.words),
        **_affine("track.first", wide, hidden),
        **{k: v for n in range(3) for k, v in _affine(f"track.middle.{n}", hidden, hidden).items()},
        **_affine("track.last", hidden, 8),
    }
