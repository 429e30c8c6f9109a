"""A runtime and an easel that paint plain things, and a small animator, for tests of what is taken apart and moved."""

import numpy as np
import openvino as ov
from fakes import PRESET
from moving import SIDE
from nets import animator_weights

from vitascope.backends.animation import Animation
from vitascope.backends.base import Text
from vitascope.backends.matte_graph import MatteNet
from vitascope.text.words import VOCABULARY
from vitascope.types import AnimatorPreset

SMALL = AnimatorPreset(widths=(4, 8, 8), words=6, hidden=16)
WEIGHTS = animator_weights(SMALL)


class Grey:
    """A runtime that sees a grey clip in any noise, and counts how often it looked."""

    name, preset = "grey", PRESET

    def __init__(self):
        self.looked, self.rows = 0, []

    def read(self, words, seconds):
        """Nothing is made of words."""
        branches = len(words["token"])
        return Text(rows_BWE=np.zeros((branches, 16, 4)), pooled_BE=np.zeros((branches, 4)), time_BW=None)

    def denoise(self, text, rows):
        """Zeros for every branch."""
        self.looked += 1
        self.rows.append(len(rows.z_ND))
        return np.zeros((len(text.rows_BWE), *rows.z_ND.shape), np.float32)


def compiled(name, build, calls=1):
    """A graph in float32, freshly compiled."""
    return ov.Core().compile_model(build(), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()


def animation():
    """The small network with random weights."""
    return Animation(WEIGHTS, MatteNet(SMALL, WEIGHTS, compiled), SIDE)


class Easel:
    """Paints a grey place and every thing as a square of its colour; remembers what it was asked.

    Of things no more than ``about`` is painted.
    """

    def __init__(self, about=(0, SIDE, 0, SIDE)):
        self.asked, self.told, self.about = [], [], about

    def box(self, side, spot):
        """The same for all."""
        self.told.append((side, spot))
        return self.about

    def paint(self, words, frames, box, before=None):
        """One frame after the other; beyond the frame all is grey."""
        said = [VOCABULARY[token] for token in words["token"].tolist() if token]
        self.asked.append((said, frames, box, before))
        around = np.full((3 * SIDE, 3 * SIDE, 3), 100, np.uint8)
        colour = {"red": (250, 0, 0), "blue": (0, 0, 250)}
        for name in set(said) & set(colour):
            around[SIDE + 24 : SIDE + 40, SIDE + 24 : SIDE + 40] = colour[name]
        top, bottom, left, right = (SIDE + side for side in box)
        return iter([around[top:bottom, left:right]] * frames)


RESTING = {name: np.zeros_like(array) for name, array in WEIGHTS.items()}
RESTING["animator.track.last.bias"][4] = 1.0
"""Nothing moves, and all of it is there."""


def bright(small):
    """A matte network that takes what is not grey for the thing."""
    answer = np.full((*small.shape[:3], 5), -50, np.float32)
    answer[np.abs(small - 100 / 255).max(axis=3) > 0.2, :2] = 50
    return answer
