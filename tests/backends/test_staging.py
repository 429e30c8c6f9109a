"""A prompt is staged: each thing alone and without its movements, the place empty, spots by relation."""

import numpy as np
import pytest

from vitascope.backends import staging
from vitascope.text.reading import read
from vitascope.text.words import VOCABULARY, no_words, rows, taken
from vitascope.text.world import SECOND


def words_of(prompt, seed=0):
    """The words of a prompt, as a plan has them."""
    return rows(taken(read(prompt).words, seed))


def said(table):
    """Word rows as tokens with their entity."""
    columns = zip(*(table[name].tolist() for name in ("token", "role", "entity")), strict=True)
    return [(VOCABULARY[token], entity) for token, role, entity in columns if role]


def named(*names):
    """Tokens of movements."""
    return tuple(VOCABULARY.index(f"motion:{name}") for name in names)


def test_one_thing_is_painted_without_what_it_does():
    """It stands in its place at its time; what it does is kept apart."""
    (part,) = staging.parts(words_of("a red fish swims to the right under water at night"))

    assert {("fish", 1), ("red", 1), ("place:underwater", 0), ("night", 0), ("take:1", 0)} == set(said(part.words))
    assert named("right") == part.motions
    assert (-1, None, 1.0) == (part.faces, part.spot, part.size)


def test_a_person_is_painted_posing_for_what_comes_first():
    """Their drawing changes with what they do, which no track could do."""
    (part,) = staging.parts(rows(taken(read("a woman walks to the right and then jumps", edition=SECOND).words, 0)))

    assert "motion:right" in {token for token, _ in said(part.words)}
    assert "motion:jump" not in {token for token, _ in said(part.words)}
    assert named("right", "jump") == part.motions


def test_two_things_are_painted_one_by_one():
    """Each as the only one, with its own colour; side by side and smaller."""
    first, second = staging.parts(words_of("a red fish next to a blue whale in the sea"))

    assert {("fish", 1), ("red", 1)} < set(said(first.words))
    assert {("whale", 1), ("blue", 1)} < set(said(second.words))
    assert not {"whale", "blue", "next_to"} & {token for token, _ in said(first.words)}
    assert first.spot[0] < 0.5 < second.spot[0]
    assert first.size == second.size == pytest.approx(0.46 / 0.6)


@pytest.mark.parametrize(("prompt", "aside"), [
    ("two dogs jump on a beach", [(-0.2116, 0), (0.2116, 0)]),
    ("three dogs run to the right", [(-0.1, -0.3024), (0, 0), (0.1, 0.3024)]),
    ("a dog jumps", [(0, 0)]),
])  # fmt: skip
def test_several_of_a_kind_stand_beside_each_other(prompt, aside):
    """As training clips have them: abreast where they go to a side; one painting serves them all."""
    table = words_of(prompt)
    parts = staging.parts(table)

    np.testing.assert_allclose(aside, [part.aside for part in parts], atol=1e-6)
    assert 1 == len({str(said(part.words)) for part in parts})
    assert 2 == staging.paintings(table)
    assert not {"two", "three"} & {token for token, _ in said(parts[0].words)}


def test_a_chase_that_says_no_way_goes_to_the_right():
    """Both run, the first behind; one whose words say that somebody moves is left as it is."""
    first, second = staging.parts(words_of("a dog chases a cat on a beach"))
    stands, jumps = staging.parts(words_of("a dog chases a jumping cat on a beach"))

    assert named("right") == first.motions == second.motions
    assert first.spot[0] < second.spot[0]
    assert (staging.RESTS, named("jump")) == (stands.motions, jumps.motions)


@pytest.mark.parametrize(("way", "ahead"), [("right", 1), ("left", -1)])
def test_who_chases_is_behind(way, ahead):
    """Wherever they go."""
    first, second = staging.parts(words_of(f"a dog chases a cat to the {way} on a beach"))

    assert named(way) == first.motions == second.motions
    assert np.sign(second.spot[0] - first.spot[0]) == ahead


def test_what_is_above_is_above():
    """In y, which points down."""
    first, second = staging.parts(words_of("a bee above a car on a beach"))

    assert first.spot[1] < second.spot[1]


def test_the_plate_is_the_place_alone():
    """With its time and its take; a camera moves over it; a prompt of no place plays in the usual one, in all parts."""
    table = words_of("a parrot flies up over a beach at sunset, zoom in")

    assert {("place:beach", 0), ("sunset", 0), ("take:1", 0)} == set(said(staging.plate(table)))
    placeless = words_of("a parrot jumps")
    assert (staging.USUAL_PLACE, 0) in said(staging.plate(placeless))
    assert (staging.USUAL_PLACE, 0) in said(staging.parts(placeless)[0].words)


def test_a_place_alone_has_no_parts():
    """Nor has an absent prompt."""
    assert () == staging.parts(words_of("a beach at sunset"))
    assert () == staging.parts(no_words())


@pytest.mark.parametrize(
    ("prompt", "still"),
    [("a dog in the rain on a beach", False), ("a beach, zoom in", True), ("a dog runs right on a beach", True)],
)
def test_rain_moves_a_place(prompt, still):
    """What things do does not, and a camera moves over it."""
    assert still == staging.stands_still(words_of(prompt))


@pytest.mark.parametrize(
    ("prompt", "side", "y"),
    [
        ("a fish on a beach", 0.60, 0.62),
        ("a large fish on a beach", 0.84, 0.62),
        ("a fish underwater", 0.60, 0.5),
        ("a small bee on a beach", 0.36, 0.5),
        ("a rainbow on a beach", 0.60, 0.5),
    ],
)
def test_a_thing_stands_where_training_clips_have_it(prompt, side, y):
    """On the ground, if it does not fly and the place has one; corpus/scenes.py asks the same function."""
    assert (side, (0.5, y)) == staging.stand(rows(read(prompt, edition=SECOND).words))


def test_movements_come_in_their_order():
    """Of a storyboard, and of the second thing; 0 where nothing is said."""
    assert named("jump", "spin") == staging.motions(words_of("a dog jumps, then spins"))
    assert named("spin") == staging.motions(words_of("a dog jumps next to a cat that spins"), 2)
    assert (0,) == staging.motions(words_of("a dog on a beach"))
    assert VOCABULARY.index("zoom_in") == staging.camera(words_of("a dog, zoom in"))
    assert 0 == staging.camera(no_words())
