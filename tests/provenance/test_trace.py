"""What it takes to name somebody, rule by rule; and the bound of a wrong name, which assumes nothing of the picture."""

import numpy as np
import pytest

from vitascope.provenance.detect import Detection, certain_threshold
from vitascope.provenance.likeness import Likeness
from vitascope.provenance.mark import signs_of
from vitascope.provenance.register import Issued
from vitascope.provenance.trace import trace
from vitascope.provenance.verify import Seen

ANA, BO = 0x0123_4567_89AB_CDEF, 0xFEDC_0123_7654_89AB


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


class Shelf:
    """A register of renders by how far their pictures are from the suspect's, and for whom they were made."""

    def __init__(self, **renders):
        self._renders = {ANA: renders.get("ana"), BO: renders.get("bo")}

    def alike(self, words, *, within):
        near = [Likeness(mark_id=one, distance=told[0]) for one, told in self._renders.items() if told]
        return tuple(sorted((one for one in near if one.distance <= within), key=lambda one: one.distance))

    def get(self, mark_id):
        return Issued(mark_id=mark_id, time="t", party=self._renders[mark_id][1])

    def copies(self, mark_id):
        return (self.get(mark_id),)

    def sizes(self):
        return ()


def spelling(mark_id, right=64, readings=1):
    """A suspect whose mark spells that many of the bits right, in so many readings."""
    softs = signs_of(np.array([mark_id], np.uint64)) * np.where(np.arange(64) < right, 1, -1)
    seen = Detection(z=4.0, scale=(1.0, 1.0), offset=(0, 0), softs=softs.repeat(readings, 0), trials=1, frames=1)
    return Seen(detection=seen, planes=(), size=(64, 64))


@pytest.mark.parametrize(
    ("right", "readings", "outcome"), [(54, 1, "named"), (53, 1, "inconclusive"), (54, 4, "inconclusive")]
)
def test_a_mark_must_be_sure(right, readings, outcome):
    """54 of 64 bits score 5.50 of 5.26 needed, 53 bits 5.25; with four readings to choose from 5.51 are needed."""
    found = trace(spelling(ANA, right, readings), Shelf(ana=(0.02, "ana")))

    assert outcome == found.outcome
    assert ("named" == outcome) == (found.render is not None)


@pytest.mark.parametrize(("distance", "outcome"), [(0.079, "named"), (0.081, "inconclusive"), (0.24, "inconclusive")])
def test_pictures_that_are_like_are_not_the_same(distance, outcome):
    """A mark copied onto the meadow next door, which the register does not know, names nobody."""
    found = trace(spelling(ANA), Shelf(ana=(distance, "ana")))

    assert (outcome, distance) == (found.outcome, found.distance)


@pytest.mark.parametrize("mark_id", [ANA, BO])
def test_pictures_of_two_parties_name_neither(mark_id):
    """Where the register has them twice, the mark alone would decide; one may be 0.03 further than the other."""
    assert "inconclusive" == trace(spelling(mark_id), Shelf(ana=(0.02, "ana"), bo=(0.045, "bo"))).outcome
    assert mark_id == trace(spelling(mark_id), Shelf(ana=(0.02, "ana"), bo=(0.045, "ana"))).render.mark_id


def test_only_the_nearest_counts():
    """The mark of the other one is a copied mark."""
    shelf = Shelf(ana=(0.01, "ana"), bo=(0.06, "bo"))

    assert "ana" == trace(spelling(ANA), shelf).render.party
    assert ("inconclusive", 1) == ((found := trace(spelling(BO), shelf)).outcome, found.fingerprint_renders)


def test_a_mark_without_pictures_names_nobody():
    """However sure it is."""
    assert ("inconclusive", None) == ((found := trace(spelling(ANA), Shelf())).outcome, found.render)
