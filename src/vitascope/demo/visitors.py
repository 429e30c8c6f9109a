"""Visitors and their share of the day: two keyed digests of each, in memory, until midnight (UTC), and nothing else."""

import hashlib
import secrets
import time
from collections import Counter
from dataclasses import dataclass

from vitascope.errors import DemoError

_SALT = secrets.token_bytes(32)  # another one with each start: no digest outlives the process
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A browser, and the network address it comes from: one person may change both, the budget is what binds."""

    id: str
    address: str


def visitor_of(browser: str, address: str) -> Visitor:
    """A visitor as digests; without a browser's own number the address stands for it."""
    place = _digest(f"address {address}")
    return Visitor(id=_digest(f"browser {browser}") if browser else place, address=place)


class Visitors:
    """How many films each visitor, and each address, has had today."""

    def __init__(self, *, per_visitor: int, per_address: int) -> None:
        self.per_visitor, self._per_address = per_visitor, per_address
        self._day, self._films = 0, Counter[str]()

    def films(self, visitor: Visitor) -> int:
        """What a visitor has had today."""
        self._forget_yesterday()
        return self._films[visitor.id]

    def require_room(self, visitor: Visitor) -> None:
        """Raises DemoError for a visitor, or an address, with nothing left today."""
        if self.films(visitor) >= self.per_visitor:
            raise DemoError(
                f"You have had your {_films(self.per_visitor)} for today, so that there is some for everybody. Come "
                "back tomorrow, or run Vitascope on your own machine, where nobody counts."
            )
        if visitor.address != visitor.id and self._films[visitor.address] >= self._per_address:
            raise DemoError(f"{_films(self._per_address)} went to your network today. Come back tomorrow.")

    def note(self, visitor: Visitor) -> None:
        """A film was made."""
        self._forget_yesterday()
        self._films.update({visitor.id, visitor.address})

    def _forget_yesterday(self) -> None:
        today = int(time.time() // _DAY)
        if today != self._day:
            self._day, self._films = today, Counter()


def _films(count: int) -> str:
    return "one film" if count == 1 else f"{count} films"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), key=_SALT, digest_size=12).hexdigest()
