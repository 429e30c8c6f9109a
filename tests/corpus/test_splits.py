"""What is held out stays held out, and enough is left to learn from."""

import hashlib

from vitascope.corpus.splits import held_out_motion, held_out_place, held_out_style, held_out_subject
from vitascope.text.world import FIRST, HELD_OUT_SUBJECTS, SECOND, STYLES


def test_enough_motions_are_left_for_every_subject_and_the_reverse():
    """Every subject keeps at least 8 motions, every motion at least 40 subjects."""
    shown = {(s, m) for s in FIRST.subjects for m in FIRST.motions if not held_out_motion(s, m)}

    assert 8 <= min(sum((s, m) in shown for m in FIRST.motions) for s in FIRST.subjects)
    assert 40 <= min(sum((s, m) in shown for s in FIRST.subjects) for m in FIRST.motions)


def test_enough_places_are_left_for_every_subject_and_the_reverse():
    """Every subject keeps at least 8 places, every place at least 40 subjects."""
    shown = {(s, p) for s in FIRST.subjects for p in FIRST.places if not held_out_place(s, p)}

    assert 8 <= min(sum((s, p) in shown for p in FIRST.places) for s in FIRST.subjects)
    assert 40 <= min(sum((s, p) in shown for s in FIRST.subjects) for p in FIRST.places)


def test_about_a_tenth_of_the_pairs_is_held_out():
    """72 of 840 pairs with a motion, 78 of 720 with a place: changing the rule changes the published lists."""
    assert 72 == sum(held_out_motion(s, m) for s in FIRST.subjects for m in FIRST.motions)
    assert 78 == sum(held_out_place(s, p) for s in FIRST.subjects for p in FIRST.places)


def test_the_rule_is_the_published_one():
    """First eight hex digits of the sha256 of v1/pair/hex/motion, divisible by ten."""
    digest = hashlib.sha256(b"v1/pair/1f415/jump").hexdigest()

    assert (int(digest[:8], 16) % 10 == 0) == held_out_motion("dog", "jump")


def test_every_subject_is_shown_still():
    """Standing still is exempt: a subject never shown at rest would be no fair test of anything."""
    assert not any(held_out_motion(subject, "still") for subject in FIRST.subjects)


def test_whole_subjects_are_not_in_the_world():
    """A subject held out whole is no subject of the vocabulary."""
    assert all(held_out_subject(subject) for subject in HELD_OUT_SUBJECTS)
    assert not set(HELD_OUT_SUBJECTS) & set(SECOND.subjects)


def test_a_style_is_held_out_of_some_that_do_not_move():
    """About a quarter of those in four hands lack one in training, never the usual one; the first sixty lack none."""
    later = [subject for subject in SECOND.subjects if subject not in FIRST.subjects]
    held = {(subject, style) for subject in SECOND.subjects for style in STYLES if held_out_style(subject, style)}

    assert 4 <= len(held) <= 12
    assert len(held) == len({subject for subject, _ in held})
    assert {subject for subject, _ in held} <= set(later)
    assert "3d" not in {style for _, style in held}


def test_the_second_edition_keeps_enough_of_everything():
    """Every subject is seen in ten motions and twelve places at least, each of those with three of four subjects."""
    shown = {(s, m) for s in SECOND.subjects for m in SECOND.motions if not held_out_motion(s, m)}
    placed = {(s, p) for s in SECOND.subjects for p in SECOND.places if not held_out_place(s, p)}

    assert 10 <= min(sum((s, m) in shown for m in SECOND.motions) for s in SECOND.subjects)
    assert 12 <= min(sum((s, p) in placed for p in SECOND.places) for s in SECOND.subjects)
    assert 0.75 <= min(sum((s, m) in shown for s in SECOND.subjects) for m in SECOND.motions) / len(SECOND.subjects)
    assert 0.75 <= min(sum((s, p) in placed for s in SECOND.subjects) for p in SECOND.places) / len(SECOND.subjects)
