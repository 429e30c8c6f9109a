"""Resizing decoded frames."""

import numpy as np
from cartoons import cartoon

from vitascope.media.resize import cover, fit


def test_the_same_size_changes_nothing():
    """No filter touches a frame that fits."""
    frame = cartoon(1, 64, 48)[0]
    assert fit(frame, (64, 48)) is frame


def test_fit_takes_width_then_height():
    """And down again after up gives nearly the picture back."""
    frame = cartoon(1, 64, 48)[0]
    large = fit(frame, (160, 120))
    assert (120, 160, 3) == large.shape
    assert np.abs(fit(large, (64, 48)).astype(int) - frame).mean() < 3


def test_cover_keeps_the_middle_and_the_proportions():
    """A wide picture loses its sides, not its height, and is not squeezed."""
    picture = np.zeros((40, 120, 3), dtype=np.uint8)
    picture[:, 40:80] = 255
    covered = cover(picture, (20, 20))
    assert (20, 20, 3) == covered.shape
    assert 255 == covered[:, 3:-3].max()
    assert covered.min() > 230
