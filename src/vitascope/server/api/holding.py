"""What stewards do about pauses and leaked keys, and where scanners of published code say that they found one."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from vitascope.errors import AlertError
from vitascope.programme.access import holds, watch
from vitascope.programme.access import repository as access
from vitascope.programme.access.holds import Pause
from vitascope.programme.actor import Actor, require
from vitascope.programme.leaks.alerts import known_scanners, read_alerts
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.api.membership import hold_of
from vitascope.server.calls import ANY, ID, LINE, OPEN, acted, asked, body, checked, moment, seen
from vitascope.server.desk import AtDesk, Visit, Visitor
from vitascope.settings import settings
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["holds"])

_LEVELS = tuple(level.name.lower() for level in Level if level is not Level.NONE)
_LARGEST_ALERT = 1 << 20


@router.get("/holds/all", responses=ANY)
async def list_every_hold(visit: Visitor) -> Response:
    """Every pause there ever was, newest first; for stewards."""

    def look(tx: Transaction, actor: Actor, now: datetime) -> list[dict[str, object]]:
        require(actor, Use.HOLD_PLACE)
        return [_whole(one, now) for one in access.all_holds(tx)]

    return wire.answer({"object": "list", "data": await seen(visit, look)})


@router.post(
    "/holds",
    responses=ANY,
    openapi_extra=body(
        ["reach", "level", "reason"],
        {"reach": "key", "target": "k3yk3yk3", "level": "throttle", "reason": "It was posted in a forum.", "hours": 24},
        reach={"type": "string", "enum": [reach.value for reach in Reach]},
        target=ID,
        level={"type": "string", "enum": list(_LEVELS)},
        reason=LINE,
        hours={"type": "integer", "minimum": 1, "maximum": holds.LONGEST_HOURS},
        evidence=LINE,
    ),
)
async def place_hold(request: Request, visit: Visitor) -> Response:
    """Place a pause. For a cohort, a feature or all at no_create and above it waits for a second steward."""
    values = await asked(request, visit, "reach", "target", "level", "reason", "hours", "evidence")
    reach = fields.needed(fields.choice(values, "reach", tuple(one.value for one in Reach)), "reach")
    level = fields.needed(fields.choice(values, "level", _LEVELS), "level")
    pause = Pause(
        selector=Selector(reach=Reach(reach), id=fields.text(values, "target", most=100) or ""),
        level=Level[level.upper()],
        reason=fields.needed(fields.text(values, "reason", most=200), "reason"),
        lasts=holds.lasting(fields.whole(values, "hours", least=1, most=holds.LONGEST_HOURS) or 24),
        evidence=fields.text(values, "evidence", most=200) or "",
    )
    return await _changed(visit, lambda tx, actor, now: holds.place(tx, visit.desk.log, actor, pause, now=now))


@router.post("/holds/{name}/agree", responses=ANY)
async def agree_to_hold(name: str, visit: Visitor) -> Response:
    """The second steward's yes to a wide pause."""
    return await _changed(visit, lambda tx, actor, now: holds.agree(tx, visit.desk.log, actor, checked(name), now=now))


@router.post("/holds/{name}/lift", responses=ANY)
async def lift_hold(name: str, visit: Visitor) -> Response:
    """End a pause early."""
    return await _changed(visit, lambda tx, actor, now: holds.lift(tx, visit.desk.log, actor, checked(name), now=now))


@router.post("/holds/{name}/renew", responses=ANY, openapi_extra=body(["reason"], {"reason": "..."}, reason=LINE))
async def renew_hold(name: str, request: Request, visit: Visitor) -> Response:
    """A new pause on the same, for a new reason; a wide one waits for a second steward again."""
    values = await asked(request, visit, "reason")
    reason = fields.needed(fields.text(values, "reason", most=200), "reason")
    return await _changed(
        visit, lambda tx, actor, now: holds.renew(tx, visit.desk.log, actor, checked(name), reason=reason, now=now)
    )


@router.post(
    "/holds/{name}/answer",
    responses=ANY,
    openapi_extra=body(["is_upheld"], {"is_upheld": False}, is_upheld={"type": "boolean"}),
)
async def answer_appeal(name: str, request: Request, visit: Visitor) -> Response:
    """Answer an appeal, as somebody who had no part in the pause."""
    is_upheld = fields.flag(await asked(request, visit, "is_upheld"), "is_upheld") or False
    return await _changed(
        visit,
        lambda tx, actor, now: holds.answer(tx, visit.desk.log, actor, checked(name), is_upheld=is_upheld, now=now),
    )


@router.post("/canaries", responses=ANY, openapi_extra=body(["key"], {"key": "k3yk3yk3"}, key=ID))
async def plant_canary(request: Request, visit: Visitor) -> Response:
    """Make a key a canary: put it where nobody should look, and whoever uses it is held and told."""
    key = checked(fields.needed(fields.text(await asked(request, visit, "key"), "key", most=100), "key"))

    def planted(tx: Transaction, actor: Actor, now: datetime) -> None:
        require(actor, Use.HOLD_PLACE)
        watch.plant(tx, visit.desk.log, key, by=actor.party, now=now)

    await acted(visit, planted)
    return wire.answer({"id": key, "object": "canary"})


@router.post(
    "/secret-alerts",
    responses=ANY,
    openapi_extra=OPEN
    | {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "array", "maxItems": 1_000, "items": {"type": "object"}},
                    "example": [{"token": "vs_...", "type": "vitascope", "url": "https://...", "source": "commit"}],
                }
            },
        }
    },
)
async def take_alerts(request: Request, desk: AtDesk) -> Response:
    """Where a secret scanner reports keys it found published (GitHub's partner form); the signature is checked first.

    A key that was found makes nothing more until a person has looked, and its owner is told at once.
    """
    try:
        raw = await request.body()
    except ClientDisconnect as error:
        raise AlertError("The alert ended before it was whole; send it again.") from error
    if len(raw) > _LARGEST_ALERT:
        raise AlertError(f"The alert has {len(raw)} bytes, {_LARGEST_ALERT} are taken; send it in parts.")
    known = await desk.aside(lambda: known_scanners(_scanners()))
    alerts = read_alerts(
        raw,
        signed_by=request.headers.get("github-public-key-identifier", ""),
        signature=request.headers.get("github-public-key-signature", ""),
        known=known,
    )
    held = await desk.transact(lambda tx, now: watch.take_alerts(tx, desk.log, alerts, now=moment(now)))
    told = [{"key": one.key, "source": one.source} for one in alerts]
    return wire.answer({"object": "list", "data": told, "held": len(held)})


def _scanners() -> Path:
    """The scanner's public keys, saved by the operator: the house asks no other machine for them."""
    return settings().home / "secret-scanners.json"


async def _changed(visit: Visit, work: Callable[[Transaction, Actor, datetime], Hold]) -> Response:
    return wire.answer(await acted(visit, lambda tx, actor, now: _whole(work(tx, actor, now), now)))


def _whole(hold: Hold, now: datetime) -> dict[str, object]:
    """A pause as stewards see it."""
    people = {"placed_by": hold.placed_by, "second": hold.second, "lifted_by": hold.lifted_by}
    return hold_of(hold, now) | people | {"evidence": hold.evidence}
