"""What a subject does, as numbers: a path of place, turn, size and visibility for every motion of the world.

Lengths are in frame sides (1.0 is the width of the picture), x to the right, y downwards, angles in radians clockwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from vitascope.types import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Where a subject is relative to where it began, frame by frame; each array is ``(T,)`` float32."""

    x: Floats
    y: Floats
    angle: Floats
    scale: Floats  # factor, 1 at the start
    opacity: Floats  # 0..1
    heading: int = 0  # sign of the travel in x; 0 when it does not go sideways


Motion = Callable[[Floats, float, np.random.Generator], Path]
"""``(u, seconds, rng)``: u runs 0..1 over the motion's time and rests at 0 before and at 1 after it."""


def path(motions: tuple[str, ...], *, frames: int, fps: int, rng: np.random.Generator) -> Path:
    """The path of one motion, or of several in equal parts of the clip, each beginning where the last one ended."""
    clock = np.linspace(0, 1, frames, dtype=np.float32) * len(motions)
    seconds = frames / fps / len(motions)
    parts = [
        _MOTIONS[name](_eased(np.clip(clock - number, 0, 1), rng), seconds, rng) for number, name in enumerate(motions)
    ]
    scale = np.prod([part.scale for part in parts], axis=0)
    return Path(
        x=_sum([part.x for part in parts]),
        y=_sum([part.y for part in parts]),
        angle=_sum([part.angle for part in parts]),
        scale=(scale / np.sqrt(scale.max() * scale.min())).astype(np.float32),  # said size is the middle size
        opacity=np.prod([part.opacity for part in parts], axis=0).astype(np.float32),
        heading=next((part.heading for part in parts if part.heading), 0),
    )


def _sum(parts: list[Floats]) -> Floats:
    total: Floats = np.sum(parts, axis=0).astype(np.float32)
    return total


def _eased(clock: Floats, rng: np.random.Generator) -> Floats:
    """The clock with a seeded share of ease-in and ease-out, so that speeds vary and stay monotone."""
    share = rng.uniform(0, 0.5)
    eased: Floats = ((1 - share) * clock + share * clock**2 * (3 - 2 * clock)).astype(np.float32)
    return eased


def _path(u: Floats, *, heading: int = 0, **moved: Floats) -> Path:
    """A path that rests in everything but what is named."""
    rest = {"x": np.zeros_like(u), "y": np.zeros_like(u), "angle": np.zeros_like(u)}
    full = {**rest, "scale": np.ones_like(u), "opacity": np.ones_like(u), **moved}
    return Path(heading=heading, **full)


def _repeats(seconds: float, period: float) -> int:
    """Whole repeats of a period that fill the time best, at least one."""
    return max(1, round(seconds / period))


def _still(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    return _path(u)


def _travel(x: int, y: int) -> Motion:
    def motion(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
        far = rng.uniform(0.56, 0.66)
        return _path(u, heading=x, x=far * x * u, y=far * y * u)

    return motion


def _cross(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    x, y = (int(sign) for sign in rng.choice((-1, 1), 2))
    return _travel(x, y)(u, seconds, rng)


def _jump(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    """One or two parabolas, with rest on the ground before and after each."""
    height = rng.uniform(0.32, 0.40)
    phase = (u * _repeats(seconds, rng.uniform(1.2, 2.2))) % 1
    air = np.clip((phase - 0.12) / 0.76, 0, 1)
    return _path(u, y=(-4 * height * air * (1 - air)).astype(np.float32))


def _bounce(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    """Low hops without a rest: half waves that touch the ground between."""
    height = rng.uniform(0.20, 0.26)
    hops = np.abs(np.sin(np.pi * u * max(3, _repeats(seconds, rng.uniform(0.55, 0.7)))))
    return _path(u, y=(-height * hops).astype(np.float32))


def _spin(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    turns = _repeats(seconds, rng.uniform(1.4, 2.2))
    return _path(u, angle=(2 * np.pi * turns * u).astype(np.float32))


def _swing(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    """A pendulum of 35 degrees that hangs from a point above the subject."""
    angle = np.radians(rng.uniform(32, 38)) * np.sin(2 * np.pi * u * _repeats(seconds, rng.uniform(1.6, 2.1)))
    cord = 0.30
    return _path(
        u,
        x=(-cord * np.sin(angle)).astype(np.float32),
        y=(cord * (np.cos(angle) - 1)).astype(np.float32),
        angle=angle.astype(np.float32),
    )


def _growth(factor: float) -> Motion:
    def motion(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
        return _path(u, scale=np.power(factor, u).astype(np.float32))

    return motion


def _shake(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    """Quick and small; under four swings a second, as frames at 8 a second show no more (Shannon)."""
    wave = np.sin(2 * np.pi * u * _repeats(seconds, rng.uniform(0.33, 0.42)))
    width = rng.uniform(0.035, 0.05)
    return _path(u, x=(width * wave).astype(np.float32), angle=(0.12 * wave).astype(np.float32))


def _appear(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    seen = np.clip((u - rng.uniform(0.08, 0.2)) / 0.5, 0, 1)
    return _path(u, opacity=(seen * seen * (3 - 2 * seen)).astype(np.float32))


def _orbit(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    """Rounds on a circle seen from a little above: a little larger in front, which is below."""
    turn = int(rng.choice((-1, 1))) * 2 * np.pi * u * _repeats(seconds, rng.uniform(1.7, 2.3)) - np.pi / 2
    wide = rng.uniform(0.24, 0.28)
    return _path(
        u,
        x=(wide * np.cos(turn)).astype(np.float32),
        y=(0.62 * wide * np.sin(turn)).astype(np.float32),
        scale=(1 + 0.16 * np.sin(turn)).astype(np.float32),
    )


def _swim(u: Floats, seconds: float, rng: np.random.Generator) -> Path:
    """To one side in waves, the head up where the way goes up."""
    way, far = int(rng.choice((-1, 1))), rng.uniform(0.56, 0.66)
    wave = 2 * np.pi * u * max(2, _repeats(seconds, rng.uniform(0.9, 1.2)))
    high = rng.uniform(0.07, 0.09)
    return _path(
        u,
        heading=way,
        x=(way * far * u).astype(np.float32),
        y=(-high * np.sin(wave)).astype(np.float32),
        angle=(-0.30 * way * np.cos(wave) * np.clip(6 * u, 0, 1)).astype(np.float32),
    )


_MOTIONS: Mapping[str, Motion] = {
    "still": _still,
    "right": _travel(1, 0),
    "left": _travel(-1, 0),
    "up": _travel(0, -1),
    "down": _travel(0, 1),
    "jump": _jump,
    "bounce": _bounce,
    "spin": _spin,
    "swing": _swing,
    "grow": _growth(2.2),
    "shrink": _growth(1 / 2.2),
    "shake": _shake,
    "cross": _cross,
    "appear": _appear,
    "orbit": _orbit,
    "swim": _swim,
}
