"""What a clip is judged by."""

from dataclasses import fields

import pytest

from vitascope.errors import TrainingError
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import SECOND
from vitascope.training.traits import ATTRIBUTES, Traits, attributes, traits


def test_a_full_scene_of_one_subject_is_judged():
    """The four words of the scene, and nothing of size, colour or camera."""
    scene = Scene(entities=(Entity(subject="owl", motions=("up",), colour="red"),), place="forest", time="night")

    assert Traits(subject="owl", motion="up", place="forest", time="night") == traits(scene)


@pytest.mark.parametrize(
    "scene",
    [
        Scene(entities=(Entity(subject="owl", motions=("up",)),) * 2, place="sea", time="day"),
        Scene(entities=(Entity(subject="owl", motions=("up", "down")),), place="sea", time="day"),
        Scene(entities=(Entity(subject="owl", motions=("up",)),), time="day"),
        Scene(entities=(Entity(subject="owl", motions=("up",)),), place="sea"),
    ],
)
def test_other_scenes_are_refused(scene):
    """Two subjects, a storyboard, or a scene that leaves place or time open have no one right answer."""
    with pytest.raises(TrainingError, match="one motion, a place and a time"):
        traits(scene)


def test_the_words_stand_in_the_order_of_the_traits():
    """Answers are numbered by position: a changed order would exchange them without a word."""
    assert [field.name for field in fields(Traits)] == list(ATTRIBUTES) == list(attributes(SECOND))
