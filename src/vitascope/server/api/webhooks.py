"""Webhook endpoints: where news of videos is sent, with which secret it is signed, and what was delivered."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from vitascope.refusals import FieldError, UnknownFieldError, WebhookNotFoundError
from vitascope.server import fields, wire
from vitascope.server.brackets import Value
from vitascope.server.desk import Visitor
from vitascope.server.forms import json_object
from vitascope.server.openapi import answers, json_body
from vitascope.server.placing import LONGEST_ID
from vitascope.videos import outgoing, webhooks

router = APIRouter(prefix="/v1", tags=["webhooks"])
_SCOPE = "webhook.manage"

_TYPES = {"type": "array", "items": {"type": "string", "enum": list(webhooks.EVENT_TYPES)}, "minItems": 1}
_FIELDS: Mapping[str, Any] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 200},
    "url": {"type": "string", "format": "uri", "pattern": "^https://[a-z0-9.-]{1,60}/[a-z0-9/]*$", "maxLength": 2000},
    "event_types": _TYPES,
}
_EXAMPLE = {"name": "studio", "url": "https://example.com/hook", "event_types": ["video.completed", "video.failed"]}


class WebhookTest(TypedDict):
    """What a test brought."""

    object: Literal["webhook_endpoint.test"]
    webhook_endpoint_id: str
    event_type: str
    status_code: int
    success: Literal[True]


class EventTypeList(TypedDict):
    """The kinds of news there are."""

    object: Literal["list"]
    data: list[str]


class DeliveryList(TypedDict):
    """The log of deliveries, newest first."""

    object: Literal["list"]
    data: list[wire.WebhookDelivery]


def _object(needed: list[str], **properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


@router.get("/webhook_event_types", responses=answers(EventTypeList))
async def list_event_types(visit: Visitor) -> Response:
    """The kinds of news an endpoint can be told."""
    await visit.enter(_SCOPE)
    return wire.answer(EventTypeList(object="list", data=list(webhooks.EVENT_TYPES)))


@router.post(
    "/webhook_endpoints",
    openapi_extra=json_body(_object(["name", "url", "event_types"], **_FIELDS), _EXAMPLE),
    responses=answers(wire.WebhookEndpoint),
)
async def create_endpoint(request: Request, visit: Visitor) -> Response:
    """Make an endpoint. The answer holds its signing secret, this once."""
    values = await _fields(request, visit, tuple(_FIELDS))
    name, url = fields.text(values, "name", most=200), fields.text(values, "url", most=2000)
    wanted = {"name": fields.needed(name, "name"), "url": fields.needed(url, "url")}
    types = _event_types(values)
    if types is None:
        fields.needed(None, "event_types")
    plain = visit.desk.settings.plain_webhooks
    made = await visit.write(
        _SCOPE,
        lambda tx, grant, now: webhooks.create(
            tx,
            grant.party,
            **wanted,
            event_types=types or (),
            secrets=visit.desk.secrets,
            now=now,
            plain_http=plain,
        ),
    )
    return wire.answer(wire.endpoint(made.endpoint, made.signing_secret))


@router.get("/webhook_endpoints", responses=answers(wire.WebhookEndpointList))
async def list_endpoints(
    visit: Visitor,
    after: Annotated[str | None, Query(max_length=LONGEST_ID)] = None,
    limit: Annotated[int, Query(ge=0, le=100)] = 20,
) -> Response:
    """Your endpoints, newest first."""
    cursor = None if after is None else _checked(after)
    page = await visit.read(
        _SCOPE, lambda tx, grant, _now: webhooks.listing(tx, grant.party, after=cursor, limit=limit)
    )
    return wire.answer(wire.endpoints(page.endpoints, has_more=page.has_more))


@router.get("/webhook_endpoints/{endpoint_id}", responses=answers(wire.WebhookEndpoint))
async def retrieve_endpoint(endpoint_id: str, visit: Visitor) -> Response:
    """One endpoint, without its secret."""
    told = await visit.read(_SCOPE, lambda tx, grant, _now: webhooks.get(tx, _checked(endpoint_id), grant.party))
    return wire.answer(wire.endpoint(told))


@router.post(
    "/webhook_endpoints/{endpoint_id}",
    openapi_extra=json_body(_object([], **_FIELDS), {"event_types": ["video.completed"]}),
    responses=answers(wire.WebhookEndpoint),
)
async def update_endpoint(endpoint_id: str, request: Request, visit: Visitor) -> Response:
    """Change what is given; ``event_types`` replaces the whole set."""
    values = await _fields(request, visit, tuple(_FIELDS))
    name, url, types = (
        fields.text(values, "name", most=200),
        fields.text(values, "url", most=2000),
        _event_types(values),
    )
    plain = visit.desk.settings.plain_webhooks
    told = await visit.write(
        _SCOPE,
        lambda tx, grant, now: webhooks.update(
            tx, _checked(endpoint_id), grant.party, name=name, url=url, event_types=types, now=now, plain_http=plain
        ),
    )
    return wire.answer(wire.endpoint(told))


@router.delete("/webhook_endpoints/{endpoint_id}", responses=answers(wire.Deleted))
async def delete_endpoint(endpoint_id: str, visit: Visitor) -> Response:
    """Delete an endpoint; what waited for it is not sent any more."""
    await visit.write(_SCOPE, lambda tx, grant, _now: webhooks.delete(tx, _checked(endpoint_id), grant.party))
    return wire.answer(wire.Deleted(id=endpoint_id, object="webhook_endpoint.deleted", deleted=True))


@router.post(
    "/webhook_endpoints/{endpoint_id}/rotate_secret",
    openapi_extra=json_body(_object([], keep_old_secret_active_for_24_hours={"type": "boolean"}), {}),
    responses=answers(wire.WebhookEndpoint),
)
async def rotate_secret(endpoint_id: str, request: Request, visit: Visitor) -> Response:
    """A new signing secret, in the answer this once. The old one dies at once, or signs beside it for 24 hours."""
    values = await _fields(request, visit, ("keep_old_secret_active_for_24_hours",))
    keep = fields.flag(values, "keep_old_secret_active_for_24_hours") or False
    made = await visit.write(
        _SCOPE,
        lambda tx, grant, now: webhooks.rotate(
            tx, _checked(endpoint_id), grant.party, keep_old=keep, secrets=visit.desk.secrets, now=now
        ),
    )
    return wire.answer(wire.endpoint(made.endpoint, made.signing_secret))


@router.post(
    "/webhook_endpoints/{endpoint_id}/test",
    openapi_extra=json_body(_object(["event_type"], event_type=_TYPES["items"]), {"event_type": "video.completed"}),
    responses=answers(WebhookTest, 424),
)
async def test_endpoint(endpoint_id: str, request: Request, visit: Visitor) -> Response:
    """Send a made-up message now; the answer says what the receiver answered."""
    values = await _fields(request, visit, ("event_type",))
    kind = fields.needed(fields.choice(values, "event_type", webhooks.EVENT_TYPES), "event_type")
    parcel = await visit.read(
        _SCOPE,
        lambda tx, grant, now: webhooks.sample(
            tx, _checked(endpoint_id), grant.party, kind, secrets=visit.desk.secrets, now=now
        ),
    )
    plain = visit.desk.settings.plain_webhooks
    status = await visit.desk.aside(lambda: outgoing.send(parcel, private_ok=plain))
    told = WebhookTest(
        object="webhook_endpoint.test",
        webhook_endpoint_id=endpoint_id,
        event_type=kind,
        status_code=status,
        success=True,
    )
    return wire.answer(told)


@router.get("/webhook_endpoints/{endpoint_id}/deliveries", responses=answers(DeliveryList))
async def list_deliveries(
    endpoint_id: str, visit: Visitor, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """What was sent to an endpoint, how often it was tried, and what it answered."""
    told = await visit.read(
        _SCOPE,
        lambda tx, grant, _now: webhooks.deliveries(tx, _checked(endpoint_id), grant.party, limit=limit),
    )
    return wire.answer(DeliveryList(object="list", data=[wire.delivery(one) for one in told]))


async def _fields(request: Request, visit: Visitor, known: tuple[str, ...]) -> Mapping[str, Value]:
    """The JSON body, once the key has been looked at, if it has no field but the ``known``."""
    await visit.enter(_SCOPE)
    values = await json_object(request)
    for name in sorted(values.keys() - set(known)):
        raise UnknownFieldError(f"There is no field `{name[:60]}`. There are: {', '.join(known)}.", param=name[:60])
    return values


def _event_types(values: Mapping[str, Value]) -> tuple[str, ...] | None:
    told = fields.several(values, "event_types")
    if told is None:
        return None
    strangers = [one for one in told if one not in webhooks.EVENT_TYPES]
    if strangers or not told:
        known = ", ".join(webhooks.EVENT_TYPES)
        raise FieldError(f"`event_types` must name at least one of: {known}; nothing else.", param="event_types")
    return tuple(dict.fromkeys(str(one) for one in told))


def _checked(endpoint_id: str) -> str:
    if not (endpoint_id.isascii() and endpoint_id.isprintable() and 0 < len(endpoint_id) <= LONGEST_ID):
        raise WebhookNotFoundError("There is no webhook endpoint of that id.")
    return endpoint_id
