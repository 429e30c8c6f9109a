"""The CPU compositor: what the parameters say is what the pixels show."""

import dataclasses

import numpy as np
import pytest

from tests.corpus.sprites import Discs, real
from vitascope.corpus.scenes import CANVAS, compose, stage
from vitascope.text.scene import Entity, Scene

pytestmark = pytest.mark.torch  # compositing needs OpenCV, which comes with the extra that brings torch

BLACK = np.zeros((CANVAS, CANVAS, 3), np.uint8)


def _staged(motion="still", *, count="one", colour=None, place="meadow", time="day", seed=0):
    entity = Entity(subject="turtle", count=count, colour=colour, motions=(motion,))
    scene = Scene(entities=(entity,), place=place, time=time, camera="static")
    return stage(scene, np.random.default_rng(seed))


def _render(composition, **options):
    from vitascope.corpus.compositor import render

    return render(composition, options.pop("atlas", Discs()), **options)


def _centroid(frame):
    """Middle of what is drawn on black, in frame sides."""
    y, x = np.nonzero(frame.sum(axis=2) > 60)
    return np.array((x.mean() + 0.5, y.mean() + 0.5)) / len(frame)


def _pieces(frame):
    """How many separate things are drawn on black."""
    import cv2

    return cv2.connectedComponents((frame.sum(axis=2) > 60).astype(np.uint8))[0] - 1


def test_a_seed_gives_one_film():
    """Real drawings in a painted place: the same pixels twice, and not the same in every frame."""
    composition = _staged("right", time="rain")
    film = _render(composition, atlas=real())

    assert (17, 128, 128, 3) == film.shape
    np.testing.assert_array_equal(film, _render(composition, atlas=real()))
    assert np.abs(np.diff(film.astype(int), axis=0)).mean(axis=(1, 2, 3)).min() > 0.5


@pytest.mark.parametrize(("motion", "way"), [("right", (1, 0)), ("left", (-1, 0)), ("up", (0, -1)), ("down", (0, 1))])
def test_motions_really_move(motion, way):
    """The centroid of what is drawn crosses more than half of the frame in the direction of the word."""
    film = _render(_staged(motion), canvas=BLACK)

    assert (_centroid(film[-1]) - _centroid(film[0])) @ way > 0.5


def test_what_is_covered_is_what_is_drawn():
    """The subject's share of each pixel: all of what differs from the place, whatever its colour, and nothing else."""
    from vitascope.corpus.compositor import covered

    composition = _staged("right", colour="red")
    share = covered(composition, Discs())
    drawn = _render(composition, canvas=BLACK).sum(axis=3)

    assert (17, 128, 128) == share.shape
    assert ((share > 200) <= (drawn > 0)).all()
    assert ((share == 0) <= (drawn == 0)).all()
    assert 0.02 < (share > 200).mean() < 0.5


def test_growth_is_seen():
    """What grows 2.2 times covers 4.8 times the area."""
    film = _render(_staged("grow"), canvas=BLACK)
    first, last = (np.sum(frame.sum(axis=2) > 60) for frame in (film[0], film[-1]))

    assert last / first == pytest.approx(2.2**2, rel=0.1)


def test_what_appears_was_not_there():
    """The first frame of an appearance is the empty place, the last shows the subject in full."""
    film = _render(_staged("appear"), canvas=BLACK)

    assert film[0].max() == 0
    assert film[-1].max() > 110


@pytest.mark.parametrize(("count", "expected"), [("one", 1), ("two", 2), ("three", 3)])
@pytest.mark.parametrize("motion", ["still", "bounce", "spin"])
def test_copies_can_be_counted(count, expected, motion):
    """As many separate discs are seen as the scene says, in every frame."""
    assert {expected} == {_pieces(frame) for frame in _render(_staged(motion, count=count), canvas=BLACK)}


def test_own_animation_plays():
    """Four key frames a second at eight frames a second: each is held for two frames, in turn."""
    film = _render(_staged("still"), canvas=BLACK)
    bright = film.max(axis=(1, 2, 3))

    assert {120, 150, 180, 210} == set(bright.tolist())
    assert np.sum(np.diff(bright.astype(int)) != 0) == 8


def test_the_place_stands_still_under_a_static_camera():
    """Beside the subject nothing changes from frame to frame."""
    film = _render(_staged("still", place="city"))

    assert np.ptp(film[:, :, :16], axis=0).max() == 0


@pytest.mark.parametrize(
    ("colour", "strongest", "weakest"), [("red", 0, 1), ("green", 1, 0), ("blue", 2, 0), ("yellow", 0, 2)]
)
def test_a_tint_is_its_colour(colour, strongest, weakest):
    """A tinted grey disc is clearly of the named colour."""
    frame = _render(_staged(colour=colour), canvas=BLACK)[0].astype(int)
    shade = frame[frame.sum(axis=2) > 60].mean(axis=0)

    assert strongest == shade.argmax()
    assert shade[strongest] - shade[weakest] > 90


@pytest.mark.parametrize(
    ("place", "time", "wet"),
    [("city", "rain", True), ("city", "day", False), ("room", "rain", False), ("cave", "rain", False)],
)
def test_rain_falls_outdoors(place, time, wet):
    """Streaks slide over the whole frame in the rain, but not under a roof."""
    film = _render(_staged("still", place=place, time=time))
    beside = film[:, :, :16].astype(int)

    assert wet == (np.abs(np.diff(beside, axis=0)).mean() > 0.3)


def test_any_side_shows_the_same_picture():
    """At half the side a clip is the same clip: close to the mean of the large one's pixels."""
    composition = _staged("swing")
    large, small = (_render(composition, side=side, canvas=BLACK).astype(float) for side in (128, 64))
    mean = large.reshape(17, 64, 2, 64, 2, 3).mean(axis=(2, 4))

    assert np.abs(mean - small).mean() < 0.5
    assert np.abs(_centroid(large[3]) - _centroid(small[3])).max() < 0.005


def test_a_subject_out_of_the_frame_is_not_drawn():
    """A sprite whose pixels are all beyond the edge leaves the place as it is."""
    composition = _staged("still")
    away = composition.layers[0].affine + np.array(((0, 0, 4000), (0, 0, 0)), np.float32)
    gone = dataclasses.replace(composition, layers=(dataclasses.replace(composition.layers[0], affine=away),))

    assert _render(gone, canvas=BLACK).max() == 0


def test_no_colour_overflows():
    """Blending never wraps around: over white, nothing gets darker than the darkest of drawing and place."""
    white = np.full_like(BLACK, 255)
    for seed in range(12):
        composition = compose(np.random.default_rng(seed))
        plain = dataclasses.replace(
            composition, time="day", layers=tuple(dataclasses.replace(x, tint="white") for x in composition.layers)
        )
        assert _render(plain, canvas=white).min() > 150
