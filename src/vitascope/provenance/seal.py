"""The seal: a signed C2PA manifest in each file, or beside it where the container cannot hold one.

The only door to c2pa for writing. Prompts do not go in: a file travels further than its maker may wish a sentence to.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import c2pa

from vitascope.errors import SealError
from vitascope.provenance.authority import Authority
from vitascope.provenance.manifest import Claim, ingredient, manifest
from vitascope.sealed import Seal

_EMBEDDED = {
    ".mp4": "video/mp4",
    ".gif": "image/gif",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
_BESIDE = {".webm": "video/webm"}
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"\x1a\x45\xdf\xa3", 0, "video/webm"),
    (b"ftyp", 4, "video/mp4"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Proof that a file was sealed."""

    path: Path
    sidecar: Path | None
    seal: Seal


def seal(path: Path, claim: Claim, authority: Authority, *, to: Path | None = None) -> Sealed:
    """Signs the finished file ``path``; the signed copy appears at ``to`` (default: in its place), whole or not at all.

    A WebM stays as it is; its manifest goes beside it, ``clip.webm`` to ``clip.c2pa``.

    Raises:
        SealError: unknown container, unusable key, or the folder cannot be written; ``to`` is then untouched.
    """
    target = to or path
    if path.suffix.lower() not in _EMBEDDED | _BESIDE:
        message = f"{path.name}: a {path.suffix or 'nameless'} file cannot be sealed, only " + _known_suffixes() + "."
        raise SealError(message)
    signed = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        written = _sign(path, signed, claim, authority)
        sidecar = _place(signed, written, target)
    except (OSError, c2pa.C2paError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = (
            f"{target.name} could not be sealed: {reason}. Nothing was written; check the folder and the signing key."
        )
        raise SealError(message) from error
    finally:
        with suppress(OSError):
            signed.unlink()
    proof = Seal(manifest_sha256=hashlib.sha256(written).hexdigest(), mark_id=claim.mark_id)
    return Sealed(path=target, sidecar=sidecar, seal=proof)


def sealed_bytes(content: bytes, media_type: str, claim: Claim, authority: Authority) -> bytes:
    """``content``, a picture that leaves without ever being a file, signed. Raises SealError."""
    target = BytesIO()
    try:
        _signed(BytesIO(content), target, media_type, claim, authority)
    except c2pa.C2paError as error:
        message = f"A {media_type} picture could not be sealed: {error}. It was not handed out; check the signing key."
        raise SealError(message) from error
    return target.getvalue()


def format_of(path: Path) -> str:
    """The media type of ``path`` by its suffix; empty if it is none that is sealed."""
    return (_EMBEDDED | _BESIDE).get(path.suffix.lower(), "")


def sniffed(head: bytes) -> str:
    """The media type of a file by its first bytes; empty if it is none that is sealed."""
    return next((kind for mark, at, kind in _SIGNATURES if head[at : at + len(mark)] == mark), "")


def stands_beside(path: Path) -> bool:
    """Whether the container of ``path`` cannot hold a manifest, so that it lies beside the file."""
    return path.suffix.lower() in _BESIDE


def sidecar_of(path: Path) -> Path:
    """Where the manifest of a file lies that cannot hold one."""
    return path.with_suffix(".c2pa")


def _sign(path: Path, signed: Path, claim: Claim, authority: Authority) -> bytes:
    """Writes the signed copy and returns the manifest."""
    with path.open("rb") as file, signed.open("w+b") as destination:  # c2pa reads back what it wrote
        written = _signed(file, destination, format_of(path), claim, authority)
        destination.flush()
        os.fsync(destination.fileno())
    return written


def _signed(file: BinaryIO, to: BinaryIO, media_type: str, claim: Claim, authority: Authority) -> bytes:
    with _context(authority) as context, c2pa.Builder(manifest(claim), context=context) as builder:
        for number, source in enumerate(claim.sources):
            builder.add_ingredient_from_stream(ingredient(source, number), source.media_type, BytesIO(source.content))
        if media_type in _BESIDE.values():
            builder.set_no_embed()
        return bytes(builder.sign(media_type, file, to))


def _place(signed: Path, written: bytes, target: Path) -> Path | None:
    """Moves the signed file into place; a sidecar goes first, so that no film stands without its origin."""
    sidecar = None
    if stands_beside(target):
        sidecar = sidecar_of(target)
        draft = sidecar.with_name(f".{sidecar.name}.{secrets.token_hex(4)}")
        try:
            draft.write_bytes(written)
            draft.replace(sidecar)
        finally:
            draft.unlink(missing_ok=True)
    signed.replace(target)
    return sidecar


def _context(authority: Authority) -> c2pa.Context:
    algorithm = c2pa.C2paSigningAlg[authority.signer.algorithm.upper()]
    signer = c2pa.Signer.from_callback(authority.signer.sign, algorithm, authority.signer.chain.decode())
    settings = {
        "builder": {"thumbnail": {"enabled": False}},  # one of a GIF costs 40 ms and repeats what the file shows
        "trust": {"trust_anchors": authority.anchors.decode()},  # else parents of our own are recorded as untrusted
    }
    return c2pa.Context(c2pa.Settings.from_dict(settings), signer)


def _known_suffixes() -> str:
    return ", ".join(sorted(_EMBEDDED | _BESIDE))
