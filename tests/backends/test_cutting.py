"""Things are cut out of painted frames by the matte network, several at a time, and never what the place shows."""

import numpy as np
import pytest
from easels import SIDE, SMALL, WEIGHTS, Easel, bright, compiled

from vitascope.backends.cutting import AT_ONCE, cut
from vitascope.backends.matte_graph import MatteNet
from vitascope.text.reading import read
from vitascope.text.words import rows, taken


def painted(prompt):
    """A frame of the easel."""
    return next(Easel()(rows(taken(read(prompt).words, 0)), 1))


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


@pytest.mark.parametrize("frames", [2, 4, 5])
def test_frames_that_are_asked_about_together_are_cut_as_if_alone(frames):
    """Whatever their number; the network sees as many at once each time, so that it is compiled for one number."""
    seen, network = [], MatteNet(SMALL, WEIGHTS, compiled)

    def looking(looks):
        seen.append(len(looks))
        return network(looks)

    rng = np.random.default_rng(0)
    clip, places = (rng.integers(0, 256, (frames, SIDE, SIDE, 3), np.uint8) for _ in range(2))
    together = cut(clip, places, looking, SIDE)
    alone = [cut([frame], [place], network, SIDE)[0] for frame, place in zip(clip, places, strict=True)]

    assert [AT_ONCE] * (1 + (frames > AT_ONCE)) == seen
    np.testing.assert_allclose(alone, together, atol=1e-4)
