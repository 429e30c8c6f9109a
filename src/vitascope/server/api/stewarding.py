"""What stewards do over the wire: cohorts and terms, invitations, applications, roles; each call asks for the role."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.programme.access import repository as access
from vitascope.programme.access.repository import Announced, Cohort
from vitascope.programme.access.standing import Part
from vitascope.programme.actor import Actor, require
from vitascope.programme.money import rates
from vitascope.programme.people import applications, cohorts, invitations, letters, membership, tables
from vitascope.programme.people import repository as people
from vitascope.programme.people.applications import Told
from vitascope.programme.people.invitations import NewInvitation
from vitascope.programme.people.membership import Membership
from vitascope.programme.people.post import Mail
from vitascope.programme.people.repository import Invitation
from vitascope.programme.people.tables import Fault
from vitascope.programme.roles import seats
from vitascope.programme.roles.seats import Held, Role
from vitascope.refusals import FieldError
from vitascope.rights.fair import fair_text
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.api.joining import access_of, announced_of
from vitascope.server.brackets import Value
from vitascope.server.calls import ANY, ID, LINE, SCOPE, TEXT, acted, asked, body, checked, moment, seen
from vitascope.server.desk import Visit, Visitor
from vitascope.server.letters import has_post, house, send
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["stewards"])
T = TypeVar("T")

_DAYS = {"type": "integer", "minimum": 1, "maximum": invitations.LONGEST_DAYS}
_POLICY = {
    "text": {"type": "string", "minLength": 1, "maxLength": 100_000},
    "embargo_days": {"type": "integer", "minimum": 1, "maximum": 30},
    "notice_days": {"type": "integer", "minimum": 30, "maximum": 3_650},
    "renders_per_day": {"type": "integer", "minimum": 1, "maximum": 10**6},
    "seconds_per_month": {"type": "integer", "minimum": 1, "maximum": 10**7},
}


@router.get("/cohorts", responses=ANY)
async def list_cohorts(visit: Visitor) -> Response:
    """The cohorts, each with every version of its terms and from when it counts."""

    def look(tx: Transaction, actor: Actor, _now: datetime) -> list[dict[str, object]]:
        require(actor, Use.MEMBER_INVITE)
        return [_cohort(one, access.announced(tx, one.id)) for one in access.cohorts(tx)]

    return wire.answer({"object": "list", "data": await seen(visit, look)})


@router.get("/members", responses=ANY)
async def list_members(visit: Visitor) -> Response:
    """Everybody who joined: party, name, cohort, until when; for stewards."""

    def look(tx: Transaction, actor: Actor, now: datetime) -> list[dict[str, object]]:
        require(actor, Use.MEMBER_INVITE)
        found = sorted(people.named(tx), key=lambda one: one[1])
        return [_member(membership.membership(tx, party, now), name) for party, name in found]

    return wire.answer({"object": "list", "data": await seen(visit, look)})


@router.post(
    "/cohorts",
    responses=ANY,
    openapi_extra=body(
        ["id", "name"],
        {"id": "first", "name": "The first fifty", "days": 180, "renders_per_day": 50},
        id={"type": "string", "pattern": "^[a-z0-9-]{1,64}$"},
        name=LINE,
        days={"type": "integer", "minimum": 1, "maximum": cohorts.LONGEST_DAYS},
        **_POLICY,
    ),
)
async def found_cohort(request: Request, visit: Visitor) -> Response:
    """Begin a cohort, under the fair default terms unless another text is sent; they bind from now on."""
    values = await asked(request, visit, "id", "name", "days", *_POLICY)
    name = fields.needed(fields.text(values, "id", most=64), "id")
    if not (name.isascii() and name.replace("-", "a").isalnum() and name == name.lower()):
        raise FieldError("`id` has 1 to 64 small letters, digits and hyphens.", param="id")
    days = fields.whole(values, "days", least=1, most=cohorts.LONGEST_DAYS) or 180
    title = fields.needed(fields.text(values, "name", most=200), "name")

    def found(tx: Transaction, actor: Actor, now: datetime) -> dict[str, object]:
        require(actor, Use.MEMBER_INVITE)
        terms = _terms(tx, values, now)
        made = Cohort(id=name, name=title, quotas=terms.policy.quotas, days=days)
        cohorts.found(tx, visit.desk.log, made, terms, by=actor.party, now=now)
        return _cohort(made, access.announced(tx, name))

    return wire.answer(await acted(visit, found))


@router.post("/cohorts/{name}/terms", responses=ANY, openapi_extra=body([], {"renders_per_day": 20}, **_POLICY))
async def announce_terms(name: str, request: Request, visit: Visitor) -> Response:
    """Announce new terms: worse ones wait for their notice, members are written to, theirs hold until access ends."""
    values = await asked(request, visit, *_POLICY)

    def announced(tx: Transaction, actor: Actor, now: datetime) -> tuple[Announced, list[Mail]]:
        require(actor, Use.MEMBER_INVITE)
        terms = _terms(tx, values, now)
        told = cohorts.announce(tx, visit.desk.log, checked(name), terms, by=actor.party, now=now)
        return told, letters.about_terms(tx, name, told, secrets=visit.desk.secrets, house=house())

    told, mails = await acted(visit, announced)
    await send(visit.desk, mails)
    return wire.answer(announced_of(told) | {"letters": len(mails)})


@router.post(
    "/invitations",
    responses=ANY,
    openapi_extra=body(
        ["cohort"],
        {"cohort": "first", "emails": ["ana@example.org"], "days": 14},
        cohort=ID,
        emails={"type": "array", "items": {"type": "string"}, "maxItems": tables.MOST_ROWS},
        table={"type": "string", "maxLength": 5_000_000},
        days=_DAYS,
        part={"type": "string", "enum": [part.value for part in Part]},
    ),
)
async def invite(request: Request, visit: Visitor) -> Response:
    """Invite mailboxes, in a list or as a CSV ``table``; lines that cannot be invited are told, the others go out.

    As a ``member``, or as a ``rightsholder``, who puts works in and makes nothing.
    Without a mail server the links are in the answer, for you to send.
    """
    values = await asked(request, visit, "cohort", "emails", "table", "days", "part")
    part = Part(fields.choice(values, "part", tuple(one.value for one in Part)) or Part.MEMBER)
    cohort = checked(fields.needed(fields.text(values, "cohort", most=100), "cohort"))
    days = fields.whole(values, "days", least=1, most=invitations.LONGEST_DAYS) or 14
    wanted, faults = _wanted(values)
    desk = visit.desk

    def invited(tx: Transaction, actor: Actor, now: datetime) -> tuple[tuple[NewInvitation, ...], tuple[Fault, ...]]:
        require(actor, Use.MEMBER_INVITE)  # before anybody is told who is here
        left, known = tables.uninvited(tx, wanted, secrets=desk.secrets, now=now)
        addresses, secrets = [one.address for one in left], desk.secrets
        new = invitations.invite(
            tx, desk.log, actor, addresses, cohort=cohort, days=days, part=part, secrets=secrets, now=now
        )
        return new, known

    made, known = await acted(visit, invited)
    mails = [letters.invitation(one, cohort=cohort, house=house()) for one in made] if has_post() else []
    sent = await send(visit.desk, mails)
    told = {"object": "list", "data": [_new(one) for one in made], "letters": sent}
    return wire.answer(
        told | {"faults": [{"line": fault.line, "why": fault.why} for fault in _in_order(faults, known)]}
    )


@router.get("/invitations", responses=ANY)
async def list_invitations(visit: Visitor) -> Response:
    """Every invitation, newest first: used, open, over or taken back; never an address or a token."""

    def look(tx: Transaction, actor: Actor, now: datetime) -> list[dict[str, object]]:
        require(actor, Use.MEMBER_INVITE)
        return [_invitation(one, now.timestamp()) for one in people.invitations(tx)]

    return wire.answer({"object": "list", "data": await seen(visit, look)})


@router.delete("/invitations/{name}", responses=ANY)
async def revoke_invitation(name: str, visit: Visitor) -> Response:
    """Take an invitation back that nobody has used."""
    await acted(visit, lambda tx, actor, now: invitations.revoke(tx, visit.desk.log, actor, checked(name), now=now))
    return wire.answer({"id": name, "object": "invitation.deleted", "deleted": True})


@router.post(
    "/questions",
    responses=ANY,
    openapi_extra=body(["text"], {"text": "What do you draw?"}, text=LINE, is_required={"type": "boolean"}),
)
async def ask_question(request: Request, visit: Visitor) -> Response:
    """Add a question to the form."""
    values = await asked(request, visit, "text", "is_required")
    text = fields.needed(fields.text(values, "text", most=200), "text")
    is_required = fields.flag(values, "is_required") or False
    made = await acted(
        visit,
        lambda tx, actor, now: applications.ask(tx, visit.desk.log, actor, text, is_required=is_required, now=now),
    )
    return wire.answer({"id": made.id, "object": "question", "text": made.text, "is_required": made.is_required})


@router.delete("/questions/{name}", responses=ANY)
async def retire_question(name: str, visit: Visitor) -> Response:
    """Ask a question no more."""
    await acted(visit, lambda tx, actor, now: applications.retire(tx, visit.desk.log, actor, checked(name), now=now))
    return wire.answer({"id": name, "object": "question.deleted", "deleted": True})


@router.get("/applications", responses=ANY)
async def list_applications(visit: Visitor) -> Response:
    """The applications that wait for an answer, oldest first."""
    found = await seen(visit, lambda tx, actor, _now: applications.told(tx, actor, secrets=visit.desk.secrets))
    return wire.answer({"object": "list", "data": [_application(one) for one in found]})


@router.post(
    "/applications/{name}/invite",
    responses=ANY,
    openapi_extra=body(["cohort"], {"cohort": "first"}, cohort=ID, days=_DAYS),
)
async def invite_applicant(name: str, request: Request, visit: Visitor) -> Response:
    """Say yes to an application: an invitation to the mailbox that applied."""
    values = await asked(request, visit, "cohort", "days")
    cohort = checked(fields.needed(fields.text(values, "cohort", most=100), "cohort"))
    days = fields.whole(values, "days", least=1, most=invitations.LONGEST_DAYS) or 14
    made = await acted(
        visit,
        lambda tx, actor, now: applications.invite(
            tx, visit.desk.log, actor, checked(name), cohort=cohort, days=days, secrets=visit.desk.secrets, now=now
        ),
    )
    await send(visit.desk, [letters.invitation(made, cohort=cohort, house=house())] if has_post() else [])
    return wire.answer(_new(made))


@router.post(
    "/applications/{name}/decline", responses=ANY, openapi_extra=body(["reason"], {"reason": "..."}, reason=TEXT)
)
async def decline_applicant(name: str, request: Request, visit: Visitor) -> Response:
    """Say no, with a reason that is sent to them; what they wrote is destroyed."""
    values = await asked(request, visit, "reason")
    reason = fields.needed(fields.text(values, "reason", most=1_000), "reason")
    told = await acted(
        visit,
        lambda tx, actor, now: applications.decline(
            tx, visit.desk.log, actor, checked(name), reason=reason, secrets=visit.desk.secrets, now=now
        ),
    )
    await send(visit.desk, [letters.declined(told.address, reason)])
    return wire.answer({"id": name, "object": "application", "state": "declined"})


@router.get("/roles", responses=ANY)
async def list_roles(visit: Visitor) -> Response:
    """Who acts for the programme, who proposed it and who agreed: open to every member."""
    found = await visit.read(SCOPE, lambda tx, _grant, now: [_role(one, moment(now)) for one in seats.every(tx)])
    return wire.answer({"object": "list", "data": found})


@router.post(
    "/roles",
    responses=ANY,
    openapi_extra=body(
        ["party", "role"],
        {"party": "party_1", "role": "reviewer"},
        party=ID,
        role={"type": "string", "enum": [role.value for role in Role]},
    ),
)
async def propose_role(request: Request, visit: Visitor) -> Response:
    """Propose a role for somebody else; another steward agrees before it counts."""
    values = await asked(request, visit, "party", "role")
    party = checked(fields.needed(fields.text(values, "party", most=100), "party"))
    role = Role(fields.needed(fields.choice(values, "role", tuple(role.value for role in Role)), "role"))
    return await _reseated(visit, lambda tx, actor, now: seats.propose(tx, visit.desk.log, actor, party, role, now=now))


@router.post("/roles/{name}/agree", responses=ANY)
async def agree_to_role(name: str, visit: Visitor) -> Response:
    """The second steward's yes."""
    return await _reseated(visit, lambda tx, actor, now: seats.agree(tx, visit.desk.log, actor, checked(name), now=now))


@router.delete("/roles/{name}", responses=ANY)
async def end_role(name: str, visit: Visitor) -> Response:
    """Lay your role down, or end somebody's."""
    return await _reseated(
        visit, lambda tx, actor, now: seats.take_back(tx, visit.desk.log, actor, checked(name), now=now)
    )


def _wanted(values: Mapping[str, Value]) -> tables.Sorted:
    """Whom a steward names, in a list or in a table: in one of the two, so that none is left out in silence."""
    table, listed = fields.text(values, "table", most=5_000_000), fields.several(values, "emails")
    if (table is None) == (listed is None):
        how = "both `emails` and `table` are here" if table is not None else "neither `emails` nor `table` is here"
        raise FieldError(f"Send one of the two: {how}.", param="emails")
    return tables.read_list(listed or []) if table is None else tables.read_table(table)


def _in_order(*faults: tuple[Fault, ...]) -> list[Fault]:
    return sorted((fault for some in faults for fault in some), key=lambda fault: fault.line)


def _member(held: Membership, name: str) -> dict[str, object]:
    access = access_of(held.permissions[0]) if held.permissions else None
    return {"id": held.party, "object": "member", "name": name, "access": access}


async def _reseated(visit: Visit, work: Callable[[Transaction, Actor, datetime], Held]) -> Response:
    """A change of roles, by whoever may still change them when their turn comes."""
    changed = await acted(visit, lambda tx, actor, now: _role(work(tx, actor, now), now), seats.changing)
    return wire.answer(changed)


def _terms(tx: Transaction, values: Mapping[str, Value], now: datetime) -> Terms:
    embargo = fields.whole(values, "embargo_days", least=1, most=30)
    limits = {
        (Measure.RENDERS, Per.DAY): fields.whole(values, "renders_per_day", least=1, most=10**6),
        (Measure.SECONDS, Per.MONTH): fields.whole(values, "seconds_per_month", least=1, most=10**7),
    }
    policy = Policy(
        embargo_until=now + timedelta(days=embargo) if embargo else None,
        notice_days=fields.whole(values, "notice_days", least=30, most=3_650) or 30,
        quotas=tuple(Quota(measure=what, per=per, limit=most) for (what, per), most in limits.items() if most),
        rates=rates.in_force(tx, now).rates,
    )
    return Terms(text=fields.text(values, "text", most=100_000) or fair_text(), issued=now, policy=policy)


def _cohort(found: Cohort, told: tuple[Announced, ...]) -> dict[str, object]:
    return {
        "id": found.id,
        "object": "cohort",
        "name": found.name,
        "days": found.days,
        "terms": [announced_of(each) for each in told],
    }


def _new(made: NewInvitation) -> dict[str, object]:
    link = None if has_post() else letters.invitation_link(made.token, house())
    return {"id": made.invitation.id, "object": "invitation", "email": made.address, "link": link}


def _invitation(found: Invitation, now: float) -> dict[str, object]:
    over = "over" if found.expires_at <= now else "open"
    state = "used" if found.used_at else "taken back" if found.revoked_at else over
    return {
        "id": found.id,
        "object": "invitation",
        "cohort": found.cohort,
        "part": found.part,
        "state": state,
        "made_by": found.made_by,
        "ends_at": int(found.expires_at),
        "party": found.used_by,
    }


def _application(found: Told) -> dict[str, object]:
    return {
        "id": found.application.id,
        "object": "application",
        "at": int(found.application.at),
        "state": found.application.state,
        "email": found.address,
        "name": found.name,
        "answers": dict(found.answers),
    }


def _role(held: Held, now: datetime) -> dict[str, object]:
    is_live = held.permission.is_live(now)
    return {
        "id": held.permission.id,
        "object": "role",
        "party": held.permission.grantee,
        "role": held.role.value,
        "state": "active" if is_live else held.permission.state.value,
        "proposed_by": held.seat.offered_by,
        "agreed_by": held.seat.agreed_by,
        "ends_at": int(held.permission.valid_until.timestamp()),
    }
