"""Accuracies: counted clip by clip, with intervals that stay honest at the edges."""

import pytest

from vitascope.training.accuracy import Share, score
from vitascope.training.traits import Traits


def _traits(subject="dog", motion="jump", place="beach", time="day"):
    return Traits(subject=subject, motion=motion, place=place, time=time)


@pytest.mark.parametrize(
    ("hits", "n", "interval"),
    [(8, 10, (0.4902, 0.9433)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (0, 0, (0.0, 1.0))],
)
def test_an_interval_is_wilsons(hits, n, interval):
    """Known values of the 95 % score interval; nothing measured leaves everything open."""
    assert interval == pytest.approx(Share(hits=hits, n=n).interval, abs=1e-4)


def test_each_attribute_is_counted_alone_and_all_together():
    """One wrong word costs its attribute and the joint share, and nothing else."""
    asked = [_traits(), _traits(), _traits(), _traits()]
    seen = [_traits(), _traits(motion="spin"), _traits(motion="spin", place="sea"), _traits()]

    result = score(asked, seen)

    hits = {name: share.hits for name, share in result.columns()}
    assert {"subject": 4, "motion": 2, "place": 3, "time": 4, "joint": 2} == hits
    assert 4 == result.joint.n


def test_a_share_reads_as_per_cent():
    """People read the share, and how sure it is, in one go."""
    assert "80.0 (49.0-94.3)" == str(Share(hits=8, n=10))
