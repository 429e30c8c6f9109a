"""Roles of the programme: what may not meet in one hand does not, whoever agrees at the same moment."""

import pytest

from tests.programme.members import NOW, Leaves, at_once
from vitascope.errors import GrantError, RoleError
from vitascope.orders import Grant, Limits
from vitascope.programme import keys, repository
from vitascope.programme.actor import keeper
from vitascope.programme.roles import seats
from vitascope.programme.roles.seats import Role
from vitascope.rights.uses import Use

STEWARD = frozenset({Use.MEMBER_INVITE})
SALLY, SAM, SUE = (keeper(name, STEWARD, at=NOW) for name in ("sally", "sam", "sue"))


@pytest.fixture
def house(database):
    """A house with these people, of whom nobody has a role yet."""
    with database.transaction() as tx:
        for name in ("sally", "sam", "sue", "mia"):
            repository.add_party(tx, name, name=name, priority="normal", limits=Limits(), now=NOW.timestamp())
    return database


def _proposed(database, role, *, party="mia"):
    with database.transaction() as tx:
        return seats.propose(tx, Leaves(), SUE, party, role, now=NOW).permission.id


def test_of_two_roles_that_must_not_meet_one_is_given(house):
    """Two stewards agree at the same moment: one role counts, the other is refused with the reason, nobody waits."""
    reviewer, treasurer = _proposed(house, Role.REVIEWER), _proposed(house, Role.TREASURER)
    log = Leaves()

    ended = at_once(
        house,
        lambda tx: seats.agree(tx, log, SALLY, reviewer, now=NOW),
        lambda tx: seats.agree(tx, log, SAM, treasurer, now=NOW),
    )

    assert {seats.Held, GrantError} == {type(one) for one in ended}, ended
    assert ["role.given"] == log.kinds()
    with house.reading() as tx:
        assert 1 == len(seats.of(tx, "mia", NOW))


def test_two_stewards_who_give_each_other_a_role_both_do(house):
    """Each is looked at while the other one acts: that is no reason to wait for each other."""
    _seated(house)
    for_sam, for_sally = (_proposed(house, Role.REVIEWER, party=name) for name in ("sam", "sally"))

    ended = at_once(
        house,
        lambda tx: seats.agree(tx, Leaves(), seats.acting(tx, Leaves(), _came("sally"), NOW), for_sam, now=NOW),
        lambda tx: seats.agree(tx, Leaves(), seats.acting(tx, Leaves(), _came("sam"), NOW), for_sally, now=NOW),
    )

    assert [seats.Held, seats.Held] == [type(one) for one in ended], ended


def test_of_two_stewards_who_end_each_other_one_is_left(house):
    """Whoever's turn comes second is no steward any more."""
    own = _seated(house)

    ended = at_once(
        house,
        lambda tx: seats.take_back(tx, Leaves(), seats.changing(tx, Leaves(), _came("sally"), NOW), own[1], now=NOW),
        lambda tx: seats.take_back(tx, Leaves(), seats.changing(tx, Leaves(), _came("sam"), NOW), own[0], now=NOW),
    )

    assert {seats.Held, RoleError} == {type(one) for one in ended}, ended
    with house.reading() as tx:
        assert 1 == sum(Role.STEWARD in seats.of(tx, name, NOW) for name in ("sally", "sam"))


def test_the_house_seats_no_third_steward(house):
    """Not even where three are seated at the same moment."""
    ended = at_once(
        house,
        *(
            lambda tx, name=name: seats.seat_steward(tx, Leaves(), name, by="house", now=NOW)
            for name in ("sally", "sam", "sue")
        ),
    )

    assert 2 == sum(type(one) is seats.Held for one in ended), ended
    assert 1 == sum(type(one) is GrantError for one in ended), ended


def test_who_looks_keeps_nobody_from_acting(house):
    """Reading the roles, which every request of a steward does, locks no row."""
    with house.transaction() as tx:
        own = seats.seat_steward(tx, Leaves(), "sally", by="house", now=NOW).permission.id

    with house.reading() as looking:
        seats.every(looking)
        with house.transaction() as tx:
            if not house.is_sqlite:
                tx.exec_driver_sql("SET LOCAL lock_timeout = 1000")
            seats.take_back(tx, Leaves(), keeper("sally", (), at=NOW), own, now=NOW)

    with house.reading() as tx:
        assert frozenset() == seats.of(tx, "sally", NOW)


def _seated(database):
    """The first two stewards' roles."""
    with database.transaction() as tx:
        return [seats.seat_steward(tx, Leaves(), name, by="house", now=NOW).permission.id for name in ("sally", "sam")]


def _came(party):
    scopes = frozenset({*keys.MEMBER_SCOPES, seats.SCOPE})
    return Grant(party=party, key="key", scopes=scopes, priority="normal", limits=Limits())
