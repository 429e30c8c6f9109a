"""Engines side by side: a page that says what was measured, and processes that take turns."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from vitascope.backends.choose import SHIPPED
from vitascope.backends.weights import load_preset
from vitascope.bench import child
from vitascope.bench.compare import Child, Comparison, Measured
from vitascope.bench.engine import PROMPT, living
from vitascope.bench.page import page
from vitascope.errors import VitascopeError
from vitascope.shipped import MODEL
from vitascope.text.reading import read

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


def test_a_living_thing_has_a_table_of_its_own():
    """Where the model paints a thing frame by frame the page tells what that costs, and beside whom."""
    stored = json.loads((ROOT / "docs/benchmarks.json").read_text())
    engines = [{**engine, "seconds": [3.25], "median": 3.25} for engine in stored["engines"]["engines"][:2]]

    warm, preview = ({**stored["warm"], "median_s": seconds} for seconds in (1.97, 0.61))
    lived = {"prompt": "bee on a beach", "engines": engines, "warm": warm, "preview": preview}
    told = page(stored | {"living": lived})

    section = told.partition("## A thing that moves by itself")[2]
    assert '"bee on a beach"' in section
    assert 2 == section.count("3.250-3.250")
    assert "1.97 s" in section
    assert "first picture after 0.61 s" in section
    assert "A thing that moves" not in page(stored | {"living": None})


def test_the_living_thing_is_one_that_the_model_paints_frame_by_frame():
    """Its prompt is read as that thing, and none is named where none is painted so."""
    preset = load_preset(SHIPPED / f"{MODEL}.json")
    prompt = living(preset)

    assert [preset.alive[0]] == [entity.subject for entity in read(prompt).scene.entities]
    assert [None, None] == [living(replace(preset, alive=alive)) for alive in ((), None)]


def test_an_engine_makes_the_clip_it_is_asked_for():
    """The usual one, or that of a living thing: the prompt goes all the way down."""
    preset = load_preset(SHIPPED / f"{MODEL}.json")

    plans = [child.opened("openvino", MODEL, threads=1, prompt=prompt).plan for prompt in (PROMPT, living(preset))]

    assert [PROMPT, living(preset)] == [plan.prompt for plan in plans]
