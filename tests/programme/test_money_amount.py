"""Amounts and splits: whole minor units, nothing lost, nothing made up."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.errors import MoneyError
from vitascope.programme.money.amount import Amount, decimal, equal_shares, split
from vitascope.rights.terms import WHOLE, Share


@pytest.mark.parametrize("units", [0, -1, 10**15 + 1, 1.5, 12.0, True, "5"])
def test_an_amount_that_is_no_whole_positive_number_is_refused(units):
    """Zero, negative, fractional, huge and disguised amounts never enter."""
    with pytest.raises(MoneyError):
        Amount(units=units, currency="EUR")


def test_an_unknown_currency_is_refused():
    """A currency the journal does not keep is told apart from one it does, and what was typed is not repeated."""
    with pytest.raises(MoneyError, match="does not keep that currency; it keeps EUR, USD"):
        Amount(units=1, currency="XAU")


def test_amounts_are_written_as_their_currency_writes_them():
    """Cents have two decimals, yen none, and a negative sum its sign."""
    assert ("12.05", "1205", "-0.07") == (decimal(1205, "EUR"), decimal(1205, "JPY"), decimal(-7, "USD"))


def test_a_split_goes_by_largest_remainder():
    """100 cents in three thirds: the extra cent goes where the remainder is largest, then by name."""
    thirds = [Share(party="c", parts=333_333), Share(party="a", parts=333_333), Share(party="b", parts=333_334)]

    assert (("a", 33), ("b", 34), ("c", 33)) == split(100, thirds)
    assert (("a", 1), ("b", 0)) == split(1, equal_shares(["b", "a"]))


@pytest.mark.parametrize(
    "shares",
    [
        [],
        [Share(party="a", parts=999_999)],
        [Share(party="a", parts=1_000_001)],
        [Share(party="a", parts=-1), Share(party="b", parts=1_000_001)],
    ],
)
def test_a_split_that_is_no_whole_is_refused(shares):
    """Parts are 0 or more and make a million."""
    with pytest.raises(MoneyError):
        split(100, shares)


@given(units=st.integers(0, 10**12), cuts=st.lists(st.integers(0, WHOLE), max_size=6), names=st.data())
def test_a_split_loses_nothing(units, cuts, names):
    """Whatever the parts: the sum is the amount, each share is its exact part rounded down or up."""
    edges = [0, *sorted(cuts), WHOLE]
    parts = [high - low for low, high in pairwise(edges)]
    parties = names.draw(st.lists(st.sampled_from("abcd"), min_size=len(parts), max_size=len(parts)))
    shares = [Share(party=party, parts=part) for party, part in zip(parties, parts, strict=True)]

    told = dict(split(units, shares))

    assert units == sum(told.values())
    for party in set(parties):
        part = sum(share.parts for share in shares if share.party == party)
        assert told[party] in (units * part // WHOLE, units * part // WHOLE + 1)


@given(st.sets(st.text("abc", min_size=1, max_size=4), max_size=20))
def test_equal_shares_are_equal(names):
    """They make the whole and differ by one part at most."""
    shares = equal_shares(sorted(names))

    assert (WHOLE if names else 0) == sum(share.parts for share in shares)
    assert not names or max(s.parts for s in shares) - min(s.parts for s in shares) <= 1
