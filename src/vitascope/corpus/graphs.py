"""Scene graphs by chance: what a training clip shows, and which part of it its caption says."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from vitascope.corpus.splits import held_out_motion, held_out_place, held_out_style
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import CAMERAS, COLOURS, FIRST, STYLES, SUBJECTS, TAKES, TIMES, Edition

Split = Literal["train", "seen", "held_motion", "held_place"]
"""``seen`` draws from the pairs of ``train``; the held splits show a pair that training never shows."""

IN_PLACE = ("still", "jump", "bounce", "spin", "swing", "shake", "grow", "shrink", "appear")
"""Motions that leave a subject about where it is: two subjects may each have their own. Later editions add none: the
corpus of the first stays what it was."""

PAIRS = 0.25
"""Share of scenes with two entities. One thing that does one thing in one place is what most prompts ask and what a
small model must learn first, so training draws plain clips apart as well; at 0.15, with every second thing tinted, two
tinted things were shown in 2.6 % of clips, and colours were never bound to the right one (docs/log.md, 2026-11-27)."""

TINTED, TINTED_IN_PAIRS = 0.20, 0.65
"""Share of things in a colour that is not their own. At 0.08 a colour word was heard in one clip of five; beside
another thing it must also be learned whose colour it is."""

TINTED_IN_PLACE = 0.35
"""The same where nothing travels: a colour word has only its drawing to change."""

EMPTY = 0.15
"""Share of scenes in place that show the place alone: the plate that things are moved over."""

AT_REST = 0.4
"""Of pairs side by side, how many both stand still: what tells them apart is then only what they are and look like."""

FREE = 0.10
"""Share of scenes outside the takes, where everything that no word names is drawn by chance."""

_SIDE_BY_SIDE = (*IN_PLACE, "up", "down")
_STACKED = ("still", "spin", "shake", "appear", "right", "left")


def graph(rng: np.random.Generator, split: Split = "train", edition: Edition = FIRST) -> Scene:
    """A scene with everything in it named, drawn until the split allows it."""
    while True:
        scene = _scene(rng, edition)
        if belongs(scene, split):
            return scene


def in_place(rng: np.random.Generator, edition: Edition = FIRST) -> Scene:
    """A scene in which nothing travels: one thing where it stands, or a place alone. Of the pairs of training only.

    What a movement does is for tracks to tell (decision 0021); what things and places look like is left to learn.
    """
    while True:
        scene = replace(_scene(rng, edition), relation=None)
        first = replace(scene.entities[0], motions=("still",))
        first = replace(first, colour=_one_of(COLOURS, rng) if rng.random() < TINTED_IN_PLACE else None)
        alone = replace(scene, entities=(first,))
        if belongs(alone, "train"):
            return replace(alone, entities=()) if rng.random() < EMPTY else alone


def belongs(scene: Scene, split: Split) -> bool:
    """Whether the pairs of a scene are those a split may show."""
    if any(entity.style is not None and held_out_style(entity.subject, entity.style) for entity in scene.entities):
        return False
    motion = any(held_out_motion(entity.subject, m) for entity in scene.entities for m in entity.motions)
    place = any(scene.place is not None and held_out_place(entity.subject, scene.place) for entity in scene.entities)
    return (motion, place) == (split == "held_motion", split == "held_place")


def caption(scene: Scene, rng: np.random.Generator) -> Scene:
    """What the caption says of a scene: all of what is special, most of the rest, sometimes very little."""
    length = rng.random()
    if length < 0.03:
        bare = tuple(Entity(subject=e.subject) for e in scene.entities)
        return Scene(entities=bare, relation=scene.relation, take=scene.take)
    if length < 0.08:
        brief = tuple(Entity(subject=e.subject, motions=e.motions) for e in scene.entities)
        return Scene(entities=brief, relation=scene.relation, take=scene.take)
    return Scene(
        entities=tuple(_said_entity(entity, rng) for entity in scene.entities),
        relation=scene.relation,
        place=_kept(scene.place, 0.97, rng),
        time=_kept(scene.time, 0.20 if scene.time == "day" else 0.98, rng),
        camera=_kept(scene.camera, 0.0 if scene.camera == "static" else 0.97, rng),
        take=scene.take,
    )


def _said_entity(entity: Entity, rng: np.random.Generator) -> Entity:
    share = 0.5 if entity.motions == ("still",) else 0.98
    return replace(
        entity,
        count=_kept(entity.count, 0.0 if entity.count == "one" else 0.97, rng),
        size=_kept(entity.size, 0.97, rng),
        colour=_kept(entity.colour, 0.97, rng),
        style=_kept(entity.style, 0.0 if entity.style == "3d" else 0.97, rng),
        motions=entity.motions if rng.random() < share else (),
    )


def _kept(word: str | None, share: float, rng: np.random.Generator) -> str | None:
    return word if rng.random() < share else None


def _scene(rng: np.random.Generator, edition: Edition) -> Scene:
    entities, relation = _pair(rng, edition) if rng.random() < PAIRS else ((_loner(rng, edition),), None)
    return Scene(
        entities=entities,
        relation=relation,
        place=_one_of(edition.places, rng),
        time=_weighted(TIMES, (0.55, 0.15, 0.20, 0.10), rng),
        camera=_one_of(CAMERAS[1:], rng) if rng.random() < 0.15 else "static",
        take=None if rng.random() < FREE else _one_of(TAKES, rng),
    )


def _loner(rng: np.random.Generator, edition: Edition) -> Entity:
    """One entity, possibly two or three copies of it, or a storyboard of two motions."""
    count = _weighted(("one", "two", "three"), (0.88, 0.06, 0.06), rng)
    entity = _entity(_one_of(edition.subjects, rng), (_one_of(edition.motions, rng),), rng)
    sized = entity if count == "one" else replace(entity, size=None)  # copies share the frame: one size fits
    return replace(sized, count=count, motions=_storyboard(rng, edition) if rng.random() < 0.05 else entity.motions)


def _storyboard(rng: np.random.Generator, edition: Edition) -> tuple[str, ...]:
    first = _one_of(edition.motions, rng)
    second = _one_of(
        tuple(m for m in edition.motions if m not in (first, "appear")), rng
    )  # what is there cannot appear
    return first, second


def _pair(rng: np.random.Generator, edition: Edition) -> tuple[tuple[Entity, ...], str]:
    relation = _weighted(("next_to", "chases", "above"), (0.5, 0.25, 0.25), rng)
    subjects = rng.permutation(len(edition.subjects))[:2]
    motions = _pair_motions(relation, rng)
    entities = zip(subjects, motions, strict=True)
    pair = tuple(_entity(edition.subjects[s], (m,), rng, TINTED_IN_PAIRS) for s, m in entities)
    return tuple(replace(entity, size=None) for entity in pair), relation


def _pair_motions(relation: str, rng: np.random.Generator) -> tuple[str, str]:
    """Two that travel travel together, or the relation would not last."""
    if relation == "chases":
        way = _one_of(("right", "left"), rng)
        return way, way
    if relation == "next_to" and rng.random() < AT_REST:
        return "still", "still"
    choice = _SIDE_BY_SIDE if relation == "next_to" else _STACKED
    first = _one_of(choice, rng)
    stays = tuple(m for m in choice if m in IN_PLACE)
    return first, _one_of(stays, rng) if first in IN_PLACE else first


def _entity(subject: str, motions: tuple[str, ...], rng: np.random.Generator, tinted: float = TINTED) -> Entity:
    return Entity(
        subject=subject,
        count="one",
        size=_one_of(("small", "large"), rng) if rng.random() < 0.15 else None,
        colour=_one_of(COLOURS, rng) if rng.random() < tinted else None,
        style=_drawn(subject, _weighted(STYLES, (0.94, 0.02, 0.02, 0.02), rng)),
        motions=motions,
    )


def _drawn(subject: str, style: str) -> str | None:
    """The style, where the subject is drawn in it: no word says the hand of a single work."""
    return style if style in SUBJECTS[subject].styles else None


def _one_of(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def _weighted(words: Sequence[str], shares: Sequence[float], rng: np.random.Generator) -> str:
    return words[int(np.searchsorted(np.cumsum(shares)[:-1], rng.random(), side="right"))]
