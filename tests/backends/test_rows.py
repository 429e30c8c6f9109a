"""Rows of a clip know their place in space, time and noise."""

import numpy as np
import pytest
from fakes import PRESET

from vitascope.backends import rows
from vitascope.backends.base import Rows

CODEC = PRESET.codec
"""Stride 16, 4 frames."""


@pytest.mark.parametrize(("frames", "num_latents"), [(1, 1), (5, 2), (33, 9)])
def test_a_latent_for_the_first_frame_and_one_for_every_four(frames, num_latents):
    """1 + 4k frames have 1 + k latents."""
    assert rows.latents(frames, CODEC) == num_latents


@pytest.mark.parametrize("frames", [-3, 0, 2, 16])
def test_other_lengths_are_refused(frames):
    """With the number and the rule."""
    with pytest.raises(ValueError, match=f"{frames} frames are not 1 \\+ 4k"):
        rows.latents(frames, CODEC)


def test_latents_stand_at_the_middle_of_their_frames():
    """The first is the single frame 0, the next the frames 1 to 4, at 8 frames a second."""
    seconds = rows.latent_seconds(3, 8, CODEC)

    np.testing.assert_allclose([0, 2.5 / 8, 6.5 / 8], seconds)


def test_positions_run_through_time_then_down_then_across():
    """In sides of the square, two rows across here."""
    place = rows.positions(2, (32, 32), 8, CODEC)

    assert place.shape == (2 * rows.rows_of_latent((32, 32), CODEC), 3)
    assert place.dtype == np.float32
    np.testing.assert_allclose([[0, 0.25, 0.25], [0, 0.25, 0.75]], place[:2])
    np.testing.assert_allclose([2.5 / 8, 0.75, 0.75], place[-1])


def test_a_wide_frame_keeps_the_places_of_the_square():
    """Ten by six rows show what eight by eight do, one more to either side and none of the uppermost two."""
    square, wide, tall = (rows.positions(1, size, 8, CODEC)[:, 1:] for size in ((128, 128), (160, 96), (96, 160)))

    assert {y for y, _ in square.tolist()} - {y for y, _ in wide.tolist()} == {0.0625, 0.1875}
    assert {x for _, x in wide.tolist()} - {x for _, x in square.tolist()} == {-0.0625, 1.0625}
    assert {y for y, _ in tall.tolist()} - {y for y, _ in square.tolist()} == {-0.0625, 1.0625}
    assert {x for _, x in square.tolist()} - {x for _, x in tall.tolist()} == {0.0625, 0.9375}


@pytest.mark.parametrize(
    ("size", "spot", "reach", "box"),
    [
        ((128, 128), (0.5, 0.5), 0.375, (1, 7, 1, 7)),
        ((128, 128), (0.5, 0.62), 0.375, (2, 8, 1, 7)),
        ((160, 96), (0.5, 0.62), 0.375, (0, 6, 2, 8)),
        ((160, 96), (0.5, 0.5), 0.375, (-1, 5, 2, 8)),
        ((96, 160), (0.5, 0.5), 0.525, (1, 9, -1, 7)),
        ((96, 160), (0.5, 0.62), 0.375, (3, 9, 0, 6)),
        ((128, 128), (0.5, 0.62), 0.9, (0, 8, 0, 8)),
        ((32, 32), (0.5, 0.62), 0.2, (1, 2, 0, 2)),
    ],
)
def test_a_box_holds_the_rows_about_a_spot(size, spot, reach, box):
    """Where rows of the same place lie in frames of other shapes; never none, and none beyond frame and square."""
    assert box == rows.around(spot, reach, size, CODEC)

    kept = rows.positions(1, size, 8, CODEC, box)
    assert (box[1] - box[0]) * (box[3] - box[2]) == len(kept)
    assert np.abs(kept[:, 1:] - spot[::-1]).max() <= max(reach, 0.25)


def test_a_whole_frame_is_a_box_of_all_rows():
    """And in pixels it is the frame."""
    box = rows.whole((160, 96), CODEC)

    assert (0, 96, 0, 160) == rows.scaled(box, CODEC.stride)
    np.testing.assert_array_equal(rows.positions(2, (160, 96), 8, CODEC), rows.positions(2, (160, 96), 8, CODEC, box))


def test_a_box_beyond_the_frame_shares_with_it_what_lies_in_both():
    """Told as parts of either."""
    framed, boxed = rows.shared((-1, 5, 2, 12), (10, 6))

    assert (slice(0, 5), slice(2, 10)) == framed
    assert (slice(1, 6), slice(0, 8)) == boxed


def test_a_reference_stands_before_the_clip():
    """At the same places in y and x as a frame."""
    reference, clip = rows.reference_positions((64, 32), CODEC), rows.positions(1, (64, 32), 8, CODEC)

    assert set(reference[:, 0]) == {rows.REFERENCE_TIME}
    np.testing.assert_array_equal(clip[:, 1:], reference[:, 1:])


def test_words_speak_of_the_whole_clip_or_of_a_half():
    """Segment 0 is all of it, 1 the first half, 2 the second."""
    seconds = rows.word_seconds(np.array([[0, 1], [2, 0]], np.int32), 4.0)

    np.testing.assert_array_equal(np.array([[2, 1], [3, 2]], np.float32), seconds)


def state(t, r):
    """Rows of these levels; nothing else about them matters here."""
    count = len(t)
    return Rows(
        z_ND=np.zeros((count, 1), np.float32),
        t_N=np.array(t, np.float32),
        r_N=np.array(r, np.float32),
        position_N3=np.zeros((count, 3), np.float32),
        tag_N=np.zeros(count, np.int32),
    )


@pytest.mark.parametrize(
    ("t", "r", "count"),
    [([1, 1, 1], [1, 1, 1], 2), ([0, 1, 1], [0, 1, 1], 2), ([0.5, 0.25, 0.5], [0.4, 0.25, 0.5], 4), ([0], [0], 1)],
)
def test_groups_are_the_distinct_pairs_of_levels(t, r, count):
    """Group 0 is clean, where the words belong; every row finds its levels in its group."""
    now, then, group = rows.groups(state(t, r))

    assert len(now) == len(then) == count
    assert (now[0], then[0]) == (0, 0)
    np.testing.assert_array_equal(np.array(t, np.float32), now[group])
    np.testing.assert_array_equal(np.array(r, np.float32), then[group])
