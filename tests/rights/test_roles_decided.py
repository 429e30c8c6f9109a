"""decide() of what a role does: its own chain and its own holds count, and whoever undoes a hold stays able to act."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rights.people import ALL_USES, ANA, DAY, NOW, book_of, hold_on, key_of, login_of
from tests.rights.test_promises import holds as any_hold
from tests.rights.test_promises import levels, moments, permissions
from vitascope.rights.answer import Rule
from vitascope.rights.decide import decide
from vitascope.rights.hold import Level, Reach
from vitascope.rights.party import HOUSE
from vitascope.rights.permission import Ending, PermissionState, end
from vitascope.rights.question import Target
from vitascope.rights.uses import OF_ROLES, Use

ROLE = replace(ANA, id="role-ana", object=HOUSE, uses=OF_ROLES, cohort=None, terms="house")
PROGRAMME = Target(id=HOUSE)
NARROW = (Reach.KEY, Reach.PERMISSION)

role_uses = st.sampled_from(sorted(OF_ROLES))
other_uses = st.sampled_from(sorted(ALL_USES - OF_ROLES))


def _may(use, *, key=None, role=ROLE, holds=(), now=NOW):
    return decide(key or key_of(ROLE), use, PROGRAMME, now, book=book_of(role, holds=holds))


def on_role(level):
    """A pause on the role itself."""
    return hold_on(Reach.PERMISSION, "role-ana", level)


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        ({"scopes": ALL_USES - OF_ROLES}, Rule.KEY_SCOPE, "made without programme.act"),
        ({"permission": None}, Rule.PERMISSION_MISSING, "ana holds no role that carries hold.lift"),
        ({"expires": NOW}, Rule.KEY_EXPIRED, "expired"),
    ],
)
def test_a_key_that_carries_no_role_is_refused_in_words(change, rule, said):
    """With the rule and how to appeal, as everywhere."""
    decision = _may(Use.HOLD_LIFT, key=key_of(ROLE, **change))

    assert rule == decision.rule
    assert said in decision.explanation
    assert f"Rule: {rule}. You can appeal: name " in decision.explanation
    assert "hold.lift refused" == decision.event.kind


@pytest.mark.parametrize(
    ("role", "rule", "said"),
    [
        (replace(ROLE, state=PermissionState.OFFERED), Rule.PERMISSION_NOT_LIVE, "is offered"),
        (end(ROLE, Ending.WITHDRAWN), Rule.PERMISSION_NOT_LIVE, "is ended (withdrawn)"),
        (replace(ROLE, valid_until=NOW), Rule.PERMISSION_NOT_LIVE, "ended on"),
        (replace(ROLE, uses=OF_ROLES - {Use.HOLD_LIFT}), Rule.PERMISSION_USE, "does not include hold.lift"),
        (replace(ROLE, object="engine"), Rule.PERMISSION_OBJECT, "is for engine"),
    ],
)
def test_a_role_that_is_over_or_another_says_which(role, rule, said):
    """Proposed, ended, run out, another role, another thing: each by decide's own rules."""
    decision = _may(Use.HOLD_LIFT, role=role)

    assert (rule, "role-ana") == (decision.rule, decision.about)
    assert said in decision.explanation


@given(use=role_uses, level=levels, reach=st.sampled_from(NARROW), is_confirmed=st.booleans(), is_login=st.booleans())
def test_a_hold_on_the_key_or_the_role_counts_by_its_level(use, level, reach, is_confirmed, is_login):
    """Up to throttle it goes on; step-up asks for the passkey; above, nothing is decided. A login is no key."""
    until = NOW + DAY if is_confirmed else None
    key = (login_of if is_login else key_of)(ROLE, confirmed_until=until)
    placed = hold_on(reach, "key-ana" if reach is Reach.KEY else "role-ana", level)
    reaches = not (is_login and reach is Reach.KEY)

    decision = _may(use, key=key, holds=[placed])

    stops = level > Level.STEP_UP or (level is Level.STEP_UP and not is_confirmed)
    assert decision.allow == (not (reaches and stops))
    assert level in (decision.level, Level.KEY_DEAD) or not reaches
    assert decision.allow or placed.id in decision.explanation


@given(use=role_uses, placed=st.lists(any_hold(), max_size=4), is_login=st.booleans())
def test_what_is_held_for_everybody_leaves_roles_open(use, placed, is_login):
    """Nor does a hold on somebody's access: or no steward could lift what reaches them all. A dead key is dead."""
    key = login_of(ROLE) if is_login else key_of(ROLE, id="key-of-the-role")
    kills = any(hold.level is Level.KEY_DEAD and hold.selector.reach is Reach.ALL for hold in placed)

    decision = _may(use, key=key, holds=placed)

    assert decision.allow == (is_login or not kills)
    assert (decision.rule is Rule.HOLD_KEY_DEAD) == (not decision.allow)


@given(use=other_uses, level=levels, is_login=st.booleans(), whose=st.sampled_from(["render/1", "engine/xs"]))
def test_a_hold_on_a_role_changes_nothing_but_the_role(use, level, is_login, whose):
    """I3: its holder makes, reads, exports, reports and appeals as before."""
    key = (login_of if is_login else key_of)(ANA)
    target = Target(id=whose, owner="ana" if whose.startswith("render") else None)

    before = decide(key, use, target, NOW, book=book_of(ROLE))
    after = decide(key, use, target, NOW, book=book_of(ROLE, holds=[on_role(level)]))

    assert before == after


@given(role=permissions("role-ana"), use=role_uses, now=moments)
def test_no_role_use_without_a_live_role(role, use, now):
    """Whatever the records say: somebody decides where their role is live now and carries that use, not elsewhere."""
    role = replace(role, object=HOUSE, parent=None)

    decision = _may(use, key=key_of(ROLE, expires=now + DAY), role=role, now=now)

    assert decision.allow == (role.is_live(now) and use in role.uses)


def test_the_uses_of_roles_are_neither_made_nor_open():
    """They overlap with no other kind, or a hold on making could stop whoever lifts it."""
    assert not [use for use in OF_ROLES if use.is_creative or use.is_open or use.is_own_choice or use.is_silent]
