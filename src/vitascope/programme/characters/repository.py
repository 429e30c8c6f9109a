"""The rows of kept characters; their pictures lie in the store of files."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from vitascope.store import rights_tables as tables
from vitascope.store.database import Transaction

_C = tables.characters.c

FOLDER = "characters"
PICTURE, SMALL, AS_SENT = "picture.png", "small.webp", "as-sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A character: whose it is, what prompts call it, and what is known of its picture."""

    id: str  # begins with the time, so that ids sort as they were made
    party: str
    name: str
    created_at: float
    faces: int = 0  # the way it looks in its picture: -1 left, 1 right, 0 neither
    likeness: str | None = None  # the claimed name of the person it shows
    credit: str = ""  # who is thanked for it; empty: nobody
    has_credential: bool = False  # the file it came as had one, and is kept beside the picture

    @property
    def folder(self) -> str:
        """Where its files lie."""
        return f"{FOLDER}/{self.party}/{self.id}"


def add(tx: Transaction, kept: Kept) -> None:
    """Enter a character."""
    tx.execute(sa.insert(tables.characters).values(**asdict(kept)))


def find(tx: Transaction, ids: Collection[str]) -> dict[str, Kept]:
    """Those of these that there are, whosever they are."""
    query = sa.select(tables.characters).where(_C.id.in_(list(ids)))
    return {row["id"]: _kept(row) for row in tx.execute(query).mappings()}


def of(
    tx: Transaction, party: str, *, after: str | None = None, limit: int = 1_000, ascending: bool = False
) -> tuple[Kept, ...]:
    """A party's own, by when they were made; those behind ``after``."""
    query = sa.select(tables.characters).where(_C.party == party)
    if after is not None:
        query = query.where(_C.id > after if ascending else _C.id < after)
    query = query.order_by(_C.id if ascending else _C.id.desc()).limit(limit)
    return tuple(_kept(row) for row in tx.execute(query).mappings())


def count(tx: Transaction, party: str) -> int:
    """How many a party keeps."""
    query = sa.select(sa.func.count()).select_from(tables.characters).where(_C.party == party)
    return int(tx.execute(query).scalar_one())


def remove(tx: Transaction, character: str) -> None:
    """Forget one."""
    tx.execute(sa.delete(tables.characters).where(_C.id == character))


def _kept(row: sa.RowMapping) -> Kept:
    return Kept(**{name: row[name] for name in Kept.__slots__})
