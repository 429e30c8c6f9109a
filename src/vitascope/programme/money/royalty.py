"""Royalties: a part of each render's price goes to the artists in its credits, by a rule anybody can do on paper.

Price = rate per second x seconds, rounded down. Royalty = price x parts per million, rounded down. It is split equally
among the makers credited, by largest remainder; a maker who has no party here yet is owed it all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from vitascope.programme.money import journal, repository
from vitascope.programme.money.amount import Amount, equal_shares, split
from vitascope.programme.money.journal import POOL, Entry
from vitascope.programme.money.rates import RateTable
from vitascope.programme.money.repository import Transfer
from vitascope.rights.canonical import content_hash
from vitascope.rights.credits import maker_of
from vitascope.rights.logbook import Leaves
from vitascope.rights.terms import WHOLE
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a finished render owes its artists for: its length and its credits as they stand on the clip."""

    video: str
    frames: int
    fps: int
    credits: tuple[str, ...]

    @property
    def seconds(self) -> Fraction:
        """How long it plays, exactly."""
        return Fraction(self.frames, self.fps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Royalty:
    """Who is owed how much for one render: accounts of the journal and minor units, nothing left over."""

    render: str
    price: Amount | None
    owed: tuple[tuple[str, int], ...]
    currency: str

    @property
    def total(self) -> int:
        """All of it, in minor units."""
        return sum(units for _, units in self.owed)


def royalty(rendered: Rendered, rates: RateTable, parties: Mapping[str, str]) -> Royalty:
    """What ``rendered`` owes; ``parties`` tells which credit line belongs to a party of this programme."""
    price = rates.price("render.second", rendered.seconds)
    accounts = sorted(
        {
            journal.payable(parties[line]) if line in parties else journal.waiting_for(maker_of(line))
            for line in rendered.credits
            if maker_of(line).strip()
        }
    )
    units = 0 if price is None else price.units * rates.royalty_parts // WHOLE
    owed = split(units, equal_shares(accounts)) if accounts and units else ()
    return Royalty(
        render=rendered.video,
        price=price,
        owed=tuple((account, part) for account, part in owed if part),
        currency=rates.currency,
    )


def owe(tx: Transaction, log: Leaves, due: Royalty, *, by: str, now: datetime) -> Sequence[Transfer]:
    """Enter a render's royalties, once: what was booked stays as it was, whatever rates or credits say later.

    Raises ``PoolError`` where nothing backs them.
    """
    booked = [line for line in repository.lines_for(tx, due.render) if line.purpose == "royalty"]
    return booked or [journal.enter(tx, log, _entry(due, account, units, by), now=now) for account, units in due.owed]


def owe_each(tx: Transaction, log: Leaves, dues: Sequence[Royalty], *, by: str, now: datetime) -> int:
    """Enter the royalties of many renders; how many transfers stand for that. Raises ``PoolError``.

    All their accounts are locked first: taken one render after the other, somebody who pays one of the same people
    meanwhile would wait for us, and we for them.
    """
    for currency in sorted({due.currency for due in dues}):
        accounts = {account for due in dues if due.currency == currency for account, _ in due.owed}
        repository.lock_accounts(tx, (POOL, *accounts), currency)
    return sum(len(owe(tx, log, due, by=by, now=now)) for due in dues)


def _entry(due: Royalty, account: str, units: int, by: str) -> Entry:
    return Entry(
        id=f"roy_{content_hash([due.render, account])[:40]}",
        debit=POOL,
        credit=account,
        amount=Amount(units=units, currency=due.currency),
        purpose="royalty",
        reference=due.render,
        by=by,
    )
