"""From a file to where it comes from: the way of ``pipeline.py`` walked backwards.

``file -> Credential, Seen -> Report``: :func:`verify_file` answers anybody, :func:`trace_file` answers two
stewards. No model is loaded, and no connection opened.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from vitascope.backends.codec import LappedCodec
from vitascope.errors import VerifyError
from vitascope.media.read import video
from vitascope.media.resize import cover
from vitascope.provenance.audit import Steward, begun, enter, two_stewards
from vitascope.provenance.authority import House, open_house
from vitascope.provenance.credential import Credential, credential_of, read_credential
from vitascope.provenance.register import Issued, LocalRegister, Register
from vitascope.provenance.trace import Trace, trace
from vitascope.provenance.verify import Report, Seen, look, report
from vitascope.rights import compositions
from vitascope.rights.compositions import CompositionNearness
from vitascope.rights.nearest import Nearness, nearest_works
from vitascope.settings import settings
from vitascope.types import Pixels

_LENGTHS = (33, 17)  # frames of the clips the model learned from


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCredits:
    """Whose works are behind a file."""

    credits: tuple[str, ...]  # as its own seal names them: a line for each artist
    nearest: tuple[Nearness, ...]  # training works its pictures are nearest to, nearest first
    flagged: tuple[Nearness, ...]  # of these, the ones too near though the seal does not credit them
    composition: CompositionNearness | None  # the nearest whole training composition; None below 17 frames


def verify_file(source: Path | bytes, *, home: Path | None = None, register: Register | None = None) -> Report:
    """What credential, mark and fingerprint of a file, or of its content, say of its origin; public, names nobody.

    ``register`` is where marks were issued, by default the one in ``home``.

    Raises:
        VerifyError: the file cannot be read or holds no picture.
        SealError: the keys or the register of this house cannot be read.
    """
    home = home or settings().home
    house = open_house(home)
    credential = _credential(source, house)
    return report(credential, _seen(source, house), register or LocalRegister(home))


def trace_file(
    source: Path | bytes,
    *,
    stewards: tuple[Steward, Steward],
    reason: str,
    home: Path | None = None,
    register: Register | None = None,
    tell: Callable[[Issued], None] | None = None,
) -> Trace:
    """Who a clip was made for, if pictures and mark agree. Two stewards answer for it, and a row tells of it first.

    ``tell`` gives a notice to the party of a render before anybody hears of it; what it raises ends the trace.

    Raises:
        StewardError: the two are one, or the reason is too short.
        VerifyError: the file cannot be read or holds no picture.
        SealError: keys, register or audit cannot be read or written.
    """
    home = home or settings().home
    two_stewards(stewards, reason)
    row = begun(stewards, reason, sha256_of(source))
    enter(home, row)
    house = open_house(home)
    found = trace(_seen(source, house), register or LocalRegister(home))
    party = "" if found.render is None else found.render.party
    if tell is not None and found.render is not None and party:
        tell(found.render)
    enter(home, row.concluded(found.outcome, party, is_told=tell is not None and party != ""))
    return found


def credits_file(source: Path | bytes, *, home: Path | None = None) -> FileCredits:
    """Whose works are behind a file: as its seal names them, and the training works its pictures are nearest to.

    Raises:
        VerifyError: the file cannot be read or holds no picture.
        SealError: the keys of this house cannot be read.
    """
    credential = _credential(source, open_house(home or settings().home))
    return credits_of(list(video(source)), credential.credits)


def credits_of(frames: Sequence[Pixels], credits_: tuple[str, ...]) -> FileCredits:
    """The same of ``frames`` whose seal thanks ``credits_``."""
    near = nearest_works(frames)
    return FileCredits(
        credits=credits_,
        nearest=near,
        flagged=tuple(work for work in near if work.is_too_near and not _is_thanked(work, credits_)),
        composition=_nearest_composition(frames),
    )


def spelled(found: FileCredits) -> dict[str, object]:
    """Nearness as JSON, the same from the command line and through the API."""
    flagged = {near.work.id for near in found.flagged}
    works = [
        {
            "work": near.work.id,
            "title": near.work.title,
            "authors": list(near.work.authors),
            "licence": near.work.licence,
            "distance": round(near.distance, 3),
            "flagged": near.work.id in flagged,
        }
        for near in found.nearest
    ]
    one = found.composition
    composition = one and {
        "ratio": round(one.ratio, 3),
        "threshold": round(one.near, 3),
        "known": one.known,
        "flagged": one.is_too_near,
    }
    return {"nearest": works, "composition": composition}


def _nearest_composition(frames: Sequence[Pixels]) -> CompositionNearness | None:
    """At the pace and length compositions were described at: 33 frames, or the first 17 of a shorter clip."""
    paced = frames[:: max(1, round((len(frames) - 1) / (_LENGTHS[0] - 1)))]
    length = next((length for length in _LENGTHS if length <= len(paced)), 0)
    if not length:
        return None
    index = compositions.shipped()
    rows = LappedCodec(index.codec).encode(np.stack([cover(frame, index.size) for frame in paced[:length]]))
    return CompositionNearness(ratio=index.ratio(rows), near=index.near, known=len(index.points))


def _is_thanked(near: Nearness, credits_: tuple[str, ...]) -> bool:
    """Whether the seal thanks for things the work depicts: lines are ``makers: things (licence; packages)``."""
    things = {thing for line in credits_ for thing in line.rpartition(" (")[0].rpartition(": ")[2].split(", ")}
    return any(concept.replace("_", " ") in things for concept in near.work.concepts)


def _credential(source: Path | bytes, house: House) -> Credential:
    if isinstance(source, bytes):
        return credential_of(BytesIO(source), house)
    return read_credential(source, house)


def _seen(source: Path | bytes, house: House) -> Seen:
    return look(video(source), house.mark_key)


def sha256_of(source: Path | bytes) -> str:
    """By what the log and the audit name a file. Raises VerifyError where it cannot be read."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"{source} cannot be read: {error.strerror or error}."
        raise VerifyError(message) from error
