"""What a clip is judged by: one word of the world for each attribute, asked or seen."""

from collections.abc import Mapping
from dataclasses import dataclass

from vitascope.errors import TrainingError
from vitascope.text.scene import Scene
from vitascope.text.world import FIRST, TIMES, Edition

FRAMES = 17
"""Frames of a clip that is judged, two seconds; the checker never saw another length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a clip of one subject shows, or what it was asked to show."""

    subject: str
    motion: str
    place: str
    time: str


def attributes(edition: Edition) -> Mapping[str, tuple[str, ...]]:
    """The words to choose from, by attribute, in the order of :class:`Traits`."""
    return {"subject": edition.subjects, "motion": edition.motions, "place": edition.places, "time": TIMES}


ATTRIBUTES = tuple(attributes(FIRST))
"""Their names."""


def traits(scene: Scene) -> Traits:
    """What a scene of one entity, of which everything is said, asks for. Raises TrainingError for any other scene."""
    if len(scene.entities) != 1 or len(scene.entities[0].motions) != 1 or scene.place is None or scene.time is None:
        raise TrainingError(f"Only one subject with one motion, a place and a time can be judged, not {scene}.")
    entity = scene.entities[0]
    return Traits(subject=entity.subject, motion=entity.motions[0], place=scene.place, time=scene.time)
