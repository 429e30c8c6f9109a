"""Parties, terms, permissions and holds: what may exist, how it changes, and what is refused with which words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rights.people import ANA, DAY, FAIR, GUEST, NOW, hold_on
from vitascope.errors import GrantError
from vitascope.rights.canonical import canonical_json, content_hash
from vitascope.rights.hold import (
    AppealState,
    HoldState,
    Level,
    Reach,
    Selector,
    agree,
    answer,
    appeal,
    lift,
    may_appeal,
    renew,
)
from vitascope.rights.party import PUBLIC, Credit, Party, PartyKind
from vitascope.rights.permission import Ending, PermissionState, accept, covers, decline, end, lapse, offer_below
from vitascope.rights.quota import Cost, Measure, Per, Quota
from vitascope.rights.terms import Policy, Share, Terms
from vitascope.rights.uses import Use

OFFER = replace(ANA, state=PermissionState.OFFERED)


def test_canonical_json_is_one_string_per_value():
    """Keys are sorted, spaces gone, letters kept; the hash is that of the bytes (computed with another tool)."""
    assert b'{"a":["x",1,true,null],"b":"\xc3\xa9"}' == canonical_json({"b": "\u00e9", "a": ["x", 1, True, None]})
    assert "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" == content_hash({})


@pytest.mark.parametrize(("credit", "words"), [(Credit.NAME, "Ida K."), (Credit.HANDLE, "@ida"), (Credit.NONE, None)])
def test_a_party_is_credited_as_it_wishes(credit, words):
    """By name, by handle, or not at all."""
    assert words == Party(id="ida", kind=PartyKind.PERSON, handle="@ida", name="Ida K.", credit=credit).credited_as


@pytest.mark.parametrize("wrong", [{"id": ""}, {"id": PUBLIC}, {"handle": ""}, {"credit": Credit.NAME}])
def test_a_party_nobody_could_name_is_refused(wrong):
    """No id, everybody's id, no handle, a name wished and not given."""
    with pytest.raises(GrantError):
        Party(**{"id": "ida", "kind": PartyKind.PERSON, "handle": "@ida", **wrong})


def test_terms_are_named_by_their_content():
    """Same text, date and policy: same hash, in whatever zone the date was written; any change: another."""
    elsewhere = FAIR.issued.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+07:00").tzinfo)

    assert FAIR.hash == replace(FAIR, issued=elsewhere).hash
    assert FAIR.hash != replace(FAIR, text=FAIR.text + " ").hash
    assert FAIR.hash != replace(FAIR, policy=Policy(withdrawal_days=31)).hash


@given(days=st.integers(0, 60))
def test_an_embargo_lasts_thirty_days_at_most(days):
    """A dated embargo up to 30 days is a term; a longer one cannot be written down."""
    policy = Policy(embargo_until=FAIR.issued + timedelta(days=days))

    if days <= 30:
        assert replace(FAIR, policy=policy).policy is policy
    else:
        with pytest.raises(GrantError, match=f"{days} days"):
            replace(FAIR, policy=policy)


@pytest.mark.parametrize(
    "unfair",
    [
        {"notice_days": 29},
        {"sunset_days": 179},
        {"split": (Share(party="ida", parts=999_999),)},
        {"split": (Share(party="ida", parts=1_000_001), Share(party="ana", parts=-1))},
    ],
)
def test_unfair_policies_cannot_be_written(unfair):
    """Notice and sunset have floors, and a split adds up to the whole."""
    with pytest.raises(GrantError):
        Policy(**unfair)


def test_counts_are_never_negative():
    """A negative quota or cost would give instead of take."""
    with pytest.raises(GrantError, match="-1 renders"):
        Quota(measure=Measure.RENDERS, per=Per.DAY, limit=-1)
    with pytest.raises(GrantError, match="-1 renders"):
        Cost(measure=Measure.RENDERS, amount=-1)


def test_a_time_without_a_zone_is_refused():
    """It would be another instant on another machine."""
    with pytest.raises(GrantError, match="without a zone"):
        Terms(text="", issued=datetime(2026, 1, 1), policy=Policy())  # noqa: DTZ001 - the fault under test


def test_an_offer_is_answered_once():
    """Offered becomes active, declined or lapsed; active ends; nothing comes back."""
    active = accept(OFFER, terms=FAIR.hash)

    assert PermissionState.ACTIVE is active.state
    assert Ending.RETURNED is end(active, Ending.RETURNED).ending
    assert [PermissionState.DECLINED, PermissionState.LAPSED] == [decline(OFFER).state, lapse(OFFER).state]
    for again in (decline, lapse, lambda offer: accept(offer, terms=FAIR.hash)):
        with pytest.raises(GrantError, match="active"):
            again(active)
    with pytest.raises(GrantError, match="declined"):
        end(decline(OFFER), Ending.WITHDRAWN)


def test_only_the_terms_offered_can_be_accepted():
    """Terms changed between reading and accepting: the acceptance does not count."""
    with pytest.raises(GrantError, match="read the terms again"):
        accept(OFFER, terms=replace(FAIR, text="Other words.").hash)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"uses": ANA.uses, "object": "engines"}, "engines"),
        ({"grantor": "ben"}, "ben"),
        ({"valid_until": ANA.valid_until + DAY}, "outside"),
        ({"valid_from": ANA.valid_from - DAY}, "outside"),
        ({"quotas": (Quota(measure=Measure.RENDERS, per=Per.DAY, limit=11),)}, "11 renders per day"),
    ],
)
def test_a_pass_cannot_be_wider_than_what_it_hangs_from(change, words):
    """Object, grantor, time and quota all stay within the parent."""
    parent = replace(ANA, quotas=(Quota(measure=Measure.RENDERS, per=Per.DAY, limit=10),))

    with pytest.raises(GrantError, match=words):
        offer_below(parent, replace(GUEST, **change))
    with pytest.raises(GrantError, match=r"log\.cosign"):
        offer_below(replace(parent, uses=parent.uses - {Use.LOG_COSIGN}), GUEST)
    assert "access-ana" == offer_below(parent, GUEST).parent


def test_an_object_covers_what_lies_below_it():
    """By whole steps of the path, not by letters."""
    assert [True, True, False, False] == [
        covers("engine", name) for name in ("engine", "engine/xs", "engines", "render/engine")
    ]


def test_a_hold_runs_from_placed_to_its_end():
    """In force until its end and not one instant longer; a clock that was set back suspends nothing."""
    hold = hold_on(Reach.KEY, "k", second=None)

    assert [HoldState.IN_FORCE, HoldState.IN_FORCE, HoldState.IN_FORCE, HoldState.EXPIRED] == [
        hold.state(moment) for moment in (hold.placed - DAY, hold.placed, hold.until - timedelta(seconds=1), hold.until)
    ]
    assert HoldState.LIFTED is lift(hold, by="steward-2").state(NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "  "},
        {"level": Level.NONE},
        {"until": NOW - DAY},
        {"second": "steward-1"},
        {"selector": Selector(reach=Reach.ALL), "until": NOW + 4 * DAY},
        {"selector": Selector(reach=Reach.FEATURE, id="video"), "level": Level.KEY_DEAD},
    ],
)
def test_a_hold_without_reason_end_or_measure_is_refused(wrong):
    """No reason, no level, no end, one person twice, wide beyond 72 hours, keys killed by feature."""
    with pytest.raises(GrantError):
        replace(hold_on(Reach.KEY, "k"), **wrong)


@pytest.mark.parametrize("level", [Level.WATCH, Level.THROTTLE, Level.STEP_UP, Level.NO_CREATE])
@pytest.mark.parametrize("reach", list(Reach))
def test_no_wide_hold_outlasts_72_hours(reach, level):
    """At every level, a throttle as well; one on a key or a permission has the end its steward gave it."""
    hold = hold_on(reach, "" if reach is Reach.ALL else "first", level)
    longer = {"until": hold.placed + timedelta(hours=72, seconds=1)}

    assert replace(hold, until=hold.placed + timedelta(hours=72))
    if reach.is_wide:
        with pytest.raises(GrantError, match="within 72 hours"):
            replace(hold, **longer)
    else:
        assert replace(hold, **longer)


@pytest.mark.parametrize(("reach", "name"), [(Reach.ALL, "x"), (Reach.KEY, ""), (Reach.FEATURE, "")])
def test_a_selector_points_somewhere(reach, name):
    """All has no id, everything else has one."""
    with pytest.raises(GrantError):
        Selector(reach=reach, id=name)


def test_a_wide_hold_takes_two_people_and_renews_only_with_a_new_reason():
    """The second steward is another one; a renewal says something new and starts without a second."""
    wide = hold_on(Reach.COHORT, "first", second=None)
    later = {"renewal": "again", "by": "steward-1", "now": NOW + DAY, "until": NOW + 2 * DAY}

    with pytest.raises(GrantError, match="another person"):
        agree(wide, second="steward-1")
    with pytest.raises(GrantError, match="new reason"):
        renew(wide, reason=f" {wide.reason.upper()} ", **later)
    assert HoldState.IN_FORCE is agree(wide, second="steward-2").state(NOW)
    assert HoldState.PLACED is renew(wide, reason="the source is still unknown", **later).state(NOW + DAY)


def test_an_appeal_is_answered_by_somebody_else():
    """Due in five days, decided once, by nobody who had a part in it; not upheld means lifted."""
    appealed = appeal(hold_on(Reach.KEY, "k"), by="ana", now=NOW)

    for partial in ("steward-1", "steward-2", "ana"):
        with pytest.raises(GrantError, match="somebody else"):
            answer(appealed, by=partial, is_upheld=True)
    with pytest.raises(GrantError, match="appealed already"):
        appeal(appealed, by="ana", now=NOW)
    upheld = answer(appealed, by="steward-3", is_upheld=True)
    with pytest.raises(GrantError, match="no open appeal"):
        answer(upheld, by="steward-3", is_upheld=False)

    assert NOW + 5 * DAY == appealed.appeal.due
    assert (AppealState.UPHELD, HoldState.IN_FORCE) == (upheld.appeal.state, upheld.state(NOW))
    assert HoldState.LIFTED is answer(appealed, by="steward-3", is_upheld=False).state(NOW)


def test_an_appeal_turned_down_may_be_followed_by_another():
    """Five days after it was opened, and no sooner; one that is open, or that lifted the hold, is followed by none."""
    appealed = appeal(hold_on(Reach.KEY, "k"), by="ana", now=NOW)
    upheld = answer(appealed, by="steward-3", is_upheld=True)
    for earlier, moment in ((upheld, NOW + 4 * DAY), (appealed, NOW + 9 * DAY)):
        assert not may_appeal(earlier, moment)
        with pytest.raises(GrantError, match="appealed already"):
            appeal(earlier, by="ana", now=moment)
    again = appeal(upheld, by="ben", now=NOW + 5 * DAY)

    assert ("ben", AppealState.OPEN, NOW + 10 * DAY) == (again.appeal.by, again.appeal.state, again.appeal.due)
    assert HoldState.LIFTED is answer(again, by="steward-3", is_upheld=False).state(NOW + 5 * DAY)
    assert not may_appeal(answer(again, by="steward-3", is_upheld=False), NOW + 99 * DAY)


def test_a_permission_ends_after_it_begins_and_says_how():
    """No empty span, no ending without an end."""
    for wrong in ({"valid_until": ANA.valid_from}, {"ending": Ending.EXPIRED}, {"object": ""}):
        with pytest.raises(GrantError):
            replace(ANA, **wrong)
    assert [False, True, False] == [
        ANA.is_live(moment) for moment in (datetime(2020, 1, 1, tzinfo=UTC), ANA.valid_from, ANA.valid_until)
    ]
