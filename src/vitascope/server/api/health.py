"""For those who run the house: is it there, is it ready, how is it doing."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response
from typing_extensions import TypedDict

from vitascope.errors import TemporaryError
from vitascope.server import wire
from vitascope.server.desk import AtDesk, Desk, Visitor
from vitascope.server.metrics import MEDIA_TYPE
from vitascope.server.openapi import answers
from vitascope.videos import metrics

router = APIRouter(tags=["operation"])


class Health(TypedDict):
    """A sign of life."""

    status: Literal["ok"]


@router.get("/healthz", responses={200: {"model": Health}})
async def healthz() -> Response:
    """The desk is there; nothing else is asked."""
    return wire.answer(Health(status="ok"))


@router.get("/readyz", responses=answers(Health))
async def readyz(desk: AtDesk) -> Response:
    """Database and store of files answer; 503 or 507 where one does not, with which."""

    def look(desk: Desk) -> None:
        desk.database.check()
        desk.blobs.check()

    await desk.aside(lambda: look(desk))
    return wire.answer(Health(status="ok"))


@router.get("/metrics", responses=answers(None, media_type="text/plain"))
async def tell_metrics(visit: Visitor) -> Response:
    """Counters for Prometheus; needs a key with the scope ``admin``."""
    try:
        counts = await visit.read("admin", lambda tx, _grant, now: metrics.counts(tx, now))
    except TemporaryError:
        counts = None  # what the desk itself counted is told all the more
    return Response(visit.desk.meters.exposition(counts), media_type=MEDIA_TYPE)
