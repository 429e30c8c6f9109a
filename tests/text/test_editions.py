"""The world grows by editions: old weights keep their words, and nothing that is new reaches them."""

import json
from itertools import pairwise

import pytest

from vitascope.errors import UnknownWordsError
from vitascope.text.lexicon import language, nearest
from vitascope.text.reading import read
from vitascope.text.words import VOCABULARY, VOCABULARY_SIZE, edition_of, vocabulary, vocabulary_sha256
from vitascope.text.world import EDITIONS, FIRST, SECOND

FIRST_SHA256 = "9844ee7f1f47d712632c6031fdcba6d006ee59fbb1897ffc76df2d6d79ebf776"
"""Of the words that the weights which ship were taught; no change of ours may change it."""


def test_the_first_edition_is_what_it_was():
    """122 words with the hash that shipped weights record: 60 things, 14 motions, 12 places."""
    assert FIRST_SHA256 == vocabulary_sha256(FIRST)
    assert 122 == len(vocabulary(FIRST))
    assert (60, 14, 12) == (len(FIRST.subjects), len(FIRST.motions), len(FIRST.places))


def test_a_word_keeps_its_row():
    """Each edition begins with all of the one before it, no word stands twice, and all fit the table."""
    for older, newer in pairwise(EDITIONS):
        assert vocabulary(older) == vocabulary(newer)[: len(vocabulary(older))]
        assert older.subjects == newer.subjects[: len(older.subjects)]
        assert older.motions == newer.motions[: len(older.motions)]
        assert older.places == newer.places[: len(older.places)]
    assert len(VOCABULARY) == len(set(VOCABULARY)) <= VOCABULARY_SIZE


def test_weights_tell_their_edition_by_the_hash_of_its_words():
    """Where a preset records none, it is the first; words of no edition are no edition."""
    assert [FIRST, SECOND] == [edition_of(vocabulary_sha256(edition)) for edition in EDITIONS]
    assert FIRST == edition_of("")
    with pytest.raises(KeyError):
        edition_of("0" * 64)


def test_presets_name_theirs():
    """XS stays on the first, S is taught the second."""
    from vitascope.training.presets import NAMES, preset

    taught = {name: edition_of(preset(name).vocabulary_sha256) for name in NAMES}

    assert {**dict.fromkeys(NAMES, SECOND), "xs": FIRST} == taught


@pytest.mark.parametrize(
    ("prompt", "first", "second"),
    [
        ("a dog in front of a castle", None, "castle"),
        ("a dog near a volcano", None, "volcano"),
        ("a dog on the moon", None, "moon"),
        ("a dog in a kitchen", "room", "kitchen"),
        ("con chó ở làng quê", None, "village"),
        ("un perro en la selva", "forest", "jungle"),
        ("ein Hund am See", "sea", "lake"),
        ("a dog in the house", "room", "room"),
        ("a dog among the trees", "forest", "forest"),
    ],
)
def test_a_place_is_read_as_the_nearest_until_there_is_one(prompt, first, second):
    """A kitchen is a room to who was taught no kitchen; what both know is read alike."""
    assert [first, second] == [read(prompt, edition=edition).scene.place for edition in EDITIONS]


def test_a_thing_of_a_later_edition_is_a_word_nobody_knows():
    """An older model is asked in vain, and what is nearest to it among what it does know is said."""
    with pytest.raises(UnknownWordsError, match="The nearest I know: horse"):
        read("a sheep", edition=FIRST)
    reading = read("a dog and a violin", edition=FIRST)

    assert ["violin"] == [unknown.word for unknown in reading.unknown]
    assert ["dog", "violin"] == [e.subject for e in read("a dog and a violin", edition=SECOND).scene.entities]


def test_a_word_of_a_later_edition_is_read_as_before_it_came():
    """To a model of the first, what circles spins, as it always did; one of the second sends it round."""
    first, second = (read("a bee circles", edition=edition).scene for edition in EDITIONS)

    assert ("spin",) == first.entities[0].motions
    assert ("orbit",) == second.entities[0].motions


@pytest.mark.parametrize("edition", EDITIONS, ids=["first", "second"])
def test_no_phrase_and_no_suggestion_is_of_a_later_edition(edition):
    """Whatever is read and whatever is proposed instead can be drawn."""
    known = {*vocabulary(edition), "go", "many", "below", "chased_by"}
    names = {word.rpartition(":")[2].replace("_", " ") for word in known}

    for code in ("en", "vi", "de", "th"):
        for meaning in language(code, edition).phrases.values():
            word = f"{meaning.role}:{meaning.id}" if meaning.role in ("motion", "place") else meaning.id
            assert meaning.role in ("join", "stop") or word in known or meaning.id in known, meaning
    for word in ("cow", "lorry", "pear", "trumpet", "rose", "planetoid"):
        assert set(nearest(word, edition)) <= names


@pytest.mark.parametrize(
    ("prompt", "edition", "motion"),
    [
        ("a fish swims to the left", SECOND, "left"),
        ("a fish swims", SECOND, "swim"),
        ("a fish swims", FIRST, "right"),
        ("con cá bơi lội dưới nước", SECOND, "swim"),
        ("un pez nada en círculos", SECOND, "orbit"),
        ("ein Vogel fliegt im Kreis", SECOND, "orbit"),
        ("una rana salta, nada", SECOND, "jump swim"),
        ("a rocket in orbit jumps", SECOND, "jump"),
    ],
)
def test_a_direction_wins_over_swimming(prompt, edition, motion):
    """Swimming is a motion of its own from the second edition on; which way somebody swims is still said by words."""
    assert motion == " ".join(read(prompt, edition=edition).scene.entities[0].motions)


def test_models_list_what_they_know(capsys):
    """``vitascope models`` names no word that the models which ship were not taught."""
    from vitascope.cli.models import models

    models(json_=True)
    told = json.loads(capsys.readouterr().out)

    assert list(SECOND.motions) == told["knows"]["motions"]
    assert [{}] == [model["knows_too"] for model in told["models"]]


def test_a_model_of_a_later_edition_lists_what_it_knows_more():
    """Beside one of the first."""
    from dataclasses import replace

    from vitascope.backends.choose import models
    from vitascope.cli.models import _knows_too

    (later,) = models()
    first = replace(later, vocabulary_sha256=vocabulary_sha256(FIRST))

    assert {} == _knows_too(first, [first, later])
    assert ["orbit", "swim"] == _knows_too(later, [first, later])["motions"]


def test_nothing_known_is_still_refused():
    """In any edition, with what is nearest of that edition."""
    for edition in EDITIONS:
        with pytest.raises(UnknownWordsError, match="I know nothing named"):
            read("xyzzy plugh", edition=edition)
