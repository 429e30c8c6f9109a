"""The local authority: the certificates that sign every file of this house, and the key of its invisible mark.

Made on first run in ``<home>/authority``: a root and a leaf on P-256 (C2PA 2.2, section 14.5, certificate profile)
and 32 random bytes. Whoever holds these files can sign and mark as this house: only their owner can read them.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vitascope.errors import SealError

_CHAIN, _LEAF_KEY, _ROOT, _ROOT_KEY, _MARK_KEY = "chain.pem", "leaf.key", "root.pem", "root.key", "mark.key"
_MARK_KEY_BYTES = 32
_ROOT_YEARS, _LEAF_YEARS = 30, 10  # without time stamps a seal lives as long as its leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What signing and marking need; secrets stay out of its repr."""

    chain: bytes  # PEM, leaf then root
    root: bytes  # PEM, the anchor to publish
    leaf_key: bytes = field(repr=False)  # PKCS8 PEM
    mark_key: bytes = field(repr=False)


def open_authority(home: Path) -> Authority:
    """The authority in ``home``, made there if there is none.

    Raises:
        SealError: its files cannot be read or written, or are damaged: without a signer nothing is made.
    """
    folder = home / "authority"
    try:
        if not folder.exists():
            _make(folder)
        return _read(folder)
    except OSError as error:
        message = (
            f"The signing keys in {folder} cannot be used: {error.strerror or error}. Nothing is made without a "
            "signer: give this user read and write access, or set VITASCOPE_HOME to a folder it owns."
        )
        raise SealError(message) from error


def _read(folder: Path) -> Authority:
    mark_key = (folder / _MARK_KEY).read_bytes()
    if len(mark_key) != _MARK_KEY_BYTES:
        message = (
            f"{folder / _MARK_KEY} holds {len(mark_key)} bytes, not {_MARK_KEY_BYTES}: restore it from a backup. "
            "A new key would leave all earlier marks unreadable."
        )
        raise SealError(message)
    return Authority(
        chain=(folder / _CHAIN).read_bytes(),
        root=(folder / _ROOT).read_bytes(),
        leaf_key=(folder / _LEAF_KEY).read_bytes(),
        mark_key=mark_key,
    )


def _make(folder: Path) -> None:
    """Writes the whole folder aside and moves it into place, so that two first runs at once end with one authority."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".authority-", dir=folder.parent))  # mode 0700
    for name, content in _new_files().items():
        descriptor = os.open(aside / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fsync(file.fileno())
    try:
        aside.rename(folder)
    except OSError:
        _remove(aside)
        if not folder.is_dir():  # else: another process was first, and its authority counts
            raise


def _remove(folder: Path) -> None:
    with suppress(OSError):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


def _new_files() -> dict[str, bytes]:
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _root_certificate(root_key)
    leaf = _leaf_certificate(leaf_key, root_key, root)
    return {
        _CHAIN: leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM),
        _ROOT: root.public_bytes(Encoding.PEM),
        _ROOT_KEY: _pem(root_key),
        _LEAF_KEY: _pem(leaf_key),
        _MARK_KEY: secrets.token_bytes(_MARK_KEY_BYTES),
    }


def _root_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("Vitascope local root")
    return (
        _certificate(name, name, key.public_key(), _ROOT_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _leaf_certificate(
    key: ec.EllipticCurvePrivateKey, root_key: ec.EllipticCurvePrivateKey, root: x509.Certificate
) -> x509.Certificate:
    return (
        _certificate(_name("Vitascope local signer"), root.subject, key.public_key(), _LEAF_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, years: int
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(days=1)  # clocks differ
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ZZ"),  # ISO 3166 user-assigned: no country
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Vitascope"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
