"""A mistyped word is told from one that nobody taught us, in the language of the prompt."""

import json
from pathlib import Path

import pytest

from vitascope.errors import UnknownWordsError
from vitascope.text import reading
from vitascope.text.lexicon import is_english, language
from vitascope.text.reading import read
from vitascope.text.spelling import alike
from vitascope.text.world import EDITIONS

HELD_OUT = json.loads((Path(__file__).parent / "misspellings.json").read_text("utf-8"))


def _found(code, word):
    return () if code == "en" and is_english(word) else alike(word, language(code))


def test_most_misspelt_words_are_found():
    """Of 42 in English and 32 in five other languages at least 36 and 31, as when they were first tried."""
    right = {
        code: sum((meant,) == _found(code, word) for word, meant in words.items())
        for code, words in HELD_OUT["misspelt"].items()
    }

    assert right["en"] >= 36
    assert sum(right.values()) >= 36 + 31


def test_well_spelt_words_are_seldom_taken_for_others():
    """At most 2 of 173; a lexicon of our things alone would read sings as swings."""
    offered = {
        word: _found(code, word)
        for code, words in HELD_OUT["well_spelt"].items()
        for word in words.split()
        if word not in language(code).phrases and _found(code, word)
    }

    assert len(offered) <= 2, offered
    assert not {"sings", "reads", "singt", "riese"} & set(offered)


@pytest.mark.parametrize("edition", EDITIONS, ids=["first", "second"])
@pytest.mark.parametrize(
    ("prompt", "meant"),
    [
        ("a parot flies", "parrot"),
        ("un perrro salta", "perro"),
        ("a buterfly", "butterfly"),
        ("ein Krokodiel", "krokodil"),
    ],
)
def test_the_word_meant_is_named_in_the_language_of_the_prompt(prompt, meant, edition):
    """Where nothing else is known the prompt is refused with it."""
    with pytest.raises(UnknownWordsError, match=f"The nearest I know: {meant}\\."):
        read(prompt, edition=edition)


def test_a_misspelt_motion_is_named_too():
    """Beside a thing that is known; accents that a keyboard lacks are forgiven."""
    assert "I do not know 'jupms'; the nearest I know is jumps." in read("a dog jupms").notes
    assert ("nhảy",) == alike("nhay", language("vi"))


def test_many_strange_words_are_no_burden(monkeypatch):
    """Only a dozen are looked up, however many thousands a prompt may have."""
    asked = []
    monkeypatch.setattr(reading, "alike", lambda word, _: (asked.append(word), ())[1])
    unknown = read("a dog " + " ".join(f"p{number:x}arott" for number in range(2_500))).unknown

    assert (2_500, 12) == (len(unknown), len(asked))
