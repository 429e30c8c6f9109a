"""Engines side by side: a page that says what was measured, and processes that take turns."""

import json
from pathlib import Path

import pytest

from vitascope.bench.compare import Child, Comparison, Measured
from vitascope.bench.page import page
from vitascope.errors import VitascopeError

ROOT = Path(__file__).parents[2]


def _engine(name, seconds, flops=0.0):
    return Measured(name=name, version="1", dtype="bf16", threads=2, note="", flops=flops, seconds=seconds,
                    network=0.1, opening_seconds=1.0, peak_mb=300.0)  # fmt: skip


def test_the_floor_is_arithmetic_over_the_peak():
    """Fifty GF at a hundred GF/s take half a second; ratios are medians over ours."""
    engines = (_engine("openvino", (1.0, 9.0, 1.0)), _engine("torch", (3.0, 2.0, 4.0), flops=50e9))
    found = Comparison(engines=engines, peak_flops=100e9, peak_dtype="bf16")

    assert 0.5 == found.floor
    assert 3.0 == found.times_ours("torch")


def test_the_page_is_what_was_measured():
    """docs/benchmarks.md is made from the numbers beside it, and from nothing else."""
    stored = json.loads((ROOT / "docs/benchmarks.json").read_text())

    assert page(stored) == (ROOT / "docs/benchmarks.md").read_text()


def test_an_engine_makes_a_clip_for_every_turn():
    """A process of its own opens, makes what it is asked for, and tells seconds and peak memory."""
    with Child("openvino", "s", threads=1) as child:
        child.once()
        found = child.ended()

    assert "openvino" == found.name
    assert 1 == len(found.seconds)
    assert 0 < found.network < found.median
    assert found.peak_mb > 100


def test_an_engine_that_fails_is_no_measurement():
    """Its end is an error that names it."""
    with pytest.raises(VitascopeError, match="openvino ended with"):
        Child("openvino", "no-such-model", threads=1)
