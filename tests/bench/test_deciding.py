"""The measurement of ``decide``: a house of the size that was asked for, questions that are answered with yes."""

import pytest

from vitascope.bench import deciding
from vitascope.bench.pauses import measure
from vitascope.programme.access import gate


def test_a_house_of_permissions_is_of_the_size_asked_for(tmp_path):
    """Access, passes below it, characters; each decision is timed, with the book in memory and from a database."""
    made = deciding.permissions(100)
    told = deciding.spread("decide", deciding.pure(300, 20, 200))

    assert 100 == len({one.id for one in made})
    assert 33 == sum(one.parent is not None for one in made)
    assert 200 == told["n"]
    assert told["median_ms"] < 5, "five times the most it may be, for a busy machine"

    with deciding.house(tmp_path, 700, 20) as opened:
        for uses in (deciding.CREATE, deciding.EDIT):
            assert 20 == len(deciding.at_gate(opened, uses, 20))


def test_the_gate_is_measured_as_the_desk_asks_it(tmp_path, monkeypatch):
    """One question for a creation, one for each use of an edit; the first with what it costs and draws on."""
    asked, ask = [], gate.ask
    monkeypatch.setattr(
        gate, "ask", lambda tx, grant, use, target, now: asked.append((use, target)) or ask(tx, grant, use, target, now)
    )
    with deciding.house(tmp_path, 60, 5) as opened:
        deciding.at_gate(opened, deciding.CREATE, 1)
        deciding.at_gate(opened, deciding.EDIT, 1)

    assert [*deciding.CREATE, *deciding.EDIT] == [use for use, _ in asked]
    assert [2, 2, 0, 0] == [len(target.costs) for _, target in asked]
    assert [0, 1, 0, 0] == [len(target.ingredients) for _, target in asked]


@pytest.mark.slow
def test_a_hold_is_in_force_on_two_desks_and_two_workers(tmp_path):
    """Within five seconds both desks refuse, no order that was sent after it is taken, and no job of its is begun."""
    (seen,) = measure(tmp_path, 1)

    assert 0 < min(seen.refused)
    assert max(seen.refused) < 5
    assert seen.accepted < 0.5  # the request may have been on its way
    assert seen.begun < 5
