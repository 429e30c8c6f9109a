"""Whom the log tells of: the leaves that name a person, found so that what they say can be erased.

A leaf names a person by their id, or by something of theirs: a key, a permission, a pause, a session at the page, a
report, a work, a render. What somebody did in a role stays seen, and
so does every erasure: whoever ever held a role is not forgotten as a whole, only leaf by leaf.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from vitascope.errors import OwnCaseError, RecordNotFoundError, RoleError
from vitascope.programme import repository as keys
from vitascope.programme.access import repository as access
from vitascope.programme.people import repository as people
from vitascope.programme.roles import repository as roles
from vitascope.rights.log import Log, Opening, Said
from vitascope.rights.owners import repository as owners
from vitascope.store.database import Transaction

ERASURE_ASKED = "leaf.erasure asked"
"""What a leaf says by which one steward asks another to erase a leaf."""

_UNTOLD = frozenset({"key.planted"})
_KEPT = frozenset({"leaf.erased", ERASURE_ASKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A person, and what the log tells of them, oldest first."""

    party: str
    said: tuple[Said, ...]


def told_of(tx: Transaction, log: Log, persons: Iterable[str], *, by: str) -> tuple[Told, ...]:
    """What the log tells of each person, who is named by id or by a name that one person alone has.

    Raises RecordNotFoundError where several people are called that, or the log tells nothing of them; RoleError for who
    ever held a role; OwnCaseError for who asks. Nothing is changed here.
    """
    named = list(persons)
    places = [f"Person {number} of {len(named)}" for number in range(1, len(named) + 1)]
    parties: dict[str, str] = {}
    for person, place in zip(named, places, strict=True):
        parties.setdefault(_party(tx, person, place), place)
    return tuple(Told(party=party, said=_said(tx, log, party, by, place)) for party, place in parties.items())


def opening_for(tx: Transaction, log: Log, party: str, leaf: int) -> Opening | None:
    """What a leaf says, with its salt, for whom it names; None for others, and for a leaf that was erased.

    A canary is one for as long as nobody knows of it: its leaf is not shown to whose key it is. Raises LogError.
    """
    found = log.opening(leaf)
    told = {} if found is None else json.loads(found.payload)
    is_theirs = told.get("kind") not in _UNTOLD and not {told.get("by"), told.get("about")}.isdisjoint(
        names_of(tx, party)
    )
    return found if is_theirs else None


def openings_of(tx: Transaction, log: Log, party: str) -> tuple[Opening, ...]:
    """What every leaf says that names somebody, oldest first: each that ``opening_for`` shows them. Raises LogError."""
    found = log.naming(names_of(tx, party))
    return tuple(one for one in found if json.loads(one.payload)["kind"] not in _UNTOLD)


def _party(tx: Transaction, person: str, place: str) -> str:
    if keys.party(tx, person) is not None:
        return person
    called = [party for party, name in people.named(tx) if name == person]
    if len(called) > 1:
        raise RecordNotFoundError(f"{place}: {len(called)} are called that, {', '.join(called)}. Name one by id.")
    return called[0] if called else person


def _said(tx: Transaction, log: Log, party: str, by: str, place: str) -> tuple[Said, ...]:
    if party == by:
        raise OwnCaseError(f"{party} cannot erase what the log says of them; somebody else does.")
    if roles.of(tx, [party]):
        raise RoleError(f"{party} holds or held a role: what was done in it stays seen. Erase single leaves by number.")
    said = tuple(one for one in log.telling(names_of(tx, party)) if one.kind not in _KEPT)
    if not said:
        raise RecordNotFoundError(f"{place}: the log tells nothing of anybody by that id or name.")
    return said


def names_of(tx: Transaction, party: str) -> Collection[str]:
    """Every id by which a leaf may tell of somebody."""
    own = {key.id for key in keys.keys(tx, party)} | {one.id for one in access.permissions_of(tx, party)}
    own |= {one.permission.id for one in (*owners.by(tx, party), *owners.to(tx, party))}
    own |= {party} | roles.things_of(tx, party)
    return own | {hold.id for hold in access.all_holds(tx) if hold.selector.id in own}
