"""Guest passes at the desk: a member mints, lists and takes back; whoever holds a key sees how things stand with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.errors import RecordNotFoundError
from vitascope.orders import Grant
from vitascope.programme import repository as keys
from vitascope.programme.access import standing
from vitascope.programme.access.outlook import Outlook, outlook
from vitascope.programme.keys import NewKey
from vitascope.programme.leaks.ladder import slowed
from vitascope.programme.people import passes
from vitascope.programme.people.passes import Given, Pass
from vitascope.refusals import MissingFieldError, UnknownFieldError
from vitascope.rights.hold import Level
from vitascope.rights.permission import Permission
from vitascope.rights.quota import Measure
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.brackets import Value
from vitascope.server.desk import Visitor
from vitascope.server.forms import json_object
from vitascope.server.openapi import answers, json_body
from vitascope.server.placing import LONGEST_ID
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["programme"])

_ANY = answers(dict[str, Any])
_MOST = 10**6
_FIELDS = ("name", "guests", "renders", "seconds", "days", "at_once", "is_public")


def _whole(most: int) -> dict[str, object]:
    return {"type": "integer", "minimum": 1, "maximum": most}


_BODY = json_body(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^\\S(.*\\S)?$"},
            "guests": _whole(passes.MOST_GUESTS),
            "renders": _whole(_MOST),
            "seconds": _whole(_MOST),
            "days": _whole(366),
            "at_once": _whole(100),
            "is_public": {"type": "boolean"},
        },
        "required": ["name", "renders"],
        "additionalProperties": False,
    },
    {"name": "Workshop", "guests": 12, "renders": 20, "days": 7},
)


@router.get("/me", responses=_ANY)
async def retrieve_standing(visit: Visitor) -> Response:
    """How things stand with your key: open, spent, paused or ended and why, until when, and what is left."""

    def look(tx: Transaction, grant: Grant, now: float) -> dict[str, object]:
        found = outlook(tx, grant, datetime.fromtimestamp(now, UTC))
        used = keys.used(tx, grant.party, minute_began=now, day_began=now)
        limits = slowed(grant.limits) if found.level >= Level.THROTTLE else grant.limits
        return _standing(grant, found) | {"in_flight": used.in_flight, "at_once": limits.jobs_in_flight}

    return wire.answer(await visit.read("video.read", look))


@router.post("/passes", responses=_ANY, openapi_extra=_BODY)
async def mint_passes(request: Request, visit: Visitor) -> Response:
    """Mint passes out of your own access, one key for each guest; the keys are shown this once.

    ``renders`` and ``seconds`` are for each guest in all (seconds default to ten a render), ``days`` until they end.
    A pass ends with the key that minted it, or that replaced this one; ``ends_at`` says when, as things stand.
    With ``is_public`` the pass may stand behind a page that anybody opens: ``vitascope demo`` makes one.
    """
    await visit.enter("video.create", Use.GUEST_INVITE)
    values = await json_object(request)
    for name in sorted(values.keys() - set(_FIELDS)):
        raise UnknownFieldError(f"There is no field `{name[:60]}`. There are: {', '.join(_FIELDS)}.", param=name[:60])
    guests = fields.whole(values, "guests", least=1, most=passes.MOST_GUESTS) or 1

    def mint(tx: Transaction, grant: Grant, now: float) -> list[dict[str, object]]:
        moment = datetime.fromtimestamp(now, UTC)
        wanted = replace(_wanted(values, moment), by_key=grant.key)
        parent = standing.of(tx, grant.key) or ""
        secrets, log = visit.desk.secrets, visit.desk.log
        made = [passes.mint(tx, log, grant.party, parent, wanted, secrets=secrets, now=moment) for _ in range(guests)]
        return [_minted(one, key, wanted, passes.ending(tx, one, grant.key)) for one, key in made]

    return wire.answer({"object": "list", "data": await visit.write("video.create", mint, Use.GUEST_INVITE)})


@router.get("/passes", responses=_ANY)
async def list_passes(visit: Visitor) -> Response:
    """The passes you gave that have not ended, each with what was used of it; never their keys."""
    found = await visit.read(
        "video.read", lambda tx, grant, now: passes.given(tx, grant.party, datetime.fromtimestamp(now, UTC))
    )
    return wire.answer({"object": "list", "data": [_given(one) for one in found]})


@router.delete("/passes/{name}", responses=_ANY)
async def take_pass_back(name: str, visit: Visitor) -> Response:
    """End a pass you gave, at once; what its guest made stays the guest's."""
    if not (name.isascii() and name.isprintable() and 0 < len(name) <= LONGEST_ID):
        raise RecordNotFoundError("There is no pass of that id; GET /v1/programme/passes lists yours.")
    log = visit.desk.log
    await visit.write(
        "video.read",
        lambda tx, grant, now: passes.take_back(tx, log, grant.party, name, now=datetime.fromtimestamp(now, UTC)),
    )
    return wire.answer({"id": name, "object": "pass.deleted", "deleted": True})


def _wanted(values: Mapping[str, Value], now: datetime) -> Pass:
    renders = fields.whole(values, "renders", least=1, most=_MOST)
    if renders is None:
        raise MissingFieldError("`renders` is missing: say how many each guest may make.", param="renders")
    return Pass(
        name=fields.needed(fields.text(values, "name", most=80), "name").strip(),
        renders=renders,
        seconds=fields.whole(values, "seconds", least=1, most=_MOST) or 10 * renders,
        until=now + timedelta(days=fields.whole(values, "days", least=1, most=366) or 7),
        at_once=fields.whole(values, "at_once", least=1, most=100) or 4,
        is_public=bool(fields.flag(values, "is_public")),
    )


def _standing(grant: Grant, found: Outlook) -> dict[str, object]:
    permission = found.permission
    return {
        "object": "standing",
        "party": grant.party,
        "key": grant.key,
        "kind": found.kind.value,
        "state": found.state.value,
        "level": found.level.name.lower(),
        "explanation": found.explanation,
        "pause": {"reason": found.pause.reason, "until": int(found.pause.until.timestamp())} if found.pause else None,
        "permission": permission.id if permission else None,
        "ends_at": int(permission.valid_until.timestamp()) if permission else None,
        "budgets": [
            {
                "measure": budget.quota.measure.value,
                "per": budget.quota.per.value,
                "limit": budget.quota.limit,
                "used": budget.used,
                "left": budget.left,
            }
            for budget in found.budgets
        ],
    }


def _minted(permission: Permission, made: NewKey, wanted: Pass, ends: datetime) -> dict[str, object]:
    return {
        "id": permission.id,
        "object": "pass",
        "name": wanted.name,
        "key": made.credential,
        "is_public": wanted.is_public,
        "renders": wanted.renders,
        "seconds": wanted.seconds,
        "ends_at": int(ends.timestamp()),
    }


def _given(found: Given) -> dict[str, object]:
    limits = {quota.measure: quota.limit for quota in found.permission.quotas}
    return {
        "id": found.permission.id,
        "object": "pass",
        "name": found.name,
        "keys": list(found.keys),
        "is_public": found.is_public,
        "renders": limits.get(Measure.RENDERS),
        "renders_used": found.renders,
        "seconds": limits.get(Measure.SECONDS),
        "seconds_used": found.seconds,
        "ends_at": int(found.until.timestamp()),
    }
