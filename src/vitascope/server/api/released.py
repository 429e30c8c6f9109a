"""What members released: seen by everybody without a key, with its maker's name as they wish, licence and origin."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from vitascope.programme import release
from vitascope.refusals import VideoNotFoundError
from vitascope.rights.owners.repository import Given
from vitascope.rights.party import PUBLIC
from vitascope.rights.uses import Use
from vitascope.server import public, wire
from vitascope.server.calls import ANY, OPEN
from vitascope.server.desk import AtDesk
from vitascope.server.handing import ending, handed_out
from vitascope.server.openapi import answers
from vitascope.server.placing import checked
from vitascope.store.blobs import Stored
from vitascope.store.database import Transaction
from vitascope.videos import book

router = APIRouter(tags=["released"])

_FILE = answers(None, 410, 416, media_type="video/mp4")
_FILE[200]["content"] |= dict.fromkeys(("image/webp", "image/jpeg"), _FILE[200]["content"]["video/mp4"])
_FILE |= {206: {**_FILE[200], "description": "The asked bytes"}, 304: {"description": "Unchanged"}}


@router.get("/v1/programme/releases", responses=ANY, openapi_extra=OPEN)
async def list_releases(desk: AtDesk, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
    """What is released to everybody, newest first."""
    found = await desk.look(lambda tx, now: release.showing(tx, now)[:limit])
    return wire.answer({"object": "list", "data": [release_of(one) for one in found]})


@router.get("/v1/programme/releases/{video}", responses=ANY, openapi_extra=OPEN)
async def retrieve_release(video: str, desk: AtDesk) -> Response:
    """One release: licence, uses, and the maker's name as they wish it."""
    return wire.answer(release_of(await desk.look(lambda tx, now: _shown(tx, video, now))))


@router.get("/v1/programme/releases/{video}/content", responses=_FILE, openapi_extra=OPEN)
async def download_release(
    video: str,
    request: Request,
    desk: AtDesk,
    variant: Annotated[str, Query(max_length=40, description="video, thumbnail or spritesheet")] = "video",
) -> Response:
    """The file of a release, marked and sealed like every file; gone once its maker takes the release back."""

    def find(tx: Transaction, now: datetime) -> Stored:
        given = _shown(tx, video, now)
        return book.content(tx, video, given.permission.grantor, variant, now.timestamp())

    stored = await desk.look(find)
    answer = await handed_out(desk, stored, request, f"{video}.{ending(stored)}")
    answer.headers["cache-control"] = "no-cache"  # taken back means gone
    return answer


@router.get("/released", include_in_schema=False)
async def show_releases(desk: AtDesk) -> Response:
    """The page of releases."""
    found = await desk.look(lambda tx, now: release.showing(tx, now)[:60])
    return HTMLResponse(public.releases([release_of(one) for one in found]), headers=public.HEADERS)


@router.get("/released/{video}", include_in_schema=False)
async def show_release(video: str, desk: AtDesk) -> Response:
    """The page of one release."""
    given = await desk.look(lambda tx, now: _shown(tx, video, now))
    return HTMLResponse(public.release(release_of(given)), headers=public.HEADERS)


def release_of(given: Given) -> dict[str, object]:
    """A release as everybody sees it."""
    permission = given.permission
    video = permission.object.partition("/")[2]
    return {
        "id": permission.id,
        "object": "release",
        "video": video,
        "uses": sorted(use.value for use in permission.uses),
        "licence": given.licence,
        "credit": given.restrictions or None,
        "released_at": int(permission.valid_from.timestamp()),
        "page": f"/released/{video}",
    }


def _shown(tx: Transaction, video: str, now: datetime) -> Given:
    found = release.released(tx, checked(video), now)
    to_all = [one for one in found if one.permission.grantee == PUBLIC and Use.VIDEO_READ in one.permission.uses]
    if not to_all:
        raise VideoNotFoundError("There is no video of that id that was released to everybody.")
    return to_all[0]
