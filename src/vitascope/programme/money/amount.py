"""Amounts: whole minor units of a named currency, and how one is split to the last unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vitascope.errors import MoneyError
from vitascope.rights.terms import WHOLE, Share

CURRENCIES: Final = {"EUR": 2, "USD": 2, "GBP": 2, "CHF": 2, "JPY": 0, "KRW": 0, "VND": 0, "INR": 2, "BRL": 2, "CNY": 2}
"""Currencies the journal keeps, with the number of decimals of their minor unit (ISO 4217)."""

LARGEST: Final = 10**15
"""The largest amount of one transfer: sums of many still fit 64 bits, and a typing error of that size is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """``units`` minor units (cents) of ``currency``; always more than zero."""

    units: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is no whole positive amount of a known currency."""
        require_currency(self.currency)
        if type(self.units) is not int:
            raise MoneyError(f"{self.units!r} is no whole number of minor units; write 1250 for 12.50.")
        if not 0 < self.units <= LARGEST:
            raise MoneyError(f"An amount of {self.units} {self.currency} is not possible: it must be 1 to {LARGEST}.")

    @property
    def text(self) -> str:
        """For people and banks: ``12.50 EUR``."""
        return f"{decimal(self.units, self.currency)} {self.currency}"


def decimal(units: int, currency: str) -> str:
    """``units`` minor units with the decimals of the currency: -1250 EUR is ``-12.50``, 1250 JPY is ``1250``."""
    digits = CURRENCIES[require_currency(currency)]
    whole, rest = divmod(abs(units), 10**digits)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def require_currency(currency: str) -> str:
    """The currency. Raises ``MoneyError`` for one the journal does not keep."""
    if currency not in CURRENCIES:
        raise MoneyError(f"The journal does not keep that currency; it keeps {', '.join(CURRENCIES)}.")
    return currency


def split(units: int, shares: Sequence[Share]) -> tuple[tuple[str, int], ...]:
    """``units`` among the parties of ``shares``, none lost and none made up.

    Each gets its parts per million rounded down; what is left goes, one unit each, to the largest remainders, and of
    equal ones to the party whose id sorts first. A party named twice is summed. Raises ``MoneyError``.
    """
    if units < 0 or sum(share.parts for share in shares) != WHOLE or any(share.parts < 0 for share in shares):
        total = sum(share.parts for share in shares)
        raise MoneyError(f"{units} units cannot be split into {total} parts; parts are 0 or more and make {WHOLE}.")
    parts: dict[str, int] = {}
    for share in shares:
        parts[share.party] = parts.get(share.party, 0) + share.parts
    whole = {party: units * part // WHOLE for party, part in parts.items()}
    left = units - sum(whole.values())
    by_remainder = sorted(parts, key=lambda party: (-(units * parts[party] % WHOLE), party))
    for party in by_remainder[:left]:
        whole[party] += 1
    return tuple((party, whole[party]) for party in sorted(whole))


def equal_shares(parties: Sequence[str]) -> tuple[Share, ...]:
    """Equal parts per million for each of ``parties``; the millionths that do not divide go to the first ones."""
    names = sorted(set(parties))
    if not names:
        return ()
    each, left = divmod(WHOLE, len(names))
    return tuple(Share(party=name, parts=each + (place < left)) for place, name in enumerate(names))
