"""Does a clip get better with more steps? The same questions and noise at 1, 2, 4 and 8 steps, compared in pairs."""

from dataclasses import replace

import numpy as np

from vitascope.training import exam
from vitascope.training.accuracy import score
from vitascope.training.checker import read
from vitascope.training.paired import chance_of_no_worse
from vitascope.training.room import Room, made, round_trip
from vitascope.training.study import Bits, Cell, Line, Study, exact, per_cent
from vitascope.training.traits import Traits, traits

STEPS = (1, 2, 4, 8)


def stairs(room: Room, n: int, seed: int) -> Study:
    """The study; a step count is judged worse than the one before at p < 0.05."""
    asked = exam.questions({"seen": n}, seed + 50, room.edition)
    plans = [exam.plan_of(question, room.preset) for question in asked]
    wanted = [traits(question.scene) for question in asked]
    lines, before, seen = list[Line](), None, list[Traits]()
    for steps in STEPS:
        clips = made(room, [replace(plan, steps=steps) for plan in plans], f"{steps} steps")
        seen = list(read(room.checker, clips))
        right = _right(wanted, seen)
        line = _line(f"model, {steps} steps", wanted, seen)
        lines.append(replace(line, cells={**line.cells, **_worse(before, right)}))
        before = right
    real = [exam.real(question, room.atlas, room.side) for question in asked]
    coded = [round_trip(clip, room.codec) for clip in real]
    lines.append(_line("real renders", wanted, list(read(room.checker, real))))
    lines.append(_line("codec round trip", wanted, list(read(room.checker, coded))))
    lines.append(_line(f"shuffled captions, {STEPS[-1]} steps", [*wanted[1:], *wanted[:1]], seen))
    return Study(
        name="steps",
        title="steps curve",
        about="The same prompts and noise at each step count; p is that of the count before being no better (McNemar, "
        "exact, one-sided, on the joint answer): below 0.05 more steps made it worse.",
        lines=tuple(lines),
        target="no step count worse (p < 0.05) than the one before, -",
    )


def _line(kind: str, wanted: list[Traits], seen: list[Traits]) -> Line:
    cells = {name: per_cent(share) for name, share in score(wanted, seen).columns()}
    return Line(kind=kind, n=len(wanted), cells=cells)


def _right(wanted: list[Traits], seen: list[Traits]) -> Bits:
    return np.array([one == other for one, other in zip(wanted, seen, strict=True)])


def _worse(before: Bits | None, after: Bits) -> dict[str, Cell]:
    return {} if before is None else {"p": exact(chance_of_no_worse(before, after))}
