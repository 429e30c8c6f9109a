"""What happens to videos, as it happens: told live to who listens, and put into the outbox of webhooks.

An event is written in the transaction that makes it true, so nothing is told that did not happen, and nothing that
happened is left untold.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from vitascope.orders import Document
from vitascope.store.database import Transaction
from vitascope.videos import webhook_repository as repository

KEPT_SECONDS = 3600.0
"""How long events can be read again by a client that lost its connection."""

_LOOK_BACK = 64  # PostgreSQL shows transactions in the order they commit, which is not that of the ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one video."""

    id: int
    party: str
    video: str
    type: str
    body: Document
    at: float


def note(tx: Transaction, *, party: str, video: str, type: str, now: float, body: Mapping[str, object]) -> None:  # noqa: A002  # the word of the published API
    """Write an event, and a delivery for each endpoint that wants its kind."""
    repository.add_event(tx, party=party, video=video, type=type, body=json.dumps(body), now=now)
    repository.add_deliveries(tx, party=party, video=video, type=type, now=now)


def note_preview(tx: Transaction, *, party: str, video: str, body: Mapping[str, object], now: float) -> None:
    """Show a preview in place of the one before: old ones are of no use to anybody."""
    repository.drop_events(tx, video=video, type="video.preview")
    repository.add_event(tx, party=party, video=video, type="video.preview", body=json.dumps(body), now=now)


def preview(tx: Transaction, *, party: str, video: str) -> Event | None:
    """The last preview of a video of a party's, while it is kept."""
    row = repository.last_of(tx, party=party, video=video, kind="video.preview")
    return None if row is None else Event(**{**row, "body": json.loads(row["body"])})


def last_id(tx: Transaction) -> int:
    """The newest event there is; 0 before the first."""
    return repository.last_event(tx)


def sweep(tx: Transaction, now: float) -> None:
    """Drop events nobody can still want."""
    repository.drop_events_before(tx, now - KEPT_SECONDS)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """How far a tail has come, and which of the last ids it has shown."""

    after: int
    ids: set[int] = field(default_factory=set)


class Tail:
    """Follows the events of a party, or of one video of it, from an id on; shows each once."""

    def __init__(self, party: str, video: str | None = None, *, after: int | None = None) -> None:
        self._party, self._video = party, video
        self._seen = None if after is None else _Seen(after=after)
        self._floor = 0 if after is None else after

    def read(self, tx: Transaction, limit: int = 200) -> tuple[Event, ...]:
        """What is new since the last call, oldest first. Without ``after`` the first call begins at now."""
        if self._seen is None:
            self._floor = last_id(tx)
            self._seen = _Seen(after=self._floor)
        seen = self._seen
        begin = max(self._floor, seen.after - _LOOK_BACK)
        rows = repository.events(tx, party=self._party, video=self._video, after=begin, limit=limit + _LOOK_BACK)
        fresh = [row for row in rows if row["id"] not in seen.ids][:limit]
        seen.ids = {row["id"] for row in rows if row["id"] in seen.ids} | {row["id"] for row in fresh}
        seen.after = max([seen.after, *seen.ids])
        return tuple(Event(**{**row, "body": json.loads(row["body"])}) for row in fresh)
