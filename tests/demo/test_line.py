"""The line at the door: fair, short for whoever has had little, and open to nobody twice."""

import asyncio
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from vitascope.demo.line import Line
from vitascope.demo.visitors import Visitors, visitor_of
from vitascope.errors import DemoError


def _visitor(name, address="192.0.2.1"):
    return visitor_of(name, address)


@pytest.fixture
def visitors():
    """Three films each, a hundred an address."""
    return Visitors(per_visitor=3, per_address=100)


def test_whoever_had_the_fewest_goes_first_and_of_those_whoever_came_first(visitors):
    """A visitor who has had two films lets those pass who have had none, though they came later."""
    visitors.note(_visitor("greedy"))
    visitors.note(_visitor("greedy"))
    line = Line(visitors, at_once=1)
    with ExitStack() as shown, ExitStack() as all_:
        shown.enter_context(line.place(_visitor("first")))
        places = {name: all_.enter_context(line.place(_visitor(name))) for name in ("greedy", "ana", "ben")}
        assert [2, 0, 1] == [line.ahead(place) for place in places.values()]

        shown.close()

        assert [False, True, False] == [place.called.is_set() for place in places.values()]


def test_a_turn_is_given_up_however_it_ends(visitors):
    """A visitor who closes the page, waiting or served, holds nobody up."""
    line = Line(visitors, at_once=1)
    with line.place(_visitor("last")) as last_free, ExitStack() as all_:
        assert last_free.called.is_set()
        gone = line.place(_visitor("gone"))
        gone.__enter__()
        waiting = all_.enter_context(line.place(_visitor("ana")))
        gone.__exit__(GeneratorExit, GeneratorExit(), None)
        assert 0 == line.ahead(waiting)
    with line.place(_visitor("ben")) as place:
        assert place.called.is_set()


def test_a_visitor_has_one_place(visitors):
    """A second click is told so, and the first goes on; a full line says how many wait."""
    line = Line(visitors, at_once=1, longest=1)
    with line.place(_visitor("ana")), pytest.raises(DemoError, match="One film at a time"), line.place(_visitor("ana")):
        pass
    with (
        line.place(_visitor("ana")),
        line.place(_visitor("ben")),
        pytest.raises(DemoError, match="1 people are waiting"),
        line.place(_visitor("cem")),
    ):
        pass


def test_a_place_waits_no_longer_than_it_says(visitors):
    """So that the page can tell the visitor where they stand."""

    async def wait():
        line = Line(visitors, at_once=1)
        with line.place(_visitor("ana")) as first, line.place(_visitor("ben")) as second:
            return await first.called_within(1), await second.called_within(0.01)

    assert (True, False) == asyncio.run(wait())


def test_a_share_of_the_day(visitors, monkeypatch):
    """Three films are three; another browser behind the same address has its own, until the address is used up."""
    busy = Visitors(per_visitor=2, per_address=3)
    busy.note(_visitor("ana"))
    busy.require_room(_visitor("ana"))
    busy.note(_visitor("ana"))
    with pytest.raises(DemoError, match="2 films for today"):
        busy.require_room(_visitor("ana"))
    busy.note(_visitor("ben"))
    with pytest.raises(DemoError, match="3 films went to your network"):
        busy.require_room(_visitor("ben"))
    busy.require_room(_visitor("cem", "198.51.100.7"))

    monkeypatch.setattr("vitascope.demo.visitors.time", SimpleNamespace(time=lambda: 4e9))
    busy.require_room(_visitor("ana"))


def test_nothing_of_a_visitor_is_kept_but_digests(visitors):
    """Neither the address nor the browser's number stands anywhere in the counts."""
    visitors.note(_visitor("browser-7", "203.0.113.9"))

    assert "203.0.113.9" not in repr(vars(visitors))
    assert "browser-7" not in repr(vars(visitors))
    assert _visitor("", "203.0.113.9").id == _visitor("", "203.0.113.9").address
