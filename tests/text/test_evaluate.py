"""The reader is right about phrases its lists were not written from."""

import json
from pathlib import Path

import pytest

from vitascope.text.evaluate import accuracy, evaluate, table
from vitascope.text.world import SECOND

FOLDER = Path(__file__).parent
MUST = 0.8
LANGUAGES = ("en", "vi", "zh", "es", "fr", "de", "ja", "ko", "hi", "pt")


def _held_out(name="synonyms.json"):
    return json.loads((FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_phrases_are_read(language):
    """At least four of five in every language and role, of at least thirty phrases for things."""
    held_out = _held_out()
    things = evaluate({language: {"subject": held_out[language]["subject"]}})

    assert len(things) >= 30
    for role, concepts in held_out[language].items():
        outcomes = evaluate({language: {role: concepts}})
        assert accuracy(outcomes) >= MUST, table(outcomes)


def test_the_second_set_is_read():
    """English again, with phrases written later."""
    outcomes = evaluate(_held_out("synonyms_second.json"))

    assert accuracy(outcomes) >= MUST, table(outcomes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_came_later_is_read(language):
    """The same of what the second edition added, by a model that was taught it."""
    for role, concepts in _held_out("synonyms_later.json")[language].items():
        outcomes = evaluate({language: {role: concepts}}, SECOND)
        assert accuracy(outcomes) >= MUST, table(outcomes)


@pytest.mark.parametrize("name", ["synonyms.json", "synonyms_second.json"])
def test_what_was_there_is_still_read(name):
    """The old phrases, by the later model: whatever a new word took away from an old one counts against it."""
    outcomes = evaluate(_held_out(name), SECOND)

    assert accuracy(outcomes) >= 0.95, [one for one in outcomes if one.expected != one.actual]


def test_a_wrong_reading_counts_against():
    """The measure can fail."""
    outcomes = evaluate({"en": {"subject": {"cat": ["a dog", "a cat", "xyzzy"]}}})

    assert ["dog", "cat", "nothing"] == [outcome.actual for outcome in outcomes]
    assert accuracy(outcomes) == pytest.approx(1 / 3)
    assert "33.3%" in table(outcomes)
