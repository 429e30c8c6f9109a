"""Checkpoints: the size and root of the log, signed, in the text form auditors everywhere can read.

The form is C2SP tlog-checkpoint inside C2SP signed-note (https://c2sp.org/tlog-checkpoint, /signed-note)::

    vitascope.example/log
    3
    rrq/J0cUsLH6mWgRBbwaAPd2fTUAsuqKxmKJAQPlvK4=

    -- vitascope.example/log Az3grlgt...      (with an em dash for --; more lines are cosignatures)
"""

import base64
import binascii
import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from vitascope.errors import LogError

_DASH: Final = "\u2014"
_ED25519: Final = b"\x01"  # signature type of signed-note


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log named ``origin`` had ``size`` leaves under ``root``."""

    origin: str
    size: int
    root: bytes  # 32 bytes

    @property
    def text(self) -> str:
        """What is signed, with its last line end."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A log's name and key. The name is the checkpoint's origin and stays for the life of the log."""

    origin: str
    key: Ed25519PrivateKey

    def __post_init__(self) -> None:
        """Refuse a name that the note format cannot carry."""
        if not self.origin or "+" in self.origin or any(letter.isspace() for letter in self.origin):
            message = f"log name {self.origin!r} is empty or has a space or a plus; use a form like example.org/log"
            raise LogError(message)

    @property
    def verifier(self) -> "Verifier":
        """What others need to check this log."""
        return Verifier(origin=self.origin, key=self.key.public_key())

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note."""
        signature = base64.b64encode(self.verifier.key_hash + self.key.sign(checkpoint.text.encode())).decode()
        return f"{checkpoint.text}\n{_DASH} {self.origin} {signature}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A log's name and public key."""

    origin: str
    key: Ed25519PublicKey

    @property
    def key_hash(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return sha256(self.origin.encode() + b"\n" + _ED25519 + self.key.public_bytes_raw()).digest()[:4]

    @property
    def text(self) -> str:
        """The key to publish: ``name+hash+key``."""
        encoded = base64.b64encode(_ED25519 + self.key.public_bytes_raw()).decode()
        return f"{self.origin}+{self.key_hash.hex()}+{encoded}"

    def read(self, note: str) -> Checkpoint:
        """The checkpoint in a signed note. Raises ``LogError`` unless this log's key signed it."""
        text, separator, tail = note.partition("\n\n")
        signed = f"{text}\n"
        if not separator or not any(self._signed(signed, line) for line in tail.splitlines()):
            message = f"the checkpoint is not signed by {self.text}; fetch it again, and keep this one as evidence"
            raise LogError(message)
        return _parse(signed, self.origin)

    def _signed(self, signed: str, line: str) -> bool:
        for key_hash, signature in _signatures(line, self.origin):
            if key_hash == self.key_hash:
                try:
                    self.key.verify(signature, signed.encode())
                except InvalidSignature:
                    return False
                return True
        return False


def read_verifier(text: str) -> Verifier:
    """The verifier in ``name+hash+key``. Raises ``LogError`` when hash and key disagree."""
    origin, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
        verifier = Verifier(origin=origin, key=Ed25519PublicKey.from_public_bytes(raw[1:]))
    except ValueError as error:
        message = "what is given is not a log key of the form name+hash+key"
        raise LogError(message) from error
    if verifier.text != text:
        message = "the hash in the log key does not fit its name and key; copy it again"
        raise LogError(message)
    return verifier


def signer_at(path: Path, *, origin: str) -> Signer:
    """The signer whose key lies at ``path`` (PEM, readable by its owner alone); made on first use.

    Raises ``LogError`` when the key cannot be read or made.
    """
    try:
        if not path.exists():
            _write_key(path, Ed25519PrivateKey.generate())
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        message = f"the log key {path} cannot be used: {error}; restore it, a new one would be another log"
        raise LogError(message) from error
    if not isinstance(key, Ed25519PrivateKey):
        message = f"the log key {path} is not an Ed25519 key; restore the right one"
        raise LogError(message)
    return Signer(origin=origin, key=key)


def _write_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a new key whole: two first users race for one name, and the loser reads the winner's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _signatures(line: str, origin: str) -> Iterator[tuple[bytes, bytes]]:
    """Key hash and signature of a line, if it is one by ``origin``; lines by others are no business of ours."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[:2] != [_DASH, origin]:
        return
    try:
        raw = base64.b64decode(parts[2], validate=True)
    except binascii.Error:
        return
    yield raw[:4], raw[4:]


def _parse(text: str, origin: str) -> Checkpoint:
    lines = text.split("\n")
    try:
        checkpoint = Checkpoint(origin=lines[0], size=int(lines[1]), root=base64.b64decode(lines[2], validate=True))
    except (IndexError, ValueError) as error:
        message = f"the checkpoint of {origin} has no origin, size and root in its first three lines"
        raise LogError(message) from error
    is_whole = len(checkpoint.root) == sha256().digest_size and lines[1] == str(checkpoint.size)
    if checkpoint.origin != origin or checkpoint.size < 0 or not is_whole:
        message = f"the checkpoint speaks for {checkpoint.origin!r} with size {lines[1]!r}, expected {origin!r}"
        raise LogError(message)
    return checkpoint
