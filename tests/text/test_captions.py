"""A caption says a scene, all of it and no more, in English a person would write."""

import re
from dataclasses import replace

import numpy as np
import pytest
import worlds

from vitascope.text.captions import caption, describe
from vitascope.text.reading import read
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import EDITIONS, SECOND


def _captions(scene, count=40):
    rng = np.random.default_rng(5)
    return {caption(scene, rng) for _ in range(count)}


def test_reading_a_caption_gives_the_scene_back():
    """For 500 random scenes nothing is lost, added or bound to the wrong thing, and no word is unknown."""
    rng = np.random.default_rng(2026)

    for scene in worlds.scenes(rng, 500):
        said = caption(scene, rng)
        reading = read(said)
        assert (scene, ()) == (reading.scene, reading.unknown), said


def test_so_does_one_of_a_later_edition():
    """Its words are said and read as the old ones are: "swims to the left" goes left, "swims" swims."""
    rng = np.random.default_rng(2027)

    for scene in worlds.scenes(rng, 300, SECOND):
        said = caption(scene, rng)
        reading = read(said, edition=SECOND)
        assert (scene, ()) == (reading.scene, reading.unknown), said


def test_the_plain_sentence_reads_back_too():
    """What we tell people we understood, they could have asked for."""
    for edition in EDITIONS:
        for scene in worlds.scenes(np.random.default_rng(11), 200, edition):
            assert scene == read(describe(scene), edition=edition).scene, describe(scene)


def test_a_caption_is_tidy():
    """One space between words, the right article, no gap before a comma, no comma to begin with."""
    rng = np.random.default_rng(3)

    for scene in worlds.scenes(rng, 300):
        said = caption(scene, rng)
        assert not re.search(r"  | [,.;]|^[ ,]|[ ,]$|\.\.", said), said
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", said.replace("a UFO", "")), said


def test_the_same_seed_says_the_same():
    """A caption depends on the scene and the generator alone."""
    scene = Scene(entities=(Entity(subject="dog", motions=("jump",)),), place="beach")

    assert caption(scene, np.random.default_rng(7)) == caption(scene, np.random.default_rng(7))


def test_a_scene_has_many_wordings():
    """Templates times synonyms: one scene is not one sentence."""
    scene = Scene(entities=(Entity(subject="fish", colour="red", motions=("left",)),), place="underwater", time="night")

    assert len(_captions(scene, 200)) > 60


def test_what_is_not_said_stays_unsaid():
    """A bare thing is two words."""
    assert {"a dog"} == _captions(Scene(entities=(Entity(subject="dog"),)))


@pytest.mark.parametrize(
    ("relation", "phrase"),
    [("chases", "a dog chases a cat"), ("next_to", "a dog next to a cat"), ("above", "a dog above a cat")],
)
def test_relations_join_two_things(relation, phrase):
    """The plain wording of each relation is among those a scene gets."""
    scene = Scene(entities=(Entity(subject="dog"), Entity(subject="cat")), relation=relation)

    assert phrase in _captions(scene)


def test_verbs_agree_with_their_number():
    """Two dogs chase, one dog chases; two dogs jump, a dog jumps."""
    several = Entity(subject="dog", count="two", motions=("jump",))
    one = replace(several, count=None)

    assert "two dogs jump" == describe(Scene(entities=(several,)))
    assert "a dog jumps" == describe(Scene(entities=(one,)))
    assert "two dogs that jump chase a cat" == describe(
        Scene(entities=(several, Entity(subject="cat")), relation="chases")
    )


def test_a_storyboard_is_told_in_order():
    """Segments of a clip are steps of a sentence."""
    scene = Scene(entities=(Entity(subject="dog", motions=("jump", "spin")),))

    assert {"a dog jumps, then spins", "a dog jumping, then spinning"} <= _captions(scene, 400)


def test_the_plain_sentence_names_everything():
    """Count, colour, motion, place and time, in an order people expect."""
    entity = Entity(subject="fish", count="one", colour="red", motions=("right",))

    said = describe(Scene(entities=(entity,), place="underwater", time="night", camera="zoom_in"))

    assert "one red fish moves to the right, underwater, at night, the camera zooms in" == said


def test_a_place_alone_is_a_caption():
    """Nothing in it, still a picture; and nothing at all is said so."""
    assert read(caption(Scene(entities=(), place="sea"), np.random.default_rng(1))).scene == Scene(
        entities=(), place="sea"
    )
    assert "an empty scene" == describe(Scene(entities=()))
