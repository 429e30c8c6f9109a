"""Webhook endpoints: where a party wants to hear of its videos, and how we prove that it is us who calls.

Signatures are those of Standard Webhooks, which the OpenAI SDK's ``webhooks.unwrap`` checks: HMAC-SHA256 over
``{id}.{timestamp}.{body}`` with the bytes behind ``whsec_``. While a secret is being rotated two signatures are sent.
"""

import base64
import hashlib
import hmac
import secrets as random_bytes
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from vitascope.refusals import WebhookError, WebhookNotFoundError
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets, lock, unlock
from vitascope.videos import webhook_repository as repository
from vitascope.videos.outgoing import Parcel

EVENT_TYPES = ("video.completed", "video.failed", "video.cancelled", "video.deleted")

_GRACE = 24 * 3600.0
_MOST_ENDPOINTS = 50
_LONGEST = 2048  # characters of an address
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that is told of events. Times are seconds since 1970."""

    id: str
    party: str
    name: str
    url: str
    event_types: tuple[str, ...]
    created_at: float
    updated_at: float
    signing_secret_hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    """An endpoint and, this once, its secret."""

    endpoint: Endpoint
    signing_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An entry of the delivery log."""

    id: str
    event_type: str
    video: str
    at: float
    attempts: int
    next_at: float | None
    status_code: int | None
    state: Literal["waiting", "delivered", "gave_up"]
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPage:
    """Some endpoints of a longer list."""

    endpoints: tuple[Endpoint, ...]
    has_more: bool


def create(  # each is a fact of the endpoint
    tx: Transaction,
    party: str,
    *,
    name: str,
    url: str,
    event_types: Iterable[str],
    secrets: Secrets,
    now: float,
    plain_http: bool = False,
) -> NewEndpoint:
    """Enter an endpoint. Raises WebhookError."""
    types = tuple(dict.fromkeys(event_types))
    _require_sound(name, url, types, plain_http=plain_http)
    if len(repository.endpoints(tx, party=party, after=None, limit=_MOST_ENDPOINTS)) >= _MOST_ENDPOINTS:
        raise WebhookError(f"There are {_MOST_ENDPOINTS} endpoints already; delete one first.")
    secret = _draw()
    endpoint_id = f"we_{int(now * 1000):012x}{random_bytes.token_hex(8)}"
    repository.add_endpoint(
        tx,
        id=endpoint_id,
        party=party,
        name=name,
        url=url,
        event_types=" ".join(types),
        secret=lock(secret, secrets),
        secret_hint=secret[-4:],
        created_at=now,
        updated_at=now,
    )
    return NewEndpoint(endpoint=get(tx, endpoint_id, party), signing_secret=secret)


def get(tx: Transaction, endpoint_id: str, party: str) -> Endpoint:
    """An endpoint of a party. Raises WebhookNotFoundError."""
    return _endpoint(_require(tx, endpoint_id, party))


def listing(tx: Transaction, party: str, *, after: str | None = None, limit: int = 20) -> EndpointPage:
    """A party's endpoints, newest first."""
    rows = repository.endpoints(tx, party=party, after=after, limit=limit + 1)
    return EndpointPage(endpoints=tuple(_endpoint(row) for row in rows[:limit]), has_more=len(rows) > limit)


def update(  # each is a fact of the endpoint
    tx: Transaction,
    endpoint_id: str,
    party: str,
    *,
    now: float,
    name: str | None = None,
    url: str | None = None,
    event_types: Iterable[str] | None = None,
    plain_http: bool = False,
) -> Endpoint:
    """Change what is given; a change that changes nothing leaves ``updated_at``. Raises WebhookError and not found."""
    old = get(tx, endpoint_id, party)
    types = old.event_types if event_types is None else tuple(dict.fromkeys(event_types))
    wanted = (old.name if name is None else name, old.url if url is None else url, types)
    _require_sound(*wanted, plain_http=plain_http or url is None)
    if wanted != (old.name, old.url, old.event_types):
        facts = {"name": wanted[0], "url": wanted[1], "event_types": " ".join(types)}
        repository.change_endpoint(tx, endpoint_id, **facts, updated_at=now)
    return get(tx, endpoint_id, party)


def delete(tx: Transaction, endpoint_id: str, party: str) -> None:
    """Remove an endpoint with all that was still to go there. Raises WebhookNotFoundError."""
    _require(tx, endpoint_id, party)
    repository.remove_endpoint(tx, endpoint_id)


def rotate(
    tx: Transaction, endpoint_id: str, party: str, *, keep_old: bool, secrets: Secrets, now: float
) -> NewEndpoint:
    """Draw a new secret; with ``keep_old`` the old one signs too for 24 hours. Raises WebhookNotFoundError."""
    row = _require(tx, endpoint_id, party)
    secret = _draw()
    repository.change_endpoint(
        tx,
        endpoint_id,
        secret=lock(secret, secrets),
        secret_hint=secret[-4:],
        old_secret=row["secret"] if keep_old else None,
        old_secret_until=now + _GRACE if keep_old else None,
        updated_at=now,
    )
    return NewEndpoint(endpoint=get(tx, endpoint_id, party), signing_secret=secret)


def sample(tx: Transaction, endpoint_id: str, party: str, event_type: str, *, secrets: Secrets, now: float) -> Parcel:
    """A test event, signed and ready to send. Raises WebhookNotFoundError, WebhookError."""
    row = _require(tx, endpoint_id, party)
    if event_type not in EVENT_TYPES:
        raise WebhookError(f"One of the event types is none; there are {', '.join(EVENT_TYPES)}.")
    event = f"evt_{random_bytes.token_hex(16)}"
    body = repository.event_body(event, event_type, "video_test", now)
    return parcel(row, event, body, secrets=secrets, now=now)


def deliveries(tx: Transaction, endpoint_id: str, party: str, *, limit: int = 50) -> tuple[Delivery, ...]:
    """The log of an endpoint, newest first. Raises WebhookNotFoundError."""
    _require(tx, endpoint_id, party)
    return tuple(_delivery(row) for row in repository.deliveries(tx, endpoint_id=endpoint_id, limit=limit))


def parcel(row: repository.Row, event: str, body: str, *, secrets: Secrets, now: float) -> Parcel:
    """An event for the endpoint ``row``; the time is part of what is signed, so each attempt signs anew."""
    keys = [row["secret"]]
    if row["old_secret"] is not None and row["old_secret_until"] > now:
        keys.append(row["old_secret"])
    signatures = " ".join(sign(unlock(key, secrets), event, int(now), body) for key in keys)
    headers = {
        "content-type": "application/json",
        "webhook-id": event,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": signatures,
    }
    return Parcel(url=row["url"], headers=headers, body=body.encode())


def sign(secret: str, event: str, timestamp: int, body: str) -> str:
    """One signature of Standard Webhooks, ``v1,<base64>``."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    mac = hmac.new(key, f"{event}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def _draw() -> str:
    return _PREFIX + base64.b64encode(random_bytes.token_bytes(32)).decode()


def _require(tx: Transaction, endpoint_id: str, party: str) -> repository.Row:
    row = repository.endpoint(tx, endpoint_id, party=party)
    if row is None:
        raise WebhookNotFoundError("There is no webhook endpoint of that id under this key.")
    return row


def _require_sound(name: str, url: str, types: tuple[str, ...], *, plain_http: bool) -> None:
    if not 1 <= len(name) <= 255:
        raise WebhookError(f"An endpoint's name has 1 to 255 characters, not {len(name)}.")
    if len(url) > _LONGEST or not url.startswith(("https://", "http://") if plain_http else "https://"):
        raise WebhookError(f"An endpoint's address begins with https:// and has at most {_LONGEST} characters.")
    if not types:
        raise WebhookError(f"An endpoint needs at least one event type of {', '.join(EVENT_TYPES)}.")
    if unknown := [kind for kind in types if kind not in EVENT_TYPES]:
        raise WebhookError(f"There is no event type {unknown[0][:40]!r}; there are {', '.join(EVENT_TYPES)}.")


def _endpoint(row: repository.Row) -> Endpoint:
    return Endpoint(
        id=row["id"],
        party=row["party"],
        name=row["name"],
        url=row["url"],
        event_types=tuple(row["event_types"].split()),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        signing_secret_hint=row["secret_hint"],
    )


def _delivery(row: repository.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        event_type=row["type"],
        video=row["video"],
        at=row["created_at"],
        attempts=row["attempts"],
        next_at=row["next_at"],
        status_code=row["status_code"],
        state=row["state"],
        error=row["error"],
    )
