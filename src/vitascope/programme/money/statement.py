"""Statements: everything the journal says about one person, in words that need no accountant."""

import html
from dataclasses import dataclass
from datetime import UTC, datetime

from vitascope.programme.money import journal, repository
from vitascope.programme.money.amount import decimal
from vitascope.programme.money.repository import Transfer
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a statement; ``units`` is what it adds to what is owed, minor units."""

    at: datetime
    purpose: str
    reference: str
    state: str  # owed, paid, promised, on its way out, given, called off
    units: int
    currency: str
    transfer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A person's items in order, and per currency what they are owed now."""

    party: str
    items: tuple[Item, ...]
    owed: tuple[tuple[str, int], ...]


def statement(tx: Transaction, party: str) -> Statement:
    """The statement of ``party``."""
    account = journal.payable(party)
    lines = repository.lines(tx, account)
    ends = {line.pending: line.phase for line in lines if line.pending}
    items = tuple(_item(line, account, ends.get(line.id)) for line in lines if line.phase in ("direct", "pending"))
    given = tuple(
        _item(line, journal.GIFT, None) for line in repository.lines(tx, journal.GIFT) if line.debit == _forgone(party)
    )
    owed = {line.currency: journal.balance(tx, account, line.currency).held for line in lines}
    ordered = sorted((*items, *given), key=lambda item: item.at)
    return Statement(party=party, items=tuple(ordered), owed=tuple(sorted(owed.items())))


def as_document(told: Statement) -> dict[str, object]:
    """The statement as JSON says it; amounts in whole minor units."""
    return {
        "object": "statement",
        "party": told.party,
        "owed": [{"currency": currency, "units": units} for currency, units in told.owed],
        "items": [
            {
                "at": int(item.at.timestamp()),
                "purpose": item.purpose,
                "reference": item.reference,
                "state": item.state,
                "units": item.units,
                "currency": item.currency,
                "transfer": item.transfer,
            }
            for item in told.items
        ],
    }


def as_text(told: Statement) -> str:
    """The statement for a terminal."""
    rows = [
        f"{item.at:%Y-%m-%d}  {item.state:<14} {_signed(item):>14}  {item.purpose:<11} {item.reference}"
        for item in told.items
    ]
    owed = ", ".join(f"{decimal(units, currency)} {currency}" for currency, units in told.owed) or "nothing"
    return "\n".join([*rows, f"Owed to {told.party} now: {owed}."])


def as_html(told: Statement) -> str:
    """The statement as one page without scripts, to print or keep."""
    cells = ((f"{item.at:%Y-%m-%d}", item.purpose, item.reference, item.state, _signed(item)) for item in told.items)
    rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    owed = ", ".join(f"{decimal(units, currency)} {currency}" for currency, units in told.owed) or "nothing"
    name = html.escape(told.party)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Statement for {name}</title>'
        f"<h1>Statement for {name}</h1><table><thead><tr><th>day</th><th>for</th><th>reference</th><th>state</th>"
        f"<th>amount</th></tr></thead><tbody>{rows}</tbody></table><p>Owed now: {html.escape(owed)}.</p></html>\n"
    )


def _forgone(party: str) -> str:
    return f"{journal.FORGONE}:{party}"


def _item(line: Transfer, account: str, ended: str | None) -> Item:
    comes = line.credit == account
    return Item(
        at=datetime.fromtimestamp(line.at, UTC),
        purpose=line.purpose,
        reference=line.reference,
        state=_state(line, ended, comes=comes),
        units=line.amount if comes else -line.amount,
        currency=line.currency,
        transfer=line.id,
    )


def _state(line: Transfer, ended: str | None, *, comes: bool) -> str:
    if line.credit == journal.GIFT:
        return "given"
    if ended == "void":
        return "called off"
    if line.phase == "pending" and ended is None:
        return "promised" if comes else "on its way out"
    return "owed" if comes else "paid"


def _signed(item: Item) -> str:
    return f"{'+' if item.units > 0 else ''}{decimal(item.units, item.currency)} {item.currency}"
