"""The seal: a signed C2PA manifest in each file, or beside it where the container cannot hold one.

The only door to c2pa for writing. Prompts do not go in: a file travels further than its maker may wish a sentence to.
Specification: C2PA 2.2; CAWG training and data mining assertion 1.1.
"""

import base64
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import c2pa

from vitascope import __version__
from vitascope.errors import SealError
from vitascope.provenance.authority import Authority
from vitascope.provenance.patterns import SCHEME

_EMBEDDED = {".mp4": "video/mp4", ".gif": "image/gif", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
_BESIDE = {".webm": "video/webm"}
_TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_USES = ("cawg.data_mining", "cawg.ai_training", "cawg.ai_generative_training", "cawg.ai_inference")
_FIRST_FRAME = "first-frame"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the house states about a file."""

    title: str
    model: str
    weights_sha256: str
    trained_on: str  # sha256 of the works register the training data was cleared by
    mark_id: int
    credits: tuple[str, ...] = ()  # artists whose works the model learned the named things from
    first_frame_png: bytes | None = None  # the picture an image-to-video clip started from


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Proof that a file was sealed."""

    path: Path
    sidecar: Path | None
    manifest_sha256: str


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
        manifest = _sign(path, signed, claim, authority)
        sidecar = _place(signed, manifest, target)
    except (OSError, c2pa.C2paError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = (
            f"{target.name} could not be sealed: {reason}. Nothing was written; check the folder and the signing key."
        )
        raise SealError(message) from error
    finally:
        with suppress(OSError):
            signed.unlink()
    return Sealed(path=target, sidecar=sidecar, manifest_sha256=hashlib.sha256(manifest).hexdigest())


def format_of(path: Path) -> str:
    """The media type of ``path`` by its suffix; empty if it is none that is sealed."""
    return (_EMBEDDED | _BESIDE).get(path.suffix.lower(), "")


def stands_beside(path: Path) -> bool:
    """Whether the container of ``path`` cannot hold a manifest, so that it lies beside the file."""
    return path.suffix.lower() in _BESIDE


def sidecar_of(path: Path) -> Path:
    """Where the manifest of a file lies that cannot hold one."""
    return path.with_suffix(".c2pa")


def _sign(path: Path, signed: Path, claim: Claim, authority: Authority) -> bytes:
    """Writes the signed copy and returns the manifest."""
    suffix = path.suffix.lower()
    with _context(authority) as context, c2pa.Builder(_manifest(claim), context=context) as builder:
        if claim.first_frame_png is not None:
            builder.add_ingredient_from_stream(_ingredient(), "image/png", BytesIO(claim.first_frame_png))
        if stands_beside(path):
            builder.set_no_embed()
        with path.open("rb") as source, signed.open("w+b") as destination:  # c2pa reads back what it wrote
            manifest = builder.sign((_EMBEDDED | _BESIDE)[suffix], source, destination)
            destination.flush()
            os.fsync(destination.fileno())
    return bytes(manifest)


def _place(signed: Path, manifest: bytes, target: Path) -> Path | None:
    """Moves the signed file into place; a sidecar goes first, so that no film stands without its origin."""
    sidecar = None
    if stands_beside(target):
        sidecar = sidecar_of(target)
        draft = sidecar.with_name(f".{sidecar.name}.{secrets.token_hex(4)}")
        try:
            draft.write_bytes(manifest)
            draft.replace(sidecar)
        finally:
            draft.unlink(missing_ok=True)
    signed.replace(target)
    return sidecar


def _context(authority: Authority) -> c2pa.Context:
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", authority.chain, authority.leaf_key, None))
    # A thumbnail of a GIF costs 40 ms and repeats what the file shows.
    return c2pa.Context(c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}}), signer)


def _manifest(claim: Claim) -> dict[str, object]:
    inputs = {} if claim.first_frame_png is None else {"ingredientIds": [_FIRST_FRAME]}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": _TRAINED,
        "softwareAgent": {"name": f"Vitascope {claim.model}", "version": claim.weights_sha256[:12] or __version__},
        "parameters": {"org.vitascope.weights": claim.weights_sha256, "org.vitascope.dataset": claim.trained_on}
        | inputs,
    }
    release = {"model": claim.model, "weights_sha256": claim.weights_sha256, "credits": list(claim.credits)}
    return {
        "claim_generator_info": [{"name": "Vitascope", "version": __version__}],
        "title": claim.title,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": "cawg.training-mining", "data": {"entries": {use: {"use": "notAllowed"} for use in _USES}}},
            {"label": "c2pa.soft-binding", "data": _soft_binding(claim.mark_id)},
            {"label": "org.vitascope.release", "data": release},
        ],
    }


def _soft_binding(mark_id: int) -> dict[str, object]:
    value = base64.b64encode(mark_id.to_bytes(8, "big")).decode()
    return {"alg": SCHEME, "blocks": [{"scope": {}, "value": value}]}


def _ingredient() -> dict[str, object]:
    # "inputTo": fed to a model that made this file; "parentOf" would say this file is an edit of the picture.
    return {"title": "first frame", "relationship": "inputTo", "label": _FIRST_FRAME}


def _known_suffixes() -> str:
    return ", ".join(sorted(_EMBEDDED | _BESIDE))
