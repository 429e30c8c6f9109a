"""The measurement of ``decide``: a house of the size that was asked for, questions that are answered with yes."""

import pytest

from vitascope.bench import deciding
from vitascope.bench.pauses import measure


def test_a_house_of_permissions_is_of_the_size_asked_for(tmp_path):
    """Access, passes below it, characters; each decision is timed, with the book in memory and from a database."""
    made = deciding.permissions(100)
    told = deciding.spread("decide", deciding.pure(300, 20, 200))

    assert 100 == len({one.id for one in made})
    assert 33 == sum(one.parent is not None for one in made)
    assert 200 == told["n"]
    assert told["median_ms"] < 5, "five times the most it may be, for a busy machine"
    assert 20 == len(deciding.at_gate(tmp_path, 700, 20, 20))


@pytest.mark.slow
def test_a_hold_is_in_force_on_two_desks_and_two_workers(tmp_path):
    """Within five seconds both desks refuse, no order that was sent after it is taken, and no job of its is begun."""
    (seen,) = measure(tmp_path, 1)

    assert 0 < min(seen.refused)
    assert max(seen.refused) < 5
    assert seen.accepted < 0.5  # the request may have been on its way
    assert seen.begun < 5
