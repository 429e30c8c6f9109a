"""Alerts from a secret scanner that found our keys published: the signature is checked over the raw bytes first.

After GitHub's partner programme: two headers name a public key and carry an ECDSA P-256 signature with SHA-256 over the
body, a JSON list of ``{token, type, url, source}``. The public keys are kept in a file, for a house without a network.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from vitascope.errors import AlertError
from vitascope.programme.leaks.scan import find_keys

MOST_ALERTS = 1_000
"""Alerts that one body may carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One key that somebody found, by its public id, and where."""

    key: str
    url: str
    source: str


def read_alerts(body: bytes, *, signed_by: str, signature: str, known: Mapping[str, str]) -> tuple[Alert, ...]:
    """The alerts in a signed body; tokens that are no keys of ours are left out.

    ``known`` are public keys in PEM by their identifier. Raises AlertError where the signature is not good.
    """
    _require_signed(body, signed_by, signature, known)
    try:
        rows = json.loads(body)
        texts = [(str(row["token"]), str(row.get("url") or ""), str(row.get("source") or "")) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AlertError("The alert is signed but is no list of {token, type, url, source}; send it as one.") from error
    if len(texts) > MOST_ALERTS:
        raise AlertError(f"The body carries {len(texts)} alerts, {MOST_ALERTS} are taken at once; send it in parts.")
    return tuple(
        Alert(key=key, url=url[:500], source=source[:100]) for text, url, source in texts for key in find_keys(text)
    )


def known_scanners(path: Path) -> Mapping[str, str]:
    """The public keys in a saved answer of the scanner: ``{"public_keys": [{"key_identifier", "key"}]}``.

    None where there is no file: then every alert is refused. Raises AlertError for a file that is none.
    """
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text("utf-8"))["public_keys"]
        return {str(row["key_identifier"]): str(row["key"]) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AlertError(f"{path} holds no public keys of a scanner; save its answer there again.") from error


def _require_signed(body: bytes, signed_by: str, signature: str, known: Mapping[str, str]) -> None:
    if signed_by not in known:
        raise AlertError(f"The alert names a scanner key that is not among the {len(known)} known.")
    try:
        key = load_pem_public_key(known[signed_by].encode())
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise AlertError("The scanner's public key is not on an elliptic curve; save its keys again.")
        key.verify(base64.b64decode(signature, validate=True), body, ec.ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise AlertError("The signature does not fit the body; send the bytes exactly as they were signed.") from error
