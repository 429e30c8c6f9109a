"""Characters: part of the published API, and nothing a model here can do; said plainly, never imitated."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.refusals import CharacterNotFoundError, MissingFieldError, UnsupportedOperationError
from vitascope.rights.uses import Use
from vitascope.server import fields
from vitascope.server.desk import Visitor
from vitascope.server.forms import opened
from vitascope.server.openapi import answers, form_body

router = APIRouter(prefix="/v1/videos/characters", tags=["characters"])

_FIELDS = {
    "name": {"type": "string", "minLength": 1, "maxLength": 80},
    "video": {"type": "string", "format": "binary"},
}


@router.post("", openapi_extra=form_body(_FIELDS, ["name", "video"]), responses=answers(dict[str, object], 415))
async def create_character(request: Request, visit: Visitor) -> Response:
    """Refused with ``unsupported_operation``: no model here keeps a character from one video to the next."""
    await visit.enter("video.create", Use.CHARACTER_CREATE)
    async with opened(request) as form:
        fields.needed(fields.text(form.values, "name", most=80), "name")
        if "video" not in form.files:
            raise MissingFieldError("`video` is missing. Send it as a file.", param="video")
    raise UnsupportedOperationError("No model that runs here can keep a character yet. Nothing is imitated.")


@router.get("/{character_id}", responses=answers(dict[str, object]))
async def retrieve_character(character_id: str, visit: Visitor) -> Response:
    """Answered with ``character_not_found``: there are none."""
    await visit.enter("video.read")
    raise CharacterNotFoundError(f"There is no character {character_id[:60]!r}.")
