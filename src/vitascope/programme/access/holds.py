"""Holds: placed, agreed to, lifted, appealed and answered, each with its leaf before its effect."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vitascope.errors import GrantError, OwnCaseError, RecordNotFoundError, RefusedError
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import repository
from vitascope.programme.access.hosts import host_of
from vitascope.programme.actor import Actor, require, require_other
from vitascope.programme.leaks.ladder import require_may_place
from vitascope.programme.leaks.scan import find_keys
from vitascope.rights import hold as rules
from vitascope.rights.answer import Rule
from vitascope.rights.book import wide
from vitascope.rights.event import Event
from vitascope.rights.hold import Hold, HoldState, Level, Reach, Selector
from vitascope.rights.logbook import Leaves
from vitascope.rights.moment import in_words
from vitascope.rights.party import HOUSE
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction

LONGEST_HOURS: Final = 24 * 366
"""The longest a hold may be asked for, a wide one less: see ``rights.hold``."""

FEATURES: Final = tuple(sorted({name for use in Use if use.is_creative for name in (use.value, use.partition(".")[0])}))
"""What a hold on a feature can name: the uses that make something new, and their families."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What a steward asks for. ``reason`` is shown to whoever the hold reaches."""

    selector: Selector
    level: Level
    reason: str
    lasts: timedelta = timedelta(hours=24)
    evidence: str = ""


def lasting(hours: float) -> timedelta:
    """So many hours, as a hold may last. Raises GrantError."""
    if not 0 < hours <= LONGEST_HOURS:
        raise GrantError(f"A hold cannot last {hours:g} hours: it may last {LONGEST_HOURS}, a wide one 72.")
    return timedelta(hours=hours)


def place(tx: Transaction, log: Leaves, actor: Actor, pause: Pause, *, now: datetime) -> Hold:
    """Place a hold; a wide one at no-create or above waits for its second steward.

    Raises RoleError, OwnCaseError where it reaches the steward alone, RecordNotFoundError for a hold on nothing,
    GrantError for what may not exist.
    """
    require(actor, Use.HOLD_PLACE)
    _require_there(tx, pause.selector)
    _require_fitting(tx, pause)
    _require_sayable(pause.reason, pause.evidence)
    require_other(actor, own_case(tx, pause.selector), "hold themselves or what is theirs")
    hold = Hold(
        id=f"hold_{secrets.token_hex(8)}",
        selector=pause.selector,
        level=pause.level,
        reason=pause.reason,
        placed_by=actor.party,
        placed=now,
        until=now + pause.lasts,
        evidence=pause.evidence,
    )
    return enter(tx, log, hold)


def enter(tx: Transaction, log: Leaves, hold: Hold) -> Hold:
    """Log a hold and bring it into force; how many it touches stands in the leaf. Raises GrantError, LogError."""
    require_may_place(hold)
    count = (
        len(parties_of(tx, hold.selector))
        if hold.selector.reach is not Reach.ALL
        else len(keys_repository.keys(tx, None))
    )
    log.append(_event("hold.placed", hold.placed_by, hold, hold.placed, count))
    repository.add_hold(tx, hold)
    return hold


def agree(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> Hold:
    """The second steward's yes. Raises RoleError, OwnCaseError for the same person, GrantError."""
    require(actor, Use.HOLD_PLACE)
    hold = find(tx, name)
    require_other(actor, (hold.placed_by, *own_case(tx, hold.selector)), "agree to this hold")
    return _changed(tx, log, "hold.agreed", actor.party, rules.agree(hold, second=actor.party), now)


def lift(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> Hold:
    """End a hold early. Raises RoleError, OwnCaseError for whom it reaches, GrantError when it was lifted."""
    require(actor, Use.HOLD_LIFT)
    hold = find(tx, name)
    require_other(actor, own_case(tx, hold.selector), "lift this hold")
    return _changed(tx, log, "hold.lifted", actor.party, rules.lift(hold, by=actor.party), now)


def renew(tx: Transaction, log: Leaves, actor: Actor, name: str, *, reason: str, now: datetime) -> Hold:
    """A new hold on the same, of the same length, for a new reason. Raises RoleError, OwnCaseError, GrantError."""
    require(actor, Use.HOLD_PLACE)
    old = find(tx, name)
    require_other(actor, own_case(tx, old.selector), "renew this hold")
    _require_sayable(reason)
    made = rules.renew(
        old,
        renewal=f"hold_{secrets.token_hex(8)}",
        reason=reason,
        by=actor.party,
        now=now,
        until=now + (old.until - old.placed),
    )
    return enter(tx, log, made)


def appeal(tx: Transaction, log: Leaves, party: str, name: str, *, now: datetime) -> Hold:
    """A held person's objection; answered within five days. Raises OwnCaseError for somebody it does not reach."""
    hold = find(tx, name)
    if hold not in reaching(tx, (hold,), party):
        raise OwnCaseError(f"Hold {name} does not reach {party}; only whom it reaches may appeal.")
    return _changed(tx, log, "hold.appealed", party, rules.appeal(hold, by=party, now=now), now)


def answer(tx: Transaction, log: Leaves, actor: Actor, name: str, *, is_upheld: bool, now: datetime) -> Hold:
    """Decide an appeal. Raises RoleError, OwnCaseError for whom the hold reaches, GrantError for its own stewards."""
    require(actor, Use.HOLD_LIFT)
    hold = find(tx, name)
    require_other(actor, own_case(tx, hold.selector), "answer this appeal")
    kind = "hold.upheld" if is_upheld else "hold.lifted"
    return _changed(tx, log, kind, actor.party, rules.answer(hold, by=actor.party, is_upheld=is_upheld), now)


def this_is_me(tx: Transaction, log: Leaves, party: str, name: str, *, now: datetime) -> Hold:
    """The member, confirmed in person, ends a hold that the watch placed on their key at throttle or step-up."""
    hold = find(tx, name)
    if party not in parties_of(tx, hold.selector) or hold.level > Level.STEP_UP:
        raise OwnCaseError(f"Hold {name} is not for {party} to end; appeal, and another person answers.")
    lifted = rules.lift(hold, by=party)
    return _changed(tx, log, "hold.answered", party, lifted, now)


def find(tx: Transaction, name: str) -> Hold:
    """A hold by its id. Raises RecordNotFoundError."""
    hold = repository.hold(tx, name)
    if hold is None:
        raise RecordNotFoundError("There is no hold of that id; `vitascope hold list` shows those there are.")
    return hold


def require_unheld(tx: Transaction, use: Use, *, now: datetime) -> None:
    """Raise RefusedError while a hold on all, or on this feature, stops a use that no single key is asked for.

    Learning from works is one: a steward takes the snapshot, and the training is run by hand.
    """
    if not use.is_creative:
        return
    for hold in repository.standing_holds(tx, now):
        is_over = hold.selector in wide(use) and hold.state(now) is HoldState.IN_FORCE
        if is_over and hold.level >= Level.NO_CREATE:
            raise RefusedError(
                f"Hold {hold.id} pauses {use} until {in_words(hold.until)}. Reason: {hold.reason.rstrip('.')}. Rule: "
                f"{Rule.HOLD_NO_CREATE}. A steward who had no part in it may lift it."
            )


def reaching(tx: Transaction, standing: Iterable[Hold], party: str) -> tuple[Hold, ...]:
    """Those that reach a party: on all, a feature, a key or permission of theirs or above theirs, its cohort."""
    held = (one for one in repository.permissions_of(tx, party) if one.grantee == party)
    links = {link for one in held for link in repository.chain(tx, one.id)}
    own = [row.id for row in keys_repository.keys(tx, party)]
    above = [name for key in own for name in host_of(tx, repository.bound(tx, key)).keys]
    theirs = {Selector(reach=Reach.KEY, id=name) for name in (*own, *above)}
    theirs |= {Selector(reach=Reach.PERMISSION, id=link.id) for link in links}
    theirs |= {Selector(reach=Reach.COHORT, id=link.cohort) for link in links if link.cohort}
    return tuple(hold for hold in standing if hold.selector in theirs or hold.selector.reach in _FOR_ALL)


_FOR_ALL: Final = (Reach.FEATURE, Reach.ALL)


def parties_of(tx: Transaction, selector: Selector) -> frozenset[str]:
    """Who holds the key, permission or a permission of the cohort; nobody in particular for a feature or all.

    A hold reaches their guests, too: see ``reaching``.
    """
    if selector.reach is Reach.KEY:
        row = keys_repository.key(tx, selector.id)
        return frozenset({row.party} if row else ())
    if selector.reach is Reach.PERMISSION:
        found = repository.permission(tx, selector.id)
        return frozenset({found.grantee} if found else ())
    return repository.members(tx, selector.id) if selector.reach is Reach.COHORT else frozenset()


def own_case(tx: Transaction, selector: Selector) -> frozenset[str]:
    """Whose own case a hold is: who holds the key or permission it names, or is the only one in the cohort.

    A cohort's stewards are members of it; if it were the own case of each, nobody could pause or free it.
    """
    parties = parties_of(tx, selector)
    return parties if not selector.reach.is_wide or len(parties) == 1 else frozenset()


def _require_there(tx: Transaction, selector: Selector) -> None:
    """Raise RecordNotFoundError for a hold on nothing; what was asked for is not repeated, it may be a key's text."""
    name = selector.id
    if selector.reach is Reach.KEY and keys_repository.key(tx, name) is None:
        raise RecordNotFoundError(
            "There is no key of that id. `vitascope key list` shows ids: eight characters, never the text of a key."
        )
    if selector.reach is Reach.PERMISSION and repository.permission(tx, name) is None:
        raise RecordNotFoundError(
            "There is no permission of that id; copy it from a refusal or from its holder's list."
        )
    if selector.reach is Reach.COHORT and repository.cohort(tx, name) is None:
        there = ", ".join(cohort.id for cohort in repository.cohorts(tx)) or "none"
        raise RecordNotFoundError(f"There is no cohort of that id; there are: {there}.")
    if selector.reach is Reach.FEATURE and name not in FEATURES:
        raise RecordNotFoundError(
            f"There is no such feature that a hold could touch; there are: {', '.join(FEATURES)}."
        )


def _require_fitting(tx: Transaction, pause: Pause) -> None:
    """Raise GrantError where keys of a role would be killed: none hangs on it."""
    on = repository.permission(tx, pause.selector.id) if pause.selector.reach is Reach.PERMISSION else None
    if on is not None and on.object == HOUSE and pause.level is Level.KEY_DEAD:
        raise GrantError("No key hangs on a role: no_create pauses all of it, and a key is held by its own id.")


def _require_sayable(*words: str) -> None:
    """Raise GrantError where a key is quoted: whoever a hold reaches reads its reason."""
    if any(map(find_keys, words)):
        raise GrantError("Reason or evidence quotes a whole key. Name it by its id: others read this.")


def _changed(tx: Transaction, log: Leaves, kind: str, by: str, hold: Hold, now: datetime) -> Hold:
    log.append(_event(kind, by, hold, now))
    repository.change_hold(tx, hold)
    return hold


def _event(kind: str, by: str, hold: Hold, at: datetime, count: int | None = None) -> Event:
    return Event(kind=kind, by=by, about=hold.id, at=at, rule=f"{hold.selector.reach}:{hold.level.name}", count=count)
