"""``python -m vitascope.training.checker_run``: trains the checker on renders, by the CPU's clock, and examines it.

Every step draws a few new renders into two pools, of clips and of single frames, and learns from a batch of each:
motion from clips, everything else from single frames, which cost a twentieth. A render is used several times. Scenes
are drawn evenly, without the corpus' splits: a checker that had never seen an owl at sea would not believe in one.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from rich.console import Console
from torch import Tensor
from torch.nn import functional as F

from vitascope.backends.codec import LappedCodec
from vitascope.corpus.atlas import open_atlas
from vitascope.corpus.compositor import Drawings, canvas_of, render
from vitascope.corpus.scenes import Composition, stage
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import CAMERAS, COLOURS, EDITIONS, FIRST, SIZES, STYLES, SUBJECTS, TIMES, Edition
from vitascope.training.accuracy import Score, score
from vitascope.training.checker import (
    MIRRORED,
    SIDE,
    Checker,
    answers,
    as_input,
    as_pixels,
    home,
    open_checker,
    read,
    reduced,
    small,
    store,
)
from vitascope.training.plainly import plainly
from vitascope.training.precision import autocast
from vitascope.training.presets import xs
from vitascope.training.softening import blur, soften, stain, through_codec
from vitascope.training.traits import ATTRIBUTES, FRAMES, Traits, traits
from vitascope.types import Pixels

CLIPS, FRESH_CLIPS, POOL_CLIPS = 24, 5, 4096
FRAMES_SEEN, FRESH_FRAMES, POOL_FRAMES = 192, 48, 32768
"""Clips and single frames of a step, how many of them are rendered anew, and how many are kept to learn from again."""

PAINTINGS = 24
"""Backgrounds of each place and time, painted once and used again."""

RATE = 2e-3
MINUTES = 12.0
EXAMINED = 1000
"""Held-out renders the finished checker is examined on."""

Speak = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Frames at the checker's size and what they show."""

    frames: Pixels  # (T, 64, 64, 3)
    shows: Traits


def scene(rng: np.random.Generator, edition: Edition = FIRST) -> Scene:
    """One subject, everything said and evenly drawn; now and then another size, colour, style or camera."""
    subject = _one_of(edition.subjects, rng)
    entity = Entity(
        subject=subject,
        count="one",
        size=_one_of(SIZES, rng) if rng.random() < 0.15 else None,
        colour=_one_of(COLOURS, rng) if rng.random() < 0.08 else None,
        style=_style(subject, _one_of(STYLES[1:], rng) if rng.random() < 0.08 else STYLES[0]),
        motions=(_one_of(edition.motions, rng),),
    )
    camera = _one_of(CAMERAS[1:], rng) if rng.random() < 0.15 else CAMERAS[0]
    place, time = _one_of(edition.places, rng), _one_of(TIMES, rng)
    return Scene(entities=(entity,), place=place, time=time, camera=camera)


def _style(subject: str, style: str) -> str:
    drawn = SUBJECTS[subject].styles
    return style if style in drawn else drawn[0]


class Studio:
    """Renders lessons, softened (training/softening.py)."""

    def __init__(self, atlas: Drawings, rng: np.random.Generator, edition: Edition = FIRST) -> None:
        self.atlas, self.rng, self.edition, self.fps = atlas, rng, edition, xs().fps
        self.codec = LappedCodec(xs().codec)
        self._canvases: dict[tuple[str, str, int], Pixels] = {}

    def clip(self) -> Lesson:
        """A whole clip."""
        drawn, composition = self._drawn()
        return self._lesson(drawn, composition)

    def frame(self) -> Lesson:
        """One frame of a clip, from anywhere in it."""
        drawn, composition = self._drawn()
        return self._lesson(drawn, moment(composition, int(self.rng.integers(FRAMES))))

    def _drawn(self) -> tuple[Scene, Composition]:
        drawn = scene(self.rng, self.edition)
        composition = stage(drawn, self.rng, frames=FRAMES, fps=self.fps)
        return drawn, replace(composition, paint_seed=composition.paint_seed % PAINTINGS)

    def _lesson(self, drawn: Scene, composition: Composition) -> Lesson:
        """A third is rendered at full size and goes through the codec, the rest in a third of the time.

        At the checker's size at once, that is; the place is smoothed first, so that it cannot alias.
        """
        canvas = self._canvas(composition)
        if self.rng.random() < 1 / 3:
            full = render(composition, self.atlas, canvas=canvas)
            frames = np.stack([small(frame) for frame in through_codec(full, self.codec, self.rng)])
        else:
            smooth = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 0.9), np.uint8)
            frames = render(composition, self.atlas, SIDE, smooth)
        soft = soften(as_input(torch.from_numpy(frames)), self.rng)
        return Lesson(frames=as_pixels(soft), shows=traits(drawn))

    def _canvas(self, composition: Composition) -> Pixels:
        key = (composition.place, composition.time, composition.paint_seed)
        if key not in self._canvases:
            self._canvases[key] = canvas_of(composition)
        return self._canvases[key]


def moment(composition: Composition, number: int) -> Composition:
    """A composition of one frame of a composition."""
    one = slice(number, number + 1)
    layers = (
        replace(layer, clock=layer.clock[one], affine=layer.affine[one], opacity=layer.opacity[one])
        for layer in composition.layers
    )
    return replace(composition, layers=tuple(layers), camera=composition.camera[one])


def born(seed: int, edition: Edition = FIRST) -> Checker:
    """A checker that knows nothing, the same for the same seed."""
    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(seed)
        return Checker(edition)


def teach(checker: Checker, studio: Studio, clock: Iterable[float], speak: Speak, rate: float = RATE) -> list[float]:
    """One step for each tick of the clock, which tells the share of the run that is over; returns the losses."""
    optimiser = torch.optim.AdamW(checker.parameters(), lr=rate, weight_decay=0.02)
    clips, frames, losses = list[Lesson](), list[Lesson](), list[float]()
    for share in clock:
        clips = [*clips, *(studio.clip() for _ in range(FRESH_CLIPS))][-POOL_CLIPS:]
        frames = [*frames, *(studio.frame() for _ in range(FRESH_FRAMES))][-POOL_FRAMES:]
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, 1.5 * (1 - share))
        batches = _some(clips, CLIPS, studio), _some(frames, FRAMES_SEEN, studio)
        losses.append(_step(checker, optimiser, *batches))
        if len(losses) % 25 == 0:
            speak(f"step {len(losses)}  {share:.0%}  loss {np.mean(losses[-25:]):.3f}")
    return losses


def _minutes(minutes: float) -> Iterator[float]:
    """Ticks for so many minutes of one core: of work, not of waiting, so that a busy machine makes no worse checker."""
    begin = time.process_time()
    while (share := (time.process_time() - begin) / (60 * minutes)) < 1:
        yield share


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Lessons as tensors."""

    clips_BTCHW: Tensor
    answers: dict[str, Tensor]


def _some(pool: list[Lesson], count: int, studio: Studio) -> _Batch:
    """Lessons by chance, half of them mirrored, each in another light."""
    rng = studio.rng
    chosen = [pool[n] for n in rng.integers(len(pool), size=count)]
    turned = [mirrored(lesson) if rng.random() < 0.5 else lesson for lesson in chosen]
    clips = stain(as_input(torch.from_numpy(np.stack([lesson.frames for lesson in turned]))), rng)
    return _Batch(clips_BTCHW=clips, answers=answers((lesson.shows for lesson in turned), studio.edition))


def _step(checker: Checker, optimiser: torch.optim.Optimizer, clips: _Batch, frames: _Batch) -> float:
    """One update; returns its loss, summed over the attributes."""
    checker.train()
    with autocast("cpu"):
        logits = {**checker.glimpse(frames.clips_BTCHW.flatten(0, 1)), "motion": checker.moves(clips.clips_BTCHW)}
    right = {**frames.answers, "motion": clips.answers["motion"]}
    loss = torch.stack([F.cross_entropy(logits[name].float(), right[name]) for name in ATTRIBUTES]).sum()
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves this method without annotations
    optimiser.step()
    return loss.item()


def mirrored(lesson: Lesson) -> Lesson:
    """The lesson seen in a mirror, where left is right."""
    motion = MIRRORED.get(lesson.shows.motion, lesson.shows.motion)
    frames = np.ascontiguousarray(lesson.frames[:, :, ::-1])
    return Lesson(frames=frames, shows=replace(lesson.shows, motion=motion))


def examine(checker: Checker, atlas: Drawings, *, clips: int, seed: int) -> dict[str, Score]:
    """The checker's own accuracy on renders it never saw: as they are, and softened to 32 and to 20 pixels."""
    rng = np.random.default_rng((seed, 1))
    drawn = [scene(rng, checker.edition) for _ in range(clips)]
    shown = [reduced(render(stage(one, rng, frames=FRAMES), atlas)) for one in drawn]
    asked = [traits(one) for one in drawn]
    kinds = {"as rendered": shown, "at 32 pixels": _soft(shown, 32), "at 20 pixels": _soft(shown, 20)}
    return {kind: score(asked, list(read(checker, seen))) for kind, seen in kinds.items()}


def _soft(clips: list[Pixels], side: int) -> list[Pixels]:
    return [as_pixels(blur(as_input(torch.from_numpy(clip)), side)) for clip in clips]


def _one_of(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def train(
    *, speak: Speak, minutes: float = MINUTES, seed: int = 0, more: bool = False, edition: Edition = FIRST
) -> None:
    """Trains a checker from nothing, or the stored one further, stores it, and says how good it is."""
    checker, seen = open_checker(home(edition), edition) if more else (born(seed, edition), 0)
    atlas, rate = open_atlas(edition), RATE / 2 if more else RATE
    studio = Studio(atlas, np.random.default_rng((seed, 0, seen)), edition)
    steps = len(teach(checker, studio, _minutes(minutes), speak, rate))
    store(checker, home(edition), renders=seen + steps * (FRESH_CLIPS + FRESH_FRAMES), seed=seed)
    for kind, result in examine(checker, atlas, clips=EXAMINED, seed=seed).items():
        speak(f"{kind}: {result.sentence()}")


def main() -> None:
    """Trains by the CPU's clock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of one core")
    parser.add_argument("--more", action="store_true", help="go on with the stored one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--edition", type=int, default=1, choices=[edition.number for edition in EDITIONS])
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    cv2.setNumThreads(asked.threads)
    train(speak=Console(stderr=True).print, minutes=asked.minutes, seed=asked.seed, more=asked.more,
          edition=EDITIONS[asked.edition - 1])  # fmt: skip


if __name__ == "__main__":
    plainly(main)
