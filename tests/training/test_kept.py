"""Whether kept characters stay who they are is told by colour and outline, and tells one drawing from another."""

import numpy as np

from vitascope.training.kept import found, judged, kept_from

PLACE = np.random.default_rng(0).integers(90, 110, (64, 64, 3)).astype(np.uint8)


def _drawing(colour, wide):
    drawing = np.zeros((64, 64, 4), np.float32)
    drawing[20:44, 32 - wide : 32 + wide] = (*colour, 1)
    return drawing


KNOWN = [_drawing((1, 0, 0), 8), _drawing((0, 0, 1), 8), _drawing((1, 0, 0), 24)]


def test_a_thing_in_a_place_is_known_again():
    """By its colour and its outline; of shuffled ones none is."""
    shown = [found(kept_from(PLACE)(one), PLACE) for one in KNOWN]

    right, apart = judged(shown, KNOWN)
    assert [True] * 3 == right
    assert max(apart) < 2
    assert [False] * 3 == judged([*shown[1:], *shown[:1]], KNOWN)[0]


def test_a_cut_out_keeps_colours_and_outline():
    """Colours that were multiplied by the matte are whole again."""
    half = KNOWN[0] / 2

    cut = kept_from(None)(half)

    assert (255, 0, 0, 128) == tuple(cut[30, 30])
    assert 0 == cut[0, 0, 3]
