"""The rows of marks and of their fingerprints."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from vitascope.store import tables
from vitascope.store.database import Transaction

_M, _F = tables.marks.c, tables.fingerprints.c

Row = sa.RowMapping


def add(tx: Transaction, mark: str, *, at: float, party: str, copy_of: str | None) -> None:
    """Enter a mark of which nothing is known but for whom it is."""
    nothing = {"model": "", "manifest_sha256": "", "frames_sha256": "", "width": 0, "height": 0}
    tx.execute(sa.insert(tables.marks).values(id=mark, at=at, party=party, copy_of=copy_of, **nothing))


def complete(tx: Transaction, mark: str, facts: Mapping[str, object], words: bytes) -> None:
    """Write what came of a mark, and its fingerprint where it has one, over what is there."""
    if not tx.execute(sa.update(tables.marks).where(_M.id == mark).values(**facts)).rowcount:
        tx.execute(sa.insert(tables.marks).values(id=mark, **facts))
    if words:
        tx.execute(sa.delete(tables.fingerprints).where(_F.mark == mark))
        tx.execute(sa.insert(tables.fingerprints).values(mark=mark, words=words))


def ids_after(tx: Transaction, number: int) -> Sequence[Row]:
    """``number`` and ``id`` of the marks entered after that number."""
    return tx.execute(sa.select(_M.number, _M.id).where(_M.number > number).order_by(_M.number)).mappings().all()


def any_mark(tx: Transaction) -> bool:
    """Whether there is a mark."""
    return tx.execute(sa.select(_M.number).limit(1)).first() is not None


def find(tx: Transaction, mark: str) -> Row | None:
    """The row of a mark."""
    return tx.execute(sa.select(tables.marks).where(_M.id == mark)).mappings().first()


def copies(tx: Transaction, first: str) -> Sequence[Row]:
    """The rows of a mark and of its copies."""
    theirs = sa.or_(_M.id == first, _M.copy_of == first)
    return tx.execute(sa.select(tables.marks).where(theirs).order_by(_M.number)).mappings().all()


def sizes(tx: Transaction) -> tuple[tuple[int, int], ...]:
    """Each width and height, once."""
    found = tx.execute(sa.select(_M.width, _M.height).where(_M.width > 0).distinct())
    return tuple((int(width), int(height)) for width, height in found)


def num_renders(tx: Transaction) -> int:
    """Marks that have a fingerprint."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(tables.fingerprints)).scalar_one())


def fingerprints(tx: Transaction) -> list[tuple[str, bytes]]:
    """Each mark with its words."""
    return [(mark, bytes(words)) for mark, words in tx.execute(sa.select(_F.mark, _F.words))]
