"""Clips of a drawing that no word names: the first frame shows it, and the only way to draw the rest is to copy it.

Two in three show a doodle, made by chance for this clip alone; the others a drawing of the atlas in other hues,
mirrored and stretched, so that the hands of real artists are copied as well. Decision 0019.
"""

import math
from dataclasses import replace

import cv2
import numpy as np

from vitascope.corpus.atlas import SIDE, Atlas, Sprite
from vitascope.corpus.doodles import STAND_IN, Guise, doodle
from vitascope.corpus.graphs import graph
from vitascope.corpus.scenes import Composition, stage
from vitascope.text.scene import Scene
from vitascope.text.words import PICTURED
from vitascope.text.world import Edition
from vitascope.types import Pixels

KNOWN = 1 / 3
"""Share of clips that show a drawing of the atlas and no doodle."""

STRETCH = 1.25
"""How much wider or narrower than it is a drawing of the atlas is shown at most."""


def shown_clip(
    rng: np.random.Generator, atlas: Atlas, edition: Edition, *, frames: int, fps: int
) -> tuple[Composition, Guise]:
    """A clip of one thing by chance, whose caption says no thing, colour or style, and the drawings it is of."""
    composition = stage(_scene(rng, edition), rng, frames=frames, fps=fps)
    hidden = replace(composition.said.entities[0], subject=PICTURED, colour=None, style=None)
    sprite = _known(rng, atlas) if rng.random() < KNOWN else doodle(rng)
    return replace(composition, said=replace(composition.said, entities=(hidden,))), Guise(sprite)


def _scene(rng: np.random.Generator, edition: Edition) -> Scene:
    """A scene of training with one thing that is there from the start; the stand-in takes its place."""
    while True:
        scene = graph(rng, "train", edition)
        first = scene.entities[0]
        if len(scene.entities) == 1 and first.count == "one" and "appear" not in first.motions:
            return replace(scene, entities=(replace(first, subject=STAND_IN, style="3d", colour=None),))


def _known(rng: np.random.Generator, atlas: Atlas) -> Sprite:
    subject = atlas.subjects[int(rng.integers(len(atlas.subjects)))]
    styles = atlas.styles(subject)
    sprite = atlas.sprite(subject, styles[int(rng.integers(len(styles)))])
    pixels = _stretched(_hue_turned(sprite.pixels[0], rng.uniform(0, 2 * math.pi)), rng.uniform(1 / STRETCH, STRETCH))
    pixels = pixels[:, ::-1] if rng.random() < 0.5 else pixels
    return replace(sprite, pixels=np.ascontiguousarray(pixels)[None], seconds=0.0)


def _hue_turned(pixels: Pixels, angle: float) -> Pixels:
    """Premultiplied pixels with their colours turned about grey by radians."""
    cos, sin = math.cos(angle), math.sin(angle) / math.sqrt(3)
    turn = np.full((3, 3), (1 - cos) / 3) + np.eye(3) * cos
    turn += np.array(((0, -sin, sin), (sin, 0, -sin), (-sin, sin, 0)))
    colours = np.clip(np.rint(pixels[..., :3] @ turn.T), 0, pixels[..., 3:])
    return np.concatenate((colours.astype(np.uint8), pixels[..., 3:]), axis=2)


def _stretched(pixels: Pixels, factor: float) -> Pixels:
    """The drawing wider by a factor against its height, still within its square."""
    wide, high = round(SIDE * min(1.0, factor)), round(SIDE * min(1.0, 1 / factor))
    across, down = (SIDE - wide) // 2, (SIDE - high) // 2
    square = np.zeros_like(pixels)
    small = cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA)
    square[down : down + high, across : across + wide] = small
    return square
