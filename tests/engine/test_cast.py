"""Kept characters are found in a prompt by their names, or it is said why they cannot be shown."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import PRESET

from vitascope.engine.plan import plan
from vitascope.errors import CharacterError, ImageError
from vitascope.types import AnimatorPreset, Character, Request

MOVING = replace(PRESET, animator=AnimatorPreset(widths=(8, 16), words=4, hidden=8))
RED = np.full((40, 60, 3), (200, 0, 0), np.uint8)


def planned(prompt, *names, preset=MOVING, picture=RED, **changes):
    """The plan of a prompt with characters of those names."""
    cast = tuple(Character(name=name, picture=picture) for name in names)
    return plan(Request(prompt=prompt, characters=cast, **changes), preset)


def test_who_plays_what_is_settled_by_the_words():
    """By the number of the thing in them, whatever the order in which they were given."""
    made = planned("a dog chases Biscuit to the left", "Biscuit")
    both = planned("Bo spins next to Biscuit", "Biscuit", "Bo")

    assert {2: "Biscuit"} == {number: one.name for number, one in made.cast.items()}
    assert {1: "Bo", 2: "Biscuit"} == {number: one.name for number, one in both.cast.items()}
    assert "Biscuit is shown as in the picture." in made.notes


def test_what_words_cannot_change_is_said():
    """Its colour and style are those of its picture."""
    assert any("'red' changes nothing" in note for note in planned("a red Biscuit jumps", "Biscuit").notes)


def test_a_large_picture_is_kept_smaller():
    """No clip shows more of it; transparency stays."""
    huge = np.zeros((1200, 3000, 4), np.uint8)
    huge[400:800, 1000:2000] = 255

    (kept,) = planned("Biscuit jumps", "Biscuit", picture=huge).cast.values()

    assert (410, 1024, 4) == kept.picture.shape
    assert {0, 255} <= set(np.unique(kept.picture[..., 3]))


@pytest.mark.parametrize(
    ("prompt", "names", "says"),
    [
        ("a dog jumps", ["Biscuit"], "does not name 'Biscuit'"),
        ("Biscuits jump", ["Biscuit"], "does not name"),
        ("a cat and a dog chase Biscuit", ["Biscuit"], "'Biscuit' is the third"),
        ("A B C", ["A", "B", "C"], "3 characters are too many"),
        ("Bo jumps", ["Bo", "BO"], "no prompt can tell them apart"),
        ("!!! jumps", ["!!!"], "a letter or digit"),
        ("x", ["x" * 81], "has 81"),
        ("a\nb jumps", ["a\nb"], "Choose one"),
    ],
)
def test_a_cast_that_cannot_be(prompt, names, says):
    """The message says which name, and what to do."""
    with pytest.raises(CharacterError, match=says):
        planned(prompt, *names)


def test_a_model_that_moves_nothing_keeps_nobody():
    """Nor does a clip that begins with a picture."""
    with pytest.raises(CharacterError, match="keeps no characters"):
        planned("Bo jumps", "Bo", preset=PRESET)
    with pytest.raises(CharacterError, match="not both"):
        planned("Bo jumps", "Bo", image=RED)


@pytest.mark.parametrize("picture", [RED[..., 0], RED.astype(np.float32), RED[..., :2], RED[:5]])
def test_a_picture_that_is_none(picture):
    """Other shapes, other numbers, or too few pixels to know anybody by."""
    with pytest.raises(ImageError):
        planned("Bo jumps", "Bo", picture=picture)


def test_without_characters_nothing_changes():
    """A prompt is read as before."""
    assert {} == planned("a dog jumps").cast
