"""Small pictures in two layers, and tracks in which one thing moves."""

import numpy as np

from vitascope.backends.layers import Tracks, composed, middle_of, sprite, taken_apart

SIDE = 64


def picture(seed=0):
    """Random pixels."""
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def square(side=SIDE):
    """A white square of a quarter of the sides on grey, taken apart, its middle at a quarter of both."""
    matte = np.zeros((side, side), np.float32)
    matte[side // 8 : 3 * side // 8, side // 8 : 3 * side // 8] = 1
    shown = np.where(matte[..., None] > 0, 255, 128).repeat(3, 2).astype(np.uint8)
    return taken_apart(shown, matte, matte, np.full((side, side, 3), 128 / 255, np.float32))


def tracks(**changes):
    """Two frames in which nothing moves but what is named, in the second one."""
    rest = {"shift": np.zeros((2, 2)), "angle": np.zeros(2), "scale": np.ones(2), "opacity": np.ones(2),
            "pan": np.zeros((2, 2)), "zoom": np.ones(2)}  # fmt: skip
    moved = {name: np.stack([rest[name][0], value]) for name, value in changes.items()}
    return Tracks(**{name: np.float32(value) for name, value in (rest | moved).items()})


def drawn(layers, moved, number=1):
    """A frame of a picture whose thing stands where it stands."""
    return composed(layers.plate, sprite(layers.thing), moved, number, middle_of(layers.thing))


def white(frame):
    """Rows and columns of what is white, from the first to behind the last: top, bottom, left, right."""
    down, across = np.nonzero(frame[..., 0] > 200)
    return down.min(), down.max() + 1, across.min(), across.max() + 1
