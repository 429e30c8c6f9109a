"""Paths: every motion is unmistakable whatever the length of the clip, and parts of a storyboard join."""

import numpy as np
import pytest

from vitascope.corpus.motions import path
from vitascope.text.world import MOTIONS

LENGTHS = (9, 17, 33)


def _path(*motions, frames=17, seed=0):
    return path(motions, frames=frames, fps=8, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("frames", LENGTHS)
@pytest.mark.parametrize(("motion", "x", "y"), [("right", 1, 0), ("left", -1, 0), ("up", 0, -1), ("down", 0, 1)])
def test_travel_crosses_most_of_the_frame(motion, x, y, frames):
    """Right, left, up and down go about 60 % of the frame, straight, and never back."""
    for seed in range(20):
        moved = _path(motion, frames=frames, seed=seed)
        along, aside = moved.x * x + moved.y * y, moved.x * y + moved.y * x
        assert 0.55 < along[-1] - along[0] < 0.67
        assert np.diff(along).min() >= 0
        assert np.abs(aside).max() == 0
        assert moved.heading == x


@pytest.mark.parametrize("frames", LENGTHS)
def test_a_crossing_is_diagonal(frames):
    """Cross goes as far sideways as up or down, in all four directions."""
    ways = {
        (float(np.sign(m.x[-1])), float(np.sign(m.y[-1])))
        for m in (_path("cross", frames=frames, seed=seed) for seed in range(30))
    }

    assert {(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)} == ways


@pytest.mark.parametrize("frames", LENGTHS)
def test_a_jump_leaves_the_ground_and_lands(frames):
    """One or two high arcs a clip of two seconds, back on the ground at the end."""
    for seed in range(20):
        moved = _path("jump", frames=frames, seed=seed)
        assert -0.41 < moved.y.min() < -0.25
        assert moved.y[[0, -1]] == pytest.approx((0, 0), abs=1e-4)
        assert moved.y.max() <= 0


@pytest.mark.parametrize("seed", range(10))
def test_a_bounce_touches_the_ground_between(seed):
    """At least three hops in two seconds, each lower than a jump."""
    y = _path("bounce", frames=33, seed=seed).y
    tops = np.sum((y[1:-1] < y[:-2]) & (y[1:-1] <= y[2:]) & (y[1:-1] < -0.1))

    assert tops >= 3
    assert y.min() > -0.27


@pytest.mark.parametrize("frames", LENGTHS)
def test_a_spin_is_whole_turns(frames):
    """At least once round, and upright at the end."""
    for seed in range(10):
        turns = _path("spin", frames=frames, seed=seed).angle[-1] / (2 * np.pi)
        assert turns >= 0.999
        assert turns == pytest.approx(round(float(turns)), abs=1e-4)


def test_a_swing_hangs():
    """A pendulum goes 32 to 38 degrees to both sides, and sideways against its turn."""
    moved = _path("swing", frames=65)

    assert 28 < np.degrees(moved.angle.max()) < 39
    assert -39 < np.degrees(moved.angle.min()) < -28
    assert np.corrcoef(moved.x, moved.angle)[0, 1] < -0.99


@pytest.mark.parametrize(("motion", "factor"), [("grow", 2.2), ("shrink", 1 / 2.2)])
def test_growth_is_about_the_said_size(motion, factor):
    """Growing and shrinking change the size 2.2 times, half of it on either side of the size of the scene."""
    scale = _path(motion).scale

    assert scale[-1] / scale[0] == pytest.approx(factor, rel=1e-4)
    assert scale[0] * scale[-1] == pytest.approx(1, rel=1e-4)


def test_a_shake_is_quick_and_small():
    """Sideways and back several times a second, within a twentieth of the frame."""
    x = _path("shake", frames=17).x

    assert np.abs(x).max() < 0.06
    assert np.sum(np.diff(np.sign(np.diff(x))) != 0) >= 6


def test_what_appears_was_not_there():
    """Appearing fades in from nothing to all."""
    opacity = _path("appear").opacity

    assert (opacity[0], opacity[-1]) == (0, 1)
    assert np.diff(opacity).min() >= 0


def test_still_is_still():
    """Nothing moves but the drawing itself."""
    moved = _path("still")

    assert [np.ptp(values) for values in (moved.x, moved.y, moved.angle, moved.scale, moved.opacity)] == [0] * 5


@pytest.mark.parametrize("second", [motion for motion in MOTIONS if motion != "appear"])
def test_storyboards_join(second):
    """The second motion begins where the first one ended: no frame jumps further than a motion's own pace."""
    moved = _path("right", second, frames=65)
    step = np.hypot(np.diff(moved.x), np.diff(moved.y))

    assert moved.x[32] - moved.x[0] > 0.5
    assert step.max() < 0.12
    assert np.abs(np.diff(np.log(moved.scale))).max() < 0.1


def test_a_path_of_one_frame():
    """A still picture has a path too."""
    assert (1,) == _path("jump", frames=1).y.shape


def test_an_orbit_comes_round():
    """It ends where it began, as wide as a quarter of the picture to each side, larger in front than behind."""
    moved = _path("orbit", frames=65)

    assert abs(moved.x[-1] - moved.x[0]) + abs(moved.y[-1] - moved.y[0]) < 0.02
    assert 0.45 < np.ptp(moved.x) < 0.6
    assert 0.25 < np.ptp(moved.y) < 0.4
    assert moved.scale[np.argmax(moved.y)] > 1.2 * moved.scale[np.argmin(moved.y)]


def test_a_swimmer_goes_one_way_in_waves():
    """Across half the picture to the side it looks to, up and down on the way at least twice."""
    moved = _path("swim", frames=65)

    assert moved.heading * (moved.x[-1] - moved.x[0]) > 0.5
    assert (np.diff(moved.x) * moved.heading).min() >= 0
    assert np.sum(np.diff(np.sign(np.diff(moved.y))) != 0) >= 4
    assert 0.1 < np.ptp(moved.y) < 0.2
