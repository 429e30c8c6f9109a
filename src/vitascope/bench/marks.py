"""``python -m vitascope.bench.marks``: how well the mark is found, and how rarely where there is none.

Every clip is a row of a file in ``<home>/evals``, so that a long run can be stopped and goes on where it was. ``found``
marks clips, distorts each in every way of ``bench/distort.py`` and asks for the right id among 100,000; ``rendered``
does so with what the model makes, as large as it makes it and at twice that; ``unmarked`` looks at clips without a mark
as the detector of ``vitascope verify`` does.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np

from vitascope.backends.base import Backend
from vitascope.backends.choose import open_backend
from vitascope.bench.distort import DISTORTIONS, delivered, encoded
from vitascope.bench.footage import Kind, Take, frames_of
from vitascope.corpus.atlas import Atlas, open_atlas
from vitascope.corpus.compositor import Drawings
from vitascope.engine.plan import plan
from vitascope.media.resize import fit
from vitascope.provenance.detect import ALONE, LIKELY, certain_threshold, detect, identify, scores
from vitascope.provenance.mark import mark
from vitascope.provenance.register import Ids
from vitascope.provenance.trace import CERTAIN
from vitascope.rights.register import register_in_use
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.shipped import MODEL
from vitascope.text.words import edition_of
from vitascope.types import Pixels, Request

Row = dict[str, str | int | float | bool]

ISSUED = 100_000
"""Ids the right one is looked for among."""

SIZES: tuple[tuple[int, int], ...] = ((256, 256), (128, 128), (480, 270))
KINDS: tuple[Kind, ...] = ("cartoon", "film")
RENDERED = ((128, 128), (256, 256))

MUSTS = {"256x256": 0.95, "128x128": 0.85, "480x270": 0.95}
"""Share of right ids that a size may not fall below."""

_KEY = bytes(range(32))
_FRAMES = 17  # of a marked clip, two seconds: half of what generate makes, so half of what a detector can average
_FEW = 5  # frames of an unmarked clip: fewer frames, more noise, so more false alarms rather than fewer
_SEED = 2_026_11_23


def found(number: int, size: tuple[int, int], drawings: Drawings) -> Iterator[Row]:
    """A row for each distortion of the clip of that number."""
    take = Take(kind=KINDS[number % 2], seed=number, size=size, frames=_FRAMES)
    yield from _found(number, take.kind, frames_of(take, drawings))


def rendered(number: int, size: tuple[int, int], backend: Backend) -> Iterator[Row]:
    """The same of a clip the model makes of a thing, a motion and a place, all of them in turn."""
    known = edition_of(backend.preset.vocabulary_sha256)
    every = (known.subjects, known.motions, known.places)
    words = (names[number % len(names)].replace("_", " ") for names in every)
    asked = Request(prompt=" ".join(words), seconds=(_FRAMES - 1) / backend.preset.fps, seed=number)
    frames = [fit(frame, size) for frame in backend.render(plan(asked, backend.preset), lambda _: None)]
    yield from _found(number, "render", frames)


def _found(number: int, kind: str, frames: Sequence[Pixels]) -> Iterator[Row]:
    ids = _ids()
    mark_id = int(ids[number % len(ids)])
    marked = [item.frame for item in mark(frames, mark_id, _KEY)]
    size = _spelled((frames[0].shape[1], frames[0].shape[0]))
    told: Row = {"clip": number, "kind": kind, "size": size, "psnr": round(_psnr(frames, marked), 2)}
    arrived = delivered(marked)
    for name, distortion in DISTORTIONS.items():
        detection = detect(distortion(arrived, np.random.default_rng(number)), _KEY)
        if detection is not None:
            match = identify(detection, ids)
            own = scores(detection, [mark_id])[mark_id]
            yield told | {
                "case": name,
                "right": match is not None and match.mark_id == mark_id,
                "wrong": match is not None and match.mark_id != mark_id,
                "traced": own >= certain_threshold(1, CERTAIN),
                "z": round(detection.z, 2),
                "score": round(own, 2),
            }


def unmarked(number: int, drawings: Drawings) -> Row:
    """The row of the unmarked clip of that number, encoded as a site would."""
    take = Take(kind=KINDS[number % 2], seed=10_000_000 + number, size=(128, 128), frames=_FEW)
    detection = detect(encoded(frames_of(take, drawings), 23), _KEY)
    if detection is None:
        return {"clip": number, "kind": take.kind, "z": 0.0, "by_id": False, "alone": False}
    return {
        "clip": number,
        "kind": take.kind,
        "z": round(detection.z, 2),
        "by_id": identify(detection, _ids()) is not None,
        "alone": detection.p <= LIKELY and detection.z >= ALONE,
    }


def summary(rows: Sequence[Row]) -> dict[str, object]:
    """Shares of the right id by size and by distortion, and the picture's quality, from rows of ``found``."""
    sizes = dict.fromkeys(str(row["size"]) for row in rows)
    return {size: _summary_of([row for row in rows if row["size"] == size]) for size in sizes}


def alarms(rows: Sequence[Row]) -> dict[str, object]:
    """How many unmarked clips were called likely, from rows of ``unmarked``."""
    false = [row for row in rows if row["by_id"] or row["alone"]]
    heights = sorted(float(row["z"]) for row in rows)
    return {
        "clips": len(rows),
        "called likely": len(false),
        "rate, 95 % interval": _interval(len(false), len(rows)),
        "highest sync peaks": heights[-5:],
    }


def missed(rows: Sequence[Row], unmarked_rows: Sequence[Row]) -> tuple[str, ...]:
    """The musts that those rows miss: share of right ids by size, a wrong id, an unmarked clip called likely."""
    shares = {
        size: np.mean([bool(row["right"]) for row in rows if row["size"] == size])
        for size in dict.fromkeys(str(row["size"]) for row in rows)
    }
    said = [f"{size}: right id in {share:.1%}" for size, share in shares.items() if share < MUSTS[size]]
    said += ["a wrong id was named"] if any(row["wrong"] for row in rows) else []
    called = sum(bool(row["by_id"] or row["alone"]) for row in unmarked_rows)
    allowed = max(1, LIKELY * len(unmarked_rows))  # one by chance says nothing among few
    return (*said, *([f"{called} unmarked clips were called likely"] if called > allowed else []))


def _summary_of(rows: Sequence[Row]) -> dict[str, object]:
    quality = {int(row["clip"]): float(row["psnr"]) for row in rows}
    cases, kinds = (dict.fromkeys(str(row[name]) for row in rows) for name in ("case", "kind"))
    return {
        "clips": len(quality),
        "right": _share(rows, "right"),
        "wrong": sum(bool(row["wrong"]) for row in rows),
        "enough for a trace": _share(rows, "traced"),
        "dB, lowest and median of the clips": (min(quality.values()), median(quality.values())),
        "by distortion": {case: _share([row for row in rows if row["case"] == case], "right") for case in cases},
        "by kind": {kind: _share([row for row in rows if row["kind"] == kind], "right") for kind in kinds},
    }


def _share(rows: Sequence[Row], name: str) -> str:
    hits = sum(bool(row[name]) for row in rows)
    return f"{hits} of {len(rows)}, {_interval(hits, len(rows))}"


def _interval(hits: int, trials: int) -> str:
    """Share and its interval of 95 % (Wilson 1927)."""
    if not trials:
        return "-"
    share, z = hits / trials, 1.96
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = z * float(np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))) / (1 + z * z / trials)
    return f"{100 * share:.2f} % ({100 * max(0.0, middle - reach):.2f}-{100 * min(1.0, middle + reach):.2f})"


def _psnr(frames: Sequence[Pixels], marked: Sequence[Pixels]) -> float:
    errors = [np.square(one.astype(np.float64) - other).mean() for one, other in zip(frames, marked, strict=True)]
    return float(10 * np.log10(255**2 / np.mean(errors)))


@cache
def _ids() -> Ids:
    return np.random.default_rng(_SEED).integers(0, 2**64, ISSUED, dtype=np.uint64)


def _spelled(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _add(path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _run(folder: Path, clips: int, unmarked_clips: int, sizes: Sequence[str], drawings: Drawings) -> None:
    """What is still missing of both, side by side, so that a run that is cut short has a share of each."""
    marked, plain = folder / "marks-found.jsonl", folder / "marks-unmarked.jsonl"
    found_before = {(row["clip"], row["size"]) for row in _rows(marked)}
    seen_before = {row["clip"] for row in _rows(plain)}
    rounds = max(clips, 1)
    for number in range(rounds):
        for size in SIZES if number < clips else ():
            if _spelled(size) in sizes and (number, _spelled(size)) not in found_before:
                _add(marked, list(found(number, size, drawings)))
        share = range(number * unmarked_clips // rounds, (number + 1) * unmarked_clips // rounds)
        _add(plain, [unmarked(other, drawings) for other in share if other not in seen_before])


def _run_rendered(path: Path, clips: int, backend: Backend) -> None:
    before = {(row["clip"], row["size"]) for row in _rows(path)}
    for number, size in product(range(clips), RENDERED):
        if (number, _spelled(size)) not in before:
            _add(path, list(rendered(number, size, backend)))


def main() -> None:
    """Measure what is still missing, then write the summary of all rows to standard output as JSON."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.marks", description=main.__doc__)
    parser.add_argument("--clips", type=int, default=200, help="marked clips of each size")
    parser.add_argument("--unmarked", type=int, default=10_000)
    parser.add_argument("--renders", type=int, default=50, help="clips of the model, each in two sizes")
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--sizes", nargs="+", default=[_spelled(size) for size in SIZES], help="of the marked clips")
    parser.add_argument("--check", action="store_true", help="end with 1 where a must is missed")
    parser.add_argument("--atlas", type=Path, help="drawings of the cartoons; default: the home folder's")
    parser.add_argument("--rows", type=Path, help="folder of the rows; default: evals in the home folder")
    asked = parser.parse_args()
    atlas = open_atlas(use=Use.EVALUATE) if asked.atlas is None else _opened(asked.atlas)
    folder = asked.rows or settings().home / "evals"
    marked, plain = folder / "marks-found.jsonl", folder / "marks-unmarked.jsonl"
    backend = open_backend(asked.model)
    made = folder / f"marks-{asked.model}-{backend.preset.weights_sha256[:12]}.jsonl"
    _run(folder, asked.clips, asked.unmarked, asked.sizes, atlas)
    _run_rendered(made, asked.renders, backend)
    report = {
        "right id among 100,000": summary(_rows(marked)),
        f"the same, renders of {asked.model}": summary(_rows(made)),
        "unmarked": alarms(_rows(plain)),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if asked.check and (said := missed([*_rows(marked), *_rows(made)], _rows(plain))):
        raise SystemExit("missed: " + "; ".join(said))


def _opened(path: Path) -> Atlas:
    return Atlas.open(path, register_in_use(settings().home, Use.EVALUATE))


if __name__ == "__main__":
    main()
