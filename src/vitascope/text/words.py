"""A scene graph as text rows: the closed vocabulary and the order of words.

One row is (token, role, entity, segment). Roles and entity numbers stand beside the token, so that "a red fish and a
blue whale" does not rest on attention alone to bind colours. The order is fixed, so a scene has one spelling.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from vitascope.text.scene import Entity, Scene
from vitascope.text.world import (
    CAMERAS,
    COLOURS,
    COUNTS,
    EDITIONS,
    FIRST,
    RELATIONS,
    SIZES,
    STYLES,
    TAKES,
    TIMES,
    Edition,
)
from vitascope.types import Integers

ROLES = ("pad", "subject", "count", "size", "colour", "style", "motion", "relation", "place", "time", "camera", "take")
WORDS = 16
"""Text rows a scene is padded to; the fullest scene has 16 words, and then its take is left out."""

VOCABULARY_SIZE = 256
"""Rows of the token table; those beyond :data:`VOCABULARY` wait for concepts added later."""

PICTURED = "<none>"
"""Subject of a thing that no word names, because a given picture shows it; training hides the word in that way."""


CHARACTER = "character:"
"""What the subject of a kept character begins with; its name follows. The network is told of it as pictured."""


def vocabulary(edition: Edition) -> tuple[str, ...]:
    """The words of an edition in the order of their rows: all of the edition before it, then its own."""
    if edition == FIRST:
        motions, places = (f"motion:{m}" for m in FIRST.motions), (f"place:{p}" for p in FIRST.places)
        attributes = (*COUNTS, *SIZES, *COLOURS, *STYLES)
        return (
            "<pad>",
            PICTURED,
            *attributes,
            *motions,
            *RELATIONS,
            *places,
            *TIMES,
            *CAMERAS,
            *FIRST.subjects,
            *TAKES,
        )
    known = vocabulary(EDITIONS[edition.number - 2])
    every = (*edition.subjects, *(f"motion:{m}" for m in edition.motions), *(f"place:{p}" for p in edition.places))
    return (*known, *(word for word in every if word not in known))


VOCABULARY = vocabulary(EDITIONS[-1])
_TOKEN = {word: number for number, word in enumerate(VOCABULARY)}
_ROLE = {role: number for number, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Word:
    """One text row: a vocabulary word, its role, which entity it speaks of (0: the scene), which segment (0: all)."""

    token: str
    role: str
    entity: int = 0
    segment: int = 0


def words(scene: Scene) -> tuple[Word, ...]:
    """The words of a scene in their fixed order, at most :data:`WORDS`."""
    spoken = [word for number, entity in enumerate(scene.entities, 1) for word in _of_entity(entity, number)]
    spoken += [Word(token, role) for token, role in _of_scene(scene) if token is not None]
    return tuple(spoken[:WORDS])


def taken(spoken: tuple[Word, ...], seed: int) -> tuple[Word, ...]:
    """The words with the take that a seed chooses, so that another seed gives another clip of the same sentence."""
    return (*spoken, Word(TAKES[seed % len(TAKES)], "take"))[:WORDS]


def num_words(scene: Scene) -> int:
    """How many words a scene would need if there were no end of rows."""
    entities = sum(1 for number, entity in enumerate(scene.entities, 1) for _ in _of_entity(entity, number))
    return entities + sum(1 for token, _ in _of_scene(scene) if token is not None)


def _of_entity(entity: Entity, number: int) -> Iterator[Word]:
    yield Word(PICTURED if entity.subject.startswith(CHARACTER) else entity.subject, "subject", number)
    for role in ("count", "size", "colour", "style"):
        token = getattr(entity, role)
        if token is not None:
            yield Word(token, role, number)
    split = len(entity.motions) > 1
    for segment, motion in enumerate(entity.motions, 1):
        yield Word(f"motion:{motion}", "motion", number, segment if split else 0)


def _of_scene(scene: Scene) -> Iterator[tuple[str | None, str]]:
    yield scene.relation, "relation"
    yield scene.place and f"place:{scene.place}", "place"
    yield scene.time, "time"
    yield scene.camera, "camera"
    yield scene.take, "take"


def rows(spoken: tuple[Word, ...]) -> Mapping[str, Integers]:
    """Words as the network takes them: four ``(WORDS,)`` int32 arrays token, role, entity, segment; 0 pads."""
    table = np.zeros((4, WORDS), np.int32)
    for column, word in enumerate(spoken):
        table[:, column] = (_TOKEN[word.token], _ROLE[word.role], word.entity, word.segment)
    return {"token": table[0], "role": table[1], "entity": table[2], "segment": table[3]}


def no_words() -> Mapping[str, Integers]:
    """The rows of an absent prompt: one ``<none>`` word (classifier-free guidance, Ho and Salimans 2022)."""
    return rows((Word(PICTURED, "pad"),))


def vocabulary_sha256(edition: Edition) -> str:
    """Hash of an edition's words and roles; weights record it, so that a changed word list cannot go unnoticed."""
    return hashlib.sha256("\n".join((*vocabulary(edition), *ROLES)).encode()).hexdigest()


_EDITIONS = {vocabulary_sha256(edition): edition for edition in EDITIONS}


def edition_of(sha256: str) -> Edition:
    """The edition whose words have that hash; the first where a preset records none.

    Raises KeyError for words of no edition.
    """
    return _EDITIONS[sha256] if sha256 else FIRST
