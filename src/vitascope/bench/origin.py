"""``python -m vitascope.bench.origin``: what mark, seal and search cost, and what flips and forgeries achieve.

Files go to a folder of their own: the register of the person who runs it stays as it is.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from vitascope.backends.base import Tick
from vitascope.backends.choose import models
from vitascope.bench.distort import encoded
from vitascope.bench.footage import Kind, Take, frames_of
from vitascope.corpus.atlas import open_atlas
from vitascope.corpus.compositor import Drawings
from vitascope.marks.book import DatabaseRegister
from vitascope.pipeline import render
from vitascope.provenance.authority import Authority, open_authority
from vitascope.provenance.credential import read_credential
from vitascope.provenance.fingerprint import MATCH, Sampler, Words, words_of
from vitascope.provenance.likeness import LikenessIndex, Records
from vitascope.provenance.manifest import Claim
from vitascope.provenance.mark import mark
from vitascope.provenance.register import Issued, LocalRegister, Register, now
from vitascope.provenance.seal import seal
from vitascope.provenance.trace import trace
from vitascope.provenance.verify import find_mark, look
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.shipped import MODEL
from vitascope.store import tables
from vitascope.store.database import open_database
from vitascope.types import Memory, Pixels, Plan, Preset, Request

RENDERS, WORDS_EACH = 100_000, 17
_SIZE = (256, 256)
_NOTHING: Words = np.ones((1, 4), np.uint64)  # words that no render has


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    """Milliseconds, on the clock and on a core."""

    wall: float
    core: float

    @classmethod
    def now(cls) -> Self:
        """This moment, to be subtracted from a later one."""
        return cls(wall=1000 * time.perf_counter(), core=1000 * time.process_time())

    @classmethod
    def of_children(cls) -> Self:
        """The same of processes that were started and have ended."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return cls(wall=1000 * time.perf_counter(), core=1000 * (used.ru_utime + used.ru_stime))

    def __sub__(self, earlier: Self) -> Self:
        return replace(self, wall=self.wall - earlier.wall, core=self.core - earlier.core)

    def __add__(self, other: Self) -> Self:
        return replace(self, wall=self.wall + other.wall, core=self.core + other.core)


class _Footage:
    """A backend that shows a composed clip instead of painting one."""

    def __init__(self, frames: list[Pixels]) -> None:
        self._frames, self.preset = frames, _preset()

    def remembering(self, memory: Memory) -> "_Footage":
        """Itself: there is nothing to go on with."""
        del memory
        return self

    def render(self, plan: Plan, tick: Tick) -> Iterator[Pixels]:
        """The frames, as many as the plan asks for; ``tick`` hears nothing."""
        del tick
        yield from self._frames[: plan.frames]


def searches(queries: int) -> dict[str, float]:
    """Milliseconds to find a render among 100,000 by eight pictures, and how many were found first."""
    records = _records(np.random.default_rng(0))
    index, spent, right = LikenessIndex(records), list[_Spent](), 0
    for words, mark_id in _asked(records, queries):
        begin = _Spent.now()
        found = index.nearest(words, within=MATCH)
        spent.append(_Spent.now() - begin)
        right += bool(found) and found[0].mark_id == mark_id
    return {"queries": queries, "first": right} | _told("search", spent, 0.5) | _told("search p95", spent, 0.95)


def lookups(url: str, mirrors: Path, queries: int) -> dict[str, float]:
    """The same as a process begins it that has nothing yet: opens the database, catches up, maps, and searches.

    Apart from that, the first of all, which makes the mirror, and the ids that a mark is compared with.
    """
    begin = _Spent.now()
    DatabaseRegister(open_database(url, migrate=False), mirrors=mirrors).alike(_NOTHING, within=MATCH)
    first, spent, taken, right = _Spent.now() - begin, list[_Spent](), list[_Spent](), 0
    for words, mark_id in _asked(_records(np.random.default_rng(0)), queries):
        begin = _Spent.now()
        register = DatabaseRegister(open_database(url, migrate=False), mirrors=mirrors)
        found = register.alike(words, within=MATCH)
        middle = _Spent.now()
        register.ids()
        spent.append(middle - begin)
        taken.append(_Spent.now() - middle)
        right += bool(found) and found[0].mark_id == mark_id
    told = _told("mirror made", [first], 0.5) | _told("lookup", spent, 0.5) | _told("lookup p95", spent, 0.95)
    return {"queries": queries, "first": right} | told | _told("ids", taken, 0.5)


def checks(clip: Path, url: str, runs: int) -> dict[str, float]:
    """A whole check as the desk runs it, in a process that begins, loads, decodes, detects, compares and ends."""
    program = [sys.executable, "-m", "vitascope.server.inside_darkroom", "origin", str(clip)]
    command = ["/usr/bin/env", f"VITASCOPE_HOME={clip.parent}", *program]
    spent, made_here = list[_Spent](), 0
    for _ in range(runs):
        begin = _Spent.of_children()
        done = subprocess.run(command, input=url, capture_output=True, text=True, check=True)  # noqa: S603  # our own program
        spent.append(_Spent.of_children() - begin)
        made_here += bool(json.loads(done.stdout)["made_here"])
    return {"runs": runs, "made here": made_here} | _told("check", spent, 0.5)


def costs(frames: list[Pixels], clip: Path, authority: Authority, runs: int) -> dict[str, float]:
    """Milliseconds to mark 33 frames and to seal the file, apart and together."""
    marking, sealing = list[_Spent](), list[_Spent]()
    claim = Claim(title="clip", model=MODEL, weights_sha256="ab", trained_on="cd", mark_id=1)
    for _ in range(runs + 1):
        begin = _Spent.now()
        for _item in mark(frames, 1, authority.mark_key):
            pass
        middle = _Spent.now()
        seal(clip, claim, authority, to=clip.with_name("sealed.mp4"))
        marking.append(middle - begin)
        sealing.append(_Spent.now() - middle)
    both = [one + other for one, other in zip(marking, sealing, strict=True)][1:]  # the first draws the patterns
    return {"runs": runs} | _told("mark", marking[1:], 0.5) | _told("seal", sealing[1:], 0.5) | _told("both", both, 0.5)


def tampered(clip: Path, authority: Authority, tries: int) -> dict[str, int]:
    """In how many of ``tries`` a byte of media was flipped and the file still called trusted or valid."""
    content = clip.read_bytes()
    rng, start = np.random.default_rng(0), content.rfind(b"mdat") + 4
    states = []
    for place in rng.integers(start, len(content), tries).tolist():
        changed = bytes([content[place] ^ int(rng.integers(1, 256))])
        clip.write_bytes(content[:place] + changed + content[place + 1 :])
        states.append(read_credential(clip, authority).state)
    clip.write_bytes(content)
    return {"tries": tries, "not called invalid": sum(state != "invalid" for state in states)}


def framed(folder: Path, drawings: Drawings, tries: int) -> dict[str, int]:
    """In how many of ``tries`` the exact mark of one member's render, laid on another video, named anybody.

    Every other time the other video is a cartoon of the same compositor, which is as alike as videos come.
    """
    register, key = LocalRegister(folder / "framed"), open_authority(settings().home).mark_key
    seen, named = 0, 0
    for number in range(tries):
        size, frames = (128, 128), 5
        theirs = frames_of(Take(kind="cartoon", seed=number, size=size, frames=frames), drawings)
        mark_id, sampler = register.take(party=f"member-{number}"), Sampler()
        marked = [item.frame for item in mark(sampler.watch(theirs), mark_id, key)]
        entry = Issued(mark_id=mark_id, time=now(), model=MODEL, size=size, party=f"member-{number}")
        register.enter(entry, words_of(sampler.planes))
        kind: Kind = "film" if number % 2 else "cartoon"
        others = frames_of(Take(kind=kind, seed=1_000_000 + number, size=size, frames=frames), drawings)
        found = look(encoded([_laid(o, m, t) for o, m, t in zip(others, marked, theirs, strict=True)], 18), key)
        seen += find_mark(found.detection, register).mark_id == mark_id
        named += trace(found, register).outcome == "named"
    return {"tries": tries, "mark seen": seen, "somebody named": named}


def _laid(other: Pixels, marked: Pixels, plain: Pixels) -> Pixels:
    """``other`` with exactly what marking added to ``plain``."""
    forged: Pixels = np.clip(other.astype(np.int16) + marked - plain, 0, 255).astype(np.uint8)
    return forged


def _clip(frames: list[Pixels], folder: Path, register: Register) -> Path:
    request = Request(prompt="a cat jumps", size=_SIZE, seed=1)
    return render(
        request, to=folder / "clip.mp4", backend=_Footage(frames), tick=lambda _: None, register=register
    ).path


def _server(folder: Path, home: Path) -> str:
    """The URL of a server's database of 100,000 renders in ``folder``, which also has the keys that are in ``home``."""
    shutil.copytree(home / "authority", folder / "authority")
    database = open_database(f"sqlite:///{folder / 'jobs.db'}")
    words = _records(np.random.default_rng(0))[:, 1:].reshape(RENDERS, -1).astype("<u8")
    facts = {"at": 0.0, "model": MODEL, "manifest_sha256": "a" * 64, "frames_sha256": "b" * 64, "width": _SIZE[0],
             "height": _SIZE[1], "party": "ana"}  # fmt: skip
    names = [f"{number:016x}" for number in range(1, RENDERS + 1)]
    with database.transaction() as tx:
        tx.execute(tables.marks.insert(), [facts | {"id": name} for name in names])
        told = ({"mark": name, "words": row.tobytes()} for name, row in zip(names, words, strict=True))
        tx.execute(tables.fingerprints.insert(), list(told))
    return database.url


def _records(rng: np.random.Generator) -> Records:
    """Of 100,000 renders, numbered from 1, seventeen pictures each."""
    words = rng.integers(0, 2**63, (RENDERS * WORDS_EACH, 4), dtype=np.uint64)
    return np.insert(words, 0, np.repeat(np.arange(1, RENDERS + 1, dtype=np.uint64), WORDS_EACH), axis=1)


def _asked(records: Records, queries: int) -> Iterator[tuple[Words, int]]:
    """Words of random renders with a few bits wrong, and which render that is."""
    for render_ in np.random.default_rng(1).integers(0, RENDERS, queries).tolist():
        theirs = records[render_ * WORDS_EACH : (render_ + 1) * WORDS_EACH]
        yield theirs[:, 1:] ^ np.uint64(0b1011), render_ + 1


def _preset() -> Preset:
    return replace(models()[0], size=_SIZE)


def _told(name: str, spent: list[_Spent], share: float) -> dict[str, float]:
    """Quantiles of the time on the clock and of that on a core: on a busy machine only the second says something."""
    return {
        f"{name}_ms": round(float(np.quantile([one.wall for one in spent], share)), 1),
        f"{name}_cpu_ms": round(float(np.quantile([one.core for one in spent], share)), 1),
    }


def main() -> None:
    """Measure all of it and write one JSON object to standard output."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.origin", description=main.__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--framed", type=int, default=200)
    asked = parser.parse_args()
    drawings: Drawings = open_atlas(use=Use.EVALUATE)
    frames = frames_of(Take(kind="cartoon", seed=1, size=_SIZE, frames=33), drawings)
    with tempfile.TemporaryDirectory() as folder:
        authority = open_authority(settings().home)
        url = _server(Path(folder), settings().home)
        clip = _clip(frames, Path(folder), DatabaseRegister(open_database(url)))
        report = {
            "tampered": tampered(clip, authority, asked.tries),
            "cost": costs(frames, clip, authority, asked.runs),
            "search": searches(asked.queries),
            "search with loading": lookups(url, Path(folder) / "mirrors", asked.queries),
            "check with loading": checks(clip, url, asked.runs),
            "framed": framed(Path(folder), drawings, asked.framed),
        }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
