"""A rival of another make costs what ours costs: its shape follows from counted operations, ours and its own."""

from dataclasses import replace

import pytest

from vitascope.backends.choose import SHIPPED
from vitascope.backends.weights import load_preset
from vitascope.shipped import MODEL

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch", reason="needs torch: run with TORCH=1")
rivals = pytest.importorskip("vitascope.bench.rivals", reason="needs diffusers: `make bench`", exc_type=ImportError)

PRESET = load_preset(SHIPPED / f"{MODEL}.json")


def guided(guidance):
    return replace(PRESET, sampler=replace(PRESET.sampler, guidance=guidance))


@pytest.mark.parametrize(("guidance", "gigaflops"), [(1.5, 41.2), (1.0, 20.6), (1.5, 91.0), (1.0, 10.0)])
def test_a_rival_costs_no_less_than_ours_and_at_most_a_tenth_more(guidance, gigaflops):
    """Whether each step is one pass of the network or two, and whatever a clip of ours costs."""
    shape = rivals.shape_for(gigaflops * 1e9, guided(guidance))

    assert gigaflops * 1e9 <= shape.flops <= rivals.ROOM * gigaflops * 1e9
    assert shape.width <= PRESET.net.width


def test_it_has_our_width_where_that_can_be():
    """A narrower network does the same arithmetic in smaller products, which is a handicap."""
    assert PRESET.net.width == rivals.shape_for(41.2e9, guided(1.5)).width
    assert PRESET.net.width == rivals.shape_for(20.6e9, guided(1.0)).width
    assert PRESET.net.width > rivals.shape_for(5e9, guided(1.5)).width


def test_where_none_is_small_enough_the_smallest_is_taken():
    """And it says what it costs, so that nobody takes it for an equal."""
    shape = rivals.shape_for(1e8, guided(1.5))

    assert (rivals.HEAD, 1, rivals.DECODERS) == (shape.width, 1, shape.decoder)
    assert shape.flops > rivals.ROOM * 1e8


def test_what_was_planned_is_what_is_run():
    """The pipeline, run once and counted, does the operations its shape was chosen for, to one in a thousand."""
    torch.set_num_threads(1)
    rival = rivals.Rival(guided(1.0), 5e9, torch.float32)

    facts = rival.facts()

    assert rival.shape.flops == pytest.approx(facts.flops, rel=1e-3)
    assert 5e9 <= facts.flops <= rivals.ROOM * 5e9
    assert f"width {rival.shape.width}, {rival.shape.layers} layers" in facts.note
