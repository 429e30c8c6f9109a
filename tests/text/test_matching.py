"""The longest phrase wins, in the language that knows most of the text."""

import pytest

from vitascope.text.matching import match


def _found(text):
    return [(phrase.written, phrase.meaning and phrase.meaning.id) for phrase in match(text)[1]]


def test_the_longest_phrase_wins():
    """A police car is no car, a fire engine no fire."""
    assert [("police car", "police_car"), ("fire engine", "fire_engine")] == _found("police car fire engine")


def test_unknown_characters_are_joined():
    """In a script without spaces neighbouring unknown characters are one word."""
    assert [("糖葫芦", None), ("狗", "dog")] == _found("糖葫芦狗")


def test_a_thing_of_another_language_is_known():
    """People mix languages."""
    assert ("Schmetterling", "butterfly") in _found("a happy little Schmetterling flies over the meadow")


@pytest.mark.parametrize(
    ("text", "code"),
    [("ein Hund", "de"), ("un chien", "fr"), ("una perra", "es"), ("um cão", "pt"), ("собака", "ru"), ("สุนัข", "th")],
)
def test_the_language_is_guessed(text, code):
    """From few words."""
    assert code == match(text)[0].code
