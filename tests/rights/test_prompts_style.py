"""Names that are words: whoever is written as a name is asked, and no honest prompt is refused for anybody's name."""

import re

import pytest

from tests.rights.prompts_style import ASKED, HONEST, NAMES, OPEN, UNSEEN
from vitascope.rights.naming import is_name_too, is_telling
from vitascope.rights.style import Person, manners

PEOPLE = [Person(party=name.lower(), names=(name,)) for name in NAMES]


def _everybody(prompt):
    """Somebody on record for each word of a prompt that can be a name: nobody's luck is worse than this."""
    words = {word for word in re.findall(r"[A-Za-z]+", prompt) if is_name_too(word) and not is_telling(word)}
    return [Person(party=word, names=(word,)) for word in sorted(words)]


def test_there_are_hundreds():
    """Honest prompts, all different, and as many with names."""
    assert len(set(HONEST)) == len(HONEST) >= 240
    assert len(NAMES) * len(ASKED) >= 240
    assert not [name for name in NAMES if is_telling(name) or not is_name_too(name)]


@pytest.mark.parametrize("prompt", HONEST)
def test_an_honest_prompt_asks_nobody(prompt):
    """Though everybody is on record who bears one of its words as a name."""
    assert () == manners(prompt, _everybody(prompt))


def test_honest_prompts_never_looked_at_ask_nearly_nobody():
    """Of sixty: none by a word where sixty people are on record, five where everybody is; five more by two capitals."""
    named = {prompt: manners(prompt, PEOPLE) for prompt in UNSEEN}
    worst = [prompt for prompt in UNSEEN if any(one.party for one in manners(prompt, _everybody(prompt)))]

    assert [] == [prompt for prompt, found in named.items() if any(one.party for one in found)]
    assert 5 == sum(map(bool, named.values()))
    assert 5 == len(worst), worst


@pytest.mark.parametrize("turn", ASKED)
def test_whoever_is_named_is_asked(turn):
    """Each of some sixty names in each turn of phrase, among as many people."""
    asked = {name: [one.party for one in manners(turn.format(name), PEOPLE)] for name in NAMES}

    assert {name: [name.lower()] for name in NAMES} == asked


@pytest.mark.parametrize("turn", OPEN)
def test_what_may_be_the_word_is_open(turn):
    """Small letters, capitals throughout, German nouns, the first word of a sentence, a noun that goes on."""
    said = [turn.format(name, lower=name.lower(), upper=name.upper()) for name in NAMES]

    assert [] == [manner for prompt in said for manner in manners(prompt, PEOPLE)]
