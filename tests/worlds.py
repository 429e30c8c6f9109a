"""Random scenes of the closed world, of every kind the sixteen rows can hold."""

from vitascope.text.scene import Entity, Scene
from vitascope.text.words import WORDS, num_words
from vitascope.text.world import (
    CAMERAS,
    COLOURS,
    COUNTS,
    FIRST,
    RELATIONS,
    SIZES,
    STYLES,
    TIMES,
)


def scenes(rng, count, edition=FIRST):
    """``count`` scenes of an edition that fit the rows."""
    found = []
    while len(found) < count:
        scene = _scene(rng, edition)
        if num_words(scene) <= WORDS:
            found.append(scene)
    return found


def _scene(rng, edition):
    subjects = rng.permutation(list(edition.subjects))[: rng.integers(1, 3)]
    return Scene(
        entities=tuple(_entity(str(subject), rng, edition.motions) for subject in subjects),
        relation=_perhaps(RELATIONS, rng) if len(subjects) == 2 else None,
        place=_perhaps(edition.places, rng),
        time=_perhaps(TIMES, rng),
        camera=_perhaps(CAMERAS, rng),
    )


def _entity(subject, rng, motions):
    return Entity(
        subject=subject,
        count=_perhaps(COUNTS, rng),
        size=_perhaps(SIZES, rng),
        colour=_perhaps(COLOURS, rng),
        style=_perhaps(STYLES, rng),
        motions=tuple(str(motion) for motion in rng.permutation(motions)[: rng.integers(0, 4)]),
    )


def _perhaps(options, rng):
    return options[rng.integers(len(options))] if rng.random() < 0.5 else None
