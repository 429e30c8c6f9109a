"""Where a clip comes from: what its credential, its mark and its fingerprint say, in this order, and how sure that is.

Answers "was this made here", never "who made it".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vitascope.errors import VerifyError
from vitascope.provenance.credential import Credential
from vitascope.provenance.detect import ALONE, LIKELY, Detection, detect, identify
from vitascope.provenance.fingerprint import MATCH, Plane, Sampler, words_of
from vitascope.provenance.likeness import Likeness
from vitascope.provenance.register import Register
from vitascope.types import Pixels

Outcome = Literal["detected", "not_detected"]
Confidence = Literal["certain", "likely", "inconclusive", "none"]

TILE = 64  # pixels: a crop is known modulo one tile of the mark
_PLACED = 5.0  # height of the sync peak from which its place is worth trying; half of unmarked clips stand below
_LEAST = 0.5  # of a side that a part must be: at 0.6 it stands at 0.28 when laid back, and a clip of 256x256 would be
# tried at 136 places of a frame of 720p, a search through all renders for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A clip looked through once: its mark as the detector sees it, and a few of its pictures."""

    detection: Detection
    planes: tuple[Plane, ...]
    size: tuple[int, int]  # width, height


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the invisible mark says."""

    outcome: Outcome
    confidence: Confidence
    words: str
    z: float  # height of the sync peak in standard deviations
    p: float  # chance that unmarked frames look so
    mark_id: int | None = None  # only when it is in the register


@dataclass(frozen=True, slots=True, kw_only=True)
class Resemblance:
    """What the fingerprint says: renders of this house that look like the clip, nearest first."""

    outcome: Outcome
    confidence: Confidence
    words: str
    nearest: tuple[Likeness, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The origin of a file, as far as it can be told."""

    made_here: bool
    confidence: Confidence
    words: str
    credential: Credential
    mark: Finding
    fingerprint: Resemblance
    model: str


def look(frames: Iterable[Pixels], key: bytes) -> Seen:
    """Looks through ``frames`` once for a mark of ``key`` and for a fingerprint.

    Raises:
        VerifyError: there are no frames.
    """
    sampler, sizes = Sampler(), list[tuple[int, int]]()
    detection = detect(sampler.watch(_sized(frames, sizes)), key)
    if detection is None:
        message = "The file holds no frames to look for a mark in."
        raise VerifyError(message)
    return Seen(detection=detection, planes=sampler.planes, size=sizes[0])


def report(credential: Credential, seen: Seen, register: Register) -> Report:
    """What the three layers say together. Raises SealError where the register cannot be read."""
    finding = find_mark(seen.detection, register)
    resemblance = find_likeness(seen, register)
    certain = credential.state == "trusted"
    made_here = certain or finding.mark_id is not None
    entry = None if finding.mark_id is None else register.get(finding.mark_id)
    return Report(
        made_here=made_here,
        confidence="certain" if certain else "likely" if made_here else resemblance.confidence,
        words=_conclusion(credential, finding, resemblance, made_here=made_here),
        credential=credential,
        mark=finding,
        fingerprint=resemblance,
        model=credential.model or ("" if entry is None else entry.model),
    )


def find_mark(detection: Detection, register: Register) -> Finding:
    """The mark of this house, compared with every id ever taken. Raises SealError."""
    z = detection.z
    match = identify(detection, register.ids())
    if match is not None:
        words = f"likely this house's, registered here (p = {match.p:.0e} that another clip looks so)"
        return Finding(outcome="detected", confidence="likely", words=words, z=z, p=match.p, mark_id=match.mark_id)
    if detection.p <= LIKELY and z >= ALONE:
        words = f"likely this house's key, but no render of the register (p = {detection.p:.0e} in unmarked clips)"
        return Finding(outcome="detected", confidence="likely", words=words, z=z, p=detection.p)
    words = "none found; a rotated, filmed, re-generated or speed-changed copy can lose it"
    return Finding(outcome="not_detected", confidence="none", words=words, z=z, p=detection.p)


def find_likeness(seen: Seen, register: Register) -> Resemblance:
    """The renders the clip looks like: as it is, else put where the mark's grid says it was cut from. Raises SealError.

    Renders of the same place and hour look alike (0.09 was seen), so this names nobody and proves nothing alone.
    """
    nearest = register.alike(words_of(seen.planes), within=MATCH) or _placed(seen, register)
    if not nearest:
        return Resemblance(outcome="not_detected", confidence="none", words="no render of this house looks like it")
    words = (
        f"it looks like a render of this house ({nearest[0].distance:.0%} of the fingerprint differ); no proof alone"
    )
    return Resemblance(outcome="detected", confidence="inconclusive", words=words, nearest=nearest)


def _placed(seen: Seen, register: Register) -> tuple[Likeness, ...]:
    """As if the clip were laid back into a frame it was cut from: the mark's grid tells the place up to whole tiles."""
    if seen.detection.z < _PLACED:
        return ()
    found: dict[int, Likeness] = {}
    for width, height in register.sizes():
        for margins in _margins(seen, (width, height)):
            words = words_of(np.pad(plane, margins, mode="edge") for plane in seen.planes)
            for likeness in register.alike(words, within=MATCH):
                known = found.get(likeness.mark_id)
                found[likeness.mark_id] = likeness if known is None else min(known, likeness, key=_distance)
    return tuple(sorted(found.values(), key=_distance))


def _margins(seen: Seen, size: tuple[int, int]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """What to add around the kept pictures, rows then columns, for each place in a frame of ``size`` that fits."""
    rows, columns = (
        _places(side, whole, scale, offset, kept)
        for side, whole, scale, offset, kept in zip(
            seen.size[::-1], size[::-1], seen.detection.scale, seen.detection.offset, seen.planes[0].shape, strict=True
        )
    )
    return [(row, column) for row in rows for column in columns if any((*row, *column))]


def _places(side: int, whole: int, scale: float, offset: int, kept: int) -> list[tuple[int, int]]:
    """Pixels before and after a kept side, for each tile that a side cut from ``whole`` pixels can begin in."""
    spare = whole - side * scale
    if spare < -2 or spare > whole * (1 - _LEAST):  # scaled by another factor, or no render of this size
        return []
    starts = list(range(-offset % TILE, max(0, round(spare)) + 1, TILE)) or [0]
    shrink = kept / (side * scale)  # from pixels of the render to pixels of a kept picture
    return [(round(start * shrink), max(0, round((spare - start) * shrink))) for start in starts]


def _distance(likeness: Likeness) -> float:
    return likeness.distance


def _sized(frames: Iterable[Pixels], sizes: list[tuple[int, int]]) -> Iterable[Pixels]:
    for frame in frames:
        if not sizes:
            sizes.append((frame.shape[1], frame.shape[0]))
        yield frame


def _conclusion(credential: Credential, finding: Finding, resemblance: Resemblance, *, made_here: bool) -> str:
    if credential.mark_id is not None and finding.mark_id not in {None, credential.mark_id}:
        return "Credential and mark name different renders: one of them was moved here from another file."
    if credential.state == "trusted" and finding.outcome == "detected":
        return "Made here: credential and mark both say so."
    if made_here:
        return "Made here, says the " + ("credential." if credential.state == "trusted" else "mark (likely).")
    if resemblance.nearest:
        return "Not known to be made here, though it looks like a render of this house."
    if credential.state == "valid":
        return "Not known to be made here; the credential names another origin."
    return "Not known to be made here."
