"""What a person rules out is heard in other forms, by other names and in other languages, and nothing else is."""

import json
from pathlib import Path

import pytest

from vitascope.text.saying import said

WORDS = json.loads((Path(__file__).parent / "ruled_out.json").read_text("utf-8"))
"""Written by hand before the bridges were measured; nothing was built from it."""

FOUND_AT_LEAST = 0.88
UNTAGGED = "tank"  # no emoji shows one, so no other language is known for it
SENTENCES = {
    "de": "eine Katze und {} am Strand",
    "fr": "un chat et {} sur la plage",
    "es": "un gato y {} en la playa",
    "pt": "um gato e {} na praia",
    "it": "un gatto e {} sulla spiaggia",
    "vi": "con mèo và {} trên bãi biển",
    "zh": "一只猫和{}在海滩",
    "ja": "猫と{}が海辺にいる",
    "ko": "고양이와 {} 해변",
    "ru": "кошка и {} на пляже",
    "hi": "समुद्र तट पर बिल्ली और {}",
    "nl": "een kat en {} op het strand",
}


@pytest.mark.parametrize(
    ("text", "ruled_out", "heard"),
    [
        ("two guns on a table", "gun", "guns"),
        ("knives everywhere", "knife", "knives"),
        ("children run", "child", "children"),
        ("she runs", "running", "runs"),
        ("zwei Waffen im Wald", "Waffe", "Waffen"),
        ("a pack of water guns", "water gun", "water guns"),
        ("a poodle jumps", "dog", "poodle"),
        ("zwei Hunde springen", "dog", "Hunde"),
        ("a dog jumps", "perro", "dog"),
        ("a cat with a Waffe", "weapon", "Waffe"),
        ("un chat et une arme", "Waffe", "arme"),
        ("她喝啤酒", "beer", "啤酒"),
        ("\uff42\uff45\uff45\uff52 for two", "beer", "beer"),
    ],
)
def test_a_word_is_heard_another_way(text, ruled_out, heard):
    """In another number or tense, as a kind of it, in another language either way round, in wide letters."""
    assert (ruled_out, heard) == said(text, ("unheard", ruled_out))


@pytest.mark.parametrize(
    ("text", "ruled_out"),
    [
        ("a dog jumps", "poodle"),
        ("to be or not to be, we fly", "wing"),
        ("the cat and we", "thing"),
        ("a car on a beach", "care"),
        ("a gift for her", "poison"),
        ("she meets a beerbohm", "beer"),
        ("a beach at sunset", "beer"),
        ("water, gun", "water gun"),
        ("a cat", ","),
    ],
)
def test_what_is_not_said_is_not_heard(text, ruled_out):
    """Not a kind's own kind, not what is left of a word without its ending, not over the end of a clause."""
    assert said(text, (ruled_out,)) is None


@pytest.mark.parametrize(
    ("text", "ruled_out", "heard"),
    [
        ("a cat on a beach", ("chat",), ("chat", "cat")),
        ("a cat on a beach", ("chat", "bière"), ("chat", "cat")),
        ("a cat on a beach", ("chat", "gun"), None),
        ("un chat noir", ("chat", "gun"), ("chat", "chat")),
        ("a chat among friends", ("cat",), None),
        ("two people chat", ("cat",), ("cat", "chat")),
        ("una bomba de gasolina", ("tank", "gun"), None),
        ("ein Panzer am Strand", ("tank", "gun"), None),
        ("ein Panzer am Strand", ("tank", "Panzer"), ("Panzer", "Panzer")),
    ],
    ids=[
        "alone it may be French", "beside French it is", "beside English it is talk", "its letters count anyway",
        "in English a cat is no talk", "read as French, a cat would be drawn", "an armoured one is no petrol pump",
        "no emoji shows one", "so it is ruled out in German too",
    ],
)  # fmt: skip
def test_a_word_of_two_languages_is_of_the_one_beside_it(text, ruled_out, heard):
    """Which language is meant is told by the other words ruled out; a word that stands alone is heard in both."""
    assert heard == said(text, ruled_out)


def test_held_out_words_are_heard_in_twelve_languages():
    """Nearly nine in ten, in a sentence of their language; and none where the sentence does not say it."""
    told = {(word, code): said(SENTENCES[code].format(other), (word,)) for word, others in WORDS.items()
            for code, other in others.items()}  # fmt: skip
    silent = [said(sentence.format(""), tuple(WORDS)) for sentence in SENTENCES.values()]

    known = {pair: heard for pair, heard in told.items() if pair[0] != UNTAGGED}
    missed = sorted(pair for pair, heard in known.items() if heard is None)
    assert len(missed) <= (1 - FOUND_AT_LEAST) * len(known), missed
    assert [None] * len(SENTENCES) == silent


def test_the_other_way_round_too():
    """Ruled out in one's own language, said in English."""
    asked = [(word, other) for word, others in WORDS.items() for other in others.values() if word != UNTAGGED]
    missed = [pair for pair in asked if said(f"a cat and a {pair[0]} at the beach", (pair[1],)) is None]

    assert len(missed) <= (1 - FOUND_AT_LEAST) * len(asked), missed
