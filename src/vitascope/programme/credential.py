"""The text of a key, ``vs_m_<8 id><30 secret><6 checksum>`` in base62: recognised and checked without a database.

After GitHub's scheme of 2021: a prefix that scanners find, underscores so that a double click selects all of it, 30
random characters (178 bits), and a CRC32 that tells a mistyped key from an unknown one.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field

from vitascope.refusals import KeyMissingError, KeyMistypedError

PREFIX = "vs_m_"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID, _SECRET, _SUM = 8, 30, 6
_SHAPE = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_ID}}})([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{{_SUM}}})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key taken apart; the secret never shows in a printed value."""

    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """What is shown once, and sent with every request."""
        body = f"{PREFIX}{self.id}{self.secret}"
        return body + _checksum(body)

    def digest(self, pepper: bytes) -> str:
        """What is kept instead of the secret; a fast hash is right for 178 random bits."""
        return hmac.new(pepper, f"{self.id}{self.secret}".encode(), hashlib.sha256).hexdigest()


def draw() -> Credential:
    """A new credential nobody can foresee."""
    return Credential(id=_random(_ID), secret=_random(_SECRET))


def parse(text: str) -> Credential:
    """Take a key apart. Raises KeyMissingError, KeyMistypedError."""
    if not text:
        raise KeyMissingError("The request carries no key; send the header 'Authorization: Bearer vs_m_...'.")
    shape = _SHAPE.fullmatch(text)
    if shape is None or _checksum(text[:-_SUM]) != shape[3]:
        raise KeyMistypedError(
            f"This is no key of ours: it has {len(text)} characters and its checksum is wrong. A key begins with "
            f"{PREFIX} and has {len(PREFIX) + _ID + _SECRET + _SUM} characters; copy it again."
        )
    return Credential(id=shape[1], secret=shape[2])


def _random(length: int) -> str:
    return "".join(secrets.choice(_DIGITS) for _ in range(length))


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_SUM):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
