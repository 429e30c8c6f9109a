"""What a render owes the people whose likeness it draws on: set aside with the order, paid with the render.

The rate is that of the moment of the order. Where the pool cannot back it then, nothing is set aside and nobody is
refused: the treasurer books it with the royalties, once the pool has it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from vitascope.errors import PoolError
from vitascope.programme.likeness import repository
from vitascope.programme.likeness.repository import LikenessUse
from vitascope.programme.money import journal, rates
from vitascope.programme.money import repository as lines
from vitascope.programme.money.amount import Amount
from vitascope.programme.money.journal import POOL, Entry
from vitascope.rights.canonical import content_hash
from vitascope.rights.logbook import Leaves
from vitascope.store.database import Transaction

_HOUSE: Final = "engine"
_AT_ONCE: Final = 200


def promise(
    tx: Transaction, log: Leaves, *, video: str, party: str, people: dict[str, str], now: datetime
) -> tuple[LikenessUse, ...]:
    """Note that ``video`` draws on ``people``, and set aside what each of them is owed if it is made.

    One's own likeness costs nothing; whoever is in it under two names is paid once.
    """
    table = rates.in_force(tx, now)
    price = table.price("likeness.render", 1)
    uses = tuple(
        LikenessUse(
            video=video,
            likeness=name,
            person=person,
            party=party,
            units=0 if person == party or price is None else price.units,
            currency=table.currency,
            at=now.timestamp(),
        )
        for name, person in people.items()
    )
    for use in uses:
        repository.note(tx, use)
    _lock(tx, uses)
    for use in uses:
        _set_aside(tx, log, use, now)
    return uses


def settle(tx: Transaction, log: Leaves, *, now: datetime) -> int:
    """Post what renders owe that were made, void what those would have owed that were not; of how many uses.

    Done again, it is done.
    """
    ended = repository.ended(tx, limit=_AT_ONCE)
    _lock(tx, [use for use, _ in ended])
    for use, is_made in ended:
        try:
            _settle(tx, log, use, now, is_made=is_made)
        except PoolError:  # raised before anything was entered
            repository.mark_unbacked(tx, use)
    return len(ended)


def settle_unbacked(tx: Transaction, log: Leaves, *, now: datetime) -> int:
    """Book what renders owe that were made while the pool was empty; how many. Raises PoolError where it still is."""
    waiting = repository.unbacked(tx)
    _lock(tx, waiting)
    for use in waiting:
        _settle(tx, log, use, now, is_made=True)
    return len(waiting)


def _settle(tx: Transaction, log: Leaves, use: LikenessUse, now: datetime, *, is_made: bool) -> None:
    entry = _entry(use)
    known = None if entry is None else lines.find(tx, entry.id)
    if known is not None and known.phase == "pending":
        resolve = journal.post if is_made else journal.void
        resolve(tx, log, known.id, by=_HOUSE, now=now)
    elif entry is not None and known is None and is_made:
        journal.enter(tx, log, entry, now=now)
    repository.settle(tx, use, now.timestamp())


def _set_aside(tx: Transaction, log: Leaves, use: LikenessUse, now: datetime) -> None:
    entry = _entry(use)
    if entry is None or lines.find(tx, entry.id) is not None:
        return
    try:
        journal.enter(tx, log, entry, now=now, is_pending=True)
    except PoolError:  # raised before anything was entered; ``settle`` tries again
        return


def _entry(use: LikenessUse) -> Entry | None:
    if not use.units:
        return None
    return Entry(
        id=f"lik_{content_hash([use.video, use.person])[:40]}",
        debit=POOL,
        credit=journal.payable(use.person),
        amount=Amount(units=use.units, currency=use.currency),
        purpose="likeness",
        reference=use.video,
        by=_HOUSE,
    )


def _lock(tx: Transaction, uses: Sequence[LikenessUse]) -> None:
    """All accounts at once, in order of name: else two orders that name the same two people wait for each other."""
    for currency in sorted({use.currency for use in uses if use.units}):
        people = {journal.payable(use.person) for use in uses if use.units and use.currency == currency}
        lines.lock_accounts(tx, (POOL, *people), currency)
