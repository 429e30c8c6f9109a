"""Server-Sent Events: what happens to a video, or to all videos of a key, as it happens."""

import time
from collections.abc import AsyncIterator
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header
from starlette.responses import Response, StreamingResponse

from vitascope.refusals import DatabaseError
from vitascope.server import wire
from vitascope.server.desk import Desk, Visitor
from vitascope.server.openapi import answers
from vitascope.server.placing import checked
from vitascope.videos import book, events
from vitascope.videos.events import Event, Tail

router = APIRouter(prefix="/v1", tags=["events"])

_QUIET_SECONDS = 15.0  # a comment this often keeps proxies from cutting the line
_LONGEST_SECONDS = 3600.0  # then the client comes again, with its key
_LAST = {"video.completed", "video.failed", "video.cancelled", "video.deleted"}
_STREAM = answers(None, media_type="text/event-stream")
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", max_length=20, pattern="^[0-9]{1,18}$")]


@router.get("/videos/{video_id}/events", responses=_STREAM)
async def watch_video(video_id: str, visit: Visitor, last_event_id: LastEventId = None) -> Response:
    """Everything that happened to a video and what happens next; the stream ends with the video."""
    party = await visit.read("video.read", lambda tx, grant, _now: book.get(tx, checked(video_id), grant.party).party)
    tail = Tail(party=party, video=video_id, after=int(last_event_id or 0))
    return _stream(visit.desk, tail, ends=True)


@router.get("/events", responses=_STREAM)
async def watch_all(visit: Visitor, last_event_id: LastEventId = None) -> Response:
    """What happens to all videos of your key, from now on, or from ``Last-Event-ID`` on."""
    party, last = await visit.read("video.read", lambda tx, grant, _now: (grant.party, events.last_id(tx)))
    tail = Tail(party=party, after=last if last_event_id is None else int(last_event_id))
    return _stream(visit.desk, tail, ends=False)


def _stream(desk: Desk, tail: Tail, *, ends: bool) -> Response:
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_told(desk, tail, ends=ends), media_type="text/event-stream", headers=headers)


async def _told(desk: Desk, tail: Tail, *, ends: bool) -> AsyncIterator[bytes]:
    """Look, then sleep until the bell rings: whatever is written between the two rings it."""
    until = time.monotonic() + _LONGEST_SECONDS
    async with desk.news.listening() as bell:
        yield b"retry: 1000\n\n"
        while time.monotonic() < until and not desk.news.has_ended:
            for event in await _read(desk, tail):
                yield wire.server_event(event)
                if ends and event.type in _LAST:
                    return
            if not await bell.wait(_QUIET_SECONDS):
                yield b": still here\n\n"


async def _read(desk: Desk, tail: Tail) -> tuple[Event, ...]:
    """New events; during an outage of the database there are none, and the stream lives on."""

    def reading() -> tuple[Event, ...]:
        with desk.database.reading() as tx:
            return tail.read(tx)

    try:
        return await to_thread.run_sync(reading, limiter=desk.readers)
    except DatabaseError:
        return ()
