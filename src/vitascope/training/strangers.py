"""Fifty drawings no model of ours has seen: does it keep what it is shown, and does that move as asked?

Every drawing is laid into a scene, whose first frame, or the bare drawing on white, is what the model is given; the
prompt says what it does, and no word says what it is. Identity: the same scene is drawn with each of the fifty, and of
all fifty the shown one must look most like the clip's second half to the checker, which learned none of them. Motion is
read by the checker.

Letters in shapes: D drawings, E features.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import torch

from vitascope.corpus.atlas import Sprite
from vitascope.corpus.compositor import Drawings, canvas_of, render
from vitascope.corpus.doodles import STAND_IN, Guise
from vitascope.corpus.scenes import Composition, stage
from vitascope.corpus.strangers import STRANGERS, style_of
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import PICTURED
from vitascope.text.world import CAMERAS, FIRST, TAKES, TIMES, Edition
from vitascope.training import exam
from vitascope.training.checker import SIDE, Checker, as_input, read, small
from vitascope.training.checker_run import moment
from vitascope.training.room import Room, all_held_still, made, round_trip
from vitascope.training.study import Line, Study, counted
from vitascope.training.traits import FRAMES
from vitascope.types import Character, Floats, Pixels, Plan

LOOKED = (10, 13, 16)
"""Frames of a clip in which its drawing is looked for."""

NOT_ASKED = ("still", "appear")
"""Motions that the first frame already shows, or that do not show the drawing in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """A drawing in a scene."""

    number: int
    scene: Scene
    seed: int


def image(room: Room, strangers: Drawings, n: int, seed: int) -> Study:
    """The study of ``--image``: the first frame given, then the bare drawing to keep."""
    asked = questions(n, seed, room.edition)
    sprites = [strangers.sprite(STRANGERS[one.number], style_of(one.number)) for one in asked]
    real = [_real(one, sprite, room.side) for one, sprite in zip(asked, sprites, strict=True)]
    aside = [_elsewhere(one, sprite, room.side) for one, sprite in zip(asked, sprites, strict=True)]
    casts = [{1: Character(name="it", picture=on_white(sprite, room.side))} for sprite in sprites]
    line = _judge(room, asked, Lineup(room.checker, strangers))
    opened = [replace(_plan(one, room), first_frame=clip[0]) for one, clip in zip(asked, real, strict=True)]
    shown = [replace(_plan(one, room), cast=cast) for one, cast in zip(asked, casts, strict=True)]
    return Study(
        name="image",
        title="unseen drawings by --image",
        about=f"{len(STRANGERS)} drawings outside every training; identity: of the {len(STRANGERS)}, each drawn into "
        "the same scene, the one that the clip's last frames look most like to the checker (chance 2 %).",
        target="70 / 50 %, 90 / 75 %",
        lines=(
            line("model, first frame given", made(room, opened, "first frame")),
            line("model, drawing kept from white paper", made(room, shown, "kept")),
            line("real renders", iter(real)),
            line("real renders, codec round trip", (round_trip(clip, room.codec) for clip in real)),
            line("real renders of it standing still", iter(aside)),
            line("still image", iter(all_held_still(real))),
            line("another drawing's clip", iter([*real[1:], *real[:1]])),
        ),
    )


def questions(n: int, seed: int, edition: Edition = FIRST) -> list[Stranger]:
    """The first ``n`` strangers, each with a motion, a place, a time and a take by chance."""
    return [_drawn(number % len(STRANGERS), seed * 1000 + number, edition) for number in range(n)]


def on_white(sprite: Sprite, side: int) -> Pixels:
    """A drawing large on white, ``(side, side, 3)``: how training shows what a thing looks like."""
    drawn = sprite.pixels[0].astype(np.float32)
    frame = np.clip(drawn[..., :3] + 255 - drawn[..., 3:], 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(frame, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


class Lineup:
    """What every stranger looks like to the checker in the scene of a question."""

    def __init__(self, checker: Checker, strangers: Drawings) -> None:
        self._checker = checker
        self._guises = [Guise(strangers.sprite(name, style_of(n))) for n, name in enumerate(STRANGERS)]

    def named(self, clip: Pixels, one: Stranger) -> int:
        """The number of the stranger whose scene looks most like the last frames of ``clip``."""
        seen = self._looked([small(clip[place]) for place in LOOKED])
        apart = np.square(self._suspects(one) - seen).mean(axis=1)
        return int(apart.argmin())

    @cache  # noqa: B019  # lives as long as one study, and every kind of clips asks again
    def _suspects(self, one: Stranger) -> Floats:
        """Features of the scene with each of the fifty, ``(D, E)``."""
        whole = _composition(one)
        canvas = np.asarray(cv2.GaussianBlur(canvas_of(whole), (0, 0), 0.9), np.uint8)  # see Studio in checker_run
        moments = [moment(whole, place) for place in LOOKED]
        drawn = [[render(few, guise, SIDE, canvas)[0] for few in moments] for guise in self._guises]
        return np.stack([self._looked(frames) for frames in drawn])

    def _looked(self, frames: Sequence[Pixels]) -> Floats:
        """What stands out in frames, wherever it is, ``(E,)``: the mean over them."""
        with torch.inference_mode():
            seen = self._checker.eval().looked(as_input(torch.from_numpy(np.stack(frames))))
        return np.asarray(seen.mean(0).numpy(), np.float32)


def _judge(room: Room, asked: Sequence[Stranger], lineup: Lineup) -> Callable[[str, Iterator[Pixels]], Line]:
    def line(kind: str, clips: Iterator[Pixels]) -> Line:
        shown = list(clips)
        kept = np.array([lineup.named(clip, one) == one.number for clip, one in zip(shown, asked, strict=True)])
        read_as = [seen.motion for seen in read(room.checker, shown)]
        moved = np.array(
            [motion == one.scene.entities[0].motions[0] for motion, one in zip(read_as, asked, strict=True)]
        )
        cells = {"identity": counted(kept), "motion": counted(moved), "both": counted(kept & moved)}
        return Line(kind=kind, n=len(shown), cells=cells)

    return line


def _plan(one: Stranger, room: Room) -> Plan:
    hidden = (replace(one.scene.entities[0], subject=PICTURED),)
    return exam.plan_for(replace(one.scene, entities=hidden), one.seed, room.preset)


def _composition(one: Stranger) -> Composition:
    return stage(one.scene, np.random.default_rng((one.seed, 7)), frames=FRAMES)


def _real(one: Stranger, sprite: Sprite, side: int) -> Pixels:
    return render(_composition(one), Guise(sprite), side)


def _elsewhere(one: Stranger, sprite: Sprite, side: int) -> Pixels:
    """The same drawing in the same place, but standing still: what is asked does not happen, yet it is who it is."""
    still = replace(one.scene, entities=(replace(one.scene.entities[0], motions=("still",)),))
    return _real(replace(one, scene=still), sprite, side)


def _drawn(number: int, seed: int, edition: Edition) -> Stranger:
    rng = np.random.default_rng((seed, 41))
    asked = tuple(motion for motion in edition.motions if motion not in NOT_ASKED)
    entity = Entity(subject=STAND_IN, count="one", style="3d", motions=(_one_of(asked, rng),))
    scene = Scene(
        entities=(entity,), place=_one_of(edition.places, rng), time=_one_of(TIMES, rng), camera=CAMERAS[0],
        take=_one_of(TAKES, rng),
    )  # fmt: skip
    return Stranger(number=number, scene=scene, seed=seed)


def _one_of(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
