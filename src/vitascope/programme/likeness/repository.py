"""The rows of renders that draw on somebody's likeness."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from vitascope.store import rights_tables as tables
from vitascope.store.database import Transaction
from vitascope.store.tables import videos

_U = tables.likeness_uses.c


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessUse:
    """One render that draws on one likeness, and what its person is owed if it is made; minor units."""

    video: str
    likeness: str
    person: str
    party: str  # who ordered it
    units: int
    currency: str
    at: float


def note(tx: Transaction, use: LikenessUse) -> None:
    """Enter a use."""
    tx.execute(sa.insert(tables.likeness_uses).values(**asdict(use)))


def used_by(tx: Transaction, video: str) -> tuple[str, ...]:
    """The likenesses that a render draws on, in order of name."""
    return tuple(tx.execute(sa.select(_U.likeness).where(_U.video == video).order_by(_U.likeness)).scalars())


def ended(tx: Transaction, *, limit: int) -> tuple[tuple[LikenessUse, bool], ...]:
    """Uses of renders that have ended, neither settled nor known to be unbacked, and whether made; oldest first."""
    query = (
        sa.select(tables.likeness_uses, videos.c.state)
        .join(videos, videos.c.id == _U.video)
        .where(
            _U.settled_at.is_(None), _U.is_unbacked.is_(False), videos.c.state.in_(("completed", "failed", "cancelled"))
        )
        .order_by(_U.at, _U.video, _U.likeness)
        .limit(limit)
    )
    return tuple((_use(row), row["state"] == "completed") for row in tx.execute(query).mappings())


def unbacked(tx: Transaction) -> tuple[LikenessUse, ...]:
    """Uses of renders that were made while the pool had nothing for them, oldest first."""
    query = sa.select(tables.likeness_uses).where(_U.settled_at.is_(None), _U.is_unbacked.is_(True))
    return tuple(_use(row) for row in tx.execute(query.order_by(_U.at, _U.video, _U.likeness)).mappings())


def mark_unbacked(tx: Transaction, use: LikenessUse) -> None:
    """The pool had nothing for it."""
    query = sa.update(tables.likeness_uses).where(_U.video == use.video, _U.likeness == use.likeness)
    tx.execute(query.values(is_unbacked=True))


def settle(tx: Transaction, use: LikenessUse, now: float) -> None:
    """What a use was owed is booked, or there is nothing to book."""
    query = sa.update(tables.likeness_uses).where(_U.video == use.video, _U.likeness == use.likeness)
    tx.execute(query.values(settled_at=now))


def _use(row: sa.RowMapping) -> LikenessUse:
    return LikenessUse(**{name: row[name] for name in LikenessUse.__slots__})
