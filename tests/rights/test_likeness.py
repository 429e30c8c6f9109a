"""Likeness: a person says who may use a character made from them, in levels, with conditions, until they say no."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from shop import order

from tests.programme.members import DAY, NOW, Leaves
from vitascope.errors import LikenessError
from vitascope.programme.likeness import asking
from vitascope.rights.likeness import (
    Circle,
    LikenessWish,
    allow,
    mentioned,
    person_of,
    require_likeness,
    withdraw,
)


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


def wish(circle, character="smile", person="ana", **changes):
    return LikenessWish(character=character, person=person, circle=circle, until=NOW + 30 * DAY, **changes)


def may(tx, party, *, now=NOW, of="smile", person="ana"):
    try:
        require_likeness(tx, of, person, party, now=now)
    except LikenessError:
        return False
    return True


@pytest.mark.parametrize(
    ("circle", "approved", "allowed"),
    [
        (Circle.NOBODY, frozenset(), {"ana"}),
        (Circle.APPROVED, frozenset({"ben"}), {"ana", "ben"}),
        (Circle.MUTUALS, frozenset({"ben", "cleo"}), {"ana", "cleo"}),
        (Circle.EVERYBODY, frozenset(), {"ana", "ben", "cleo", "dan"}),
    ],
)
def test_a_level_is_who_it_says(tx, circle, approved, allowed):
    """From nobody but the person to everybody; of two who are named as mutual only Cleo names Ana."""
    allow(tx, Leaves(), wish(Circle.APPROVED, "grin", "cleo", approved=frozenset({"ana"})), now=NOW)
    allow(tx, Leaves(), wish(Circle.EVERYBODY, "mask", "ben"), now=NOW)
    allow(tx, Leaves(), wish(circle, approved=approved), now=NOW)

    assert allowed == {party for party in ("ana", "ben", "cleo", "dan") if may(tx, party)}


@pytest.mark.parametrize("ends", ["hers", "his", "time"])
def test_mutuals_begin_with_the_second_yes_and_end_with_the_first_no(tx, ends):
    """One leaf each; the first alone opens nothing, whoever has not answered is told how; either side ends both."""
    leaves = Leaves()
    allow(tx, leaves, wish(Circle.MUTUALS, approved=frozenset({"ben"})), now=NOW)
    with pytest.raises(LikenessError, match=r"allows ben while ben allows them\. Name ana"):
        require_likeness(tx, "smile", "ana", "ben", now=NOW)
    his = wish(Circle.MUTUALS, "grin", "ben", approved=frozenset({"ana"}))
    allow(tx, leaves, replace(his, until=NOW + 9 * DAY), now=NOW)
    met = may(tx, "ben"), may(tx, "ana", of="grin", person="ben"), may(tx, "cleo")
    if ends == "time":
        later = NOW + 9 * DAY
    else:
        later, ((name, who),) = NOW + DAY, {"hers": [("smile", "ana")], "his": [("grin", "ben")]}[ends]
        withdraw(tx, leaves, name, who, now=later)

    assert (True, True, False) == met
    assert not may(tx, "ben", now=later)
    assert not may(tx, "ana", of="grin", person="ben", now=later)
    told = ["permission.given"] * 4 + ["permission.withdrawn"] * (ends != "time")
    assert told == leaves.kinds(), "a claim and a yes of each, and one no"


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
    ("circle", "approved"),
    [
        (Circle.APPROVED, frozenset()),
        (Circle.MUTUALS, frozenset()),
        (Circle.MUTUALS, frozenset({"ana"})),
        (Circle.EVERYBODY, frozenset({"ben"})),
    ],
)
def test_names_belong_to_the_level_of_names(tx, circle, approved):
    """Approved and mutual people are named, others than oneself, and other levels name nobody."""
    with pytest.raises(LikenessError):
        allow(tx, Leaves(), wish(circle, approved=approved), now=NOW)


def test_a_name_is_the_first_comers_for_good(tx):
    """Nobody else speaks for it, in whatever letters, also after everything was taken back; the claim is one leaf."""
    leaves = Leaves()
    allow(tx, leaves, wish(Circle.NOBODY), now=NOW)
    assert "ana" == person_of(tx, "Smile")
    assert ["permission.given"] == [event.kind for event in leaves.events]
    allow(tx, leaves, wish(Circle.NOBODY), now=NOW + DAY)
    assert 1 == len(leaves.events), "said again, it changes nothing"
    withdraw(tx, leaves, "smile", "ana", now=NOW + DAY)
    for name in ("smile", "SMILE"):
        eve = LikenessWish(character=name, person="eve", circle=Circle.EVERYBODY, until=NOW + 9 * DAY)
        with pytest.raises(LikenessError, match="spoke for it first"):
            allow(tx, leaves, eve, now=NOW + 2 * DAY)

    assert "ana" == person_of(tx, "smile")
    assert not may(tx, "ben", now=NOW + 3 * DAY)
    assert person_of(tx, "grin") is None


@pytest.mark.parametrize("name", ["", "two heads", "a/b", "x" * 65, "mira\n"])
def test_a_name_is_one_that_a_prompt_can_say(tx, name):
    """Else nobody could be refused it."""
    with pytest.raises(LikenessError, match="letters, digits"):
        allow(tx, Leaves(), LikenessWish(character=name, person="ana", circle=Circle.NOBODY, until=NOW + DAY), now=NOW)


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("a cat jumps", ()),
        ("@Smile and @smile wave", ("smile",)),
        ("(@smile), @two-heads!", ("smile", "two-heads")),
        ("write to ana@example.org", ()),
        ("一只猫和@smile跳舞", ("smile",)),
        ("a cat and \uff20\uff53mile", ("smile",)),
    ],
)
def test_a_prompt_names_people_with_an_at(prompt, names):
    """In any case, next to any mark; an address of mail names nobody."""
    assert names == mentioned([prompt])


def test_a_refused_prompt_is_a_leaf(tx):
    """By whom and by which rule, never whose name; a name nobody spoke for is a word, and the person needs nobody."""
    leaves = Leaves()
    allow(tx, Leaves(), wish(Circle.NOBODY), now=NOW)
    asking.require(tx, leaves, "ben", [order("@grin jumps")], now=NOW)
    asking.require(tx, leaves, "ana", [order("@smile jumps")], now=NOW)
    with pytest.raises(LikenessError, match="Rule: likeness_not_permitted"):
        asking.require(tx, leaves, "ben", [order("a cat"), order("@Smile jumps")], now=NOW)

    (leaf,) = leaves.events
    assert ("likeness.use refused", "ben", "likeness_not_permitted") == (leaf.kind, leaf.by, leaf.rule)
    assert b"smile" not in leaf.payload


def test_of_two_who_claim_at_once_one_is_first(database):
    """The second waits for the first and is refused, on every database."""
    both = Barrier(2)

    def claim(person):
        both.wait()
        try:
            with database.transaction() as open_tx:
                allow(open_tx, Leaves(), replace(wish(Circle.NOBODY), person=person), now=NOW)
        except LikenessError:
            return None
        return person

    with ThreadPoolExecutor(2) as pool:
        claimed = [person for person in pool.map(claim, ("ana", "eve")) if person]
    with database.transaction() as open_tx:
        assert claimed == [person_of(open_tx, "smile")]
