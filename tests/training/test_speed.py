"""Speed is measured before training, on weights drawn by chance; rounding, on weights that went through int8."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.small_codec import CODEC  # noqa: E402  after the guard
from vitascope.text.words import no_words  # noqa: E402  after the guard
from vitascope.training import candidates, presets, rounding, speed  # noqa: E402  after the guard
from vitascope.types import Plan  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def tiny():
    """The s preset with every part at its smallest."""
    preset = presets.conv_small()
    net = replace(preset.net, width=64, depth=1, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    return replace(preset, name="tiny", net=net, codec=CODEC, size=(64, 64))


def test_a_preset_nobody_trained_makes_a_clip():
    """Network, then the first frame, then the rest: the parts add up in that order."""
    preset = tiny()
    plan = Plan(
        prompt="", words=no_words(), frames=33, keep=33, size=(64, 64), output_size=(64, 64), fps=8, seed=7, steps=2,
        guidance=1.0, first_frame=None, model="tiny", container="mp4", notes=(),
    )  # fmt: skip

    spent = speed.timed(candidates.opened(preset, speed.chance(preset), 1), plan)

    assert 0 < spent.network < spent.first < spent.all


def test_operations_of_s_are_those_of_the_design():
    """Four evaluations of 24 GF and a decoder of 102 (reference, section 7)."""
    assert speed.operations(presets.conv(), 4) == pytest.approx(200e9, rel=0.05)


def test_decibels_of_pairs():
    """Mean and least; equal clips are beyond every scale."""
    grey = np.full((2, 4, 4, 3), 100, np.uint8)

    mean, least = rounding.decibels([grey, grey], [grey + np.uint8(1), grey + np.uint8(10)])

    assert least == pytest.approx(10 * np.log10(255**2 / 100), abs=0.01)
    assert mean > least
    assert rounding.decibels([grey], [grey])[0] > 70
