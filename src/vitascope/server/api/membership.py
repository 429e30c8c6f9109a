"""What a member holds and may do about it: new terms, keys, pauses that reach them, notices, leaving."""

from datetime import datetime
from typing import Literal, cast

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.errors import SignInError
from vitascope.programme import keys
from vitascope.programme.access import holds, watch
from vitascope.programme.keys import Key
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.leaks.repository import Notice
from vitascope.programme.passkeys import ceremony
from vitascope.programme.passkeys import repository as passkeys
from vitascope.programme.people import membership
from vitascope.programme.people.membership import Membership
from vitascope.programme.roles import seats
from vitascope.rights.hold import Hold
from vitascope.rights.permission import Permission
from vitascope.server import fields, wire
from vitascope.server.api.joining import TOKEN, access_of, coming_of, declined
from vitascope.server.calls import ANY, SCOPE, asked, body, checked, moment
from vitascope.server.desk import Visit, Visitor
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/programme", tags=["membership"])

_LONGEST_PASSKEY = 1_400  # letters of base64url: WebAuthn lets an id have 1,023 bytes
_TOKEN_BODY = body(["token"], {"token": "the code of a letter to your mailbox"}, token=TOKEN)


@router.get("/membership", responses=ANY)
async def retrieve_membership(visit: Visitor) -> Response:
    """What you hold: access and its terms, roles, announced terms with what they change, every pause that reaches you.

    ``changes`` compares announced terms with the ones you accepted, promise by promise; ``effect`` is for you.
    """

    def look(tx: Transaction, party: str, now: datetime) -> dict[str, object]:
        roles = sorted(role.value for role in seats.of(tx, party, now))
        return _membership(membership.membership(tx, party, now), now) | {"roles": roles}

    return wire.answer(await visit.read(SCOPE, lambda tx, grant, now: look(tx, grant.party, moment(now))))


@router.post(
    "/membership/terms",
    responses=ANY,
    openapi_extra=body(
        ["terms"],
        {"terms": "64 hexadecimal digits"},
        terms={"type": "string", "minLength": 64, "maxLength": 64},
        declined={"type": "array", "items": {"type": "string"}},
    ),
)
async def accept_terms(request: Request, visit: Visitor) -> Response:
    """Go on under the terms in force now, by their hash; your keys go on, and access ends when it would have.

    What you accepted already changes nothing: the answer is the access you have. Without ``declined`` you decline
    what you declined before.
    """
    values = await asked(request, visit, "terms", "declined")
    terms = fields.needed(fields.text(values, "terms", most=64), "terms")
    no_thanks = declined(values) if "declined" in values else None
    joined = await visit.write(
        SCOPE,
        lambda tx, grant, now: membership.accept_terms(
            tx, visit.desk.log, grant.party, terms=terms, declined=no_thanks, now=moment(now)
        ),
    )
    return wire.answer(access_of(joined))


@router.post(
    "/membership/terms/decline",
    responses=ANY,
    openapi_extra=body(
        ["terms"],
        {"terms": "64 hexadecimal digits"},
        terms={"type": "string", "minLength": 64, "maxLength": 64},
    ),
)
async def decline_terms(request: Request, visit: Visitor) -> Response:
    """Keep your own terms in place of announced ones. Nothing else changes: yours hold until your access ends."""
    values = await asked(request, visit, "terms")
    terms = fields.needed(fields.text(values, "terms", most=64), "terms")
    found = await visit.write(
        SCOPE,
        lambda tx, grant, now: membership.decline_terms(tx, visit.desk.log, grant.party, terms, now=moment(now)),
    )
    return wire.answer(coming_of(found))


@router.post("/membership/leave", responses=ANY, openapi_extra=_TOKEN_BODY)
async def leave(request: Request, visit: Visitor) -> Response:
    """Hand your access back, with the code of a letter. What you made stays yours to read and to export."""
    token = await _token(request, visit)

    def left(tx: Transaction, party: str, now: float) -> tuple[Permission, ...]:
        membership.confirm(tx, visit.desk.log, party, token, secrets=visit.desk.secrets, now=moment(now))
        return membership.leave(tx, visit.desk.log, party, now=moment(now))

    ended = await visit.write(SCOPE, lambda tx, grant, now: left(tx, grant.party, now))
    return wire.answer({"object": "list", "data": [access_of(one) for one in ended]})


@router.post("/confirm", responses=ANY, openapi_extra=_TOKEN_BODY)
async def confirm(request: Request, visit: Visitor) -> Response:
    """Show that your keys are in your own hands, with the code of a letter; a step-up lets you go on for 12 hours."""
    token = await _token(request, visit)
    until = await visit.write(
        SCOPE,
        lambda tx, grant, now: membership.confirm(
            tx, visit.desk.log, grant.party, token, secrets=visit.desk.secrets, now=moment(now)
        ),
    )
    return wire.answer({"object": "confirmation", "until": int(until.timestamp())})


@router.get("/keys", responses=ANY)
async def list_keys(visit: Visitor) -> Response:
    """Your keys, never their secrets."""
    found = await visit.read(SCOPE, lambda tx, grant, _now: keys.listed(tx, grant.party))
    return wire.answer({"object": "list", "data": [_key(one) for one in found]})


@router.delete("/keys/{name}", responses=ANY)
async def revoke_key(name: str, visit: Visitor) -> Response:
    """Take a key of yours back, at once."""

    def revoked(tx: Transaction, party: str, now: float) -> Key:
        membership.own_key(tx, party, checked(name))
        return keys.revoke(tx, visit.desk.log, name, by=party, now=now)

    return wire.answer(_key(await visit.write(SCOPE, lambda tx, grant, now: revoked(tx, grant.party, now))))


@router.get("/passkeys", responses=ANY)
async def list_passkeys(visit: Visitor) -> Response:
    """Your passkeys; a browser makes them, on the page of the programme."""
    found = await visit.read(SCOPE, lambda tx, grant, _now: passkeys.of(tx, grant.party))
    told = [{"id": one.id, "object": "passkey", "made_at": int(one.made_at)} for one in found]
    return wire.answer({"object": "list", "data": told})


@router.post("/passkeys/{name}/remove", responses=ANY, openapi_extra=_TOKEN_BODY)
async def remove_passkey(name: str, request: Request, visit: Visitor) -> Response:
    """Forget a passkey of yours, with the code of a letter: a found key must not take your passkeys away."""
    token = await _token(request, visit)

    def removed(tx: Transaction, party: str, now: datetime) -> None:
        if membership.by_link(tx, token, secrets=visit.desk.secrets, now=now) != party:
            raise SignInError("This code was sent to somebody else's mailbox; ask for one of your own.")
        ceremony.remove(tx, visit.desk.log, party, checked(name, longest=_LONGEST_PASSKEY), now=now)

    await visit.write(SCOPE, lambda tx, grant, now: removed(tx, grant.party, moment(now)))
    return wire.answer({"id": name, "object": "passkey.deleted", "deleted": True})


@router.get("/holds", responses=ANY)
async def list_holds(visit: Visitor) -> Response:
    """Every pause that reaches you now, with its reason and its end."""
    told = await visit.read(
        SCOPE,
        lambda tx, grant, now: [hold_of(one, moment(now)) for one in membership.holds_on(tx, grant.party, moment(now))],
    )
    return wire.answer({"object": "list", "data": told})


@router.post("/holds/{name}/appeal", responses=ANY)
async def appeal_hold(name: str, visit: Visitor) -> Response:
    """Object to a pause that reaches you; somebody who had no part in it answers within 5 days."""
    told = await visit.write(
        SCOPE,
        lambda tx, grant, now: hold_of(
            holds.appeal(tx, visit.desk.log, grant.party, checked(name), now=moment(now)), moment(now)
        ),
    )
    return wire.answer(told)


@router.get("/notices", responses=ANY)
async def list_notices(visit: Visitor) -> Response:
    """What you were told about your keys and files, newest first."""
    found = await visit.read(SCOPE, lambda tx, grant, _now: leaks.notices(tx, grant.party))
    return wire.answer({"object": "list", "data": [_notice(one) for one in found]})


@router.post(
    "/notices/{name}/answer",
    responses=ANY,
    openapi_extra=body(
        ["said"],
        {"said": "me", "token": "the code of a letter to your mailbox"},
        said={"type": "string", "enum": ["me", "help"]},
        token=TOKEN,
    ),
)
async def answer_notice(name: str, request: Request, visit: Visitor) -> Response:
    """Answer a notice: ``help`` leaves the key held; ``me`` ends the hold and teaches the watch.

    ``me`` takes the code of a letter to your mailbox (POST /v1/programme/links): whoever found your key has that too.
    """
    values = await asked(request, visit, "said", "token")
    said = fields.needed(fields.choice(values, "said", ("me", "help")), "said")
    token = fields.text(values, "token", most=200)
    if said == "me" and token is None:
        raise SignInError("To say that it is you, send the code of a letter too: ask for one at /v1/programme/links.")

    def answered(tx: Transaction, party: str, now: datetime) -> Notice:
        if said == "me":
            membership.confirm(tx, visit.desk.log, party, token or "", secrets=visit.desk.secrets, now=now)
        return watch.answer(tx, visit.desk.log, party, checked(name), said=cast("Literal['me', 'help']", said), now=now)

    found = await visit.write(SCOPE, lambda tx, grant, now: answered(tx, grant.party, moment(now)))
    return wire.answer(_notice(found) | {"answer": said})


def hold_of(hold: Hold, now: datetime) -> dict[str, object]:
    """A pause as everybody whom it reaches may see it; the evidence stays with the stewards."""
    appeal = hold.appeal
    return {
        "id": hold.id,
        "object": "hold",
        "reach": hold.selector.reach.value,
        "target": hold.selector.id or None,
        "level": hold.level.name.lower(),
        "state": hold.state(now).value,
        "reason": hold.reason,
        "placed_at": int(hold.placed.timestamp()),
        "ends_at": int(hold.until.timestamp()),
        "appeal": appeal and {"state": appeal.state.value, "due_at": int(appeal.due.timestamp())},
    }


async def _token(request: Request, visit: Visit) -> str:
    return fields.needed(fields.text(await asked(request, visit, "token"), "token", most=200), "token")


def _membership(found: Membership, now: datetime) -> dict[str, object]:
    return {
        "object": "membership",
        "party": found.party,
        "name": found.name,
        "access": [access_of(one) for one in found.permissions],
        "announced_terms": [coming_of(each) for each in found.coming],
        "holds": [hold_of(one, now) for one in found.holds],
    }


def _key(found: Key) -> dict[str, object]:
    return {
        "id": found.id,
        "object": "key",
        "name": found.name,
        "scopes": sorted(found.scopes),
        "created_at": int(found.created_at),
        "ends_at": None if found.expires_at is None else int(found.expires_at),
        "revoked_at": None if found.revoked_at is None else int(found.revoked_at),
    }


def _notice(found: Notice) -> dict[str, object]:
    return {
        "id": found.id,
        "object": "notice",
        "key": found.key,
        "hold": found.hold,
        "words": found.words,
        "at": int(found.at),
        "answer": found.answer,
    }
