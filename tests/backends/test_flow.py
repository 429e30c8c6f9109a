"""The flow between noise and clip runs both ways, for NumPy and torch alike."""

from itertools import pairwise

import numpy as np
import pytest

from vitascope.backends import flow


def clip_and_noise():
    """Two small float32 arrays."""
    return np.random.default_rng(0).standard_normal((2, 5, 3), np.float32)


@pytest.mark.parametrize("level", [0.05, 0.4, 1.0])
def test_the_velocity_of_a_mixture_points_from_clip_to_noise(level):
    """Whatever the level it was mixed at."""
    clip, noise = clip_and_noise()

    speed = flow.velocity(flow.mix(clip, noise, level), clip, level)

    np.testing.assert_allclose(noise - clip, speed, rtol=1e-4, atol=1e-5)
    assert speed.dtype == np.float32


def test_a_step_of_the_true_velocity_lands_on_the_target_level():
    """From noise to half way to the clip."""
    clip, noise = clip_and_noise()

    half = flow.step(noise, noise - clip, 1.0, 0.5)

    np.testing.assert_allclose(flow.mix(clip, noise, 0.5), half, atol=1e-6)
    np.testing.assert_allclose(clip, flow.step(half, noise - clip, 0.5, 0.0), atol=1e-6)


def test_rows_of_equal_levels_wait():
    """A row whose target is its own level does not move, others do."""
    z, speed = clip_and_noise()
    level = np.array([[0.0], [0.5], [0.5], [1.0], [1.0]], np.float32)
    target = np.array([[0.0], [0.5], [0.2], [1.0], [0.2]], np.float32)

    moved = np.any(flow.step(z, speed, level, target) != z, axis=1)

    assert moved.tolist() == [False, False, True, False, True]


def test_guidance_of_one_is_the_prompt_and_more_goes_beyond():
    """Away from what any prompt would give."""
    assert flow.guide(3.0, 1.0, 1.0) == 3.0
    assert flow.guide(3.0, 1.0, 2.0) == 5.0
    assert flow.guide(3.0, 1.0, 0.0) == 1.0


@pytest.mark.parametrize("shift", [1.0, 1.5, 3.0])
def test_levels_fall_from_one_to_zero(shift):
    """One more than steps, strictly falling."""
    levels = flow.levels(16, shift)

    assert len(levels) == 17
    assert (levels[0], levels[-1]) == (1.0, 0.0)
    assert all(after < before for before, after in pairwise(levels))


def test_a_shift_spends_more_steps_at_high_noise():
    """Without one the levels are even."""
    assert flow.levels(4, 1.0) == (1.0, 0.75, 0.5, 0.25, 0.0)
    assert all(shifted > even for shifted, even in zip(flow.levels(4, 2.0)[1:-1], (0.75, 0.5, 0.25), strict=True))


@pytest.mark.torch
def test_torch_and_numpy_agree():
    """The same functions on tensors give the same numbers."""
    import torch

    clip, noise = clip_and_noise()
    level, target = np.float32(0.7) * np.ones((5, 1), np.float32), np.full((5, 1), 0.3, np.float32)

    def path(clip, noise, level, target):
        z = flow.mix(clip, noise, level)
        return flow.step(z, flow.guide(flow.velocity(z, clip, level), noise, 2.0), level, target)

    expected = path(clip, noise, level, target)
    actual = path(*map(torch.from_numpy, (clip, noise, level, target)))

    assert actual.dtype == torch.float32
    np.testing.assert_allclose(expected, actual.numpy(), atol=1e-6)
