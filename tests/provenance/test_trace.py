"""The bound of a wrong name, checked by drawing: it assumes nothing of the picture."""

import numpy as np
import pytest

from vitascope.provenance.detect import certain_threshold
from vitascope.provenance.mark import signs_of


@pytest.mark.parametrize("shape", ["even", "one loud bit", "noise"])
def test_a_wrong_id_passes_no_more_often_than_promised(shape):
    """Half a million random ids against soft values of any shape: the share above the bound for p stays below p."""
    rng = np.random.default_rng(4)
    softs = {"even": np.ones(64), "one loud bit": np.r_[np.full(63, 0.2), 30], "noise": rng.standard_normal(64)}[shape]
    softs = softs / np.sqrt(np.square(softs).mean())
    ids = rng.integers(0, 2**64, 500_000, dtype=np.uint64)

    scores = signs_of(ids) @ softs / 8

    for p in (1e-1, 1e-2, 1e-3, 1e-4):
        assert np.mean(scores >= certain_threshold(1, p)) <= p


def test_more_ids_need_more():
    """The bound for the best of N is N times that of one."""
    assert certain_threshold(16, 1e-6) > certain_threshold(1, 1e-6) == pytest.approx(5.26, abs=0.01)
