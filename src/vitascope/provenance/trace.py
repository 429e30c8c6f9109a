"""Who a clip was made for: named only where fingerprint and mark, found apart, lead to the same render.

A mark can be copied onto another video to frame somebody, and pictures can be imitated: one signal alone is
"inconclusive". The fingerprint gives a few renders without a look at any id; then the mark must spell an id of one of
them at p <= 1e-6 by a bound that assumes nothing of the picture.
"""

from dataclasses import dataclass
from typing import Literal

from vitascope.provenance.detect import certain_threshold, scores
from vitascope.provenance.register import Issued, Register
from vitascope.provenance.verify import Seen, find_likeness

CERTAIN = 1e-6
"""Chance of a wrong name a trace may run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a trace found; ``render`` is there only where both signals name it."""

    outcome: Literal["named", "inconclusive"]
    words: str
    fingerprint_renders: int  # how many renders the clip looks like
    distance: float | None  # of the nearest of them
    score: float | None  # of the best of their ids, 8 at most
    needed: float | None  # what it takes among as many ids
    render: Issued | None = None


def trace(seen: Seen, register: Register) -> Trace:
    """The render that fingerprint and mark agree on. Raises SealError where the register cannot be read."""
    nearest = find_likeness(seen, register).nearest
    if not nearest:
        words = "Inconclusive: no render looks like it, so whatever its mark says may have been copied onto it."
        return Trace(outcome="inconclusive", words=words, fingerprint_renders=0, distance=None, score=None, needed=None)
    ids = tuple({entry.mark_id for likeness in nearest for entry in register.copies(likeness.mark_id)})
    ranked = scores(seen.detection, ids)
    best, needed = max(ranked.values()), certain_threshold(len(ids), CERTAIN)
    agrees = best >= needed
    words = (
        f"Pictures and mark agree (mark {best:.1f}, needed {needed:.1f} among {len(ids)} ids, p <= {CERTAIN:.0e})."
        if agrees
        else f"Inconclusive: it looks like a render, but its mark does not say so ({best:.1f} of {needed:.1f} needed)."
    )
    named = max(ranked, key=lambda mark_id: ranked[mark_id])
    return Trace(
        outcome="named" if agrees else "inconclusive",
        words=words,
        fingerprint_renders=len(nearest),
        distance=nearest[0].distance,
        score=best,
        needed=needed,
        render=register.get(named) if agrees else None,
    )
