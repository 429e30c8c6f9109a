"""What the diary of a run adds up to."""

import json

import pytest

pytest.importorskip("torch")

from vitascope.training.journey import flops_of, from_json, journey, to_json, together
from vitascope.training.presets import xs

pytestmark = pytest.mark.torch


def diary(path, lines):
    """A diary of (step, kind, loss, seen, seconds)."""
    keys = ("step", "kind", "loss", "seen", "seconds")
    path.write_text("".join(json.dumps(dict(zip(keys, line, strict=True))) + "\n" for line in lines))
    return path


def test_a_run_in_two_sittings_adds_up(tmp_path):
    """Seconds begin anew when a run is taken up again; steps and clips go on."""
    path = diary(tmp_path / "steps.jsonl", [(1, "1", 4.0, 96, 3600.0), (2, "17", 2.0, 128, 5400.0),
                                            (3, "17", 1.0, 160, 1800.0)])  # fmt: skip

    made = journey(path, xs())

    assert (3, {"1": 96, "17": 64}, 2.0) == (made.steps, made.seen, made.hours)
    assert {"1": 4.0, "17": 1.5} == made.loss
    assert made.flops == 96 * flops_of("1", xs()) + 64 * flops_of("17", xs())
    assert made == from_json(to_json(made))


def test_a_run_begun_with_the_weights_of_another_adds_to_it(tmp_path):
    """Steps, clips, hours and arithmetic of both; the loss of the one that came last."""
    first = journey(diary(tmp_path / "a.jsonl", [(1, "1", 4.0, 96, 3600.0), (2, "17", 3.0, 128, 3600.0)]), xs())
    second = journey(diary(tmp_path / "b.jsonl", [(1, "17", 2.0, 32, 1800.0)]), xs())

    both = together(first, second)

    assert (3, {"1": 96, "17": 64}, 1.5) == (both.steps, both.seen, both.hours)
    assert {"1": 4.0, "17": 2.0} == both.loss
    assert both.flops == first.flops + second.flops


def test_longer_clips_cost_more():
    """Five latents cost more than one and less than five times as much, as the words come on top only once."""
    one, five = flops_of("1", xs()), flops_of("17", xs())

    assert one < five < 5 * one
    assert flops_of("17r", xs()) > five
