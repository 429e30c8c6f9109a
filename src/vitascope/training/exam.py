"""The questions of the exam: full scenes, drawn by a seed, and the pictures they are held against.

Three splits: ``seen`` pairs as in training, ``held_motion`` and ``held_place`` with a pair that training never showed
(corpus/splits.py). Each scene has one subject in the usual style, with motion, place and time said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vitascope.corpus.compositor import Drawings, render
from vitascope.corpus.graphs import Split, belongs
from vitascope.corpus.scenes import SIDE, Composition, stage
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import rows, words
from vitascope.text.world import CAMERAS, FIRST, SUBJECTS, TAKES, TIMES, Edition
from vitascope.training.traits import FRAMES
from vitascope.types import Pixels, Plan, Preset

SPLITS: tuple[Split, ...] = ("seen", "held_motion", "held_place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A scene to show, and the seed of everything drawn for it."""

    scene: Scene
    split: Split
    seed: int
    edition: Edition = FIRST

    @property
    def caption(self) -> str:
        """The words a person reads on a contact sheet."""
        entity = self.scene.entities[0]
        return f"{entity.subject} {entity.motions[0]} / {self.scene.place} / {self.scene.time}"


def questions(counts: dict[Split, int], seed: int, edition: Edition = FIRST) -> list[Question]:
    """So many questions of each split; subjects, motions, places and times of an edition are drawn evenly."""
    return [
        Question(scene=_drawn(np.random.default_rng((seed, SPLITS.index(split), n)), split, edition), split=split,
                 seed=seed * 1_000_000 + SPLITS.index(split) * 100_000 + n, edition=edition)
        for split, count in counts.items()
        for n in range(count)
    ]  # fmt: skip


def _drawn(rng: np.random.Generator, split: Split, edition: Edition) -> Scene:
    while True:
        scene = _scene(
            subject=_one_of(edition.subjects, rng),
            motion=_one_of(edition.motions, rng),
            place=_one_of(edition.places, rng),
            time=_one_of(TIMES, rng),
            take=_one_of(TAKES, rng),
        )
        if belongs(scene, split):
            return scene


def _scene(*, subject: str, motion: str, place: str, time: str, take: str) -> Scene:
    entity = Entity(subject=subject, count="one", style=SUBJECTS[subject].styles[0], motions=(motion,))
    return Scene(entities=(entity,), place=place, time=time, camera=CAMERAS[0], take=take)


def said(scene: Scene) -> Scene:
    """What the prompt says: things, motions, colours, relation, place and time; the take is the seed's."""
    spoken = (Entity(subject=e.subject, colour=e.colour, motions=e.motions) for e in scene.entities)
    return Scene(
        entities=tuple(spoken), relation=scene.relation, place=scene.place, time=scene.time, take=scene.take
    )  # fmt: skip


def plan_of(question: Question, preset: Preset) -> Plan:
    """The plan that asks a model for a question's scene, with the preset's own steps and guidance."""
    return replace(plan_for(question.scene, question.seed, preset), prompt=question.caption)


def plan_for(scene: Scene, seed: int, preset: Preset) -> Plan:
    """The plan that asks a model for any full scene, with the preset's own steps and guidance."""
    return Plan(
        prompt="",
        words=rows(words(said(scene))),
        frames=FRAMES,
        keep=FRAMES,
        size=preset.size,
        output_size=preset.size,
        fps=preset.fps,
        seed=seed,
        steps=preset.sampler.steps,
        guidance=preset.sampler.guidance,
        first_frame=None,
        model=preset.name,
        container="mp4",
        notes=(),
    )


def composed(question: Question, scene: Scene | None = None) -> Composition:
    """A real composition of the question's scene, or of another one in its stead, from the question's seed."""
    return stage(scene or question.scene, np.random.default_rng((question.seed, 7)), frames=FRAMES)


def real(question: Question, atlas: Drawings, side: int = SIDE) -> Pixels:
    """The real clip of a question, ``(17, side, side, 3)``."""
    return render(composed(question), atlas, side)


def copied(question: Question, atlas: Drawings, side: int = SIDE) -> Pixels:
    """What a model would show that only copies: the nearest clip training knew, the held-out word exchanged."""
    return render(composed(question, nearest(question)), atlas, side)


def nearest(question: Question) -> Scene:
    """The question's scene with another motion, or another place, that training did show with this subject."""
    rng = np.random.default_rng((question.seed, 9))
    entity, edition = question.scene.entities[0], question.edition
    if question.split == "held_motion":
        others: Iterator[Scene] = (
            replace(question.scene, entities=(replace(entity, motions=(motion,)),)) for motion in edition.motions
        )
    else:
        others = (replace(question.scene, place=place) for place in edition.places)
    known = [scene for scene in others if belongs(scene, "seen")]
    return known[int(rng.integers(len(known)))]


def mask(question: Question, atlas: Drawings, side: int = SIDE) -> Pixels:
    """1 where the subject is, 0 elsewhere, ``(17, side, side)``: what changes when it is left out."""
    whole = composed(question)
    bare = replace(whole, layers=())
    apart = np.abs(render(whole, atlas, side).astype(np.int16) - render(bare, atlas, side)).max(axis=-1)
    return (apart > 8).astype(np.uint8)


def _one_of(words_: tuple[str, ...], rng: np.random.Generator) -> str:
    return words_[int(rng.integers(len(words_)))]
