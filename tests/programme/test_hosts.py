"""A pass never goes beyond what it was minted from, at any moment, in any order: key, budget, limits, hold, access."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from houses import NOW, SECRETS, new_key
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programme.members import Leaves
from vitascope.errors import GrantError, RefusedError, VitascopeError
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import gate, holds, repository
from vitascope.programme.access.holds import Pause
from vitascope.programme.actor import keeper
from vitascope.programme.door import Knock
from vitascope.programme.people import membership, passes
from vitascope.programme.people.passes import Pass
from vitascope.rights.hold import Level, Reach, Selector
from vitascope.rights.uses import Use
from vitascope.store import tables
from vitascope.store.database import open_database

AT = datetime.fromtimestamp(NOW, UTC)
DAY = timedelta(days=1)
SALLY = keeper("sally", {Use.HOLD_PLACE, Use.HOLD_LIFT}, at=AT)


def _mint(tx, made, *, by_key=True, days=9, now=AT, **facts):
    parent = repository.bound(tx, made.key.id).permission
    wanted = {"name": "Demo", "renders": 99, "seconds": 999, "until": now + days * DAY, **facts}
    wanted |= {"by_key": made.key.id} if by_key else {}
    return passes.mint(tx, Leaves(), made.key.party, parent, Pass(**wanted), secrets=SECRETS, now=now)[1]


def _enter(tx, made, now, *, scope="video.create", seconds=0.0):
    knock = Knock(credential=made.credential, scope=scope, jobs=int(seconds > 0), seconds=seconds)
    return gate.enter(tx, knock, secrets=SECRETS, log=Leaves(), now=now.timestamp())


def _may(tx, made, now):
    try:
        _enter(tx, made, now)
    except VitascopeError:
        return False
    return True


def _hold(tx, key, level, now):
    pause = Pause(selector=Selector(reach=Reach.KEY, id=key), level=level, reason="It is loose.", lasts=2 * DAY)
    return holds.place(tx, Leaves(), SALLY, pause, now=now)


def _rotated(tx, made, now, grace=3600.0):
    return keys.rotate(tx, Leaves(), made.key.id, by="x", grace_seconds=grace, secrets=SECRETS, now=now.timestamp())


def test_a_pass_ends_with_the_key_it_was_minted_by(database):
    """Taken back after the pass was minted: nothing new is made, and the guest reads what is theirs."""
    made = new_key(database)
    with database.transaction() as tx:
        guest = _mint(tx, made)
        assert _may(tx, guest, AT)
        keys.revoke(tx, Leaves(), made.key.id, by="x", now=NOW + 60)

        with pytest.raises(RefusedError, match=r"The key that gave permission pass_\w+ ended on .* works stay yours"):
            _enter(tx, guest, AT + DAY)
        assert _enter(tx, guest, AT + DAY, scope="video.read")
        assert () == passes.given(tx, made.key.party, AT + DAY)


def test_a_key_gives_no_pass_that_outlives_it(database):
    """Its end is told as it is; a pass that is minted in person is bound by one's access alone."""
    made = new_key(database, expires_at=NOW + 5 * 86_400)
    with database.transaction() as tx:
        by_key, in_person = _mint(tx, made), _mint(tx, made, by_key=False)
        told = {one.keys[0]: one.until for one in passes.given(tx, made.key.party, AT)}

        assert {by_key.key.id: AT + 5 * DAY, in_person.key.id: AT + 9 * DAY} == told
        assert [False, True] == [_may(tx, guest, AT + 6 * DAY) for guest in (by_key, in_person)]
        _rotated(tx, made, AT + 4 * DAY)
        assert _may(tx, by_key, AT + 6 * DAY), "whoever goes on with another key has not ended anything"


def test_a_rotated_key_takes_its_passes_along(database):
    """They end with the key that replaced it, and a guest's own key that is rotated stays on the same thread."""
    made = new_key(database, expires_at=NOW + 20 * 86_400)
    with database.transaction() as tx:
        guest = _mint(tx, made)
        newer = _rotated(tx, made, AT + DAY)
        again = _rotated(tx, guest, AT + DAY)
        assert _may(tx, guest, AT + DAY)
        assert _may(tx, again, AT + 3 * DAY)
        keys.revoke(tx, Leaves(), newer.key.id, by="x", now=NOW + 4 * 86_400)

        assert not _may(tx, again, AT + 5 * DAY)


@pytest.mark.parametrize("level", [Level.THROTTLE, Level.STEP_UP, Level.NO_CREATE, Level.KEY_DEAD])
def test_a_hold_on_a_key_reaches_its_passes_and_no_others(database, level):
    """Whoever found a leaked key makes nothing by a pass minted with it; the guest may appeal, and others go on."""
    made = new_key(database)
    with database.transaction() as tx:
        guest, other = _mint(tx, made), _mint(tx, made, by_key=False)
        hold = _hold(tx, made.key.id, level, AT)
        party = keys_repository.key(tx, guest.key.id).party

        assert _may(tx, guest, AT) is (level is Level.THROTTLE)
        assert _enter(tx, other, AT).decision.level is Level.NONE
        assert [hold.id] == [one.id for one in membership.holds_on(tx, party, AT)]
        if level is Level.THROTTLE:
            assert level is _enter(tx, guest, AT).decision.level


def test_a_day_has_as_many_seconds_for_host_and_guests_together(database):
    """Forty of sixty are used by the guest: twenty are left, for whoever comes first."""
    made = new_key(database, limits=Limits(seconds_per_day=60))
    with database.transaction() as tx:
        guest, other = _mint(tx, made), _mint(tx, made)
        for number, whose in enumerate((guest, guest)):
            row = {"id": f"video_{number}", "party": whose.key.party, "key": whose.key.id, "model": "s", "order": "{}"}
            row |= {"fingerprint": "f", "urgency": 1, "progress": 0, "attempts": 0, "seconds": 20.0}
            tx.execute(sa.insert(tables.videos).values(**row, state="completed", created_at=NOW))

        for whose in (made, other):
            assert _enter(tx, whose, AT, seconds=20.0).decision.allow
            with pytest.raises(RefusedError, match="60 seconds per day, 40 are used"):
                _enter(tx, whose, AT, seconds=21.0)


def test_a_guest_has_no_more_at_once_than_their_host(database):
    """More at once is refused in numbers; by the minute and the day it is the host's own limits."""
    made = new_key(database, limits=Limits(requests_per_minute=7, jobs_in_flight=3, seconds_per_day=50))
    with database.transaction() as tx:
        with pytest.raises(GrantError, match="4 videos at once are more than your own 3"):
            _mint(tx, made)
        guest = _mint(tx, made, at_once=2)

        assert Limits(requests_per_minute=7, jobs_in_flight=2, seconds_per_day=50) == (
            keys_repository.party(tx, guest.key.party).limits
        )


def test_passes_of_an_access_that_is_over_are_not_listed(database):
    """They died with it, whatever their own end says."""
    made = new_key(database)
    with database.transaction() as tx:
        _mint(tx, made, by_key=False)
        assert 1 == len(passes.given(tx, made.key.party, AT))
        membership.leave(tx, Leaves(), made.key.party, now=AT)

        assert () == passes.given(tx, made.key.party, AT)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One database for all sequences; each has a key of its own in it."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('house')}/house.db")
    yield database
    database.close()


ACTS = st.lists(st.sampled_from(["mint", "revoke", "rotate", "hold", "lift", "wait", "leave"]), max_size=9)


@given(acts=ACTS, days=st.integers(9, 30))
@settings(max_examples=100, deadline=None)
def test_in_any_order_a_guest_may_only_what_their_host_may(house, acts, days):
    """Whatever happens to the key, before and after a pass is minted: where it makes nothing, neither do its passes."""
    key, now, guests, held = new_key(house, expires_at=NOW + days * 86_400), AT, [], []
    with house.transaction() as tx:
        for act in ["mint", *acts]:
            if act == "mint" and _may(tx, key, now):
                guests.append(_mint(tx, key, now=now))
            elif act == "revoke":
                keys.revoke(tx, Leaves(), key.key.id, by="x", now=now.timestamp())
            elif act == "rotate" and keys_repository.key(tx, key.key.id).revoked_at is None:
                key = _rotated(tx, key, now)
            elif act == "hold":
                held.append(_hold(tx, key.key.id, Level.NO_CREATE, now))
            elif act == "lift" and held:
                holds.lift(tx, Leaves(), SALLY, held.pop().id, now=now)
            elif act == "wait":
                now += 4 * DAY
            elif act == "leave":
                membership.leave(tx, Leaves(), key.key.party, now=now)

            assert _may(tx, key, now) or not any(_may(tx, guest, now) for guest in guests), act
