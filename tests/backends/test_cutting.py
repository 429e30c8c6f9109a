"""Things are cut out of painted frames by the matte network, several side by side, and never what the place shows."""

from threading import Event

import numpy as np
import pytest
from easels import SIDE, SMALL, WEIGHTS, Easel, bright, compiled

from vitascope.backends.cutting import cut, in_one_piece
from vitascope.backends.matte_graph import MatteNet
from vitascope.text.reading import read
from vitascope.text.words import rows, taken


def painted(prompt):
    """A frame of the easel."""
    return next(Easel().paint(rows(taken(read(prompt).words, 0)), 1, (0, SIDE, 0, SIDE)))


def test_what_the_empty_place_shows_too_is_no_thing():
    """A matte network that takes the whole frame for a thing is believed only where place and frame differ."""
    (thing,) = cut(
        [painted("a red fish")],
        [painted("the sea")],
        lambda small: np.full((*small.shape[:3], 5), 50, np.float32),
        SIDE,
    )

    assert thing[24:40, 24:40, 3].min() > 0.99
    assert thing[:16, :, 3].max() == 0


def test_what_stands_apart_from_a_thing_is_a_piece_of_its_place():
    """A moon that the place behind a painted thing has elsewhere goes, and what comes in from the edge.

    That is a sun beside it, and a branch that hangs together with it by half-light.
    What a thing lets fall just below it stays, and a foot of its own that goes to the edge.
    """
    matte = np.zeros((256, 256), np.float32)
    matte[100:180, 80:160] = 1
    matte[190:200, 100:110] = 0.9
    moon, drop = (slice(20, 60), slice(90, 130)), (slice(190, 200), slice(100, 110))
    sun, foot = (slice(0, 85), slice(60, 70)), (slice(120, 140), slice(160, 256))
    for piece in (moon, sun, foot):
        matte[piece] = 1
    branch = (slice(100, 110), slice(0, 70))
    matte[branch], matte[100:110, 70:80] = 1, 0.4

    whole = in_one_piece(matte, 8)

    assert 0 == whole[moon].max() == whole[sun].max() == whole[branch][:, :60].max()
    np.testing.assert_array_equal(matte[foot], whole[foot])
    np.testing.assert_array_equal(matte[drop], whole[drop])
    np.testing.assert_array_equal(matte[100:180, 80:160], whole[100:180, 80:160])
    assert 0 == in_one_piece(np.zeros((60, 84), np.float32), 8).max()


def test_a_large_painting_is_taken_apart_by_a_small_look():
    """A matte is told at the side it was learned at; what is cut out is as large as the painting, edges one pixel."""
    seen = []

    def looking(small):
        seen.append(small.shape)
        return bright(small)

    large = np.full((4 * SIDE, 4 * SIDE, 3), 100, np.uint8)
    empty = large.copy()
    large[80:160, 80:160] = (255, 0, 0)
    (thing,) = cut([large], [empty], looking, SIDE)

    assert [(1, SIDE, SIDE, 3)] == seen
    assert (4 * SIDE, 4 * SIDE, 4) == thing.shape
    np.testing.assert_allclose(thing[84:156, 84:156], np.broadcast_to((1, 0, 0, 1), (72, 72, 4)), atol=1e-3)
    assert 0 == thing[:70, :, 3].max()
    assert 4 >= ((thing[120, :120, 3] > 0.02) & (thing[120, :120, 3] < 0.98)).sum()


def test_frames_that_are_cut_side_by_side_are_cut_as_if_alone():
    """In their order, to the last bit."""
    network, rng = MatteNet(SMALL, WEIGHTS, compiled), np.random.default_rng(0)
    clip, places = (rng.integers(0, 256, (9, SIDE, SIDE, 3), np.uint8) for _ in range(2))

    together = cut(clip, places, network, SIDE)

    alone = [cut([frame], [place], network, SIDE)[0] for frame, place in zip(clip, places, strict=True)]
    np.testing.assert_array_equal(alone, together)


def test_the_first_frames_are_cut_while_the_last_are_painted():
    """An easel that waits for the first thing before it paints on does not wait for ever."""
    looked = Event()

    def looking(small):
        looked.set()
        return bright(small)

    def painting():
        yield painted("a red fish")
        assert looked.wait(10)
        yield painted("a red fish")

    assert 2 == len(cut(painting(), [painted("the sea")] * 2, looking, SIDE))


def test_an_easel_that_breaks_is_heard():
    """Whatever it raises, a render that was stopped, too."""

    def painting():
        yield painted("a red fish")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut(painting(), [painted("the sea")] * 2, bright, SIDE)
