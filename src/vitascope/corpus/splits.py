"""What training never shows, so that a test of it means something: pairs by hash, and whole subjects by name.

Hashes of ids instead of drawn lots: the split stays the same when the world grows.
"""

import hashlib

from vitascope.text.world import FIRST, HELD_OUT_SUBJECTS, STYLES, SUBJECTS

ONE_IN = 10
"""About one pair in so many is held out."""


def held_out_motion(subject: str, motion: str) -> bool:
    """Whether training never shows this subject in this motion; every subject is shown still."""
    return motion != "still" and _is_held_out("pair", subject, motion)


def held_out_place(subject: str, place: str) -> bool:
    """Whether training never shows this subject in this place."""
    return _is_held_out("place", subject, place)


def held_out_style(subject: str, style: str) -> bool:
    """Whether training never shows this subject in this style: one of three, of a quarter of those that do not move.

    The usual style, which no word names, is never held out.
    """
    if subject in FIRST.subjects or not SUBJECTS[subject].hex:
        return False
    digest = hashlib.sha256(f"v1/style/{SUBJECTS[subject].hex}".encode()).hexdigest()
    number = int(digest[:8], 16) % len(STYLES)
    return int(digest[8], 16) < 6 and number > 0 and style == STYLES[number]


def held_out_subject(subject: str) -> bool:
    """Whether training shows this subject in no picture at all."""
    return subject in HELD_OUT_SUBJECTS


def _is_held_out(kind: str, subject: str, other: str) -> bool:
    digest = hashlib.sha256(f"v1/{kind}/{SUBJECTS[subject].hex or subject}/{other}".encode()).hexdigest()
    return int(digest[:8], 16) % ONE_IN == 0
