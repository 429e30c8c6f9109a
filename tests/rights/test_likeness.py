"""Likeness: a person says who may use a character made from them, in levels, with conditions, until they say no."""

import pytest

from tests.programme.members import DAY, NOW, Leaves
from vitascope.errors import LikenessError
from vitascope.rights.likeness import Circle, LikenessWish, allow, require_likeness, withdraw


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


def wish(circle, **changes):
    return LikenessWish(character="smile", person="ana", circle=circle, until=NOW + 30 * DAY, **changes)


def may(tx, party, *, mutuals=(), now=NOW):
    try:
        require_likeness(tx, "smile", "ana", party, mutuals=mutuals, now=now)
    except LikenessError:
        return False
    return True


@pytest.mark.parametrize(
    ("circle", "approved", "allowed"),
    [
        (Circle.NOBODY, frozenset(), {"ana"}),
        (Circle.APPROVED, frozenset({"ben"}), {"ana", "ben"}),
        (Circle.MUTUALS, frozenset(), {"ana", "cleo"}),
        (Circle.EVERYBODY, frozenset(), {"ana", "ben", "cleo", "dan"}),
    ],
)
def test_a_level_is_who_it_says(tx, circle, approved, allowed):
    """From nobody but the person to everybody."""
    allow(tx, Leaves(), wish(circle, approved=approved), now=NOW)

    assert allowed == {party for party in ("ana", "ben", "cleo", "dan") if may(tx, party, mutuals={"cleo"})}


def test_without_a_word_nobody_may(tx):
    """Default is no."""
    assert not may(tx, "ben")
    assert may(tx, "ana")


def test_a_new_level_takes_the_place_of_the_old(tx):
    """From everybody to one person: the others are out at once."""
    allow(tx, Leaves(), wish(Circle.EVERYBODY), now=NOW)
    allow(tx, Leaves(), wish(Circle.APPROVED, approved=frozenset({"ben"})), now=NOW)

    assert may(tx, "ben")
    assert not may(tx, "dan")


def test_it_is_taken_back_and_ends_on_its_day(tx):
    """Revoked at any time, and over when its time is."""
    allow(tx, Leaves(), wish(Circle.EVERYBODY), now=NOW)
    assert not may(tx, "ben", now=NOW + 30 * DAY)
    withdraw(tx, Leaves(), "smile", "ana", now=NOW + DAY)

    assert not may(tx, "ben", now=NOW + DAY)


def test_conditions_go_along(tx):
    """Whoever relies on it is told what the person asked."""
    allow(tx, Leaves(), wish(Circle.EVERYBODY, restrictions="Never in advertising."), now=NOW)

    assert "Never in advertising." == require_likeness(tx, "smile", "ana", "ben", now=NOW)


@pytest.mark.parametrize(
    ("circle", "approved"), [(Circle.APPROVED, frozenset()), (Circle.EVERYBODY, frozenset({"ben"}))]
)
def test_names_belong_to_the_level_of_names(tx, circle, approved):
    """Approved people are named, and other levels name nobody."""
    with pytest.raises(LikenessError):
        allow(tx, Leaves(), wish(circle, approved=approved), now=NOW)


def test_another_person_grants_nothing(tx):
    """A permission on the character by somebody it was not made from carries nothing."""
    allow(
        tx, Leaves(), LikenessWish(character="smile", person="eve", circle=Circle.EVERYBODY, until=NOW + DAY), now=NOW
    )

    assert not may(tx, "ben")
