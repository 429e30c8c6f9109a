"""Erasing what a leaf says: one steward asks, another does it, and neither where it tells of themselves.

The leaf and every proof stay; a leaf of its own says that it was erased, and by whom.
"""

import json
from datetime import datetime

from vitascope.errors import LogError, RecordNotFoundError
from vitascope.programme.actor import Actor, require, require_other
from vitascope.rights.event import Event
from vitascope.rights.log import Log
from vitascope.rights.uses import Use

_ASKED = "leaf.erasure asked"


def erase(log: Log, actor: Actor, leaf: int, *, now: datetime) -> bool:
    """Ask for the erasure of a leaf, or carry out what another steward asked; whether it is erased now.

    Raises RoleError; OwnCaseError for a leaf that tells of them; RecordNotFoundError where there is nothing to erase.
    """
    require(actor, Use.LOG_ERASE)
    require_other(actor, _told_of(log, leaf), "erase what the log says of it")
    others = set(log.who(_ASKED, str(leaf))) - {actor.party}
    if not others:
        log.append(Event(kind=_ASKED, by=actor.party, about=str(leaf), at=now))
        return False
    log.erase(leaf, by=actor.party, now=now)
    return True


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
