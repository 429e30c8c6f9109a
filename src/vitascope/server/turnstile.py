"""How often somebody without a key may ask what costs something, by the network they ask from; kept in memory."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from vitascope.refusals import RateLimitError

_ACTS, _SECONDS = 20, 60.0  # of one network, within so many seconds
_NETWORKS: Final = 4096  # remembered, those seen last


class Turnstile:
    """The last acts of the last networks."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def enter(self, network: str, *, most: int = _ACTS) -> None:
        """One act more. Raises RateLimitError where the network had its share of this minute."""
        now, acts = self._clock(), self._seen.setdefault(network, deque(maxlen=most))
        self._seen.move_to_end(network)
        if len(acts) == most and now - acts[0] < _SECONDS:
            wait = int(_SECONDS - (now - acts[0])) + 1
            raise RateLimitError(
                f"Without a key it is {most} a minute from a network. Wait {wait} s, or send a key.",
                retry_after=wait,
            )
        acts.append(now)
        if len(self._seen) > _NETWORKS:
            self._seen.popitem(last=False)
