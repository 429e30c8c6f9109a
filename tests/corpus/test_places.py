"""Painted places: seeded, whole, and told apart by their colours and layout alone."""

import numpy as np
import pytest

from vitascope.text.world import PLACES, TIMES

pytestmark = pytest.mark.torch  # painting needs OpenCV, which comes with the extra that brings torch


def _paint(place, time, seed, side=192):
    from vitascope.corpus.places import paint

    return paint(place, time, np.random.default_rng(seed), side)


def _glance(picture):
    """What is left of a picture at 8 x 8 pixels."""
    side = len(picture) // 8
    return picture[: side * 8, : side * 8].reshape(8, side, 8, side, 3).mean(axis=(1, 3)).ravel()


@pytest.mark.parametrize("place", PLACES)
def test_a_seed_gives_one_picture(place):
    """The same seed paints the same picture, another seed another, each time of day another."""
    pictures = {_paint(place, time, seed=4).tobytes() for time in TIMES}

    assert len(TIMES) == len(pictures)
    assert _paint(place, "day", seed=4).tobytes() in pictures
    assert _paint(place, "day", seed=5).tobytes() not in pictures


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("time", TIMES)
def test_no_spot_is_left_unpainted(place, time, monkeypatch):
    """What the canvas was before does not shine through anywhere."""
    from vitascope.corpus import places

    def over(ground):
        monkeypatch.setattr(places, "blank", lambda side: np.full((side, side, 3), ground, np.uint8))
        return [_paint(place, time, seed) for seed in range(8)]

    np.testing.assert_array_equal(over(0), over(255))


def test_places_are_told_apart_at_a_glance():
    """By the mean of five paintings at 8 x 8 pixels, at least 95 % of new ones are put where they belong."""
    known = {(p, t): np.mean([_glance(_paint(p, t, s)) for s in range(5)], axis=0) for p in PLACES for t in TIMES}
    found = []
    for place in PLACES:
        for time in TIMES:
            for seed in range(100, 102):
                seen = _glance(_paint(place, time, seed))
                nearest = min(known, key=lambda pair: float(np.abs(known[pair] - seen).sum()))
                found.append((place, time) == nearest)

    assert np.mean(found) >= 0.95


def test_times_have_their_light():
    """Night is darker than day outdoors, sunset is warmer, rain is greyer."""
    for place in set(PLACES) - {"space", "room"}:
        colour = {time: _paint(place, time, seed=1).mean(axis=(0, 1)) for time in TIMES}
        assert colour["night"].mean() < 0.6 * colour["day"].mean(), place
        assert colour["sunset"][0] - colour["sunset"][2] > colour["day"][0] - colour["day"][2], place
        assert np.ptp(colour["rain"]) < np.ptp(colour["day"]), place


@pytest.mark.parametrize("side", [96, 256])
def test_a_place_looks_alike_at_any_size(side):
    """Painting larger or smaller gives the same picture, not another part of it."""
    for place in PLACES:
        near = np.abs(_glance(_paint(place, "day", 3, side)) - _glance(_paint(place, "day", 3, 192)))
        assert near.mean() < 6, place
