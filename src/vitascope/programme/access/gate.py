"""The gate: before anything happens, ``decide`` is asked, with all that the house knows of the key at this moment.

Permissions and holds are read in the transaction of the request itself, so a hold is in force in every process as soon
as it is committed: there is nothing to expire and nobody to tell.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from vitascope.errors import EmbargoError, RefusedError
from vitascope.orders import Grant, Limits
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import repository
from vitascope.programme.access.allowance import used_of
from vitascope.programme.access.hosts import host_of
from vitascope.programme.access.watch import Asked, look
from vitascope.programme.door import Knock, admit, let_in
from vitascope.programme.leaks.ladder import slowed
from vitascope.programme.repository import KeyRow
from vitascope.refusals import RateLimitError
from vitascope.rights.answer import Decision, Rule
from vitascope.rights.book import book
from vitascope.rights.decide import decide
from vitascope.rights.hold import Level
from vitascope.rights.logbook import Leaves
from vitascope.rights.owners import book as owners
from vitascope.rights.permission import Permission
from vitascope.rights.question import Ingredient, KeyKind, KeyState, KeyStatus, Target
from vitascope.rights.quota import Cost, Measure, Per, Quota
from vitascope.rights.terms import Terms
from vitascope.rights.uses import ACT, OF_ROLES, Use
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

_FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_MINUTE: Final = 60.0

USES_OF_SCOPE: Final = {
    "video.create": frozenset(use for use in Use if use.is_creative and use not in (Use.TRAIN, Use.FINETUNE))
    | {Use.VIDEO_PUBLISH, Use.VIDEO_START},
    "video.read": frozenset({Use.VIDEO_READ, Use.VIDEO_DOWNLOAD, Use.VIDEO_EXPORT}),
    "video.delete": frozenset({Use.VIDEO_UNPUBLISH}),
    ACT: OF_ROLES,
}
"""What a scope of the API stands for among the uses; the other scopes are about the caller's own things only."""

_ALWAYS: Final = frozenset(
    {Use.PROGRAMME_REPORT, Use.PROGRAMME_APPEAL, Use.PERMISSION_DECLINE, Use.PERMISSION_WITHDRAW}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody who was let in, and what was decided."""

    grant: Grant
    decision: Decision


def enter(  # the request, the house, and what is known of both
    tx: Transaction,
    knock: Knock,
    *,
    secrets: Secrets,
    log: Leaves,
    now: float,
    ingredients: tuple[Ingredient, ...] = (),
    asked: tuple[Asked, ...] = (),
    in_person: KeyRow | None = None,
) -> Entered:
    """Let a request in, or say why not: first the door's checks, then ``decide``; a leaf comes before the effect.

    ``decide`` is asked of every use the knock names. ``ingredients`` are things of other people that the creation draws
    on: each needs its owner's permission.
    ``in_person`` is the key that acts of somebody who is signed in are booked under: it is not shown, nobody has it.
    With ``asked`` the leak watch looks at the creation too: it may hold the next one, not this one.
    Raises what ``door.admit`` raises; RefusedError with the rule and how to appeal; LogError, and then nothing happens.
    """
    grant = let_in(tx, in_person, knock, now=now) if in_person else admit(tx, knock, secrets=secrets, now=now)
    moment = datetime.fromtimestamp(now, UTC)
    decision = _decided(tx, grant, knock, ingredients, moment)
    if decision.event is not None and (knock.jobs or not decision.allow):  # only looking whether one may is no act
        log.append(decision.event)
    if not decision.allow:
        raise RefusedError(decision.explanation)
    if knock.jobs and decision.level >= Level.THROTTLE:
        _require_slow(tx, grant, knock, decision, now)
        grant = replace(grant, priority="low")  # behind everybody: a leaked key costs the others nothing
    for position, each in enumerate(asked):
        look(tx, log, grant, replace(each, before=position), secrets=secrets, now=moment)
    return Entered(grant=grant, decision=decision)


def require(tx: Transaction, log: Leaves, key: KeyState, use: Use, target: Target, now: datetime) -> None:
    """Raise RefusedError where ``decide`` says no, EmbargoError where that is for a date; the no is a leaf.

    A yes leaves none here: the act that follows has its own.
    """
    decision = ask_of(tx, key, use, target, now)
    if decision.allow:
        return
    if decision.event is not None:
        log.append(decision.event)
    raise (EmbargoError if decision.rule is Rule.EMBARGO else RefusedError)(decision.explanation)


def ask(tx: Transaction, grant: Grant, use: Use, target: Target, now: datetime, *, is_locked: bool = True) -> Decision:
    """What ``decide`` says of a key that the door knows, over what the house knows now.

    Where something is used up nobody else may count meanwhile; ``is_locked`` false is for those who only look.
    """
    return ask_of(tx, key_state(tx, grant), use, target, now, is_locked=is_locked)


def ask_of(
    tx: Transaction, key: KeyState, use: Use, target: Target, now: datetime, *, is_locked: bool = True
) -> Decision:
    """The same of a key, or of a person who is signed in, as a value."""
    links = repository.chain(tx, key.permission)
    if target.costs and links:
        links = (*links[:-1], _with_day(tx, links[-1]))
    if target.costs and is_locked:
        repository.lock_root(tx, links)
    things = [thing.id for thing in target.ingredients]
    granted = owners.granted(tx, things, key.party) if things else ()
    known = book(permissions=(*links, *granted), terms=_terms(tx, links), holds=repository.standing_holds(tx, now))
    return decide(key, use, target, now, book=known, used=used_of(tx, links, now) if target.costs else ())


def may_start(tx: Transaction, key: str, now: datetime) -> bool:
    """Whether an accepted job may still run: ``decide`` says no for a key that is dead, and for nothing else.

    Dead is a key that was revoked, whose grace after a rotation is over, or that a hold killed. No leaf is written
    here: that of the revocation or the hold says why.
    """
    row = keys_repository.key(tx, key)
    if row is None:
        return True  # a job that came with an archive: the key it was made with lives elsewhere
    scopes = frozenset(row.scopes.split())
    state = key_state(tx, Grant(party=row.party, key=key, scopes=scopes, priority="normal", limits=Limits()))
    if row.revoked_at is not None and row.revoked_at <= now.timestamp():
        state = replace(state, status=KeyStatus.DEAD)
    return ask_of(tx, state, Use.VIDEO_START, Target(id="engine"), now).allow


def key_state(tx: Transaction, grant: Grant) -> KeyState:
    """The key of a grant as ``decide`` sees it; the door has checked its secret and its end."""
    bound = repository.bound(tx, grant.key)
    host = host_of(tx, bound)
    uses = frozenset(use for scope in grant.scopes for use in USES_OF_SCOPE.get(scope, frozenset()))
    return KeyState(
        id=grant.key,
        kind=bound.kind if bound else KeyKind.MEMBER,
        party=grant.party,
        permission=bound.permission if bound else None,
        scopes=uses | _ALWAYS | _own(grant),
        expires=_FOREVER,
        confirmed_until=bound.confirmed_until if bound else None,
        above=host.keys,
        above_ends=host.ends,
    )


def _own(grant: Grant) -> frozenset[Use]:
    """Reading is what a key needs for its owner's other things: webhooks, deleting, checking a file."""
    return frozenset({Use.VIDEO_READ}) if grant.scopes else frozenset()


def _decided(
    tx: Transaction, grant: Grant, knock: Knock, ingredients: tuple[Ingredient, ...], now: datetime
) -> Decision:
    """What ``decide`` says of every use the request makes: the first no, else the yes that slows most.

    What it costs, and what it takes from others, belongs to the first.
    """
    act, *besides = knock.uses or (_use(knock.scope),)
    target = Target(id="engine", costs=_costs(knock), ingredients=ingredients)
    said = [ask(tx, grant, act, target, now), *(ask(tx, grant, use, Target(id="engine"), now) for use in besides)]
    return next((one for one in said if not one.allow), max(said, key=lambda one: one.level))


def _with_day(tx: Transaction, root: Permission) -> Permission:
    """A root with its holder's seconds of a day as a quota: what is made on passes that hang on it counts, too."""
    holder = keys_repository.party(tx, root.grantee)
    if holder is None:
        return root
    day = Quota(measure=Measure.SECONDS, per=Per.DAY, limit=holder.limits.seconds_per_day)
    return replace(root, quotas=(*root.quotas, day))


def _use(scope: str) -> Use:
    return Use.VIDEO_CREATE if scope == "video.create" else Use.VIDEO_READ


def _costs(knock: Knock) -> tuple[Cost, ...]:
    if not knock.jobs:
        return ()
    return (
        Cost(measure=Measure.RENDERS, amount=knock.jobs),
        Cost(measure=Measure.SECONDS, amount=math.ceil(knock.seconds)),
    )


def _terms(tx: Transaction, links: tuple[Permission, ...]) -> list[Terms]:
    return [terms for link in links if (terms := repository.find_terms(tx, link.terms)) is not None]


def _require_slow(tx: Transaction, grant: Grant, knock: Knock, decision: Decision, now: float) -> None:
    """A throttled key has a quarter of its limits, one job at a time where they are wide."""
    limits = slowed(grant.limits)
    used = keys_repository.used(tx, grant.party, minute_began=now - _MINUTE, day_began=now)
    is_full = used.in_flight + knock.jobs > limits.jobs_in_flight
    if is_full or used.begun + knock.jobs > limits.requests_per_minute:
        raise RateLimitError(f"{limits.jobs_in_flight} at once for now. {decision.explanation}", retry_after=30)
