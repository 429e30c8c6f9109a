"""The gate: decide() stands before every act, holds bite at once, quotas of passes hold to the unit."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from houses import NOW, SECRETS, new_key

from tests.programme.members import Leaves
from vitascope.errors import LogError, OwnCaseError, RefusedError, RoleError
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.programme.access import gate, holds, repository, standing
from vitascope.programme.access.holds import Pause
from vitascope.programme.access.repository import Cohort
from vitascope.programme.access.watch import Asked
from vitascope.programme.actor import keeper
from vitascope.programme.door import Knock
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.people import membership
from vitascope.refusals import RateLimitError
from vitascope.rights.hold import Level, Reach, Selector
from vitascope.rights.permission import Ending, Permission, PermissionState, end
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.uses import Use
from vitascope.store import people_tables, tables
from vitascope.store.database import open_database

AT = datetime.fromtimestamp(NOW, UTC)
HOUR = timedelta(hours=1)
STEWARD = (Use.HOLD_PLACE, Use.HOLD_LIFT)
SALLY = keeper("sally", STEWARD, at=AT)
SAM = keeper("sam", STEWARD, at=AT)
ALL = Selector(reach=Reach.ALL)


class Broken:
    """A log that cannot be written."""

    def append(self, _event):
        """Fails as a full disk does."""
        raise LogError("the log cannot be written")


def _create(tx, made, *, log=None, scope="video.create", jobs=1, seconds=4.0, uses=()):
    knock = Knock(credential=made.credential, scope=scope, jobs=jobs, seconds=seconds, uses=uses)
    return gate.enter(tx, knock, secrets=SECRETS, log=log or Leaves(), now=NOW)


def _video(tx, made, number, *, state="completed", seconds=4.0):
    row = {
        "id": f"video_{number}", "party": made.key.party, "key": made.key.id, "model": "s", "order": "{}",
        "fingerprint": "f", "urgency": 1, "progress": 0, "attempts": 0, "seconds": seconds, "state": state,
        "created_at": NOW - 100,
    }  # fmt: skip
    tx.execute(sa.insert(tables.videos).values(row))


def _pause(selector=ALL, level=Level.NO_CREATE):
    return Pause(selector=selector, level=level, reason="a key is loose")


def test_every_key_is_the_key_of_a_permission(database):
    """A new key hangs on its party's early access, and may create; the yes is a leaf."""
    made, log = new_key(database), Leaves()
    with database.transaction() as tx:
        entered = _create(tx, made, log=log)

        assert f"access_{made.key.party}" == repository.bound(tx, made.key.id).permission
    assert entered.decision.allow
    assert ["video.create allowed"] == log.kinds()


def test_without_a_leaf_nothing_happens(database):
    """Where the log cannot be written, creation stops; reading goes on, it leaves no leaf."""
    made = new_key(database)
    with database.transaction() as tx:
        with pytest.raises(LogError):
            _create(tx, made, log=Broken())
        _create(tx, made, log=Broken(), scope="video.read", jobs=0)


def test_an_ended_permission_opens_nothing_new_and_reading_stays(database):
    """When access is withdrawn, creation is refused by name and rule, and the member's works stay readable."""
    made = new_key(database)
    with database.transaction() as tx:
        permission = repository.permission(tx, f"access_{made.key.party}")
        repository.change_permission(tx, end(permission, Ending.WITHDRAWN))
        with pytest.raises(RefusedError, match="permission_not_live"):
            _create(tx, made)
        _create(tx, made, scope="video.read", jobs=0)


@pytest.mark.parametrize("reach", [Reach.KEY, Reach.PERMISSION, Reach.FEATURE, Reach.ALL])
def test_a_hold_reaches_what_it_names_and_no_more(database, reach):
    """Creation stops for whom the hold reaches; another member goes on unless it names all or the feature."""
    ana, ben = new_key(database), new_key(database, name="Ben")
    names = {Reach.KEY: ana.key.id, Reach.PERMISSION: f"access_{ana.key.party}", Reach.FEATURE: "video.create"}
    selector = Selector(reach=reach, id=names.get(reach, ""))
    with database.transaction() as tx:
        hold = holds.place(tx, Leaves(), SALLY, _pause(selector), now=AT)
        if hold.needs_two:
            assert _create(tx, ana).decision.allow  # one steward alone pauses nobody at large
            holds.agree(tx, Leaves(), SAM, hold.id, now=AT)
        with pytest.raises(RefusedError, match=hold.id):
            _create(tx, ana)
        _create(tx, ana, scope="video.read", jobs=0)
        if not reach.is_wide:
            assert _create(tx, ben).decision.allow


MAKING = [Use.VIDEO_CREATE, Use.VIDEO_REMIX, Use.VIDEO_EDIT, Use.VIDEO_EXTEND, Use.REFERENCE_USE, Use.STYLE_USE]


@pytest.mark.parametrize("held", MAKING)
def test_a_hold_on_a_feature_stops_that_feature_alone(database, held):
    """On one's own clips too, whether it is the act itself or what the act draws on; the no is one leaf."""
    made, log = new_key(database), Leaves()
    with database.transaction() as tx:
        hold = holds.place(tx, Leaves(), SALLY, _pause(Selector(reach=Reach.FEATURE, id=held)), now=AT)
        holds.agree(tx, Leaves(), SAM, hold.id, now=AT)
        for use in set(MAKING) - {held}:
            assert _create(tx, made, uses=(use,)).decision.allow
        act = (held,) if held.startswith("video.") else (Use.VIDEO_CREATE, held)
        with pytest.raises(RefusedError, match=hold.id):
            _create(tx, made, uses=act, log=log)
        _create(tx, made, scope="video.read", jobs=0)

    assert [f"{held} refused"] == log.kinds()


def test_what_an_act_draws_on_costs_no_more(database):
    """A film with a picture handed in is one render, and one leaf."""
    made, log = new_key(database), Leaves()
    with database.transaction() as tx:
        permission = repository.permission(tx, f"access_{made.key.party}")
        quotas = (Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=1),)
        repository.add_permission(tx, replace(permission, id="tight", quotas=quotas))
        repository.rebind(tx, replace(repository.bound(tx, made.key.id), permission="tight"))

        assert _create(tx, made, uses=(Use.VIDEO_CREATE, Use.REFERENCE_USE), log=log).decision.allow
    assert ["video.create allowed"] == log.kinds()


def test_a_hold_is_in_force_in_another_process_at_once(database_url):
    """Whoever opened the database by themselves refuses the moment the hold is committed."""
    one, other = open_database(database_url), open_database(database_url)
    made = new_key(one)
    with other.transaction() as tx:
        assert _create(tx, made).decision.allow
    with one.transaction() as tx:
        holds.place(tx, Leaves(), SALLY, _pause(Selector(reach=Reach.KEY, id=made.key.id)), now=AT)
    with other.transaction() as tx, pytest.raises(RefusedError):
        _create(tx, made)
    one.close()
    other.close()


@pytest.mark.parametrize("limits", [Limits(jobs_in_flight=8), Limits()], ids=["of eight", "of a member"])
def test_a_throttled_key_makes_one_job_at_a_time(database, limits):
    """Throttle slows, and says why; it does not stop. A quarter of the thousand jobs of a member would slow nobody."""
    made = new_key(database, limits=limits)
    with database.transaction() as tx:
        holds.place(tx, Leaves(), SALLY, _pause(Selector(reach=Reach.KEY, id=made.key.id), Level.THROTTLE), now=AT)
        assert "low" == _create(tx, made).grant.priority  # and comes behind everybody
        _video(tx, made, 1, state="queued")
        with pytest.raises(RateLimitError, match="a key is loose"):
            _create(tx, made)


@pytest.mark.parametrize(("seconds_ago", "is_busy"), [(6, True), (11, False)])
def test_a_place_that_was_free_for_a_moment_was_not_free(database, seconds_ago, is_busy):
    """Four jobs keep a member's key busy, though it may have a thousand; one that ended since the last look is one."""
    made = new_key(database, limits=Limits())
    with database.transaction() as tx:
        for number in range(3):
            _video(tx, made, number, state="in_progress" if number else "completed")
        tx.execute(
            sa.update(tables.videos).where(tables.videos.c.id == "video_0").values(completed_at=NOW - seconds_ago)
        )
        asked = Asked(prompt="a parrot", network="192.0.2.0/24", client="sdk")
        knock = Knock(credential=made.credential, scope="video.create", jobs=1, seconds=4.0)
        gate.enter(tx, knock, secrets=SECRETS, log=Leaves(), now=NOW, asked=(asked,))

        assert (is_busy,) == leaks.habits(tx, made.key.id).recent.full


def test_step_up_waits_for_the_passkey(database):
    """After the owner has shown a passkey the same key creates again."""
    made = new_key(database)
    with database.transaction() as tx:
        holds.place(tx, Leaves(), SALLY, _pause(Selector(reach=Reach.KEY, id=made.key.id), Level.STEP_UP), now=AT)
        with pytest.raises(RefusedError, match="passkey"):
            _create(tx, made)
        repository.confirm(tx, [made.key.id], AT + HOUR)

        assert _create(tx, made).decision.allow


def test_accepted_jobs_run_unless_the_key_is_dead(database):
    """No-create leaves what was accepted; a dead key stops it."""
    made = new_key(database)
    selector = Selector(reach=Reach.KEY, id=made.key.id)
    with database.transaction() as tx:
        holds.place(tx, Leaves(), SALLY, _pause(selector), now=AT)
        assert gate.may_start(tx, made.key.id, AT)
        holds.place(tx, Leaves(), SALLY, _pause(selector, Level.KEY_DEAD), now=AT)
        assert not gate.may_start(tx, made.key.id, AT)


def test_a_revoked_key_starts_nothing_more(database):
    """Whoever takes a key back stops its waiting jobs; a time of grace, an end of access or an expiry does not."""
    made, other = new_key(database), new_key(database, expires_at=NOW + 1)
    with database.transaction() as tx:
        permission = repository.permission(tx, f"access_{other.key.party}")
        repository.change_permission(tx, end(permission, Ending.WITHDRAWN))
        keys.rotate(tx, Leaves(), made.key.id, by="ana", grace_seconds=3600, secrets=SECRETS, now=NOW)
        assert gate.may_start(tx, made.key.id, AT)
        assert gate.may_start(tx, other.key.id, AT + HOUR)
        assert not gate.may_start(tx, made.key.id, AT + HOUR)
        keys.revoke(tx, Leaves(), other.key.id, by="ana", now=NOW)

        assert not gate.may_start(tx, other.key.id, AT)


@pytest.mark.parametrize("selector", [ALL, Selector(reach=Reach.FEATURE, id="video")])
def test_no_wide_hold_stops_what_was_accepted(database, selector):
    """Two stewards pause everybody, or the whole family of uses: nothing new is made, waiting jobs are."""
    made = new_key(database)
    with database.transaction() as tx:
        hold = holds.place(tx, Leaves(), SALLY, _pause(selector), now=AT)
        holds.agree(tx, Leaves(), SAM, hold.id, now=AT)
        with pytest.raises(RefusedError, match=hold.id):
            _create(tx, made)

        assert gate.may_start(tx, made.key.id, AT)


def test_nobody_holds_or_frees_themselves(database):
    """A steward may not place, lift or answer a hold on their own key, nor agree with themselves."""
    made = new_key(database)
    own = keeper(made.key.party, STEWARD, at=AT)
    selector = Selector(reach=Reach.KEY, id=made.key.id)
    with database.transaction() as tx:
        with pytest.raises(OwnCaseError):
            holds.place(tx, Leaves(), own, _pause(selector), now=AT)
        hold = holds.place(tx, Leaves(), SALLY, _pause(selector), now=AT)
        with pytest.raises(OwnCaseError):
            holds.lift(tx, Leaves(), own, hold.id, now=AT)
        wide = holds.place(tx, Leaves(), SALLY, _pause(), now=AT)
        with pytest.raises(OwnCaseError):
            holds.agree(tx, Leaves(), SALLY, wide.id, now=AT)
        with pytest.raises(RoleError):
            holds.place(tx, Leaves(), keeper("ben", (), at=AT), _pause(), now=AT)


def _in_cohort(tx, *parties):
    """Early access of a cohort for each of them."""
    repository.add_cohort(tx, Cohort(id="first", name="First"))
    for party in parties:
        facts = {"grantor": "programme", "grantee": party, "object": "engine", "uses": standing.MEMBER_USES}
        whole = {"terms": "house", "valid_from": AT, "valid_until": AT + HOUR, "cohort": "first"}
        repository.add_permission(tx, Permission(id=f"in_{party}", state=PermissionState.ACTIVE, **facts, **whole))


def test_stewards_pause_and_free_the_cohort_they_are_in(database):
    """Two of its members place, agree to and lift a hold on all of it, and a third answers the appeal."""
    cohort = Selector(reach=Reach.COHORT, id="first")
    sue, log = keeper("sue", STEWARD, at=AT), Leaves()
    with database.transaction() as tx:
        _in_cohort(tx, "sally", "sam", "sue", "ana")
        hold = holds.place(tx, log, SALLY, _pause(cohort), now=AT)
        with pytest.raises(OwnCaseError):
            holds.agree(tx, log, SALLY, hold.id, now=AT)
        holds.agree(tx, log, SAM, hold.id, now=AT)
        holds.appeal(tx, log, "ana", hold.id, now=AT)
        holds.answer(tx, log, sue, hold.id, is_upheld=True, now=AT)
        again = holds.renew(tx, log, SAM, hold.id, reason="Another key is loose.", now=AT)
        for name in (hold.id, again.id):
            assert "sally" == holds.lift(tx, log, SALLY, name, now=AT).lifted_by


def test_a_guest_in_a_held_cohort_appeals(database):
    """The hold reaches who hangs below its members, though a pass itself is of no cohort."""
    cohort = Selector(reach=Reach.COHORT, id="first")
    with database.transaction() as tx:
        _in_cohort(tx, "ana", "ben")
        above = repository.permission(tx, "in_ana")
        repository.add_permission(
            tx, replace(above, id="pass_1", grantor="ana", grantee="guest", parent="in_ana", cohort=None)
        )
        hold = holds.place(tx, Leaves(), SALLY, _pause(cohort, Level.WATCH), now=AT)

        assert (hold,) == membership.holds_on(tx, "guest", AT)
        assert "guest" == holds.appeal(tx, Leaves(), "guest", hold.id, now=AT).appeal.by


def test_a_steward_alone_in_a_cohort_does_not_decide_on_it(database):
    """Then the cohort is their own case, and so is their own permission in a larger one."""
    with database.transaction() as tx:
        _in_cohort(tx, "sally")
        for selector in (Selector(reach=Reach.COHORT, id="first"), Selector(reach=Reach.PERMISSION, id="in_sally")):
            with pytest.raises(OwnCaseError):
                holds.place(tx, Leaves(), SALLY, _pause(selector), now=AT)
            hold = holds.place(tx, Leaves(), SAM, _pause(selector, Level.WATCH), now=AT)
            with pytest.raises(OwnCaseError):
                holds.lift(tx, Leaves(), SALLY, hold.id, now=AT)


def test_an_appeal_is_answered_by_another_person(database):
    """Whoever is held appeals; the steward who placed it cannot answer, another one lifts it."""
    made, log = new_key(database), Leaves()
    with database.transaction() as tx:
        hold = holds.place(tx, log, SALLY, _pause(Selector(reach=Reach.KEY, id=made.key.id)), now=AT)
        with pytest.raises(OwnCaseError):
            holds.appeal(tx, log, "stranger", hold.id, now=AT)
        holds.appeal(tx, log, made.key.party, hold.id, now=AT)
        with pytest.raises(Exception, match="somebody else"):
            holds.answer(tx, log, SALLY, hold.id, is_upheld=False, now=AT)
        holds.answer(tx, log, SAM, hold.id, is_upheld=False, now=AT)

        assert _create(tx, made).decision.allow
    assert ["hold.placed", "hold.appealed", "hold.lifted"] == log.kinds()


def test_a_pass_keeps_its_budget_to_the_unit(database):
    """A child permission's quota counts what its keys made, and the parent's what all below it made."""
    ana = new_key(database)
    with database.transaction() as tx:
        parent = repository.permission(tx, f"access_{ana.key.party}")
        child = replace(
            parent, id="pass_1", grantor=ana.key.party, grantee="guest", parent=parent.id,
            quotas=(Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=3),),
        )  # fmt: skip
        repository.add_permission(tx, child)
    guest = new_key(database, name="Guest", permission="pass_1")
    with database.transaction() as tx:
        for number in range(3):
            _create(tx, guest)
            _video(tx, guest, number)
        with pytest.raises(RefusedError, match="quota_spent"):
            _create(tx, guest)
        _create(tx, ana)


def test_two_at_once_cannot_share_the_last_unit(database):
    """Eight threads want the last render of one quota; one gets it, on both kinds of database."""
    made = new_key(database)
    with database.transaction() as tx:
        parent = repository.permission(tx, f"access_{made.key.party}")
        quotas = (Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=1),)
        repository.add_permission(tx, replace(parent, id="tight", quotas=quotas))
        repository.rebind(tx, replace(repository.bound(tx, made.key.id), permission="tight"))
    outcomes = []

    def want(number):
        try:
            with database.transaction() as tx:
                _create(tx, made)
                _video(tx, made, number)
            outcomes.append("made")
        except RefusedError:
            outcomes.append("refused")

    threads = [threading.Thread(target=want, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert 1 == outcomes.count("made")


def test_a_wide_hold_from_before_the_limit_ends_like_any(database):
    """One steward stepped everybody up for a year: the row reads as 72 hours, and then nobody is held by it."""
    made, year = new_key(database), (AT + timedelta(days=366)).timestamp()
    with database.transaction() as tx:
        hold = holds.place(tx, Leaves(), SALLY, _pause(ALL, Level.STEP_UP), now=AT)
        tx.execute(sa.update(people_tables.holds).values(until=year))

        assert AT + 72 * HOUR == repository.hold(tx, hold.id).until
        assert 1 == len(membership.holds_on(tx, made.key.party, AT + 71 * HOUR))
        assert () == membership.holds_on(tx, made.key.party, AT + 73 * HOUR)


def test_rotation_keeps_the_permission(database):
    """The key that replaces another hangs where the old one hung."""
    made = new_key(database)
    with database.transaction() as tx:
        new = keys.rotate(tx, Leaves(), made.key.id, by="ana", grace_seconds=0, secrets=SECRETS, now=NOW)

        assert standing.of(tx, made.key.id) == standing.of(tx, new.key.id)
