"""Who acts in a role is asked of decide(): by key, signed in, at every level of a hold, and after the role is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.programme.members import NOW, Leaves
from vitascope.errors import GrantError, OwnCaseError, RefusedError, RoleError
from vitascope.orders import Grant, Limits
from vitascope.programme import keys, repository
from vitascope.programme.access import holds
from vitascope.programme.access import repository as access
from vitascope.programme.access.holds import Pause
from vitascope.programme.actor import may, require
from vitascope.programme.people.repository import Session
from vitascope.programme.roles import seats
from vitascope.programme.roles.seats import USES, Role
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.uses import OF_ROLES, Use
from vitascope.store.secrets import Secrets

SECRETS = Secrets(pepper=b"p" * 32, vault=b"v" * 32)
HOUR = timedelta(hours=1)
DOING = USES[Role.STEWARD]


class House:
    """Two stewards, Sally and Sam, each with a key of their own."""

    def __init__(self, database):
        self.database, self.log, self.keys, self.roles = database, Leaves(), {}, {}
        with database.transaction() as tx:
            for name in ("sally", "sam"):
                repository.add_party(tx, name, name=name, priority="normal", limits=Limits(), now=NOW.timestamp())
                scopes = (*keys.MEMBER_SCOPES, seats.SCOPE)
                self.keys[name] = keys.create(
                    tx, self.log, by=keys.OPERATOR, name=name, scopes=scopes, expires_at=None, party=name,
                    secrets=SECRETS, now=NOW.timestamp(),
                ).key.id  # fmt: skip
                self.roles[name] = seats.seat_steward(tx, self.log, name, by="house", now=NOW).permission.id

    def by_key(self, tx, name, *, scopes=(*keys.MEMBER_SCOPES, seats.SCOPE), now=NOW):
        """Somebody who came with their key."""
        grant = Grant(
            party=name, key=self.keys[name], scopes=frozenset(scopes), priority="normal", limits=Limits()
        )  # fmt: skip
        return seats.acting(tx, self.log, grant, now)

    def in_person(self, tx, name, now=NOW):
        """Somebody who is signed in."""
        session = Session(
            digest="d" * 32, party=name, browser_key="", made_at=now.timestamp(),
            expires_at=(now + HOUR).timestamp(),
        )  # fmt: skip
        return seats.present(tx, self.log, session, now)

    def pause(self, tx, reach, target, level=Level.NO_CREATE, by="sally"):
        """Sally pauses something."""
        pause = Pause(selector=Selector(reach=reach, id=target), level=level, reason="Seen.")
        return holds.place(tx, self.log, self.by_key(tx, by), pause, now=NOW)


@pytest.fixture
def house(database):
    return House(database)


@pytest.fixture
def tx(house):
    with house.database.transaction() as opened:
        yield opened


def test_every_role_carries_what_decide_calls_a_roles(house, tx):
    """None of it by a key made for videos; all of it by one made to act, and signed in."""
    assert frozenset().union(*USES.values()) == OF_ROLES
    assert {True} == {may(house.by_key(tx, "sam"), use) for use in DOING}
    assert {True} == {may(house.in_person(tx, "sam"), use) for use in DOING}
    with pytest.raises(RoleError, match=r"made without programme\.act, which hold\.lift takes"):
        require(house.by_key(tx, "sam", scopes=keys.MEMBER_SCOPES), Use.HOLD_LIFT)


def test_a_paused_role_decides_nothing_and_keeps_the_rest(house, tx):
    """By key and in person, with rule, appeal and one leaf; reporting and appealing go on, and the other steward."""
    hold = house.pause(tx, Reach.PERMISSION, house.roles["sam"])
    before = len(house.log.events)
    for actor in (house.by_key(tx, "sam"), house.in_person(tx, "sam")):
        with pytest.raises(RefusedError, match=rf"{hold.id} .* Rule: hold_no_create\. You can appeal: name {hold.id}"):
            holds.lift(tx, house.log, actor, hold.id, now=NOW)
        assert not any(may(actor, use) for use in DOING)
        require(actor, Use.PROGRAMME_REPORT)
    assert ["hold.lift refused"] * 2 == house.log.kinds()[before:]
    assert {True} == {may(house.by_key(tx, "sally"), use) for use in DOING}

    holds.appeal(tx, house.log, "sam", hold.id, now=NOW)
    holds.lift(tx, house.log, house.by_key(tx, "sally"), hold.id, now=NOW)
    assert may(house.by_key(tx, "sam"), Use.HOLD_LIFT)


def test_a_key_that_was_found_published_pays_nothing(house, tx):
    """What the watch places stops that key, not its owner: signed in, or by another key, they go on."""
    selector = Selector(reach=Reach.KEY, id=house.keys["sam"])
    found = Hold(
        id="hold_1", selector=selector, level=Level.NO_CREATE, reason="Found in a commit.", placed_by="watch",
        placed=NOW, until=NOW + HOUR,
    )  # fmt: skip
    holds.enter(tx, house.log, found)
    with pytest.raises(RefusedError, match="hold_1 pauses everything new"):
        require(house.by_key(tx, "sam"), Use.HOLD_LIFT)

    assert {True} == {may(house.in_person(tx, "sam"), use) for use in DOING}
    access.change_hold(tx, replace(found, level=Level.STEP_UP))
    with pytest.raises(RefusedError, match="passkey"):
        require(house.by_key(tx, "sam"), Use.HOLD_LIFT)
    access.confirm(tx, [house.keys["sam"]], NOW + HOUR)
    require(house.by_key(tx, "sam"), Use.HOLD_LIFT)


def test_what_stops_everybody_does_not_stop_who_lifts_it(house, tx):
    """Two stewards pause everything; either of them lifts it, by key and in person."""
    hold = house.pause(tx, Reach.ALL, "")
    holds.agree(tx, house.log, house.by_key(tx, "sam"), hold.id, now=NOW)

    assert may(house.in_person(tx, "sam"), Use.HOLD_LIFT)
    holds.lift(tx, house.log, house.by_key(tx, "sally"), hold.id, now=NOW)


def test_a_steward_holds_neither_themselves_nor_a_role_to_death(house, tx):
    """Their own role is their own case; no key hangs on a role that could die."""
    with pytest.raises(OwnCaseError):
        house.pause(tx, Reach.PERMISSION, house.roles["sally"])
    with pytest.raises(GrantError, match="no_create pauses all of it"):
        house.pause(tx, Reach.PERMISSION, house.roles["sam"], Level.KEY_DEAD)


def test_a_role_that_is_over_says_how(house, tx):
    """Withdrawn, or run out; the permission is named, as for any other."""
    seats.take_back(tx, house.log, house.by_key(tx, "sally"), house.roles["sam"], now=NOW)

    with pytest.raises(RoleError, match=rf"{house.roles['sam']} is ended \(withdrawn\)"):
        require(house.by_key(tx, "sam"), Use.HOLD_LIFT)
    later = NOW + seats.LASTS
    with pytest.raises(RoleError, match=rf"{house.roles['sally']} ended on"):
        require(house.by_key(tx, "sally", now=later), Use.HOLD_LIFT)
