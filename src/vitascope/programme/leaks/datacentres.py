"""Which addresses are a datacentre's, by a list that the operator keeps: people seldom sit there, public pages do.

Cloud companies publish their networks as such lists. Databases of who owns an address name companies, not what stands
there, and none may be shipped; the house asks no other machine for either.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from pathlib import Path
from typing import Final, TypeVar

from vitascope.errors import ServerError

_Kind = TypeVar("_Kind", IPv4Network, IPv6Network)

MOST: Final = 200_000
"""Lines of a list: they are read whole when the desk starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datacentres:
    """Spans of addresses, first and last as numbers, in order and apart; IPv4 and IPv6 each on their own."""

    four: tuple[tuple[int, int], ...] = ()
    six: tuple[tuple[int, int], ...] = ()

    def hold(self, address: str) -> bool:
        """Whether ``address`` lies in one of them; what is no address does not."""
        try:
            asked = ip_address(address)
        except ValueError:
            return False
        spans = self.four if asked.version == 4 else self.six
        place = bisect_right(spans, (int(asked), 1 << 128)) - 1
        return place >= 0 and int(asked) <= spans[place][1]


def read_datacentres(path: Path) -> Datacentres:
    """The list in ``path``: a network a line, such as 192.0.2.0/24; what follows a # is a remark. None without a file.

    Raises ServerError for a line that is no network, or too many of them.
    """
    if not path.exists():
        return Datacentres()
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError(f"The list of datacentres in {path} cannot be read: {error}.") from error
    if len(lines) > MOST:
        raise ServerError(f"{path} has {len(lines)} lines, at most {MOST} are read; join networks that touch.")
    told = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, 1))
    networks = [_network(text, number, path) for number, text in told if text]
    return Datacentres(
        four=_spans(one for one in networks if isinstance(one, IPv4Network)),
        six=_spans(one for one in networks if isinstance(one, IPv6Network)),
    )


def _network(text: str, number: int, path: Path) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ServerError(f"Line {number} of {path} is no network: {error}; write it like 192.0.2.0/24.") from error


def _spans(networks: Iterable[_Kind]) -> tuple[tuple[int, int], ...]:
    return tuple((int(one.network_address), int(one.broadcast_address)) for one in collapse_addresses(networks))
