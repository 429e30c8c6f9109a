"""The rows of events, webhook endpoints and deliveries."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from vitascope.store import tables
from vitascope.store.database import Transaction

_E, _W, _D = tables.events.c, tables.webhook_endpoints.c, tables.deliveries.c

Row = sa.RowMapping


def add_event(tx: Transaction, *, party: str, video: str, type: str, body: str, now: float) -> None:  # noqa: A002  # a column
    """Write an event."""
    tx.execute(sa.insert(tables.events).values(party=party, video=video, type=type, body=body, at=now))


def events(tx: Transaction, *, party: str, video: str | None, after: int, limit: int) -> Sequence[Row]:
    """Events after an id, oldest first."""
    query = sa.select(tables.events).where(_E.party == party, _E.id > after).order_by(_E.id).limit(limit)
    if video is not None:
        query = query.where(_E.video == video)
    return tx.execute(query).mappings().all()


def last_of(tx: Transaction, *, party: str, video: str, kind: str) -> Row | None:
    """The last event of one kind of a party's video."""
    query = sa.select(tables.events).where(_E.party == party, _E.video == video, _E.type == kind)
    return tx.execute(query.order_by(_E.id.desc()).limit(1)).mappings().one_or_none()


def drop_events(tx: Transaction, *, video: str, type: str) -> None:  # noqa: A002  # a column
    """Drop a video's events of one kind."""
    tx.execute(sa.delete(tables.events).where(_E.video == video, _E.type == type))


def drop_events_before(tx: Transaction, at: float) -> None:
    """Drop old events."""
    tx.execute(sa.delete(tables.events).where(_E.at < at))


def last_event(tx: Transaction) -> int:
    """The highest id."""
    return int(tx.execute(sa.select(sa.func.coalesce(sa.func.max(_E.id), 0))).scalar_one())


def add_endpoint(tx: Transaction, **facts: str | float | None) -> None:
    """Enter an endpoint."""
    tx.execute(sa.insert(tables.webhook_endpoints).values(**facts))


def endpoint(tx: Transaction, endpoint_id: str, *, party: str | None = None) -> Row | None:
    """An endpoint, of any party or of the one named."""
    query = sa.select(tables.webhook_endpoints).where(_W.id == endpoint_id)
    return tx.execute(query if party is None else query.where(_W.party == party)).mappings().one_or_none()


def endpoints(tx: Transaction, *, party: str, after: str | None, limit: int) -> Sequence[Row]:
    """A party's endpoints, newest first."""
    query = sa.select(tables.webhook_endpoints).where(_W.party == party).order_by(_W.id.desc()).limit(limit)
    return tx.execute(query if after is None else query.where(_W.id < after)).mappings().all()


def change_endpoint(tx: Transaction, endpoint_id: str, **facts: str | float | None) -> None:
    """Change an endpoint."""
    tx.execute(sa.update(tables.webhook_endpoints).where(_W.id == endpoint_id).values(**facts))


def remove_endpoint(tx: Transaction, endpoint_id: str) -> None:
    """Remove an endpoint and everything that was still to go there."""
    tx.execute(sa.delete(tables.deliveries).where(_D.endpoint == endpoint_id))
    tx.execute(sa.delete(tables.webhook_endpoints).where(_W.id == endpoint_id))


def add_deliveries(tx: Transaction, *, party: str, video: str, type: str, now: float) -> None:  # noqa: A002  # a column
    """Put an event into the outbox, once for each endpoint of the party that wants its kind."""
    query = sa.select(_W.id, _W.event_types).where(_W.party == party)
    wanted = [row.id for row in tx.execute(query) if type in row.event_types.split()]
    for endpoint_id in wanted:
        event = f"evt_{secrets.token_hex(16)}"
        body = event_body(event, type, video, now)
        row = {"id": f"del_{int(now * 1000):012x}{secrets.token_hex(8)}", "endpoint": endpoint_id, "event": event,
               "type": type, "video": video, "body": body, "created_at": now, "attempts": 0, "next_at": now,
               "state": "waiting"}  # fmt: skip
        tx.execute(sa.insert(tables.deliveries).values(row))


def due(tx: Transaction, now: float, *, until: float, limit: int) -> Sequence[Row]:
    """Take deliveries whose time has come; nobody else gets them before ``until``."""
    query = (
        sa.select(tables.deliveries)
        .where(_D.state == "waiting", _D.next_at <= now)
        .order_by(_D.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.execute(query).mappings().all()
    if rows:
        taken = [row["id"] for row in rows]
        tx.execute(sa.update(tables.deliveries).where(_D.id.in_(taken)).values(next_at=until))
    return rows


def next_due(tx: Transaction) -> float | None:
    """When the next delivery is due."""
    first: float | None = tx.execute(sa.select(sa.func.min(_D.next_at)).where(_D.state == "waiting")).scalar_one()
    return first


def change_delivery(tx: Transaction, delivery: str, **facts: str | float | None) -> None:
    """Note what came of an attempt."""
    tx.execute(sa.update(tables.deliveries).where(_D.id == delivery).values(**facts))


def deliveries(tx: Transaction, *, endpoint_id: str, limit: int) -> Sequence[Row]:
    """An endpoint's deliveries, newest first."""
    query = sa.select(tables.deliveries).where(_D.endpoint == endpoint_id).order_by(_D.id.desc()).limit(limit)
    return tx.execute(query).mappings().all()


def drop_deliveries_before(tx: Transaction, at: float) -> None:
    """Drop old entries of the log."""
    tx.execute(sa.delete(tables.deliveries).where(_D.created_at < at, _D.state != "waiting"))


def event_body(event: str, type: str, video: str, now: float) -> str:  # noqa: A002  # a column
    """The bytes that are signed and sent, the same on every attempt."""
    return f'{{"id":"{event}","object":"event","created_at":{int(now)},"type":"{type}","data":{{"id":"{video}"}}}}'
