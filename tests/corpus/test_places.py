"""Painted places: seeded, whole, and told apart by their colours and layout alone."""

import numpy as np
import pytest

from vitascope.text.world import EDITIONS, PLACES, TIMES

pytestmark = pytest.mark.torch  # painting needs OpenCV, which comes with the extra that brings torch

FARTHER = ("jungle", "farm", "lake", "cave", "volcano", "castle", "village", "moon", "stage", "kitchen")
ALL = tuple(dict.fromkeys((*PLACES, *FARTHER)))
LAMPLIT = ("room", "kitchen", "stage")  # their walls are lit by lamps, not by the hour


def _paint(place, time, seed, side=192):
    from vitascope.corpus.places import paint

    return paint(place, time, np.random.default_rng(seed), side)


def _glance(picture):
    """What is left of a picture at 8 x 8 pixels."""
    side = len(picture) // 8
    return picture[: side * 8, : side * 8].reshape(8, side, 8, side, 3).mean(axis=(1, 3)).ravel()


def test_every_place_has_its_painter():
    """The table paints the places of the world and ten more, each under its own name."""
    from vitascope.corpus.places import PAINTERS

    assert set(ALL) == set(PAINTERS) == set(EDITIONS[-1].places)
    assert len(ALL) == len(set(PAINTERS.values())) == 22


@pytest.mark.parametrize("place", ALL)
def test_a_seed_gives_one_picture(place):
    """The same seed paints the same picture, another seed another, each time of day another."""
    pictures = {_paint(place, time, seed=4).tobytes() for time in TIMES}

    assert (192, 192, 3) == _paint(place, "day", seed=4).shape
    assert len(TIMES) == len(pictures)
    assert _paint(place, "day", seed=4).tobytes() in pictures
    assert _paint(place, "day", seed=5).tobytes() not in pictures


@pytest.mark.parametrize("place", ALL)
@pytest.mark.parametrize("time", TIMES)
def test_no_spot_is_left_unpainted(place, time, monkeypatch):
    """What the canvas was before does not shine through anywhere."""
    from vitascope.corpus import places

    def over(ground):
        monkeypatch.setattr(places, "blank", lambda side: np.full((side, side, 3), ground, np.uint8))
        return [_paint(place, time, seed, side=96) for seed in range(8)]

    np.testing.assert_array_equal(over(0), over(255))


def test_places_are_told_apart_at_a_glance():
    """By the mean of five paintings at 8 x 8 pixels, at least 95 % of new ones are put where they belong."""
    known = {(p, t): np.mean([_glance(_paint(p, t, s)) for s in range(5)], axis=0) for p in ALL for t in TIMES}
    right = {place: [] for place in ALL}
    for place, time in known:
        for seed in range(100, 102):
            seen = _glance(_paint(place, time, seed))
            nearest = min(known, key=lambda pair: float(np.abs(known[pair] - seen).sum()))
            right[place].append((place, time) == nearest)

    assert np.mean(list(right.values())) >= 0.95
    assert min(map(np.mean, right.values())) >= 0.75, right  # no place lives on the others' account


def test_times_have_their_light():
    """Night is darker than day outdoors, sunset is warmer, rain is greyer."""
    for place in set(ALL) - {"space", *LAMPLIT}:
        pictures = {time: _paint(place, time, seed=1) for time in TIMES}
        colour = {time: picture.mean(axis=(0, 1)) for time, picture in pictures.items()}
        assert colour["night"].mean() < 0.6 * colour["day"].mean(), place
        assert colour["sunset"][0] - colour["sunset"][2] > colour["day"][0] - colour["day"][2], place
        if place != "moon":  # which is grey by day
            assert np.ptp(pictures["rain"], axis=2).mean() < np.ptp(pictures["day"], axis=2).mean(), place


@pytest.mark.parametrize("place", LAMPLIT)
def test_lamps_are_lit_within(place):
    """Under a roof evenings are warmer and darker than days, but far from night; in rain it is as by day."""
    colour = {time: _paint(place, time, seed=1).mean(axis=(0, 1)) for time in TIMES}

    for evening in ("sunset", "night"):
        assert 0.5 * colour["day"].mean() < colour[evening].mean() < 0.95 * colour["day"].mean()
        warmth = colour[evening] / colour["day"]
        assert warmth[0] > warmth[2]
    assert np.abs(colour["rain"] - colour["day"]).max() < 40


@pytest.mark.parametrize("side", [96, 256])
def test_a_place_looks_alike_at_any_size(side):
    """Painting larger or smaller gives the same picture, not another part of it."""
    for place in ALL:
        near = np.abs(_glance(_paint(place, "day", 3, side)) - _glance(_paint(place, "day", 3, 192)))
        assert near.mean() < 6, place


def test_still_water_mirrors_the_shore():
    """What stands above the shore of the lake stands below it, upside down and somewhat flatter."""
    picture = _paint("lake", "day", seed=2).astype(float).mean(axis=2)
    shore = round(0.46 * 192)
    above = picture[shore - 30 : shore - 6, 30:160]
    alike = {
        name: np.corrcoef(above.ravel(), below[:, 30:160].ravel())[0, 1]
        for name, below in (
            ("mirrored", picture[shore + 6 : shore + 30][::-1]),
            ("upright", picture[shore + 6 : shore + 30]),
        )
    }

    assert alike["mirrored"] > max(0.5, alike["upright"] + 0.2)


@pytest.mark.parametrize("place", ["cave", "volcano"])
def test_what_shines_shines_at_night(place):
    """Crystals and lava keep their bright colours while the rest goes dark."""
    night = _paint(place, "night", seed=1)
    shining = (night.max(axis=2) > 180) & (np.ptp(night, axis=2) > 90)

    assert shining.mean() > 0.008
