"""In whose manner: a person's is asked for, a period's is nobody's, and the refusal says how to commission."""

import pytest

from tests.programme.members import DAY, NOW, Leaves
from vitascope.errors import StyleError
from vitascope.rights.owners import book
from vitascope.rights.owners.book import Wish
from vitascope.rights.style import Person, manners, require_style, style_of
from vitascope.rights.uses import Use

ANA = Person(party="ana", names=("Ana Lima", "analima", "安娜"))
INNOCENT = (
    "a parrot flies over a beach at sunset",
    "a cat in the style of a woodcut",
    "a city in the style of Art Deco",
    "a dog in old style",
    "a castle in the style of the Renaissance",
    "a tree in the style of watercolor painting",
    "ein Hund im Stil von Aquarell",
    "un chat dans le style d'une estampe",
    "白色的风格的房子",
    "a free-style swimmer",
    "she has style",
    "a bus in the manner of pixel art",
)


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


def permit(tx, grantee="ben", until=NOW + DAY):
    wish = Wish(owner="ana", grantee=grantee, thing=style_of("ana"), uses=frozenset({Use.STYLE_USE}), until=until)
    return book.give(tx, Leaves(), wish, now=NOW).permission.id


@pytest.mark.parametrize(
    "prompt",
    [
        "a cat in the style of Ana Lima",
        "a cat, in the painterly style of ana lima, at night",
        "Ana Lima's style, a cat",
        "an analima-style cat",
        "eine Katze im Stil von Ana Lima",
        "un chat à la manière de Ana Lima",
        "un gato al estilo de Ana Lima",
        "um gato no estilo de Ana Lima",
        "con mèo theo phong cách của Ana Lima",
        "安娜の画風の猫",
        "安娜的风格",
        "ANA LIMA style",
    ],
)
def test_a_persons_manner_is_found_in_many_tongues(prompt):
    """The turns of phrase of many languages, in any case."""
    assert ["ana"] == [manner.party for manner in manners(prompt, [ANA])]


@pytest.mark.parametrize("name", ["Hayao Miyazaki", "Caspar David Friedrich", "Frida de la Cruz"])
def test_a_persons_name_counts_though_nobody_knows_them(name):
    """Two or more capitalised words after the phrase are a person until somebody says otherwise."""
    assert [(name, None)] == [
        (manner.name, manner.party) for manner in manners(f"a cat in the style of {name}, at sea")
    ]


def test_capitals_throughout_name_somebody_by_a_word_that_is_none():
    """Where all is in capitals, plain words are plain words, and a name that no dictionary has is still a name."""
    shouted = [manner.name for manner in manners("A CAT IN THE STYLE OF HAYAO MIYAZAKI")]

    assert ["HAYAO MIYAZAKI"] == shouted
    assert () == manners("A CAT IN THE STYLE OF WINTER NIGHTS")
    assert ["J R Friedrich"] == [one.name for one in manners("a cat in the style of J. R. Friedrich. The end")]


@pytest.mark.parametrize("prompt", INNOCENT)
def test_an_innocent_prompt_is_let_be(prompt):
    """Techniques, periods and plain words are nobody's to permit."""
    assert () == manners(prompt, [ANA])


def test_without_permission_it_is_refused_and_a_commission_offered(tx):
    """The refusal names the person and the way to them; for somebody not here it says so."""
    with pytest.raises(StyleError, match="commission ana"):
        require_style(tx, "a cat in the style of Ana Lima", "ben", people=[ANA], now=NOW)
    with pytest.raises(StyleError, match="not in this programme"):
        require_style(tx, "a cat in the style of Hayao Miyazaki", "ben", people=[ANA], now=NOW)


def test_with_permission_it_rests_on_that(tx):
    """The permission is named, for credits and royalties; it ends on its day and when it is withdrawn."""
    prompt, name = "a cat in the style of Ana Lima", permit(tx)
    assert (name,) == require_style(tx, prompt, "ben", people=[ANA], now=NOW)
    for party, now in (("cleo", NOW), ("ben", NOW + DAY)):
        with pytest.raises(StyleError):
            require_style(tx, prompt, party, people=[ANA], now=now)
    book.withdraw(tx, Leaves(), name, "ana", now=NOW)
    with pytest.raises(StyleError):
        require_style(tx, prompt, "ben", people=[ANA], now=NOW)


def test_ones_own_manner_is_ones_own(tx):
    """An artist asks nobody for theirs."""
    assert () == require_style(tx, "a cat in the style of Ana Lima", "ana", people=[ANA], now=NOW)
