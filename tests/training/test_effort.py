"""Operations counted on paper are those that torch counts while it works."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from torch.utils.flop_counter import FlopCounterMode  # noqa: E402  after the guard

from tests.small_codec import CODEC  # noqa: E402  after the guard
from vitascope.models.codec import ConvNet  # noqa: E402  after the guard
from vitascope.training import effort, presets  # noqa: E402  after the guard
from vitascope.training.data import Batch  # noqa: E402  after the guard
from vitascope.training.objective import Objective  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def test_the_transformer_costs_what_is_said():
    """Within 3 %: text and levels are left out."""
    preset = presets.xs()
    preset = replace(preset, net=replace(preset.net, depth=2), codec=replace(preset.codec, channels=64))
    objective = Objective(preset, torch.zeros(1, 16, 64), 0.0)
    words = torch.zeros(4, 1, 16, dtype=torch.long)
    batch = Batch(
        clip_BND=torch.zeros(1, 9 * 16, 64), covered_BN=torch.zeros(1, 9 * 16), words_4BW=words, look_BND=None
    )

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        objective.loss(batch, 33, torch.Generator())

    assert counter.get_total_flops() == pytest.approx(effort.denoising("33", preset), rel=0.03)


def test_the_codec_costs_what_is_said():
    """To the last operation: it is convolutions and nothing else."""
    net = ConvNet(CODEC)
    clip = torch.zeros(1, 5, 3, 64, 96)

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net.decode(net.encode(clip))

    assert counter.get_total_flops() == effort.coding(CODEC, (96, 64), 2)


def test_the_decoder_of_s_is_the_one_that_was_designed():
    """102 GF to decode 33 frames of 256 x 256 (reference: decoder F), four million weights."""
    assert effort.decoding(presets.conv().codec, (256, 256), 9) == pytest.approx(102e9, rel=0.03)


def test_a_share_is_only_told_where_the_peak_is_known():
    """In the unit people compare."""
    assert "100 TF/s, MFU 10.1% of 989" == effort.share(1e14, 1.0, 989)
    assert "100 TF/s" == effort.share(1e14, 1.0, 0)
