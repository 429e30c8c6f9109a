"""What the calls of the programme and of rights have in common: bodies, ids, moments, and calls without a key."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from fastapi import Request

from vitascope.errors import RecordNotFoundError
from vitascope.orders import Grant
from vitascope.programme.actor import Actor
from vitascope.programme.roles.seats import acting
from vitascope.refusals import UnknownFieldError
from vitascope.rights.logbook import Leaves
from vitascope.server.brackets import Value
from vitascope.server.desk import Visit
from vitascope.server.forms import json_object
from vitascope.server.openapi import answers, json_body
from vitascope.server.placing import LONGEST_ID
from vitascope.store.database import Transaction

T = TypeVar("T")
Work = Callable[[Transaction, Actor, datetime], T]
"""What is done for somebody at a moment, in a transaction."""

Who = Callable[[Transaction, Leaves, Grant, datetime], Actor]
"""Who somebody is that came with a key."""

SCOPE = "video.read"
"""What reporting, voting, deciding about one's own things and acting in a role ask of a key: they are never held."""

ANY = answers(dict[str, Any], 409, 415, 422, 502)
OPEN: dict[str, Any] = {"security": []}
"""For a call that asks for no key."""

TEXT = {"type": "string", "maxLength": 20_000}
LINE = {"type": "string", "minLength": 1, "maxLength": 200}
ID = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}


def body(needed: list[str], example: Mapping[str, object], **properties: object) -> dict[str, Any]:
    """The description of a JSON body of these fields and no others."""
    schema = {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
    return json_body(schema, example)


async def said(request: Request, *known: str) -> Mapping[str, Value]:
    """The fields of a JSON body. Raises UnknownFieldError for one that is not ``known``."""
    told = await json_object(request)
    for name in sorted(told.keys() - set(known)):
        there = f"There are: {', '.join(known)}." if known else "It takes none."
        raise UnknownFieldError(f"There is no field `{name[:60]}`. {there}", param=name[:60])
    return told


async def asked(request: Request, visit: Visit, *known: str) -> Mapping[str, Value]:
    """The fields of the JSON body of a call with a key, which is looked at before the body is read."""
    await visit.enter(SCOPE)
    return await said(request, *known)


async def acted(visit: Visit, work: Work[T], who: Who = acting) -> T:
    """What ``work`` does for whoever acts, by their key; one transaction, all of it or nothing."""
    return await visit.write(SCOPE, _for(visit, who, work))


async def seen(visit: Visit, work: Work[T]) -> T:
    """What ``work`` reads for whoever asks, by their key."""
    return await visit.read(SCOPE, _for(visit, acting, work))


async def openly(visit: Visit, work: Callable[[Transaction, datetime], T]) -> T:
    """What ``work`` reads for everybody; without a key as often as the turnstile lets a network through."""
    if visit.credential:
        return await visit.read(SCOPE, lambda tx, _grant, now: work(tx, moment(now)))
    visit.desk.turnstile.enter(visit.network)
    return await visit.desk.look(work)


def _for(visit: Visit, who: Who, work: Work[T]) -> Callable[[Transaction, Grant, float], T]:
    def working(tx: Transaction, grant: Grant, now: float) -> T:
        at = moment(now)
        return work(tx, who(tx, visit.desk.log, grant, at), at)

    return working


def checked(name: str, *, longest: int = LONGEST_ID) -> str:
    """``name``, if it can be an id: some databases fail at letters that no id has. Raises RecordNotFoundError."""
    if not (name.isascii() and name.isprintable() and 0 < len(name) <= longest):
        raise RecordNotFoundError("There is nothing of that id; list what there is and copy the id.")
    return name


def moment(now: float) -> datetime:
    """Seconds since 1970 as an instant."""
    return datetime.fromtimestamp(now, UTC)
