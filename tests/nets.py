"""Random weights of a preset's network, by name and shape, without torch: every array random, none left at zero."""

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
