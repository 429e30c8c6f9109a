"""``python -m vitascope.training.alive``: which things a model draws as sharply in motion as in their first frame.

A drawing that moves by itself is learned later than one that rests: until then its later frames are a blur of several.
Such a thing is better painted once and carried along its track. Measured beside real renders of the same scenes, in
three places: how steep the edges of a thing are against those of its drawing, in later frames against the first. The
names of those that hold out are written into the preset's JSON; weights stay what they are.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console

from vitascope.backends.choose import SHIPPED, open_backend
from vitascope.backends.native import NativeBackend
from vitascope.backends.staging import parts
from vitascope.backends.weights import load_preset, preset_to_json
from vitascope.corpus.atlas import Atlas, open_atlas
from vitascope.corpus.compositor import covered, render
from vitascope.corpus.scenes import stage
from vitascope.corpus.splits import held_out_place
from vitascope.errors import TrainingError
from vitascope.rights.uses import Use
from vitascope.shipped import MODEL
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import edition_of
from vitascope.training.exam import plan_for
from vitascope.training.plainly import plainly
from vitascope.types import Floats, Pixels

PLACES = (("meadow", "take:1"), ("beach", "take:2"), ("room", "take:3"))
"""Where things are looked at, each with the take that is painted."""

FRAMES, LATER = 17, (4, 8, 12, 16)
"""Frames of a clip, and those that are held against the first."""

RESTS = 0.3
"""Mean difference in bytes between frames of a real render, below which a drawing does not move at all."""

SHARP = 0.9
"""Of the first frame's sharpness, at least. At 0.74 a dolphin is a blur, at 0.82 a flamingo has no legs, at 0.88 a dog
has no face; at 0.93 a rabbit moves its ears (by eye, of 60 drawings, docs/log.md, 2026-11-27)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lively:
    """A thing whose drawing moves: the sharpness of its later frames against its first, the least of them."""

    subject: str
    kept: float


def measured(backend: NativeBackend, atlas: Atlas, subject: str) -> Lively | None:
    """None for a drawing that rests. The mean over the places that training shows it in."""
    found = [_kept(backend, atlas, scene) for scene in _scenes(subject)]
    moving = [kept for kept in found if kept is not None]
    return Lively(subject=subject, kept=float(np.mean(moving))) if moving else None


def _scenes(subject: str) -> Iterator[Scene]:
    entity = Entity(subject=subject, count="one", motions=("still",))
    for place, take in PLACES:
        if not held_out_place(subject, place):
            yield Scene(entities=(entity,), place=place, time="day", take=take)


def _kept(backend: NativeBackend, atlas: Atlas, scene: Scene) -> float | None:
    staged = stage(scene, np.random.default_rng(0), frames=FRAMES, fps=backend.preset.fps)
    side = backend.preset.size[0]
    real, masks = render(staged, atlas, side), covered(staged, atlas, side).astype(np.float32) / 255
    if max(np.abs(real[0].astype(float) - real[number]).mean() for number in LATER) < RESTS:
        return None
    drawn = _painted(backend, scene)
    sharp = {n: _steepness(drawn[n], masks[n]) / _steepness(real[n], masks[n]) for n in (0, *LATER)}
    return min(sharp[number] for number in LATER) / sharp[0]


def _painted(backend: NativeBackend, scene: Scene) -> Sequence[Pixels]:
    """The thing of a scene frame by frame, where it stands, whatever the preset says."""
    plan = plan_for(scene, 0, backend.preset)
    (part,) = parts(plan.words)
    return list(backend.painted(replace(plan, words=part.words, frames=FRAMES, keep=FRAMES), lambda _: None))


def _steepness(frame: Pixels, mask: Floats) -> float:
    """The mean slope of brightness where a thing is, in bytes a pixel."""
    grey = np.asarray(frame.mean(axis=2), np.float32)
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    return float((slope * mask).sum() / mask.sum())


def main() -> None:
    """Measures every thing of the model's world, says what it found, and writes the preset anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default=MODEL)
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="the folder of the weights")
    asked, console = parser.parse_args(), Console(stderr=True)
    _rewrite(asked, console)


def _rewrite(asked: argparse.Namespace, console: Console) -> None:
    backend = open_backend(asked.preset, folder=asked.weights)
    if not isinstance(backend, NativeBackend):
        raise TrainingError(f"{asked.preset} is not painted by this project's own network.")
    edition = edition_of(backend.preset.vocabulary_sha256)
    atlas = open_atlas(edition, Use.EVALUATE)
    found = [lively for subject in edition.subjects if (lively := measured(backend, atlas, subject)) is not None]
    for lively in sorted(found, key=lambda one: one.kept):
        console.print(f"{lively.kept:.2f}  {lively.subject}", highlight=False)
    alive = tuple(sorted(lively.subject for lively in found if lively.kept >= SHARP))
    path = asked.weights / f"{asked.preset}.json"
    path.write_text(preset_to_json(replace(load_preset(path), alive=alive)))
    console.print(f"{len(alive)} of {len(found)} things whose drawings move are painted frame by frame.")


if __name__ == "__main__":
    plainly(main)
