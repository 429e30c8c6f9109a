"""The journal: double entry in whole minor units; lines are only ever added, and every currency sums to zero.

Accounts: ``backing`` is money at the bank, ``pool`` what of it is set aside for people, ``payable:PARTY`` what somebody
is owed, ``waiting:MAKER`` what a maker nobody has reached yet is owed, ``paid:METHOD`` what left, ``forgone`` and
``gift`` what somebody chose not to take. A line is entered at once (``direct``) or ``pending`` and then posted or
voided, once. Nothing here moves money: a person does, at their bank.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from vitascope.errors import MoneyError, PoolError, RecordNotFoundError, TransferError
from vitascope.programme.money import repository
from vitascope.programme.money.amount import Amount, decimal, require_currency
from vitascope.programme.money.repository import Transfer
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.moment import require_zone
from vitascope.store.database import Transaction

BACKING: Final = "backing"
POOL: Final = "pool"
FORGONE: Final = "forgone"
GIFT: Final = "gift"
_BACKED: Final = ("pool", "payable:", "waiting:")  # accounts that hold somebody's money and never less than nothing
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A transfer that is asked for. ``id`` is the caller's: the same entry twice is one transfer."""

    id: str
    debit: str
    credit: str
    amount: Amount
    purpose: str  # bug, feedback, clip, likeness, commission, royalty, promotion, funding, payout
    reference: str  # what it is for: a contribution, a render, a bank statement
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account holds, and how much of that is promised already; minor units."""

    held: int
    promised: int

    @property
    def free(self) -> int:
        """What may still be taken."""
        return self.held - self.promised


def payable(party: str) -> str:
    """The account of what ``party`` is owed."""
    return f"payable:{party}"


def waiting_for(maker: str) -> str:
    """The account of what a credited maker without a party here is owed."""
    return f"waiting:{maker[:_LONGEST]}"


def paid_by(method: str) -> str:
    """The account of what left by ``method``, such as ``sepa``."""
    return f"paid:{method}"


def enter(tx: Transaction, log: Leaves, entry: Entry, *, now: datetime, is_pending: bool = False) -> Transfer:
    """Enter a transfer. Raises ``PoolError``, ``MoneyError``, ``TransferError`` where the id stands for another."""
    phase = "pending" if is_pending else "direct"
    wanted = _line(entry, phase, now)
    repository.lock_accounts(tx, (entry.debit, entry.credit), entry.amount.currency)
    known = repository.find(tx, entry.id)
    if known is not None:
        return _same(known, wanted)
    _require_held(tx, wanted)
    log.append(Event(kind=f"transfer.{phase}", by=entry.by, about=entry.id, at=now, rule=entry.purpose))
    repository.add(tx, wanted)
    return wanted


def post(tx: Transaction, log: Leaves, pending: str, *, by: str, now: datetime) -> Transfer:
    """Let a pending transfer happen, once. Raises ``RecordNotFoundError``, ``TransferError``."""
    return _resolve(tx, log, pending, "post", by, now)


def void(tx: Transaction, log: Leaves, pending: str, *, by: str, now: datetime) -> Transfer:
    """Let a pending transfer not happen, once. Raises ``RecordNotFoundError``, ``TransferError``."""
    return _resolve(tx, log, pending, "void", by, now)


def balance(tx: Transaction, account: str, currency: str) -> Balance:
    """What an account holds."""
    held, promised = repository.sums(tx, account, require_currency(currency))
    return Balance(held=held, promised=promised)


def balances(tx: Transaction) -> dict[tuple[str, str], int]:
    """What each account holds by posted lines, by name and currency; per currency these sum to zero."""
    held: dict[tuple[str, str], int] = {}
    for line in repository.lines(tx):
        if line.phase in ("direct", "post"):
            held[line.debit, line.currency] = held.get((line.debit, line.currency), 0) - line.amount
            held[line.credit, line.currency] = held.get((line.credit, line.currency), 0) + line.amount
    return held


def fund(tx: Transaction, log: Leaves, *, amount: Amount, statement: str, by: str, now: datetime) -> Transfer:
    """Record that ``amount`` lies at the bank for the pool; ``statement`` names the bank's own record of it."""
    entry = Entry(
        id=f"fund_{statement}",
        debit=BACKING,
        credit=POOL,
        amount=amount,
        purpose="funding",
        reference=statement,
        by=by,
    )
    return enter(tx, log, entry, now=now)


def _resolve(tx: Transaction, log: Leaves, pending: str, phase: str, by: str, now: datetime) -> Transfer:
    line = repository.find(tx, pending)
    if line is None or line.phase != "pending":
        raise RecordNotFoundError("There is no pending transfer of that id; list the journal and copy it.")
    repository.lock_accounts(tx, (line.debit, line.credit), line.currency)
    done = repository.resolution(tx, pending)
    if done is not None:
        if done.phase == phase:
            return done
        raise TransferError(f"Transfer {pending} was resolved by a {done.phase}; correct it with a new transfer.")
    require_zone(now, "the time of the transfer")
    log.append(Event(kind=f"transfer.{phase}", by=by, about=pending, at=now, rule=line.purpose))
    resolved = replace(line, id=f"{pending}.{phase}", phase=phase, pending=pending, at=now.timestamp(), number=0)
    repository.add(tx, resolved)
    return resolved


def _line(entry: Entry, phase: str, now: datetime) -> Transfer:
    require_zone(now, "the time of the transfer")
    for name, text, longest in (("id", entry.id, 56), ("debit", entry.debit, 220), ("credit", entry.credit, 220)):
        if not 0 < len(text) <= longest or not text.isprintable():
            raise MoneyError(f"The {name} of a transfer has {len(text)} characters; give 1 to {longest} on one line.")
    if entry.debit == entry.credit or not entry.reference.strip() or len(entry.reference) > _LONGEST:
        raise MoneyError(
            f"A transfer goes from one account to another and says what for; this one is on {entry.debit}."
        )
    return Transfer(
        id=entry.id,
        phase=phase,
        debit=entry.debit,
        credit=entry.credit,
        amount=entry.amount.units,
        currency=entry.amount.currency,
        purpose=entry.purpose,
        reference=entry.reference,
        at=now.timestamp(),
    )


def _same(known: Transfer, wanted: Transfer) -> Transfer:
    if replace(known, at=0.0, number=0) != replace(wanted, at=0.0, number=0):
        raise TransferError(
            f"Transfer {known.id} stands in the journal with other contents; give the new one its own id."
        )
    return known


def _require_held(tx: Transaction, line: Transfer) -> None:
    if not line.debit.startswith(_BACKED):
        return
    held = balance(tx, line.debit, line.currency)
    if line.amount > held.free:
        free, asked = decimal(held.free, line.currency), decimal(line.amount, line.currency)
        raise PoolError(
            f"Account {line.debit} has {free} {line.currency} free and {asked} were asked for. Nothing was entered; "
            "fund it first."
        )
