"""What signs: a private key in memory, or a command of the operator's that keeps the key to itself.

Algorithms and signature forms are those of C2PA 2.2, section 13.2: ES256, ES384 and ES512 as the two plain numbers,
PS256 with a salt as long as the hash, Ed25519.
"""

import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from vitascope.errors import SealError
from vitascope.settings import Settings

Algorithm = Literal["es256", "es384", "es512", "ps256", "ed25519"]
Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

_CURVES: dict[str, tuple[Algorithm, hashes.HashAlgorithm]] = {
    "secp256r1": ("es256", hashes.SHA256()),
    "secp384r1": ("es384", hashes.SHA384()),
    "secp521r1": ("es512", hashes.SHA512()),
}
_PATIENCE = 30.0  # seconds an operator's command may take
_LEAST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A certificate chain and something that signs for its leaf."""

    chain: bytes  # PEM, leaf first
    algorithm: Algorithm
    expires: datetime
    sign: Callable[[bytes], bytes] = field(repr=False)


def operator_key(told: Settings) -> SigningKey | None:
    """What the operator signs with, or ``None`` where the settings name nothing.

    Raises:
        SealError: the settings contradict each other, a file cannot be read, or key and certificate do not fit.
    """
    if told.signing_chain is None:
        if told.signing_key is None and not told.signing_command:
            return None
        raise SealError("There is a signing key or command but no certificate: set VITASCOPE_SIGNING_CHAIN to its PEM.")
    chain = _content(told.signing_chain)
    if told.signing_command:
        return _commanded(chain, told.signing_command, name=str(told.signing_chain))
    if told.signing_key is None:
        raise SealError(
            f"{told.signing_chain} needs a key: set VITASCOPE_SIGNING_KEY or VITASCOPE_SIGNING_COMMAND beside it."
        )
    return key_from(_content(told.signing_key) + b"\n" + chain, name=str(told.signing_key))


def key_from(pem: bytes, *, name: str) -> SigningKey:
    """The signer in ``pem``, a private key and its chain; ``name`` is what errors call it.

    Raises:
        SealError: no key, a key with a password, one of a kind C2PA does not take, or one that fits no certificate.
    """
    key, leaf = _private_key(pem, name), _leaf(pem, name)
    if _public_bytes(key.public_key()) != _public_bytes(leaf.public_key()):
        raise SealError(f"The key in {name} is not the one its certificate was issued for. Bring the two together.")
    return _signing_key(pem, leaf, name, lambda content: _signature(key, content))


def _commanded(chain: bytes, command: str, *, name: str) -> SigningKey:
    leaf = _leaf(chain, name)
    return _signing_key(chain, leaf, name, lambda content: _from_command(command, content, leaf.public_key()))


def _signing_key(pem: bytes, leaf: x509.Certificate, name: str, sign: Callable[[bytes], bytes]) -> SigningKey:
    expires = leaf.not_valid_after_utc
    if expires <= datetime.now(UTC):
        raise SealError(
            f"The certificate in {name} expired on {expires:%Y-%m-%d}. Bring a new one; `vitascope keys rotate` makes "
            "one for a local authority."
        )
    chain = b"".join(cert.public_bytes(Encoding.PEM) for cert in x509.load_pem_x509_certificates(pem))
    return SigningKey(chain=chain, algorithm=_algorithm(leaf.public_key(), name), expires=expires, sign=sign)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SealError(
            f"The signing file {path} cannot be read: {error.strerror or error}. Nothing is made without a signer."
        ) from error


def _private_key(pem: bytes, name: str) -> Private:
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise SealError(
            f"The key in {name} has a password. Give a key without one that only this user reads, or sign by a command."
        ) from error
    except ValueError as error:
        raise SealError(
            f"{name} holds no private key in PEM that can be read. Restore it from a backup; nothing is made without."
        ) from error
    if not isinstance(key, Private):
        raise SealError(_unusable(name))
    return key


def _leaf(pem: bytes, name: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(pem)[0]
    except ValueError as error:
        raise SealError(f"{name} holds no certificate in PEM that can be read: leaf first, root last.") from error


def _algorithm(key: CertificatePublicKeyTypes, name: str) -> Algorithm:
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name][0]
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return "ps256"
    raise SealError(_unusable(name))


def _unusable(name: str) -> str:
    return (
        f"The key of {name} is of a kind C2PA does not take. Use P-256, P-384, P-521, Ed25519, or RSA of 2,048 bits "
        "and more."
    )


def _signature(key: Private, content: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _plain(key.sign(content, ec.ECDSA(_CURVES[key.curve.name][1])), key.key_size)
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
        return key.sign(content, pss, hashes.SHA256())
    return key.sign(content)


def _from_command(command: str, content: bytes, key: CertificatePublicKeyTypes) -> bytes:
    """What the operator's command answers to ``content`` on its standard input; DER of an ECDSA becomes plain."""
    try:
        run = subprocess.run(  # noqa: S603  # the operator's own command, from the settings
            shlex.split(command), input=content, capture_output=True, timeout=_PATIENCE, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise SealError(
            f"The signing command failed ({type(error).__name__}). Nothing is made without a signer."
        ) from error
    is_der = isinstance(key, ec.EllipticCurvePublicKey) and len(run.stdout) != 2 * -(-key.key_size // 8)
    return _plain(run.stdout, key.key_size) if is_der and isinstance(key, ec.EllipticCurvePublicKey) else run.stdout


def _plain(der: bytes, bits: int) -> bytes:
    """The two numbers of an ECDSA signature side by side (IEEE P1363), as COSE wants them."""
    size = -(-bits // 8)
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(der))


def _public_bytes(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
