"""A request becomes a plan by arithmetic, and whatever is rounded or left out is said."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import PRESET
from hypothesis import given
from hypothesis import strategies as st

from vitascope.engine.plan import LARGEST_SEED, draw_seed, plan, size_of
from vitascope.errors import ImageError, LengthError, PromptError, SeedError, SizeError, UnknownWordsError
from vitascope.text.world import TAKES
from vitascope.types import AnimatorPreset, Request, View

BEACH = Request(prompt="a parrot flies over a beach at sunset", seed=7)


def planned(**asked):
    """The plan of a request for the fake model: 64x64, 8 frames a second, 1, 17 or 33 frames."""
    return plan(replace(BEACH, **asked), PRESET)


def test_a_plain_request_needs_no_note():
    """Without wishes the model's own size, rate and longest length are planned, and nothing needs saying."""
    made = planned()

    assert (33, 33, (64, 64), (64, 64), 8) == (made.frames, made.keep, made.size, made.output_size, made.fps)
    assert (4, 2.0, 7, "fake", "mp4") == (made.steps, made.guidance, made.seed, made.model, made.container)
    assert () == made.notes
    assert {"token", "role", "entity", "segment"} == set(made.words)


def test_a_seed_is_drawn_where_none_was_given():
    """Two requests without seed get two seeds; a request with one keeps it, up to the largest."""
    assert planned(seed=None).seed != planned(seed=None).seed
    assert LARGEST_SEED == planned(seed=LARGEST_SEED).seed
    assert 0 == planned(seed=0).seed


def test_the_seed_chooses_the_take():
    """Seeds in a row give all takes in turn, one to a plan; the words of the sentence stay as they are."""
    first, *others = (planned(seed=seed).words["token"] for seed in range(len(TAKES)))

    assert all(np.count_nonzero(first != other) == 1 for other in others)
    assert len(TAKES) == len({tuple(tokens) for tokens in (first, *others)})


def test_a_drawn_seed_is_exact_in_javascript():
    """A drawn seed stays below 2**53, so that a program which reads the JSON can give it back."""
    assert all(0 <= draw_seed() < 2**53 for _ in range(100))


@pytest.mark.parametrize(
    ("seconds", "frames", "keep", "said"),
    [
        (4, 33, 32, None),
        (4.125, 33, 33, None),
        (2, 17, 16, None),
        (3, 33, 24, "your 3 are the first 24 of 33 frames"),
        (0.125, 1, 1, None),
        (0.01, 1, 1, "the shortest I make is 0.125"),
        (8, 33, 33, "You asked for 8 seconds; the longest I make is 4.12"),
        (60, 33, 33, "longest"),
    ],
)
def test_a_length_is_made_or_said(seconds, frames, keep, said):
    """The shortest trained length that covers the asked one is made and cut; beyond the longest, that one is made."""
    made = planned(seconds=seconds)

    assert (frames, keep) == (made.frames, made.keep)
    assert any(said in note for note in made.notes) if said else () == made.notes


@pytest.mark.parametrize("seconds", [0, -1, 60.001, 10_000, float("nan"), float("inf")])
def test_an_impossible_length_names_the_limits(seconds):
    """Zero, negative and endless lengths are refused with the asked number, the limit and what the model makes."""
    with pytest.raises(LengthError, match=rf"{seconds:g} seconds .* at most 60. I make up to 4.1"):
        planned(seconds=seconds)


def test_another_frame_rate_is_said():
    """The model makes its own rate; another within the limits is no error."""
    made = planned(fps=24)

    assert 8 == made.fps
    assert ("I make 8 frames a second, not 24; the file plays at 8.",) == made.notes


@pytest.mark.parametrize("fps", [0, -8, 61])
def test_an_impossible_frame_rate_names_the_limits(fps):
    """Rates beyond 1 to 60 are refused."""
    with pytest.raises(LengthError, match=f"frame rate of {fps} .* 1 to 60"):
        planned(fps=fps)


@pytest.mark.parametrize(
    ("size", "output", "said"),
    [
        ((64, 64), (64, 64), ()),
        ((128, 128), (128, 128), ("I make 64x64; your 128x128 file is a resize of those frames.",)),
        ((640, 360), (640, 360), ("a resize of those frames, cut to its shape around the middle.",)),
        ((65, 65), (64, 64), ("Sides must be even, so 65x65 became 64x64.",)),
        ((17, 4095), (16, 4094), ("Sides must be even", "I make 64x64; your 16x4094 file")),
    ],
)
def test_a_size_is_made_or_said(size, output, said):
    """Another size is a resize of the model's frames, odd sides become even, and both are said."""
    made = planned(size=size)

    assert (64, 64) == made.size
    assert output == made.output_size
    assert all(words in " ".join(made.notes) for words in said)
    assert bool(said) == bool(made.notes)


@pytest.mark.parametrize("size", [(0, 64), (64, 0), (-64, 64), (15, 64), (4097, 64), (10**9, 10**9)])
def test_an_impossible_size_names_the_limits(size):
    """Sides beyond 16 to 4096 are refused."""
    with pytest.raises(SizeError, match=rf"{size[0]}x{size[1]} .* 16 to 4096"):
        planned(size=size)


@given(st.integers(16, 4096), st.integers(16, 4096))
def test_every_possible_size_is_even(width, height):
    """Whatever size within the limits is asked, the file has even sides, no larger, at most one pixel smaller."""
    made = planned(size=(width, height)).output_size

    assert (width - width % 2, height - height % 2) == made


VIEWS = replace(
    PRESET,
    views=(
        View(size=(64, 64), fps=16, frames=(33, 65)),
        View(size=(160, 96), fps=8, frames=(17,)),
        View(size=(96, 160), fps=8, frames=(17,)),
    ),
)


@pytest.mark.parametrize(
    ("asked", "size", "fps", "frames"),
    [
        ({}, (64, 64), 8, 33),
        ({"fps": 24, "seconds": 2}, (64, 64), 16, 33),
        ({"size": (1280, 720)}, (160, 96), 8, 17),
        ({"size": (720, 1280), "fps": 16}, (96, 160), 8, 17),
        ({"image": np.zeros((90, 150, 3), np.uint8)}, (160, 96), 8, 17),
    ],
)
def test_the_nearest_trained_shape_is_made(asked, size, fps, frames):
    """The frame's shape decides first, then the rate; a picture brings its own shape."""
    made = plan(Request(prompt="a dog", seed=1, **asked), VIEWS)

    assert (size, fps, frames) == (made.size, made.fps, made.frames)


@pytest.mark.parametrize("steps", [0, -1, 101])
def test_impossible_steps_name_the_limits(steps):
    """Steps beyond 1 to 100 are refused."""
    with pytest.raises(LengthError, match=f"{steps} steps .* 1 to 100"):
        planned(steps=steps)


def test_steps_are_taken_as_asked():
    """Steps within the limits replace the model's own."""
    assert 1 == planned(steps=1).steps
    assert 100 == planned(steps=100).steps


@pytest.mark.parametrize("seed", [-1, LARGEST_SEED + 1])
def test_an_impossible_seed_names_the_limits(seed):
    """Seeds beyond 0 to 2**63 - 1 are refused."""
    with pytest.raises(SeedError, match=rf"{seed} .* 0 to {LARGEST_SEED}"):
        planned(seed=seed)


def test_a_picture_becomes_the_first_frame():
    """A picture of another shape is cut around its middle to the model's size, and that is said."""
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[:, 35:125] = 255  # the middle square is white

    made = planned(image=picture)

    assert (64, 64, 3) == made.first_frame.shape
    assert made.first_frame[:, 2:-2].min() > 250
    assert ("Your 160x90 picture became the first frame at 64x64, cut to its shape around the middle.",) == made.notes


def test_a_picture_of_the_right_size_is_taken_as_it_is():
    """A picture of native size goes in untouched."""
    picture = np.arange(64 * 64 * 3, dtype=np.uint8).reshape(64, 64, 3)

    made = planned(image=picture)

    np.testing.assert_array_equal(picture, made.first_frame)
    assert () == made.notes


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("it jumps", "Your picture is moved as it is, pixel by pixel."),
        ("it spins, zoom in", "Your picture is moved as it is, pixel by pixel."),
        ("a red bird flies up over a beach", "What else the prompt says changes nothing in it."),
        ("a parrot", "No movement was asked for, so it stands still; say what it does, such as: it jumps."),
    ],
)
def test_a_model_that_moves_pictures_says_which_words_do_nothing(prompt, expected):
    """It moves the picture's own pixels: what it shows, where and in what colour stays."""
    moving = replace(PRESET, animator=AnimatorPreset(widths=(8, 16), words=4, hidden=8))
    picture = np.zeros((64, 64, 3), np.uint8)

    said = plan(replace(BEACH, prompt=prompt, image=picture), moving).notes
    assert expected in said[-1]
    assert ("nothing in it" in said[-1]) == (prompt.startswith("a "))
    assert not any("pixel by pixel" in note for note in plan(BEACH, moving).notes)


@pytest.mark.parametrize(
    ("prompt", "still"),
    [("a beach at sunset", True), ("a beach in the rain", False), ("a beach, zoom in", False), ("a dog at sea", False)],
)
def test_a_place_alone_is_said_to_stand_still(prompt, still):
    """By a model that paints places apart; where a thing, rain or a camera is named, something moves."""
    moving = replace(PRESET, animator=AnimatorPreset(widths=(8, 16), words=4, hidden=8))

    assert still == any("stands still" in note for note in plan(replace(BEACH, prompt=prompt), moving).notes)
    assert not any("stands still" in note for note in planned(prompt=prompt).notes)


@pytest.mark.parametrize(
    ("size", "shape", "said"),
    [
        (None, (64, 64, 3), "moved as it is"),
        ((320, 180), (180, 320, 3), "first frame at 320x180, cut to its shape"),
        ((1280, 720), (288, 512, 3), "moved at 512x288 and made larger"),
    ],
)
def test_a_moved_picture_is_as_large_as_its_file_up_to_a_limit(size, shape, said):
    """Its pixels are its own, so the size that the model paints at is no limit; and nothing false is said of it."""
    moving = replace(PRESET, animator=AnimatorPreset(widths=(8, 16), words=4, hidden=8))
    made = plan(replace(BEACH, prompt="it jumps", size=size, image=np.zeros((600, 600, 3), np.uint8)), moving)

    assert shape == made.first_frame.shape
    assert any(said in note for note in made.notes)
    assert not any("I make 64x64" in note for note in made.notes)


@pytest.mark.parametrize("picture", [np.zeros((64, 64)), np.zeros((64, 64, 4), np.uint8), np.zeros((2, 64, 64, 3))])
def test_pixels_of_another_kind_are_refused(picture):
    """Only (H, W, 3) uint8 is a picture."""
    with pytest.raises(ImageError, match=r"\(H, W, 3\) uint8"):
        planned(image=picture)


@pytest.mark.parametrize("prompt", ["", "  \n ", "x" * 32_001, "a dog\x07"])
def test_a_prompt_that_is_no_sentence_is_refused(prompt):
    """Blank, endless and garbled prompts never become a plan."""
    with pytest.raises(PromptError):
        planned(prompt=prompt)


def test_a_prompt_of_unknown_words_is_refused():
    """A prompt that names nothing the model knows never becomes a plan."""
    with pytest.raises(UnknownWordsError):
        planned(prompt="qwxz blorft")


@pytest.mark.parametrize(
    ("text", "size"), [("640x360", (640, 360)), (" 64 X 64 ", (64, 64)), ("9\u00d716", (9, 16)), ("-1x5", (-1, 5))]
)
def test_a_size_is_read(text, size):
    """WxH is read with small and large x, the sign of multiplication, and blanks."""
    assert size == size_of(text)


@pytest.mark.parametrize(
    "text", ["", "640", "640x", "x360", "axb", "640x360x3", "1e3x4", "6\u0664x64", "1" * 20 + "x2"]
)
def test_what_is_no_size_is_refused(text):
    """Anything but WxH is refused and an example given."""
    with pytest.raises(SizeError, match="write it like 640x360"):
        size_of(text)
