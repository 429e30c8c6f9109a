"""The studies of ``make eval`` beyond plain accuracy: which there are, and how many clips each asks for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vitascope.corpus.strangers import open_strangers
from vitascope.training import alternatives, colours, distance, exam, shapes, stairs, strangers
from vitascope.training.room import Room
from vitascope.training.study import Study
from vitascope.types import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the exam has made already: the model's clips of the seen prompts, and the real ones."""

    shown: Sequence[Pixels]
    real: Sequence[Pixels]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A study: its questions, and the model's clips each of them takes, counted in clips of the usual steps."""

    run: Callable[[Room, Written, int, int], Study]
    questions: int
    clips_each: float


def _distance(room: Room, written: Written, n: int, seed: int) -> Study:
    others = [
        exam.real(question, room.atlas, room.side) for question in exam.questions({"seen": n}, seed + 60, room.edition)
    ]
    return distance.distance(room, written.shown[:n], written.real[:n], others, seed)


STUDIES: Mapping[str, Entry] = {
    "steps": Entry(run=lambda room, _, n, seed: stairs.stairs(room, n, seed), questions=100, clips_each=2.0),
    "swap": Entry(run=lambda room, _, n, seed: colours.swap(room, n, seed), questions=60, clips_each=2.0),
    "colour": Entry(run=lambda room, _, n, seed: colours.hue(room, n, seed), questions=40, clips_each=2.0),
    "shapes": Entry(run=lambda room, _, n, seed: shapes.shapes(room, n, seed), questions=50, clips_each=3.5),
    "alternatives": Entry(
        run=lambda room, _, n, seed: alternatives.alternatives(room, n, seed), questions=30, clips_each=5.0
    ),
    "image": Entry(
        run=lambda room, _, n, seed: strangers.image(room, open_strangers(), n, seed), questions=50, clips_each=2.3
    ),
    "distance": Entry(run=_distance, questions=200, clips_each=0.0),
}


def chosen(words: str) -> dict[str, int]:
    """Questions by study, from ``all``, ``none`` or ``steps:60,swap``. Raises ValueError naming what there is."""
    if words in ("all", "none"):
        return {name: entry.questions for name, entry in STUDIES.items()} if words == "all" else {}
    asked = dict(word.partition(":")[::2] for word in words.split(","))
    if strange := asked.keys() - STUDIES.keys():
        raise ValueError(f"There is no study {', '.join(sorted(strange))}. There are: {', '.join(STUDIES)}.")
    return {name: int(count) if count else STUDIES[name].questions for name, count in asked.items()}


def clips_of(counts: Mapping[str, int]) -> float:
    """Clips that the studies make, counted in clips of the usual steps."""
    return sum(STUDIES[name].clips_each * count for name, count in counts.items())


def studies(room: Room, written: Written, counts: Mapping[str, int], seed: int) -> Iterator[Study]:
    """Each study as it is done; none of further shapes of a preset that has none."""
    for name, count in counts.items():
        room.speak(f"study of {name}, {count} questions")
        study = STUDIES[name].run(room, written, count, seed)
        if study.lines:
            yield study
