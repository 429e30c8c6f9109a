"""The one answer to "may this key do this with that, now?": pure, total, and in words a person can argue with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from vitascope.rights.answer import Decision, Rule
from vitascope.rights.book import Book, level_of, wide
from vitascope.rights.event import Event
from vitascope.rights.hold import ANSWER_WITHIN, Hold, Level, Reach, Selector
from vitascope.rights.moment import in_words
from vitascope.rights.permission import Permission, PermissionState, covers, excess
from vitascope.rights.question import Ingredient, KeyKind, KeyState, KeyStatus, Target
from vitascope.rights.quota import Used, amount_used, overrun
from vitascope.rights.uses import ACT, Use

Chain = tuple[Permission, ...]
"""A permission and its parents, leaf first."""


def decide(
    key: KeyState, use: Use, target: Target, now: datetime, *, book: Book, used: tuple[Used, ...] = ()
) -> Decision:
    """Whether ``key`` may make ``use`` of ``target`` at ``now``; the first rule that says no decides.

    Order: key; chain of permissions and its quotas; permissions on the things drawn on; holds; policy. Open uses
    (``Use.is_open``), an owner's own choices and the start of an accepted job need no live chain and no hold touches
    them, except that a dead key stops working: then the owner's own login serves. Same arguments, same answer; nothing
    is read or written.
    The caller logs ``Decision.event`` before it acts. Times carry a zone.
    """
    case = _look_up(key, use, target, now, book, used)
    steps = (_key_fault, _chain_fault, _things_fault, _hold_fault, _policy_fault)
    fault = next((found for step in steps if (found := step(case))), None)
    return _refused(case, fault) if fault else _allowed(case)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The question, with what the book says of it looked up once."""

    key: KeyState
    use: Use
    target: Target
    now: datetime
    book: Book
    used: tuple[Used, ...]
    chain: Chain
    grants: tuple[tuple[Ingredient, tuple[Chain, ...]], ...]  # somebody else's things, and who lets us use them
    own_hold: Hold | None  # the strongest one on the key's own branch
    hold: Hold | None  # the strongest one in effect for this use


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """Why not."""

    rule: Rule
    about: str
    words: str


def _look_up(key: KeyState, use: Use, target: Target, now: datetime, book: Book, used: tuple[Used, ...]) -> _Case:
    chain = book.chain(key.permission)
    things = _foreign_things(key, use, target)
    grants = tuple((thing, _grants(key, thing, now, book)) for thing in things)
    branch = _selectors(chain) | {Selector(reach=Reach.KEY, id=name) for name in (key.id, *key.above)}
    own_hold = book.strongest_hold(branch | wide(use), now)
    hold = None
    if use.is_creative:
        hold = max([own_hold, *_on_things(grants, book, now)], key=_strength)
    elif use.is_of_a_role:  # what is held for everybody is what is made: whoever lifts it has to be able to act
        hold = book.strongest_hold(branch, now)
    return _Case(
        key=key,
        use=use,
        target=target,
        now=now,
        book=book,
        used=used,
        chain=chain,
        grants=grants,
        own_hold=own_hold,
        hold=hold,
    )


def _on_things(
    grants: tuple[tuple[Ingredient, tuple[Chain, ...]], ...], book: Book, now: datetime
) -> list[Hold | None]:
    """What is held on each thing that is drawn on, by the grant that is held least."""
    return [
        min(
            (book.strongest_hold(_selectors(chain) | wide(thing.use), now) for chain in chains),
            key=_strength,
            default=None,
        )
        for thing, chains in grants
    ]


def _key_fault(case: _Case) -> _Fault | None:
    key = case.key
    if not key.is_genuine:
        return _Fault(rule=Rule.KEY_WRONG, about=key.id, words="This is not a key of this house. Copy it again.")
    if key.status is KeyStatus.DEAD:
        words = f"Key {key.id} no longer works. Sign in and make a new one."
        return _Fault(rule=Rule.KEY_DEAD, about=key.id, words=words)
    if key.expires <= case.now:
        words = f"Key {key.id} expired on {in_words(key.expires)}. Sign in and make a new one."
        return _Fault(rule=Rule.KEY_EXPIRED, about=key.id, words=words)
    if key.kind is not KeyKind.LOGIN and case.use not in key.scopes:
        words = f"Key {key.id} was made without {_made_with(case.use)}. Make a key that includes it."
        return _Fault(rule=Rule.KEY_SCOPE, about=key.id, words=words)
    return None


def _chain_fault(case: _Case) -> _Fault | None:
    if _needs_no_chain(case.use):
        return None
    leaf, ends = case.key.permission or "none", case.key.above_ends
    if case.use.is_of_a_role and case.key.permission is None:
        words = f"{case.key.party} holds no role that carries {case.use}. One steward proposes it, another agrees."
        return _Fault(rule=Rule.PERMISSION_MISSING, about=case.key.party, words=words)
    if ends is not None and ends <= case.now:
        words = f"The key that gave permission {leaf} ended on {in_words(ends)}. {_STAYS_YOURS}"
        return _Fault(rule=Rule.PERMISSION_NOT_LIVE, about=leaf, words=words)
    fault = _links_fault(case.chain, leaf, case.use, case.now) or _object_fault(case)
    return fault or _quota_fault(case.chain, case)


def _links_fault(chain: Chain, leaf: str, use: Use, now: datetime) -> _Fault | None:
    """Why a chain, leaf first, does not carry ``use``: every link must be live, and none may go beyond its parent."""
    if not chain or chain[-1].parent is not None:
        words = f"The permission behind this ({leaf}) is not on record. Ask whoever gave it."
        return _Fault(rule=Rule.PERMISSION_MISSING, about=leaf, words=words)
    for link in chain:
        if not link.is_live(now):
            return _Fault(rule=Rule.PERMISSION_NOT_LIVE, about=link.id, words=_why_not_live(link, now))
        if use not in link.uses:
            words = f"Permission {link.id} does not include {use}. Ask {link.grantor} for it."
            return _Fault(rule=Rule.PERMISSION_USE, about=link.id, words=words)
    for child, parent in pairwise(chain):
        if beyond := excess(child, parent):
            words = f"Permission {child.id} goes beyond {parent.id}: {beyond}. Ask {child.grantor} for a new one."
            return _Fault(rule=Rule.PERMISSION_EXCEEDS, about=child.id, words=words)
    return None


def _object_fault(case: _Case) -> _Fault | None:
    leaf = case.chain[0]
    if case.target.owner is not None or covers(leaf.object, case.target.id):
        return None
    words = f"Permission {leaf.id} is for {leaf.object}, not for {case.target.id}. Ask {leaf.grantor} for it."
    return _Fault(rule=Rule.PERMISSION_OBJECT, about=leaf.id, words=words)


def _quota_fault(chain: Chain, case: _Case) -> _Fault | None:
    for link in chain:
        if quota := overrun(link.id, link.quotas, case.target.costs, case.used):
            words = (
                f"Permission {link.id} allows {quota.limit} {quota.measure} per {quota.per},"
                f" {amount_used(link.id, quota, case.used)} are used, and this does not fit in."
                " Ask for less, or wait for the next window. This refusal costs nothing."
            )
            return _Fault(rule=Rule.QUOTA_SPENT, about=link.id, words=words)
    return None


def _things_fault(case: _Case) -> _Fault | None:
    target = case.target
    if case.use.is_own_choice and target.owner != case.key.party:
        words = f"Only the owner of {target.id} can do this. No other person's approval replaces theirs."
        return _Fault(rule=Rule.NOT_YOURS, about=target.id, words=words)
    for thing, chains in case.grants:
        if not chains:
            words = f"{thing.id} belongs to {thing.owner}, who has not allowed {thing.use}. Ask them, or leave it out."
            return _Fault(rule=Rule.NOT_GRANTED, about=thing.id, words=words)
        spent = [_quota_fault(chain, case) for chain in chains]
        if all(spent):
            return spent[0]
    return None


def _hold_fault(case: _Case) -> _Fault | None:
    own, hold = case.own_hold, case.hold
    if own is not None and own.level is Level.KEY_DEAD and case.key.kind is not KeyKind.LOGIN:
        words = f"{_hold_words(own, 'stops this key')} Sign in as yourself: your work and its export are open there."
        return _Fault(rule=Rule.HOLD_KEY_DEAD, about=own.id, words=words)
    if hold is None:
        return None
    if hold.level >= Level.NO_CREATE:
        words = f"{_hold_words(hold, 'pauses everything new')} {_STILL_OPEN}"
        return _Fault(rule=Rule.HOLD_NO_CREATE, about=hold.id, words=words)
    if hold.level is Level.STEP_UP and not _is_confirmed(case):
        words = f"{_hold_words(hold, 'asks for your passkey first')} Confirm with it and go on. {_STILL_OPEN}"
        return _Fault(rule=Rule.HOLD_STEP_UP, about=hold.id, words=words)
    return None


def _policy_fault(case: _Case) -> _Fault | None:
    moderation = case.target.moderation
    if moderation and case.use.is_creative:
        words = f"Rule {moderation.rule} refuses this: {moderation.reason} Change it. This refusal costs nothing."
        return _Fault(rule=Rule.MODERATION, about=moderation.rule, words=words)
    if case.use is not Use.VIDEO_PUBLISH:
        return None
    for link in case.chain:
        terms = case.book.terms.get(link.terms)
        until = terms.policy.embargo_until if terms else None
        if until and case.now < until:
            words = f"The terms you accepted ({link.terms[:12]}) hold releases until {in_words(until)}. Publish then."
            return _Fault(rule=Rule.EMBARGO, about=link.terms, words=words)
    return None


def _strength(hold: Hold | None) -> tuple[Level, str]:
    return level_of(hold), hold.id if hold else ""


def _selectors(chain: Iterable[Permission]) -> frozenset[Selector]:
    return frozenset(
        selector
        for link in chain
        for selector in (
            Selector(reach=Reach.PERMISSION, id=link.id),
            *([Selector(reach=Reach.COHORT, id=link.cohort)] if link.cohort else []),
        )
    )


def _foreign_things(key: KeyState, use: Use, target: Target) -> tuple[Ingredient, ...]:
    """What the act touches that belongs to somebody else: these need the owner's permission."""
    itself = () if target.owner is None else (Ingredient(id=target.id, owner=target.owner, use=use),)
    return tuple(thing for thing in (*itself, *target.ingredients) if thing.owner != key.party)


def _grants(key: KeyState, thing: Ingredient, now: datetime, book: Book) -> tuple[Chain, ...]:
    """The live chains by which the key's party may make the thing's use of it; each begins with the thing's owner."""
    chains = (book.chain(grant.id) for grant in book.granting(thing.id) if book.lets(grant, key.party, now))
    return tuple(
        chain
        for chain in chains
        if chain[-1].grantor == thing.owner and not _links_fault(chain, thing.id, thing.use, now)
    )


def _made_with(use: Use) -> str:
    return f"{ACT}, which {use} takes" if use.is_of_a_role else use.value


def _is_confirmed(case: _Case) -> bool:
    return case.key.confirmed_until is not None and case.now < case.key.confirmed_until


def _needs_no_chain(use: Use) -> bool:
    """One's own works outlive access, and what was accepted is made: its chain was asked, and charged, then."""
    return use.is_open or use.is_own_choice or use is Use.VIDEO_START


def _why_not_live(link: Permission, now: datetime) -> str:
    if link.state is not PermissionState.ACTIVE:
        how = f" ({link.ending})" if link.ending else ""
        return f"Permission {link.id} is {link.state}{how}. {_STAYS_YOURS}"
    if now < link.valid_from:
        return f"Permission {link.id} begins on {in_words(link.valid_from)}. Come back then."
    return f"Permission {link.id} ended on {in_words(link.valid_until)}. {_STAYS_YOURS}"


_STAYS_YOURS = "Your works stay yours, to read and to export."
_STILL_OPEN = "Reading, downloading, exporting, publishing and reporting stay open."


def _hold_words(hold: Hold, effect: str) -> str:
    return f"Hold {hold.id} {effect} until {in_words(hold.until)}. Reason: {hold.reason.rstrip('.')}."


def _allowed(case: _Case) -> Decision:
    hold = case.hold
    slowed = f" {_hold_words(hold, 'slows this down')} {_appeal(hold.id)}" if hold and hold.level > Level.WATCH else ""
    return Decision(
        allow=True,
        level=level_of(hold),
        rule=Rule.ALLOWED,
        explanation=f"Allowed: {case.use} of {case.target.id}.{slowed}",
        about=case.target.id,
        event=None if case.use.is_silent else _event(case, "allowed", Rule.ALLOWED),
    )


def _refused(case: _Case, fault: _Fault) -> Decision:
    return Decision(
        allow=False,
        level=level_of(case.own_hold if fault.rule is Rule.HOLD_KEY_DEAD else case.hold),
        rule=fault.rule,
        explanation=f"Refused: {fault.words} Rule: {fault.rule}. {_appeal(fault.about)}",
        about=fault.about,
        event=_event(case, "refused", fault.rule),
    )


def _appeal(about: str) -> str:
    return f"You can appeal: name {about}; another person answers within {ANSWER_WITHIN.days} days."


def _event(case: _Case, outcome: str, rule: Rule) -> Event:
    kind = f"{case.use} {outcome}"
    return Event(kind=kind, by=case.key.id, about=case.target.id, at=case.now, rule=rule)
