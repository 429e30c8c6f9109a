"""What an evaluation found, as a table on the screen, as lines for docs/figures.md, and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

from vitascope.corpus.graphs import Split
from vitascope.training.accuracy import Score, Share
from vitascope.training.study import Line, Study, columns
from vitascope.training.study import table as study_rows
from vitascope.training.traits import ATTRIBUTES

NAMES: dict[Split, str] = {
    "seen": "seen prompts",
    "held_motion": "held-out (subject, motion)",
    "held_place": "held-out (subject, place)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of clips on one split."""

    split: Split
    kind: str
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The second opinions (training/crosscheck.py) on one kind of clips."""

    kind: str
    direction_right: Share  # they and the prompt
    direction_agrees: Share  # they and the checker
    flow_right: Share  # the direction by optical flow
    flow_agrees: Share
    place_right: Share
    place_agrees: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """Decibels of the codec on real renders, means over clips."""

    clips: int
    whole: float
    subject: float  # inside its mask
    film: float | None = None  # whole, of a clip of a film that nothing here drew


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Which model was examined, with what."""

    name: str
    weights_sha256: str  # empty where no model was there: then only the baselines were measured
    steps: int
    guidance: float
    command: str
    seed: int
    checker_renders: int
    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one evaluation found."""

    subject: Subject
    rows: tuple[Row, ...]
    opinions: tuple[Opinion, ...]
    codec: Fidelity
    checker: Score  # of whoever marks all this, on renders drawn evenly that it never saw
    studies: tuple[Study, ...] = ()


def show(report: Report, console: Console, where: Path) -> None:
    """Prints everything, and where it lies."""
    console.print(table(report))
    console.print(opinions_table(report))
    console.print(f"codec on real renders: {sentence(report.codec)}")
    console.print(f"the checker itself on held-out renders: {report.checker.sentence()}")
    for study in report.studies:
        console.print(study_table(study))
    console.print(f"written: {where}.json, {where}.md (lines for docs/figures.md), {where}.png (contact sheet)")


def table(report: Report) -> Table:
    """Accuracies in per cent, each above its 95 % Wilson interval, for a terminal."""
    shown = Table("clips", *ATTRIBUTES, "joint", title=f"{report.subject.name}: accuracy in per cent")
    for split, group in groupby(report.rows, key=lambda row: row.split):
        rows = list(group)
        shown.add_section()
        shown.add_row(f"[bold]{NAMES[split]}[/bold], n={rows[0].score.joint.n}")
        for row in rows:
            shown.add_row(row.kind, *(_two_lines(share) for _, share in row.score.columns()))
    return shown


def _two_lines(share: Share) -> str:
    low, high = share.interval
    return f"{100 * share.value:.1f}\n[dim]{100 * low:.0f}-{100 * high:.0f}[/dim]"


def opinions_table(report: Report) -> Table:
    """The second opinions, for a terminal."""
    shown = Table("clips", "direction right", "agrees with checker", "by flow right", "agrees with checker",
                  "place right", "agrees with checker", title="by arithmetic alone, in per cent")  # fmt: skip
    for one in report.opinions:
        shares = (one.direction_right, one.direction_agrees, one.flow_right, one.flow_agrees, one.place_right,
                  one.place_agrees)  # fmt: skip
        shown.add_row(one.kind, *map(str, shares))
    return shown


def study_table(study: Study) -> Table:
    """One study, for a terminal."""
    head, *lines = study_rows(study)
    shown = Table(*head, title=study.title, caption=study.about)
    for line in lines:
        shown.add_row(*line)
    return shown


def sentence(fidelity: Fidelity) -> str:
    """The codec's decibels in words."""
    film = "" if fidelity.film is None else f"; {fidelity.film:.1f} dB on a clip of a real film"
    return f"{fidelity.whole:.1f} dB whole, {fidelity.subject:.1f} dB inside the subject, {fidelity.clips} clips{film}"


def markdown(report: Report) -> str:
    """Lines for the table of docs/figures.md: for every split, codec and checker, each opinion and study."""
    lines = (
        *_split_lines(report),
        _codec_line(report),
        _checker_line(report),
        *(_opinion_line(report, one) for one in report.opinions),
        *map(_study_line, report.studies),
    )
    told, tested = report.subject, report.subject.weights_sha256[:12] or "-"
    return "".join(
        f"| {line.figure} | {line.value} | {line.target} | `{told.command}` | {line.clips} clips | {told.seed} "
        f"| {line.baseline} | {tested if line.is_of_model else '-'} | {told.machine} |\n"
        for line in lines
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What is special about a line of the figures."""

    figure: str
    value: str
    clips: int
    is_of_model: bool
    target: str = "-"
    baseline: str = "-"


def _split_lines(report: Report) -> Iterator[_Line]:
    for split, group in groupby(report.rows, key=lambda row: row.split):
        first, *others = group
        yield _Line(
            figure=f"{NAMES[split]}, {first.kind}: {' / '.join(ATTRIBUTES)} / joint",
            value=" / ".join(str(share) for _, share in first.score.columns()) + " %",
            target="joint 70 %, 90 %" if split == "seen" else "joint 50 %, 75 %",
            clips=first.score.joint.n,
            baseline="; ".join(f"{row.kind} {_brief(row.score)}" for row in others),
            is_of_model=bool(report.subject.weights_sha256),
        )


def _codec_line(report: Report) -> _Line:
    return _Line(
        figure="codec round trip of real renders",
        value=sentence(report.codec),
        target="30 / 26 dB, 34 / 30 dB",
        clips=report.codec.clips,
        is_of_model=False,
    )


def _checker_line(report: Report) -> _Line:
    return _Line(
        figure=f"the checker itself, renders drawn evenly that it never saw: {' / '.join(ATTRIBUTES)} / joint",
        value=" / ".join(str(share) for _, share in report.checker.columns()) + " %",
        target="95 %, -",
        clips=report.checker.joint.n,
        baseline=f"taught on {report.subject.checker_renders:,} renders",
        is_of_model=False,
    )


def _opinion_line(report: Report, one: Opinion) -> _Line:
    return _Line(
        figure=f"direction / direction by optical flow / place by arithmetic alone, {one.kind}",
        value=f"right {one.direction_right} / {one.flow_right} / {one.place_right} %, "
        f"agrees with the checker {one.direction_agrees} / {one.flow_agrees} / {one.place_agrees} %",
        clips=one.place_right.n,
        is_of_model=bool(report.subject.weights_sha256) and one.kind == "model",
    )


def _study_line(study: Study) -> _Line:
    first, *others = study.lines
    return _Line(
        figure=f"{study.title}, {first.kind}: {' / '.join(columns(study))}",
        value=_cells(study, first),
        target=study.target,
        clips=first.n,
        baseline="; ".join(f"{line.kind} {_cells(study, line)}" for line in others) or "-",
        is_of_model=study.is_of_model,
    )


def study_sentence(study: Study) -> str:
    """Figure, value and baseline of a study, to be put into docs/figures.md by hand."""
    line = _study_line(study)
    return f"{line.figure} | {line.value} | {line.target} | n {line.clips} | {line.baseline}"


def _cells(study: Study, line: Line) -> str:
    return " / ".join(str(line.cells.get(name, "-")) for name in columns(study))


def _brief(score: Score) -> str:
    return " / ".join(f"{100 * share.value:.0f}" for _, share in score.columns())


def save(report: Report, path: Path) -> None:
    """Writes the report as JSON, every share with its interval."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = asdict(report) | {"rows": [_row(row) for row in report.rows], "checker": _shares(report.checker)}
    path.write_text(json.dumps(document, indent=1) + "\n")


def _row(row: Row) -> dict[str, object]:
    return {"split": row.split, "clips": row.kind, **_shares(row.score)}


def _shares(score: Score) -> dict[str, object]:
    return {
        name: {"hits": share.hits, "n": share.n, "value": share.value, "interval": share.interval}
        for name, share in score.columns()
    }
