"""Whose colour is it? Judged by hue alone: nothing here learned anything.

A question is asked twice with the same noise, and the second time two colours are exchanged. What changes between the
two clips is what the colour words did, so neither place nor light needs to be known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vitascope.corpus.compositor import TINTS, render
from vitascope.corpus.graphs import belongs
from vitascope.corpus.scenes import stage
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import CAMERAS, FIRST, SUBJECTS, TAKES, TIMES, Edition
from vitascope.training import exam
from vitascope.training.room import Room, made, round_trip
from vitascope.training.study import Line, Study, counted
from vitascope.training.traits import FRAMES
from vitascope.types import Floats, Pixels, Plan

COLOURS = ("red", "yellow", "green", "blue", "purple", "pink", "orange")
"""White is no hue."""

APART = 60.0
"""Degrees of hue between two colours that are exchanged: orange for red would be seen by nobody."""

CHANGED = 24
"""Grey levels between the two clips from which a pixel counts as changed."""

LEAST = 0.004
"""Share of a half of the picture that must have changed: less is noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A scene and the same with its two colours exchanged: in ``colours``, that of the left thing comes first."""

    scene: Scene
    exchanged: Scene
    colours: tuple[str, str]
    seed: int


def pairs(n: int, seed: int, things: int, edition: Edition = FIRST) -> list[Pair]:
    """Questions about two things side by side, or about one whose colour is exchanged for another."""
    rngs = (np.random.default_rng((seed, 31, things, number)) for number in range(n))
    return [_drawn(rng, seed * 1000 + number, things, edition) for number, rng in enumerate(rngs)]


def swap(room: Room, n: int, seed: int) -> Study:
    """Two things, colours exchanged: right if in both clips each wears its own."""
    return _study(
        room, pairs(n, seed, 2, room.edition), name="swap", judge=bound,
        title="binding swap (two things, colours exchanged)",
        about=f"Both clips of a pair must show each thing in its own colour, nearest of {len(COLOURS)} hues; both "
        "stand still side by side.", target="60 %, 85 %",
    )  # fmt: skip


def hue(room: Room, n: int, seed: int) -> Study:
    """One thing in a colour: right if it is nearest to that of all hues in both clips."""
    return _study(
        room, pairs(n, seed, 1, room.edition), name="colour", title="colour of a single thing", judge=worn,
        about=f"What changes when the colour word does must be nearest to the asked of {len(COLOURS)} hues, in both "
        "clips of a pair.", target="-",
    )  # fmt: skip


Judge = Callable[[Pixels, Pixels, tuple[str, str]], bool]


def bound(one: Pixels, other: Pixels, colours: tuple[str, str]) -> bool:
    """Whether the left thing wears the first colour in ``one`` and the second in ``other``, and the right thing not."""
    half = one.shape[2] // 2
    left = _worn(one[:, :, :half], other[:, :, :half])
    right = _worn(one[:, :, half:], other[:, :, half:])
    return left == colours and right == (colours[1], colours[0])


def worn(one: Pixels, other: Pixels, colours: tuple[str, str]) -> bool:
    """Whether the thing is nearest of all hues to the first colour in ``one``, to the second in ``other``."""
    return _worn(one, other) == colours


def _worn(one: Pixels, other: Pixels) -> tuple[str, str] | None:
    """The colours nearest in hue to what changed, in either clip; None where too little did."""
    changed = np.abs(one.astype(np.int16) - other).max(axis=-1) > CHANGED
    if changed.mean() < LEAST:
        return None
    return _nearest(one[changed]), _nearest(other[changed])


def _nearest(pixels: Pixels) -> str:
    """By the angle of the mean chroma: vivid pixels count for more, and light and shade for nothing."""
    seen = _chroma(pixels.astype(np.float32)).mean(axis=0)
    return min(COLOURS, key=lambda colour: abs(_turn(_angle(seen) - angle_of(colour))))


def angle_of(colour: str) -> float:
    """The hue of a colour of the world, in degrees."""
    return _angle(_chroma(np.array(TINTS[colour], np.float32)))


def _chroma(rgb: Floats) -> Floats:
    """Two opponent axes, ``(..., 2)``: what is left of a colour without its lightness."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    return np.stack((red - (green + blue) / 2, (green - blue) * np.float32(3**0.5 / 2)), axis=-1)


def _angle(chroma: Floats) -> float:
    return float(np.degrees(np.arctan2(chroma[1], chroma[0])))


def _turn(degrees: float) -> float:
    return (degrees + 180) % 360 - 180


def _study(  # the words of a study and who judges it
    room: Room, asked: list[Pair], *, name: str, title: str, judge: Judge, about: str, target: str
) -> Study:
    real = [_real(pair, room) for pair in asked]
    shown = [*_made(room, asked, name)]
    rolled = [pair.colours for pair in (*asked[1:], *asked[:1])]
    wanted = [pair.colours for pair in asked]

    def line(kind: str, clips: Sequence[tuple[Pixels, Pixels]], colours: Sequence[tuple[str, str]]) -> Line:
        right = [judge(*both, pair) for both, pair in zip(clips, colours, strict=True)]
        return Line(kind=kind, n=len(right), cells={"right": counted(right)})

    lines = (
        line("model", shown, wanted),
        line("real renders", real, wanted),
        line("real renders, codec round trip", [_coded(pair, room) for pair in real], wanted),
        line("colour words unheard", [(one, one) for one, _ in real], wanted),
        line("shuffled captions", shown, rolled),
    )
    return Study(name=name, title=title, about=about, lines=lines, target=target)


def _coded(pair: tuple[Pixels, Pixels], room: Room) -> tuple[Pixels, Pixels]:
    one, other = (round_trip(clip, room.codec) for clip in pair)
    return one, other


def _made(room: Room, asked: list[Pair], what: str) -> "zip[tuple[Pixels, Pixels]]":
    plans = [_plans(pair, room) for pair in asked]
    ones = made(room, [one for one, _ in plans], what)
    others = made(room, [other for _, other in plans], f"{what}, exchanged")
    return zip(ones, others, strict=True)


def _plans(pair: Pair, room: Room) -> tuple[Plan, Plan]:
    one, other = (exam.plan_for(scene, pair.seed, room.preset) for scene in (pair.scene, pair.exchanged))
    return one, other


def _real(pair: Pair, room: Room) -> tuple[Pixels, Pixels]:
    both = (
        stage(scene, np.random.default_rng((pair.seed, 7)), frames=FRAMES) for scene in (pair.scene, pair.exchanged)
    )
    one, other = (render(composition, room.atlas, room.side) for composition in both)
    return one, other


def _drawn(rng: np.random.Generator, seed: int, things: int, edition: Edition) -> Pair:
    while True:
        subjects = [edition.subjects[number] for number in rng.permutation(len(edition.subjects))[:things]]
        one, other = _two_colours(rng)
        scene = Scene(
            entities=tuple(
                Entity(subject=subject, count="one", colour=colour, style=_usual(subject), motions=("still",))
                for subject, colour in zip(subjects, (one, other), strict=False)
            ),
            relation="next_to" if things > 1 else None,
            place=_one_of(edition.places, rng), time=_one_of(TIMES, rng), camera=CAMERAS[0], take=_one_of(TAKES, rng),
        )  # fmt: skip
        if belongs(scene, "seen"):
            return Pair(scene=scene, exchanged=_exchanged(scene, one, other), colours=(one, other), seed=seed)


def _usual(subject: str) -> str:
    return SUBJECTS[subject].styles[0]


def _exchanged(scene: Scene, one: str, other: str) -> Scene:
    turned = {one: other, other: one}
    entities = (replace(entity, colour=turned[entity.colour or one]) for entity in scene.entities)
    return replace(scene, entities=tuple(entities))


def _two_colours(rng: np.random.Generator) -> tuple[str, str]:
    while True:
        one, other = _one_of(COLOURS, rng), _one_of(COLOURS, rng)
        if abs(_turn(angle_of(one) - angle_of(other))) >= APART:
            return one, other


def _one_of(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
