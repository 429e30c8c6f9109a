"""Senses are chosen by hand, kinds by WordNet's own tree, and a word by what it is used for most."""

import pytest

from vitascope.corpus import wordnet
from vitascope.corpus.wordnet import kinds, nearest, proper, read_nouns, words_of_kinds

DATA = """  1 licence text
00000001 03 n 01 thing 0 000 | all there is
00000002 05 n 01 animal 0 001 @ 00000001 n 0000 | lives
00000003 05 n 01 hoofed_animal 0 001 @ 00000002 n 0000 | has hooves
00000004 05 n 01 horse 0 001 @ 00000003 n 0000 | neighs
00000005 05 n 01 cow 0 001 @ 00000003 n 0000 | moos
00000006 05 n 02 pony 0 nag 1 001 @ 00000004 n 0000 | small horse
00000007 05 n 01 bat 0 001 @ 00000002 n 0000 | flies
00000008 18 n 01 nag 0 001 @ 00000001 n 0000 | scolds
"""
INDEX = """  1 licence text
horse n 1 1 @ 1 1 00000004
cow n 1 1 @ 1 0 00000005
pony n 1 1 @ 1 0 00000006
nag n 2 1 @ 2 1 00000008 00000006
bat n 1 1 @ 1 0 00000007
animal n 1 1 @ 1 1 00000002
"""
SENSES = """horse%1:05:00:: 00000004 1 9
nag%1:18:00:: 00000008 1 5
nag%1:05:00:: 00000006 2 1
pony%1:05:00:: 00000006 1 2
cow%1:05:00:: 00000005 1 4
"""


@pytest.fixture
def nouns(monkeypatch):
    """A world of two concepts and a dictionary of eight senses."""
    monkeypatch.setattr(wordnet, "CONCEPTS", {"horse": ("00000004",), "bat": ("00000007",)})
    monkeypatch.setattr(wordnet, "MOST_GENERAL", 0)
    return read_nouns(DATA, INDEX, SENSES)


def test_kinds_lead_up_to_their_concept(nouns):
    """A pony is a horse, and is told from the horse itself."""
    assert {"00000004": "horse", "00000006": "horse", "00000007": "bat"} == kinds(nouns)


def test_a_word_used_more_for_something_else_is_left_out(nouns):
    """A nag is a horse too, but mostly somebody who scolds."""
    assert {("horse", "horse"), ("pony", "horse"), ("bat", "bat")} == set(words_of_kinds(nouns))


def test_nearest_shares_the_most_special(nouns):
    """Cow and horse both have hooves; cow and bat are only both animals."""
    assert {"cow": ("horse", "bat"), "animal": ("bat", "horse")} == nearest(nouns)


def test_a_name_and_a_verb_are_no_things(monkeypatch):
    """A zeppelin is not the count; what drifts is mostly no thing; what is vague is not shared."""
    data = """00000009 03 n 01 thing 0 000 | all there is
00000001 06 n 01 craft 0 001 @ 00000009 n 0000 | flies
00000002 06 n 01 airship 0 001 @ 00000001 n 0000 | light
00000003 06 n 01 zeppelin 0 001 @i 00000001 n 0000 | long
00000004 18 n 01 Zeppelin 0 001 @i 00000001 n 0000 | a count
00000005 06 n 01 drift 0 001 @ 00000001 n 0000 | said more often as a verb
"""
    index = "zeppelin n 2 1 @ 2 0 00000004 00000003\ndrift n 1 1 @ 1 0 00000005\n"
    monkeypatch.setattr(wordnet, "CONCEPTS", {"airship": ("00000002",)})
    monkeypatch.setattr(wordnet, "MOST_GENERAL", 0)
    nouns = read_nouns(data, index, "drift%1:06:00:: 00000005 1 1\ndrift%2:38:00:: 00000010 1 8\n")

    assert {"zeppelin": ("airship",)} == nearest(nouns)
    monkeypatch.setattr(wordnet, "VAGUE", {"00000001": "craft"})
    assert {} == nearest(nouns)


def test_every_concept_of_the_table_is_in_the_world():
    """The hand-made table names no concept that isn't there."""
    from vitascope.text.world import PLACES, SUBJECTS

    assert set(wordnet.CONCEPTS) <= {*SUBJECTS, *(f"place:{place}" for place in PLACES)}


def test_a_capital_of_a_place_is_proper_and_one_of_a_person_is_not():
    """Paris and Gothic have their own; Wolf is a composer's; Hunter is a river, and a word in small letters."""
    nouns = """00000001 15 n 01 Paris 0 001 @i 00000009 n 0000 | a city
00000002 18 n 01 Wolf 0 001 @i 00000009 n 0000 | a composer
00000003 17 n 01 Hunter 0 001 @i 00000009 n 0000 | a river
00000004 18 n 01 hunter 0 000 | who hunts
00000005 17 n 01 Nile 0 001 @i 00000009 n 0000 | a river
00000006 20 n 01 Rosa 0 000 | a genus
00000007 15 n 02 New_York 0 0th 0 000 | a city
"""
    adjectives = "00000001 01 a 01 Gothic(a) 0 000 | of the Goths\n"

    assert ["gothic", "nile", "paris"] == proper(nouns, adjectives)
