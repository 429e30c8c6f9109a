"""Compositions: seeded, whole, and laid out in the frame as the scene says."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from vitascope.corpus.graphs import belongs
from vitascope.corpus.scenes import CANVAS, SIDE, compose, compose_in_place, posed, stage
from vitascope.corpus.splits import held_out_motion
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import CAMERAS, POSES, SECOND


def _staged(*entities, relation=None, camera="static", seed=0, frames=17):
    scene = Scene(entities=entities, relation=relation, place="meadow", time="day", camera=camera)
    return stage(scene, np.random.default_rng(seed), frames=frames)


def _one(motion="still", **said):
    return Entity(subject="dog", motions=(motion,), **said)


def _middle(layer):
    """Where in the frame the middle of the sprite is drawn, in frame sides, ``(T, 2)``."""
    back = np.linalg.inv(layer.affine[:, :, :2].astype(np.float64))
    spots = np.einsum("tij,tj->ti", back, (SIDE - 1) / 2 - layer.affine[:, :, 2])
    return (spots + 0.5) / SIDE


def _size(layer):
    """Side of the drawn sprite in frame sides, ``(T,)``."""
    return 1 / np.hypot(layer.affine[:, 0, 0], layer.affine[:, 1, 0])


def test_a_seed_gives_one_clip():
    """The same seed gives the same parameters to the last bit, another seed others."""
    one, same, other = (compose(np.random.default_rng(seed)) for seed in (7, 7, 8))

    assert (one.scene, one.said, one.paint_seed) == (same.scene, same.said, same.paint_seed)
    np.testing.assert_array_equal(one.camera, same.camera)
    for layer, twin in zip(one.layers, same.layers, strict=True):
        np.testing.assert_array_equal(layer.affine, twin.affine)
        np.testing.assert_array_equal(layer.clock, twin.clock)
    assert one.paint_seed != other.paint_seed


@pytest.mark.parametrize("frames", [1, 9, 17, 33])
def test_every_array_is_as_long_as_the_clip(frames):
    """A composition of any length is whole."""
    made = compose(np.random.default_rng(2), frames=frames)

    assert frames == made.frames
    for layer in made.layers:
        assert ((frames,), (frames, 2, 3), (frames,)) == (layer.clock.shape, layer.affine.shape, layer.opacity.shape)


@pytest.mark.parametrize(("motion", "way"), [("right", (1, 0)), ("left", (-1, 0)), ("up", (0, -1)), ("down", (0, 1))])
def test_motions_really_move(motion, way):
    """A travelling subject goes more than half of the frame, and stays in it."""
    for seed in range(10):
        spots = _middle(_staged(_one(motion), seed=seed).layers[0])
        assert (spots[-1] - spots[0]) @ way > 0.55
        assert spots.min() > 0.1
        assert spots.max() < 0.9


def test_own_animation_always_plays():
    """The clock of a drawing runs with the frames, whatever its subject does."""
    layer = _staged(_one("still")).layers[0]

    np.testing.assert_allclose(np.diff(layer.clock), 1 / 8, rtol=1e-4)


@pytest.mark.parametrize(("motion", "mirrored"), [("right", True), ("left", False), ("still", False)])
def test_a_drawing_looks_where_it_goes(motion, mirrored):
    """A dog is drawn looking left: it is mirrored when it goes right, and only then."""
    turn = _staged(_one(motion)).layers[0].affine[0, :, :2]

    assert mirrored == (np.linalg.det(turn) < 0)


def test_in_place_nothing_travels_and_training_pairs_alone_are_shown():
    """A thing stands in one spot for the whole clip, or nobody is there; colours come oftener than elsewhere."""
    clips = [compose_in_place(np.random.default_rng((3, n))) for n in range(200)]
    things = [clip.layers[0] for clip in clips if clip.layers]
    still = [clip.layers[0] for clip in clips if clip.layers and clip.scene.camera == "static"]

    assert all(belongs(clip.scene, "train") for clip in clips)
    assert all(np.ptp(layer.affine, axis=0).max() < 1e-5 for layer in still)
    assert 10 < len(clips) - len(things) < 60
    assert 0.2 < np.mean([layer.tint is not None for layer in things]) < 0.5
    assert not any(entity.motions for clip in clips for entity in clip.said.entities)


def test_in_place_a_person_poses_for_what_is_said():
    """Whoever is drawn anew for what they do is shown in that drawing, standing still; no held-out pair is shown."""
    clips = [compose_in_place(np.random.default_rng((4, n)), edition=SECOND) for n in range(1500)]
    people = [clip for clip in clips if clip.layers and posed(clip.layers[0].subject) and clip.scene.camera == "static"]
    shown = {(clip.said.entities[0].motions[0], clip.layers[0].style) for clip in people}

    assert len(people) > 20
    assert {("right", "walk"), ("jump", "jump"), ("down", "fall")} <= shown
    assert all(np.ptp(clip.layers[0].affine, axis=0).max() < 1e-5 for clip in people)
    assert not any(held_out_motion(clip.layers[0].subject, clip.said.entities[0].motions[0]) for clip in people)


def test_sizes_differ():
    """Small, medium and large are told apart at a glance."""
    small, medium, large = (_size(_staged(_one(size=size)).layers[0])[0] for size in ("small", None, "large"))

    assert small < 0.7 * medium
    assert medium < 0.8 * large


@pytest.mark.parametrize(("count", "copies"), [("one", 1), ("two", 2), ("three", 3)])
@pytest.mark.parametrize("motion", ["jump", "right"])
def test_copies_move_alike_and_apart(count, copies, motion):
    """Copies keep their distance, so that they can be counted."""
    layers = _staged(_one(motion, count=count)).layers
    spots = [_middle(layer) for layer in layers]

    assert copies == len(layers)
    for first, second in itertools.pairwise(spots):
        apart = np.linalg.norm(second - first, axis=1)
        assert apart.min() > 0.7 * _size(layers[0])[0]
        assert np.ptp(apart) < 1e-4


@pytest.mark.parametrize(("way", "sign"), [("right", 1), ("left", -1)])
def test_the_chaser_is_behind(way, sign):
    """Who chases is behind who is chased, in the direction of both."""
    pair = (_one(way), Entity(subject="cat", motions=(way,)))
    chaser, chased = _staged(*pair, relation="chases").layers

    assert np.all((_middle(chased) - _middle(chaser))[:, 0] * sign > 0.25)


def test_above_is_above():
    """The first is above the second all the time."""
    first, second = _staged(_one(), Entity(subject="cat", motions=("spin",)), relation="above").layers

    assert np.all(_middle(first)[:, 1] < _middle(second)[:, 1] - 0.3)


@pytest.mark.parametrize("camera", CAMERAS)
def test_the_camera_stays_on_the_canvas(camera):
    """No camera looks beyond the painted background."""
    for seed in range(20):
        view = _staged(_one(), camera=camera, seed=seed).camera
        corners = np.array(((0, 0, 1), (SIDE - 1, SIDE - 1, 1)), np.float32)
        seen = np.einsum("tij,kj->tki", view, corners)
        assert seen.min() >= 0
        assert seen.max() <= CANVAS - 1


@pytest.mark.parametrize(("camera", "sign"), [("pan_left", -1), ("pan_right", 1)])
def test_a_pan_slides_the_place(camera, sign):
    """A pan passes more than a third of a frame of the place; the view does not zoom."""
    view = _staged(_one(), camera=camera).camera

    assert (view[-1, 0, 2] - view[0, 0, 2]) * sign / view[0, 0, 0] > SIDE / 3
    assert np.ptp(view[:, 0, 0]) == 0


@pytest.mark.parametrize(("camera", "nearer"), [("zoom_in", True), ("zoom_out", False)])
def test_a_zoom_changes_place_and_subject(camera, nearer):
    """Zooming in shows less of the place and the subject larger; zooming out the other way round."""
    made = _staged(_one(), camera=camera)
    size = _size(made.layers[0])

    assert nearer == (made.camera[-1, 0, 0] < 0.7 * made.camera[0, 0, 0])
    assert nearer == (size[-1] > 1.2 * size[0])


def test_a_shaken_camera_moves_all_alike():
    """Place and subject tremble together: the subject keeps its spot on the canvas."""
    made = _staged(_one(), camera="camera_shake")
    spots = _middle(made.layers[0]) * SIDE - 0.5
    on_canvas = np.einsum("tij,tj->ti", made.camera[:, :, :2], spots) + made.camera[:, :, 2]

    assert np.ptp(spots, axis=0).min() > 4
    assert np.ptp(on_canvas, axis=0).max() < 0.05


def test_a_take_settles_what_no_word_can_name():
    """Two clips of one scene and one take are the same clip, whatever the generator; another take is another painting.

    How a thing is staged is the same in all of them. Without a take the staging is drawn, too.
    """
    parrot = Entity(subject="parrot", motions=("jump",))
    scene = Scene(entities=(parrot,), place="beach", time="day", take="take:2")

    one, same = (stage(scene, np.random.default_rng(seed)) for seed in (1, 2))
    other = stage(replace(scene, take="take:3"), np.random.default_rng(1))

    assert one.paint_seed == same.paint_seed != other.paint_seed
    np.testing.assert_array_equal(one.camera, same.camera)
    np.testing.assert_array_equal(one.layers[0].affine, same.layers[0].affine)
    np.testing.assert_array_equal(one.layers[0].clock, same.layers[0].clock)
    np.testing.assert_array_equal(one.layers[0].affine, other.layers[0].affine)
    free = [stage(replace(scene, take=None), np.random.default_rng(seed)) for seed in (1, 2)]
    assert not np.array_equal(free[0].layers[0].affine, free[1].layers[0].affine)


@pytest.mark.parametrize(
    ("motion", "pose"), [("right", "walk"), ("up", "climb"), ("jump", "jump"), ("down", "fall"), ("spin", "stand")]
)
def test_who_moves_is_drawn_moving(motion, pose):
    """A character walks, climbs, jumps and falls by its motion; whatever else it does, it stands."""
    scene = Scene(entities=(Entity(subject="robot", style=POSES[0], motions=(motion,)),), place="farm", time="day")

    (layer,) = stage(scene, np.random.default_rng(0)).layers

    assert pose == layer.style
