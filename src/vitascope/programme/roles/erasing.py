"""Erasing what leaves say: one steward asks, another does it, and neither where a leaf tells of themselves.

The leaves and every proof stay; for each a leaf of its own says that it was erased, and by whom.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from vitascope.errors import LogError, OwnCaseError, RecordNotFoundError
from vitascope.programme.actor import Actor, require
from vitascope.programme.roles.forgetting import ERASURE_ASKED, names_of
from vitascope.rights.event import Event
from vitascope.rights.log import Log
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What became of it: leaves that say nothing any more, and leaves that wait for another steward."""

    erased: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()


def erase(tx: Transaction, log: Log, actor: Actor, leaves: Collection[int], *, now: datetime) -> Erasure:
    """Carry out what another steward asked of these leaves, and ask for the rest.

    Raises RoleError; OwnCaseError for a leaf that tells of them; RecordNotFoundError where there is nothing to erase.
    Then nothing happened to any of them.
    """
    require(actor, Use.LOG_ERASE)
    own = set(names_of(tx, actor.party))
    for leaf in leaves:
        if own & set(_told_of(log, leaf)):
            raise OwnCaseError(f"Leaf {leaf} tells of {actor.party}, who cannot erase it; another person must.")
    asked = _asked(log, leaves)
    due = tuple(leaf for leaf in leaves if asked[leaf] - {actor.party})
    waiting = tuple(leaf for leaf in leaves if leaf not in due)
    for leaf in waiting:
        if actor.party not in asked[leaf]:
            log.append(Event(kind=ERASURE_ASKED, by=actor.party, about=str(leaf), at=now))
    if due:
        log.erase_all(due, by=actor.party, now=now)
    return Erasure(erased=due, waiting=waiting)


def _asked(log: Log, leaves: Collection[int]) -> dict[int, set[str]]:
    """Who asked for the erasure of each of these leaves."""
    by_leaf: dict[int, set[str]] = {leaf: set() for leaf in leaves}
    for said in log.telling({str(leaf) for leaf in leaves}):
        if said.kind == ERASURE_ASKED and said.about in map(str, leaves):
            by_leaf[int(said.about)].add(said.by)
    return by_leaf


def _told_of(log: Log, leaf: int) -> tuple[str, str]:
    """Who did what the leaf says, and what it was about."""
    log.refresh()
    try:
        found = log.opening(leaf)
    except LogError as error:
        raise RecordNotFoundError(str(error)) from error
    if found is None:
        raise RecordNotFoundError(f"Leaf {leaf} says nothing any more: it was erased.")
    told = json.loads(found.payload)
    return str(told["by"]), str(told["about"])
