"""Where a file comes from: what its credential says, what its mark says, and how sure that is.

Answers "was this made here", never "who made it".
"""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import c2pa

from vitascope.errors import VerifyError
from vitascope.provenance.authority import Authority, open_authority
from vitascope.provenance.detect import ALONE, LIKELY, detect, identify
from vitascope.provenance.patterns import SCHEME
from vitascope.provenance.register import Issued, issued
from vitascope.provenance.seal import format_of, sidecar_of, stands_beside
from vitascope.settings import settings
from vitascope.types import Pixels

State = Literal["Trusted", "Valid", "Invalid", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What the C2PA manifest in or beside a file says."""

    state: State  # as c2pa names it; "Trusted" here: signed by this house's own authority
    words: str
    problems: tuple[str, ...] = ()  # status codes of the specification
    title: str = ""
    model: str = ""
    credits: tuple[str, ...] = ()
    mark_id: int | None = None  # the render its soft binding names


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the invisible mark says."""

    outcome: Literal["likely", "none"]
    words: str
    z: float  # height of the sync peak in standard deviations
    p: float  # chance that unmarked frames look so
    mark_id: int | None = None  # only when it is in the register


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The origin of a file, as far as it can be told."""

    made_here: bool
    words: str
    credential: Credential
    mark: Finding
    model: str


def verify(path: Path, frames: Iterable[Pixels], *, home: Path | None = None) -> Report:
    """Reads the credential of ``path`` and looks for the mark in its decoded ``frames``.

    Raises:
        VerifyError: the file cannot be read.
        SealError: the keys or the register of this house cannot be read.
    """
    home = home or settings().home
    authority, entries = open_authority(home), issued(home)
    credential = read_credential(path, authority)
    finding = find_mark(frames, authority, entries)
    made_here = credential.state == "Trusted" or finding.mark_id is not None
    return Report(
        made_here=made_here,
        words=_conclusion(credential, finding, made_here=made_here),
        credential=credential,
        mark=finding,
        model=credential.model or _model_of(finding.mark_id, entries),
    )


def read_credential(path: Path, authority: Authority) -> Credential:
    """The C2PA credential in ``path``, or in the sidecar beside it.

    Raises:
        VerifyError: the file cannot be opened.
    """
    try:
        reader = _open_reader(path, authority)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
        raise VerifyError(message) from error
    except c2pa.C2paError as error:
        if isinstance(error, c2pa.C2paError.ManifestNotFound | c2pa.C2paError.NotSupported):
            return Credential(state="absent", words="no credential; re-encoding and many websites remove it")
        return Credential(state="Invalid", words=f"the credential is damaged: {error}", problems=("unreadable",))
    with reader:
        return _told(json.loads(reader.json()))


def find_mark(frames: Iterable[Pixels], authority: Authority, entries: Iterable[Issued]) -> Finding:
    """The mark of this house in ``frames``, if there is one.

    Raises:
        VerifyError: there are no frames.
    """
    detection = detect(frames, authority.mark_key)
    if detection is None:
        message = "The file holds no frames to look for a mark in."
        raise VerifyError(message)
    match = identify(detection, [entry.mark_id for entry in entries])
    if match is not None:
        words = f"likely this house's, registered here (p = {match.p:.0e} that another clip looks so)"
        return Finding(outcome="likely", words=words, z=detection.z, p=match.p, mark_id=match.mark_id)
    if detection.p <= LIKELY and detection.z >= ALONE:
        words = f"likely this house's key, but no render of the register (p = {detection.p:.0e} in unmarked clips)"
        return Finding(outcome="likely", words=words, z=detection.z, p=detection.p)
    words = "none found; a rotated, filmed, re-generated or speed-changed copy can lose it"
    return Finding(outcome="none", words=words, z=detection.z, p=detection.p)


def _open_reader(path: Path, authority: Authority) -> c2pa.Reader:
    trust = {"trust": {"trust_anchors": authority.root.decode()}, "verify": {"verify_trust": True}}
    context = c2pa.Context(c2pa.Settings.from_dict(trust))
    sidecar = sidecar_of(path)
    with path.open("rb") as file:
        if stands_beside(path) and sidecar.exists():  # clip.c2pa beside clip.webm says nothing of clip.mp4
            return c2pa.Reader(format_of(path), file, sidecar.read_bytes(), context=context)
        return c2pa.Reader(format_of(path), file, context=context)


def _told(store: dict[str, Any]) -> Credential:
    """The parts of a manifest store a person asks for."""
    manifest = store["manifests"][store["active_manifest"]]
    assertions = {assertion["label"]: assertion["data"] for assertion in manifest.get("assertions", [])}
    release = assertions.get("org.vitascope.release", {})
    problems = tuple(status["code"] for status in store.get("validation_status", []))
    state: State = store["validation_state"]
    return Credential(
        state=state,
        words=_state_words(state, manifest, problems),
        problems=problems,
        title=str(manifest.get("title", "")),
        model=str(release.get("model", "")),
        credits=tuple(str(name) for name in release.get("credits", ())),
        mark_id=_bound_mark(assertions.get("c2pa.soft-binding", {})),
    )


def _state_words(state: State, manifest: dict[str, Any], problems: tuple[str, ...]) -> str:
    issuer = manifest.get("signature_info", {}).get("issuer", "an unnamed issuer")
    if state == "Trusted":
        return "intact and signed by this house (valid; the issuer is unknown to the public lists)"
    if state == "Valid":
        return f"intact, signed by {issuer}, which this house does not know"
    return f"does not match the file, which was changed after signing ({', '.join(problems)})"


def _bound_mark(binding: dict[str, Any]) -> int | None:
    if binding.get("alg") != SCHEME:
        return None
    try:
        return int.from_bytes(base64.b64decode(binding["blocks"][0]["value"]), "big")
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _conclusion(credential: Credential, finding: Finding, *, made_here: bool) -> str:
    if credential.mark_id is not None and finding.mark_id not in {None, credential.mark_id}:
        return "Credential and mark name different renders of this house: one of them was moved from another file."
    if credential.state == "Trusted" and finding.outcome == "likely":
        return "Made here: credential and mark both say so."
    if made_here:
        return "Made here, says the " + ("credential." if credential.state == "Trusted" else "mark (likely).")
    if credential.state == "Valid":
        return "Not known to be made here; the credential names another origin."
    return "Not known to be made here."


def _model_of(mark_id: int | None, entries: Iterable[Issued]) -> str:
    return next((entry.model for entry in entries if entry.mark_id == mark_id), "")
