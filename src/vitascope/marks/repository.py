"""The rows of marks and of their fingerprints."""

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from vitascope.store import tables
from vitascope.store.database import Transaction

_M, _F = tables.marks.c, tables.fingerprints.c

Row = sa.RowMapping

_AT_ONCE = 4096  # rows of a long list that are in memory


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


def marks_since(tx: Transaction, number: int) -> Iterator[tuple[int, str]]:
    """``number`` and ``id`` of the marks from that number on, by number."""
    asked = sa.select(_M.number, _M.id).where(_M.number >= number).order_by(_M.number)
    for row in tx.execute(asked, execution_options={"yield_per": _AT_ONCE}):
        yield row[0], row[1]


def fingerprints_since(tx: Transaction, number: int) -> Iterator[tuple[int, str, bytes]]:
    """``number``, mark and words of the fingerprints from that number on, by number."""
    asked = sa.select(_F.number, _F.mark, _F.words).where(_F.number >= number).order_by(_F.number)
    for row in tx.execute(asked, execution_options={"yield_per": _AT_ONCE}):
        yield row[0], row[1], bytes(row[2])


def marks_standing(tx: Transaction, number: int) -> tuple[int, int]:
    """How many marks there are up to that number, and the sum of their numbers."""
    return _standing(tx, _M.number, number)


def fingerprints_standing(tx: Transaction, number: int) -> tuple[int, int]:
    """How many fingerprints there are up to that number, and the sum of their numbers."""
    return _standing(tx, _F.number, number)


def _standing(tx: Transaction, column: sa.Column[int], number: int) -> tuple[int, int]:
    """From an index: compared plainly, SQLite would walk through the table, words and all (25 ms instead of 6)."""
    asked = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(column), 0)).where(column + 0 <= number)
    rows, total = tx.execute(asked).one()
    return int(rows), int(total)
