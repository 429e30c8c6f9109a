"""Kept characters: made from a picture or film, named in prompts, shared as their owner says, and deleted for good."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from vitascope.errors import CharacterError, ImageError
from vitascope.orders import Grant
from vitascope.programme.characters import keeping, repository
from vitascope.programme.characters.keeping import Sharing
from vitascope.programme.characters.repository import PICTURE, SMALL, Kept
from vitascope.refusals import CharacterNotFoundError, FieldError, MissingFieldError
from vitascope.rights.owners.repository import Given
from vitascope.rights.uses import Use
from vitascope.server import fields, wire
from vitascope.server.api.rights import given_of
from vitascope.server.calls import ANY, ID, SCOPE, asked, body, moment
from vitascope.server.calls import checked as checked_id
from vitascope.server.desk import Visit, Visitor
from vitascope.server.forms import Form, opened
from vitascope.server.openapi import answers, form_body
from vitascope.server.pictures import copied
from vitascope.server.placing import LONGEST_ID
from vitascope.server.portraits import Portrait, Wish, developed, entered, require
from vitascope.store.database import Transaction
from vitascope.text.names import LONGEST_NAME, require_name

router = APIRouter(prefix="/v1/videos/characters", tags=["characters"])

_ID = re.compile(r"char_[0-9a-f]{32}")
_LONGEST_CREDIT = 200
_MOST_NAMED, _MOST_DAYS = 200, 7_000
_FACES = {"left": -1, "right": 1}
_FIELDS = {
    "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "description": "What prompts call it."},
    "video": {"type": "string", "format": "binary", "description": "A film, of which the clearest frame is kept, or a "
              "PNG, JPEG or WebP; what is transparent in it is cut away already."},
    "likeness": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Whom it shows, if a person."},
    "facing": {"type": "string", "enum": [*_FACES], "description": "The way it looks in the picture."},
    "credit": {"type": "string", "maxLength": _LONGEST_CREDIT, "description": "Who is thanked in its videos; empty: "
               "nobody. Default: your name here."},
}  # fmt: skip

T = TypeVar("T")


@router.post("", openapi_extra=form_body(_FIELDS, ["name", "video"]), responses=answers(wire.Character, 415))
async def create_character(request: Request, visit: Visitor) -> Response:
    """Keep a character: prompts call it by its name, and its own pixels are in every video.

    One made from a person (``likeness``, or a claimed name) takes that person's yes, now and for every video.
    """
    grant = await visit.enter("video.create", Use.CHARACTER_CREATE)
    desk, party = visit.desk, grant.party

    async def writing(work: Callable[[Transaction, datetime], T]) -> T:
        return await visit.write("video.create", lambda tx, _, now: work(tx, moment(now)), Use.CHARACTER_CREATE)

    async with opened(request) as form:
        wish = _wished(form)
        await writing(lambda tx, now: require(tx, desk, wish, party, now=now))  # before a long file is opened
        portrait = await _developed(visit, form, party)
    try:
        kept = await writing(lambda tx, now: entered(tx, desk, wish, portrait, party, now=now))
    except Exception:
        await desk.aside(lambda: desk.blobs.remove(portrait.keys))
        raise
    return wire.answer(wire.character(kept, party))


@router.get("", responses=answers(wire.CharacterList))
async def list_characters(
    visit: Visitor,
    after: Annotated[str | None, Query(max_length=LONGEST_ID, description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=0, le=100, description="Characters on a page.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By the time they were made.")] = "desc",
) -> Response:
    """Your characters, newest first; walk on with ``after``."""
    cursor, ascending = None if after is None else _checked(after), order == "asc"

    def look(tx: Transaction, grant: Grant, _now: float) -> wire.CharacterList:
        found = repository.of(tx, grant.party, after=cursor, limit=limit + 1, ascending=ascending)
        return wire.characters(found[:limit], grant.party, has_more=len(found) > limit)

    return wire.answer(await visit.read("video.read", look))


@router.get("/{character_id}", responses=answers(wire.Character))
async def retrieve_character(character_id: str, visit: Visitor) -> Response:
    """One character, yours or shared with you."""
    kept, party = await _found(visit, character_id)
    return wire.answer(wire.character(kept, party))


@router.get("/{character_id}/content", responses=answers(None, media_type="image/png"))
async def download_character(
    character_id: str,
    visit: Visitor,
    variant: Annotated[Literal["picture", "small"], Query(description="All of it, or a small WebP.")] = "picture",
) -> Response:
    """The picture it is kept from."""
    kept, _ = await _found(visit, character_id)
    name, kind = (PICTURE, "image/png") if variant == "picture" else (SMALL, "image/webp")
    content = await visit.desk.aside(lambda: visit.desk.blobs.read(f"{kept.folder}/{name}"))
    return Response(content, media_type=kind)


@router.delete("/{character_id}", responses=answers(wire.Deleted))
async def delete_character(character_id: str, visit: Visitor) -> Response:
    """Delete a character and its files; it is taken back from whoever had it, and waiting videos with it fail."""
    kept = await visit.write(
        "video.delete",
        lambda tx, grant, now: keeping.forget(tx, visit.desk.log, _checked(character_id), grant.party, now=moment(now)),
    )
    blobs = visit.desk.blobs
    await visit.desk.aside(lambda: blobs.remove(list(blobs.keys(kept.folder))))
    return wire.answer(wire.Deleted(id=kept.id, object="character.deleted", deleted=True))


@router.post(
    "/{character_id}/sharing",
    responses=ANY,
    openapi_extra=body(
        ["circle"],
        {"circle": "approved", "approved": ["party_1"], "days": 365},
        circle={"type": "string", "enum": ["nobody", "approved", "everybody"]},
        approved={"type": "array", "items": ID, "maxItems": _MOST_NAMED},
        days={"type": "integer", "minimum": 1, "maximum": _MOST_DAYS},
    ),
)
async def share_character(character_id: str, request: Request, visit: Visitor) -> Response:
    """Say who else may have your character in their videos, in place of what you said before."""
    values = await asked(request, visit, "circle", "approved", "days")
    circle = fields.needed(fields.choice(values, "circle", ("nobody", "approved", "everybody")), "circle")
    named = frozenset(checked_id(str(one)) for one in fields.several(values, "approved", most=_MOST_NAMED) or [])
    if bool(named) != (circle == "approved"):
        raise FieldError(f"The circle {circle} with {len(named)} named: name people for approved.", param="approved")
    days = fields.whole(values, "days", least=1, most=_MOST_DAYS) or 365

    def shared(tx: Transaction, party: str, now: datetime) -> tuple[Given, ...]:
        kept = keeping.require_own(tx, _checked(character_id), party)
        sharing = Sharing(everybody=circle == "everybody", parties=named)
        return keeping.share(tx, visit.desk.log, kept, sharing, until=now + timedelta(days=days), now=now)

    given = await visit.write(SCOPE, lambda tx, grant, now: shared(tx, grant.party, moment(now)))
    return wire.answer({"object": "list", "data": [given_of(one) for one in given]})


def _wished(form: Form) -> Wish:
    name = fields.needed(fields.text(form.values, "name", most=LONGEST_NAME), "name").strip().removeprefix("@")
    try:
        require_name(name)
    except CharacterError as error:
        raise FieldError(str(error), param="name") from error
    likeness = fields.text(form.values, "likeness", most=64)
    credit = fields.text(form.values, "credit", most=_LONGEST_CREDIT, least=0)
    if credit and not credit.isprintable():
        raise FieldError("`credit` is one line of text.", param="credit")
    return Wish(
        name=name,
        faces=_FACES.get(fields.choice(form.values, "facing", tuple(_FACES)) or "", 0),
        likeness=None if likeness is None else likeness.removeprefix("@"),
        credit=credit,
    )


async def _developed(visit: Visit, form: Form, party: str) -> Portrait:
    if "video" not in form.files:
        raise MissingFieldError("`video` is missing. Send it as a file: a film, or a picture.", param="video")
    file = form.files["video"]
    try:
        return await developed(visit.desk, lambda to: copied(file, to), party, time.time())
    except ImageError as error:
        raise FieldError(str(error), param="video") from error


async def _found(visit: Visit, character_id: str) -> tuple[Kept, str]:
    return await visit.read(
        "video.read",
        lambda tx, grant, now: (
            keeping.require(tx, _checked(character_id), grant.party, now=moment(now)),
            grant.party,
        ),
    )


def _checked(character_id: str) -> str:
    """An id, if it can be one: some databases fail at letters that no id has. Raises CharacterNotFoundError."""
    if not _ID.fullmatch(character_id):
        raise CharacterNotFoundError("There is no character of that id; list them and copy it.")
    return character_id
