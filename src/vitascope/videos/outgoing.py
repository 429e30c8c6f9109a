"""Calls to addresses that somebody gave us: webhooks and pictures. No such call reaches into a private network.

The address is resolved once, each of its IPs is checked, and the connection goes to the IP that was checked: a name
that resolves to something else a moment later gains nothing. Every redirect is checked the same way; size and time are
capped.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from vitascope.refusals import OutgoingError

_MOST_REDIRECTS = 3
_MOVED = (301, 302, 303, 307, 308)
_PIECE = 1 << 16
_ANSWER_BYTES = 1 << 16  # of a webhook's receiver: its words do not interest us, but the connection is read to its end
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something to send: where to, and the exact bytes."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def send(parcel: Parcel, *, private_ok: bool = False, timeout: float = 10.0) -> int:
    """Post a parcel and return the receiver's status, whatever it is; a redirect is not followed.

    Raises OutgoingError where the receiver cannot be reached in ``timeout`` seconds, or is in a private network.
    """
    until = time.monotonic() + timeout
    answer = _Call(parcel.url, private_ok=private_ok, until=until).open("POST", parcel.headers, parcel.body)
    _read(answer, _ANSWER_BYTES, until, is_cut=True)
    return answer.status


def fetch(url: str, *, most_bytes: int, private_ok: bool = False, timeout: float = 10.0) -> bytes:
    """The bytes at an address, after at most three redirects.

    Raises OutgoingError where it does not answer 200, has more than ``most_bytes``, or leads into a private network.
    """
    until = time.monotonic() + timeout
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _Call(url, private_ok=private_ok, until=until).open("GET", {"accept": "*/*"}, None)
        if answer.status in _MOVED:
            url = urljoin(url, answer.headers.get("location", ""))
            continue
        if answer.status != 200:
            raise OutgoingError(f"The address answered {answer.status}; give one that answers 200.")
        return _read(answer, most_bytes, until, is_cut=False)
    raise OutgoingError(f"The address redirects more than {_MOST_REDIRECTS} times; give the last one.")


class _Call:
    """One request to one checked IP."""

    def __init__(self, url: str, *, private_ok: bool, until: float) -> None:
        self._parts, self._until = _parsed(url), until
        self._ip = _checked_ip(self._parts, private_ok=private_ok)

    def open(self, method: str, headers: Mapping[str, str], body: bytes | None) -> http.client.HTTPResponse:
        """Send the request and read the head of the answer."""
        connection = http.client.HTTPConnection(self._parts.hostname or "", timeout=_left(self._until))
        target = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
        try:
            connection.sock = self._connect()
            named = {"host": self._parts.netloc.rpartition("@")[2], "user-agent": "vitascope", "connection": "close"}
            connection.request(method, target, body=body, headers={**named, **headers})
            return connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            raise _unreachable(error) from error

    def _connect(self) -> socket.socket:
        scheme = self._parts.scheme
        plain = socket.create_connection((self._ip, _port(self._parts)), timeout=_left(self._until))
        if scheme == "http":
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=self._parts.hostname)


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port(parts)
    except ValueError as error:
        raise OutgoingError("The address cannot be read; write https://host/path.") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.password:
        raise OutgoingError("The address must be https://host/path, without a user name; give another.")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme] if parts.scheme in _PORTS else 0


def _checked_ip(parts: SplitResult, *, private_ok: bool) -> str:
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _unreachable(error) from error
    ips = [str(place[4][0]) for place in found]
    if not private_ok and any(not _is_public(ip) for ip in ips):
        raise OutgoingError("The address lies in a private network, where we do not go; give one anybody can reach.")
    return ips[0]


def _is_public(ip: str) -> bool:
    address = ipaddress.ip_address(ip.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return (inner or address).is_global and not address.is_multicast


def _read(answer: http.client.HTTPResponse, most: int, until: float, *, is_cut: bool) -> bytes:
    """The body, piece by piece: a sender that drips one byte a second does not hold us beyond the time."""
    kept = bytearray()
    try:
        while piece := answer.read1(_PIECE):
            _left(until)
            kept += piece
            if len(kept) > most:
                if is_cut:
                    break
                raise OutgoingError(f"The address sends more than {most} bytes; give a smaller file.")
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(error) from error
    finally:
        answer.close()
    return bytes(kept)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise OutgoingError("The address takes too long to answer; try again, or give a faster one.")
    return left


def _unreachable(error: Exception) -> OutgoingError:
    return OutgoingError(f"The address cannot be reached: {type(error).__name__}. Look whether it is right and up.")
