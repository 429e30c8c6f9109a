"""The journal for other programs: CSV for spreadsheets, and the text form of beancount for an accountant."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from vitascope.programme.money.amount import decimal
from vitascope.programme.money.repository import Transfer

_HEAD = ("number", "at", "id", "phase", "resolves", "debit", "credit", "amount", "currency", "purpose", "reference")
_ROOTS = {
    "backing": "Assets:Bank",
    "pool": "Liabilities:Pool",
    "payable": "Liabilities:Payable",
    "waiting": "Liabilities:Waiting",
    "paid": "Assets:Clearing",
    "forgone": "Equity:Forgone",
    "gift": "Equity:Gifts",
}


def as_csv(lines: Iterable[Transfer]) -> str:
    """Every line of the journal, pending and voided ones too, with decimal amounts and a header (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for line in lines:
        writer.writerow(
            (
                line.number,
                datetime.fromtimestamp(line.at, UTC).isoformat(timespec="seconds"),
                _unarmed(line.id),
                line.phase,
                line.pending or "",
                _unarmed(line.debit),
                _unarmed(line.credit),
                decimal(line.amount, line.currency),
                line.currency,
                _unarmed(line.purpose),
                _unarmed(line.reference),
            )
        )
    return text.getvalue()


def as_beancount(lines: Iterable[Transfer]) -> str:
    """The posted lines as a beancount journal: ``bean-check`` accepts it and every transaction balances.

    Debits are positive and credits negative, as beancount has it. Pending and voided lines moved nothing: left out.
    """
    posted = [line for line in lines if line.phase in ("direct", "post")]
    return "\n".join([*_options(posted), *_opened(posted), *(_transaction(line) for line in posted)]) + "\n"


def _options(lines: Iterable[Transfer]) -> Iterator[str]:
    yield 'option "title" "Vitascope journal"'
    for currency in sorted({line.currency for line in lines}):
        yield f'option "operating_currency" "{currency}"'


def _opened(lines: list[Transfer]) -> Iterator[str]:
    first: dict[str, str] = {}
    for line in lines:
        for name in (line.debit, line.credit):
            first.setdefault(_account(name), _day(line))
    for name, day in sorted(first.items()):
        yield f"{day} open {name}"


def _transaction(line: Transfer) -> str:
    units = decimal(line.amount, line.currency)
    return (
        f"\n{_day(line)} * {_quoted(line.purpose)} {_quoted(line.reference)}\n"
        f"  id: {_quoted(line.id)}\n"
        f"  {_account(line.debit)}  {units} {line.currency}\n"
        f"  {_account(line.credit)}  -{units} {line.currency}"
    )


def _account(name: str) -> str:
    """``payable:ana-1`` is ``Liabilities:Payable:Ana-1``: beancount's parts begin with a capital or digit, in ASCII.

    What other letters a name has is told by their code points, so that two names never become one account.
    """
    root, _, rest = name.partition(":")
    if not rest:
        return _ROOTS.get(root, "Equity:Other")
    escaped = "".join(letter if re.match(r"[a-z0-9]", letter) else f"-{ord(letter):X}-" for letter in rest)
    return f"{_ROOTS.get(root, 'Equity:Other')}:X{escaped}"


def _day(line: Transfer) -> str:
    return f"{datetime.fromtimestamp(line.at, UTC):%Y-%m-%d}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _unarmed(text: str) -> str:
    """A cell that a spreadsheet would run as a formula is given a quote before it (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
