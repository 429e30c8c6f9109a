"""Royalties: a part of each render's price to the artists in its credits, by arithmetic on paper."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.programme.members import NOW, Leaves, at_once, euros, fill_pool
from vitascope.errors import PoolError
from vitascope.programme.money import journal, rates
from vitascope.programme.money.journal import POOL, Entry
from vitascope.programme.money.royalty import Rendered, owe, owe_each, royalty

PRICED = rates.table("EUR", [("render.second", 100)], 300_000)
RENDER = Rendered(video="video_1", frames=33, fps=8, credits=("Ana Lima", "Noto by Google", "Twemoji"))


def test_the_rule_is_what_paper_says():
    """4.125 s at 1.00 is 4.12; 30 % of it 1.23; a third each, and the cent over by largest remainder."""
    due = royalty(RENDER, PRICED, {"Ana Lima": "ana"})

    assert Fraction(33, 8) == RENDER.seconds
    assert 412 == due.price.units
    assert 123 == due.total
    assert {"payable:ana": 41, "waiting:Noto by Google": 41, "waiting:Twemoji": 41} == dict(due.owed)


def test_a_render_pays_once(database):
    """Booked again after a crash it stays one; a maker nobody has reached is owed all the same."""
    due = royalty(RENDER, PRICED, {"Ana Lima": "ana"})
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 1_000)
        owe(tx, Leaves(), due, by="engine", now=NOW)
        dearer = rates.table("EUR", [("render.second", 200)], 300_000)
        owe(tx, Leaves(), royalty(RENDER, dearer, {}), by="engine", now=NOW)

        assert 41 == journal.balance(tx, "payable:ana", "EUR").held
        assert 1_000 - 123 == journal.balance(tx, "pool", "EUR").held


def test_an_unbacked_royalty_is_not_owed(database):
    """Without money in the pool nothing is promised."""
    with database.transaction() as tx, pytest.raises(PoolError):
        owe(tx, Leaves(), royalty(RENDER, PRICED, {}), by="engine", now=NOW)


def test_royalties_and_an_award_at_once_both_happen(database):
    """Ben's render is booked, then Ana's, while Ana is owed for a report: neither transaction has to be given up."""
    dues = [
        royalty(replace(RENDER, video=f"video_{who}", credits=(who,)), PRICED, {who: who}) for who in ("ben", "ana")
    ]
    award = Entry(
        id="award-1",
        debit=POOL,
        credit=journal.payable("ana"),
        amount=euros(100),
        purpose="bug",
        reference="contribution_1",
        by="raj",
    )
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 1_000)

    def award_ana(tx):
        journal.balance(tx, POOL, "EUR")  # long enough for Ben's royalties to have the pool
        return journal.enter(tx, Leaves(), award, now=NOW).id

    ended = at_once(database, lambda tx: owe_each(tx, Leaves(), dues, by="tom", now=NOW), award_ana)

    assert [2, "award-1"] == ended
    with database.reading() as tx:
        assert 100 + 123 == journal.balance(tx, "payable:ana", "EUR").held


@given(
    frames=st.integers(0, 10_000),
    fps=st.integers(1, 120),
    makers=st.lists(st.sampled_from(["a", "b", "c", " ", ""]), max_size=6),
    parts=st.integers(0, 1_000_000),
    rate=st.integers(0, 100_000),
)
def test_a_royalty_is_never_more_than_its_part(frames, fps, makers, parts, rate):
    """Nothing is lost in the split, and nobody is owed who is not credited."""
    table = rates.table("EUR", [("render.second", rate)], parts)
    due = royalty(Rendered(video="v", frames=frames, fps=fps, credits=tuple(makers)), table, {"a": "ana"})
    price = rate * frames // fps

    assert price == (due.price.units if due.price else 0)
    named = {name for name in makers if name.strip()}
    assert (price * parts // 1_000_000 if named else 0) == due.total
    assert {account for account, _ in due.owed} <= {"payable:ana" if n == "a" else f"waiting:{n}" for n in named}
