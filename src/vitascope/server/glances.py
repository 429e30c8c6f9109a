"""When each key last looked at its list: a clock's regularity is one small sign of a leaked key.

Kept in memory, by the key's public id: each desk sees its own share of the looks, which is enough to see a clock.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from itertools import pairwise
from typing import Final

_LOOKS: Final = 25  # of a key; the watch asks for twenty gaps at least
_KEYS: Final = 4096  # remembered, those seen last
_ID: Final = 13  # characters of a credential that are no secret


class Glances:
    """The last looks of the last keys."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, credential: str) -> None:
        """A key has looked at its list."""
        looks = self._seen.setdefault(credential[:_ID], deque(maxlen=_LOOKS))
        looks.append(self.clock())
        self._seen.move_to_end(credential[:_ID])
        if len(self._seen) > _KEYS:
            self._seen.popitem(last=False)

    def gaps(self, credential: str) -> tuple[float, ...]:
        """Seconds between the last looks, newest last."""
        looks = tuple(self._seen.get(credential[:_ID], ()))
        return tuple(later - earlier for earlier, later in pairwise(looks))
