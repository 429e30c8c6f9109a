"""Roles: permissions of the programme to act for it. Giving one takes two people, and nobody gives one to themselves.

A programme begins with two stewards, seated by whoever runs the house; from then on one steward proposes a role and
another one agrees. Reviewing and paying are never in one hand: whoever could do both could pay for what does not exist.
Roles change one after the other, for a rule looks at several of them: two changes at once would each see half.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from vitascope.errors import GrantError, RecordNotFoundError
from vitascope.orders import Grant
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import repository
from vitascope.programme.access.gate import key_state
from vitascope.programme.actor import Actor, require, require_other
from vitascope.programme.people.login import login_state
from vitascope.programme.people.repository import Session
from vitascope.programme.roles import repository as seats
from vitascope.programme.roles.repository import Seat
from vitascope.rights.book import book
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.party import HOUSE
from vitascope.rights.permission import Ending, Permission, PermissionState, decline, end
from vitascope.rights.question import KeyState
from vitascope.rights.uses import ACT, Use
from vitascope.store.database import Transaction, take_turn

SCOPE: Final = ACT

LASTS: Final = timedelta(days=365)
FOUNDING_STEWARDS: Final = 2


class Role(StrEnum):
    """What somebody may be trusted with; members, guests and rightsholders hold permissions of other kinds."""

    REVIEWER = "reviewer"
    TREASURER = "treasurer"
    STEWARD = "steward"
    AUDITOR = "auditor"


USES: Final = {
    Role.REVIEWER: frozenset({Use.CONTRIBUTION_TRIAGE}),
    Role.TREASURER: frozenset({Use.CONTRIBUTION_PAY}),
    Role.STEWARD: frozenset(
        {Use.MEMBER_INVITE, Use.HOLD_PLACE, Use.HOLD_LIFT, Use.ORIGIN_TRACE, Use.CORPUS_RECORD, Use.LOG_ERASE}
    ),
    Role.AUDITOR: frozenset({Use.LOG_COSIGN}),
}
"""What each role may do."""

_TURN: Final = "roles"
_NAMED: Final = "role_"
_APART: Final = ({Role.REVIEWER, Role.TREASURER}, {Role.STEWARD, Role.AUDITOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role of somebody: the permission, who proposed it and who agreed."""

    role: Role
    permission: Permission
    seat: Seat


def propose(tx: Transaction, log: Leaves, actor: Actor, party: str, role: Role, *, now: datetime) -> Held:
    """Propose a role; it counts when a second steward has agreed.

    Raises RoleError, OwnCaseError, GrantError for a role that is held, or that must not meet another one in one hand.
    """
    require(actor, Use.MEMBER_INVITE)
    require_other(actor, (party,), "give themselves a role")
    _require_fitting(tx, party, role, now)
    return _enter(tx, log, actor.party, party, role, PermissionState.OFFERED, now)


def seat_steward(tx: Transaction, log: Leaves, party: str, *, by: str, now: datetime) -> Held:
    """Seat one of the first two stewards: for whoever has the house at hand, never over the wire. Raises GrantError."""
    take_turn(tx, _TURN)
    _require_fitting(tx, party, Role.STEWARD, now)
    if len(_stewards(tx, now)) >= FOUNDING_STEWARDS:
        raise GrantError(f"There are {FOUNDING_STEWARDS} stewards; from now on one proposes a role and another agrees.")
    return _enter(tx, log, by, party, Role.STEWARD, PermissionState.ACTIVE, now)


def agree(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> Held:
    """The second steward's yes. Raises RoleError, OwnCaseError for who proposed it and whom it is for, GrantError."""
    require(actor, Use.MEMBER_INVITE)
    held = _taken_up(tx, name)
    require_other(actor, (held.seat.offered_by, held.permission.grantee), "agree to this role")
    if held.permission.state is not PermissionState.OFFERED:
        raise GrantError(f"Role {name} is {held.permission.state}; only one that was proposed can be agreed to.")
    _require_fitting(tx, held.permission.grantee, held.role, now)
    agreed = replace(held.permission, state=PermissionState.ACTIVE)
    log.append(Event(kind="role.given", by=actor.party, about=name, at=now, rule=held.role))
    repository.change_permission(tx, agreed)
    seat = replace(held.seat, agreed_by=actor.party)
    seats.change(tx, seat)
    return Held(role=held.role, permission=agreed, seat=seat)


def take_back(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> Held:
    """End a role, or lay one's own down: that takes nobody's yes. Raises RoleError, GrantError."""
    held = _taken_up(tx, name)
    is_own = held.permission.grantee == actor.party
    if not is_own:
        require(actor, Use.MEMBER_INVITE)
    is_offered = held.permission.state is PermissionState.OFFERED
    ending = Ending.RETURNED if is_own else Ending.WITHDRAWN
    over = decline(held.permission) if is_offered else end(held.permission, ending)
    log.append(Event(kind="role.ended", by=actor.party, about=name, at=now, rule=held.role))
    repository.change_permission(tx, over)
    return replace(held, permission=over)


def find(tx: Transaction, name: str) -> Held:
    """One role by the id of its permission. Raises RecordNotFoundError."""
    return _found(tx, name, locked=False)


def every(tx: Transaction) -> tuple[Held, ...]:
    """All roles there ever were, in order of id."""
    return tuple(find(tx, seat.permission) for seat in seats.every(tx))


def is_role(permission: str) -> bool:
    """Whether a permission of that id is a role."""
    return permission.startswith(_NAMED)


def of(tx: Transaction, party: str, now: datetime) -> frozenset[Role]:
    """The roles a party holds now."""
    return frozenset(held.role for held in _live(tx, (party,), now))


def acting(tx: Transaction, log: Leaves, grant: Grant, now: datetime) -> Actor:
    """Who acts behind a request, by the key it came with: one that was made for videos alone carries no role."""
    return _actor(tx, log, key_state(tx, grant), now)


def changing(tx: Transaction, log: Leaves, grant: Grant, now: datetime) -> Actor:
    """Who changes roles behind a request, by the roles they have when their turn comes.

    Of two stewards who end each other's role at the same moment only the first is still one.
    """
    take_turn(tx, _TURN)
    return acting(tx, log, grant, now)


def present(tx: Transaction, log: Leaves | None, session: Session, now: datetime) -> Actor:
    """Somebody who is here in person: a session cannot leave its browser as a key can, and carries every role."""
    return _actor(tx, log, login_state(tx, session, now), now)


def _taken_up(tx: Transaction, name: str) -> Held:
    """One role to be changed, when its turn has come."""
    take_turn(tx, _TURN)
    return _found(tx, name, locked=True)


def _found(tx: Transaction, name: str, *, locked: bool) -> Held:
    seat, permission = seats.find(tx, name), repository.permission(tx, name, locked=locked)
    if seat is None or permission is None:
        raise RecordNotFoundError("There is no role of that id; `vitascope programme roles` shows those there are.")
    return Held(role=Role(seat.role), permission=permission, seat=seat)


def _actor(tx: Transaction, log: Leaves | None, key: KeyState, now: datetime) -> Actor:
    """With every role they ever had: ``decide`` says of one that is over how it ended."""
    roles = (find(tx, name).permission for name in seats.of(tx, (key.party,)))
    return Actor(key=key, book=book(permissions=roles, holds=repository.standing_holds(tx, now)), at=now, log=log)


def _enter(
    tx: Transaction, log: Leaves, by: str, party: str, role: Role, state: PermissionState, now: datetime
) -> Held:
    permission = Permission(
        id=f"{_NAMED}{secrets.token_hex(8)}",
        grantor=HOUSE,
        grantee=party,
        object=HOUSE,
        uses=USES[role],
        terms="house",
        valid_from=now,
        valid_until=now + LASTS,
        state=state,
    )
    seat = Seat(permission=permission.id, role=role.value, offered_by=by)
    kind = "role.proposed" if state is PermissionState.OFFERED else "role.seated"
    log.append(Event(kind=kind, by=by, about=permission.id, at=now, rule=role))
    repository.add_permission(tx, permission)
    seats.add(tx, seat)
    return Held(role=role, permission=permission, seat=seat)


def _live(tx: Transaction, parties: Iterable[str], now: datetime) -> tuple[Held, ...]:
    names = tuple(seats.of(tx, parties))
    return tuple(held for held in (find(tx, name) for name in names) if held.permission.is_live(now))


def _stewards(tx: Transaction, now: datetime) -> tuple[Held, ...]:
    live = (held for held in every(tx) if held.permission.is_live(now))
    return tuple(held for held in live if held.role is Role.STEWARD)


def _require_fitting(tx: Transaction, party: str, role: Role, now: datetime) -> None:
    if keys_repository.party(tx, party) is None:
        raise RecordNotFoundError("There is no party of that id; invite them first, or `vitascope programme add`.")
    held = of(tx, party, now)
    if role in held:
        raise GrantError(f"{party} is {role} already.")
    for pair in _APART:
        if role in pair and held & pair:
            other = next(iter(held & pair))
            raise GrantError(f"{party} is {other}; {role} and {other} are never in one hand. Choose somebody else.")
