"""The programme at the desk: reports, votes, rates, statements, releases; what a member does with a key."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.errors import RecordNotFoundError
from vitascope.orders import Grant
from vitascope.programme import aggregates, release
from vitascope.programme.access import repository as access
from vitascope.programme.actor import Actor, actor_of
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.money import rates
from vitascope.programme.money.statement import as_document, statement
from vitascope.programme.voice import book
from vitascope.programme.voice import repository as voice
from vitascope.programme.voice.contribution import Contribution, Kind
from vitascope.programme.voice.proposal import Proposal
from vitascope.refusals import FieldError, UnknownFieldError
from vitascope.rights.party import Credit
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.brackets import Value
from vitascope.server.desk import Visit, Visitor
from vitascope.server.forms import json_object
from vitascope.server.openapi import answers, json_body
from vitascope.server.placing import LONGEST_ID
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["programme"])
T = TypeVar("T")

_SCOPE = "video.read"  # reporting, voting and reading one's own statement are open under every key
_TEXT = {"type": "string", "maxLength": 20_000}
_LINE = {"type": "string", "minLength": 1, "maxLength": 200}
_ANY = answers(dict[str, Any])


def _body(needed: list[str], example: Mapping[str, object], **properties: object) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
    return json_body(schema, example)


@router.get("/contributions", responses=_ANY)
async def list_contributions(visit: Visitor) -> Response:
    """Every public contribution, oldest first, with each step and its time, whatever was decided about it."""
    found = await visit.read(_SCOPE, lambda tx, _grant, _now: voice.public(tx))
    return wire.answer({"object": "list", "data": [_contribution(one) for one in found]})


@router.post(
    "/contributions",
    responses=_ANY,
    openapi_extra=_body(
        ["kind", "title"],
        {"kind": "bug", "title": "The parrot has two heads", "about": "video_1"},
        kind={"type": "string", "enum": list(Kind)},
        title=_LINE,
        body=_TEXT,
        about={"type": "string", "maxLength": LONGEST_ID},
        credit={"type": "string", "enum": list(Credit)},
        credited_as=_LINE,
        is_public={"type": "boolean"},
    ),
)
async def submit_contribution(request: Request, visit: Visitor) -> Response:
    """Send in a report or feedback; about a render of yours, what makes it again goes along."""
    values = await _values(request, visit, "kind", "title", "body", "about", "credit", "credited_as", "is_public")
    kind = fields.needed(fields.choice(values, "kind", tuple(Kind)), "kind")
    is_public = fields.flag(values, "is_public")
    draft = book.Draft(
        kind=Kind(kind),
        title=fields.needed(fields.text(values, "title", most=200), "title"),
        body=fields.text(values, "body", most=20_000, least=0) or "",
        about=fields.text(values, "about", most=LONGEST_ID, least=0) or "",
        credit=Credit(fields.choice(values, "credit", tuple(Credit)) or Credit.NONE),
        credited_as=fields.text(values, "credited_as", most=200, least=0) or "",
        is_public=True if is_public is None else is_public,
    )
    made = await _write(visit, lambda tx, actor, now: book.submit(tx, visit.desk.log, actor, draft, now=now))
    return wire.answer(_contribution(made))


@router.get("/contributions/{name}", responses=_ANY)
async def retrieve_contribution(name: str, visit: Visitor) -> Response:
    """One contribution: a public one, or one of yours."""
    found = await visit.read(_SCOPE, lambda tx, grant, _now: book.readable(tx, _actor(grant), _checked(name)))
    return wire.answer(_contribution(found))


@router.post(
    "/contributions/{name}/dispute", responses=_ANY, openapi_extra=_body(["reason"], {"reason": "..."}, reason=_LINE)
)
async def dispute_contribution(name: str, request: Request, visit: Visitor) -> Response:
    """Object to what was decided about yours; somebody new decides."""
    values = await _values(request, visit, "reason")
    reason = fields.needed(fields.text(values, "reason", most=200), "reason")
    found = await _write(
        visit, lambda tx, actor, now: book.dispute(tx, visit.desk.log, actor, _checked(name), reason=reason, now=now)
    )
    return wire.answer(_contribution(found))


@router.post("/contributions/{name}/gift", responses=_ANY)
async def give_contribution(name: str, visit: Visitor) -> Response:
    """Waive the money for one of yours."""
    found = await _write(
        visit, lambda tx, actor, now: book.settle_gift(tx, visit.desk.log, actor, _checked(name), now=now)
    )
    return wire.answer(_contribution(found))


@router.get("/changelog", responses=_ANY)
async def list_changes(visit: Visitor) -> Response:
    """Whose report changed what, each named as they wish."""
    lines = await visit.read(_SCOPE, lambda tx, _grant, _now: book.changelog(tx))
    return wire.answer({"object": "list", "data": list(lines)})


@router.get("/proposals", responses=_ANY)
async def list_proposals(visit: Visitor) -> Response:
    """Every proposal with its votes so far and the programme's answer."""
    told = await visit.read(_SCOPE, lambda tx, _grant, now: [_proposal(one, now) for one in voice.proposals(tx)])
    return wire.answer({"object": "list", "data": told})


@router.post(
    "/proposals",
    responses=_ANY,
    openapi_extra=_body(["title"], {"title": "Longer films"}, title=_LINE, body=_TEXT, days={"type": "integer"}),
)
async def make_proposal(request: Request, visit: Visitor) -> Response:
    """Put a change to the vote of all members, for 3 to 60 days."""
    values = await _values(request, visit, "title", "body", "days")
    title = fields.needed(fields.text(values, "title", most=200), "title")
    body = fields.text(values, "body", most=20_000, least=0) or ""
    days = timedelta(days=fields.whole(values, "days", least=3, most=60) or 14)
    made = await _write(
        visit,
        lambda tx, actor, now: _proposal(
            book.propose(tx, visit.desk.log, actor, title=title, body=body, now=now, closes=now + days),
            now.timestamp(),
        ),
    )
    return wire.answer(made)


@router.post(
    "/proposals/{name}/vote",
    responses=_ANY,
    openapi_extra=_body(["is_for"], {"is_for": True}, is_for={"type": "boolean"}),
)
async def cast_vote(name: str, request: Request, visit: Visitor) -> Response:
    """Vote, or change your vote; the log says that you voted, not how."""
    is_for = fields.flag(await _values(request, visit, "is_for"), "is_for")
    if is_for is None:
        raise FieldError("`is_for` is missing; send true or false.", param="is_for")
    told = await _write(
        visit,
        lambda tx, actor, now: _proposal(
            book.vote(tx, visit.desk.log, actor, _checked(name), is_for=is_for, now=now), now.timestamp()
        ),
    )
    return wire.answer(told)


@router.get("/rates", responses=_ANY)
async def retrieve_rates(visit: Visitor) -> Response:
    """The rate table in force."""
    told = await visit.read(_SCOPE, lambda tx, _grant, now: rates.in_force(tx, _moment(now)))
    return wire.answer({"object": "rate_table", "hash": told.hash, **told.document})


@router.get("/statement", responses=_ANY)
async def retrieve_statement(visit: Visitor) -> Response:
    """Everything the journal says about you."""
    return wire.answer(await visit.read(_SCOPE, lambda tx, grant, _now: as_document(statement(tx, grant.party))))


@router.get("/notices", responses=_ANY)
async def list_notices(visit: Visitor) -> Response:
    """What you were told about your keys and files, newest first."""
    found = await visit.read(_SCOPE, lambda tx, grant, _now: leaks.notices(tx, grant.party))
    data = [{"id": one.id, "at": one.at, "words": one.words, "answer": one.answer} for one in found]
    return wire.answer({"object": "list", "data": data})


@router.get("/aggregates", responses=_ANY)
async def retrieve_aggregates(visit: Visitor) -> Response:
    """The programme in numbers: pauses, answers, payments, consents."""
    return wire.answer(
        await visit.read(_SCOPE, lambda tx, _grant, now: aggregates.aggregates(tx, access.all_holds(tx), _moment(now)))
    )


@router.post(
    "/releases",
    responses=_ANY,
    openapi_extra=_body(
        ["video"],
        {"video": "video_1", "licence": "CC-BY-4.0"},
        video={"type": "string", "maxLength": LONGEST_ID},
        uses={"type": "array", "items": {"type": "string", "enum": list(release.USES)}},
        licence={"type": "string", "enum": list(release.LICENCES)},
    ),
)
async def publish_render(request: Request, visit: Visitor) -> Response:
    """Release a render of yours, from now on; nobody is asked."""
    values = await _values(request, visit, "video", "uses", "licence")
    told = fields.several(values, "uses")
    uses = [Use.VIDEO_READ, Use.VIDEO_DOWNLOAD] if told is None else [use for use in release.USES if use in told]
    wanted = release.Release(
        video=fields.needed(fields.text(values, "video", most=LONGEST_ID), "video"),
        uses=frozenset(uses) if told is None or len(uses) == len(told) else frozenset(),
        licence=fields.choice(values, "licence", release.LICENCES) or release.LICENCES[0],
    )

    def published(tx: Transaction, actor: Actor, now: datetime) -> dict[str, object]:
        live = (held.terms for held in access.permissions_of(tx, actor.party) if held.is_live(now))
        terms = [found for name in live if (found := access.find_terms(tx, name))]
        given = release.publish(tx, visit.desk.log, actor.party, wanted, terms=terms, now=now)
        return {
            "id": given.permission.id,
            "object": "release",
            "video": wanted.video,
            "uses": sorted(wanted.uses),
            "licence": given.licence,
        }

    return wire.answer(await _write(visit, published))


@router.delete("/releases/{video}", responses=_ANY)
async def unpublish_render(video: str, visit: Visitor) -> Response:
    """Take every release of a render of yours back."""
    await _write(
        visit, lambda tx, actor, now: release.unpublish(tx, visit.desk.log, actor.party, _checked(video), now=now)
    )
    return wire.answer({"id": video, "object": "release.deleted", "deleted": True})


async def _write(visit: Visit, work: Callable[[Transaction, Actor, datetime], T]) -> T:
    return await visit.write(_SCOPE, lambda tx, grant, now: work(tx, _actor(grant), _moment(now)))


async def _values(request: Request, visit: Visit, *known: str) -> Mapping[str, Value]:
    await visit.enter(_SCOPE)
    values = await json_object(request)
    for name in sorted(values.keys() - set(known)):
        raise UnknownFieldError(f"There is no field `{name[:60]}`. There are: {', '.join(known)}.", param=name[:60])
    return values


def _actor(grant: Grant) -> Actor:
    """Whoever holds a key may report and vote; further roles are those its scopes name."""
    actor = actor_of(grant)
    return Actor(party=actor.party, uses=actor.uses | {Use.PROGRAMME_REPORT})


def _checked(name: str) -> str:
    if not (name.isascii() and name.isprintable() and 0 < len(name) <= LONGEST_ID):
        raise RecordNotFoundError("There is nothing of that id; list what there is and copy the id.")
    return name


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC)


def _contribution(found: Contribution) -> dict[str, object]:
    """As everybody may see it: credit as its author chose, and no manifest, which holds their prompt."""
    return {
        "id": found.id,
        "object": "contribution",
        "kind": found.kind.value,
        "title": found.title,
        "body": found.body,
        "about": found.about or None,
        "credited_as": found.credited_as or None,
        "is_public": found.is_public,
        "state": found.state.value,
        "severity": found.severity,
        "due_at": None if found.due is None else int(found.due.timestamp()),
        "steps": [
            {
                "state": step.state.value,
                "at": int(step.at.timestamp()),
                "reason": step.reason,
                "duplicate_of": step.original,
            }
            for step in found.steps
        ],
    }


def _proposal(found: Proposal, now: float) -> dict[str, object]:
    in_favour, against = found.count
    return {
        "id": found.id,
        "object": "proposal",
        "title": found.title,
        "body": found.body,
        "closes_at": int(found.closes.timestamp()),
        "votes_for": in_favour,
        "votes_against": against,
        "outcome": found.outcome(_moment(now)).value,
        "answer": found.answer or None,
    }
