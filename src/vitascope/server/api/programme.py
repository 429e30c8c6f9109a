"""The programme at the desk: reports, votes, rates, statements, releases; what a member does with a key."""

from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from vitascope.orders import Grant
from vitascope.programme import aggregates, release
from vitascope.programme.access import gate
from vitascope.programme.access import repository as access
from vitascope.programme.actor import Actor
from vitascope.programme.money import rates
from vitascope.programme.money.statement import as_document, statement
from vitascope.programme.voice import book
from vitascope.programme.voice import repository as voice
from vitascope.programme.voice.contribution import Contribution, Kind
from vitascope.programme.voice.proposal import Proposal
from vitascope.refusals import FieldError
from vitascope.rights.log import Log
from vitascope.rights.party import Credit
from vitascope.rights.uses import Use
from vitascope.server import fields, public, wire
from vitascope.server.calls import ANY, LINE, OPEN, SCOPE, TEXT, acted, asked, body, checked, moment, openly, seen
from vitascope.server.desk import Anybody, AtDesk, Desk, Visitor
from vitascope.server.placing import LONGEST_ID
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["programme"])
pages = APIRouter()
T = TypeVar("T")


@router.get("/contributions", responses=ANY, openapi_extra=OPEN)
async def list_contributions(visit: Anybody, *, is_mine: Annotated[bool, Query()] = False) -> Response:
    """Every public contribution, oldest first, with each step and its time, whatever was decided about it.

    Without a key less its text and its render, and 20 a minute from one network. With `is_mine`, which takes a key,
    your own, those for reviewers alone among them.
    """
    if is_mine:
        found = await visit.read(SCOPE, lambda tx, grant, _now: voice.of_party(tx, grant.party))
    else:
        found = await openly(visit, lambda tx, _now: voice.public(tx))
    told = contribution_of if visit.credential else in_public
    return wire.answer({"object": "list", "data": [told(one) for one in found]})


@router.post(
    "/contributions",
    responses=ANY,
    openapi_extra=body(
        ["kind", "title"],
        {"kind": "bug", "title": "The parrot has two heads", "about": "video_1"},
        kind={"type": "string", "enum": list(Kind)},
        title=LINE,
        body=TEXT,
        about={"type": "string", "maxLength": LONGEST_ID},
        credit={"type": "string", "enum": list(Credit)},
        credited_as=LINE,
        is_public={"type": "boolean"},
    ),
)
async def submit_contribution(request: Request, visit: Visitor) -> Response:
    """Send in a report or feedback; about a render of yours, what makes it again goes along."""
    values = await asked(request, visit, "kind", "title", "body", "about", "credit", "credited_as", "is_public")
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

    def submitted(tx: Transaction, actor: Actor, now: datetime) -> dict[str, object]:
        return _with_manifest(tx, actor, book.submit(tx, visit.desk.log, actor, draft, now=now), now)

    return wire.answer(await acted(visit, submitted))


@router.get("/contributions/{name}", responses=ANY, openapi_extra=OPEN)
async def retrieve_contribution(name: str, visit: Anybody) -> Response:
    """One contribution: a public one, without a key less its text and its render; with a key one of yours, too.

    Its author and reviewers find what makes the render again in `manifest`; the prompt is in it for whoever may see
    that render.
    """
    if not visit.credential:
        shown = await openly(visit, lambda tx, _now: book.readable(tx, None, checked(name)))
        return wire.answer(in_public(shown))

    def look(tx: Transaction, actor: Actor, now: datetime) -> dict[str, object]:
        return _with_manifest(tx, actor, book.readable(tx, actor, checked(name)), now)

    return wire.answer(await seen(visit, look))


@router.post(
    "/contributions/{name}/dispute", responses=ANY, openapi_extra=body(["reason"], {"reason": "..."}, reason=LINE)
)
async def dispute_contribution(name: str, request: Request, visit: Visitor) -> Response:
    """Object to what was decided about yours; somebody new decides."""
    values = await asked(request, visit, "reason")
    reason = fields.needed(fields.text(values, "reason", most=200), "reason")
    found = await acted(
        visit, lambda tx, actor, now: book.dispute(tx, visit.desk.log, actor, checked(name), reason=reason, now=now)
    )
    return wire.answer(contribution_of(found))


@router.post("/contributions/{name}/gift", responses=ANY)
async def give_contribution(name: str, visit: Visitor) -> Response:
    """Waive the money for one of yours."""
    found = await acted(
        visit, lambda tx, actor, now: book.settle_gift(tx, visit.desk.log, actor, checked(name), now=now)
    )
    return wire.answer(contribution_of(found))


@router.get("/changelog", responses=ANY, openapi_extra=OPEN)
async def list_changes(visit: Anybody) -> Response:
    """Whose report changed what, each named as they wish; open to everybody."""
    lines = await openly(visit, lambda tx, _now: book.changelog(tx))
    return wire.answer({"object": "list", "data": list(lines)})


@router.get("/proposals", responses=ANY, openapi_extra=OPEN)
async def list_proposals(visit: Anybody) -> Response:
    """Every proposal with its votes so far and the programme's answer; open to everybody."""
    told = await openly(visit, lambda tx, now: [proposal_of(one, now.timestamp()) for one in voice.proposals(tx)])
    return wire.answer({"object": "list", "data": told})


@router.post(
    "/proposals",
    responses=ANY,
    openapi_extra=body(["title"], {"title": "Longer films"}, title=LINE, body=TEXT, days={"type": "integer"}),
)
async def make_proposal(request: Request, visit: Visitor) -> Response:
    """Put a change to the vote of all members, for 3 to 60 days."""
    values = await asked(request, visit, "title", "body", "days")
    title = fields.needed(fields.text(values, "title", most=200), "title")
    body = fields.text(values, "body", most=20_000, least=0) or ""
    days = timedelta(days=fields.whole(values, "days", least=3, most=60) or 14)
    made = await acted(
        visit,
        lambda tx, actor, now: proposal_of(
            book.propose(tx, visit.desk.log, actor, title=title, body=body, now=now, closes=now + days),
            now.timestamp(),
        ),
    )
    return wire.answer(made)


@router.post(
    "/proposals/{name}/vote",
    responses=ANY,
    openapi_extra=body(["is_for"], {"is_for": True}, is_for={"type": "boolean"}),
)
async def cast_vote(name: str, request: Request, visit: Visitor) -> Response:
    """Vote, or change your vote; the log says that you voted, not how."""
    is_for = fields.flag(await asked(request, visit, "is_for"), "is_for")
    if is_for is None:
        raise FieldError("`is_for` is missing; send true or false.", param="is_for")
    told = await acted(
        visit,
        lambda tx, actor, now: proposal_of(
            book.vote(tx, visit.desk.log, actor, checked(name), is_for=is_for, now=now), now.timestamp()
        ),
    )
    return wire.answer(told)


@router.get("/rates", responses=ANY, openapi_extra=OPEN)
async def retrieve_rates(visit: Anybody) -> Response:
    """The rate table in force, and in `announced` those that were told and wait for their day; open to everybody."""

    def look(tx: Transaction, now: datetime) -> dict[str, object]:
        told = rates.in_force(tx, now)
        waiting = [
            {"hash": one.hash, **one.document, "effective_at": int(at.timestamp())} for at, one in rates.coming(tx, now)
        ]
        return {"object": "rate_table", "hash": told.hash, **told.document, "announced": waiting}

    return wire.answer(await openly(visit, look))


@router.get("/statement", responses=ANY)
async def retrieve_statement(visit: Visitor) -> Response:
    """Everything the journal says about you."""
    return wire.answer(await visit.read(SCOPE, lambda tx, grant, _now: as_document(statement(tx, grant.party))))


@router.get("/aggregates", responses=ANY, openapi_extra=OPEN)
async def retrieve_aggregates(desk: AtDesk) -> Response:
    """The programme in numbers, for everybody: pauses, answers, payments, consents, and the log."""
    return wire.answer(await _figures(desk))


@router.post(
    "/releases",
    responses=ANY,
    openapi_extra=body(
        ["video"],
        {"video": "video_1", "licence": "CC-BY-4.0", "credit": "Ana Lima"},
        video={"type": "string", "maxLength": LONGEST_ID},
        uses={"type": "array", "items": {"type": "string", "enum": list(release.USES)}},
        licence={"type": "string", "enum": list(release.LICENCES)},
        credit={"type": "string", "maxLength": 200},
    ),
)
async def publish_render(request: Request, visit: Visitor) -> Response:
    """Release a render of yours, from now on; nobody is asked. Takes a key made for ``video.create``."""
    values = await asked(request, visit, "video", "uses", "licence", "credit")
    told = fields.several(values, "uses")
    uses = [Use.VIDEO_READ, Use.VIDEO_DOWNLOAD] if told is None else [use for use in release.USES if use in told]
    wanted = release.Release(
        video=fields.needed(fields.text(values, "video", most=LONGEST_ID), "video"),
        uses=frozenset(uses) if told is None or len(uses) == len(told) else frozenset(),
        licence=fields.choice(values, "licence", release.LICENCES) or release.LICENCES[0],
        credit=fields.text(values, "credit", most=200, least=0) or "",
    )

    def published(tx: Transaction, grant: Grant, now: float) -> dict[str, object]:
        given = release.publish(tx, visit.desk.log, gate.key_state(tx, grant), wanted, now=moment(now))
        return {
            "id": given.permission.id,
            "object": "release",
            "video": wanted.video,
            "uses": sorted(wanted.uses),
            "licence": given.licence,
        }

    return wire.answer(await visit.write(SCOPE, published))


@router.delete("/releases/{video}", responses=ANY)
async def unpublish_render(video: str, visit: Visitor) -> Response:
    """Take every release of a render of yours back."""
    await acted(
        visit, lambda tx, actor, now: release.unpublish(tx, visit.desk.log, actor.party, checked(video), now=now)
    )
    return wire.answer({"id": video, "object": "release.deleted", "deleted": True})


async def _figures(desk: Desk) -> dict[str, object]:
    told = await desk.look(lambda tx, now: aggregates.aggregates(tx, access.all_holds(tx), now))
    return told | {"log": {"leaves": desk.log.size if isinstance(desk.log, Log) else None}}


@pages.get("/figures", include_in_schema=False)
async def show_figures(desk: AtDesk) -> Response:
    """The same as a page."""
    return HTMLResponse(public.figures(await _figures(desk)), headers=public.HEADERS)


@pages.get("/rates", include_in_schema=False)
async def show_rates(desk: AtDesk) -> Response:
    """The rate table as a page."""
    return HTMLResponse(public.rates(await desk.look(rates.in_force)), headers=public.HEADERS)


def in_public(found: Contribution) -> dict[str, object]:
    """As somebody without a key sees it: what was reported in a line, its credit, its states and their times.

    What a text says and which render it is about may hold a prompt, and stay with those who hold a key.
    """
    return {name: value for name, value in contribution_of(found).items() if name not in ("body", "about")}


def _with_manifest(tx: Transaction, actor: Actor, found: Contribution, now: datetime) -> dict[str, object]:
    manifest = book.manifest_for(tx, actor, found, now=now)
    return contribution_of(found) if manifest is None else contribution_of(found) | {"manifest": manifest}


def contribution_of(found: Contribution) -> dict[str, object]:
    """As every member may see it: credit as its author chose, and no manifest, which is for few."""
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


def proposal_of(found: Proposal, now: float) -> dict[str, object]:
    """A proposal with its votes so far and the answer to it."""
    in_favour, against = found.count
    return {
        "id": found.id,
        "object": "proposal",
        "title": found.title,
        "body": found.body,
        "closes_at": int(found.closes.timestamp()),
        "votes_for": in_favour,
        "votes_against": against,
        "outcome": found.outcome(moment(now)).value,
        "answer": found.answer or None,
    }
