"""The patterns are the same for ever, or old marks could not be found."""

import hashlib

import numpy as np
import pytest

from vitascope.provenance.patterns import BITS, TILE, band, patterns

KEY = bytes(range(32))


@pytest.mark.golden
def test_the_patterns_of_a_key_never_change():
    """Recorded with NumPy 2.4.6: rounded to hundredths, so that a last digit of a library may differ."""
    drawn = patterns(KEY)
    rounded = np.rint(np.concatenate([drawn.sync[None], drawn.bits]).astype(np.float64) * 100).astype("<i2")
    recorded = "0ca0faf32b133a0a4989b2b766f507d5b97fa64bff9a0dbee588b287eca2ddf0"
    assert recorded == hashlib.sha256(rounded.tobytes()).hexdigest()
    assert np.allclose([-0.04342, -0.49214, -0.68433, -0.60155], drawn.sync[0, :4], atol=1e-4)


def test_patterns_are_orthogonal_and_of_unit_deviation():
    """Whatever leaks from one into another is noise for all time."""
    drawn = patterns(KEY)
    rows = np.concatenate([drawn.sync[None], drawn.bits]).reshape(BITS + 1, -1).astype(np.float64)
    assert np.allclose(np.eye(BITS + 1), rows @ rows.T / TILE**2, atol=1e-5)


def test_patterns_stay_in_their_band():
    """604 bins of 4,096: nothing coarse that is seen, nothing fine that an encoder drops."""
    assert 604 == band().sum()
    outside = np.fft.fft2(patterns(KEY).bits.astype(np.float64))[:, ~band()]
    assert np.abs(outside).max() < 1e-3


def test_another_key_gives_unrelated_patterns():
    """No pattern of one key is found in those of another."""
    one, other = patterns(KEY).bits.reshape(BITS, -1), patterns(b"other").bits.reshape(BITS, -1)
    assert np.abs(one @ other.T / TILE**2).max() < 0.25
