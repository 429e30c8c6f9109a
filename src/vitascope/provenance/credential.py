"""What the C2PA manifest in a file, or beside it, says: intact or not, by whom, and from which files it was made.

The only door to c2pa for reading. Nothing is fetched: remote manifests are not followed.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal

import c2pa

from vitascope.errors import VerifyError
from vitascope.provenance.authority import House
from vitascope.provenance.certificates import Certificate
from vitascope.provenance.manifest import RELEASE
from vitascope.provenance.patterns import SCHEME
from vitascope.provenance.seal import format_of, sidecar_of, sniffed, stands_beside

State = Literal["trusted", "valid", "invalid", "not_present"]
"""``validation_state`` as the SDK names it; ``trusted`` here: signed by this house's own authority."""

_STATES: dict[str, State] = {"Trusted": "trusted", "Valid": "valid", "Invalid": "invalid"}
_EXPIRED, _UNTRUSTED = "signingCredential.expired", "signingCredential.untrusted"
_NONE = "no credential; re-encoding and many websites remove it"
_NONE_BESIDE = "no credential; that of a WebM lies beside it in a file .c2pa of the same name, and none came with it"
_ELSEWHERE = "none in the file; it names an address for its credential, and nothing is fetched from there"
_HEAD = 16  # bytes that tell what a file is
_MARK_BYTES = 8
_DEEPEST = 32  # links of a chain that are followed
_MOST, _LONGEST = 100, 2000  # names in a list, and letters of one
_JOINERS = "\u200c\u200d"  # letters of names in Persian and Hindi, though not printable by themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """A file that this one was made from."""

    relationship: str  # parentOf, componentOf or inputTo, as C2PA names it
    media_type: str
    depth: int  # 1: this file was made from it; 2: it was made from it in turn
    title: str = ""
    model: str = ""
    mark_id: int | None = None
    has_credential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What the C2PA manifest in or beside a file says."""

    state: State
    words: str
    problems: tuple[str, ...] = ()  # status codes of the specification
    title: str = ""
    issuer: str | None = None
    generated_at: str | None = None  # RFC 3339, UTC
    model: str = ""
    credits: tuple[str, ...] = ()
    mark_id: int | None = None  # the render its soft binding names
    ancestors: tuple[Ancestor, ...] = ()


def read_credential(path: Path, house: House) -> Credential:
    """The C2PA credential in ``path``, or in the sidecar beside it.

    Raises:
        VerifyError: the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            beside = sidecar_of(path).read_bytes() if stands_beside(path) and sidecar_of(path).exists() else None
            return credential_of(file, house, media_type=format_of(path), sidecar=beside)
    except OSError as error:
        message = f"{error.filename or path} cannot be read: {error.strerror or error}."
        raise VerifyError(message) from error


def credential_of(
    file: BinaryIO | BytesIO, house: House, *, media_type: str = "", sidecar: bytes | None = None
) -> Credential:
    """The C2PA credential in an open file; its first bytes go before ``media_type``, since names can lie."""
    kind = sniffed(file.read(_HEAD)) or media_type
    try:
        store = _store(file, kind, sidecar, house.anchors)
        if store["validation_state"] == "Trusted" and house.roots != house.anchors and _own(store, house) is None:
            store = _store(file, kind, sidecar, house.roots)  # who sold an operator a certificate has other customers
        return _told(store, house)
    except c2pa.C2paError as error:
        if str(error).startswith("Remote: must fetch"):  # the library has a class for it and does not use it
            return Credential(state="not_present", words=_ELSEWHERE)
        if isinstance(error, c2pa.C2paError.ManifestNotFound | c2pa.C2paError.NotSupported):
            return Credential(state="not_present", words=_NONE_BESIDE if kind == "video/webm" else _NONE)
        return Credential(
            state="invalid", words=f"the credential is damaged: {_line(str(error))}", problems=("unreadable",)
        )


def _store(file: BinaryIO | BytesIO, kind: str, sidecar: bytes | None, anchors: bytes) -> dict[str, Any]:
    """The manifest store of a file, trusted under ``anchors``. Raises c2pa.C2paError."""
    told = {
        "trust": {"trust_anchors": anchors.decode()},
        "verify": {"verify_trust": True, "remote_manifest_fetch": False},
    }
    context = c2pa.Context(c2pa.Settings.from_dict(told))
    file.seek(0)
    reader = (
        c2pa.Reader(kind, file, context=context)
        if sidecar is None
        else c2pa.Reader(kind, file, sidecar, context=context)
    )
    with reader:
        store: dict[str, Any] = json.loads(reader.json())
        return store


def _own(store: dict[str, Any], house: House) -> Certificate | None:
    """The certificate a file was signed by, if it is known to have signed here; only a trusted one is what it says."""
    manifest = _mapping(_mapping(store.get("manifests")).get(str(store.get("active_manifest"))))
    return house.certificate(str(_mapping(manifest.get("signature_info")).get("cert_serial_number")))


def has_credential(content: bytes) -> bool:
    """Whether a C2PA manifest that can be read is in the file, whoever signed it and whether it holds or not."""
    context = c2pa.Context(c2pa.Settings.from_dict({"verify": {"remote_manifest_fetch": False}}))
    try:
        with c2pa.Reader(sniffed(content), BytesIO(content), context=context) as reader:
            return bool(json.loads(reader.json()).get("active_manifest"))
    except c2pa.C2paError:
        return False


def _told(store: dict[str, Any], house: House) -> Credential:
    """The parts of a manifest store a person asks for. Whoever signed it wrote it: any part may be of any kind."""
    manifest = _mapping(store.get("manifests")).get(str(store.get("active_manifest")), {})
    told, signature = _assertions(manifest), _mapping(manifest.get("signature_info"))
    release, issuer = _mapping(told.get(RELEASE)), _line(signature.get("issuer"))
    problems = tuple(status["code"] for status in store.get("validation_status", []))
    state = _STATES.get(store["validation_state"], "invalid")
    return Credential(
        state=state,
        words=_state_words(state, issuer or "an unnamed issuer", problems, _own(store, house), house),
        problems=problems,
        title=_line(manifest.get("title")),
        issuer=issuer or None,
        generated_at=_moment(told, signature),
        model=_line(release.get("model")),
        credits=tuple(filter(None, map(_line, _sequence(release.get("credits"))[:_MOST]))),
        mark_id=_bound_mark(told.get("c2pa.soft-binding")),
        ancestors=tuple(islice(_ancestors(store["manifests"], manifest, 1), _MOST)),
    )


def _line(told: object) -> str:
    """What somebody wrote, on one line, without letters a terminal or a page would obey; nothing if it is no text."""
    letters = told[:_LONGEST] if isinstance(told, str) else ""
    return "".join(letter if letter.isprintable() or letter in _JOINERS else " " for letter in letters)


def _mapping(told: object) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _sequence(told: object) -> list[Any]:
    return told if isinstance(told, list) else []


def _assertions(manifest: dict[str, Any]) -> dict[str, Any]:
    return {assertion["label"]: assertion.get("data") for assertion in manifest.get("assertions", [])}


def _ancestors(manifests: dict[str, Any], manifest: dict[str, Any], depth: int) -> Iterator[Ancestor]:
    """The files a file was made from, and those they were made from, depth first.

    One file may be met in many ways, twice as many with each link: who asks takes as many as they want.
    """
    for ingredient in manifest.get("ingredients", []):
        own = manifests.get(ingredient.get("active_manifest", ""), {})
        told = _assertions(own)
        yield Ancestor(
            relationship=_line(ingredient.get("relationship")),
            media_type=_line(ingredient.get("format")),
            depth=depth,
            title=_line(own.get("title") or ingredient.get("title")),
            model=_line(_mapping(told.get(RELEASE)).get("model")),
            mark_id=_bound_mark(told.get("c2pa.soft-binding")),
            has_credential=bool(own),
        )
        if own and depth < _DEEPEST:
            yield from _ancestors(manifests, own, depth + 1)


def _moment(told: dict[str, Any], signature: dict[str, Any]) -> str | None:
    """When the file was made: as time-stamped by a third party, or as the manifest itself says."""
    actions = _sequence(_mapping(told.get("c2pa.actions.v2")).get("actions"))
    said = signature.get("time") or next(
        (action["when"] for action in map(_mapping, actions) if "when" in action), None
    )
    try:
        return None if said is None else datetime.fromisoformat(str(said)).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None


def _state_words(
    state: State, issuer: str, problems: tuple[str, ...], certificate: Certificate | None, house: House
) -> str:
    if state == "trusted":
        is_ours = certificate is None or certificate.root in house.roots
        facts = ["valid", "issuer unknown to the public lists" if is_ours else f"issuer {issuer}"]
        if certificate is not None:
            facts.append(f"certificate of {certificate.since:%Y-%m-%d}, good until {certificate.until:%Y-%m-%d}")
        return f"intact and signed by this house ({'; '.join(facts)})"
    if state == "valid":
        return f"intact, signed by {issuer}, which this house does not know"
    if _EXPIRED in problems and set(problems) <= {_EXPIRED, _UNTRUSTED}:
        return f"intact, signed by {issuer}, whose certificate has expired since, and no time stamp says when it signed"
    codes = ", ".join(problems) or "unreadable"
    return f"not to be relied on ({codes}): the file was changed after signing, or badly signed"


def _bound_mark(binding: object) -> int | None:
    told = _mapping(binding)
    if told.get("alg") != SCHEME:
        return None
    try:
        value = base64.b64decode(told["blocks"][0]["value"])
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return int.from_bytes(value, "big") if len(value) == _MARK_BYTES else None
