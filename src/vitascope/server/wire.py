"""What goes over the wire: the objects of the API, byte for byte as its clients know them, with our own keys behind."""

import json
from collections.abc import Iterable, Mapping
from typing import Literal, NotRequired

from starlette.responses import Response
from typing_extensions import TypedDict

from vitascope.programme.characters.repository import Kept
from vitascope.videos.events import Event
from vitascope.videos.job import Job, Made, Page, Waiting
from vitascope.videos.webhooks import Delivery, Endpoint
from vitascope.videos.workers import Capability

Status = Literal["queued", "in_progress", "completed", "failed"]
_FACING = {-1: "left", 0: None, 1: "right"}
_PENDING = ("queued", "in_progress")
_POLL_LEAST, _POLL_MOST, _POLL_UNKNOWN = 250, 5000, 1000  # milliseconds


class Failed(TypedDict):
    """Why a video failed."""

    code: str
    message: str


class Provenance(TypedDict):
    """What tells this file from every other."""

    weights_sha256: str
    frames_sha256: str
    manifest_sha256: str
    mark_id: str


class Video(TypedDict):
    """A video: the 13 keys of the published API, always all of them, and ours."""

    id: str
    object: Literal["video"]
    model: str
    status: Status
    progress: int
    created_at: int
    completed_at: int | None
    expires_at: int | None
    prompt: str | None
    size: str
    seconds: str
    remixed_from_video_id: str | None
    error: Failed | None
    state: str  # queued, waiting_for_worker, in_progress, completed, failed, cancelled
    seed: int
    priority: str
    parent_ids: list[str]
    characters: list[str]
    stage: NotRequired[str]
    step: NotRequired[int]
    steps: NotRequired[int]
    eta_seconds: NotRequired[float | None]
    queue_position: NotRequired[int]
    fps: NotRequired[int]
    num_frames: NotRequired[int]
    inference_time_s: NotRequired[float]
    peak_memory_mb: NotRequired[float]
    notes: NotRequired[list[str]]
    credits: NotRequired[list[str]]
    provenance: NotRequired[Provenance]


class Character(TypedDict):
    """A kept character: the three keys of the published API, and ours."""

    id: str
    name: str
    created_at: int
    object: Literal["character"]
    is_mine: bool
    facing: str | None  # left, right or null
    likeness: str | None  # the claimed name of the person it shows
    credit: str | None  # who is thanked for it


class CharacterList(TypedDict):
    """A page of characters."""

    object: Literal["list"]
    data: list[Character]
    first_id: str | None
    last_id: str | None
    has_more: bool


class Deleted(TypedDict):
    """Something that is no more."""

    id: str
    object: str
    deleted: bool


class VideoList(TypedDict):
    """A page of videos."""

    object: Literal["list"]
    data: list[Video]
    first_id: str | None
    last_id: str | None
    has_more: bool


class WebhookEndpoint(TypedDict):
    """Where news of videos is sent."""

    id: str
    object: Literal["webhook_endpoint"]
    name: str
    url: str
    event_types: list[str]
    created_at: int
    updated_at: int
    signing_secret_hint: str | None
    signing_secret: NotRequired[str]


class WebhookEndpointList(TypedDict):
    """A page of webhook endpoints."""

    object: Literal["list"]
    data: list[WebhookEndpoint]
    first_id: str | None
    last_id: str | None
    has_more: bool


class WebhookDelivery(TypedDict):
    """One message to one endpoint, and what became of it."""

    id: str
    object: Literal["webhook_delivery"]
    event_type: str
    video_id: str
    created_at: int
    attempts: int
    next_attempt_at: int | None
    status_code: int | None
    state: str
    error: str | None


class Model(TypedDict):
    """A model that runs here, and what it can."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    aliases: list[str]
    size: str
    sides: list[int]
    fps: int
    longest_seconds: float
    verbs: list[str]
    steps: int
    most_steps: int
    has_guidance: bool
    has_characters: bool
    seconds_per_video_second: float | None
    licence: str
    weights_sha256: str
    words: list[str]
    is_alive: bool


def answer(value: Mapping[str, object], *, headers: Mapping[str, str] | None = None) -> Response:
    """``value`` as JSON, status 200."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
    return Response(body, headers=dict(headers or {}), media_type="application/json")


def video(job: Job, waiting: Waiting | None = None) -> Video:
    """A job as clients of the API see it: cancelled is failed there, with a code and a state that tell more."""
    order, made = job.order, job.made
    width, height = made.size if made else order.size
    seconds = made.frames / made.fps if made else order.seconds
    shown = Video(
        id=job.id,
        object="video",
        model=order.model,
        status="failed" if job.state == "cancelled" else job.state,
        progress=job.progress,
        created_at=int(job.created_at),
        completed_at=_second(job.completed_at) if job.state == "completed" else None,
        expires_at=_second(job.expires_at),
        prompt=order.prompt,
        size=f"{width}x{height}",
        seconds=f"{seconds:g}",
        remixed_from_video_id=order.source if order.verb == "remix" else None,
        error=_failed(job),
        state="waiting_for_worker" if waiting and not waiting.has_worker else job.state,
        seed=order.seed,
        priority=order.priority,
        parent_ids=[order.source] if order.source else [],
        characters=list(order.cast.characters),
    )
    _add_progress(shown, job, waiting)
    if made is not None:
        _add_made(shown, made)
    return shown


def character(kept: Kept, party: str) -> Character:
    """A kept character, as ``party`` sees it."""
    return Character(
        id=kept.id,
        name=kept.name,
        created_at=int(kept.created_at),
        object="character",
        is_mine=kept.party == party,
        facing=_FACING[kept.faces],
        likeness=kept.likeness,
        credit=kept.credit or None,
    )


def characters(kept: Iterable[Kept], party: str, *, has_more: bool) -> CharacterList:
    """A page of characters."""
    data = [character(one, party) for one in kept]
    return CharacterList(object="list", data=data, **_ends(data), has_more=has_more)


def poll_headers(job: Job, waiting: Waiting | None) -> dict[str, str]:
    """When to look again, for the SDK's ``poll``: a tenth of what is left, within reason. It wants a whole number."""
    if job.state not in _PENDING:
        return {}
    eta = job.stage.eta_seconds if job.stage else waiting.eta_seconds if waiting else None
    wait = _POLL_UNKNOWN if eta is None else min(_POLL_MOST, max(_POLL_LEAST, round(eta * 100)))
    return {"openai-poll-after-ms": str(wait)}


def videos(page: Page) -> VideoList:
    """A page of videos."""
    data = [video(job) for job in page.jobs]
    return VideoList(object="list", data=data, **_ends(data), has_more=page.has_more)


def endpoint(told: Endpoint, signing_secret: str | None = None) -> WebhookEndpoint:
    """A webhook endpoint; with its secret only when that was made in this very call."""
    shown = WebhookEndpoint(
        id=told.id,
        object="webhook_endpoint",
        name=told.name,
        url=told.url,
        event_types=list(told.event_types),
        created_at=int(told.created_at),
        updated_at=int(told.updated_at),
        signing_secret_hint=told.signing_secret_hint,
    )
    if signing_secret is not None:
        shown["signing_secret"] = signing_secret
    return shown


def endpoints(told: Iterable[Endpoint], *, has_more: bool) -> WebhookEndpointList:
    """A page of webhook endpoints."""
    data = [endpoint(one) for one in told]
    return WebhookEndpointList(object="list", data=data, **_ends(data), has_more=has_more)


def delivery(told: Delivery) -> WebhookDelivery:
    """A line of the log of deliveries."""
    return WebhookDelivery(
        id=told.id,
        object="webhook_delivery",
        event_type=told.event_type,
        video_id=told.video,
        created_at=int(told.at),
        attempts=told.attempts,
        next_attempt_at=_second(told.next_at),
        status_code=told.status_code,
        state=told.state,
        error=told.error,
    )


def model(told: Capability, *, aliases: Iterable[str], is_alive: bool) -> Model:
    """A model in the list of models."""
    return Model(
        id=told.model,
        object="model",
        created=0,
        owned_by="vitascope",
        aliases=list(aliases),
        size="{}x{}".format(*told.size),
        sides=list(told.sides),
        fps=told.fps,
        longest_seconds=told.longest_seconds,
        verbs=list(told.verbs),
        steps=told.steps,
        most_steps=told.most_steps,
        has_guidance=told.has_guidance,
        has_characters=told.has_characters,
        seconds_per_video_second=told.seconds_per_video_second,
        licence=told.licence,
        weights_sha256=told.weights_sha256,
        words=list(told.words),
        is_alive=is_alive,
    )


def server_event(event: Event) -> bytes:
    """An event as a client of ``text/event-stream`` reads it; its id lets the client go on where it was cut off."""
    told = {**event.body, "type": event.type, "video_id": event.video, "created_at": round(event.at, 3)}
    data = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return f"id: {event.id}\nevent: {event.type}\ndata: {data}\n\n".encode()


class _Ends(TypedDict):
    first_id: str | None
    last_id: str | None


def _ends(data: list[Video] | list[Character] | list[WebhookEndpoint]) -> _Ends:
    """Cursors; null only where there is nothing, since the SDK ends its walk at a null."""
    return _Ends(first_id=data[0]["id"] if data else None, last_id=data[-1]["id"] if data else None)


def _second(at: float | None) -> int | None:
    return None if at is None else int(at)


def _failed(job: Job) -> Failed | None:
    if job.failure is not None:
        return Failed(code=job.failure.code, message=job.failure.message)
    if job.state == "cancelled":
        return Failed(code="cancelled", message="The video was cancelled.")
    return None


def _add_progress(shown: Video, job: Job, waiting: Waiting | None) -> None:
    if job.stage is not None and job.state == "in_progress":
        shown["stage"], shown["step"], shown["steps"] = job.stage.name, job.stage.step, job.stage.steps
        shown["eta_seconds"] = job.stage.eta_seconds
    if waiting is not None and job.state == "queued":
        shown["queue_position"], shown["eta_seconds"] = waiting.position, waiting.eta_seconds


def _add_made(shown: Video, made: Made) -> None:
    shown["fps"], shown["num_frames"] = made.fps, made.frames
    shown["inference_time_s"], shown["peak_memory_mb"] = round(made.inference_seconds, 3), made.peak_megabytes
    shown["notes"], shown["credits"] = list(made.notes), list(made.credits)
    shown["provenance"] = Provenance(
        weights_sha256=made.weights_sha256,
        frames_sha256=made.frames_sha256,
        manifest_sha256=made.seal.manifest_sha256,
        mark_id=made.mark_id,
    )
