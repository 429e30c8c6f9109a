"""Videos: order, look, list, cancel, delete, remix; edits and extensions where a model can."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from vitascope.orders import Order, Verb
from vitascope.refusals import FieldError
from vitascope.rights.question import Ingredient
from vitascope.rights.uses import Use
from vitascope.server import asked, derived, fields, ordering, wire
from vitascope.server.brackets import Value
from vitascope.server.desk import Visit, Visitor
from vitascope.server.forms import Form, opened
from vitascope.server.openapi import EDIT_BODY, EXTEND_BODY, ORDER_BODY, REMIX_BODY, answers
from vitascope.server.pictures import kept
from vitascope.server.placing import LONGEST_ID, checked, chosen_model, placed
from vitascope.store.database import Transaction
from vitascope.videos import book
from vitascope.videos.job import Job, Waiting

router = APIRouter(prefix="/v1/videos", tags=["videos"])


@router.post("", openapi_extra=ORDER_BODY, responses=answers(wire.Video, 400, 404, 413, 415, 422, 429, 503))
async def create_video(request: Request, visit: Visitor) -> Response:
    """Order a video. It is queued when this answers, and cannot be lost from then on."""
    grant = await visit.enter("video.create")
    async with opened(request) as form:
        wanted = asked.asked(form)
        reference = wanted.reference
        image = await kept(visit.desk, reference, grant.party) if reference else None

    def order(tx: Transaction, now: float) -> Order:
        return ordering.settled(wanted, chosen_model(tx, visit, wanted.model, now), image=image)

    return await placed(request, visit, order)


@router.get("", responses=answers(wire.VideoList, 400, 404))
async def list_videos(
    visit: Visitor,
    after: Annotated[str | None, Query(max_length=LONGEST_ID, description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=0, le=100, description="Videos on a page.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By the time they were ordered.")] = "desc",
    state: Literal["queued", "in_progress", "completed", "failed", "cancelled"] | None = None,
) -> Response:
    """Your videos, newest first; walk on with ``after``. An id that was deleted still serves as a place to go on."""
    cursor = None if after is None else checked(after)
    visit.desk.glances.note(visit.credential)
    page = await visit.read(
        "video.read",
        lambda tx, grant, _now: book.listing(
            tx, grant.party, after=cursor, limit=limit, ascending=order == "asc", state=state
        ),
    )
    return wire.answer(wire.videos(page))


@router.post("/edits", openapi_extra=EDIT_BODY, responses=answers(wire.Video, 400, 404, 413, 415, 429, 503))
async def edit_video(request: Request, visit: Visitor) -> Response:
    """Order a changed version of a video of yours, where the model can edit; the embedded one cannot yet."""
    return await _built_on(request, visit, "edit")


@router.post("/extensions", openapi_extra=EXTEND_BODY, responses=answers(wire.Video, 400, 404, 413, 415, 429, 503))
async def extend_video(request: Request, visit: Visitor) -> Response:
    """Order a longer version of a video of yours, where the model can extend; the embedded one cannot yet."""
    return await _built_on(request, visit, "extend")


@router.get("/{video_id}", responses=answers(wire.Video, 404))
async def retrieve_video(video_id: str, visit: Visitor) -> Response:
    """One video. A failed one is answered with 200 too: its ``status`` is ``failed`` and its ``error`` says why."""

    def look(tx: Transaction, party: str, now: float) -> tuple[Job, Waiting | None]:
        job = book.get(tx, checked(video_id), party)
        return job, book.waiting(tx, job, now) if job.state == "queued" else None

    job, waiting = await visit.read("video.read", lambda tx, grant, now: look(tx, grant.party, now))
    return wire.answer(wire.video(job, waiting), headers=wire.poll_headers(job, waiting))


@router.delete("/{video_id}", responses=answers(wire.Deleted, 404))
async def delete_video(video_id: str, visit: Visitor) -> Response:
    """Delete a video and its files; one that is being made is stopped first."""
    keys = await visit.write(
        "video.delete", lambda tx, grant, now: book.delete(tx, checked(video_id), grant.party, now)
    )

    def clear() -> None:
        visit.desk.queue.withdraw(video_id)
        visit.desk.blobs.remove(keys)

    await visit.desk.aside(clear)
    return wire.answer(wire.Deleted(id=video_id, object="video.deleted", deleted=True))


@router.post("/{video_id}/cancel", responses=answers(wire.Video, 404))
async def cancel_video(video_id: str, visit: Visitor) -> Response:
    """Stop a video that is queued or being made; one that has ended is answered as it is. No pause forbids it."""
    job = await visit.write(
        "video.create",
        lambda tx, grant, now: book.cancel(tx, checked(video_id), grant.party, now),
        Use.VIDEO_READ,  # nothing new is made
    )
    if job.state == "cancelled":
        await visit.desk.aside(lambda: visit.desk.queue.withdraw(video_id))
    return wire.answer(wire.video(job))


@router.post(
    "/{video_id}/remix", openapi_extra=REMIX_BODY, responses=answers(wire.Video, 400, 404, 413, 415, 422, 429, 503)
)
async def remix_video(video_id: str, request: Request, visit: Visitor) -> Response:
    """Order a video with the model, seed, size and length of another and a new prompt.

    It is painted anew from the same noise; the frames of the other are not looked at. Somebody else's is remixed if
    they released it for that.
    """
    grant = await visit.enter("video.create", Use.VIDEO_REMIX)
    async with opened(request) as form:
        _only(form, ("prompt",))
        prompt = asked.prompt(form.values)

    def drawn_on(tx: Transaction, now: float) -> tuple[Ingredient, ...]:
        return (derived.remix_source(tx, checked(video_id), grant.party, now),)

    def order(tx: Transaction, now: float) -> Order:
        (source,) = drawn_on(tx, now)
        return derived.remix(tx, visit, video_id, prompt, owner=source.owner, now=now)

    return await placed(request, visit, order, ingredients=drawn_on)


async def _built_on(request: Request, visit: Visit, verb: Verb) -> Response:
    grant = await visit.enter("video.create", Use(f"video.{verb}"))
    async with opened(request) as form:
        wanted = asked.asked(form, besides=("video",))
        source_id = _source_id(form)
        if verb == "extend":
            fields.needed(None if wanted.seconds is None else "told", "seconds")

    def order(tx: Transaction, now: float) -> Order:
        return derived.built_on(tx, visit, wanted, verb, source=source_id, party=grant.party, now=now)

    return await placed(request, visit, order)


def _source_id(form: Form) -> str | None:
    """The id in ``video``, or None where a film was sent."""
    if "video" in form.files:
        return None
    source = fields.thing(form.values, "video")
    told = fields.needed(None if source is None else fields.text(source, "id", most=LONGEST_ID), "video")
    return checked(told)


def _only(form: Form, names: tuple[str, ...]) -> None:
    strangers: Mapping[str, Value | object] = {**form.values, **form.files}
    for name in sorted(strangers.keys() - set(names)):
        raise FieldError(f"A remix takes a prompt and nothing else, not `{name[:60]}`.", param=name[:60])
