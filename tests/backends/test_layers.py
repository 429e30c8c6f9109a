"""A picture in two layers: things go where tracks say, and what was behind them is filled."""

from dataclasses import replace

import numpy as np
import pytest
from moving import SIDE, drawn, picture, square, tracks, white

from vitascope.backends.layers import filled, lay, middle_of, sampled, spread, sprite, taken_apart


def test_a_thing_goes_where_its_track_says():
    """A quarter of the frame to the right is sixteen pixels of 64; where it stood is what lay behind it."""
    frame = drawn(square(), tracks(shift=(0.25, 0.0)))

    assert (8, 24, 24, 40) == white(frame)
    assert np.all(frame[8:24, 8:24] == 128)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scale": 0.5}, (12, 20, 12, 20)),
        ({"angle": np.pi / 2}, (8, 24, 8, 24)),
        ({"angle": np.pi / 2, "shift": (0.25, 0.25)}, (24, 40, 24, 40)),
        ({"shift": (0.0, 0.75), "scale": 1.0}, (56, 64, 8, 24)),
    ],
)
def test_it_turns_and_grows_about_its_own_middle(changes, expected):
    """And may leave the frame."""
    assert expected == white(drawn(square(), tracks(**changes)))


def test_a_turn_is_clockwise():
    """A square whose upper half is black: a quarter of a turn takes it to the right."""
    layers = square()
    layers.thing[8:16, :, :3] = 0
    frame = drawn(layers, tracks(angle=np.pi / 2))

    assert (8, 24, 8, 16) == white(frame)
    assert np.all(frame[9:23, 17:23] == 0)


def test_what_fades_shows_the_plate():
    """Half of it, half of what is behind."""
    frame = drawn(square(), tracks(opacity=0.5))

    np.testing.assert_allclose(191.5, frame[10:22, 10:22], atol=0.6)


def test_a_camera_moves_the_plate_and_finds_a_mirror_at_its_edge():
    """A pan of a quarter shows what was sixteen pixels further right, and beyond the edge the same again."""
    ramp = np.tile(np.linspace(0, 1, SIDE, dtype=np.float32)[None, :, None], (SIDE, 1, 3))
    nothing = np.zeros((SIDE, SIDE), np.float32)
    layers = replace(taken_apart(picture(), nothing, nothing, ramp), plate=ramp)
    frame = drawn(layers, tracks(pan=(0.25, 0.0)))[0, :, 0].astype(int)

    np.testing.assert_array_equal(np.rint(ramp[0, 16:, 0] * 255), frame[:48])
    np.testing.assert_array_equal(np.rint(ramp[0, ::-1, 0][1:17] * 255), frame[48:])


def test_sampling_between_pixels_is_a_mean():
    """Half a pixel to the side."""
    line = np.float32([[[0], [1], [0], [0]]])
    half = np.array([[1, 0, 0.5], [0, 1, 0.0]])

    np.testing.assert_allclose([0.5, 0.5, 0, 0], sampled(line, half, (0, 1, 0, 4))[0, :, 0])


def test_the_middle_of_a_thing():
    """In shares of the sides; of nothing it is the middle of the picture."""
    assert (0.25, 0.25) == pytest.approx(middle_of(square().thing))
    assert (0.5, 0.5) == middle_of(np.zeros((SIDE, SIDE, 4), np.float32))


def test_a_hole_in_paper_is_filled_with_paper():
    """Whatever ghost the network sees there; the light on it goes on through the hole."""
    light = np.linspace(0.7, 0.9, SIDE, dtype=np.float32)[None, :, None].repeat(SIDE, 0).repeat(3, 2)
    shown, ghost, hole = light.copy(), light + np.float32(0.05), np.zeros((SIDE, SIDE), np.float32)
    shown[20:44, 20:44], hole[20:44, 20:44] = 0.1, 1

    np.testing.assert_allclose(light, filled(shown, ghost, hole), atol=0.02)


def test_where_a_network_has_seen_something_behind_it_is_believed():
    """A black trunk behind the hole, far from the colours around."""
    shown = np.full((SIDE, SIDE, 3), 0.8, np.float32)
    guess, hole = shown.copy(), np.zeros((SIDE, SIDE), np.float32)
    guess[:, 28:36], hole[20:44, 16:48] = 0.1, 1

    behind = filled(shown, guess, hole)

    np.testing.assert_allclose(0.1, behind[22:42, 30:34], atol=0.02)
    np.testing.assert_allclose(0.8, behind[22:42, 18:22], atol=0.02)


def test_a_hole_is_wider_than_what_is_seen():
    """By two pixels, all of it open; a faint one is a hole, too."""
    seen = np.zeros((SIDE, SIDE), np.float32)
    seen[30:34, 30:34] = 0.6

    assert spread(seen)[29:35, 29:35].min() == 1
    assert spread(seen)[:26].max() == 0


def test_a_mirrored_thing_looks_the_other_way():
    """About its own middle: what was black on the left is black on the right."""
    layers = square()
    layers.thing[:, 8:16, :3] = 0
    frame = layers.plate.copy()
    lay(frame, sprite(layers.thing), replace(tracks(), mirrored=True), 0, (0.25, 0.25))

    assert np.all(frame[8:24, 16:24] == 0)
    assert np.all(frame[8:24, 8:16] == 1)
