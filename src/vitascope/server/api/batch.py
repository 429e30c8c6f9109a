"""Many orders at once: all of them are taken down, or none."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from vitascope.orders import Order
from vitascope.refusals import FieldError, UnsupportedFieldError
from vitascope.server import asked, fields, ordering, wire
from vitascope.server.brackets import Value
from vitascope.server.desk import Visit, Visitor
from vitascope.server.forms import Form, json_object
from vitascope.server.openapi import answers, json_body, order_schema
from vitascope.server.pictures import kept
from vitascope.server.placing import admitted, chosen_model, promised
from vitascope.store.database import Transaction
from vitascope.videos import book
from vitascope.videos.job import Job, Page

router = APIRouter(prefix="/v1/videos", tags=["videos"])
MOST_ORDERS = 100

_SCHEMA = {
    "type": "object",
    "properties": {"requests": {"type": "array", "items": order_schema(), "minItems": 1, "maxItems": MOST_ORDERS}},
    "required": ["requests"],
    "additionalProperties": False,
}
_EXAMPLE = {"requests": [{"prompt": "a parrot flies over a beach"}, {"prompt": "a cat jumps in the snow", "seed": 7}]}


@router.post("/batch", openapi_extra=json_body(_SCHEMA, _EXAMPLE), responses=answers(wire.VideoList, 415, 422))
async def create_videos(request: Request, visit: Visitor) -> Response:
    """Order up to 100 videos in one transaction; the answer lists them in the order of the requests."""
    grant = await visit.enter("video.create")
    values = await json_object(request)
    wanted = [_asked(value, place) for place, value in enumerate(_requests(values))]
    images = [await kept(visit.desk, one.reference, grant.party) if one.reference else None for one in wanted]

    def place_all(tx: Transaction, now: float) -> tuple[Job, ...]:
        orders = tuple(_settled(tx, visit, one, image, now) for one, image in zip(wanted, images, strict=True))
        allowed = admitted(tx, visit, orders, now)
        limit = visit.desk.settings.queue_limit
        jobs = book.submit_many(tx, orders, allowed, queue=visit.desk.queue, now=now, queue_limit=limit)
        promised(tx, visit, jobs, now)
        return jobs

    jobs = await visit.transact(place_all)
    return wire.answer(wire.videos(Page(jobs=jobs, has_more=False)))


def _settled(tx: Transaction, visit: Visit, one: asked.Asked, image: str | None, now: float) -> Order:
    return ordering.settled(one, chosen_model(tx, visit, one.model, now), image=image)


def _requests(values: Mapping[str, Value]) -> list[Value]:
    for name in sorted(values.keys() - {"requests"}):
        raise FieldError(f"A batch has `requests` and nothing else, not `{name[:60]}`.", param=name[:60])
    requests = fields.several(values, "requests") or []
    if not 1 <= len(requests) <= MOST_ORDERS:
        raise FieldError(f"`requests` has {len(requests)} entries; it must have 1 to {MOST_ORDERS}.", param="requests")
    return requests


def _asked(value: Value, place: int) -> asked.Asked:
    if not isinstance(value, dict):
        raise FieldError(f"`requests[{place}]` must be an object.", param=f"requests[{place}]")
    files: Mapping[str, UploadFile] = {}
    wanted = asked.asked(Form(values=value, files=files))
    if wanted.reference and wanted.reference.url:
        raise UnsupportedFieldError("A batch fetches no addresses: send pictures as data URLs.", param="requests")
    return wanted
