"""Giving, asking for and taking back: what an owner alone decides about what is theirs. No one else's yes is needed."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vitascope.errors import ConsentError, RecordNotFoundError
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.moment import in_words
from vitascope.rights.owners import repository
from vitascope.rights.owners.repository import Given
from vitascope.rights.permission import Ending, Permission, PermissionState, accept, decline, end
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction

LONGEST: Final = timedelta(days=20 * 365)
_LONGEST_WORDS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an owner lets others do with one thing of theirs, until when and on which conditions."""

    owner: str
    grantee: str  # a party, PUBLIC, or the programme
    thing: str  # work/1, render/1, character/1, style/ana
    uses: frozenset[Use]
    until: datetime
    terms: str = ""  # hash of the terms it is given under, where there are any
    licence: str = ""
    restrictions: str = ""
    never_with: tuple[str, ...] = ()  # words that no prompt may say with it
    is_mutual: bool = False  # only while the grantee allows the owner the same


def give(tx: Transaction, log: Leaves, wish: Wish, *, now: datetime) -> Given:
    """Let ``wish`` be so from now on. The caller has made sure that the thing is the owner's."""
    given = _given(wish, now, PermissionState.ACTIVE)
    log.append(_event("permission.given", given, wish.owner, now))
    repository.add(tx, given)
    return given


def ask(tx: Transaction, log: Leaves, wish: Wish, *, by: str, now: datetime, transfer: str | None = None) -> Given:
    """Offer an owner what ``wish`` says; nothing changes until they accept it themselves."""
    asked = _given(wish, now, PermissionState.OFFERED, transfer)
    log.append(_event("permission.asked", asked, by, now))
    repository.add(tx, asked)
    return asked


def agree(tx: Transaction, log: Leaves, permission: str, owner: str, *, now: datetime) -> Given:
    """The owner's yes to what was asked."""
    asked = require(tx, permission, owner)
    if asked.permission.valid_until <= now:
        raise ConsentError(
            f"{permission} was offered until {in_words(asked.permission.valid_until)}; ask for a new one."
        )
    return _change(tx, log, accept(asked.permission, terms=asked.permission.terms), "permission.given", owner, now)


def refuse(tx: Transaction, log: Leaves, permission: str, owner: str, *, now: datetime) -> Given:
    """The owner's no; nothing else changes for them."""
    asked = require(tx, permission, owner)
    return _change(tx, log, decline(asked.permission), "permission.declined", owner, now)


def withdraw(tx: Transaction, log: Leaves, permission: str, owner: str, *, now: datetime) -> Given:
    """Take back what was given, from now on; a second time changes nothing."""
    given = require(tx, permission, owner)
    if given.permission.ending is Ending.WITHDRAWN:
        return given
    return _change(tx, log, end(given.permission, Ending.WITHDRAWN), "permission.withdrawn", owner, now)


def require(tx: Transaction, permission: str, owner: str) -> Given:
    """The permission, if it is ``owner``'s to give. Raises ``RecordNotFoundError``, for other people's as well."""
    found = repository.find(tx, permission)
    if found is None or found.permission.grantor != owner:
        raise RecordNotFoundError("There is no permission of that id that is yours; list them and copy it.")
    return found


def granted(tx: Transaction, objects: Collection[str], party: str) -> tuple[Permission, ...]:
    """What was ever given on these objects, and in return for it by ``party``: for the book ``decide`` reads."""
    given = {one.permission.id: one.permission for one in repository.on(tx, objects)}
    for one in tuple(given.values()):
        given |= {each.id: each for each in returned(tx, one, party)}
    return tuple(given.values())


def returned(tx: Transaction, permission: Permission, party: str) -> tuple[Permission, ...]:
    """What ``party`` ever gave whoever gave them this, where it is mutual and may hang on that."""
    if not permission.is_mutual or permission.grantee != party:
        return ()
    return tuple(one.permission for one in repository.between(tx, party, permission.grantor))


def live(tx: Transaction, thing: str, use: Use, party: str, now: datetime) -> tuple[Given, ...]:
    """What allows ``party`` that use of exactly ``thing`` now."""
    found = (one for one in repository.on(tx, (thing,)) if one.permission.is_live(now) and use in one.permission.uses)
    return tuple(one for one in found if _lets(tx, one.permission, party, now))


def _lets(tx: Transaction, permission: Permission, party: str, now: datetime) -> bool:
    return permission.is_held_by(party) or permission.is_met_by(returned(tx, permission, party), now)


def _given(wish: Wish, now: datetime, state: PermissionState, transfer: str | None = None) -> Given:
    if not wish.uses or wish.until - now > LONGEST or len(wish.restrictions) > _LONGEST_WORDS:
        raise ConsentError(
            f"A permission names a use, ends within {LONGEST.days // 365} years and has conditions of at most "
            f"{_LONGEST_WORDS} characters; this one has {len(wish.uses)} uses and ends {in_words(wish.until)}."
        )
    permission = Permission(
        id=f"permission_{secrets.token_hex(8)}",
        grantor=wish.owner,
        grantee=wish.grantee,
        object=wish.thing,
        uses=wish.uses,
        terms=wish.terms,
        valid_from=now,
        valid_until=wish.until,
        state=state,
        is_mutual=wish.is_mutual,
    )
    return Given(
        permission=permission,
        licence=wish.licence,
        restrictions=wish.restrictions,
        transfer=transfer,
        never_with=wish.never_with,
    )


def _change(tx: Transaction, log: Leaves, changed: Permission, kind: str, owner: str, now: datetime) -> Given:
    log.append(Event(kind=kind, by=owner, about=changed.id, at=now, rule=" ".join(sorted(changed.uses))))
    repository.change(tx, changed)
    return require(tx, changed.id, owner)


def _event(kind: str, given: Given, by: str, now: datetime) -> Event:
    uses = " ".join(sorted(given.permission.uses))
    return Event(kind=kind, by=by, about=given.permission.id, at=now, rule=uses)
