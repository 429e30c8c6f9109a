"""The lexicon holds only what the world has, and files phrases so that whole sentences can be read."""

from itertools import product
from pathlib import Path

import pytest

import vitascope.text
from vitascope.text.lexicon import Meaning, codes, is_english, is_proper, language, lemmas, name, nearest
from vitascope.text.world import (
    CAMERAS,
    COLOURS,
    COUNTS,
    EDITIONS,
    SIZES,
    STYLES,
    SUBJECTS,
    TIMES,
)

DATA = Path(vitascope.text.__file__).parent / "data"
CHECKED = ("en", "vi", "zh", "es", "fr", "de", "ja", "ko", "hi", "pt")


def _ids(edition):
    return {
        "subject": set(edition.subjects),
        "count": {*COUNTS, "many"},
        "size": set(SIZES),
        "colour": set(COLOURS),
        "style": set(STYLES),
        "motion": {*edition.motions, "go"},
        "place": set(edition.places),
        "time": set(TIMES),
        "camera": set(CAMERAS),
        "relation": {"next_to", "above", "below", "chases", "chased_by"},
        "join": {"then", "and", "that", "that_is", "the", "is"},
        "stop": {""},
    }


@pytest.mark.parametrize("edition", EDITIONS, ids=["first", "second"])
@pytest.mark.parametrize("code", codes())
def test_every_phrase_means_something_of_the_world(code, edition):
    """No id is misspelt, in any language, and none is of a later edition."""
    known, phrases = _ids(edition), language(code, edition).phrases
    strange = {phrase for phrase, meaning in phrases.items() if meaning.id not in known[meaning.role]}

    assert set() == strange


@pytest.mark.parametrize("edition", EDITIONS, ids=["first", "second"])
@pytest.mark.parametrize("code", CHECKED)
def test_a_checked_language_can_name_everything(code, edition):
    """Every thing, motion, place, time, camera, colour, size and count has a phrase."""
    known, named = _ids(edition), set(language(code, edition).phrases.values())

    for role in ("subject", "count", "size", "colour", "motion", "place", "time", "camera", "relation"):
        assert set() == {id_ for id_ in known[role] if Meaning(role, id_) not in named}, role


def test_english_has_many_words_for_each_motion():
    """At least eight phrases, inflections included."""
    said = list(language("en", EDITIONS[-1]).phrases.values())

    for motion in (*EDITIONS[-1].motions, "go"):
        assert said.count(Meaning("motion", motion)) >= 8, motion


def test_the_dictionaries_bring_twenty_five_languages():
    """And every one of them names every thing that an emoji shows."""
    assert len(codes()) >= 25
    for code, edition in product(codes(), EDITIONS):
        named = {meaning.id for meaning in language(code, edition).phrases.values() if meaning.role == "subject"}
        assert {subject for subject in edition.subjects if SUBJECTS[subject].hex} <= named, code


def test_an_adjective_is_not_swallowed_by_its_noun():
    """Filed as phrases of their own, these would lose the size, the colour or the motion."""
    assert not {"little owl", "flying fish", "blue whale"} & set(language("en").phrases)
    assert "小 狗" not in language("zh").phrases


def test_forms_lead_to_their_lemma():
    """Regular English inflection; particles of Korean, also behind a single syllable."""
    assert "pony" in lemmas("ponies", language("en"))
    assert "wolf" in lemmas("wolves", language("en"))
    assert "개" in lemmas("개가", language("ko"))


def test_nearest_shares_most():
    """A cow has hooves like a horse; a comet is of the sky; people are near to nothing."""
    assert "horse" == nearest("cow")[0]
    assert "horse" == nearest("zebras")[0]
    assert "shooting star" == nearest("comet")[0]
    assert nearest("dirigible") == nearest("zeppelins") != ()
    assert ("dragon",) == nearest("unicorn")
    assert () == nearest("girl")
    assert () == nearest("xyzzy")


@pytest.mark.parametrize("word", ["meows", "barks", "juggles", "eats", "guitar", "town", "suit", "wizard", "sunbeam"])
def test_nothing_is_near_what_shares_nothing_that_shows(word):
    """A verb is no thing, though WordNet has it as a noun; a guitar is no Ferris wheel, though both are devices."""
    assert () == nearest(word)
    assert is_english(word)


def test_names_are_plain_words():
    """Underscores and kinds are for machines."""
    assert "police car" == name("police_car")
    assert "sea" == name("place:sea")


def test_the_data_stays_small_and_carries_its_notices():
    """All tables within 1.5 MB; the licences of the three dictionaries lie beside them."""
    notices = (DATA / "NOTICES.txt").read_text()

    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 1_500_000
    for words in ("Princeton University", "UNICODE LICENSE V3", "Copyright (c) 2017-2019 Miles Johnson"):
        assert words in notices


def test_a_word_with_a_capital_of_its_own_is_known():
    """Places, months and schools of art have one; flowers, seasons and what somebody may be called by do not."""
    words = ["paris", "may", "gothic", "christmas", "rose", "hunter", "sky", "wolf", "summer"]

    assert ["paris", "may", "gothic", "christmas"] == [word for word in words if is_proper(word)]
