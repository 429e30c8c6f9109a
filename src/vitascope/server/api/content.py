"""The files of a video: the film, a thumbnail, a spritesheet, whole or in parts; and whose works are behind them."""

import tempfile
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from typing_extensions import TypedDict

from vitascope.server import darkroom, wire
from vitascope.server.desk import Desk, Visitor
from vitascope.server.openapi import answers
from vitascope.server.placing import checked
from vitascope.server.ranges import asked_range
from vitascope.store.blobs import Stored
from vitascope.videos import book

router = APIRouter(prefix="/v1/videos", tags=["videos"])
_PIECE = 1 << 18  # bytes sent at a time
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
    return wire.answer({"object": "video.credits", "id": video_id, **await _looked_at(visit.desk, stored)})


async def _looked_at(desk: Desk, stored: Stored) -> Mapping[str, object]:
    with tempfile.TemporaryDirectory(prefix="vitascope-") as folder:
        path = Path(folder) / f"film.{ending(stored)}"
        await desk.aside(lambda: desk.blobs.fetch(stored.key, path))
        async with desk.darkrooms:
            return await desk.aside(lambda: darkroom.credits_of(path))


def _may_link(desk: Desk) -> bool:
    return desk.settings.content_links


async def handed_out(desk: Desk, stored: Stored, request: Request, name: str) -> Response:
    """The bytes that were asked for, the first of them read before a status is sent: a lost file is an error then."""
    etag = f'"{stored.sha256}"'
    headers = {
        "etag": etag,
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=3600, immutable",
        "content-disposition": f'inline; filename="{name}"',
        "expires": formatdate(None, usegmt=True),
    }
    if _matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    is_same = request.headers.get("if-range", etag) == etag
    part = asked_range(request.headers.get("range"), stored.size) if is_same else None
    start, end = part or (0, stored.size)
    if part is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{stored.size}"
    headers["content-length"] = str(end - start)
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=stored.media_type)
    pieces = desk.blobs.stream(stored.key, start, end, chunk=_PIECE)
    first = await desk.aside(lambda: next(pieces, b""))
    return StreamingResponse(_chained(first, pieces), status_code=status, headers=headers, media_type=stored.media_type)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _matches(header: str | None, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in (header or "").split(",")]
    return etag in tags or "*" in tags


def ending(stored: Stored) -> str:
    """How the name of a file of its kind ends."""
    return {"video/mp4": "mp4", "image/webp": "webp", "image/jpeg": "jpg"}.get(stored.media_type, "bin")
