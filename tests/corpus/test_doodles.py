"""Doodles: endless, none like another, and in the format of the atlas, so that a compositor takes them for drawings."""

import numpy as np
import pytest

from vitascope.corpus.crayons import Ink, Page, oval
from vitascope.corpus.doodles import _CHANCES, Guise, doodle

SEEDS = range(60)


def of(seed):
    """The doodle of a seed."""
    return doodle(np.random.default_rng(seed))


def test_the_same_seed_draws_the_same():
    """To the bit: a shard can be made again."""
    assert all(np.array_equal(of(seed).pixels, of(seed).pixels) for seed in range(5))


def test_no_two_are_alike():
    """Not even in outline: of sixty, no two cover nearly the same pixels."""
    outlines = np.stack([of(seed).pixels[0, ..., 3] > 127 for seed in SEEDS]).reshape(len(SEEDS), -1)
    shared = (outlines[:, None] & outlines).sum(axis=2) / (outlines[:, None] | outlines).sum(axis=2)

    assert (shared - np.eye(len(SEEDS))).max() < 0.97


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_a_sprite(seed):
    """One key frame, premultiplied, in the middle; the longer side fills 0.7 of the square at least, edges are soft."""
    pixels = of(seed).pixels
    alpha = pixels[0, ..., 3]
    rows, columns = np.flatnonzero(alpha.max(axis=1)), np.flatnonzero(alpha.max(axis=0))

    assert pixels.shape == (1, 128, 128, 4)
    assert pixels.dtype == np.uint8
    assert (pixels[..., :3] <= pixels[..., 3:]).all()
    assert 0.66 * 128 <= max(np.ptp(rows) + 1, np.ptp(columns) + 1) <= 0.96 * 128
    assert abs(rows[0] + rows[-1] - 127) <= 3
    assert abs(columns[0] + columns[-1] - 127) <= 3
    assert (alpha == 255).mean() > 0.05
    assert ((alpha > 0) & (alpha < 255)).any()


def test_colours_are_of_every_sort():
    """Of 200, some are mostly grey, some dark, some light, some vivid: a model cannot guess a doodle's colour."""
    means = []
    for seed in range(200):
        pixels = of(seed).pixels[0].reshape(-1, 4)
        means.append(pixels[pixels[:, 3] == 255, :3].mean(axis=0))
    spread, bright = np.ptp(means, axis=1), np.mean(means, axis=1)

    for share in ((spread < 20).mean(), (spread > 90).mean(), (bright < 80).mean(), (bright > 180).mean()):
        assert share > 0.03


def test_chances_are_whole():
    """The kinds share all doodles among them."""
    assert sum(share for _, share in _CHANCES) == pytest.approx(1)


def test_parts_stay_within_what_they_lie_on():
    """A spot across the edge of a body is cut at the edge."""
    red, blue = (Ink(top=c, foot=c) for c in ((255, 0, 0), (0, 0, 255)))
    page = Page()
    body = page.lay(oval(0, 0, 0.5, 1), red)
    page.lay(oval(0.5, 0, 1, 0.2), blue, body)
    sprite = page.sprite(0.5)

    bare = Page()
    bare.lay(oval(0, 0, 0.5, 1), red)

    assert np.array_equal(sprite[..., 3] > 0, bare.sprite(0.5)[..., 3] > 0)
    assert tuple(sprite[64, 70]) == (0, 0, 255, 255)
    assert tuple(sprite[90, 64]) == (255, 0, 0, 255)


def test_a_guise_dresses_everything_alike():
    """Whoever is asked for, under the name asked for."""
    drawing = of(1)
    given = Guise(drawing).sprite("parrot", "flat")

    assert (given.subject, given.style) == ("parrot", "flat")
    assert given.pixels is drawing.pixels
