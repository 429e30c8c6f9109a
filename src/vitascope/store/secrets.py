"""The house's own secret: what keys are hashed with, and what webhook secrets are locked away with."""

import base64
import os
import secrets as random_bytes
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vitascope.refusals import SecretError
from vitascope.settings import settings

_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Two keys drawn from one secret; neither shows in a printed value."""

    pepper: bytes = field(repr=False)  # for HMACs of API keys
    vault: bytes = field(repr=False)  # for what must be read again


def open_secrets(data: Path) -> Secrets:
    """The secrets of this house: from ``VITASCOPE_SECRET``, else from ``<data>/secret``, which the first run makes.

    All desks and workers on one database need the same secret. Raises SecretError where it cannot be read or made.
    """
    told = settings().secret
    if told and len(told) < _BYTES:
        raise SecretError(
            f"VITASCOPE_SECRET has {len(told)} characters; give it at least {_BYTES} that nobody guesses."
        )
    secret = told.encode() if told else _from_file(data / "secret")
    return Secrets(pepper=_derive(secret, b"vitascope keys"), vault=_derive(secret, b"vitascope vault"))


def lock(text: str, secrets: Secrets) -> str:
    """``text`` so that only this house can read it."""
    return _fernet(secrets).encrypt(text.encode()).decode()


def unlock(locked: str, secrets: Secrets) -> str:
    """What ``lock`` locked. Raises SecretError where it was locked with another secret."""
    try:
        return _fernet(secrets).decrypt(locked.encode()).decode()
    except InvalidToken as error:
        raise SecretError(
            "A webhook secret was locked with another house secret; give every process the same VITASCOPE_SECRET, or "
            "rotate the endpoint's secret."
        ) from error


def _fernet(secrets: Secrets) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(secrets.vault))


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_BYTES, salt=None, info=purpose).derive(secret)


def _from_file(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise SecretError(
            f"The secret {path} cannot be used: {error.strerror}; give this user access to it."
        ) from error


def _make(path: Path) -> None:
    """A link cannot replace a file: of two processes that start at once, both use the secret of the first."""
    draft = path.with_name(f".{path.name}.{random_bytes.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(random_bytes.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
