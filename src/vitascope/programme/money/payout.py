"""Payouts: what people are owed, made into a file for a bank, and booked once the bank has done it.

A run has a name (``2026-11``). Preparing it enters one pending transfer a person; preparing it again, after a crash or
for a lost file, finds the same transfers and makes the same file. Only ``confirm`` and ``call_off`` end them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from vitascope.errors import MoneyError, RecordNotFoundError
from vitascope.programme.actor import Actor, require, require_other
from vitascope.programme.money import journal, repository
from vitascope.programme.money.amount import Amount, require_currency
from vitascope.programme.money.journal import Entry
from vitascope.programme.money.pain import BankAccount, Payment
from vitascope.programme.money.repository import Transfer
from vitascope.rights.canonical import content_hash
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets, lock, unlock

_PAYABLE = journal.payable("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run pays, and whom it leaves out because they have not said where, or because they run it."""

    name: str
    currency: str
    payments: tuple[Payment, ...]
    left_out: tuple[str, ...]


def tell_where(
    tx: Transaction, log: Leaves, party: str, account: BankAccount, *, secrets: Secrets, now: datetime
) -> None:
    """Keep where ``party`` is paid, locked; the leaf says that it changed and nothing of what it is."""
    log.append(Event(kind="payout.details set", by=party, about=party, at=now))
    repository.set_details(tx, party, lock(json.dumps(asdict(account)), secrets))


def forget_where(tx: Transaction, log: Leaves, party: str, *, now: datetime) -> bool:
    """Delete where ``party`` is paid; whether anything was known."""
    log.append(Event(kind="payout.details deleted", by=party, about=party, at=now))
    return repository.remove_details(tx, party)


def is_payable(tx: Transaction, party: str) -> bool:
    """Whether ``party`` said where they are paid; nothing is unlocked to know that."""
    return party in repository.details(tx)


def account_of(tx: Transaction, party: str, secrets: Secrets) -> BankAccount | None:
    """Where ``party`` is paid, if they said so."""
    locked = repository.details(tx).get(party)
    return None if locked is None else _account(locked, secrets)


def prepare(
    tx: Transaction, log: Leaves, actor: Actor, name: str, *, currency: str, secrets: Secrets, now: datetime
) -> Run:
    """Enter what the run ``name`` will pay, as pending transfers, and tell it as payments. Raises ``RoleError``.

    The treasurer who runs it is left out: another one pays them.
    """
    require(actor, Use.CONTRIBUTION_PAY)
    require_currency(currency)
    if not name or len(name) > 35 or not name.replace("-", "").isalnum() or not name.isascii():
        raise MoneyError("A run is named in letters, digits and dashes, such as 2026-11.")
    accounts = {party: _account(locked, secrets) for party, locked in repository.details(tx).items()}
    payments, left_out = [], []
    for party in _parties(tx, currency):
        line = repository.find(tx, _id(name, party, currency))
        free = journal.balance(tx, journal.payable(party), currency).free
        if line is None and not free:
            continue
        if party not in accounts or (line is None and party == actor.party):
            left_out.append(party)
            continue
        if line is None:
            line = journal.enter(tx, log, _entry(name, party, free, currency, actor), now=now, is_pending=True)
        if repository.resolution(tx, line.id) is None:
            payments.append(_payment(line, accounts[party], name))
    return Run(name=name, currency=currency, payments=tuple(payments), left_out=tuple(left_out))


def confirm(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> tuple[Transfer, ...]:
    """Book that the bank carried out the run ``name``: posts whatever of it is still pending. Raises ``RoleError``."""
    return tuple(journal.post(tx, log, line.id, by=actor.party, now=now) for line in _open_lines(tx, actor, name))


def call_off(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> tuple[Transfer, ...]:
    """Book that the bank did not carry out the run: the people are owed again. Raises ``RoleError``."""
    return tuple(journal.void(tx, log, line.id, by=actor.party, now=now) for line in _open_lines(tx, actor, name))


def claim(
    tx: Transaction, log: Leaves, actor: Actor, maker: str, party: str, *, currency: str, now: datetime
) -> Transfer:
    """Move what waits for a credited maker to the party who turned out to be them. Raises ``PoolError`` for nothing."""
    require(actor, Use.CONTRIBUTION_PAY)
    require_other(actor, (party,), "claim what waits for a maker")
    account = journal.waiting_for(maker)
    free = journal.balance(tx, account, currency).free
    if not free:
        raise RecordNotFoundError(f"Nothing in {currency} waits for that maker; copy their credit line exactly.")
    count = len(repository.lines(tx, account))
    entry = Entry(
        id=f"claim_{content_hash([maker, party, currency, count])[:32]}",
        debit=account,
        credit=journal.payable(party),
        amount=Amount(units=free, currency=currency),
        purpose="royalty",
        reference=f"waited for {maker}"[:200],
        by=actor.party,
    )
    return journal.enter(tx, log, entry, now=now)


def _open_lines(tx: Transaction, actor: Actor, name: str) -> list[Transfer]:
    require(actor, Use.CONTRIBUTION_PAY)
    found = [line for line in repository.waiting(tx) if line.purpose == "payout" and line.reference == name]
    own = [line.debit.removeprefix(_PAYABLE) for line in found]
    require_other(actor, own, "book a run that pays them")
    return sorted(found, key=lambda line: (line.currency, line.debit))  # the order in which accounts are locked


def _parties(tx: Transaction, currency: str) -> list[str]:
    held = journal.balances(tx)
    names = (name for name, unit in held if unit == currency and name.startswith(_PAYABLE))
    return sorted(name.removeprefix(_PAYABLE) for name in names)


def _entry(name: str, party: str, units: int, currency: str, actor: Actor) -> Entry:
    return Entry(
        id=_id(name, party, currency),
        debit=journal.payable(party),
        credit=journal.paid_by("sepa" if currency == "EUR" else "bank"),
        amount=Amount(units=units, currency=currency),
        purpose="payout",
        reference=name,
        by=actor.party,
    )


def _id(name: str, party: str, currency: str) -> str:
    """At most 35 characters, so that a bank file carries it whole."""
    return f"po-{content_hash([name, party, currency])[:32]}"


def _payment(line: Transfer, account: BankAccount, name: str) -> Payment:
    return Payment(id=line.id, to=account, units=line.amount, currency=line.currency, text=f"Vitascope {name}")


def _account(locked: str, secrets: Secrets) -> BankAccount:
    told: Mapping[str, str] = json.loads(unlock(locked, secrets))
    return BankAccount(name=told["name"], iban=told["iban"])
