"""Flow matching in one place, for NumPy and torch alike: only ``+ - * /`` and broadcasting.

Convention: ``z = (1 - t) x + t noise``, so t = 1 is noise and t = 0 the clip; the velocity is ``noise - x``. The
network answers with x itself (x-prediction: the clip lies on a low-dimensional sheet, noise does not; Li and He 2025,
"Back to Basics", 2511.13720), and the loss is taken on velocities. Pass Python floats for scalars: a ``np.float64``
would silently widen float32 arrays.
"""

from typing import Protocol, Self, TypeVar

LEAST_LEVEL = 0.05
"""Noise level below which the division by t is held, so that nearly clean rows do not outweigh all others."""


class Array(Protocol):
    """What both array libraries share and the flow needs."""

    def __add__(self, other: Self | float, /) -> Self: ...
    def __radd__(self, other: float, /) -> Self: ...
    def __sub__(self, other: Self | float, /) -> Self: ...
    def __rsub__(self, other: float, /) -> Self: ...
    def __mul__(self, other: Self | float, /) -> Self: ...
    def __truediv__(self, other: Self | float, /) -> Self: ...
    def __pow__(self, other: float, /) -> Self: ...


A = TypeVar("A", bound=Array)


def mix(clip: A, noise: A, level: A) -> A:
    """The clip at a noise level."""
    return (1.0 - level) * clip + level * noise


def velocity(z: A, clip: A, level: A) -> A:
    """Where a state moves per unit of level, given the clip the network sees in it. ``level`` must be positive."""
    return (z - clip) / level


def step(z: A, speed: A, level: A, target: A) -> A:
    """One Euler step from ``level`` down to ``target``; rows whose levels are equal wait."""
    return z - (level - target) * speed


def guide(with_prompt: A, without: A, scale: float) -> A:
    """Classifier-free guidance (Ho and Salimans 2022, 2207.12598): away from what any prompt would give."""
    return without + (with_prompt - without) * scale


def levels(steps: int, shift: float) -> tuple[float, ...]:
    """``steps + 1`` noise levels from 1 to 0; a shift above 1 spends more steps at high noise (Esser et al. 2024)."""
    even = [1.0 - k / steps for k in range(steps + 1)]
    return tuple(shift * t / (1.0 + (shift - 1.0) * t) for t in even)
