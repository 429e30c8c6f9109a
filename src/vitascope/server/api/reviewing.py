"""What reviewers and treasurers do over the wire: contributions decided, credited and paid, proposals answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.programme import release
from vitascope.programme.actor import Actor
from vitascope.programme.voice import book
from vitascope.programme.voice.contribution import MOST_UNITS, Contribution, Severity
from vitascope.server import fields, wire
from vitascope.server.api.programme import contribution_of, proposal_of
from vitascope.server.api.rights import given_of
from vitascope.server.calls import ANY, ID, LINE, TEXT, acted, asked, body, checked
from vitascope.server.desk import Visit, Visitor
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["reviewers and treasurers"])
T = TypeVar("T")

_SEVERITIES = tuple(severity.value for severity in Severity)


@router.post(
    "/contributions/{name}/triage",
    responses=ANY,
    openapi_extra=body([], {"severity": "high"}, severity={"type": "string", "enum": list(_SEVERITIES)}, reason=LINE),
)
async def triage_contribution(name: str, request: Request, visit: Visitor) -> Response:
    """Take a contribution up; a bug gets a severity."""
    values = await asked(request, visit, "severity", "reason")
    told = fields.choice(values, "severity", _SEVERITIES)
    severity, reason = Severity(told) if told else None, fields.text(values, "reason", most=200) or ""
    return await _contribution(
        visit,
        lambda tx, actor, now: book.triage(
            tx, visit.desk.log, actor, checked(name), severity=severity, reason=reason, now=now
        ),
    )


@router.post(
    "/contributions/{name}/accept",
    responses=ANY,
    openapi_extra=body([], {"units": 1}, units={"type": "integer", "minimum": 1, "maximum": MOST_UNITS}, reason=LINE),
)
async def accept_contribution(name: str, request: Request, visit: Visitor) -> Response:
    """Accept what somebody else triaged; its rate is set aside in the pool in the same breath."""
    values = await asked(request, visit, "units", "reason")
    units = fields.whole(values, "units", least=1, most=MOST_UNITS) or 1
    reason = fields.text(values, "reason", most=200) or ""
    return await _contribution(
        visit,
        lambda tx, actor, now: book.accept(
            tx, visit.desk.log, actor, checked(name), units=units, reason=reason, now=now
        ),
    )


@router.post(
    "/contributions/{name}/duplicate",
    responses=ANY,
    openapi_extra=body(["original"], {"original": "contribution_1"}, original=ID),
)
async def mark_duplicate(name: str, request: Request, visit: Visitor) -> Response:
    """Say that it repeats an earlier one: the first report wins."""
    values = await asked(request, visit, "original")
    original = checked(fields.needed(fields.text(values, "original", most=100), "original"))
    return await _contribution(
        visit,
        lambda tx, actor, now: book.mark_duplicate(
            tx, visit.desk.log, actor, checked(name), original=original, now=now
        ),
    )


@router.post(
    "/contributions/{name}/decline", responses=ANY, openapi_extra=body(["reason"], {"reason": "..."}, reason=LINE)
)
async def decline_contribution(name: str, request: Request, visit: Visitor) -> Response:
    """Do not take it on, and say why; it stays where everybody can read it."""
    values = await asked(request, visit, "reason")
    reason = fields.needed(fields.text(values, "reason", most=200), "reason")
    return await _contribution(
        visit,
        lambda tx, actor, now: book.decline(tx, visit.desk.log, actor, checked(name), reason=reason, now=now),
    )


@router.post(
    "/contributions/{name}/credit",
    responses=ANY,
    openapi_extra=body(["change"], {"change": "One head per parrot"}, change=LINE),
)
async def credit_contribution(name: str, request: Request, visit: Visitor) -> Response:
    """Write into the changelog what came of it, under the name its author chose."""
    values = await asked(request, visit, "change")
    change = fields.needed(fields.text(values, "change", most=200), "change")
    return await _contribution(
        visit,
        lambda tx, actor, now: book.give_credit(tx, visit.desk.log, actor, checked(name), change=change, now=now),
    )


@router.post("/contributions/{name}/pay", responses=ANY)
async def pay_contribution(name: str, visit: Visitor) -> Response:
    """Owe its author what was set aside; a payout run sends it."""
    return await _contribution(
        visit, lambda tx, actor, now: book.settle_paid(tx, visit.desk.log, actor, checked(name), now=now)
    )


@router.post(
    "/proposals/{name}/answer", responses=ANY, openapi_extra=body(["words"], {"words": "Next month."}, words=TEXT)
)
async def answer_proposal(name: str, request: Request, visit: Visitor) -> Response:
    """Answer a proposal in public, whatever the vote said."""
    values = await asked(request, visit, "words")
    words = fields.needed(fields.text(values, "words", most=20_000), "words")
    told = await acted(
        visit,
        lambda tx, actor, now: proposal_of(
            book.answer(tx, visit.desk.log, actor, checked(name), words=words, now=now), now.timestamp()
        ),
    )
    return wire.answer(told)


@router.post(
    "/promotions",
    responses=ANY,
    openapi_extra=body(
        ["video"], {"video": "video_1", "days": 90}, video=ID, days={"type": "integer", "minimum": 1, "maximum": 366}
    ),
)
async def ask_promotion(request: Request, visit: Visitor) -> Response:
    """Ask a member to let the programme advertise with a render; the published rate is set aside for their yes."""
    values = await asked(request, visit, "video", "days")
    video = checked(fields.needed(fields.text(values, "video", most=100), "video"))
    lasts = timedelta(days=fields.whole(values, "days", least=1, most=366) or 90)
    given = await acted(
        visit,
        lambda tx, actor, now: release.ask_promotion(tx, visit.desk.log, actor, video, until=now + lasts, now=now),
    )
    return wire.answer(given_of(given))


async def _contribution(visit: Visit, work: Callable[[Transaction, Actor, datetime], Contribution]) -> Response:
    return wire.answer(contribution_of(await acted(visit, work)))
