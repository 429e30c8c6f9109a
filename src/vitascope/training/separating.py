"""Pictures taken apart, for the animator to learn from: a frame of a clip, its matte, and the place without the thing.

The things are those of training/shown.py, drawings by chance and drawings of the atlas in other guises: none can
be known by heart. One picture in three lies on paper instead of in a place, as what people draw does.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from vitascope.corpus.atlas import Atlas
from vitascope.corpus.compositor import canvas_of, covered, render
from vitascope.corpus.scenes import CANVAS, SIDE
from vitascope.text.world import TIMES, Edition
from vitascope.training.checker_run import moment
from vitascope.training.shown import shown_clip
from vitascope.types import Pixels

PAPER = 1 / 3
"""Share of pictures on paper."""

OPENING = 0.6
"""Share of pictures that are the first frame of their clip, as what is given mostly is."""

FRAMES = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Separated:
    """One picture."""

    picture: Pixels  # (H, W, 3)
    matte: Pixels  # (H, W)
    plate: Pixels  # (H, W, 3)


def separated(rng: np.random.Generator, atlas: Atlas, edition: Edition, *, fps: int, side: int = SIDE) -> Separated:
    """A picture of ``side`` pixels by chance; the same generator state gives the same."""
    whole, drawings = shown_clip(rng, atlas, edition, frames=FRAMES, fps=fps)
    one = moment(whole, 0 if rng.random() < OPENING else int(rng.integers(FRAMES)))
    on_paper = rng.random() < PAPER
    one = replace(one, time=TIMES[0]) if on_paper else one  # no rain falls on paper
    canvas = _paper(rng, CANVAS * side // SIDE) if on_paper else canvas_of(one, side)
    return Separated(
        picture=render(one, drawings, side, canvas)[0],
        matte=covered(one, drawings, side)[0],
        plate=render(replace(one, layers=()), drawings, side, canvas)[0],
    )


def _paper(rng: np.random.Generator, side: int) -> Pixels:
    """White or tinted paper, lit from a side, with a grain; now and then any flat colour."""
    colour = rng.uniform(0, 255, 3) if rng.random() < 0.3 else 255 - rng.exponential(12, 3)
    across, down = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side))
    angle = rng.uniform(0, 2 * np.pi)
    light = rng.exponential(8) * (np.cos(angle) * across + np.sin(angle) * down)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (side, side)), (0, 0), rng.uniform(0.5, 2)) * rng.exponential(4)
    sheet = colour[None, None] + (light + grain)[..., None]
    return np.asarray(np.clip(sheet, 0, 255), np.uint8)
