"""Guest passes: a member shares a part of their own access, with a budget and an end; sharing is a right.

A pass is for one guest, or for the public: then its key may stand behind a page that anybody opens. The leak of 2024
was such a page without such a pass.
"""

import math
import secrets as random_bytes
from dataclasses import dataclass, replace
from datetime import datetime

from vitascope.errors import GrantError, OwnCaseError, RecordNotFoundError
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import repository
from vitascope.programme.access.hosts import lineage
from vitascope.programme.access.repository import Bound
from vitascope.programme.access.standing import MEMBER_USES
from vitascope.programme.keys import NewKey
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.permission import Ending, Permission, PermissionState, end, excess, offer_below
from vitascope.rights.question import KeyKind
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

MOST_GUESTS = 200
"""Passes that may hang below one permission at a time."""

_USES = frozenset(use for use in MEMBER_USES if use.is_open or use.is_creative) - {Use.GUEST_INVITE}
_SCOPES = ("video.create", "video.read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What a member hands to a guest: a name for the list, renders and seconds of video in all, and an end."""

    name: str
    renders: int
    seconds: int
    until: datetime
    at_once: int = 4  # renders unfinished at the same time
    is_public: bool = False  # many hands share it, which is no sign of a leak then
    by_key: str | None = None  # it is minted by; None for a member who is there in person


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A pass as its giver sees it: what it allows and what its guest has used of that."""

    permission: Permission
    name: str
    keys: tuple[str, ...]
    is_public: bool
    renders: int
    seconds: int
    until: datetime  # its own end, or that of the key it was minted by


def mint(
    tx: Transaction, log: Leaves, party: str, parent: str, wanted: Pass, *, secrets: Secrets, now: datetime
) -> tuple[Permission, NewKey]:
    """A pass below a permission the member holds, and the key to it, shown once.

    The key makes nothing once the pass is over, and goes on reading and exporting what its guest made. What is minted
    by a key ends with that key, whenever that will be: see ``access.hosts``.
    Raises OwnCaseError for another's permission, GrantError for more than the parent allows.
    """
    above = _own(tx, parent, party)
    if not above.is_live(now) or Use.GUEST_INVITE not in above.uses:
        raise GrantError(f"Permission {parent} carries no {Use.GUEST_INVITE} now; passes hang on one that does.")
    live = [child for child in repository.children(tx, parent) if child.is_live(now)]
    if len(live) >= (most := _most_guests(above)):
        raise GrantError(f"{len(live)} passes hang on {parent}, {most} may; take one back first.")
    limits = _limits(tx, party, wanted)
    child = Permission(
        id=f"pass_{random_bytes.token_hex(8)}",
        grantor=party,
        grantee=f"guest_{random_bytes.token_hex(8)}",
        object=above.object,
        uses=_USES & above.uses,
        terms=above.terms,
        valid_from=now,
        valid_until=wanted.until,
        quotas=(
            Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=wanted.renders),
            Quota(measure=Measure.SECONDS, per=Per.GRANT, limit=wanted.seconds),
        ),
        state=PermissionState.ACTIVE,
    )
    hung = offer_below(above, child)
    log.append(Event(kind="pass.minted", by=party, about=hung.id, at=now))
    repository.add_permission(tx, hung)
    keys_repository.add_party(tx, hung.grantee, name=wanted.name, priority="low", limits=limits, now=now.timestamp())
    made = keys.create(
        tx,
        log,
        by=party,
        party=hung.grantee,
        name=wanted.name,
        scopes=_SCOPES,
        expires_at=None,  # the pass ends; its guest has no other way in to what they made
        secrets=secrets,
        now=now.timestamp(),
        permission=hung.id,
    )
    kind = KeyKind.SERVICE if wanted.is_public else KeyKind.GUEST
    repository.rebind(tx, Bound(key=made.key.id, permission=hung.id, kind=kind, host=wanted.by_key))
    return hung, made


def given(tx: Transaction, party: str, now: datetime) -> tuple[Given, ...]:
    """The passes a member gave that have not ended, each with what was used of it."""
    mine = (one for one in repository.permissions_of(tx, party) if one.parent and one.grantor == party)
    live = (one for one in mine if all(link.is_live(now) for link in repository.chain(tx, one.id)))
    return tuple(found for one in live if (found := _given(tx, one)).until > now)


def ending(tx: Transaction, permission: Permission, by_key: str | None) -> datetime:
    """When a pass ends, as things stand: at its own end, or with the key it was minted by."""
    return min([permission.valid_until, *filter(None, [lineage(tx, by_key).ends])])


def take_back(tx: Transaction, log: Leaves, party: str, name: str, *, now: datetime) -> Permission:
    """End a pass; what hangs below it dies with it. Raises OwnCaseError for another's, GrantError if it has ended."""
    found = repository.permission(tx, name, locked=True)
    if found is None or found.parent is None:
        raise RecordNotFoundError("There is no pass of that id; list them and copy it.")
    if found.grantor != party:
        raise OwnCaseError(f"Pass {name} was given by somebody else; only they take it back.")
    ended = end(found, Ending.WITHDRAWN)
    log.append(Event(kind="pass.taken_back", by=party, about=name, at=now))
    repository.change_permission(tx, ended)
    return ended


def carry_over(
    tx: Transaction, log: Leaves, old: Permission, new: Permission, *, now: datetime
) -> tuple[Permission, ...]:
    """Hang the live passes of ``old`` on ``new``, which takes its place; those that ``new`` does not carry end.

    A guest did nothing when their host read new terms: key, budget and what was used of it stay. What the new access
    no longer allows shrinks, as under every parent; without ``guest.invite``, or beyond its guests, the oldest stay.
    """
    live = sorted(
        (child for child in repository.children(tx, old.id) if child.is_live(now)),
        key=lambda child: (child.valid_from, child.id),
    )
    room = _most_guests(new) if Use.GUEST_INVITE in new.uses else 0
    return tuple(_carried(tx, log, child, new, is_kept=place < room, now=now) for place, child in enumerate(live))


def _carried(
    tx: Transaction, log: Leaves, child: Permission, new: Permission, *, is_kept: bool, now: datetime
) -> Permission:
    until = min(child.valid_until, new.valid_until)
    moved = replace(
        child, parent=new.id, terms=new.terms, uses=child.uses & new.uses, valid_from=now, valid_until=until
    )
    if is_kept and not excess(moved, new):
        log.append(Event(kind="pass.carried_over", by=new.grantee, about=child.id, at=now, rule=new.terms))
        repository.change_permission(tx, moved)
        return moved
    ended = end(child, Ending.REPLACED)
    log.append(Event(kind="pass.ended", by=new.grantee, about=child.id, at=now, rule=new.terms))
    repository.change_permission(tx, ended)
    return ended


def _given(tx: Transaction, permission: Permission) -> Given:
    names = repository.keys_of(tx, permission.id)
    bounds = [bound for name in names if (bound := repository.bound(tx, name))]
    rows = [row for name in names if (row := keys_repository.key(tx, name))]
    renders, seconds = repository.used(tx, permission.id, since=0.0)
    return Given(
        permission=permission,
        name=rows[0].name if rows else permission.id,
        keys=names,
        is_public=any(bound.kind is KeyKind.SERVICE for bound in bounds),
        renders=renders,
        seconds=math.ceil(seconds),
        until=min(ending(tx, permission, bound.host) for bound in bounds) if bounds else permission.valid_until,
    )


def _limits(tx: Transaction, party: str, wanted: Pass) -> Limits:
    """What a guest may have at once, in a minute and in a day: no more than their host. Raises GrantError."""
    host = keys_repository.party(tx, party)
    own, usual = host.limits if host else Limits(), Limits()
    if wanted.at_once > own.jobs_in_flight:
        raise GrantError(f"{wanted.at_once} videos at once are more than your own {own.jobs_in_flight}; ask for less.")
    return Limits(
        jobs_in_flight=wanted.at_once,
        requests_per_minute=min(usual.requests_per_minute, own.requests_per_minute),
        seconds_per_day=min(usual.seconds_per_day, own.seconds_per_day),
    )


def _most_guests(above: Permission) -> int:
    """What the permission's own quota of guests allows, and never more than the house does."""
    return min([MOST_GUESTS, *(quota.limit for quota in above.quotas if quota.measure is Measure.GUESTS)])


def _own(tx: Transaction, name: str, party: str) -> Permission:
    found = repository.permission(tx, name, locked=True)
    if found is None or not found.is_held_by(party):
        raise OwnCaseError(f"There is no permission of that id that {party} holds.")
    return found
