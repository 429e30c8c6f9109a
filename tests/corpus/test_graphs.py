"""Scene graphs by chance: nothing held out leaks, and a caption says only what is there."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from vitascope.corpus.graphs import caption, graph
from vitascope.corpus.splits import held_out_motion, held_out_place, held_out_style
from vitascope.text.words import words
from vitascope.text.world import FIRST, OWN, SECOND, SUBJECTS


def _scenes(split, count, seed=0):
    rng = np.random.default_rng(seed)
    return [graph(rng, split) for _ in range(count)]


def _pairs(scene):
    motions = [held_out_motion(e.subject, motion) for e in scene.entities for motion in e.motions]
    places = [held_out_place(e.subject, scene.place) for e in scene.entities]
    return any(motions), any(places)


def test_a_seed_gives_one_scene():
    """The same generator state gives the same scene, another one another."""
    assert _scenes("train", 20, seed=3) == _scenes("train", 20, seed=3)
    assert _scenes("train", 20, seed=3) != _scenes("train", 20, seed=4)


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("train", (False, False)),
        ("seen", (False, False)),
        ("held_motion", (True, False)),
        ("held_place", (False, True)),
    ],
)
def test_splits_never_leak(split, expected):
    """Training and its seen prompts show no held-out pair; the held splits show one of their own kind only."""
    for scene in _scenes(split, 1500 if split in ("train", "seen") else 150):
        assert expected == _pairs(scene)


def test_all_of_the_world_is_shown():
    """Every subject, motion and place comes up, about equally often."""
    scenes = _scenes("train", 4000)
    subjects = Counter(e.subject for scene in scenes for e in scene.entities)
    motions = Counter(motion for scene in scenes for e in scene.entities for motion in e.motions)
    places = Counter(scene.place for scene in scenes)

    assert set(FIRST.subjects) == set(subjects)
    assert set(FIRST.motions) == set(motions)
    assert set(FIRST.places) == set(places)
    assert min(subjects.values()) > 30
    assert min(motions.values()) > 100
    assert min(places.values()) > 200


def test_the_shares_are_those_of_the_design():
    """One entity in four of five scenes, a static camera in six of seven, nine of ten in one of the takes."""
    scenes = _scenes("train", 4000)
    share = {
        "pairs": np.mean([len(scene.entities) == 2 for scene in scenes]),
        "static": np.mean([scene.camera == "static" for scene in scenes]),
        "day": np.mean([scene.time == "day" for scene in scenes]),
        "storyboards": np.mean([len(scene.entities[0].motions) == 2 for scene in scenes]),
        "takes": np.mean([scene.take is not None for scene in scenes]),
    }
    wanted = {"pairs": 0.20, "static": 0.85, "day": 0.55, "storyboards": 0.04, "takes": 0.90}

    assert share == pytest.approx(wanted, abs=0.03)


def test_two_are_different_and_related():
    """Two subjects differ and stand in a relation; what chases goes where the chased one goes."""
    pairs = [scene for scene in _scenes("train", 1500) if len(scene.entities) == 2]

    assert pairs
    for scene in pairs:
        first, second = scene.entities
        assert first.subject != second.subject
        assert scene.relation in ("next_to", "chases", "above")
        if scene.relation == "chases":
            assert first.motions == second.motions
            assert first.motions[0] in ("left", "right")


def test_a_caption_says_only_what_is_there():
    """Every word of a caption is true of the scene, and defaults are never said."""
    rng = np.random.default_rng(1)
    for scene in _scenes("train", 1000):
        said = caption(scene, rng)
        assert {w.token for w in words(said)} <= {w.token for w in words(scene)}
        assert [e.subject for e in scene.entities] == [e.subject for e in said.entities]
        assert said.relation == scene.relation
        assert said.camera != "static"
        assert not any(e.count == "one" or e.style == "3d" for e in said.entities)


def test_captions_have_four_lengths():
    """A few captions name the subject alone, a few add only the motion, most say nearly all; each says its take."""
    rng = np.random.default_rng(2)
    scenes = [s for s in _scenes("train", 4000) if len(s.entities) == 1 and s.entities[0].motions != ("still",)]
    told = [caption(scene, rng) for scene in scenes]
    bare = np.mean([len(words(replace(said, take=None))) == 1 for said in told])
    placed = np.mean([said.place is not None for said in told])
    moving = np.mean([said.entities[0].motions != () for said in told])

    assert (bare, placed, moving) == pytest.approx((0.03, 0.92 * 0.97, 0.97 - 0.92 * 0.02), abs=0.02)
    assert [said.take for said in told] == [scene.take for scene in scenes]


def test_a_later_edition_shows_what_is_new():
    """Beside all of the old, and held out by the same hashes."""
    rng = np.random.default_rng(5)
    scenes = [graph(rng, "train", SECOND) for _ in range(2000)]

    assert set(SECOND.motions) == {motion for scene in scenes for e in scene.entities for motion in e.motions}
    assert not any(any(_pairs(scene)) for scene in scenes)


def test_nobody_is_asked_for_a_hand_they_have_not():
    """Every drawing that a scene of any edition calls for is one of those the thing is drawn in."""
    rng = np.random.default_rng(6)
    drawn = {(e.subject, e.style) for _ in range(3000) for e in graph(rng, "train", SECOND).entities}

    assert all(style in SUBJECTS[subject].styles for subject, style in drawn if style is not None)
    assert {None} == {style for subject, style in drawn if SUBJECTS[subject].styles == (OWN,)}
    assert not any(held_out_style(subject, style) for subject, style in drawn if style is not None)
