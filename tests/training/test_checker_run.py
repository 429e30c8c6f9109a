"""The checker learns from renders alone, drawn evenly, mirrored with their answers."""

from collections import Counter

import numpy as np
import pytest

from tests.corpus.sprites import Discs
from vitascope.corpus.splits import held_out_motion
from vitascope.text.world import FIRST
from vitascope.training.traits import Traits, attributes

pytestmark = pytest.mark.torch


@pytest.fixture
def studio():
    """A studio in which everything is a disc."""
    from vitascope.training.checker_run import Studio

    return Studio(Discs(), np.random.default_rng(0))


def test_scenes_are_drawn_evenly_and_across_the_splits():
    """Every motion, place and time about as often as any other, and pairs the model is never shown among them."""
    from vitascope.training.checker_run import scene
    from vitascope.training.traits import traits

    drawn = [traits(scene(np.random.default_rng(seed))) for seed in range(2000)]

    for name in ("motion", "place", "time"):
        counts = Counter(getattr(one, name) for one in drawn)
        share = 2000 / len(attributes(FIRST)[name])
        assert len(attributes(FIRST)[name]) == len(counts)
        assert 0.7 * share < min(counts.values()) <= max(counts.values()) < 1.3 * share
    assert any(held_out_motion(one.subject, one.motion) for one in drawn)


def test_lessons_have_the_size_of_the_checker(studio):
    """Clips of 17 frames and single frames, whichever way they were rendered."""
    assert {(17, 64, 64, 3)} == {studio.clip().frames.shape for _ in range(6)}
    assert {(1, 64, 64, 3)} == {studio.frame().frames.shape for _ in range(6)}


def test_left_is_right_in_a_mirror():
    """Pixels turn over, and so does the answer; up stays up."""
    from vitascope.training.checker_run import Lesson, mirrored

    frames = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), np.uint8)
    shows = Traits(subject="dog", motion="left", place="sea", time="day")

    turned = mirrored(Lesson(frames=frames, shows=shows))

    assert Traits(subject="dog", motion="right", place="sea", time="day") == turned.shows
    assert np.array_equal(frames[:, :, ::-1], turned.frames)


def test_a_birth_repeats():
    """The same seed gives the same newborn checker, whatever was drawn before."""
    import torch

    from vitascope.training.checker_run import born

    first = born(1)
    torch.rand(5)

    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), born(1).parameters(), strict=True))
    assert not torch.equal(first.motion.weight, born(2).motion.weight)


def test_it_learns(studio):
    """A few steps with lessons about discs bring the loss down from where it began."""
    from vitascope.training.checker_run import born, teach

    losses = teach(born(0), studio, [0.0] * 4, lambda sentence: None)

    assert 4 == len(losses)
    assert losses[-1] < 0.9 * losses[0]
