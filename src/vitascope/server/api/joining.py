"""Coming in: the form, an application, an invitation read and accepted, a link to one's mailbox, a first key.

None of these calls takes a key: whoever comes in has none yet. What opens a door is a token that came by mail.
"""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from vitascope.errors import RecordNotFoundError
from vitascope.programme.access import repository as access
from vitascope.programme.access.repository import Announced
from vitascope.programme.access.standing import PARTS, Part
from vitascope.programme.keys import MEMBER_SCOPES
from vitascope.programme.people import (
    announcements,
    applications,
    cohorts,
    invitations,
    letters,
    membership,
    sign_in,
)
from vitascope.programme.people.announcements import Coming
from vitascope.programme.people.post import Mail
from vitascope.programme.roles.seats import SCOPE as ACTING
from vitascope.refusals import FieldError
from vitascope.rights.fair import in_short
from vitascope.rights.permission import Permission
from vitascope.rights.terms import Terms
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.brackets import Value
from vitascope.server.calls import ANY, LINE, OPEN, body, moment, said
from vitascope.server.desk import AtDesk, AtDoor
from vitascope.server.letters import house, send
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["coming in"])

_ADDRESS = {"type": "string", "minLength": 3, "maxLength": 320}
TOKEN = {"type": "string", "minLength": 1, "maxLength": 200}
"""The code of a letter."""

SCOPES = (*MEMBER_SCOPES, ACTING)
_DECLINED = {"type": "array", "items": {"type": "string", "enum": sorted(invitations.DECLINABLE)}}


@router.get("/questions", responses=ANY, openapi_extra=OPEN)
async def list_questions(desk: AtDesk) -> Response:
    """The form of the programme: the operator's own questions to whoever applies."""
    found = await desk.look(lambda tx, _now: applications.asked_now(tx))
    told = [{"id": one.id, "object": "question", "text": one.text, "is_required": one.is_required} for one in found]
    return wire.answer({"object": "list", "data": told})


@router.post(
    "/applications",
    responses=ANY,
    openapi_extra=OPEN
    | body(
        ["email", "name"],
        {"email": "ana@example.org", "name": "Ana Lima", "answers": {"question_1": "I draw birds."}},
        email=_ADDRESS,
        name=LINE,
        answers={"type": "object", "additionalProperties": {"type": "string", "maxLength": 4_000}},
    ),
)
async def apply(request: Request, desk: AtDoor) -> Response:
    """Apply. What you write is locked, read by stewards alone, and destroyed if they say no, which has a reason."""
    values = await said(request, "email", "name", "answers")
    address, name = _needed(values, "email", 320), _needed(values, "name", 200)
    given = fields.thing(values, "answers") or {}
    longest = applications.LONGEST_ANSWER
    answers = {
        key: fields.text({"answers": told}, "answers", most=longest, least=0) or "" for key, told in given.items()
    }
    made = await desk.transact(
        lambda tx, now: applications.apply(tx, desk.log, address, name, answers, secrets=desk.secrets, now=moment(now))
    )
    return wire.answer({"id": made.id, "object": "application", "state": made.state})


@router.post("/invitations/open", responses=ANY, openapi_extra=OPEN | body(["token"], {"token": "..."}, token=TOKEN))
async def read_invitation(request: Request, desk: AtDoor) -> Response:
    """Read an invitation before you decide: its cohort, until when, the terms with their hash, what may be declined.

    Terms that wait for their notice are told too, with what they will change; who accepts before keeps these.
    """
    token = _needed(await said(request, "token"), "token", 200)

    def look(tx: Transaction, now: datetime) -> dict[str, object]:
        found = invitations.open_invitation(tx, token, secrets=desk.secrets, now=now)
        cohort, terms = access.cohort(tx, found.cohort), cohorts.in_force(tx, found.cohort, now)
        return {
            "object": "invitation",
            "cohort": found.cohort,
            "name": cohort.name if cohort else found.cohort,
            "days": cohort.days if cohort else None,
            "ends_at": int(found.expires_at),
            "terms": terms_of(terms),
            "announced_terms": [coming_of(one) for one in announcements.coming(tx, found.cohort, terms, now)],
            "part": found.part,
            "may_decline": sorted(invitations.DECLINABLE & PARTS[Part(found.part)][1]),
        }

    return wire.answer(await desk.look(look))


@router.post(
    "/invitations/accept",
    responses=ANY,
    openapi_extra=OPEN
    | body(
        ["token", "terms", "name"],
        {"token": "...", "terms": "64 hexadecimal digits", "name": "Ana Lima"},
        token=TOKEN,
        terms={"type": "string", "minLength": 64, "maxLength": 64},
        name=LINE,
        declined=_DECLINED,
    ),
)
async def accept_invitation(request: Request, desk: AtDoor) -> Response:
    """Accept under the terms of that hash. A link to sign in goes to the invited mailbox, and nowhere else."""
    values = await said(request, "token", "terms", "name", "declined")
    token, terms, name = _needed(values, "token", 200), _needed(values, "terms", 64), _needed(values, "name", 200)
    no_thanks = declined(values)

    def join(tx: Transaction, now: float) -> tuple[Permission, list[Mail]]:
        joined = invitations.accept_invitation(
            tx, desk.log, token, terms=terms, name=name, secrets=desk.secrets, now=moment(now), declined=no_thanks
        )
        letter = sign_in.link_for(tx, joined.grantee, secrets=desk.secrets, now=now)
        return joined, [letters.joined(letter, terms, house=house())] if letter else []

    joined, mails = await desk.transact(join)
    await send(desk, mails)
    return wire.answer(access_of(joined))


@router.post(
    "/links", responses=ANY, openapi_extra=OPEN | body(["email"], {"email": "ana@example.org"}, email=_ADDRESS)
)
async def ask_link(request: Request, desk: AtDoor) -> Response:
    """Ask for a link to your mailbox. The answer is the same for every address: it does not tell who is a member.

    In time as well: the letter is handed over when the answer has left.
    """
    address = _needed(await said(request, "email"), "email", 320)
    letter = await desk.transact(lambda tx, now: sign_in.ask_link(tx, address, secrets=desk.secrets, now=now))
    answer = wire.answer({"object": "link", "sent": "if this mailbox is a member's, a link is on its way"})
    answer.background = BackgroundTask(send, desk, [letters.sign_in(letter, house=house())] if letter else [])
    return answer


@router.post(
    "/keys",
    responses=ANY,
    openapi_extra=OPEN
    | body(
        ["token"],
        {"token": "...", "name": "my laptop", "days": 90},
        token=TOKEN,
        name=LINE,
        days={"type": "integer", "minimum": 1, "maximum": membership.LONGEST_KEY.days},
        scopes={"type": "array", "items": {"type": "string", "enum": list(SCOPES)}, "minItems": 1},
    ),
)
async def make_key(request: Request, desk: AtDoor) -> Response:
    """Make a key with the code from a letter to your mailbox; the key is shown this once.

    A key alone makes no other key: whoever found one would outlive the day it is taken back.
    """
    values = await said(request, "token", "name", "days", "scopes")
    token, name = _needed(values, "token", 200), fields.text(values, "name", most=100) or "key"
    days = fields.whole(values, "days", least=1, most=membership.LONGEST_KEY.days) or 90
    scopes = frozenset(str(one) for one in fields.several(values, "scopes") or MEMBER_SCOPES)

    def make(tx: Transaction, now: float) -> dict[str, object]:
        at = moment(now)
        party = membership.by_link(tx, token, secrets=desk.secrets, now=at)
        made = membership.new_key(
            tx, desk.log, party, name=name, scopes=scopes, days=days, secrets=desk.secrets, now=at
        )
        return {"id": made.key.id, "object": "key", "party": party, "key": made.credential}

    return wire.answer(await desk.transact(make))


@router.get("/terms/{name}", responses=ANY, openapi_extra=OPEN)
async def retrieve_terms(name: str, desk: AtDesk) -> Response:
    """Terms by their hash: the text, the plain short version in it, and the policy a machine keeps."""
    found = await desk.look(lambda tx, _now: access.find_terms(tx, name[:64]) if name.isalnum() else None)
    if found is None:
        raise RecordNotFoundError("There are no terms of that hash; a hash has 64 hexadecimal digits.")
    return wire.answer(terms_of(found))


def terms_of(terms: Terms) -> dict[str, object]:
    """Terms as JSON says them."""
    policy = terms.policy
    return {
        "object": "terms",
        "hash": terms.hash,
        "issued_at": int(terms.issued.timestamp()),
        "in_short": in_short(terms.text) or None,
        "text": terms.text,
        "policy": {
            "embargo_until": int(policy.embargo_until.timestamp()) if policy.embargo_until else None,
            "notice_days": policy.notice_days,
            "sunset_days": policy.sunset_days,
            "withdrawal_days": policy.withdrawal_days,
            "quotas": [
                {"measure": one.measure.value, "per": one.per.value, "limit": one.limit} for one in policy.quotas
            ],
            "rates": [{"work": one.work, "amount": one.amount, "currency": one.currency} for one in policy.rates],
        },
    }


def announced_of(told: Announced) -> dict[str, object]:
    """Announced terms in a line: which, since when, from when."""
    return {
        "object": "announcement",
        "terms": told.terms.hash,
        "announced_at": int(told.announced.timestamp()),
        "effective_at": int(told.effective.timestamp()),
    }


def coming_of(found: Coming) -> dict[str, object]:
    """Announced terms as a member meets them: with what they change for them, and whether they declined."""
    return announced_of(found.told) | {
        "in_force": found.is_in_force,
        "declined_at": None if found.declined_at is None else int(found.declined_at),
        "changes": [
            {"field": one.field, "what": one.what, "before": one.before, "after": one.after, "effect": one.effect.value}
            for one in found.changes
        ],
    }


def access_of(permission: Permission) -> dict[str, object]:
    """A permission of the programme as its holder sees it."""
    return {
        "id": permission.id,
        "object": "access",
        "party": permission.grantee,
        "on": permission.object,
        "cohort": permission.cohort,
        "terms": permission.terms,
        "uses": sorted(use.value for use in permission.uses),
        "state": permission.state.value,
        "ending": permission.ending.value if permission.ending else None,
        "begins_at": int(permission.valid_from.timestamp()),
        "ends_at": int(permission.valid_until.timestamp()),
        "quotas": [
            {"measure": one.measure.value, "per": one.per.value, "limit": one.limit} for one in permission.quotas
        ],
    }


def declined(values: Mapping[str, Value]) -> frozenset[Use]:
    """The uses somebody declines. Raises FieldError for one that is not theirs to decline."""
    told = fields.several(values, "declined") or []
    named = frozenset(use for use in invitations.DECLINABLE if use.value in told)
    if len(named) != len(told):
        names = ", ".join(sorted(invitations.DECLINABLE))
        raise FieldError(f"`declined` names some of {names}, each once.", param="declined")
    return named


def _needed(values: Mapping[str, Value], name: str, most: int) -> str:
    return fields.needed(fields.text(values, name, most=most), name)
