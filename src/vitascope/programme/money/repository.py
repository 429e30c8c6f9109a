"""The rows of the journal: accounts, transfers that are only ever added, rate tables, and where people are paid."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from vitascope.store import rights_tables as tables
from vitascope.store.database import Transaction

_T = tables.transfers.c
_A = tables.accounts.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A line of the journal: ``amount`` minor units leave ``debit`` and reach ``credit``."""

    id: str
    phase: str  # direct, pending, post, void
    debit: str
    credit: str
    amount: int
    currency: str
    purpose: str
    reference: str
    at: float  # seconds since 1970
    pending: str | None = None  # what a post or a void resolves
    number: int = 0  # given when it is entered


def lock_accounts(tx: Transaction, names: Sequence[str], currency: str) -> None:
    """Open the accounts that are new, and keep others from writing to all of them until the transaction ends.

    In order of name, so that two transfers never wait for each other. SQLite has one writer at a time by itself.
    """
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    for name in sorted(set(names)):
        tx.execute(dialect.insert(tables.accounts).values(name=name, currency=currency).on_conflict_do_nothing())
        tx.execute(sa.select(_A.name).where(_A.name == name, _A.currency == currency).with_for_update())


def add(tx: Transaction, transfer: Transfer) -> None:
    """Enter a line."""
    fields = asdict(transfer)
    del fields["number"]
    tx.execute(sa.insert(tables.transfers).values(**fields))


def find(tx: Transaction, transfer: str) -> Transfer | None:
    """A line by its id."""
    row = tx.execute(sa.select(tables.transfers).where(_T.id == transfer)).mappings().one_or_none()
    return None if row is None else Transfer(**row)


def resolution(tx: Transaction, pending: str) -> Transfer | None:
    """The line that posted or voided a pending one."""
    row = tx.execute(sa.select(tables.transfers).where(_T.pending == pending)).mappings().one_or_none()
    return None if row is None else Transfer(**row)


def lines(tx: Transaction, account: str | None = None, currency: str | None = None) -> tuple[Transfer, ...]:
    """All lines, or those that touch one account, in order of entry."""
    query = sa.select(tables.transfers).order_by(_T.number)
    if account is not None:
        query = query.where(sa.or_(_T.debit == account, _T.credit == account))
    if currency is not None:
        query = query.where(_T.currency == currency)
    rows: Any = tx.execute(query).mappings()
    return tuple(Transfer(**row) for row in rows)


def lines_for(tx: Transaction, reference: str) -> tuple[Transfer, ...]:
    """All lines with that reference, in order of entry."""
    rows: Any = tx.execute(sa.select(tables.transfers).where(_T.reference == reference).order_by(_T.number)).mappings()
    return tuple(Transfer(**row) for row in rows)


def sums(tx: Transaction, account: str, currency: str) -> tuple[int, int]:
    """What an account holds by its posted lines, and what unresolved pending lines would still take from it."""
    resolved = sa.select(_T.pending).where(_T.pending.is_not(None))
    posted = _T.phase.in_(("direct", "post"))
    waiting = sa.and_(_T.phase == "pending", _T.id.not_in(resolved))
    return (
        _sum(tx, posted, _T.credit == account, currency) - _sum(tx, posted, _T.debit == account, currency),
        _sum(tx, waiting, _T.debit == account, currency),
    )


def waiting(tx: Transaction) -> tuple[Transfer, ...]:
    """Pending lines that nothing has resolved, in order of entry."""
    resolved = sa.select(_T.pending).where(_T.pending.is_not(None))
    query = sa.select(tables.transfers).where(_T.phase == "pending", _T.id.not_in(resolved)).order_by(_T.number)
    rows: Any = tx.execute(query).mappings()
    return tuple(Transfer(**row) for row in rows)


def add_rates(tx: Transaction, digest: str, at: float, rates: str) -> None:
    """Publish a rate table from ``at`` on."""
    tx.execute(sa.insert(tables.rate_tables).values(hash=digest, at=at, rates=rates))


def rates_at(tx: Transaction, at: float) -> str | None:
    """The rate table in force at ``at``, as JSON."""
    c = tables.rate_tables.c
    query = sa.select(c.rates).where(c.at <= at, c.called_off_at.is_(None)).order_by(c.at.desc()).limit(1)
    return tx.execute(query).scalar_one_or_none()


def rates_after(tx: Transaction, at: float) -> tuple[tuple[float, str], ...]:
    """The rate tables that come into force after ``at``, soonest first, each with its moment."""
    c = tables.rate_tables.c
    query = sa.select(c.at, c.rates).where(c.at > at, c.called_off_at.is_(None)).order_by(c.at)
    return tuple((float(row.at), str(row.rates)) for row in tx.execute(query))


def rates_of(tx: Transaction, digest: str) -> tuple[float, ...]:
    """From when a rate table counts or counted, each time it was told and not called off, soonest first."""
    c = tables.rate_tables.c
    query = sa.select(c.at).where(c.hash == digest, c.called_off_at.is_(None)).order_by(c.at)
    return tuple(tx.execute(query).scalars())


def call_off_rates(tx: Transaction, digest: str, now: float) -> None:
    """Call off a rate table wherever it does not count yet."""
    c = tables.rate_tables.c
    query = sa.update(tables.rate_tables).where(c.hash == digest, c.at > now, c.called_off_at.is_(None))
    tx.execute(query.values(called_off_at=now))


def set_details(tx: Transaction, party: str, locked: str) -> None:
    """Where a party is paid, locked; replaces what was known."""
    remove_details(tx, party)
    tx.execute(sa.insert(tables.payout_details).values(party=party, locked=locked))


def remove_details(tx: Transaction, party: str) -> bool:
    """Forget where a party is paid; whether anything was known."""
    return tx.execute(sa.delete(tables.payout_details).where(tables.payout_details.c.party == party)).rowcount > 0


def details(tx: Transaction) -> Mapping[str, str]:
    """Where parties are paid, locked, by party."""
    c = tables.payout_details.c
    return {row.party: row.locked for row in tx.execute(sa.select(c.party, c.locked))}


def _sum(tx: Transaction, *conditions: Any) -> int:  # noqa: ANN401  # SQLAlchemy's conditions, the last a currency
    *where, currency = conditions
    query = sa.select(sa.func.coalesce(sa.func.sum(_T.amount), 0)).where(*where, _T.currency == currency)
    return int(tx.execute(query).scalar_one())
