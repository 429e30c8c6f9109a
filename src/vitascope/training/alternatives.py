"""What the checker does not name: cameras, counts, sizes, relations, two movements.

A question has several answers: of a camera six, of a count three. Each is drawn as a real clip, with the same place,
light and take, and a clip is right if of all of these the one that was asked for is nearest to it, pixel by pixel.
Nothing here learned anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vitascope.corpus.compositor import render
from vitascope.corpus.graphs import belongs
from vitascope.corpus.scenes import stage
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import rows, words
from vitascope.text.world import CAMERAS, COUNTS, FIRST, RELATIONS, SIZES, SUBJECTS, TAKES, Edition
from vitascope.training import exam
from vitascope.training.checker import reduced
from vitascope.training.room import Room, all_held_still, made, round_trip
from vitascope.training.study import Cell, Line, Study, counted
from vitascope.training.traits import FRAMES
from vitascope.types import Floats, Pixels, Plan

LIGHTS = ("day", "sunset", "night")
"""Rain falls elsewhere in each clip, and pixels would tell of nothing else."""

WAYS = ("right", "left", "up", "down", "jump", "grow", "shrink", "spin")
"""Movements that are told apart whatever does them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Scenes that differ in one thing that is said, the first of which is asked for."""

    kind: str
    scenes: tuple[Scene, ...]
    seed: int


def choices(kind: str, n: int, seed: int, edition: Edition = FIRST) -> list[Choice]:
    """So many questions of a kind of :data:`KINDS`; what is asked for is drawn evenly."""
    rngs = (np.random.default_rng((seed, 53, list(KINDS).index(kind), number)) for number in range(n))
    return [_choice(kind, rng, seed * 1000 + number, edition) for number, rng in enumerate(rngs)]


def alternatives(room: Room, n: int, seed: int) -> Study:
    """The study: ``n`` questions of each kind."""
    found = [_answered(room, choices(kind, n, seed, room.edition)) for kind in KINDS]
    kinds_of_clips = list(found[0])
    lines = (
        Line(kind=kind, n=n, cells=dict(zip(KINDS, (answers[kind] for answers in found), strict=True)))
        for kind in kinds_of_clips
    )
    return Study(
        name="alternatives",
        title="cameras, counts, sizes, relations, two movements",
        about="Right if the clip is nearest to the real clip of what was asked for, of all that differ in it alone: "
        f"{len(CAMERAS)} cameras, {len(COUNTS)} counts, {len(SIZES) + 1} sizes, two things in {len(RELATIONS)} "
        "relations either way round, two movements after each other, the other way round or one alone. Real renders "
        "of another take show another lie of the land: by them cameras are hard to tell.",
        lines=tuple(lines),
    )


def nearest(clip: Pixels, drawn: Sequence[Pixels]) -> int:
    """The number of the clip of ``drawn`` that is nearest, by the mean difference of pixels of small frames."""
    seen = _small(clip)
    return int(np.argmin([np.abs(seen - _small(one)).mean() for one in drawn]))


def _small(clip: Pixels) -> Floats:
    return reduced(clip).astype(np.float32)


def _answered(room: Room, asked: Sequence[Choice]) -> Mapping[str, Cell]:
    """How often each kind of clips is right."""
    drawn = [[_real(room, scene, choice.seed) for scene in choice.scenes] for choice in asked]
    plans = [_plan(choice, room) for choice in asked]
    shown, right = list(made(room, plans, asked[0].kind)), [real[0] for real in drawn]
    clips = {
        "model": shown,
        "real renders, another take": [_real(room, _anew(choice), choice.seed + 1) for choice in asked],
        "real renders, codec round trip": [round_trip(clip, room.codec) for clip in right],
        "one frame held still": all_held_still(right),
        "shuffled captions": [*shown[1:], *shown[:1]],
    }
    return {
        kind: counted([nearest(clip, real) == 0 for clip, real in zip(judged, drawn, strict=True)])
        for kind, judged in clips.items()
    }


def _plan(choice: Choice, room: Room) -> Plan:
    scene = choice.scenes[0]
    return replace(exam.plan_for(scene, choice.seed, room.preset), words=rows(words(_said(scene))))


def _said(scene: Scene) -> Scene:
    """All of a scene but the styles, which are the usual ones, and what goes without saying."""
    entities = tuple(replace(e, style=None, count=None if e.count == "one" else e.count) for e in scene.entities)
    return replace(scene, entities=entities, camera=None if scene.camera == CAMERAS[0] else scene.camera)


def _real(room: Room, scene: Scene, seed: int) -> Pixels:
    return render(stage(scene, np.random.default_rng((seed, 7)), frames=FRAMES), room.atlas, room.side)


def _anew(choice: Choice) -> Scene:
    """What is asked for in another take: another lie of the land, the best that one who was not there could draw."""
    scene = choice.scenes[0]
    return replace(scene, take=TAKES[(TAKES.index(scene.take or TAKES[0]) + 1) % len(TAKES)])


Draw = Callable[[np.random.Generator, Edition], Iterator[Scene]]


def _choice(kind: str, rng: np.random.Generator, seed: int, edition: Edition) -> Choice:
    while True:
        scenes = list(KINDS[kind](rng, edition))
        if all(belongs(scene, "seen") for scene in scenes):
            asked = int(rng.integers(len(scenes)))
            return Choice(kind=kind, scenes=(scenes[asked], *scenes[:asked], *scenes[asked + 1 :]), seed=seed)


def _cameras(rng: np.random.Generator, edition: Edition) -> Iterator[Scene]:
    still = _scene(rng, edition, _thing(rng, edition))
    yield from (replace(still, camera=camera) for camera in CAMERAS)


def _counts(rng: np.random.Generator, edition: Edition) -> Iterator[Scene]:
    thing, alone = _thing(rng, edition), None
    for count in COUNTS:
        alone = alone or _scene(rng, edition, thing)
        yield replace(alone, entities=(replace(thing, count=count),))


def _sizes(rng: np.random.Generator, edition: Edition) -> Iterator[Scene]:
    thing = _thing(rng, edition)
    usual = _scene(rng, edition, thing)
    yield from (replace(usual, entities=(replace(thing, size=size),)) for size in (None, *SIZES))


def _relations(rng: np.random.Generator, edition: Edition) -> Iterator[Scene]:
    way = "right" if rng.random() < 0.5 else "left"
    one = other = _thing(rng, edition, way)
    while other.subject == one.subject:
        other = _thing(rng, edition, way)
    pair = _scene(rng, edition, one, other)
    for relation in RELATIONS:
        yield replace(pair, relation=relation)
        yield replace(pair, relation=relation, entities=(other, one))


def _movements(rng: np.random.Generator, edition: Edition) -> Iterator[Scene]:
    first, then = (WAYS[number] for number in rng.permutation(len(WAYS))[:2])
    thing = _thing(rng, edition)
    moved = _scene(rng, edition, thing)
    for motions in ((first, then), (then, first), (first,), (then,)):
        yield replace(moved, entities=(replace(thing, motions=motions),))


def _thing(rng: np.random.Generator, edition: Edition, motion: str = "still") -> Entity:
    subject = _one_of(edition.subjects, rng)
    return Entity(subject=subject, count="one", style=SUBJECTS[subject].styles[0], motions=(motion,))


def _scene(rng: np.random.Generator, edition: Edition, *things: Entity) -> Scene:
    return Scene(
        entities=things, place=_one_of(edition.places, rng), time=_one_of(LIGHTS, rng), camera=CAMERAS[0],
        take=_one_of(TAKES, rng),
    )  # fmt: skip


def _one_of(said: Sequence[str], rng: np.random.Generator) -> str:
    return said[int(rng.integers(len(said)))]


KINDS: Mapping[str, Draw] = {
    "camera": _cameras,
    "count": _counts,
    "size": _sizes,
    "relation": _relations,
    "two movements": _movements,
}
"""What is asked about, by its name in the table."""
