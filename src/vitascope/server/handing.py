"""Files of videos on their way out: whole or in parts, and whose works are behind them."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from vitascope.server import darkroom
from vitascope.server.desk import Desk
from vitascope.server.ranges import asked_range
from vitascope.store.blobs import Stored

_PIECE = 1 << 18  # bytes sent at a time


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


async def credits_in(desk: Desk, stored: Stored) -> Mapping[str, Any]:
    """Whom a film's seal thanks, and which training works it comes nearest to."""
    return await _looked_at(desk, stored, darkroom.credits_of)


async def origin_of(desk: Desk, stored: Stored) -> Mapping[str, Any]:
    """What its credential and its mark say, as anybody who has the file would find it."""
    return await _looked_at(desk, stored, lambda path: darkroom.origin(path, desk.database.url))


async def _looked_at(desk: Desk, stored: Stored, look: Callable[[Path], Mapping[str, Any]]) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="vitascope-") as folder:
        path = Path(folder) / f"film.{ending(stored)}"
        await desk.aside(lambda: desk.blobs.fetch(stored.key, path))
        async with desk.darkrooms:
            return await desk.aside(lambda: look(path))
