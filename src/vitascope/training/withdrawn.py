"""``python -m vitascope.training.withdrawn THING --run NAME``: does a model still show a thing it never learned from?

The run was trained from nothing on a corpus without the thing (``runs/without.sh``). It is asked for the thing, and for
everything else; the checker reads the clips blindly. Beside each other stand how often the thing is shown when asked
for, how often when something else was asked for (the floor: what the checker sees by mistake), and how often other
things are shown when asked for, by the same weights: a run that shows nothing at all would prove nothing.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from rich.console import Console

from vitascope.backends.base import Backend
from vitascope.corpus.graphs import belongs
from vitascope.errors import TrainingError
from vitascope.settings import settings
from vitascope.text.scene import Scene
from vitascope.text.words import edition_of
from vitascope.text.world import FIRST, Edition
from vitascope.training import exam
from vitascope.training.accuracy import Share
from vitascope.training.candidates import Candidate, running, shipped
from vitascope.training.checker import Checker, home, open_checker, read
from vitascope.training.exam import Question
from vitascope.training.plainly import plainly
from vitascope.training.presets import preset as preset_of
from vitascope.training.traits import Traits, traits

CLIPS: Final = 60
"""Questions of each kind: with none of 60 shown, the thing is shown in 6 % of clips at most (95 %)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one model shows: the thing when asked, the thing unasked, and other things when asked."""

    name: str
    asked: Share
    floor: Share
    others: Share

    @property
    def is_gone(self) -> bool:
        """Whether asking for the thing shows it no more often than not asking, by a model that shows other things."""
        return self.asked.interval[0] <= self.floor.interval[1] and self.others.interval[0] > self.asked.interval[1]

    @property
    def row(self) -> str:
        """One row of a table, in per cent."""
        return f"| {self.name} | {self.asked} | {self.floor} | {self.others} | {'yes' if self.is_gone else 'no'} |"


def questions(thing: str, count: int, seed: int, edition: Edition = FIRST) -> tuple[list[Question], list[Question]]:
    """So many questions for the thing, and as many for anything else; each pair of words was seen in training."""
    if thing not in edition.subjects:
        raise TrainingError(f"The model knows no {thing[:40]!r}; `vitascope models` lists its things.")
    drawn = exam.questions({"seen": 3 * count + 20}, seed, edition)
    others = [one for one in drawn if traits(one.scene).subject != thing][:count]
    about = [replace(one, scene=_about(thing, one)) for one in drawn]
    return [one for one in about if belongs(one.scene, "seen")][:count], others


def found(
    name: str, thing: str, asked: Sequence[Question], others: Sequence[Question], seen: Sequence[Traits]
) -> Finding:
    """What the checker's readings say, in the order of the questions: those for the thing first."""
    shown = [one.subject for one in seen]
    first, rest = shown[: len(asked)], shown[len(asked) :]
    hits = [one == traits(question.scene).subject for one, question in zip(rest, others, strict=True)]
    return Finding(
        name=name,
        asked=Share(hits=first.count(thing), n=len(first)),
        floor=Share(hits=rest.count(thing), n=len(rest)),
        others=Share(hits=sum(hits), n=len(hits)),
    )


def table(thing: str, findings: Sequence[Finding]) -> str:
    """The findings for a person."""
    head = f"| weights | {thing}, asked for | {thing}, not asked for | other things, asked for | gone |"
    return "\n".join([head, "|---|---|---|---|---|", *(finding.row for finding in findings)]) + "\n"


def _about(thing: str, question: Question) -> Scene:
    entity = question.scene.entities[0]
    return replace(question.scene, entities=(replace(entity, subject=thing),))


def _readings(backend: Backend, checker: Checker, asked: Sequence[Question]) -> list[Traits]:
    clips = (np.stack(list(backend.render(exam.plan_of(one, backend.preset), lambda _: None))) for one in asked)
    return [seen for clip in clips for seen in read(checker, [clip])]


def main() -> None:
    """Examine the run and weights that saw the thing beside each other; writes ``evals/without-THING.md``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("thing")
    parser.add_argument("--preset", default="xs")
    parser.add_argument("--run", required=True, help="the training run without the thing")
    parser.add_argument("--beside", default="", help="a run that saw it; by default the shipped weights")
    parser.add_argument("--clips", type=int, default=CLIPS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    told = parser.parse_args()
    _examine(told)


def _examine(told: argparse.Namespace) -> None:
    edition = edition_of(preset_of(told.preset).vocabulary_sha256)
    asked, others = questions(told.thing, told.clips, told.seed, edition)
    checker, _ = open_checker(home(edition), edition)
    runs = {name: _running(name, told) for name in (told.beside, told.run) if name}
    candidates = runs if told.beside else {"shipped": shipped(told.preset), **runs}
    findings = [_finding(name, told.thing, one, checker, asked, others) for name, one in candidates.items()]
    text = table(told.thing, findings)
    where = settings().home / "evals" / f"without-{told.thing}.md"
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(text, "utf-8")
    Console().print(text)


def _running(name: str, told: argparse.Namespace) -> Candidate:
    return running(settings().home / "runs" / name / "state.safetensors", preset_of(told.preset), told.threads)


def _finding(
    name: str, thing: str, one: Candidate, checker: Checker, asked: Sequence[Question], others: Sequence[Question]
) -> Finding:
    if one.backend is None:
        raise TrainingError(f"There are no weights of {name}.")
    return found(name, thing, asked, others, _readings(one.backend, checker, [*asked, *others]))


if __name__ == "__main__":
    plainly(main)
