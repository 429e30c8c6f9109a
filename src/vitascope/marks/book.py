"""The register of marks in the server's database, for every worker that marks and every desk that verifies.

It keeps what the local one in a data folder keeps (``provenance/register.py``): an id is entered before any pixel is
marked, and what came of it, with the fingerprint, when the file is sealed. The prompt is in neither.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from vitascope.marks import mirror, repository
from vitascope.marks.mirror import Mirror, Table
from vitascope.marks.repository import Row
from vitascope.provenance.fingerprint import Words
from vitascope.provenance.likeness import RECORD, WORD, Likeness, LikenessIndex
from vitascope.provenance.register import Ids, Issued, LocalRegister, far_from
from vitascope.store.database import Database, Transaction, clock

T = TypeVar("T")
Attempt = Callable[[Callable[[], Any]], Any]
"""Does what it is given, once or until the database is there again."""


def _once(act: Callable[[], T]) -> T:
    return act()


class DatabaseRegister:
    """See :class:`vitascope.provenance.register.Register`; where the database is away, all raise DatabaseError."""

    def __init__(self, database: Database, *, attempt: Attempt = _once, mirrors: Path | None = None) -> None:
        """``attempt`` does each act: a worker waits for the database, since a render half done would be lost.

        In the folder ``mirrors`` stays what one process read of it for the next; without, each reads it all.
        """
        self._database, self._attempt = database, attempt
        self._seen, self._ids = 0, np.zeros(0, np.uint64)  # the last number that was read, and the ids up to it
        name = hashlib.sha256(database.url.encode()).hexdigest()[:16]
        self._marks = Mirror(mirrors and mirrors / f"{name}-marks", width=1)
        self._fingerprints = Mirror(mirrors and mirrors / f"{name}-fingerprints", width=RECORD)
        self._index = LikenessIndex(np.zeros((0, RECORD), np.uint64))

    def take(self, *, party: str = "", copy_of: int | None = None) -> int:
        """A new mark id, entered before it is used."""
        return int(self._attempt(lambda: self._take(party, copy_of)))

    def enter(self, render: Issued, words: Words) -> None:
        """What came of an id, and its fingerprint; entering it again changes nothing."""
        self._attempt(lambda: self._enter(render, words))

    def ids(self) -> Ids:
        """Every id ever taken, oldest first."""
        with self._database.reading() as tx:
            return self._marks.read(_marks(tx))[:, 0]

    def get(self, mark_id: int) -> Issued | None:
        """What is known of an id."""
        with self._database.reading() as tx:
            row = repository.find(tx, _spelled(mark_id))
        return None if row is None else _issued(row)

    def copies(self, mark_id: int) -> tuple[Issued, ...]:
        """Every mark given to the render of ``mark_id``, oldest first."""
        known = self.get(mark_id)
        first = mark_id if known is None or known.copy_of is None else known.copy_of
        with self._database.reading() as tx:
            return tuple(_issued(row) for row in repository.copies(tx, _spelled(first)))

    def alike(self, words: Words, *, within: float) -> tuple[Likeness, ...]:
        """The renders near pictures of these ``words``, nearest first."""
        return self._likenesses().nearest(words, within=within)

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Each width and height renders have, once."""
        with self._database.reading() as tx:
            return repository.sizes(tx)

    def adopt(self, local: LocalRegister) -> int:
        """Take over the register of a data folder, where nothing was entered here yet; how many ids that were.

        A server kept its marks in the folder before it kept them in the database.
        """
        known = local.entries()
        if not known:
            return 0
        words = local.words()
        with self._database.transaction() as tx:
            if repository.any_mark(tx):
                return 0
            for entry in known:
                _complete(tx, entry, words.get(entry.mark_id, np.zeros((0, 4), np.uint64)))
        return len(known)

    def _take(self, party: str, copy_of: int | None) -> int:
        with self._database.transaction() as tx:
            fresh = repository.ids_after(tx, self._seen)
            mark_id = far_from(np.append(self._ids, np.array([int(row["id"], 16) for row in fresh], np.uint64)))
            repository.add(
                tx,
                _spelled(mark_id),
                at=clock(tx),
                party=party,
                copy_of=None if copy_of is None else _spelled(copy_of),
            )
        if fresh:
            self._ids = np.append(self._ids, np.array([int(row["id"], 16) for row in fresh], np.uint64))
            self._seen = fresh[-1]["number"]
        return mark_id

    def _enter(self, render: Issued, words: Words) -> None:
        with self._database.transaction() as tx:
            _complete(tx, render, words)

    def _likenesses(self) -> LikenessIndex:
        with self._database.reading() as tx:
            records = self._fingerprints.read(_fingerprints(tx))
        if records is not self._index.records:
            self._index = LikenessIndex(records)
        return self._index


def _marks(tx: Transaction) -> Table:
    def since(number: int) -> Iterator[mirror.Row]:
        for row, mark in repository.marks_since(tx, number):
            yield row, bytes.fromhex(mark)[::-1]

    return Table(since=since, standing=lambda number: repository.marks_standing(tx, number))


def _fingerprints(tx: Transaction) -> Table:
    def since(number: int) -> Iterator[mirror.Row]:
        for row, mark, words in repository.fingerprints_since(tx, number):
            key = bytes.fromhex(mark)[::-1]
            yield row, b"".join(key + words[at : at + WORD] for at in range(0, len(words), WORD))

    return Table(since=since, standing=lambda number: repository.fingerprints_standing(tx, number))


def _complete(tx: Transaction, render: Issued, words: Words) -> None:
    width, height = render.size
    facts = {
        "at": datetime.fromisoformat(render.time).timestamp(),
        "model": render.model,
        "manifest_sha256": render.manifest_sha256,
        "frames_sha256": render.frames_sha256,
        "width": width,
        "height": height,
        "copy_of": None if render.copy_of is None else _spelled(render.copy_of),
        "party": render.party,
    }
    repository.complete(tx, _spelled(render.mark_id), facts, words.astype("<u8").tobytes())


def _issued(row: Row) -> Issued:
    return Issued(
        mark_id=int(row["id"], 16),
        time=datetime.fromtimestamp(row["at"], UTC).isoformat(timespec="seconds"),
        model=row["model"],
        manifest_sha256=row["manifest_sha256"],
        frames_sha256=row["frames_sha256"],
        size=(row["width"], row["height"]),
        copy_of=None if row["copy_of"] is None else int(row["copy_of"], 16),
        party=row["party"],
    )


def _spelled(mark_id: int) -> str:
    """Sixteen hexadecimal digits: no database has an unsigned number of 64 bits."""
    return f"{mark_id:016x}"
