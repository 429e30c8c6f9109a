"""The key that a pass was minted by: the pass is paused with it and ends with it, whatever was agreed at the time.

Nothing of that is written into the pass: it is looked up at each request, so that it is true in whatever order a key is
used, rotated, held, revoked or runs out. A key that was rotated is followed to the one that replaced it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from vitascope.programme import repository as keys_repository
from vitascope.programme.access.repository import Bound
from vitascope.programme.repository import KeyRow
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The keys that a pass hangs on, and when the last of them ends; neither for one that was minted in person."""

    keys: tuple[str, ...] = ()
    ends: datetime | None = None


def host_of(tx: Transaction, bound: Bound | None) -> Host:
    """What the pass of a key hangs on."""
    return lineage(tx, bound.host if bound else None)


def lineage(tx: Transaction, key: str | None) -> Host:
    """A key, those that replaced it in turn, and the end of the last."""
    rows: dict[str, KeyRow] = {}
    while key is not None and key not in rows and (row := keys_repository.key(tx, key)) is not None:
        rows[key] = row
        key = row.replaced_by
    return Host(keys=tuple(rows), ends=_end(list(rows.values())[-1]) if rows else None)


def _end(row: KeyRow) -> datetime | None:
    ends = [end for end in (row.revoked_at, row.expires_at) if end is not None]
    return datetime.fromtimestamp(min(ends), UTC) if ends else None
