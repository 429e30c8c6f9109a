"""The mark under a frame: fixed by id and key, hardly seen, never wrapping around."""

import numpy as np
import pytest
from cartoons import cartoon

from vitascope.provenance.mark import luma, mark, new_mark_id

KEY = bytes(range(32))


def marked(frames, mark_id=7, key=KEY):
    return [item.frame for item in mark(frames, mark_id, key)]


def loudness(frames, changed):
    difference = np.array(changed, dtype=float) - np.array(frames, dtype=float)
    return 10 * np.log10(255**2 / np.mean(difference**2))


def test_ids_are_64_bits_of_chance():
    """Two draws differ, and none is beyond the 8 bytes a manifest holds."""
    ids = {new_mark_id() for _ in range(100)}
    assert 100 == len(ids)
    assert 0 <= min(ids) <= max(ids) < 2**64


def test_the_same_id_and_key_give_the_same_pixels():
    """And another id, or another key, gives others."""
    frames = cartoon(1, 96, 80)
    assert np.array_equal(marked(frames), marked(frames))
    assert not np.array_equal(marked(frames), marked(frames, mark_id=8))
    assert not np.array_equal(marked(frames), marked(frames, key=b"other" * 8))


def test_frames_are_marked_as_they_come():
    """Nothing waits for the end of the clip."""
    coming = iter(cartoon(3, 64, 64))
    stream = mark(coming, 7, KEY)
    assert 7 == next(stream).mark_id
    assert 2 == len(list(coming))


def test_the_frame_that_came_in_stays_as_it_was():
    """The renderer may still need it."""
    frame = cartoon(1, 64, 64)[0].copy()
    before = frame.copy()
    marked([frame])
    assert np.array_equal(before, frame)


@pytest.mark.parametrize(("width", "height", "floor"), [(96, 96, 36), (128, 128, 36), (256, 256, 36), (480, 270, 39)])
def test_a_marked_cartoon_looks_the_same(width, height, floor):
    """At least 36 dB in every frame of a small clip, 39 dB from 480x270."""
    for seed in range(3):
        for frame in cartoon(2, width, height, seed):
            assert loudness([frame], marked([frame])) >= floor


@pytest.mark.parametrize("size", [(64, 64), (128, 128), (100, 70)])
def test_even_noise_keeps_36_decibels(size):
    """Busy ground would take the full strength; the cap holds."""
    frame = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert loudness([frame], marked([frame])) >= 36


@pytest.mark.parametrize("value", [0, 255])
def test_black_and_white_do_not_wrap_around(value):
    """Pixels at the end of their range are cut, not turned into their opposite."""
    frame = np.full((64, 64, 3), value, dtype=np.uint8)
    assert np.abs(marked([frame])[0].astype(int) - value).max() < 20


def test_colour_differences_are_left_alone():
    """Only luma moves: away from the ends, R - G and B - G are exactly as before."""
    frame = np.random.default_rng(0).integers(60, 190, (64, 64, 3), dtype=np.uint8)
    changed = marked([frame])[0].astype(int)
    for channel in (0, 2):
        before = frame[..., channel].astype(int) - frame[..., 1]
        assert np.array_equal(before, changed[..., channel] - changed[..., 1])


@pytest.mark.parametrize("size", [(1, 1), (2, 70), (63, 65), (64, 64)])
def test_any_size_is_marked(size):
    """Smaller than a tile, smaller than the box of the masking, odd."""
    frame = np.full((*size, 3), 128, dtype=np.uint8)
    assert (*size, 3) == marked([frame])[0].shape


def test_luma_is_that_of_bt601_within_a_level():
    """The fixed-point sum against the plain one."""
    frame = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    plain = frame @ np.array([0.299, 0.587, 0.114])
    assert np.abs(luma(frame) - plain).max() <= 1
