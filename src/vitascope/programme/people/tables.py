"""Whom to invite, from a table or a list: each line invites one mailbox, or is told with what is wrong with it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from vitascope.errors import InvitationError
from vitascope.programme.people import repository
from vitascope.programme.people.invitations import digest_of, tidy
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets, unlock

MOST_ROWS: Final = 10_000
"""Rows that one table may have."""

_DELIMITERS: Final = ",;\t"  # as programs save tables in one country or another


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One line of a table: whom to invite."""

    line: int
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a line of a table invites nobody; the line is named, the address is not repeated."""

    line: int
    why: str


Sorted = tuple[tuple[Wanted, ...], tuple[Fault, ...]]
"""Lines that invite somebody, and lines that do not."""


def read_table(text: str) -> Sorted:
    """The mail address of each row of a CSV table, and the rows that have none; a heading is passed over.

    It stands in the first column, or is the only one of its row.
    Raises InvitationError for a table with more than 10,000 rows, or a quotation mark that is left open.
    """
    rows = ((line, [cell.strip() for cell in row]) for line, row in _rows(text))
    return _sorted((line, row) for line, row in rows if any(row) and not (line == 1 and "@" not in "".join(row)))


def read_list(entries: Sequence[object]) -> Sorted:
    """The same of a list, in which each entry is a mail address; its lines are counted from 1."""
    return _sorted((line, [entry if isinstance(entry, str) else ""]) for line, entry in enumerate(entries, 1))


def uninvited(tx: Transaction, wanted: Iterable[Wanted], *, secrets: Secrets, now: datetime) -> Sorted:
    """Those who are no members yet and hold no open invitation, and why not the others: a table may be sent again."""
    members, open_ones = repository.address_digests(tx), _open_invitations(tx, secrets, now)
    left, faults = list[Wanted](), list[Fault]()
    for one in wanted:
        if digest_of(one.address, secrets) in members:
            faults.append(Fault(line=one.line, why="this mailbox is a member's already"))
        elif one.address in open_ones:
            faults.append(Fault(line=one.line, why=f"it is invited already, by {open_ones[one.address]}"))
        else:
            left.append(one)
    return tuple(left), tuple(faults)


def _open_invitations(tx: Transaction, secrets: Secrets, now: datetime) -> dict[str, str]:
    """By mailbox, in words to find and take back the invitation by."""
    return {
        unlock(one.address, secrets): f"{one.id}, open until {datetime.fromtimestamp(one.expires_at, UTC):%Y-%m-%d}"
        for one in repository.invitations(tx)
        if one.used_at is None and one.revoked_at is None and one.expires_at > now.timestamp()
    }


def _sorted(rows: Iterable[tuple[int, list[str]]]) -> Sorted:
    wanted, faults, seen = list[Wanted](), list[Fault](), dict[str, int]()
    for line, row in rows:
        found = [address for cell in row if (address := tidy(cell))]
        if not found or (len(found) > 1 and tidy(row[0]) is None):
            faults.append(Fault(line=line, why="it has several mail addresses" if found else "it has no mail address"))
        elif found[0] in seen:
            faults.append(Fault(line=line, why=f"it repeats line {seen[found[0]]}"))
        else:
            seen[found[0]] = line
            wanted.append(Wanted(line=line, address=found[0]))
    return tuple(wanted), tuple(faults)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV table with their lines, which may end as on any system, old ones of Apple among them."""
    bare = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(bare, newline=None), delimiter=_delimiter(bare))
    try:
        for row in reader:
            if reader.line_num > MOST_ROWS + 1:
                raise InvitationError(f"The table has more than {MOST_ROWS} rows; send it in parts.")
            if any("\n" in cell and "@" in cell for cell in row):  # other rows, read as one cell
                raise _unread(reader.line_num, "a cell holds several lines")
            yield reader.line_num, row
    except csv.Error as error:
        raise _unread(reader.line_num, str(error)) from error


def _unread(line: int, why: str) -> InvitationError:
    return InvitationError(
        f"Line {line} of the table cannot be read: {why}. Is a quotation mark left open, there or before? Nobody was "
        "invited; mend the line and send the table again."
    )


def _delimiter(text: str) -> str:
    """What parts the cells: what the first line has most of."""
    first = text.lstrip().splitlines()[:1]
    return max(_DELIMITERS, key=first[0].count) if first else ","
