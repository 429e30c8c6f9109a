"""A prompt becomes a scene; what was rounded, left out or unknown is said; what cannot be read is refused."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.errors import PromptError, UnknownWordsError
from vitascope.text.reading import LONGEST, Unknown, read
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import PICTURED, words


def _one(subject, *motions, place=None, time=None, camera=None, **said):
    entity = Entity(subject=subject, motions=motions, **said)
    return Scene(entities=(entity,), place=place, time=time, camera=camera)


def _two(first, second, relation=None, place=None):
    return Scene(entities=(first, second), relation=relation, place=place)


PIECES = (
    "a",
    "two",
    "dog",
    "cat",
    "red",
    "and",
    "that",
    "is",
    "chases",
    "above",
    "then",
    "jumps",
    "left",
    "sea",
    ",",
    "犬",
)
DOG, CAT = Entity(subject="dog"), Entity(subject="cat")


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a parrot flies over a beach at sunset", _one("parrot", "right", place="beach", time="sunset")),
        ("TWO tiny red fish swim to the left", _one("fish", "left", count="two", size="small", colour="red")),
        ("a dog jumps, then spins", _one("dog", "jump", "spin")),
        ("a dog runs to the left and then jumps", _one("dog", "left", "jump")),
        ("an orange cat", _one("cat", colour="orange")),
        ("a small, red fish", _one("fish", size="small", colour="red")),
        ("the dog is red", _one("dog", colour="red")),
        ("a jumping dog", _one("dog", "jump")),
        ("in the sky flies a parrot", _one("parrot", "right", place="sky")),
        ("a blue whale", _one("whale", colour="blue")),
        ("a 3D rocket takes off", _one("rocket", "up", style="3d")),
        ("a rocket, in 3D", _one("rocket", style="3d")),
        ("a cat under the stars", _one("cat", time="night")),
        ("a cat in the snow", _one("cat", place="snow")),
        ("a snow cloud in the rain", _one("snow_cloud", time="rain")),
        ("a falling star", _one("shooting_star")),
        ("a fish under the sea", _one("fish", place="underwater")),
        ("a bus in the snowy mountains", _one("bus", place="mountains")),
        ("a duck while the camera slowly zooms in", _one("duck", camera="zoom_in")),
        ("a duck moves right, the camera pans left", _one("duck", "right", camera="pan_left")),
        ("\U0001f680 \U0001f303", _one("rocket")),
        ("beach", Scene(entities=(), place="beach")),
    ],
)
def test_english_is_read(prompt, scene):
    """Nouns, adjectives, motions and settings find their place."""
    assert scene == read(prompt).scene


@pytest.mark.parametrize(
    ("prompt", "scene"),
    [
        ("a dog chases a cat", _two(DOG, CAT, "chases")),
        ("a cat is chased by a dog", _two(DOG, CAT, "chases")),
        ("a dog next to a cat", _two(DOG, CAT, "next_to")),
        ("a cat below a dog", _two(DOG, CAT, "above")),
        ("a dog above a cat over the sea", _two(DOG, CAT, "above", "sea")),
        ("a dog over a beach and a cat", _two(DOG, CAT, None, "beach")),
        (
            "a red dog and a blue cat",
            _two(Entity(subject="dog", colour="red"), Entity(subject="cat", colour="blue")),
        ),
        (
            "the dog is red and the cat is blue",
            _two(Entity(subject="dog", colour="red"), Entity(subject="cat", colour="blue")),
        ),
        (
            "a dog and a cat run",
            _two(Entity(subject="dog", motions=("right",)), Entity(subject="cat", motions=("right",))),
        ),
        (
            "a dog runs left and a cat jumps",
            _two(Entity(subject="dog", motions=("left",)), Entity(subject="cat", motions=("jump",))),
        ),
        (
            "a dog that spins chases a cat that jumps",
            _two(Entity(subject="dog", motions=("spin",)), Entity(subject="cat", motions=("jump",)), "chases"),
        ),
        (
            "a dog and a cat; the dog jumps and the cat spins",
            _two(Entity(subject="dog", motions=("jump",)), Entity(subject="cat", motions=("spin",))),
        ),
    ],
)
def test_two_things_are_told_apart(prompt, scene):
    """Colours, motions and the direction of a relation belong to the right one."""
    assert scene == read(prompt).scene


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("zwei kleine rote Fische schwimmen bei Nacht nach links", "de"),
        ("deux petits poissons rouges nagent vers la gauche la nuit", "fr"),
        ("dos peces rojos pequeños nadan hacia la izquierda de noche", "es"),
        ("dois peixes vermelhos pequenos nadam para a esquerda à noite", "pt"),
        ("hai con cá nhỏ màu đỏ bơi sang trái vào ban đêm", "vi"),
        ("两只红色的小鱼在夜晚向左游", "zh"),
        ("夜に二匹の小さな赤い魚が左へ泳ぐ", "ja"),
        ("밤에 작은 빨간 물고기 두 마리가 왼쪽으로 헤엄친다", "ko"),
        ("रात में दो छोटी लाल मछलियाँ बाईं ओर तैर रही हैं", "hi"),
        ("two small red fish swim left at night", "en"),
    ],
)
def test_ten_languages_ask_for_the_same(prompt, language):
    """Adjectives before or after the noun, verbs in the middle or at the end."""
    reading = read(prompt)

    assert _one("fish", "left", count="two", size="small", colour="red", time="night") == reading.scene
    assert (language, ()) == (reading.language, reading.unknown)


@pytest.mark.parametrize(
    "prompt", ["犬が猫を追いかける", "개가 고양이를 쫓아간다", "कुत्ता बिल्ली का पीछा करता है", "狗追猫"]
)
def test_who_chases_whom_where_the_verb_comes_last(prompt):
    """Also in languages that name both before they say what happens."""
    assert _two(DOG, CAT, "chases") == read(prompt).scene


@pytest.mark.parametrize(
    "prompt", ["猫の上に犬が跳ぶ", "고양이 위에 개가 뛴다", "बिल्ली के ऊपर कुत्ता कूदता है", "狗在猫上面跳"]
)
def test_who_is_above_where_the_preposition_comes_last(prompt):
    """Cat-above dog jumps: the dog is above, and it is the dog that jumps."""
    assert _two(Entity(subject="dog", motions=("jump",)), CAT, "above") == read(prompt).scene


def test_decomposed_letters_are_the_same_letters():
    """Some keyboards send an accent as a character of its own."""
    prompt = "một con cá màu đỏ"

    assert read(prompt).scene == read(unicodedata.normalize("NFD", prompt)).scene


def test_the_words_are_those_of_the_scene():
    """What goes to the network is spelled by one function."""
    reading = read("a red dog jumps")

    assert words(reading.scene) == reading.words


def test_it_says_how_it_read():
    """Kinds, other languages and places that had to be rounded."""
    assert ("I read 'chihuahua' as dog.", "I read 'jungle' as forest.") == read("a chihuahua in the jungle").notes
    assert ("I read 'Katze' as cat.",) == read("eine Katze").notes
    assert () == read("two dogs jump on a beach").notes


@pytest.mark.parametrize(
    ("prompt", "note"),
    [
        ("a dog dances", "I read 'dances' as swing."),
        ("a rocket takes off", "I read 'takes off' as up."),
        ("con chó nhảy múa", "I read 'nhảy múa' as swing."),
        ("a cat sleeps", "I read 'sleeps' as still."),
    ],
)
def test_it_says_how_it_read_a_motion(prompt, note):
    """A motion said by another word is noted as things and places are."""
    assert note in read(prompt).notes


@pytest.mark.parametrize(
    "said", ["shaking", "shook", "bounces", "grew", "swung", "flies", "walks", "falls down", "to the left"]
)
def test_a_motion_by_its_own_name_needs_no_note(said):
    """In any form; going is the path itself, not another word for one."""
    assert () == read(f"a dog {said}").notes


def test_it_says_what_it_does_not_know():
    """Each unknown word once, with what is close to it where WordNet knows."""
    reading = read("a dog looks at a zebra, a zebra and a xylgurb")

    assert Unknown(word="zebra", nearest=("horse", "bat", "elephant")) in reading.unknown
    assert "I do not know 'zebra'; the nearest I know is horse." in reading.notes
    assert any("'xylgurb'" in note for note in reading.notes)
    assert ["looks", "zebra", "xylgurb"] == [unknown.word for unknown in reading.unknown]


def test_it_says_what_it_leaves_out():
    """A third thing, a fourth of a kind, a second place, words beyond the rows."""
    notes = read("five dogs, a cat and an owl on a beach in the desert").notes

    assert "I can show at most three of a kind; 'five' becomes three." in notes
    assert "I can show two kinds of things at once; 'owl' is left out." in notes
    assert "I can show one place at a time: beach; 'desert' is left out." in notes


def test_what_a_left_out_thing_does_is_left_out_too():
    """Its motion and colour go to nobody else."""
    assert _two(DOG, CAT) == read("a dog, a cat and a red owl that jumps").scene


def test_sixteen_words_are_kept():
    """Storyboards give way, and it is said."""
    full = "a small red flat {} jumps, then spins, then grows, then shakes, then swings, then appears"
    reading = read(f"one {full.format('dog')} and one {full.format('cat')} on a beach at night")

    assert 16 == len(reading.words)
    assert any("I can follow 16 words" in note for note in reading.notes)


def test_an_empty_prompt_is_refused():
    """Blank is empty too; the way out is an example."""
    for prompt in ("", "   \n\t"):
        with pytest.raises(PromptError, match="The prompt is empty"):
            read(prompt)


def test_a_long_prompt_is_refused_with_its_length():
    """32,000 characters are read, one more is not."""
    assert _one("dog") == read("dog".ljust(LONGEST)).scene
    with pytest.raises(PromptError, match="32,001 characters; the most is 32,000"):
        read("dog".ljust(LONGEST + 1))


def test_control_characters_are_refused_where_they_stand():
    """Which one, and where; line breaks and tabs are only spaces."""
    with pytest.raises(PromptError, match=r"U\+0007 at position 6"):
        read("a dog\x07 jumps")
    assert _one("dog", "jump") == read("a dog\n\tjumps").scene


def test_a_prompt_of_unknown_words_is_refused_with_suggestions():
    """What is close to what was asked, or else what we know best."""
    with pytest.raises(UnknownWordsError, match="nearest I know: horse"):
        read("a zebra")
    for prompt in ("xyzzy plugh", "a pikachu", "a man walks", "một con kỳ lân", "ein Einhorn", "高速", "meows"):
        with pytest.raises(UnknownWordsError, match="I know things such as dog, parrot, fish"):
            read(prompt)
    with pytest.raises(UnknownWordsError):
        read("the of and")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(prompt):
    """No other error, whatever is typed."""
    try:
        reading = read(prompt)
    except PromptError:
        return
    assert len(reading.words) <= 16


@given(st.lists(st.sampled_from(PIECES)))
def test_any_order_of_known_words_is_read_or_refused(shuffled):
    """Sentences nobody would write: no crash, never more than the rows hold."""
    try:
        reading = read(" ".join(shuffled))
    except PromptError:
        return
    assert len(reading.words) <= 16
    assert len(reading.scene.entities) <= 2


def test_reading_is_quick():
    """A prompt takes milliseconds once its language is loaded; the median forgives a busy machine."""
    prompt = "a small red parrot flies over a beach at sunset, while the camera zooms in"
    read(prompt)
    took = []
    for _ in range(21):
        start = time.perf_counter()
        read(prompt)
        took.append(time.perf_counter() - start)

    assert sorted(took)[10] < 0.005


@pytest.mark.parametrize(
    ("prompt", "motions"),
    [("it jumps", ("jump",)), ("my gnome spins on a beach", ("spin",)), ("qwxyz", ()), ("a jumping gnome", ("jump",))],
)
def test_with_a_picture_the_thing_need_not_be_known(prompt, motions):
    """What the picture shows does what the prompt says; without the picture nothing would be known of it."""
    (thing,) = read(prompt, pictured=True).scene.entities

    assert (PICTURED, motions) == (thing.subject, thing.motions)


def test_with_a_picture_a_known_thing_keeps_its_name():
    """A picture of a dog, and the word dog: the word stays."""
    assert ["dog"] == [thing.subject for thing in read("my dog jumps", pictured=True).scene.entities]
