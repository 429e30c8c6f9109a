"""Everything a key owns as one archive, out of one house and into another."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse
from typing_extensions import TypedDict

from vitascope.refusals import BodyTooSlowError, MediaTypeError
from vitascope.server import bundles, wire
from vitascope.server.desk import Desk, Visitor
from vitascope.server.openapi import answers
from vitascope.videos import archive

router = APIRouter(prefix="/v1", tags=["archive"])
_ZIP = "application/zip"
_BODY = {"requestBody": {"required": True, "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}}}}


class Imported(TypedDict):
    """How many videos and characters came in."""

    object: Literal["import"]
    videos: int
    characters: int


@router.get("/export", responses=answers(None, media_type=_ZIP))
async def export_everything(visit: Visitor) -> Response:
    """All you own as one ZIP: ``videos.jsonl`` and ``files/``, ``characters.jsonl`` and ``characters/``."""
    grant = await visit.enter("video.read")
    headers = {"content-disposition": 'attachment; filename="vitascope.zip"'}
    return StreamingResponse(packed(visit.desk, grant.party), media_type=_ZIP, headers=headers)


@router.post("/import", openapi_extra=_BODY, responses=answers(Imported, 415))
async def import_everything(request: Request, visit: Visitor) -> Response:
    """Take in an archive that another house made; all its videos, or nothing. What is here already is left as it is.

    Characters are opened as uploads are; one that shows a person who has not allowed it here is left out.
    """
    grant = await visit.enter("video.create")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _ZIP:
        raise MediaTypeError("Send the archive itself as the body, with `Content-Type: application/zip`.")
    with tempfile.TemporaryDirectory(prefix="vitascope-") as folder:
        path = Path(folder) / "archive.zip"
        await _receive(request, path)
        blobs = visit.desk.blobs
        unpacked = await to_thread.run_sync(lambda: archive.unpack(path, blobs, party=grant.party, key=grant.key))
        entered = await visit.write("video.create", lambda tx, _grant, _now: archive.bring_in(tx, unpacked))
        await to_thread.run_sync(lambda: blobs.remove(archive.unused(unpacked, entered)))
        characters = await bundles.brought_in(visit.desk, path, grant.party)
    return wire.answer(Imported(object="import", videos=len(entered), characters=characters))


async def packed(desk: Desk, party: str) -> AsyncIterator[bytes]:
    """All videos and characters of a party as a ZIP, piece by piece."""
    with desk.database.reading() as tx:
        besides = bundles.bundle(tx, party)
        async for piece in iterate_in_threadpool(archive.export(tx, party, desk.blobs, besides)):
            yield piece


async def _receive(request: Request, to: Path) -> None:
    try:
        with to.open("wb") as file:  # each piece is written in a thread
            async for piece in request.stream():
                await to_thread.run_sync(file.write, piece)
    except ClientDisconnect as error:
        raise BodyTooSlowError("The body ended before it was whole. Send it again.") from error
