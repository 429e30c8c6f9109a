"""The rows of workers."""

from collections.abc import Sequence

import sqlalchemy as sa

from vitascope.store import tables
from vitascope.store.database import Transaction

_W = tables.workers.c
_REMEMBERED = 50  # workers whose capabilities are looked at, newest first

Row = sa.RowMapping


def add(tx: Transaction, worker: str, *, host: str, process: int, now: float) -> None:
    """Enter a worker."""
    facts = {"id": worker, "host": host, "process": process, "capabilities": "[]", "started_at": now, "seen_at": now}
    tx.execute(sa.insert(tables.workers).values(facts))


def is_known(tx: Transaction, worker: str) -> bool:
    """Whether a worker was entered."""
    return tx.execute(sa.select(_W.id).where(_W.id == worker)).first() is not None


def change(tx: Transaction, worker: str, **facts: str | float | None) -> None:
    """Change a worker."""
    tx.execute(sa.update(tables.workers).where(_W.id == worker).values(**facts))


def beat(tx: Transaction, worker: str, now: float) -> bool:
    """Note a sign of life of a worker that was not given up; whether it was not."""
    changed = sa.update(tables.workers).where(_W.id == worker, _W.gone_at.is_(None)).values(seen_at=now)
    return tx.execute(changed).rowcount == 1


def rows(tx: Transaction) -> Sequence[Row]:
    """Workers that were not given up."""
    return tx.execute(sa.select(tables.workers).where(_W.gone_at.is_(None))).mappings().all()


def newest_rows(tx: Transaction) -> Sequence[Row]:
    """The last workers, the living first."""
    order = (_W.gone_at.is_not(None), _W.seen_at.desc())
    return tx.execute(sa.select(tables.workers).order_by(*order).limit(_REMEMBERED)).mappings().all()


def give_up(tx: Transaction, ids: Sequence[str], now: float) -> None:
    """These are gone."""
    tx.execute(sa.update(tables.workers).where(_W.id.in_(ids), _W.gone_at.is_(None)).values(gone_at=now))


def drop_before(tx: Transaction, at: float) -> None:
    """Drop those that went before then, but the last ever."""
    last = sa.select(_W.id).order_by(_W.started_at.desc()).limit(1).scalar_subquery()
    tx.execute(sa.delete(tables.workers).where(_W.gone_at < at, _W.id != last))
