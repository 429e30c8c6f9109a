"""The corpus over HTTP: snapshots, what a model learned from, who is left out, which models a withdrawal touches."""

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from vitascope.errors import RecordNotFoundError
from vitascope.programme.access import holds
from vitascope.programme.actor import Actor, require
from vitascope.refusals import FieldError
from vitascope.rights.consent import croissant, repository, snapshots, works
from vitascope.rights.consent.repository import LearnedModel, Snapshot
from vitascope.rights.register import register_in_use
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.api.works import SAW
from vitascope.server.calls import ANY, LINE, OPEN, acted, asked, body, checked
from vitascope.server.carried import carried, named, that_saw
from vitascope.server.desk import AtDesk, Visitor
from vitascope.server.openapi import answers
from vitascope.settings import settings
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/rights", tags=["corpus"])

_SHA256 = {"type": "string", "minLength": 64, "maxLength": 64}


@router.get("/snapshots", responses=ANY, openapi_extra=OPEN)
async def list_snapshots(desk: AtDesk) -> Response:
    """Every snapshot, what its works may be used for, and its leaf in the log; oldest first."""
    found = await desk.look(lambda tx, _now: [_snapshot(one, count) for one, count in repository.snapshots(tx)])
    return wire.answer({"object": "list", "data": found})


@router.post(
    "/snapshots",
    responses=ANY,
    openapi_extra=body(
        [], {"use": "train"}, use={"type": "string", "enum": list(works.USES), "default": Use.TRAIN.value}
    ),
)
async def take_snapshot(request: Request, visit: Visitor) -> Response:
    """Take a snapshot of the works that may be used so now; for stewards. `consent snapshot` writes the files."""
    values = await asked(request, visit, "use")
    use = Use(fields.choice(values, "use", tuple(works.USES)) or Use.TRAIN)

    def taken(tx: Transaction, actor: Actor, now: datetime) -> dict[str, object]:
        require(actor, Use.CORPUS_RECORD)
        holds.require_unheld(tx, use, now=now)
        base = register_in_use(settings().home)
        snapshot, register = snapshots.take(tx, visit.desk.log, base, by=actor.party, now=now, use=use)
        return _snapshot(snapshot, len(register.works))

    return wire.answer(await acted(visit, taken))


@router.get("/snapshots/{name}/works", responses=answers(None, media_type="text/csv"), openapi_extra=OPEN)
async def retrieve_snapshot_works(name: str, desk: AtDesk) -> Response:
    """The works of a snapshot (CSV), as they are described today."""

    def look(tx: Transaction, _now: datetime) -> str:
        snapshot = repository.find_snapshot(tx, checked(name))
        if snapshot is None:
            raise RecordNotFoundError("There is no snapshot of that id; GET /v1/rights/snapshots lists them.")
        return croissant.works_table(snapshots.register_of(tx, register_in_use(settings().home), snapshot))

    return PlainTextResponse(await desk.look(look), media_type="text/csv")


@router.post(
    "/models",
    responses=ANY,
    openapi_extra=body(
        ["name", "weights_sha256", "snapshot"],
        {"name": "ours", "weights_sha256": "0" * 64, "snapshot": "0" * 64},
        name=LINE,
        weights_sha256=_SHA256,
        snapshot=_SHA256,
    ),
)
async def record_model(request: Request, visit: Visitor) -> Response:
    """Record which snapshot a model learned from, so that a withdrawal finds it; for stewards."""
    values = await asked(request, visit, "name", "weights_sha256", "snapshot")
    name = fields.needed(fields.text(values, "name", most=200), "name")
    weights, taken = (
        _digest(fields.needed(fields.text(values, field, most=64), field), field)
        for field in ("weights_sha256", "snapshot")
    )

    def record(tx: Transaction, actor: Actor, now: datetime) -> LearnedModel:
        require(actor, Use.CORPUS_RECORD)
        told = LearnedModel(name=name, weights_sha256=weights, snapshot=taken, at=now)
        return snapshots.learned(tx, visit.desk.log, told, by=actor.party)

    made = await acted(visit, record)
    return wire.answer({"object": "model.record", "snapshot": made.snapshot, **named([made])[0]})


@router.get("/models/affected", responses=ANY, openapi_extra=OPEN)
async def list_affected(desk: AtDesk) -> Response:
    """Every model that learned from works which may not be learned from any more, with those works."""

    def look(tx: Transaction, now: datetime) -> list[dict[str, object]]:
        found = snapshots.affected(tx, register_in_use(settings().home), now, carried(tx, now))
        return [{**named([each.model])[0], "works": list(each.works)} for each in found]

    return wire.answer({"object": "list", "data": await desk.look(look)})


@router.post("/opt_outs", responses=ANY, openapi_extra=body(["name"], {"name": "Ana Lima"}, name=LINE))
async def leave_out(request: Request, visit: Visitor) -> Response:
    """Leave a registered work, or all of an author's, out of every snapshot from now on; for stewards.

    Whose wish it is they have asked by other means: an author in the register need not be a member.
    """
    name = fields.needed(fields.text(await asked(request, visit, "name"), "name", most=200), "name")

    def left(tx: Transaction, actor: Actor, now: datetime) -> list[dict[str, str]]:
        require(actor, Use.CORPUS_RECORD)
        works.leave_out(tx, visit.desk.log, name, by=actor.party, now=now)
        return that_saw(tx, snapshots.works_called(register_in_use(settings().home), name), now)

    return wire.answer({"object": "opt_out", "name": name.strip(), SAW: await acted(visit, left)})


def _snapshot(snapshot: Snapshot, num_works: int) -> dict[str, object]:
    return {
        "id": snapshot.id,
        "object": "snapshot",
        "use": snapshot.use.value,
        "taken_at": int(snapshot.at.timestamp()),
        "leaf": snapshot.leaf,
        "works": num_works,
    }


def _digest(told: str, field: str) -> str:
    if len(told) != 64 or set(told) - set("0123456789abcdef"):
        raise FieldError(f"`{field}` is a sha256: 64 digits of 0-9 and a-f.", param=field)
    return told
