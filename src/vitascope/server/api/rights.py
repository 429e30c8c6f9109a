"""Rights at the desk: what you let others do, what you are asked for, commissions, and your likeness."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.errors import RecordNotFoundError
from vitascope.programme import release
from vitascope.rights.likeness import Circle, LikenessWish, allow, given_to, is_likeness, lets_in, person_of
from vitascope.rights.owners import book
from vitascope.rights.owners import repository as owners
from vitascope.rights.owners.repository import Given
from vitascope.rights.style import style_of
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.calls import ANY, ID, SCOPE, asked, body, checked, moment
from vitascope.server.desk import Visitor
from vitascope.server.placing import LONGEST_ID
from vitascope.store.database import Transaction

router = APIRouter(prefix="/v1/rights", tags=["rights"])

_MOST_NAMED = 200


@router.get("/permissions", responses=ANY)
async def list_permissions(visit: Visitor) -> Response:
    """Everything you ever let others do, and what you are asked for."""
    told = await visit.read(SCOPE, lambda tx, grant, _now: [given_of(one) for one in owners.by(tx, grant.party)])
    return wire.answer({"object": "list", "data": told})


@router.post("/permissions/{name}/accept", responses=ANY)
async def accept_permission(name: str, visit: Visitor) -> Response:
    """Say yes to what you are asked for; what is paid for it is yours in the same breath."""
    given = await visit.write(
        SCOPE,
        lambda tx, grant, now: release.accept_promotion(
            tx, visit.desk.log, grant.party, checked(name), now=moment(now)
        ),
    )
    return wire.answer(given_of(given))


@router.post("/permissions/{name}/decline", responses=ANY)
async def decline_permission(name: str, visit: Visitor) -> Response:
    """Say no; nothing else changes for you."""
    given = await visit.write(
        SCOPE,
        lambda tx, grant, now: release.decline_promotion(
            tx, visit.desk.log, grant.party, checked(name), now=moment(now)
        ),
    )
    return wire.answer(given_of(given))


@router.post("/permissions/{name}/withdraw", responses=ANY)
async def withdraw_permission(name: str, visit: Visitor) -> Response:
    """Take back what you gave, from now on."""
    given = await visit.write(
        SCOPE,
        lambda tx, grant, now: book.withdraw(tx, visit.desk.log, checked(name), grant.party, now=moment(now)),
    )
    return wire.answer(given_of(given))


@router.post(
    "/commissions",
    responses=ANY,
    openapi_extra=body(
        ["artist", "brief"],
        {"artist": "party_1", "brief": "Ten seconds of rain"},
        artist={"type": "string", "maxLength": LONGEST_ID},
        brief={"type": "string", "minLength": 1, "maxLength": 2_000},
        days={"type": "integer", "minimum": 1, "maximum": 365},
    ),
)
async def ask_commission(request: Request, visit: Visitor) -> Response:
    """Ask an artist for a commission in their manner; nothing is allowed until they say yes."""
    values = await asked(request, visit, "artist", "brief", "days")
    artist = checked(fields.needed(fields.text(values, "artist", most=LONGEST_ID), "artist"))
    brief = fields.needed(fields.text(values, "brief", most=2_000), "brief")
    days = fields.whole(values, "days", least=1, most=365) or 90

    def wished(tx: Transaction, by: str, now: datetime) -> Given:
        wish = book.Wish(
            owner=artist,
            grantee=by,
            thing=style_of(artist),
            uses=frozenset({Use.STYLE_USE}),
            until=now + timedelta(days=days),
            restrictions=brief,
        )
        return book.ask(tx, visit.desk.log, wish, by=by, now=now)

    given = await visit.write(SCOPE, lambda tx, grant, now: wished(tx, grant.party, moment(now)))
    return wire.answer(given_of(given))


@router.get("/likenesses", responses=ANY)
async def list_likenesses(visit: Visitor) -> Response:
    """Who may use which character made from you, until when, on which conditions; ``lets_in`` says who can now."""
    told = await visit.read(
        SCOPE,
        lambda tx, grant, now: [
            given_of(one) | {"lets_in": lets_in(tx, one, moment(now))}
            for one in owners.by(tx, grant.party)
            if is_likeness(one.permission.object) and one.permission.grantee != grant.party
        ],
    )
    return wire.answer({"object": "list", "data": told})


@router.post(
    "/likenesses/{character}",
    responses=ANY,
    openapi_extra=body(
        ["circle"],
        {
            "circle": "approved",
            "approved": ["party_1"],
            "days": 365,
            "restrictions": "Never in advertising.",
            "never_with": ["beer"],
        },
        circle={"type": "string", "enum": [circle.value for circle in Circle]},
        approved={"type": "array", "items": ID, "maxItems": _MOST_NAMED},
        days={"type": "integer", "minimum": 1, "maximum": 7_000},
        restrictions={"type": "string", "maxLength": 2_000},
        never_with={"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 60}, "maxItems": 50},
    ),
)
async def allow_likeness(character: str, request: Request, visit: Visitor) -> Response:
    """Say who may use your likeness as ``@name``, in place of what you said before; the name is the first comer's."""
    values = await asked(request, visit, "circle", "approved", "days", "restrictions", "never_with")
    circle = Circle(fields.needed(fields.choice(values, "circle", tuple(one.value for one in Circle)), "circle"))
    approved = frozenset(checked(str(one)) for one in fields.several(values, "approved", most=_MOST_NAMED) or [])
    days = fields.whole(values, "days", least=1, most=7_000) or 365
    words = fields.text(values, "restrictions", most=2_000, least=0) or ""
    never_with = tuple(str(one) for one in fields.several(values, "never_with") or [])

    def allowed(tx: Transaction, person: str, now: datetime) -> list[dict[str, object]]:
        wish = LikenessWish(
            character=checked(character),
            person=person,
            circle=circle,
            until=now + timedelta(days=days),
            approved=approved,
            restrictions=words,
            never_with=never_with,
        )
        return [given_of(one) for one in allow(tx, visit.desk.log, wish, now=now)]

    told = await visit.write(SCOPE, lambda tx, grant, now: allowed(tx, grant.party, moment(now)))
    return wire.answer({"object": "list", "data": told})


@router.get("/likenesses/{character}", responses=ANY)
async def ask_likeness(character: str, visit: Visitor) -> Response:
    """Whether you may name this likeness in a prompt, and the conditions its person set."""

    def heeded(tx: Transaction, party: str, now: datetime) -> Given | None:
        person = person_of(tx, checked(character))
        if person is None:
            raise RecordNotFoundError("Nobody spoke for a likeness of that name.")
        return given_to(tx, character, person, party, now=now)

    given = await visit.read(SCOPE, lambda tx, grant, now: heeded(tx, grant.party, moment(now)))
    words, never_with = (given.restrictions, list(given.never_with)) if given else ("", [])
    told = {"id": character, "object": "likeness", "restrictions": words or None, "never_with": never_with}
    return wire.answer(told)


def given_of(given: Given) -> dict[str, object]:
    """What an owner lets others do, or is asked for."""
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
        "never_with": list(given.never_with),
        "is_mutual": permission.is_mutual,
    }
