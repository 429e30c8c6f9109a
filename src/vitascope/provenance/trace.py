"""Who a clip was made for: named only where fingerprint and mark, found apart, lead to the same render.

A mark can be copied onto another video to frame somebody, and pictures can be imitated: one signal alone is
"inconclusive". The fingerprint gives the render without a look at any id; then the mark must spell one of its ids at
p <= 1e-6 by a bound that assumes nothing of the picture. Renders of one place and hour look alike, so "like" is not
enough here: a mark copied from one meadow onto another would name the wrong member. The pictures must be the same ones,
and of several renders only the nearest counts, with those that cannot be told from it.
"""

from dataclasses import dataclass, replace
from typing import Literal

from vitascope.provenance.detect import certain_threshold, scores
from vitascope.provenance.register import Issued, Register
from vitascope.provenance.verify import Seen, find_likeness

CERTAIN = 1e-6
"""Chance of a wrong name a trace may run."""

SAME = 0.08
"""Share of bits in which the same pictures may differ. Of 24,000 pairs of different renders the nearest stood at 0.086
(decision 0007); strong overlays, cuts and CRF 35 pass this as well, and then a trace is inconclusive."""

_TIE = 0.03  # eight bits: renders of one layout, or of one prompt and seed, cannot be told apart by their pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a trace found; ``render`` is there only where both signals name it."""

    outcome: Literal["named", "inconclusive"]
    words: str
    fingerprint_renders: int  # how many renders have these pictures
    distance: float | None  # of the nearest of them
    score: float | None = None  # of the best of their ids, 8 at most
    needed: float | None = None  # what it takes among as many ids
    render: Issued | None = None


def trace(seen: Seen, register: Register) -> Trace:
    """The render that fingerprint and mark agree on. Raises SealError where the register cannot be read."""
    alike = find_likeness(seen, register).nearest
    distance = alike[0].distance if alike else None
    nearest = [one.mark_id for one in alike if one.distance <= min(SAME, alike[0].distance + _TIE)]
    if not nearest:
        return _inconclusive("no render has these pictures, so its mark may have been copied onto it", 0, distance)
    owners = {entry.party for entry in map(register.get, nearest) if entry is not None}
    if len(owners) > 1:
        said = f"{len(nearest)} renders for {len(owners)} parties have these pictures, so the mark alone would decide"
        return _inconclusive(said, len(nearest), distance)
    ids = tuple({entry.mark_id for mark_id in nearest for entry in register.copies(mark_id)})
    ranked, needed = scores(seen.detection, ids), certain_threshold(len(ids) * len(seen.detection.softs), CERTAIN)
    named = max(ranked, key=lambda mark_id: ranked[mark_id])
    best = ranked[named]
    if best < needed:
        said = f"these are the pictures of a render, but the mark does not say so ({best:.1f} of {needed:.1f} needed)"
        return replace(_inconclusive(said, len(nearest), distance), score=best, needed=needed)
    return Trace(
        outcome="named",
        words=f"Pictures and mark agree (mark {best:.1f}, {needed:.1f} needed of {len(ids)} ids, p <= {CERTAIN:.0e}).",
        fingerprint_renders=len(nearest),
        distance=distance,
        score=best,
        needed=needed,
        render=register.get(named),
    )


def _inconclusive(said: str, renders: int, distance: float | None) -> Trace:
    return Trace(outcome="inconclusive", words=f"Inconclusive: {said}.", fingerprint_renders=renders, distance=distance)
