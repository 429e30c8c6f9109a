"""``python -m vitascope.training.evals``: does a clip show what was asked? Answered by the checker, beside baselines.

Questions become clips of several kinds, the checker reads them blindly, and what it reads is held against what was
asked. A model's row means something between two others: real renders of the same scenes (the most it could reach) and
clips judged by another question (the least).
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from rich.console import Console

from vitascope.backends.base import Backend
from vitascope.backends.codec import Codec, LappedCodec
from vitascope.backends.native import NativeBackend
from vitascope.corpus.atlas import open_atlas
from vitascope.corpus.graphs import Split
from vitascope.errors import TrainingError
from vitascope.media.sheets import contact_sheet, save_png
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.shipped import MODEL as SHIPPED
from vitascope.text.words import edition_of
from vitascope.training import exam, film, report
from vitascope.training.accuracy import Share, score
from vitascope.training.candidates import Candidate, running, shipped
from vitascope.training.checker import as_input, as_pixels, home, open_checker, read, reduced
from vitascope.training.checker_run import examine, train
from vitascope.training.crosscheck import DIRECTIONS, Layouts, direction, flow_direction
from vitascope.training.exam import Question
from vitascope.training.plainly import plainly
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.training.room import Room, all_held_still, made, round_trip
from vitascope.training.softening import blur
from vitascope.training.studies import STUDIES, Written, chosen, clips_of, studies
from vitascope.training.traits import Traits, traits
from vitascope.types import Pixels, Preset

SHEET, SHOWN = 64, 6
"""Clips on the contact sheet, and frames of each."""

MEASURED = 64
"""Real renders on which the codec is measured."""

EXAMINED = 400
"""Renders on which the checker itself is examined."""

JUDGED = 1.4
"""Whole time over that of making the clips: real renders are drawn and all is looked at, too."""

SOFT = 24
"""Side to which real renders are blurred for their row; a model that shows everything softly is judged beside it."""

REAL, MODEL = "real renders", "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The clips of one kind that answer the questions of one split, and what the checker reads in them."""

    kind: str
    split: Split
    questions: tuple[Question, ...]
    clips: tuple[Pixels, ...]
    seen: tuple[Traits, ...]

    @property
    def asked(self) -> list[Traits]:
        """What the questions ask for."""
        return [traits(question.scene) for question in self.questions]


def papers(room: Room, questions: Sequence[Question]) -> Iterator[Paper]:
    """Every kind of clips on every split that has questions."""
    for split in exam.SPLITS:
        asked = tuple(question for question in questions if question.split == split)
        if asked:
            yield from _split(room, split, asked)


def _split(room: Room, split: Split, asked: tuple[Question, ...]) -> Iterator[Paper]:
    def paper(kind: str, clips: list[Pixels]) -> Paper:
        seen = tuple(read(room.checker, clips))
        result = Paper(kind=kind, split=split, questions=asked, clips=tuple(clips), seen=seen)
        room.speak(f"{report.NAMES[split]}, {kind}: {score(result.asked, seen).sentence()}")
        return result

    real = [exam.real(question, room.atlas, room.side) for question in asked]
    if room.backend is not None:
        plans = [exam.plan_of(question, room.preset) for question in asked]
        yield paper(MODEL, list(made(room, plans, report.NAMES[split])))
    yield paper(REAL, real)
    yield paper("codec round trip", [round_trip(clip, room.codec) for clip in real])
    yield paper("real renders, blurred", [_blurred(clip) for clip in real])
    yield paper("one frame held still", all_held_still(real))
    if split != "seen":
        yield paper("nearest training clip", [exam.copied(question, room.atlas, room.side) for question in asked])


def _blurred(clip: Pixels) -> Pixels:
    """A real clip as soft as one of :data:`SOFT` pixels: what softness alone costs in the checker's eyes."""
    return as_pixels(blur(as_input(torch.from_numpy(reduced(clip))), SOFT))


def rows(written: Sequence[Paper]) -> tuple[report.Row, ...]:
    """Each paper's score, and for each split what judging the first paper by the next question gives."""
    scored = [report.Row(split=p.split, kind=p.kind, score=score(p.asked, p.seen)) for p in written]
    firsts = [next(p for p in written if p.split == split) for split in dict.fromkeys(p.split for p in written)]
    chance = [
        report.Row(split=p.split, kind="shuffled captions", score=score([*p.asked[1:], *p.asked[:1]], p.seen))
        for p in firsts
    ]
    return tuple(sorted((*scored, *chance), key=lambda row: exam.SPLITS.index(row.split)))


def opinion(kind: str, written: Sequence[Paper]) -> report.Opinion:
    """What arithmetic alone says of all clips of a kind, against the prompts and against the checker."""
    chosen = [p for p in written if p.kind == kind]
    layouts = Layouts(chosen[0].questions[0].edition)
    asked = [one for p in chosen for one in p.asked]
    seen = [one for p in chosen for one in p.seen]
    ways = [direction(clip) for p in chosen for clip in p.clips]
    flows = [flow_direction(clip) for p in chosen for clip in p.clips]
    places = [layouts.place(clip) for p in chosen for clip in p.clips]
    return report.Opinion(
        kind=kind,
        direction_right=_same(ways, [_way(one) for one in asked]),
        direction_agrees=_same(ways, [_way(one) for one in seen]),
        flow_right=_same(flows, [_way(one) for one in asked]),
        flow_agrees=_same(flows, [_way(one) for one in seen]),
        place_right=_same(places, [one.place for one in asked]),
        place_agrees=_same(places, [one.place for one in seen]),
    )


def _way(shown: Traits) -> str | None:
    return shown.motion if shown.motion in DIRECTIONS else None


def _same(first: Sequence[str | None], second: Sequence[str | None]) -> Share:
    return Share(hits=sum(a == b for a, b in zip(first, second, strict=True)), n=len(first))


def fidelity(room: Room, questions: Sequence[Question]) -> report.Fidelity:
    """Decibels of the codec on real clips: the mean over clips of the whole picture, and inside the subject."""
    whole, subject = [], []
    for question in questions:
        clip = exam.real(question, room.atlas, room.side)
        inside = exam.mask(question, room.atlas, room.side).astype(bool)
        error = (clip.astype(np.float32) - round_trip(clip, room.codec)) ** 2
        whole.append(_decibels(float(error.mean())))
        if inside.any():
            subject.append(_decibels(float(error[inside].mean())))
    shown = film.clip(room.side)
    return report.Fidelity(
        clips=len(questions), whole=float(np.mean(whole)), subject=float(np.mean(subject)),
        film=None if shown is None else _error_of(shown, room.codec),
    )  # fmt: skip


def _error_of(clip: Pixels, codec: Codec) -> float:
    return _decibels(float(((clip.astype(np.float32) - round_trip(clip, codec)) ** 2).mean()))


def _decibels(error: float) -> float:
    """Peak signal to noise of 8 bit pixels with that mean squared error."""
    return float(10 * np.log10(255**2 / max(error, 1e-3)))


def sheet(paper: Paper) -> Pixels:
    """A contact sheet of a paper's first clips, six frames each, with what was asked and what the checker read."""
    shown = list(zip(paper.clips, paper.questions, paper.seen, strict=True))[:SHEET]
    strips = [list(clip[np.linspace(0, len(clip) - 1, SHOWN).round().astype(int)]) for clip, _, _ in shown]
    captions = [f"{question.caption}   ->   {' '.join(_words(seen))}" for _, question, seen in shown]
    return _two_columns(strips, captions)


def _words(seen: Traits) -> tuple[str, ...]:
    return seen.subject, seen.motion, seen.place, seen.time


def _two_columns(strips: list[list[Pixels]], captions: list[str]) -> Pixels:
    half = -(-len(strips) // 2)
    left = contact_sheet(strips[:half], captions[:half])
    right = contact_sheet(strips[half:], captions[half:])
    if not strips[half:]:
        return left
    filled = np.zeros((left.shape[0], right.shape[1], 3), np.uint8)
    filled[: len(right)] = right
    return np.concatenate((left, filled), axis=1)


def evaluate(
    room: Room, questions: Sequence[Question], subject: report.Subject, counts: Mapping[str, int] | None = None,
    examined: int = EXAMINED,
) -> tuple[report.Report, Pixels]:  # fmt: skip
    """Everything there is to find out, and the contact sheet of the seen prompts.

    ``counts`` are those of studies, ``examined`` renders those that the checker itself is asked about.
    """
    written = list(papers(room, questions))
    judged = [kind for kind in (MODEL, REAL) if any(p.kind == kind for p in written)]
    found = report.Report(
        subject=subject,
        rows=rows(written),
        opinions=tuple(opinion(kind, written) for kind in judged),
        codec=fidelity(room, questions[:MEASURED]),
        checker=examine(room.checker, room.atlas, clips=examined, seed=subject.seed)["as rendered"],
        studies=tuple(studies(room, _of_seen(written), counts or {}, subject.seed)),
    )
    return found, sheet(written[0])


def _of_seen(written: Sequence[Paper]) -> Written:
    clips = {p.kind: p.clips for p in written if p.split == "seen"}
    return Written(shown=clips.get(MODEL, ()), real=clips.get(REAL, ()))


def _foretold(backend: Backend, questions: Sequence[Question], counts: Mapping[str, int]) -> str:
    """How long all of it will take, from one clip that is not counted."""
    plan = exam.plan_of(questions[0], backend.preset)
    for _ in range(2):  # the first one compiles
        begin = time.monotonic()
        list(backend.render(plan, lambda progress: None))
    clips = len(questions) + clips_of(counts)
    minutes = clips * (time.monotonic() - begin) / 60 * JUDGED
    return f"{len(questions)} questions and {len(counts)} studies, about {clips:.0f} clips: {minutes:.0f} minutes."


def main() -> None:
    """Examines a model and writes table, figures and contact sheet into the home folder's ``evals``."""
    asked, console = _parser().parse_args(), Console(stderr=True)
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(asked.threads)
    _examine(asked, console)


def _examine(asked: argparse.Namespace, console: Console) -> None:
    preset, candidate = preset_of(asked.preset), _candidate(asked)
    edition = edition_of(preset.vocabulary_sha256)
    if not home(edition).exists():
        console.print("There is no checker yet; it is trained first.")
        train(speak=console.print, edition=edition)
    checker, renders = open_checker(home(edition), edition)
    codec = _codec(candidate.backend, preset)
    room = Room(checker=checker, atlas=open_atlas(edition, Use.EVALUATE), codec=codec, side=preset.size[0],
                backend=candidate.backend, speak=console.print, edition=edition)  # fmt: skip
    counts: dict[Split, int] = {"seen": asked.seen, "held_motion": asked.held, "held_place": asked.held}
    sampler = (preset if candidate.backend is None else candidate.backend.preset).sampler  # that of a map is its own
    subject = report.Subject(name=asked.preset, weights_sha256=candidate.sha256, command=_command(asked),
                             seed=asked.seed, steps=sampler.steps, guidance=sampler.guidance,
                             checker_renders=renders, machine=asked.machine)  # fmt: skip
    try:
        film.bring()
    except TrainingError as error:
        console.print(f"{error} The codec is measured without it.")
    questions = exam.questions(counts, asked.seed, edition)
    extra = {} if asked.baselines else chosen(asked.studies)
    if candidate.backend is not None:
        console.print(_foretold(candidate.backend, questions, extra))
    found, picture = evaluate(room, questions, subject, extra)
    where = settings().home / "evals" / _name(asked)
    report.save(found, where.with_suffix(".json"))
    where.with_suffix(".md").write_text(report.markdown(found))
    save_png(picture, where.with_suffix(".png"))
    report.show(found, Console(), where)


def _codec(backend: Backend | None, preset: Preset) -> Codec:
    return backend.codec if isinstance(backend, NativeBackend) else LappedCodec(preset.codec)


def _name(asked: argparse.Namespace) -> str:
    """Of the files: only the shipped weights bear the name of the preset alone."""
    if asked.run:
        return f"{asked.preset}-run-{asked.run}"
    return f"{asked.preset}-baselines" if asked.baselines else str(asked.preset)


def _command(asked: argparse.Namespace) -> str:
    """What measures these figures again."""
    choice = ["--baselines"] * asked.baselines + ["--run", asked.run] * bool(asked.run)
    usual = _parser().parse_args([])
    for name in ("seen", "held", "seed", "studies"):
        if getattr(asked, name) != getattr(usual, name):
            choice += [f"--{name}", str(getattr(asked, name))]
    if choice:
        return f"python -m vitascope.training.evals --preset {asked.preset} {' '.join(choice)}"
    return "make eval" if asked.preset == SHIPPED else f"make eval PRESET={asked.preset}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default=SHIPPED, choices=NAMES)
    parser.add_argument(
        "--run", default="", help="examine this training run's running average, not the shipped weights"
    )
    parser.add_argument("--baselines", action="store_true", help="examine no model")
    parser.add_argument("--seen", type=int, default=200)
    parser.add_argument("--held", type=int, default=100, help="questions of each held-out split")
    parser.add_argument(
        "--studies", default="all", help=f"all, none, or some of {', '.join(STUDIES)}, as in steps:60,swap"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--machine", default="A", help="its letter in docs/figures.md")
    return parser


def _candidate(asked: argparse.Namespace) -> Candidate:
    if asked.baselines:
        return Candidate(backend=None, sha256="")
    if asked.run:
        return running(
            settings().home / "runs" / asked.run / "state.safetensors", preset_of(asked.preset), asked.threads
        )
    return shipped(asked.preset)


if __name__ == "__main__":
    plainly(main)
