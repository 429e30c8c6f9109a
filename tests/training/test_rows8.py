"""Int8 rows: how far a weight moves, what is packed, and that every reader multiplies them out alike."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save  # noqa: E402  after the guard

from vitascope.backends.weights import _arrays  # noqa: E402  after the guard
from vitascope.models.transformer import Transformer  # noqa: E402  after the guard
from vitascope.training import presets, rows8  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def weights():
    """One matrix whose rows differ a thousandfold, and what stays as it is."""
    rng = torch.Generator().manual_seed(0)
    wide = torch.randn(16, 40, generator=rng) * torch.logspace(-2, 1, 16).unsqueeze(1)
    return {"blocks.0.feed.up.weight": wide, "stem.bias": torch.randn(16, generator=rng),
            "text.token.weight": torch.randn(8, 4, generator=rng), "mean": torch.zeros(4)}  # fmt: skip


def test_a_weight_moves_by_half_a_step_at_most():
    """A step is a 127th of the largest of its row, however small the row."""
    given = weights()["blocks.0.feed.up.weight"]

    back = rows8.unpacked(rows8.packed(weights()))["blocks.0.feed.up.weight"]

    step = given.abs().amax(1, keepdim=True) / 127
    assert bool(((back - given).abs() <= step * 0.5001).all())


def test_both_readers_agree():
    """NumPy at the desk and torch in the workshop multiply out the same numbers; other arrays stay bfloat16."""
    packed = rows8.packed(weights())

    there, here = rows8.unpacked(packed), _arrays(bytearray(save(packed)))

    assert there.keys() == here.keys() == weights().keys()
    for name, tensor in there.items():
        np.testing.assert_array_equal(tensor.numpy(), here[name])
    assert packed["text.token.weight"].dtype == torch.bfloat16


def test_a_row_of_zeros_stays_one():
    """Nothing is divided by nothing."""
    zeros = {"blocks.0.feed.up.weight": torch.zeros(2, 3)}

    assert torch.equal(torch.zeros(2, 3), rows8.unpacked(rows8.packed(zeros))["blocks.0.feed.up.weight"])


def test_the_s_preset_fits_with_its_codec():
    """Transformer in int8 rows and codec in bfloat16: at most 32 MiB, counted without making a weight."""
    from vitascope.models.codec import ConvNet
    from vitascope.training.export import LARGEST

    preset = presets.conv()
    with torch.device("meta"):
        net, codec = Transformer(preset).state_dict(), ConvNet(preset.codec).state_dict()
    size = sum(t.numel() * (1 if rows8.is_packed(name, t) else 2) for name, t in net.items())
    size += sum(2 * t.numel() for t in codec.values())

    assert size < 0.99 * LARGEST
