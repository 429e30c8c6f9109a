"""decide(): the order of its rules, what a person is told, and the promises that hold for every book."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.rights.people import (
    ALL_USES,
    ANA,
    BEN,
    CIRCLE,
    DAY,
    ENGINE,
    GUEST,
    NOW,
    book_of,
    hold_on,
    key_of,
    login_of,
)
from vitascope.errors import GrantError
from vitascope.rights.answer import Rule
from vitascope.rights.decide import decide
from vitascope.rights.hold import HoldState, Level, Reach
from vitascope.rights.party import PUBLIC
from vitascope.rights.permission import Ending, PermissionState, end
from vitascope.rights.question import Ingredient, KeyStatus, Moderation, Target
from vitascope.rights.quota import Cost, Measure, Per, Quota, Used
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use

OWN = Target(id="render/1", owner="ana")
OPEN_USES = sorted(use for use in Use if use.is_open)
CREATIVE_USES = sorted(use for use in Use if use.is_creative)
OWN_CHOICES = sorted(use for use in Use if use.is_own_choice)
_NOTHING = Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=0)


def _may(key, use, target=ENGINE, now=NOW, **given):
    return decide(key, use, target, now, book=given.pop("book", None) or book_of(), **given)


def test_a_member_with_a_live_chain_may_create():
    """The plain case: allowed, at no level, with one event to log."""
    decision = _may(key_of(ANA), Use.VIDEO_CREATE)

    assert (True, Level.NONE, Rule.ALLOWED) == (decision.allow, decision.level, decision.rule)
    assert decision.event.kind == "video.create allowed"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"is_genuine": False}, Rule.KEY_WRONG),
        ({"status": KeyStatus.DEAD}, Rule.KEY_DEAD),
        ({"expires": NOW}, Rule.KEY_EXPIRED),
        ({"scopes": ALL_USES - {Use.VIDEO_CREATE}}, Rule.KEY_SCOPE),
        ({"permission": "lost"}, Rule.PERMISSION_MISSING),
        ({"permission": None}, Rule.PERMISSION_MISSING),
    ],
)
def test_a_key_that_does_not_fit_is_refused_by_name(change, rule):
    """Each fault of a key has its own rule."""
    assert rule == _may(key_of(ANA, **change), Use.VIDEO_CREATE).rule


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"state": PermissionState.OFFERED}, Rule.PERMISSION_NOT_LIVE),
        ({"valid_until": NOW}, Rule.PERMISSION_NOT_LIVE),
        ({"valid_from": NOW + DAY}, Rule.PERMISSION_NOT_LIVE),
        ({"uses": frozenset({Use.VIDEO_READ})}, Rule.PERMISSION_USE),
        ({"object": "engine/s"}, Rule.PERMISSION_OBJECT),
        ({"parent": "lost"}, Rule.PERMISSION_MISSING),
    ],
)
def test_a_permission_that_does_not_carry_the_use_is_named(change, rule):
    """Each fault of a permission has its own rule, and says whose permission it is."""
    decision = _may(key_of(ANA), Use.VIDEO_CREATE, book=book_of(replace(ANA, **change)))

    assert rule == decision.rule
    assert decision.about in ("access-ana", "lost")


def test_parents_in_a_circle_carry_nothing():
    """Damaged records end in a refusal, not in an endless walk."""
    decision = _may(key_of(CIRCLE[0]), Use.VIDEO_CREATE, book=book_of(*CIRCLE))

    assert Rule.PERMISSION_MISSING == decision.rule


def test_a_use_the_member_does_not_have_is_missing_above_not_below():
    """A pass below a permission that lost a use says whose permission lacks it."""
    poorer = replace(ANA, uses=ANA.uses - {Use.VIDEO_CREATE})

    decision = _may(key_of(GUEST), Use.VIDEO_CREATE, book=book_of(poorer))

    assert (Rule.PERMISSION_USE, "access-ana") == (decision.rule, decision.about)


def test_a_key_in_grace_still_works():
    """A rotated key works until it expires."""
    assert _may(key_of(ANA, status=KeyStatus.GRACE), Use.VIDEO_CREATE).allow


def test_the_quota_of_every_link_holds():
    """A guest with budget left is stopped when the member's own day is spent."""
    limited = replace(ANA, quotas=(Quota(measure=Measure.RENDERS, per=Per.DAY, limit=40),))
    target = replace(ENGINE, costs=(Cost(measure=Measure.RENDERS, amount=1),))
    spent = Used(permission="access-ana", measure=Measure.RENDERS, per=Per.DAY, amount=40)

    last = _may(key_of(GUEST), Use.VIDEO_CREATE, target, book=book_of(limited), used=(replace(spent, amount=39),))
    over = _may(key_of(GUEST), Use.VIDEO_CREATE, target, book=book_of(limited), used=(spent,))

    assert last.allow
    assert (Rule.QUOTA_SPENT, "access-ana") == (over.rule, over.about)
    assert "40 renders per day" in over.explanation


def test_another_persons_character_needs_that_persons_permission():
    """Likeness is refused by default, allowed by its owner, and not by anybody else."""
    target = replace(ENGINE, ingredients=(Ingredient(id="character/ida", owner="ida", use=Use.CHARACTER_USE),))
    likeness = replace(ANA, id="likeness", grantor="ida", grantee=PUBLIC, object="character/ida", cohort=None)
    forged = replace(likeness, grantor="ben")

    assert Rule.NOT_GRANTED == _may(key_of(ANA), Use.VIDEO_CREATE, target).rule
    assert _may(key_of(ANA), Use.VIDEO_CREATE, target, book=book_of(likeness)).allow
    assert Rule.NOT_GRANTED == _may(key_of(ANA), Use.VIDEO_CREATE, target, book=book_of(forged)).rule


IDAS = replace(ENGINE, ingredients=(Ingredient(id="character/ida", owner="ida", use=Use.CHARACTER_USE),))
LIKENESS = replace(
    ANA, id="likeness", grantor="ida", object="character/ida", cohort=None, is_mutual=True,
    uses=frozenset({Use.CHARACTER_USE}),
)  # fmt: skip
RETURN = replace(LIKENESS, id="return", grantor="ana", grantee="ida", object="character/ana")


@pytest.mark.parametrize(
    ("returned", "rule"),
    [
        (RETURN, Rule.ALLOWED),
        (replace(RETURN, is_mutual=False), Rule.ALLOWED),
        (replace(RETURN, grantee=PUBLIC, is_mutual=False), Rule.NOT_GRANTED),
        (replace(RETURN, grantor="ben"), Rule.NOT_GRANTED),
        (replace(RETURN, grantee="ben"), Rule.NOT_GRANTED),
        (replace(RETURN, uses=frozenset({Use.VIDEO_REMIX})), Rule.NOT_GRANTED),
        (end(RETURN, Ending.WITHDRAWN), Rule.NOT_GRANTED),
        (replace(RETURN, valid_until=NOW), Rule.NOT_GRANTED),
        (replace(RETURN, state=PermissionState.OFFERED), Rule.NOT_GRANTED),
        (LIKENESS, Rule.NOT_GRANTED),
    ],
)
def test_a_mutual_permission_counts_while_the_same_is_given_in_return(returned, rule):
    """By name, live, as wide, from the one side to the other; and for nobody but whom it names."""
    known = book_of(*{one.id: one for one in (LIKENESS, returned)}.values())

    assert rule == _may(key_of(ANA), Use.VIDEO_CREATE, IDAS, book=known).rule
    assert Rule.NOT_GRANTED == _may(key_of(BEN), Use.VIDEO_CREATE, IDAS, book=known).rule


def test_everybody_is_nobodys_mutual():
    """A return from everybody cannot be given."""
    with pytest.raises(GrantError, match="for everybody and cannot be mutual"):
        replace(LIKENESS, grantee=PUBLIC)


def test_a_held_grant_gives_way_to_one_that_is_not():
    """Of two grants of the same character the free one counts; with only the held one, creation waits."""
    target = replace(ENGINE, ingredients=(Ingredient(id="character/ida", owner="ida", use=Use.CHARACTER_USE),))
    held = replace(ANA, id="likeness-1", grantor="ida", object="character/ida", cohort=None)
    hold = hold_on(Reach.PERMISSION, "likeness-1")

    only = _may(key_of(ANA), Use.VIDEO_CREATE, target, book=book_of(held, holds=[hold]))
    both = _may(key_of(ANA), Use.VIDEO_CREATE, target, book=book_of(held, replace(held, id="likeness-2"), holds=[hold]))

    assert Rule.HOLD_NO_CREATE == only.rule
    assert both.allow


def test_the_order_of_records_does_not_choose_the_reason():
    """Of two spent grants the one whose id sorts first is named, however the book was filled."""
    target = Target(id="character/ida", owner="ida", costs=(Cost(measure=Measure.RENDERS, amount=1),))
    spent = replace(ANA, id="b", grantor="ida", object="character/ida", cohort=None, quotas=(_NOTHING,))
    grants = [spent, replace(spent, id="a")]

    decisions = [_may(key_of(ANA), Use.CHARACTER_USE, target, book=book_of(*order)) for order in (grants, grants[::-1])]

    assert decisions[0] == decisions[1]
    assert (Rule.QUOTA_SPENT, "a") == (decisions[0].rule, decisions[0].about)


def test_another_members_render_is_read_only_when_published():
    """Reading is open to the owner and to whom the owner lets, not to everybody."""
    target = Target(id="render/9", owner="ben")
    published = replace(BEN, id="pub", grantor="ben", grantee=PUBLIC, object="render/9", cohort=None)

    assert Rule.NOT_GRANTED == _may(key_of(ANA), Use.VIDEO_READ, target).rule
    assert _may(key_of(ANA), Use.VIDEO_READ, target, book=book_of(published)).allow


@pytest.mark.parametrize(
    ("level", "allow", "rule"),
    [
        (Level.WATCH, True, Rule.ALLOWED),
        (Level.THROTTLE, True, Rule.ALLOWED),
        (Level.STEP_UP, False, Rule.HOLD_STEP_UP),
        (Level.NO_CREATE, False, Rule.HOLD_NO_CREATE),
        (Level.KEY_DEAD, False, Rule.HOLD_KEY_DEAD),
    ],
)
def test_each_level_does_what_it_says(level, allow, rule):
    """Watch slows nothing, throttle is for the caller to apply, the rest refuse; each tells its level."""
    decision = _may(key_of(ANA), Use.VIDEO_CREATE, book=book_of(holds=[hold_on(Reach.KEY, "key-ana", level)]))

    assert (allow, level, rule) == (decision.allow, decision.level, decision.rule)


def test_a_fresh_passkey_passes_a_step_up():
    """Confirmed now: allowed; confirmed too long ago: asked again."""
    held = book_of(holds=[hold_on(Reach.KEY, "key-ana", Level.STEP_UP)])

    assert _may(key_of(ANA, confirmed_until=NOW + timedelta(minutes=5)), Use.VIDEO_CREATE, book=held).allow
    assert not _may(key_of(ANA, confirmed_until=NOW), Use.VIDEO_CREATE, book=held).allow


def test_a_killed_key_stops_but_its_owner_does_not():
    """A leaked key may not even read; the member reads, exports and publishes by signing in."""
    held = book_of(holds=[hold_on(Reach.KEY, "key-ana", Level.KEY_DEAD)])

    assert Rule.HOLD_KEY_DEAD == _may(key_of(ANA), Use.VIDEO_READ, OWN, book=held).rule
    assert all(_may(login_of(ANA), use, OWN, book=held).allow for use in (*OPEN_USES, *OWN_CHOICES))


def test_a_wide_hold_waits_for_its_second_steward():
    """One steward cannot stop everybody."""
    alone = hold_on(Reach.ALL, second=None)

    assert HoldState.PLACED is alone.state(NOW)
    assert _may(key_of(ANA), Use.VIDEO_CREATE, book=book_of(holds=[alone])).allow
    assert not _may(key_of(ANA), Use.VIDEO_CREATE, book=book_of(holds=[replace(alone, second="steward-2")])).allow


def test_an_embargo_is_the_only_thing_that_delays_a_release():
    """Until its date the terms accepted hold a release; from that instant on nothing does."""
    terms = Terms(text="Quiet until the fair.", issued=NOW - DAY, policy=Policy(embargo_until=NOW + DAY))
    accepted = book_of(replace(ANA, terms=terms.hash), terms=[terms])

    assert Rule.EMBARGO == _may(key_of(ANA), Use.VIDEO_PUBLISH, OWN, book=accepted).rule
    assert _may(key_of(ANA), Use.VIDEO_PUBLISH, OWN, NOW + DAY, book=accepted).allow


def test_nobody_publishes_for_somebody_else():
    """Release belongs to the owner alone, whatever permissions another one holds."""
    assert Rule.NOT_YOURS == _may(key_of(BEN), Use.VIDEO_PUBLISH, OWN).rule


def test_moderation_is_told_with_its_rule_and_reason():
    """A refused prompt names the rule, and reading is never moderated."""
    verdict = Moderation(rule="likeness-3", reason="The prompt names a person on the likeness list.")

    refused = _may(key_of(ANA), Use.VIDEO_CREATE, replace(ENGINE, moderation=verdict))

    assert (Rule.MODERATION, "likeness-3") == (refused.rule, refused.about)
    assert "likeness list" in refused.explanation
    assert _may(key_of(ANA), Use.VIDEO_READ, replace(OWN, moderation=verdict)).allow


def test_a_refusal_reads_like_a_letter():
    """The words name the hold, its end, its reason, what stays open, the rule and the appeal."""
    decision = _may(key_of(ANA), Use.VIDEO_CREATE, book=book_of(holds=[hold_on(Reach.COHORT, "first")]))

    expected = (
        "Refused: Hold hold-cohort-first-NO_CREATE pauses everything new until 2026-11-24 12:00 UTC."
        " Reason: four renders in flight without a pause."
        " Reading, downloading, exporting, publishing and reporting stay open. Rule: hold_no_create."
        " You can appeal: name hold-cohort-first-NO_CREATE; another person answers within 5 days."
    )
    assert expected == decision.explanation


def test_a_withdrawn_clip_may_not_be_trained_on():
    """The same consent, seen from the trainer: yes while it lives, no from its withdrawal on."""
    consent = replace(ANA, id="consent", grantor="ida", grantee="house", object="clip/1", cohort=None)
    trainer = replace(ANA, id="trainer", grantee="house", uses=frozenset({Use.TRAIN}))
    clip = Target(id="clip/1", owner="ida")

    live = _may(key_of(trainer), Use.TRAIN, clip, book=book_of(consent, trainer))
    gone = _may(key_of(trainer), Use.TRAIN, clip, book=book_of(end(consent, Ending.WITHDRAWN), trainer))

    assert live.allow
    assert (Rule.NOT_GRANTED, "clip/1") == (gone.rule, gone.about)


def test_every_use_is_open_or_chosen_or_creative_at_most_once():
    """The kinds of use do not overlap, or a hold could touch an export."""
    assert not set(OPEN_USES) & set(CREATIVE_USES)
    assert not set(OWN_CHOICES) & (set(CREATIVE_USES) | set(OPEN_USES))
    assert {"video.read", "video.download", "video.export", "programme.report", "programme.appeal"} == set(OPEN_USES)
