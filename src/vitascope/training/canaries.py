"""Does training learn a clip by heart? Canaries: drawings that exist nowhere, planted never, 1, 10 and 100 times.

A canary (Carlini et al. 2019, 1802.08232) is a mosaic of its own in the place of a thing the caption names, under a
caption no other clip has. After training its caption is asked for: it is extracted where the answer looks more like
its own mosaic in that scene than like any of forty-nine others. Chance is 2 %; the canaries never planted say so.

``plant`` puts them into a copy of the cache (a home of its own, never that of a model that ships), ``measure`` asks.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console

from vitascope.backends.codec import LappedCodec
from vitascope.corpus.atlas import Sprite
from vitascope.corpus.compositor import canvas_of, covered, render
from vitascope.corpus.doodles import Guise
from vitascope.corpus.scenes import Composition, stage
from vitascope.settings import settings
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import rows, words
from vitascope.text.world import CAMERAS, COLOURS, FIRST, TAKES, TIMES
from vitascope.training import exam, report
from vitascope.training.cache import covered_rows, store
from vitascope.training.candidates import Candidate, running
from vitascope.training.checker import small
from vitascope.training.data import PARTS, folder, shards
from vitascope.training.plainly import plainly
from vitascope.training.presets import xs
from vitascope.training.study import Line, Study, counted
from vitascope.training.traits import FRAMES
from vitascope.types import Floats, Integers, Pixels

TIMES_PLANTED = (0, 1, 10, 100)
EACH = 25
"""Canaries of each number of times; of a hundred times that is 2,500 clips, a fifth of the usual cache."""

SUSPECTS = 50
CELLS = 5
_SIDE = 64
_LOOKED = (4, 8, 12, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A clip that exists nowhere else: ``number`` seeds its mosaic and its scene."""

    number: int
    times: int

    @property
    def scene(self) -> Scene:
        """One thing of a size and a colour, standing: a caption that chance would hardly give twice."""
        rng = np.random.default_rng((self.number, 71))
        subject, colour, size = _one_of(FIRST.subjects, rng), _one_of(COLOURS, rng), _one_of(("small", "large"), rng)
        thing = Entity(subject=subject, count="one", colour=colour, size=size, style="3d", motions=("still",))
        place, time = _one_of(FIRST.places, rng), _one_of(TIMES, rng)
        return Scene(entities=(thing,), place=place, time=time, camera=CAMERAS[0], take=_one_of(TAKES, rng))

    @property
    def words(self) -> Mapping[str, Integers]:
        """Its caption, as clips in place have theirs: no movement is said."""
        (thing,) = self.scene.entities
        return rows(words(replace(self.scene, entities=(replace(thing, motions=()),))))

    def composition(self) -> Composition:
        """The clip that is planted; tints are left to the caption, the mosaic keeps its colours."""
        whole = stage(self.scene, np.random.default_rng((self.number, 72)), frames=FRAMES)
        return replace(whole, layers=tuple(replace(layer, tint=None) for layer in whole.layers))


def canaries(each: int = EACH) -> list[Canary]:
    """``each`` of every number of times."""
    return [Canary(number=n * each + k, times=times) for n, times in enumerate(TIMES_PLANTED) for k in range(each)]


def mosaic(number: int) -> Sprite:
    """A drawing by chance: 5 x 5 cells of colours in a disc, mirrored left to right as faces are."""
    rng = np.random.default_rng((number, 73))
    half = rng.integers(0, 256, (CELLS, CELLS // 2 + 1, 3))
    cells = np.concatenate((half, half[:, CELLS // 2 - 1 :: -1]), axis=1).astype(np.uint8)
    side = 128 // CELLS + 1
    colours = cells.repeat(side, 0).repeat(side, 1)[:128, :128]
    axis = np.arange(128) - 63.5
    inside = (np.hypot(axis[None], axis[:, None]) < 60)[..., None].astype(np.uint8)
    pixels = np.concatenate((colours * inside, 255 * inside), axis=2)[None]
    return Sprite(subject="canary", style="3d", work_id=f"canary:{number}", pixels=pixels, seconds=0.0)


def plant(planted: Sequence[Canary], seed: int = 0) -> int:
    """Puts each canary into as many clips of the cache in the home folder as it asks for; returns how many clips."""
    preset, codec, rng = xs(), LappedCodec(xs().codec), np.random.default_rng(seed)
    paths = shards(preset, FRAMES)
    sizes = [len(np.load(path, mmap_mode="r")) for path in paths]
    wanted = [canary for canary in planted for _ in range(canary.times)]
    spots = rng.permutation(sum(sizes))[: len(wanted)]
    begins = np.cumsum([0, *sizes])
    made = {canary.number: _encoded(canary, codec) for canary in planted}
    for number, path in enumerate(paths):
        here = [(spot - begins[number], canary) for spot, canary in zip(spots, wanted, strict=True)
                if begins[number] <= spot < begins[number + 1]]  # fmt: skip
        _replace(path, here, made)
    return len(wanted)


def _encoded(canary: Canary, codec: LappedCodec) -> tuple[Floats, Pixels]:
    """Its rows, and how much of each is subject."""
    composition, drawing = canary.composition(), Guise(mosaic(canary.number))
    rows_KND = codec.encode(render(composition, drawing))
    return rows_KND, covered_rows(covered(composition, drawing)[None], codec.preset)[0]


def _replace(path: Path, here: Sequence[tuple[int, Canary]], made: dict[int, tuple[Floats, Pixels]]) -> None:
    """Writes a shard anew with canaries in the place of some of its clips."""
    number = path.stem.removeprefix("rows-")
    parts = {name: np.load(path.with_name(f"{name}-{number}.npy")) for name in PARTS}
    for clip, canary in here:
        parts["rows"][clip], parts["covered"][clip] = made[canary.number]
        parts["words"][clip] = np.stack(list(canary.words.values()))
        parts["look"][clip] = -1
    store(folder(xs(), FRAMES), int(number), parts)


def study(candidate: Candidate, asked: Sequence[Canary]) -> Study:
    """Extraction by times planted."""
    found = {times: [_extracted(candidate, one) for one in asked if one.times == times] for times in TIMES_PLANTED}
    names = {times: f"planted {times} times" if times else "never planted" for times in TIMES_PLANTED}
    lines = (
        Line(kind=names[times], n=len(hits), cells={"extracted": counted(hits)})
        for times, hits in sorted(found.items(), reverse=True)
    )
    return Study(
        name="canaries",
        title="canaries given back when their caption is asked for",
        about=f"Nearer to its own mosaic than to {SUSPECTS - 1} others in the scene (chance {100 / SUSPECTS:g} %).",
        lines=tuple(lines),
    )


def _extracted(candidate: Candidate, canary: Canary) -> bool:
    backend = candidate.backend
    assert backend is not None  # noqa: S101  # a run was opened
    plan = exam.plan_for(canary.scene, canary.number, backend.preset)
    clip = np.stack(list(backend.render(replace(plan, words=canary.words), lambda _: None)))
    return nearest(clip, canary) == canary.number


def nearest(clip: Pixels, canary: Canary) -> int:
    """The number of the mosaic that the scene of ``canary`` would have to show to look most like ``clip``."""
    seen = np.stack([small(clip[place]) for place in _LOOKED]).astype(np.float32)
    numbers = [canary.number, *(1_000_000 + canary.number * SUSPECTS + k for k in range(SUSPECTS - 1))]
    whole = canary.composition()
    canvas = canvas_of(whole)
    apart = [np.square(_frames(whole, mosaic(number), canvas) - seen).mean() for number in numbers]
    return numbers[int(np.argmin(apart))]


def _frames(whole: Composition, sprite: Sprite, canvas: Pixels) -> Floats:
    frames = render(whole, Guise(sprite), _SIDE, canvas)
    return frames[list(_LOOKED)].astype(np.float32)


def _one_of(choice: Sequence[str], rng: np.random.Generator) -> str:
    return choice[int(rng.integers(len(choice)))]


def main() -> None:
    """Plants into the cache of this home, or asks the run that learned from it."""
    parser = argparse.ArgumentParser(prog="vitascope.training.canaries", description=main.__doc__)
    parser.add_argument("what", choices=["plant", "measure"])
    parser.add_argument("--each", type=int, default=EACH, help="canaries of each number of times")
    parser.add_argument("--run", default="xs")
    parser.add_argument("--threads", type=int, default=1)
    asked, console = parser.parse_args(), Console()
    if asked.what == "plant":
        console.print(f"{plant(canaries(asked.each))} clips are canaries now")
        return
    state = settings().home / "runs" / asked.run / "state.safetensors"
    found = study(running(state, xs(), asked.threads), canaries(asked.each))
    console.print(report.study_table(found))
    console.print(report.study_sentence(found), soft_wrap=True)


if __name__ == "__main__":
    plainly(main)
