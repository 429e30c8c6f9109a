"""Are wide and tall clips as right as square ones, and those of more frames a second?

The checker has seen squares alone, so it is shown what they hold; and 17 frames alone, so it is shown as many.

Letters in shapes: T frames, H W pixels, C channels.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vitascope.backends.rows import square_of
from vitascope.corpus.compositor import Drawings, canvas_of, render
from vitascope.corpus.reels import STRIDE, window
from vitascope.corpus.scenes import opened, stage
from vitascope.training import exam
from vitascope.training.accuracy import score
from vitascope.training.checker import read
from vitascope.training.exam import Question
from vitascope.training.room import Room, made, round_trip
from vitascope.training.study import Line, Study, per_cent
from vitascope.training.traits import FRAMES, traits
from vitascope.types import Pixels, Plan, View

Size = tuple[int, int]


def shapes(room: Room, n: int, seed: int) -> Study:
    """The study: ``n`` questions in each further shape and rate of the preset, the model's clips and real ones."""
    asked = exam.questions({"seen": n}, seed + 70, room.edition)
    sizes = dict.fromkeys(view.size for view in room.preset.views if view.size != room.preset.size)
    faster = [view for view in room.preset.views if view.size == room.preset.size]
    return Study(
        name="shapes",
        title="wide and tall clips, more frames a second",
        about="Other shapes at the model's own scale, more at the sides and less above or the other way round; the "
        "checker is shown the square they were taken from, its missing sides filled with the pixels at their edges. Of "
        "longer clips of more frames a second it is shown 17 frames in even steps.",
        lines=(
            *(line for size in sizes for line in _lines(room, asked, size)),
            *(line for view in faster for line in _rated(room, asked, view)),
        ),
    )


def _rated(room: Room, asked: Sequence[Question], view: View) -> tuple[Line, ...]:
    """Clips of a view of the native shape, the longest it has."""
    frames, name = max(view.frames), f"{view.fps} frames a second"
    plans = [
        replace(exam.plan_of(question, room.preset), fps=view.fps, frames=frames, keep=frames) for question in asked
    ]
    every = (frames - 1) // (FRAMES - 1)
    shown = [clip[::every] for clip in made(room, plans, name)]
    drawn = [_faster(question, room, view)[::every] for question in asked]
    return (
        _line(room, f"model, {name}", asked, shown),
        _line(room, f"real renders, {name}", asked, drawn),
        _line(room, f"shuffled captions, {name}", (*asked[1:], *asked[:1]), shown),
    )


def _faster(question: Question, room: Room, view: View) -> Pixels:
    rng = np.random.default_rng((question.seed, 7))
    return render(stage(question.scene, rng, frames=max(view.frames), fps=view.fps), room.atlas, room.side)


def _lines(room: Room, asked: Sequence[Question], size: Size) -> tuple[Line, ...]:
    plans = [_shaped(exam.plan_of(question, room.preset), size) for question in asked]
    name = f"{size[0]}x{size[1]}"
    shown = [squared(clip) for clip in made(room, plans, name)]
    drawn = [real_in(size, question, room.atlas) for question in asked]
    coded = [squared(round_trip(clip, room.codec)) for clip in drawn]
    return (
        _line(room, f"model, {name}", asked, shown),
        _line(room, f"real renders, {name}", asked, [squared(clip) for clip in drawn]),
        _line(room, f"codec round trip, {name}", asked, coded),
        _line(room, f"shuffled captions, {name}", (*asked[1:], *asked[:1]), shown),
    )


def _line(room: Room, kind: str, asked: Sequence[Question], clips: Sequence[Pixels]) -> Line:
    found = score([traits(question.scene) for question in asked], list(read(room.checker, clips)))
    return Line(kind=kind, n=len(asked), cells={name: per_cent(share) for name, share in found.columns()})


def _shaped(plan: Plan, size: Size) -> Plan:
    return replace(plan, size=size, output_size=size)


def real_in(size: Size, question: Question, atlas: Drawings) -> Pixels:
    """The real clip of a question in another shape, ``(T, H, W, 3)``."""
    side, scale = max(size), square_of(size, STRIDE)
    composition = exam.composed(question)
    square = render(opened(composition, side / scale), atlas, side, canvas_of(composition, scale))
    down, across = window(side, size)
    return square[:, down, across]


def squared(clip: Pixels) -> Pixels:
    """The square that a wide or tall clip ``(T, H, W, 3)`` was taken from, as far as it shows it."""
    height, width = clip.shape[1:3]
    side, longer = square_of((width, height), STRIDE), max(width, height)
    beyond = (longer - side) // 2
    top, left = (part.start - beyond for part in window(longer, (width, height)))
    around = [(max(0, first), max(0, side - first - length)) for first, length in ((top, height), (left, width))]
    whole = np.pad(clip, ((0, 0), *around, (0, 0)), mode="edge")
    down, across = max(0, -top), max(0, -left)
    return np.ascontiguousarray(whole[:, down : down + side, across : across + side])
