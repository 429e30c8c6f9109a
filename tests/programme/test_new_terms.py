"""New terms beside the ones a member has: what they change, in words; declined, accepted, or neither; for newcomers."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from houses import SECRETS
from hypothesis import given
from hypothesis import strategies as st

from tests.programme.members import Leaves
from tests.programme.test_people import AT, COHORT, DAY, FAIR, SALLY
from vitascope.errors import GrantError, RecordNotFoundError
from vitascope.programme.access import repository
from vitascope.programme.people import announcements, cohorts, invitations, letters, membership
from vitascope.programme.people.changes import Effect, changes
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Rate, Share, Terms
from vitascope.rights.uses import Use


def _films(limit):
    return (Quota(measure=Measure.RENDERS, per=Per.MONTH, limit=limit),)


def _told(old, new, quotas=()):
    return [(one.what, one.before, one.after, one.effect.value) for one in changes(old, new, quotas)]


def _under(**policy):
    return replace(FAIR, policy=Policy(**policy))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({}, {"notice_days": 60}, ("Notice before worse terms", "30 days", "60 days", "better")),
        ({"sunset_days": 200}, {}, ("Notice before the programme ends", "200 days", "180 days", "worse")),
        ({}, {"withdrawal_days": 45}, ("Until models forget a work you take back", "30 days", "45 days", "worse")),
        (
            {},
            {"embargo_until": AT + timedelta(days=9)},
            ("You may show what you make", "at once", f"from {AT + timedelta(days=9):%-d %B %Y} on", "worse"),
        ),
        ({"quotas": _films(50)}, {"quotas": _films(20)}, ("Films each month", "50", "20", "worse")),
        ({"quotas": _films(50)}, {}, ("Films each month", "50", "no limit", "better")),
        (
            {"rates": (Rate(work="bug.low", amount=500, currency="EUR"),)},
            {},
            ("Pay for bug, low", "5.00 EUR", "nothing", "worse"),
        ),
        (
            {"split": (Share(party="ana", parts=1_000_000),)},
            {"split": (Share(party="ana", parts=500_000), Share(party="pool", parts=500_000))},
            ("Share of ana", "100 %", "50 %", "worse"),
        ),
    ],
)
def test_each_promise_is_a_line(old, new, told):
    """What was, what will be, and what that is for whoever reads it; the worse stand first."""
    assert told == _told(_under(**old), _under(**new))[0]


def test_a_cohorts_own_quota_counts_where_terms_have_none():
    """Whoever had 500 a month by the cohort and will have 120 by the terms reads that, not "no limit"."""
    assert [("Films each month", "500", "120", "worse")] == _told(FAIR, _under(quotas=_films(120)), _films(500))


def test_more_than_a_cohorts_own_quota_holds_at_once(database):
    """It was taken for a first limit, and waited for its notice, though everybody gains by it."""
    with database.transaction() as tx:
        cohorts.found(tx, Leaves(), replace(COHORT, quotas=_films(500)), FAIR, by="sally", now=AT)
        more = cohorts.announce(tx, Leaves(), "first", _under(quotas=_films(900)), by="sally", now=AT)
        less = cohorts.announce(tx, Leaves(), "first", _under(quotas=_films(300)), by="sally", now=AT)

    assert (AT, AT + 30 * DAY) == (more.effective, less.effective)


def test_a_changed_text_is_told_by_its_passages():
    """Other line breaks are no change; a passage that goes stands beside what takes its place."""
    old = replace(FAIR, text="Yours.\n\n- Show it\n  at once.\n- Say it.")
    new = replace(FAIR, text="Yours.\n\n- Show it at once.\n- Ask first.\n- We may film you.")

    assert [
        ("The text", "- Say it.", "- Ask first.", "other"),
        ("The text", "", "- We may film you.", "other"),
    ] == _told(old, new)


_days = st.integers(180, 400)
_policies = st.builds(
    Policy,
    notice_days=_days,
    sunset_days=_days,
    withdrawal_days=_days,
    quotas=st.sampled_from([(), _films(3), _films(9)]),
)


@given(old=_policies, new=_policies)
def test_whatever_counts_as_worse_is_shown_as_worse(old, new):
    """The page and the rule that makes terms wait see the same; and equal promises are no line."""
    found = changes(replace(FAIR, policy=old), replace(FAIR, policy=new))

    assert cohorts.is_worse_policy(old, new) == any(one.effect is Effect.WORSE for one in found)
    assert all(one.before != one.after for one in found)


def _joined(tx):
    cohorts.found(tx, Leaves(), COHORT, _under(quotas=_films(50)), by="sally", now=AT)
    (made,) = invitations.invite(
        tx, Leaves(), SALLY, ["ana@example.org"], cohort="first", days=7, secrets=SECRETS, now=AT
    )
    terms = cohorts.in_force(tx, "first", AT).hash
    return invitations.accept_invitation(
        tx, Leaves(), made.token, terms=terms, name="Ana", secrets=SECRETS, now=AT,
        declined=frozenset({Use.GUEST_INVITE}),
    ).grantee  # fmt: skip


def _announced(tx, films, *, now=AT + DAY, text=FAIR.text):
    made = Terms(text=text, issued=now, policy=Policy(quotas=_films(films)))
    cohorts.announce(tx, Leaves(), "first", made, by="sally", now=now)
    return made.hash


def _coming(tx, party, now):
    return membership.membership(tx, party, now).coming


def test_a_member_sees_what_was_announced_beside_what_they_accepted(database):
    """Worse terms from their day on, later as the ones in force; terms that were replaced are not shown any more."""
    with database.transaction() as tx:
        ana = _joined(tx)
        assert () == _coming(tx, ana, AT)
        worse = _announced(tx, 20)
        (waits,) = _coming(tx, ana, AT + 2 * DAY)
        (holds,) = _coming(tx, ana, AT + 40 * DAY)
        better = _announced(tx, 90, now=AT + 50 * DAY)
        (now,) = _coming(tx, ana, AT + 51 * DAY)

        assert (worse, False, AT + 31 * DAY) == (waits.told.terms.hash, waits.is_in_force, waits.told.effective)
        assert ("50", "20") == (waits.changes[0].before, waits.changes[0].after)
        assert holds.is_in_force
        assert (better, ("50", "90")) == (now.told.terms.hash, (now.changes[0].before, now.changes[0].after))


def test_declining_is_recorded_and_changes_nothing(database):
    """A leaf, once; the access is what it was; what nobody announced cannot be declined; accepting stays open."""
    log = Leaves()
    with database.transaction() as tx:
        ana = _joined(tx)
        before = membership.membership(tx, ana, AT).permissions
        worse = _announced(tx, 20)
        for _ in range(2):
            membership.decline_terms(tx, log, ana, worse, now=AT + 2 * DAY)
        with pytest.raises(RecordNotFoundError, match="No such terms"):
            membership.decline_terms(tx, log, ana, "0" * 64, now=AT + 2 * DAY)
        (found,) = _coming(tx, ana, AT + 3 * DAY)

        assert ["terms.declined"] == log.kinds()
        assert before == membership.membership(tx, ana, AT + 3 * DAY).permissions
        assert (AT + 2 * DAY).timestamp() == found.declined_at
        joined = membership.accept_terms(tx, log, ana, terms=worse, now=AT + 40 * DAY)
        assert Use.GUEST_INVITE not in joined.uses, "what was declined before stays declined"
        assert () == _coming(tx, ana, AT + 41 * DAY)


def test_whoever_left_finds_a_way_back(database):
    """The terms in force are offered, also where they are the ones they had."""
    with database.transaction() as tx:
        ana = _joined(tx)
        membership.leave(tx, Leaves(), ana, now=AT + DAY)
        (offered,) = _coming(tx, ana, AT + 2 * DAY)

        assert (True, ()) == (offered.is_in_force, offered.changes)
        assert membership.accept_terms(
            tx, Leaves(), ana, terms=offered.told.terms.hash, now=AT + 3 * DAY
        ).is_live(AT + 3 * DAY)  # fmt: skip


def test_accepting_what_one_has_accepted_changes_nothing(database):
    """No leaf, no other permission, no later end, also where newer terms are in force; a use declined is a change."""
    with database.transaction() as tx:
        ana = _joined(tx)
        (had,) = membership.membership(tx, ana, AT).permissions
        _announced(tx, 90)
        log = Leaves()
        again = membership.accept_terms(tx, log, ana, terms=had.terms, now=AT + 9 * DAY)
        with pytest.raises(GrantError):
            membership.accept_terms(tx, log, ana, terms=had.terms, declined=frozenset(), now=AT + 9 * DAY)

        assert had == again
        assert [] == log.kinds()
        assert (had,) == membership.membership(tx, ana, AT + 9 * DAY).permissions


@pytest.mark.parametrize("leaves", [False, True])
def test_newer_terms_keep_the_end_of_access(database, leaves):
    """A cohort's days bind: neither accepting its newer terms nor leaving and coming back makes them more."""
    with database.transaction() as tx:
        ana = _joined(tx)
        (had,) = membership.membership(tx, ana, AT).permissions
        better = _announced(tx, 90)
        if leaves:
            membership.leave(tx, Leaves(), ana, now=AT + DAY)
        joined = membership.accept_terms(tx, Leaves(), ana, terms=better, now=AT + 9 * DAY)
        after = membership.accept_terms(tx, Leaves(), ana, terms=better, now=had.valid_until + DAY)

    assert (better, had.valid_until) == (joined.terms, joined.valid_until)
    assert had.valid_until + (COHORT.days + 1) * DAY == after.valid_until, "whose end has come begins anew"


def test_newcomers_are_told_what_will_change_for_those_after_them(database):
    """Beside the terms they read now."""
    with database.transaction() as tx:
        _joined(tx)
        _announced(tx, 20)
        terms = cohorts.in_force(tx, "first", AT + 2 * DAY)
        (found,) = announcements.coming(tx, "first", terms, AT + 2 * DAY)

        assert ("50", "20", Effect.WORSE) == (found.changes[0].before, found.changes[0].after, found.changes[0].effect)


def test_the_letter_says_what_changes(database):
    """Not only that something does; and where to answer."""
    with database.transaction() as tx:
        _joined(tx)
        _announced(tx, 20)
        told = repository.announced(tx, "first")[-1]
        (mail,) = letters.about_terms(tx, "first", told, secrets=SECRETS, house="https://v.example")

    assert "- Films each month: 50 -> 20" in mail.text
    assert "https://v.example/programme\n" in mail.text


def test_two_answers_at_once_are_one_access(database):
    """Two acceptances in two processes leave one live access, never two quotas."""
    with database.transaction() as tx:
        ana = _joined(tx)
        better = _announced(tx, 90)
    begin = threading.Barrier(2)

    def accept():
        begin.wait()
        with database.transaction() as tx:
            membership.accept_terms(tx, Leaves(), ana, terms=better, now=AT + 2 * DAY)

    threads = [threading.Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as tx:
        live = [one for one in repository.permissions_of(tx, ana) if one.is_live(AT + 3 * DAY)]

    assert 1 == len(live)


@pytest.mark.parametrize("days", [-4, 0, 3_651])
def test_a_cohort_lasts_for_days_that_there_are(database, days):
    """Whoever asks, by command or by key, hears how many may be."""
    with database.transaction() as tx, pytest.raises(GrantError, match=f"1 to 3650 days in a cohort, not {days}"):
        cohorts.found(tx, Leaves(), replace(COHORT, days=days), FAIR, by="sally", now=AT)


def test_an_embargo_lies_ahead(database):
    """One that was over when it was promised is refused, when founding and when announcing."""
    past = _under(embargo_until=AT - 5 * DAY)
    with database.transaction() as tx:
        with pytest.raises(GrantError, match="5 days before the terms are issued; give 1 to 30"):
            cohorts.found(tx, Leaves(), COHORT, past, by="sally", now=AT)
        cohorts.found(tx, Leaves(), COHORT, FAIR, by="sally", now=AT)
        with pytest.raises(GrantError, match="5 days before"):
            cohorts.announce(tx, Leaves(), "first", past, by="sally", now=AT)
