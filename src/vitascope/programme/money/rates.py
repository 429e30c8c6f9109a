"""The published rate table: what each kind of contribution and each second of a render is worth."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

from vitascope.errors import MoneyError, RecordNotFoundError
from vitascope.programme.access import repository as access
from vitascope.programme.actor import Actor, require
from vitascope.programme.money import repository
from vitascope.programme.money.amount import LARGEST, Amount, require_currency
from vitascope.rights.canonical import content_hash
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.terms import WHOLE, Rate
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction, take_turn

WORKS: Final = {
    "bug.low": "a reproducible fault that is in the way",
    "bug.medium": "a fault that spoils a render or an answer",
    "bug.high": "a fault that loses work or shows it to the wrong person",
    "bug.critical": "a fault that breaks consent, money or the log",
    "feedback.hour": "an hour of testing that was agreed on, with what came of it written down",
    "red_team.finding": "a way around a rule of the programme",
    "clip.second": "a second of a work accepted for training, once",
    "review.item": "a contribution triaged by somebody who is not staff",
    "commission.second": "a second of a commissioned work",
    "likeness.render": "a render that uses a person's likeness, to that person",
    "promotion.render": "a render shown by the programme to advertise itself",
    "render.second": "a second of a finished render: what it costs whoever ordered it",
}
"""What a rate can be for; the key is the ``work`` of a ``Rate``."""

ROYALTY: Final = "render.royalty"
"""Parts per million of a render's price that go to the artists in its credits: a rate without a currency."""

_TURN: Final = "rates"

_SEED: Final = {
    "bug.low": 4_000,
    "bug.medium": 12_000,
    "bug.high": 40_000,
    "bug.critical": 150_000,
    "feedback.hour": 6_000,
    "red_team.finding": 50_000,
    "clip.second": 2_500,
    "review.item": 1_500,
    "commission.second": 8_000,
    "likeness.render": 50,
    "promotion.render": 20_000,
    "render.second": 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """Rates in one currency, and the part of a render's price its artists get."""

    currency: str
    rates: tuple[Rate, ...]
    royalty_parts: int  # per million

    def __post_init__(self) -> None:
        """Refuse an unknown work, a second rate for one, another currency, and parts beyond the whole."""
        require_currency(self.currency)
        names = [rate.work for rate in self.rates]
        strangers = sorted(set(names) - set(WORKS))
        if strangers or len(set(names)) != len(names) or not names:
            raise MoneyError(
                f"A rate table names some of {', '.join(WORKS)}, each once; {len(strangers)} of {len(names)} here are "
                "none of these."
            )
        for rate in self.rates:
            if rate.currency != self.currency:
                raise MoneyError(f"The rate for {rate.work} is in {rate.currency}; the table is in {self.currency}.")
            if type(rate.amount) is not int:
                raise MoneyError(f"The rate for {rate.work} is no whole number of minor units: 4000 is 40.00 EUR.")
            if not 0 <= rate.amount <= LARGEST:
                raise MoneyError(f"The rate for {rate.work} is {rate.amount}; give 0 to {LARGEST} minor units.")
        if not 0 <= self.royalty_parts <= WHOLE:
            raise MoneyError(f"The royalty is {self.royalty_parts} parts; give 0 to {WHOLE} per million.")

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: what a log leaf and a statement name."""
        return content_hash(self.document)

    @property
    def document(self) -> dict[str, str | int | dict[str, int]]:
        """The table as JSON says it."""
        amounts = {rate.work: rate.amount for rate in self.rates}
        return {"currency": self.currency, "rates": amounts, "royalty_parts": self.royalty_parts}

    def price(self, work: str, count: int | Fraction) -> Amount | None:
        """``count`` units of ``work``, rounded down to a minor unit; None where that is nothing or has no rate."""
        if count < 0:
            raise MoneyError(f"{count} units of {work} cannot be priced; give 0 or more.")
        each = next((rate.amount for rate in self.rates if rate.work == work), 0)
        units = int(each * Fraction(count))
        return Amount(units=units, currency=self.currency) if units else None


def table(currency: str, amounts: Iterable[tuple[str, int]], royalty_parts: int) -> RateTable:
    """A rate table from pairs of work and minor units."""
    rates = tuple(Rate(work=work, amount=units, currency=currency) for work, units in amounts)
    return RateTable(currency=currency, rates=rates, royalty_parts=royalty_parts)


SEED: Final = table("EUR", _SEED.items(), 300_000)
"""The table a programme starts with, in euro cents, until its treasurer publishes another: 30 % to the artists."""


def publish(tx: Transaction, log: Leaves, actor: Actor, rates: RateTable, *, now: datetime) -> datetime:
    """Tell a rate table, and from when it counts: at once, or after the longest notice of any terms if it lowers pay.

    Before there is a cohort nobody was promised anything. What was accepted before keeps its amount. Raises
    ``RoleError``.
    """
    require(actor, Use.CONTRIBUTION_PAY)
    take_turn(tx, _TURN)
    lowers = is_lower(in_force(tx, now), rates)
    effective = now + _notice(tx, now) if lowers else now
    log.append(Event(kind="rates.published", by=actor.party, about=rates.hash, at=now))
    repository.add_rates(tx, rates.hash, effective.timestamp(), json.dumps(rates.document, sort_keys=True))
    return effective


def call_off(tx: Transaction, log: Leaves, actor: Actor, digest: str, *, now: datetime) -> RateTable:
    """Call off a table that was told and does not count yet; what counts instead, which nobody has to be told.

    One treasurer does, as one publishes: nobody is paid less by it than they were promised. Raises ``RoleError``,
    ``RecordNotFoundError`` where no such table was told, and ``MoneyError`` for one that counts already.
    """
    require(actor, Use.CONTRIBUTION_PAY)
    take_turn(tx, _TURN)
    told = repository.rates_of(tx, digest)
    if not told:
        raise RecordNotFoundError("No rate table of that hash was told; GET /v1/programme/rates lists those that wait.")
    if told[-1] <= now.timestamp():
        since = datetime.fromtimestamp(told[-1], UTC)
        raise MoneyError(f"That table counts since {since:%Y-%m-%d %H:%M} UTC. Publish another in its place.")
    log.append(Event(kind="rates.called off", by=actor.party, about=digest, at=now))
    repository.call_off_rates(tx, digest, now.timestamp())
    return in_force(tx, now)


def is_lower(old: RateTable, new: RateTable) -> bool:
    """Whether anything is paid less: an amount, the artists' part, or all of it in money that cannot be compared."""
    after = {rate.work: rate.amount for rate in new.rates}
    return (
        new.currency != old.currency
        or new.royalty_parts < old.royalty_parts
        or any(after.get(rate.work, 0) < rate.amount for rate in old.rates)
    )


def _notice(tx: Transaction, now: datetime) -> timedelta:
    """The longest notice that any terms promise which anybody may have accepted."""
    told = (one for cohort in access.cohorts(tx) for one in access.announced(tx, cohort.id) if one.effective <= now)
    return timedelta(days=max((one.terms.policy.notice_days for one in told), default=0))


def coming(tx: Transaction, now: datetime) -> tuple[tuple[datetime, RateTable], ...]:
    """The tables that were told and do not count yet, with their day, soonest first."""
    return tuple(
        (datetime.fromtimestamp(at, UTC), read(text)) for at, text in repository.rates_after(tx, now.timestamp())
    )


def in_force(tx: Transaction, now: datetime) -> RateTable:
    """The rate table in force at ``now``."""
    told = repository.rates_at(tx, now.timestamp())
    return SEED if told is None else read(told)


def until(tx: Transaction, now: datetime) -> tuple[tuple[float, RateTable], ...]:
    """Every table that was ever in force, newest first, each with the moment from which it was."""
    told = repository.rates_after(tx, float("-inf"))
    return (*((at, read(text)) for at, text in reversed(told) if at <= now.timestamp()), (float("-inf"), SEED))


def of_day(tables: Sequence[tuple[float, RateTable]], at: float | None) -> RateTable:
    """Which of ``until``'s tables what was done at that moment is paid by; the newest where nobody knows when."""
    return next(table for since, table in tables if at is None or since <= at)


def read(text: str) -> RateTable:
    """The rate table in a JSON text. Raises ``MoneyError``."""
    try:
        document = json.loads(text)
        pairs = [(str(work), units) for work, units in document["rates"].items()]
        return table(document["currency"], pairs, document["royalty_parts"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MoneyError(
            'This is no rate table; write {"currency": "EUR", "rates": {"bug.low": 4000}, "royalty_parts": 300000}.'
        ) from error
