"""Names that people give are found token by token, and stand for what they name before they mean anything else."""

import pytest

from vitascope.text.names import parted, says, spelled
from vitascope.text.reading import read
from vitascope.text.tokens import tokens
from vitascope.text.words import PICTURED


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("Biscuit jumps", "Biscuit", True),
        ("biscuit's bone", "BISCUIT", True),
        ("@biscuit, look!", "Biscuit", True),
        ("biscuits jump", "Biscuit", False),
        ("Miss Kitty spins", "Kitty", True),
        ("Kitty spins", "Miss Kitty", False),
        ("Dr. Who jumps", "Dr. Who", True),
        ("小白在海滩跳", "小白", True),
        ("E\u0301mile saute", "émile", True),
        ("anything", "...", False),
    ],
)
def test_a_name_is_said_or_not(text, name, said):
    """In capitals or not, composed or not, with a genitive; never as a part of another word."""
    assert said == says(text, name)


def test_the_longer_of_two_names_counts():
    """Nothing is lost between them."""
    runs = [(name, [word.text for word in run]) for name, run in parted(tokens("ah Bo Peep and Bo"), ["Bo", "Bo Peep"])]

    assert [("", ["ah"]), ("Bo Peep", ["bo", "peep"]), ("", ["and"]), ("Bo", ["bo"])] == runs
    assert [("", 2)] == [(name, len(run)) for name, run in parted(tokens("a cat"), [])]
    assert () == spelled(" -- !")


def _things(prompt, *names):
    scene = read(prompt, characters=names).scene
    return [(entity.subject, entity.colour, entity.motions) for entity in scene.entities], scene


def test_a_character_is_a_thing_of_the_scene():
    """It acts, has a colour and a place like others; the network hears of it as of what a picture shows."""
    things, scene = _things("Biscuit jumps, then Biscuit spins over a beach at sunset", "Biscuit")

    assert [("character:Biscuit", None, ("jump", "spin"))] == things
    assert ("beach", "sunset") == (scene.place, scene.time)
    spoken = read("a red Biscuit jumps", characters=["Biscuit"]).words
    assert PICTURED == spoken[0].token


def test_a_character_stands_in_relations():
    """With a thing, in either order, and with another character."""
    things, scene = _things("a dog chases Biscuit to the left", "Biscuit")
    assert (["dog", "character:Biscuit"], "chases") == ([name for name, *_ in things], scene.relation)

    things, scene = _things("Miss Kitty spins next to Bo", "Bo", "Miss Kitty")
    assert (["character:Miss Kitty", "character:Bo"], "next_to") == ([name for name, *_ in things], scene.relation)


def test_a_name_means_who_it_names():
    """Whatever its words would mean: a dog called Red Car is no car; and it says nothing of the language."""
    things, _ = _things("Red Car jumps", "Red Car")
    assert [("character:Red Car", None, ("jump",))] == things

    german = read("Biscuit springt am Strand", characters=["Biscuit"])
    assert ("de", "beach", ()) == (german.language, german.scene.place, german.unknown)
    assert () == read("Biscuit jumps", characters=["Biscuit"]).notes
