"""Numbers a network is trained in are those that the machine multiplies fast."""

import pytest

torch = pytest.importorskip("torch")

from vitascope.training import precision  # noqa: E402  after the guard


@pytest.mark.parametrize("supported", [True, False])
def test_a_processor_that_does_not_multiply_bfloat16_keeps_float32(monkeypatch, supported):
    """A GPU is always asked for it; a processor only where it has the instructions."""
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: supported)
    rows = torch.ones(4, 8)

    with precision.autocast("cpu"):
        product = rows @ rows.T

    assert (torch.bfloat16 if supported else torch.float32) == product.dtype
    assert precision.multiplies_bfloat16("cuda")
