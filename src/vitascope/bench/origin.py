"""``python -m vitascope.bench.origin``: what mark, seal and search cost, and what flips and forgeries achieve.

Files go to a folder of their own: the register of the person who runs it stays as it is.
"""

import argparse
import json
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
from vitascope.corpus.atlas import Atlas
from vitascope.corpus.compositor import Drawings
from vitascope.pipeline import render
from vitascope.provenance.authority import Authority, open_authority
from vitascope.provenance.credential import read_credential
from vitascope.provenance.fingerprint import Sampler, Words, words_of
from vitascope.provenance.likeness import LikenessIndex
from vitascope.provenance.manifest import Claim
from vitascope.provenance.mark import mark
from vitascope.provenance.register import Issued, LocalRegister, now
from vitascope.provenance.seal import seal
from vitascope.provenance.trace import trace
from vitascope.provenance.verify import find_mark, look
from vitascope.rights.register import register_in_use
from vitascope.settings import settings
from vitascope.types import Memory, Pixels, Plan, Preset, Request

RENDERS, WORDS_EACH = 100_000, 17
_SIZE = (256, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    """Milliseconds, on the clock and on a core."""

    wall: float
    core: float

    @classmethod
    def now(cls) -> Self:
        """This moment, to be subtracted from a later one."""
        return cls(wall=1000 * time.perf_counter(), core=1000 * time.process_time())

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
    rng = np.random.default_rng(0)
    words: Words = rng.integers(0, 2**63, (RENDERS * WORDS_EACH, 4), dtype=np.uint64)
    index = LikenessIndex(np.repeat(np.arange(1, RENDERS + 1, dtype=np.uint64), WORDS_EACH), words)
    spent, right = list[_Spent](), 0
    for query in rng.integers(0, RENDERS, queries).tolist():
        asked = words[query * WORDS_EACH : (query + 1) * WORDS_EACH] ^ np.uint64(0b1011)  # a few bits wrong
        begin = _Spent.now()
        found = index.nearest(asked, within=0.25)
        spent.append(_Spent.now() - begin)
        right += bool(found) and found[0].mark_id == query + 1
    return {"queries": queries, "first": right} | _told("search", spent, 0.5) | _told("search p95", spent, 0.95)


def costs(frames: list[Pixels], clip: Path, authority: Authority, runs: int) -> dict[str, float]:
    """Milliseconds to mark 33 frames and to seal the file, apart and together."""
    marking, sealing = list[_Spent](), list[_Spent]()
    claim = Claim(title="clip", model="xs", weights_sha256="ab", trained_on="cd", mark_id=1)
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
        entry = Issued(mark_id=mark_id, time=now(), model="xs", size=size, party=f"member-{number}")
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


def _clip(frames: list[Pixels], folder: Path) -> Path:
    request = Request(prompt="a cat jumps", size=_SIZE, seed=1)
    register = LocalRegister(folder)
    return render(
        request, to=folder / "clip.mp4", backend=_Footage(frames), tick=lambda _: None, register=register
    ).path


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
    drawings: Drawings = Atlas.open(settings().home / "corpus" / "atlas.zip", register_in_use(settings().home))
    frames = frames_of(Take(kind="cartoon", seed=1, size=_SIZE, frames=33), drawings)
    with tempfile.TemporaryDirectory() as folder:
        authority = open_authority(settings().home)
        clip = _clip(frames, Path(folder))
        report = {
            "tampered": tampered(clip, authority, asked.tries),
            "cost": costs(frames, clip, authority, asked.runs),
            "search": searches(asked.queries),
            "framed": framed(Path(folder), drawings, asked.framed),
        }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
