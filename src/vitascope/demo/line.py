"""The line at the door: whoever has had the fewest films today goes first; of those, whoever came first.

So a visitor who has not seen a film yet never stands behind one who has had three, and nobody can fill the line: a
visitor has one place in it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from vitascope.demo.visitors import Visitor, Visitors
from vitascope.errors import DemoError


class Place:
    """One visitor's place in the line."""

    def __init__(self, visitor: Visitor, number: int, films: int) -> None:
        self.visitor, self.rank = visitor, (films, number)
        self.called = asyncio.Event()

    async def called_within(self, seconds: float) -> bool:
        """Whether it is this visitor's turn, at the latest after ``seconds``."""
        try:
            await asyncio.wait_for(self.called.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Line:
    """Those who wait, and those whose film is being made: ``at_once`` of these, no more."""

    def __init__(self, visitors: Visitors, *, at_once: int, longest: int = 200) -> None:
        self._visitors, self._free, self._longest = visitors, at_once, longest
        self._waiting: list[Place] = []
        self._inside: set[str] = set()  # visitors who wait or are served
        self._number = 0

    @contextmanager
    def place(self, visitor: Visitor) -> Iterator[Place]:
        """A place in the line, and then a turn, given up when the block ends, however it ends.

        Raises DemoError for a visitor who has one, and when the line is full.
        """
        if visitor.id in self._inside:
            raise DemoError("One film at a time: yours is on its way.")
        if len(self._waiting) >= self._longest:
            raise DemoError(f"{self._longest} people are waiting, which is all this page can hold. Come back soon.")
        self._number += 1
        place = Place(visitor, self._number, self._visitors.films(visitor))
        self._waiting.append(place)
        self._inside.add(visitor.id)
        self._call()
        try:
            yield place
        finally:
            self._leave(place)

    def ahead(self, place: Place) -> int:
        """How many go before this place."""
        return sum(other.rank < place.rank for other in self._waiting)

    def _call(self) -> None:
        while self._free and self._waiting:
            first = min(self._waiting, key=lambda place: place.rank)
            self._waiting.remove(first)
            self._free -= 1
            first.called.set()

    def _leave(self, place: Place) -> None:
        self._inside.discard(place.visitor.id)
        if place.called.is_set():
            self._free += 1
        else:
            self._waiting.remove(place)
        self._call()
