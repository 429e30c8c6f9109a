"""The programme's rows: parties, keys, and what a party has used, counted from its videos and from nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from vitascope.orders import Limits, Priority
from vitascope.store import tables
from vitascope.store.database import Transaction

_PARTIES, _KEYS, _VIDEOS = tables.parties.c, tables.keys.c, tables.videos.c
_UNFINISHED = ("queued", "in_progress")
_FREE = ("failed", "cancelled")  # nobody pays for these with their quota
_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key as it is stored."""

    id: str
    party: str
    name: str
    digest: str
    scopes: str
    created_at: float
    expires_at: float | None
    revoked_at: float | None
    replaced_by: str | None
    last_used_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whose keys and videos they are, and what it may have."""

    id: str
    name: str
    priority: Priority
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a party has begun in the last minute, has unfinished, and has had made today."""

    begun: int
    in_flight: int
    seconds: float


def add_party(tx: Transaction, party_id: str, *, name: str, priority: Priority, limits: Limits, now: float) -> None:
    """Enter a party."""
    tx.execute(
        sa.insert(tables.parties).values(
            id=party_id,
            name=name,
            priority=priority,
            requests_per_minute=limits.requests_per_minute,
            jobs_in_flight=limits.jobs_in_flight,
            seconds_per_day=limits.seconds_per_day,
            created_at=now,
        )
    )


def party(tx: Transaction, party_id: str, *, locked: bool = False) -> Party | None:
    """A party; ``locked`` keeps others from counting for it until this transaction ends (SQLite does so by itself)."""
    query = sa.select(tables.parties).where(_PARTIES.id == party_id)
    row = tx.execute(query.with_for_update() if locked else query).mappings().one_or_none()
    if row is None:
        return None
    limits = Limits(
        requests_per_minute=row["requests_per_minute"],
        jobs_in_flight=row["jobs_in_flight"],
        seconds_per_day=row["seconds_per_day"],
    )
    return Party(id=row["id"], name=row["name"], priority=cast("Priority", row["priority"]), limits=limits)


def add_key(tx: Transaction, key_id: str, **facts: str | float | None) -> None:
    """Enter a key."""
    tx.execute(sa.insert(tables.keys).values(id=key_id, **facts))


def key(tx: Transaction, key_id: str) -> KeyRow | None:
    """A key by its public id."""
    row = tx.execute(sa.select(tables.keys).where(_KEYS.id == key_id)).mappings().one_or_none()
    return None if row is None else KeyRow(**row)


def keys(tx: Transaction, party_id: str | None) -> Sequence[KeyRow]:
    """All keys or one party's, oldest first."""
    query = sa.select(tables.keys).order_by(_KEYS.created_at, _KEYS.id)
    rows: Any = tx.execute(query if party_id is None else query.where(_KEYS.party == party_id)).mappings()
    return [KeyRow(**row) for row in rows]


def any_key(tx: Transaction) -> bool:
    """Whether there is a key at all."""
    return tx.execute(sa.select(_KEYS.id).limit(1)).first() is not None


def end_key(tx: Transaction, key_id: str, *, at: float, replaced_by: str | None) -> None:
    """From ``at`` on the key opens nothing."""
    tx.execute(sa.update(tables.keys).where(_KEYS.id == key_id).values(revoked_at=at, replaced_by=replaced_by))


def touch_key(tx: Transaction, key_id: str, now: float) -> None:
    """Note that a key was used."""
    tx.execute(sa.update(tables.keys).where(_KEYS.id == key_id).values(last_used_at=now))


def in_flight(tx: Transaction, party_id: str, *, ended_after: float) -> int:
    """How many jobs a party has unfinished, or had made after that moment and ordered within the hour before it."""
    own, count = _VIDEOS.party == party_id, sa.select(sa.func.count()).select_from(tables.videos)
    unfinished = count.where(own, _VIDEOS.state.in_(_UNFINISHED)).scalar_subquery()
    of_late = own, _VIDEOS.created_at > ended_after - _HOUR, _VIDEOS.state == "completed"  # the first two by an index
    ended = count.where(*of_late, _VIDEOS.completed_at > ended_after).scalar_subquery()
    return int(tx.execute(sa.select(unfinished + ended)).scalar_one())


def used(tx: Transaction, party_id: str, *, minute_began: float, day_began: float) -> Used:
    """What a party has used, deleted videos included: deleting one gives no second of it back."""
    own = _VIDEOS.party == party_id
    begun = sa.select(sa.func.count()).where(own, _VIDEOS.created_at > minute_began).scalar_subquery()
    in_flight = (
        sa.select(sa.func.count())
        .select_from(tables.videos)
        .where(own, _VIDEOS.state.in_(_UNFINISHED))
        .scalar_subquery()
    )
    seconds = (
        sa.select(sa.func.coalesce(sa.func.sum(_VIDEOS.seconds), 0.0))
        .where(own, _VIDEOS.created_at >= day_began, _VIDEOS.state.not_in(_FREE))
        .scalar_subquery()
    )
    row = tx.execute(sa.select(begun, in_flight, seconds)).one()
    return Used(begun=int(row[0]), in_flight=int(row[1]), seconds=float(row[2]))
