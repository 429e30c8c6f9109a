"""Cosignatures: an auditor's word that they have seen a checkpoint and that it only added to the one before.

The form is C2SP tlog-cosignature v1 (https://c2sp.org/tlog-cosignature): one more signature line below ours, over
``cosignature/v1``, the time, and the checkpoint; eight bytes of time go before the signature.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vitascope.errors import LogError

_TYPE: Final = b"\x04"  # of a timestamped Ed25519 cosignature in signed-note
_DASH: Final = "\u2014"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """A witness's name and public key."""

    name: str
    key: Ed25519PublicKey

    @property
    def key_hash(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return sha256(self.name.encode() + b"\n" + _TYPE + self.key.public_bytes_raw()).digest()[:4]

    @property
    def text(self) -> str:
        """The key to publish: ``name+hash+key``."""
        encoded = base64.b64encode(_TYPE + self.key.public_bytes_raw()).decode()
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"


def cosign(note: str, *, name: str, key: Ed25519PrivateKey, now: datetime) -> str:
    """``note`` with one more line: ``name`` saw it at ``now``. Check its consistency first: ``monitor`` does."""
    auditor = Auditor(name=name, key=key.public_key())
    if not name or any(letter.isspace() or letter == "+" for letter in name):
        raise LogError("The auditor's name is empty or has a space or a plus; use a form like example.org/auditor.")
    seconds = int(now.timestamp())
    signature = key.sign(_message(note, seconds))
    line = base64.b64encode(auditor.key_hash + struct.pack(">Q", seconds) + signature).decode()
    return f"{note}{_DASH} {name} {line}\n"


def cosigned_at(note: str, auditor: Auditor) -> datetime | None:
    """When ``auditor`` saw this checkpoint, or None where no valid line of theirs stands below it."""
    for line in note.partition("\n\n")[2].splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[:2] == [_DASH, auditor.name]:
            seen = _checked(note, parts[2], auditor)
            if seen is not None:
                return seen
    return None


def read_auditor(text: str) -> Auditor:
    """The auditor in ``name+hash+key``. Raises ``LogError`` when hash and key disagree."""
    name, _, rest = text.partition("+")
    try:
        raw = base64.b64decode(rest.partition("+")[2], validate=True)
        auditor = Auditor(name=name, key=Ed25519PublicKey.from_public_bytes(raw[1:]))
    except ValueError as error:
        raise LogError("What is given is not an auditor's key of the form name+hash+key.") from error
    if auditor.text != text:
        raise LogError("The hash in the auditor's key does not fit its name and key; copy it again.")
    return auditor


def _checked(note: str, encoded: str, auditor: Auditor) -> datetime | None:
    try:
        raw = base64.b64decode(encoded, validate=True)
        if raw[:4] != auditor.key_hash or len(raw) != 4 + 8 + 64:
            return None
        (seconds,) = struct.unpack(">Q", raw[4:12])
        auditor.key.verify(raw[12:], _message(note, seconds))
    except (binascii.Error, InvalidSignature):
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _message(note: str, seconds: int) -> bytes:
    checkpoint = note.partition("\n\n")[0] + "\n"
    return f"cosignature/v1\ntime {seconds}\n{checkpoint}".encode()
