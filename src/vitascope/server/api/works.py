"""Works that people put in: what their files say, what their owner grants and withdraws, use by use."""

import mimetypes
from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.refusals import MissingFieldError
from vitascope.rights.consent import repository, works
from vitascope.rights.consent.repository import OptInWork
from vitascope.rights.consent.signals import (
    LONGEST_HEADERS,
    LONGEST_PAGE,
    LONGEST_PATH,
    LONGEST_TDMREP,
    Source,
)
from vitascope.rights.uses import Use
from vitascope.server import displayed, fields, wire
from vitascope.server.brackets import Value
from vitascope.server.calls import ANY, OPEN, SCOPE, asked, body, checked, moment
from vitascope.server.carried import that_saw
from vitascope.server.desk import AtDesk, Visitor
from vitascope.server.forms import Form, opened
from vitascope.server.openapi import answers, form_body
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/rights", tags=["works"])

SAW = "models_that_learned_from_it"
_LONGEST_DAYS = 7_000
_MOST_SHOWN = 20
_USES = {"type": "array", "items": {"type": "string", "enum": list(works.USES)}, "minItems": 1}
_UPLOAD = {
    "file": {"type": "string", "format": "binary"},
    "title": {"type": "string", "minLength": 1, "maxLength": 200},
    "is_mine": {"type": "boolean"},
    "credit": {"type": "string", "maxLength": 200},
    "shows": {"type": "string", "maxLength": 500, "description": "What it shows, by commas: cat, balloon."},
    "source_page": {
        "type": "string",
        "maxLength": LONGEST_PAGE,
        "description": "HTML of the page it is on. Nothing is fetched.",
    },
    "source_headers": {
        "type": "string",
        "maxLength": LONGEST_HEADERS,
        "description": "Headers it was served with, one `Name: value` to a line.",
    },
    "source_tdmrep": {
        "type": "string",
        "maxLength": LONGEST_TDMREP,
        "description": "The site's /.well-known/tdmrep.json.",
    },
    "source_path": {
        "type": "string",
        "maxLength": LONGEST_PATH,
        "description": "Its path on that site, for tdmrep.json; without it every rule in there counts.",
    },
}


@router.post("/works", responses=ANY, openapi_extra=form_body(_UPLOAD, ["file", "title", "is_mine"]))
async def put_work_in(request: Request, visit: Visitor) -> Response:
    """Put a work of yours in. It allows nothing by itself; what its file and its source say about training is shown."""
    await visit.enter(SCOPE)
    async with opened(request) as form:
        upload = await _upload(form)

    def put(tx: Transaction, owner: str, now: datetime) -> dict[str, object]:
        work = works.put_in(tx, visit.desk.log, owner, upload, now=now)
        visit.desk.blobs.put(work.path, upload.content, media_type=upload.media_type)
        return _work(tx, work, now)

    return wire.answer(await visit.write(SCOPE, lambda tx, grant, now: put(tx, grant.party, moment(now))))


@router.delete("/works/{name}", responses=ANY)
async def take_work_away(name: str, visit: Visitor) -> Response:
    """Withdraw every use of a work of yours and take its file away; the models that learned from it are named."""

    def away(tx: Transaction, owner: str, now: datetime) -> tuple[OptInWork, list[dict[str, str]]]:
        return works.take_away(tx, visit.desk.log, owner, checked(name), now=now), that_saw(tx, {name}, now)

    work, saw = await visit.write(SCOPE, lambda tx, grant, now: away(tx, grant.party, moment(now)))
    await visit.desk.aside(lambda: displayed.remove(visit.desk, work))
    return wire.answer({"id": name, "object": "work.deleted", "deleted": True, SAW: saw})


@router.get("/works", responses=ANY)
async def list_works(visit: Visitor) -> Response:
    """Your works, what their files say about training, and what each is granted for now."""
    told = await visit.read(
        SCOPE,
        lambda tx, grant, now: [_work(tx, work, moment(now)) for work in repository.works(tx, owner=grant.party)],
    )
    return wire.answer({"object": "list", "data": told})


@router.get("/works/{name}/picture", responses=answers(None, 422, media_type="image/webp"), openapi_extra=OPEN)
async def retrieve_picture(name: str, desk: AtDesk) -> Response:
    """A small picture of a work whose owner granted its display: a WebP, of an SVG the drawing itself."""
    work = await desk.look(lambda tx, now: displayed.displayed(tx, checked(name), now))
    content, kind = await displayed.picture(desk, work)
    return Response(content, media_type=kind)


@router.post(
    "/works/{name}/grant",
    responses=ANY,
    openapi_extra=body(
        ["uses"],
        {"uses": ["train"], "days": 730},
        uses=_USES,
        days={"type": "integer", "minimum": 1, "maximum": _LONGEST_DAYS},
        overrides_signals={"type": "boolean"},
    ),
)
async def grant_work(name: str, request: Request, visit: Visitor) -> Response:
    """Let the programme use a work of yours; each use stands by itself and is withdrawn by itself."""
    values = await asked(request, visit, "uses", "days", "overrides_signals")
    uses, days = _uses(values), fields.whole(values, "days", least=1, most=_LONGEST_DAYS) or 730
    overrides = fields.flag(values, "overrides_signals") or False

    def granted(tx: Transaction, owner: str, now: datetime) -> dict[str, object]:
        wish = works.Consent(
            work=checked(name), uses=uses, until=now + timedelta(days=days), overrides_signals=overrides
        )
        works.grant(tx, visit.desk.log, owner, wish, now=now)
        return _work(tx, works.require(tx, name, owner), now)

    return wire.answer(await visit.write(SCOPE, lambda tx, grant, now: granted(tx, grant.party, moment(now))))


@router.post("/works/{name}/withdraw", responses=ANY, openapi_extra=body(["uses"], {"uses": ["train"]}, uses=_USES))
async def withdraw_work(name: str, request: Request, visit: Visitor) -> Response:
    """Take uses of a work of yours back; the answer names the models that learned from it by one of them."""
    uses = _uses(await asked(request, visit, "uses"))

    def withdrawn(tx: Transaction, owner: str, now: datetime) -> dict[str, object]:
        works.withdraw(tx, visit.desk.log, owner, checked(name), uses, now=now)
        return {**_work(tx, works.require(tx, name, owner), now), SAW: that_saw(tx, {name}, now, uses)}

    return wire.answer(await visit.write(SCOPE, lambda tx, grant, now: withdrawn(tx, grant.party, moment(now))))


def _uses(values: Mapping[str, Value]) -> frozenset[Use]:
    """The uses named; one that is no use of a work is told by ``works.grant``, as no use at all."""
    told = fields.several(values, "uses") or []
    named = {use for use in works.USES if use.value in told}
    return frozenset(named) if len(named) == len(told) else frozenset()


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
        "picture": displayed.address(work.id) if displayed.may_be_shown(tx, work, now) else None,
    }


async def _upload(form: Form) -> works.Upload:
    if "file" not in form.files:
        raise MissingFieldError("`file` is missing. Send the work itself, as a file.", param="file")
    file = form.files["file"]
    kind = mimetypes.guess_type(file.filename or "")[0] or (file.content_type or "").partition(";")[0]
    shows = (fields.text(form.values, "shows", most=500, least=0) or "").split(",")
    return works.Upload(
        title=fields.needed(fields.text(form.values, "title", most=200), "title"),
        content=await file.read(),
        media_type=kind,
        credit=fields.text(form.values, "credit", most=200, least=0) or "",
        concepts=tuple(one.strip() for one in shows[:_MOST_SHOWN] if one.strip()),
        is_mine=fields.flag(form.values, "is_mine") or False,
        source=_source(form),
    )


def _source(form: Form) -> Source:
    def told(name: str, most: int) -> str:
        return fields.text(form.values, name, most=most, least=0) or ""

    return Source(
        page=told("source_page", LONGEST_PAGE),
        headers=told("source_headers", LONGEST_HEADERS),
        tdmrep=told("source_tdmrep", LONGEST_TDMREP),
        path=told("source_path", LONGEST_PATH),
    )
