"""What a member holds, what waits for them, and their own steps: new terms, keys of their own, leaving."""

import secrets as random_bytes
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from vitascope.errors import GrantError, OwnCaseError, RecordNotFoundError, SignInError
from vitascope.programme import keys
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import holds, repository
from vitascope.programme.access.standing import PARTS, lets_in, part_of
from vitascope.programme.keys import Key, NewKey
from vitascope.programme.people import announcements, cohorts, invitations, passes
from vitascope.programme.people.announcements import Coming
from vitascope.programme.people.in_person import is_booking
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.people.repository import use_link
from vitascope.rights.event import Event
from vitascope.rights.hold import Hold
from vitascope.rights.logbook import Leaves
from vitascope.rights.party import HOUSE
from vitascope.rights.permission import Ending, Permission, accept, end
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

CONFIRMED: Final = timedelta(hours=12)
"""How long a confirmation in person counts for the keys of a member."""

LONGEST_KEY: Final = timedelta(days=366)
_MOST_KEYS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What somebody holds of the programme at one moment."""

    party: str
    name: str
    permissions: tuple[Permission, ...]  # early access, newest first, ended ones too
    coming: tuple[Coming, ...]  # terms told to their cohort that are not the ones they accepted
    holds: tuple[Hold, ...]  # that reach them now


def membership(tx: Transaction, party: str, now: datetime) -> Membership:
    """What a party holds, what was announced to its cohort, and which pauses reach it."""
    row = keys_repository.party(tx, party)
    own = tuple(one for one in repository.permissions_of(tx, party) if one.grantee == party and one.object != HOUSE)
    ordered = tuple(sorted(own, key=lambda one: one.valid_from, reverse=True))
    access = max((one for one in ordered if one.cohort), key=_latest, default=None)
    return Membership(
        party=party,
        name=row.name if row else party,
        permissions=ordered,
        coming=announcements.coming_to(tx, access, now) if access else (),
        holds=holds_on(tx, party, now),
    )


def holds_on(tx: Transaction, party: str, now: datetime) -> tuple[Hold, ...]:
    """The standing holds that reach a party, those on what their permissions hang below among them."""
    return holds.reaching(tx, repository.standing_holds(tx, now), party)


def accept_terms(
    tx: Transaction, log: Leaves, party: str, *, terms: str, declined: frozenset[Use] | None = None, now: datetime
) -> Permission:
    """Go on under the terms in force now, by their hash: a new permission takes the place of the one there is.

    It ends when the old one would have, which a cohort promised in days; access whose end has come begins anew. Whoever
    accepted these very terms already has the permission they have, and nothing changes.
    Keys and guests' passes go on under it, and what they used counts on, unless the new terms do not carry them.
    Without ``declined`` they decline what they declined before.
    Raises GrantError for somebody without a cohort, or terms that are not in force.
    """
    old = _access(tx, party)
    cohort = repository.cohort(tx, old.cohort) if old.cohort else None
    if cohort is None:
        raise GrantError(f"{party} came in without a cohort; there are no terms to accept.")
    declined = invitations.DECLINABLE - old.uses if declined is None else declined
    if old.is_live(now) and old.terms == terms and PARTS[part_of(old)][1] - declined == old.uses:
        return old
    offer = invitations.offer(cohort, cohorts.in_force(tx, cohort.id, now), party, now, part=part_of(old))
    until = old.valid_until if old.valid_until > now else offer.valid_until
    anew = replace(offer, id=f"access_{random_bytes.token_hex(8)}", valid_until=until)
    joined = accept(anew, terms=terms, declined=declined)
    log.append(Event(kind="permission.accepted", by=party, about=joined.id, at=now, rule=terms))
    repository.add_permission(tx, joined)
    repository.add_acceptance(tx, permission=joined.id, party=party, terms=terms, at=now)
    if old.is_live(now):  # passes of an access that is over died with it
        repository.lock_root(tx, (old,))  # a pass that is being minted from it goes on under the new one as well
        passes.carry_over(tx, log, old, joined, now=now)
        repository.change_permission(tx, end(old, Ending.REPLACED))
    repository.move_keys(tx, old.id, joined.id)
    return joined


def decline_terms(tx: Transaction, log: Leaves, party: str, terms: str, *, now: datetime) -> Coming:
    """Keep the terms one has in place of announced ones. Raises RecordNotFoundError."""
    return announcements.decline(tx, log, _access(tx, party), terms, now=now)


def leave(tx: Transaction, log: Leaves, party: str, *, now: datetime) -> tuple[Permission, ...]:
    """Hand early access back; guests' passes end with it, and one's own works stay readable and exportable."""
    keys_repository.party(tx, party, locked=True)
    live = [one for one in repository.permissions_of(tx, party) if one.grantee == party and one.is_live(now)]
    ended = tuple(end(one, Ending.RETURNED) for one in live)
    for permission in ended:
        log.append(Event(kind="permission.returned", by=party, about=permission.id, at=now))
        repository.change_permission(tx, permission)
    return ended


def new_key(  # whose, what for, for how long
    tx: Transaction, log: Leaves, party: str, *, name: str, scopes: frozenset[str], days: int, secrets: Secrets,
    now: datetime,
) -> NewKey:  # fmt: skip
    """One more key for a member, shown once. Raises GrantError, RecordNotFoundError for somebody without access."""
    permission = _access(tx, party)
    require_room(tx, party, now)
    if not 1 <= days <= LONGEST_KEY.days or "admin" in scopes:
        raise GrantError(f"A member's key lasts 1 to {LONGEST_KEY.days} days and is never for admin; this: {days}.")
    return keys.create(
        tx, log, by=party, name=name, scopes=scopes,
        expires_at=(now + timedelta(days=days)).timestamp(), secrets=secrets,
        now=now.timestamp(), party=party, permission=permission.id,
    )  # fmt: skip


def require_room(tx: Transaction, party: str, now: datetime) -> None:
    """Let nobody make a key more who has 20 that work; one after the other, for one member. Raises GrantError."""
    keys_repository.party(tx, party, locked=True)
    live = [key for key in keys.listed(tx, party) if _opens(key, now) and not is_booking(tx, key.id)]
    if len(live) >= _MOST_KEYS:
        raise GrantError(f"{party} has {len(live)} keys that work, {_MOST_KEYS} may be; revoke one first.")


def own_key(tx: Transaction, party: str, name: str) -> Key:
    """A key of theirs. Raises RecordNotFoundError, for other people's as well."""
    found = next((key for key in keys.listed(tx, party) if key.id == name), None)
    if found is None:
        raise RecordNotFoundError("There is no key of that id that is yours; list them and copy it.")
    return found


def by_link(tx: Transaction, token: str, *, secrets: Secrets, now: datetime) -> str:
    """Whose mailbox a link was sent to; it is used up. Raises SignInError."""
    party = use_link(tx, digest_of(token, secrets), now.timestamp())
    if party is None:
        raise SignInError("This link is unknown, was used, or is older than 15 minutes; ask for a new one.")
    return party


def confirm(tx: Transaction, log: Leaves, party: str, token: str, *, secrets: Secrets, now: datetime) -> datetime:
    """Show in person, by a link to one's own mailbox, that one's keys are in one's own hands; until when it counts.

    Raises SignInError, OwnCaseError for a link that was sent to somebody else.
    """
    if by_link(tx, token, secrets=secrets, now=now) != party:
        raise OwnCaseError("This link was sent to somebody else's mailbox; ask for one of your own.")
    log.append(Event(kind="party.confirmed", by=party, about=party, at=now))
    repository.confirm(tx, [key.id for key in keys.listed(tx, party)], now + CONFIRMED)
    return now + CONFIRMED


def _access(tx: Transaction, party: str) -> Permission:
    """The early access somebody came in by, the latest of it; nobody else changes it until the transaction ends."""
    keys_repository.party(tx, party, locked=True)
    own = [one for one in repository.permissions_of(tx, party) if one.grantee == party and lets_in(one)]
    if not own or own[0].parent is not None:
        raise RecordNotFoundError(f"{party[:64]} holds no early access here; accept an invitation first.")
    return max(own, key=_latest)


def _latest(access: Permission) -> tuple[bool, datetime]:
    return access.ending is None, access.valid_from


def _opens(key: Key, now: datetime) -> bool:
    ends = [end_at for end_at in (key.revoked_at, key.expires_at) if end_at is not None]
    return all(end_at > now.timestamp() for end_at in ends)
