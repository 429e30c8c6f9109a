"""Rights at the desk: your works and what you let others do, commissions, and the log's checkpoint and proofs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import PlainTextResponse, Response

from vitascope.errors import LogError, RecordNotFoundError
from vitascope.programme import release
from vitascope.refusals import UnknownFieldError
from vitascope.rights.consent import repository, works
from vitascope.rights.consent.repository import OptInWork
from vitascope.rights.log import Log
from vitascope.rights.owners import book
from vitascope.rights.owners import repository as owners
from vitascope.rights.owners.repository import Given
from vitascope.rights.style import style_of
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.brackets import Value
from vitascope.server.desk import Desk, Visit, Visitor
from vitascope.server.forms import json_object
from vitascope.server.openapi import answers, json_body
from vitascope.server.placing import LONGEST_ID
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/rights", tags=["rights"])

_SCOPE = "video.read"  # deciding about one's own things is open under every key
_LONGEST_DAYS = 7_000
_ANY = answers(dict[str, Any])
_USES = {"type": "array", "items": {"type": "string", "enum": list(works.USES)}, "minItems": 1}


def _body(needed: list[str], example: Mapping[str, object], **properties: object) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
    return json_body(schema, example)


@router.get("/works", responses=_ANY)
async def list_works(visit: Visitor) -> Response:
    """Your works, what their files say about training, and what each is granted for now."""
    told = await visit.read(
        _SCOPE,
        lambda tx, grant, now: [_work(tx, work, _moment(now)) for work in repository.works(tx, owner=grant.party)],
    )
    return wire.answer({"object": "list", "data": told})


@router.post(
    "/works/{name}/grant",
    responses=_ANY,
    openapi_extra=_body(
        ["uses"],
        {"uses": ["train"], "days": 730},
        uses=_USES,
        days={"type": "integer", "minimum": 1, "maximum": _LONGEST_DAYS},
        overrides_signals={"type": "boolean"},
    ),
)
async def grant_work(name: str, request: Request, visit: Visitor) -> Response:
    """Let the programme use a work of yours; each use stands by itself and is withdrawn by itself."""
    values = await _values(request, visit, "uses", "days", "overrides_signals")
    uses, days = _uses(values), fields.whole(values, "days", least=1, most=_LONGEST_DAYS) or 730
    overrides = fields.flag(values, "overrides_signals") or False

    def granted(tx: Transaction, owner: str, now: datetime) -> dict[str, object]:
        wish = works.Consent(
            work=_checked(name), uses=uses, until=now + timedelta(days=days), overrides_signals=overrides
        )
        works.grant(tx, visit.desk.log, owner, wish, now=now)
        return _work(tx, works.require(tx, name, owner), now)

    return wire.answer(await visit.write(_SCOPE, lambda tx, grant, now: granted(tx, grant.party, _moment(now))))


@router.post("/works/{name}/withdraw", responses=_ANY, openapi_extra=_body(["uses"], {"uses": ["train"]}, uses=_USES))
async def withdraw_work(name: str, request: Request, visit: Visitor) -> Response:
    """Take uses of a work of yours back; the answer names the models that learned from it."""
    uses = _uses(await _values(request, visit, "uses"))

    def withdrawn(tx: Transaction, owner: str, now: datetime) -> dict[str, object]:
        works.withdraw(tx, visit.desk.log, owner, _checked(name), uses, now=now)
        saw = repository.models(tx, repository.snapshots_with(tx, name))
        models = [{"name": model.name, "weights_sha256": model.weights_sha256} for model in saw]
        return {**_work(tx, works.require(tx, name, owner), now), "models_that_learned_from_it": models}

    return wire.answer(await visit.write(_SCOPE, lambda tx, grant, now: withdrawn(tx, grant.party, _moment(now))))


@router.get("/permissions", responses=_ANY)
async def list_permissions(visit: Visitor) -> Response:
    """Everything you ever let others do, and what you are asked for."""
    told = await visit.read(_SCOPE, lambda tx, grant, _now: [_given(one) for one in owners.by(tx, grant.party)])
    return wire.answer({"object": "list", "data": told})


@router.post("/permissions/{name}/accept", responses=_ANY)
async def accept_permission(name: str, visit: Visitor) -> Response:
    """Say yes to what you are asked for; what is paid for it is yours in the same breath."""
    given = await visit.write(
        _SCOPE,
        lambda tx, grant, now: release.accept_promotion(
            tx, visit.desk.log, grant.party, _checked(name), now=_moment(now)
        ),
    )
    return wire.answer(_given(given))


@router.post("/permissions/{name}/decline", responses=_ANY)
async def decline_permission(name: str, visit: Visitor) -> Response:
    """Say no; nothing else changes for you."""
    given = await visit.write(
        _SCOPE,
        lambda tx, grant, now: release.decline_promotion(
            tx, visit.desk.log, grant.party, _checked(name), now=_moment(now)
        ),
    )
    return wire.answer(_given(given))


@router.post("/permissions/{name}/withdraw", responses=_ANY)
async def withdraw_permission(name: str, visit: Visitor) -> Response:
    """Take back what you gave, from now on."""
    given = await visit.write(
        _SCOPE,
        lambda tx, grant, now: book.withdraw(tx, visit.desk.log, _checked(name), grant.party, now=_moment(now)),
    )
    return wire.answer(_given(given))


@router.post(
    "/commissions",
    responses=_ANY,
    openapi_extra=_body(
        ["artist", "brief"],
        {"artist": "party_1", "brief": "Ten seconds of rain"},
        artist={"type": "string", "maxLength": LONGEST_ID},
        brief={"type": "string", "minLength": 1, "maxLength": 2_000},
        days={"type": "integer", "minimum": 1, "maximum": 365},
    ),
)
async def ask_commission(request: Request, visit: Visitor) -> Response:
    """Ask an artist for a commission in their manner; nothing is allowed until they say yes."""
    values = await _values(request, visit, "artist", "brief", "days")
    artist = _checked(fields.needed(fields.text(values, "artist", most=LONGEST_ID), "artist"))
    brief = fields.needed(fields.text(values, "brief", most=2_000), "brief")
    days = fields.whole(values, "days", least=1, most=365) or 90

    def asked(tx: Transaction, by: str, now: datetime) -> Given:
        wish = book.Wish(
            owner=artist,
            grantee=by,
            thing=style_of(artist),
            uses=frozenset({Use.STYLE_USE}),
            until=now + timedelta(days=days),
            restrictions=brief,
        )
        return book.ask(tx, visit.desk.log, wish, by=by, now=now)

    given = await visit.write(_SCOPE, lambda tx, grant, now: asked(tx, grant.party, _moment(now)))
    return wire.answer(_given(given))


@router.get("/log/checkpoint", responses=answers(None, media_type="text/plain"))
async def retrieve_checkpoint(visit: Visitor) -> Response:
    """The log's signed checkpoint (C2SP tlog-checkpoint); keep it, and ask later whether the log continues it."""
    await visit.enter(_SCOPE)
    log = _log(visit.desk)
    return PlainTextResponse(await visit.desk.aside(lambda: log.note))


@router.get("/log/consistency", responses=_ANY)
async def retrieve_consistency(
    visit: Visitor,
    old: Annotated[int, Query(ge=0, le=2**53)],
    new: Annotated[int, Query(ge=0, le=2**53)],
) -> Response:
    """The proof that the log of size ``new`` begins with the one of size ``old`` (RFC 6962, 2.1.2)."""
    await visit.enter(_SCOPE)
    log = _log(visit.desk)
    try:
        proof = await visit.desk.aside(lambda: log.prove_consistency(old, new))
    except LogError as error:
        raise RecordNotFoundError(str(error)) from error
    return wire.answer({"object": "log.consistency", "old": old, "new": new, "proof": [step.hex() for step in proof]})


def _log(desk: Desk) -> Log:
    if not isinstance(desk.log, Log):
        raise LogError("This desk was opened without a log of its own; ask the one that keeps it.")
    return desk.log


async def _values(request: Request, visit: Visit, *known: str) -> Mapping[str, Value]:
    await visit.enter(_SCOPE)
    values = await json_object(request)
    for name in sorted(values.keys() - set(known)):
        raise UnknownFieldError(f"There is no field `{name[:60]}`. There are: {', '.join(known)}.", param=name[:60])
    return values


def _uses(values: Mapping[str, Value]) -> frozenset[Use]:
    """The uses named; one that is no use of a work is told by ``works.grant``, as no use at all."""
    told = fields.several(values, "uses") or []
    named = {use for use in works.USES if use.value in told}
    return frozenset(named) if len(named) == len(told) else frozenset()


def _checked(name: str) -> str:
    if not (name.isascii() and name.isprintable() and 0 < len(name) <= LONGEST_ID):
        raise RecordNotFoundError("There is nothing of that id; list what there is and copy the id.")
    return name


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC)


def _work(tx: Transaction, work: OptInWork, now: datetime) -> dict[str, object]:
    return {
        "id": work.id,
        "object": "work",
        "title": work.title,
        "credited_as": work.credit or None,
        "sha256": work.sha256,
        "signals": [{"form": s.form, "verdict": s.verdict.value, "raw": s.raw} for s in work.signals],
        "granted": sorted(use.value for use in works.uses_of(tx, work.id, now)),
        "taken_away": work.removed is not None,
    }


def _given(given: Given) -> dict[str, object]:
    permission = given.permission
    return {
        "id": permission.id,
        "object": "permission",
        "on": permission.object,
        "for": permission.grantee,
        "uses": sorted(use.value for use in permission.uses),
        "state": permission.state.value,
        "until": int(permission.valid_until.timestamp()),
        "licence": given.licence or None,
        "restrictions": given.restrictions or None,
    }
