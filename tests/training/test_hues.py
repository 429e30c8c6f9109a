"""A turn of the hue on packed rows is the turn of every pixel, and only of the clips it was asked for."""

import math
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vitascope.backends.codec import LappedCodec, spectrum  # noqa: E402  after the guard
from vitascope.training import hues  # noqa: E402  after the guard
from vitascope.training.presets import preset  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def test_a_third_of_a_turn_makes_red_green_and_green_blue():
    """Decoded, the pixels are those of before with their three colours moved on by one."""
    rules = preset("xs").codec
    codec = LappedCodec(rules)
    frame = np.random.default_rng(0).integers(90, 160, (1, 64, 64, 3)).astype(np.uint8)
    rows = torch.from_numpy(codec.encode(frame))

    turned = hues.turned(rows, torch.tensor([2 * math.pi / 3]), rules)

    before, after = (next(codec.decode(r.numpy(), (64, 64))).astype(int) for r in (rows, turned))
    assert np.abs(after - before[..., [1, 2, 0]]).max() <= 1


def test_channels_that_lost_their_partner_keep_their_hue():
    """Thirty-two channels cut pairs of opponent colours in two; those that are whole are still of one frequency."""
    rules = replace(preset("s").codec, channels=32)
    first, second = hues._pairs(rules)
    kept, _ = spectrum(rules)

    assert 0 < len(first) == len(second)
    assert {1024} == set((kept[second] - kept[first]).tolist())


def test_only_chosen_clips_are_turned():
    """About half of the chosen ones get an angle, the others none."""
    chosen = torch.arange(4000) < 1000

    angle = hues.angles(chosen, torch.Generator().manual_seed(0))

    assert not bool(angle[1000:].any())
    assert float((angle[:1000] != 0).float().mean()) == pytest.approx(0.5, abs=0.06)


def test_a_learned_codec_knows_no_hues():
    """Its channels mean nothing by themselves: rows come back as they are."""
    rows = torch.ones(1, 4, preset("conv-small").codec.channels)

    assert hues.turned(rows, torch.tensor([1.0]), preset("conv-small").codec) is rows
