"""Small hand-written stand-ins: a backend that needs no weights, and the command line on top of it.

``python tests/fakes.py generate ...`` is the real command line with the fake backend behind every model name.
``FAKE_PAUSE`` in the environment: seconds it takes to paint a frame.
"""

import os
import sys
import time

import numpy as np

from vitascope.text.words import no_words
from vitascope.types import LappedPreset, NetPreset, Plan, Preset, Progress, SamplerPreset

PRESET = Preset(
    name="fake",
    codec=LappedPreset(
        kind="lapped",
        stride=16,
        frames=4,
        channels=8,
        radius_luma=0.5,
        radius_chroma=0.25,
        radius_time=0.5,
        tilt=1.0,
        gain=1.0,
    ),
    net=NetPreset(
        width=64, depth=2, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1, words=16, vocabulary=256
    ),
    sampler=SamplerPreset(steps=4, guidance=2.0, shift=1.5),
    size=(64, 64),
    fps=8,
    frames=(1, 17, 33),
    weights_sha256="0" * 64,
)


def plan(**changes):
    """A plan of 17 frames in four steps."""
    facts = {
        "prompt": "a fish", "words": no_words(), "frames": 17, "keep": 17, "size": (64, 64), "output_size": (64, 64),
        "fps": 8, "seed": 7, "steps": 4, "guidance": 2.0, "first_frame": None, "model": "fake", "container": "mp4",
        "notes": (),
    }  # fmt: skip
    return Plan(**(facts | changes))


class MovingGradient:
    """A backend that paints a gradient which moves; its colours come from the seed, its first frame from the plan."""

    def __init__(self, preset=PRESET, *, pause=0.0):
        self.preset = preset
        self.pause = pause
        self.painted = 0

    def remembering(self, memory):
        """Itself: it has no steps worth remembering."""
        return self

    def render(self, plan, tick):
        """Yields ``plan.frames`` frames, ticking as a real backend does."""
        for step in range(1, plan.steps + 1):
            tick(Progress(stage="denoise", step=step, steps=plan.steps, eta_seconds=0.0))
        width, height = plan.size
        y, x = np.mgrid[0:height, 0:width]
        colour = np.random.default_rng(plan.seed).uniform(0.5, 4, (3, 1, 1))
        for number in range(plan.frames):
            time.sleep(self.pause)
            wave = 127 + 60 * np.sin(colour * (x + 2 * number) / 20 + y / 30)
            frame = np.ascontiguousarray(np.moveaxis(wave, 0, -1).astype(np.uint8))
            self.painted = number + 1
            tick(Progress(stage="decode", step=number + 1, steps=plan.frames))
            yield plan.first_frame if number == 0 and plan.first_frame is not None else frame


class Forgetful:
    """A memory that keeps nothing."""

    def recall(self, of, shape):
        """Nothing."""

    def keep(self, halfway):
        """Nowhere."""


def main():
    """The real command line; only the model behind it is the fake one."""
    from vitascope.backends import choose
    from vitascope.cli.main import app

    pause = float(os.environ.get("FAKE_PAUSE", "0"))
    choose.open_backend = lambda model: MovingGradient(pause=pause)
    app(sys.argv[1:])


if __name__ == "__main__":
    main()
