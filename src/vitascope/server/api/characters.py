"""Characters: part of the published API, and nothing a model here can do; said plainly, never imitated."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.programme.likeness import asking
from vitascope.refusals import CharacterNotFoundError, MissingFieldError, UnsupportedOperationError
from vitascope.rights.uses import Use
from vitascope.server import fields
from vitascope.server.calls import moment
from vitascope.server.desk import Visitor
from vitascope.server.forms import opened
from vitascope.server.openapi import answers, form_body

router = APIRouter(prefix="/v1/videos/characters", tags=["characters"])

_FIELDS = {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "video": {"type": "string", "format": "binary"},
    "likeness": {"type": "string", "minLength": 1, "maxLength": 64, "description": "Whom it shows, if a person."},
}


@router.post("", openapi_extra=form_body(_FIELDS, ["name", "video"]), responses=answers(dict[str, object], 415))
async def create_character(request: Request, visit: Visitor) -> Response:
    """Refused with ``unsupported_operation``: no model here keeps a character from one video to the next.

    Before that a person is asked: one made from somebody (``likeness``, or a claimed name) takes their yes.
    """
    await visit.enter("video.create", Use.CHARACTER_CREATE)
    async with opened(request) as form:
        name = fields.needed(fields.text(form.values, "name", most=80), "name").removeprefix("@")
        likeness = fields.text(form.values, "likeness", most=64)
        if "video" not in form.files:
            raise MissingFieldError("`video` is missing. Send it as a file.", param="video")
    shown = None if likeness is None else likeness.removeprefix("@")
    await visit.write(
        "video.create",
        lambda tx, grant, now: asking.require_made_from(tx, visit.desk.log, grant.party, name, shown, now=moment(now)),
        Use.CHARACTER_CREATE,
    )
    raise UnsupportedOperationError("No model that runs here can keep a character yet. Nothing is imitated.")


@router.get("/{character_id}", responses=answers(dict[str, object]))
async def retrieve_character(character_id: str, visit: Visitor) -> Response:
    """Answered with ``character_not_found``: there are none."""
    await visit.enter("video.read")
    raise CharacterNotFoundError(f"There is no character {character_id[:60]!r}.")
