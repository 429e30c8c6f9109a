"""Waves read from one transform are those of the picture resampled and folded, at any scale."""

import numpy as np
import pytest

from vitascope.provenance.waves import ACROSS, DOWN, Waves


@pytest.mark.parametrize("sides", [(200, 150), (64, 64), (33, 500)])
@pytest.mark.parametrize("scales", [(1.0, 1.0), (0.63, 1.7), (2.04, 0.4)])
def test_a_wave_is_the_sum_it_stands_for(sides, scales):
    """Against the plain sum over all pixels: within 0.5 % of a typical wave."""
    plane = np.random.default_rng(0).standard_normal(sides).astype(np.float32)
    down, across = (np.arange(side) + 0.5 for side in sides)
    rows = np.exp(-2j * np.pi * DOWN * (down * scales[0] - 0.5) / 64)
    columns = np.exp(-2j * np.pi * ACROSS * (across[:, None] * scales[1] - 0.5) / 64)
    plain = rows @ plane @ columns

    read = Waves(plane).at([scales[0]], [scales[1]])[0]

    assert np.abs(read - plain).max() < 0.005 * np.sqrt(plane.size)


def test_a_tiny_picture_is_no_error():
    """One pixel has waves, too."""
    assert (1, 29, 15) == Waves(np.ones((1, 1), np.float32)).at([2.04], [2.04]).shape
