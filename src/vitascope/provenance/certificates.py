"""The certificates of a local authority: a root, and leaves that sign files (C2PA 2.2, section 14.5)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_ROOT_YEARS, _LEAF_YEARS = 30, 10  # without time stamps a seal lives as long as its leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One that signed files, and the root it hung under."""

    serial: int
    since: datetime
    until: datetime
    root: bytes  # PEM


def new_root() -> tuple[bytes, bytes]:
    """Key (PKCS8) and self-signed certificate of a new root, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Vitascope local root")
    certificate = (
        _certificate(name, name, key.public_key(), _ROOT_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _pem(key), certificate.public_bytes(Encoding.PEM)


def new_leaf(root_key: bytes, root: bytes) -> tuple[bytes, bytes]:
    """Key and certificate of a new signer under ``root``, in PEM.

    Raises:
        ValueError: ``root_key`` or ``root`` is no PEM of an elliptic curve.
    """
    signing, issuer = load_pem_private_key(root_key, password=None), x509.load_pem_x509_certificate(root)
    if not isinstance(signing, ec.EllipticCurvePrivateKey):
        message = "the root key is not one on an elliptic curve"
        raise TypeError(message)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _certificate(_name("Vitascope local signer"), issuer.subject, key.public_key(), _LEAF_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    return _pem(key), certificate.public_bytes(Encoding.PEM)


def root_of(chain: bytes) -> bytes:
    """The last certificate of a chain in PEM: what everything above it is trusted by."""
    return x509.load_pem_x509_certificates(chain)[-1].public_bytes(Encoding.PEM)


def ends_of(chain: bytes) -> bytes:
    """The first and the last certificate of a chain in PEM: what signs, and what it is trusted by."""
    certificates = x509.load_pem_x509_certificates(chain)
    return b"".join(one.public_bytes(Encoding.PEM) for one in (certificates[0], certificates[-1]))


def read_ends(kept: bytes) -> tuple[Certificate, ...]:
    """The certificates in any number of ``ends_of`` chains. Raises ValueError."""
    ends = x509.load_pem_x509_certificates(kept) if kept else []
    return tuple(
        Certificate(
            serial=leaf.serial_number,
            since=leaf.not_valid_before_utc,
            until=leaf.not_valid_after_utc,
            root=root.public_bytes(Encoding.PEM),
        )
        for leaf, root in zip(ends[::2], ends[1::2], strict=True)
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
