"""Sign-in by a mailed link, and sessions that work in one browser only.

The cookies of one tester's login, copied into a public page, were the leak of 2024. Here a session names the public
half of a key that the browser made and cannot give away (WebCrypto, ``extractable: false``). Each request signs method,
path, time and a fresh nonce with it; a cookie without the key opens nothing, and no signature counts twice.
"""

import base64
import binascii
import hashlib
import secrets as random_bytes
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from vitascope.errors import SignInError
from vitascope.programme.people import repository
from vitascope.programme.people.invitations import digest_of, tidy
from vitascope.programme.people.repository import Session
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets, unlock

LINK_SECONDS: Final = 15 * 60.0
SESSION_SECONDS: Final = 14 * 86_400.0
SKEW_SECONDS: Final = 60.0
"""How far a browser's clock may be off, either way."""

_LINKS_AN_HOUR: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes into the mail: the mailbox, and the token of the link."""

    address: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a browser signs with each request, and the signature: 64 bytes r and s, as WebCrypto writes them."""

    method: str
    path: str
    body_sha256: str
    at: float
    nonce: str
    signature: str  # base64

    @property
    def text(self) -> bytes:
        """The bytes that are signed."""
        return f"{self.method}\n{self.path}\n{self.body_sha256}\n{self.at:.3f}\n{self.nonce}".encode()


def ask_link(tx: Transaction, address: str, *, secrets: Secrets, now: float) -> Letter | None:
    """A letter with a link for a member's mailbox; None for anybody else's, which is answered in the same words.

    Five an hour at most: a mailbox cannot be flooded from here.
    """
    mailbox = tidy(address)
    person = repository.person_at(tx, digest_of(mailbox, secrets)) if mailbox else None
    return None if mailbox is None or person is None else _letter(tx, person.party, mailbox, secrets=secrets, now=now)


def link_for(tx: Transaction, party: str, *, secrets: Secrets, now: float) -> Letter | None:
    """A letter with a link for somebody who has just joined, to the mailbox on record; otherwise as ``ask_link``."""
    person = repository.person_of(tx, party)
    return None if person is None else _letter(tx, party, unlock(person.address, secrets), secrets=secrets, now=now)


def _letter(tx: Transaction, party: str, mailbox: str, *, secrets: Secrets, now: float) -> Letter | None:
    if repository.links_since(tx, party, now - 3600) >= _LINKS_AN_HOUR:
        return None
    token = random_bytes.token_urlsafe(24)
    repository.add_link(tx, digest_of(token, secrets), party=party, now=now, expires_at=now + LINK_SECONDS)
    return Letter(address=mailbox, token=token)


def sign_in(tx: Transaction, token: str, browser_key: str, *, secrets: Secrets, now: float) -> tuple[str, Session]:
    """Use a link up; the cookie, shown once, and its session. ``browser_key`` is the public half, DER in base64.

    Raises SignInError for a link that is unknown, used or older than 15 minutes, or a key that is none.
    """
    _public_key(browser_key)
    party = repository.use_link(tx, digest_of(token, secrets), now)
    if party is None:
        raise SignInError("This link is unknown, was used, or is older than 15 minutes; ask for a new one.")
    return open_session(tx, party, browser_key, secrets=secrets, now=now)


def open_session(tx: Transaction, party: str, browser_key: str, *, secrets: Secrets, now: float) -> tuple[str, Session]:
    """A session of somebody who has shown who they are. Raises SignInError for a browser's key that is none."""
    _public_key(browser_key)
    cookie = random_bytes.token_urlsafe(32)
    session = Session(
        digest=digest_of(cookie, secrets),
        party=party,
        browser_key=browser_key,
        made_at=now,
        expires_at=now + SESSION_SECONDS,
    )
    repository.add_session(tx, session)
    return cookie, session


def whose(tx: Transaction, cookie: str, proof: Proof, *, secrets: Secrets, now: float) -> Session:
    """The session of a request, proven to come from its own browser. The transaction must write.

    Raises SignInError for a cookie without its key, a proof used before, and a clock more than a minute off.
    """
    session = repository.session(tx, digest_of(cookie, secrets))
    if session is None or session.ended_at is not None or session.expires_at <= now:
        raise SignInError("Nobody is signed in here, or it was too long ago; ask for a new link.")
    if abs(proof.at - now) > SKEW_SECONDS:
        raise SignInError(f"The request's clock is {abs(proof.at - now):.0f} s off; set it and try again.")
    if not _is_signed(proof, session.browser_key):
        raise SignInError("This session belongs to another browser; sign in here with a link of your own.")
    forget = now - 2 * SKEW_SECONDS
    if not 16 <= len(proof.nonce) <= 64 or not repository.add_proof(
        tx, session.digest, proof.nonce, now=now, forget_before=forget
    ):
        raise SignInError("This very request was sent before; sign it again with a fresh nonce.")
    return session


def sign_out(tx: Transaction, session: Session, now: float) -> None:
    """End a session."""
    repository.end_session(tx, session.digest, now)


def body_digest(body: bytes) -> str:
    """How a body stands in a proof."""
    return hashlib.sha256(body).hexdigest()


def _is_signed(proof: Proof, browser_key: str) -> bool:
    try:
        raw = base64.b64decode(proof.signature, validate=True)
        half = len(raw) // 2
        der = utils.encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
        _public_key(browser_key).verify(der, proof.text, ec.ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return len(raw) == 64


def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise SignInError("The browser's key is no public key in DER; load the page again.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SignInError("The browser's key is not on the curve P-256; load the page again.")
    return key
