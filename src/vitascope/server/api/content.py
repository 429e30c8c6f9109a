"""The files of a video: the film, a thumbnail, a spritesheet, whole or in parts; and whose works are behind them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response
from typing_extensions import TypedDict

from vitascope.server import wire
from vitascope.server.desk import Desk, Visitor
from vitascope.server.handing import credits_in, ending, handed_out
from vitascope.server.openapi import answers
from vitascope.server.placing import checked
from vitascope.videos import book

router = APIRouter(prefix="/v1/videos", tags=["videos"])
_CONTENT = answers(None, 410, 416, media_type="video/mp4")
_CONTENT[200]["content"] |= dict.fromkeys(("image/webp", "image/jpeg"), _CONTENT[200]["content"]["video/mp4"])
_CONTENT |= {
    206: {**_CONTENT[200], "description": "The asked bytes"},
    302: {"description": "The bucket has it"},
    304: {"description": "Unchanged"},
}


class NearWork(TypedDict):
    """A training work that some part of the film comes near to; flagged where too near and not credited."""

    work: str
    title: str
    authors: list[str]
    licence: str
    distance: float
    flagged: bool


class NearComposition(TypedDict):
    """How near the whole film comes to one training composition, over the next ones; flagged below the threshold."""

    ratio: float
    threshold: float
    known: int
    flagged: bool


class Credits(TypedDict):
    """Whose works are behind a film."""

    object: Literal["video.credits"]
    id: str
    credits: list[str]
    nearest: list[NearWork]
    composition: NearComposition | None


@router.get("/{video_id}/content", responses=_CONTENT)
@router.head("/{video_id}/content", include_in_schema=False)
async def download_content(
    video_id: str,
    request: Request,
    visit: Visitor,
    variant: Annotated[str, Query(max_length=40, description="video, thumbnail or spritesheet")] = "video",
) -> Response:
    """The film (mp4), a thumbnail (webp) or a spritesheet (jpeg). ``Range``, ``If-Range``, ``If-None-Match`` work."""
    stored = await visit.read(
        "video.read", lambda tx, grant, now: book.content(tx, checked(video_id), grant.party, variant, now)
    )
    link = await visit.desk.aside(lambda: visit.desk.blobs.link(stored.key)) if _may_link(visit.desk) else None
    if link is not None:
        return RedirectResponse(link, status_code=302)
    return await handed_out(visit.desk, stored, request, f"{video_id}.{ending(stored)}")


@router.get("/{video_id}/credits", responses=answers(Credits, 404, 410))
async def credits_of_a_video(video_id: str, visit: Visitor) -> Response:
    """Whose works are behind a film: the artists its seal thanks, and which training works it comes nearest to.

    The nearest whole composition, too. Flagged is a work nearer than 99 in 100 clips come that do not show it, and a
    composition nearer than all but 6 in 1,000 new clips come. It is looked at when asked for.
    """
    stored = await visit.read(
        "video.read", lambda tx, grant, now: book.content(tx, checked(video_id), grant.party, "video", now)
    )
    return wire.answer({"object": "video.credits", "id": video_id, **await credits_in(visit.desk, stored)})


def _may_link(desk: Desk) -> bool:
    return desk.settings.content_links
