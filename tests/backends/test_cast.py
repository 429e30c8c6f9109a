"""Kept characters are cut out of their pictures and moved over painted places; nothing of them is painted anew."""

import numpy as np
import pytest
from easels import RESTING, SIDE, WEIGHTS, Easel, Grey, animation
from fakes import plan

from vitascope.backends import staging
from vitascope.backends.animation import Animation
from vitascope.backends.layers import middle_of, placed
from vitascope.backends.native import NativeBackend, _name
from vitascope.errors import CharacterError
from vitascope.text.reading import read
from vitascope.text.words import rows, taken
from vitascope.types import Character

GREEN, BLUE = (0, 200, 0), (0, 0, 220)


def kept(name, colour=GREEN, faces=0):
    """A character of one colour, half of it left away at the top left, cut out."""
    picture = np.zeros((40, 40, 4), np.uint8)
    picture[10:30, 10:30] = (*colour, 255)
    picture[10:20, 10:20] = 0
    return Character(name=name, picture=picture, faces=faces)


def of(prompt, cast):
    """The plan of a prompt in which things are played."""
    words = rows(taken(read(prompt, characters=[one.name for one in cast.values()]).words, 0))
    return plan(words=words, prompt=prompt, cast=cast)


def staged(prompt, cast, weights=RESTING):
    easel = Easel()
    frames = np.stack(list(Animation(weights, None, SIDE).staged(of(prompt, cast), easel)))
    return frames, easel


def where(frame, colour):
    """Where a colour is, rows and columns from first to last."""
    down, across = np.nonzero((np.abs(frame.astype(int) - colour) < 40).all(axis=2))
    return (down.min(), down.max(), across.min(), across.max()) if len(down) else None


def test_a_character_is_laid_over_the_place_as_it_is():
    """Only the place is painted; its colour and its shape are those of the picture, at the size of one thing alone."""
    frames, easel = staged("Bo stands on a beach", {1: kept("Bo")})

    assert 1 == len(easel.asked)
    top, bottom, left, right = where(frames[0], GREEN)
    assert 0.6 * SIDE == pytest.approx(right - left + 1, abs=2)
    assert SIDE / 2 < (top + bottom) / 2 < 0.7 * SIDE
    corner = frames[0][top + 3 : (top + bottom) // 2 - 3, left + 3 : (left + right) // 2 - 3]
    assert not (np.abs(corner.astype(int) - GREEN) < 40).all(axis=2).any()


def test_two_characters_stand_at_the_spots_of_their_relation():
    """Each with its own colour."""
    frames, easel = staged("Bo stands next to Kit", {1: kept("Bo"), 2: kept("Kit", BLUE)})

    assert 1 == len(easel.asked)
    assert where(frames[0], GREEN)[3] < SIDE / 2 + 4 < where(frames[0], BLUE)[3]


def test_beside_a_painted_thing_only_that_is_painted():
    """One picture for the place, one for the thing."""
    words = of("a dog next to Bo", {2: kept("Bo")}).words

    assert 3 == staging.paintings(words)
    assert 2 == staging.paintings(words, {2})


@pytest.mark.parametrize(("way", "turned"), [("left", True), ("right", False)])
def test_who_faces_a_side_looks_where_it_goes(way, turned):
    """Mirrored, if need be; who faces neither side never is."""
    for faces in (1, 0):
        acts = list(
            Animation(_walking(WEIGHTS, way), None, SIDE)._acts(
                of(f"Bo runs {way}", {1: kept("Bo", faces=faces)}), Easel(), [np.zeros((SIDE, SIDE, 3), np.float32)], 0
            )
        )
        assert (turned and faces == 1) == acts[0].tracks.mirrored


def _walking(weights, way):
    """Weights whose every track goes half a side that way."""
    still = {name: np.zeros_like(array) for name, array in weights.items()}
    course = still["animator.track.token.weight"].shape[1] + 7
    still["animator.track.first.weight"][0, course] = 100.0
    still["animator.track.last.weight"][0, 0] = (0.5 if way == "right" else -0.5) / 100
    still["animator.track.last.bias"][4] = 1.0
    return still


@pytest.mark.parametrize(("prompt", "side"), [("a small Bo", 0.36), ("Bo", 0.60), ("a large Bo", 0.84)])
def test_its_size_is_what_words_say(prompt, side):
    """As of things that are painted."""
    frames, _ = staged(f"{prompt} in space", {1: kept("Bo")})

    top, bottom, left, right = where(frames[0], GREEN)
    assert side * SIDE == pytest.approx(right - left + 1, abs=2)
    assert SIDE / 2 == pytest.approx((top + bottom + 1) / 2, abs=2)


def test_a_picture_of_a_place_is_cut_out_by_the_matte():
    """The network that takes first frames apart; of plain paper it is asked only for what is enclosed."""

    def left_half(looked):
        answer = np.full((*looked.shape[:3], 5), -50, np.float32)
        answer[:, :, : looked.shape[2] // 2, 0] = 50
        return answer

    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    thing = Animation(RESTING, left_half, SIDE).cut_out(noise)

    assert thing[:, :30, 3].min() > 0.9
    assert thing[:, 34:, 3].max() < 0.1
    assert 0 == Animation(RESTING, left_half, SIDE).cut_out(np.full((64, 64, 3), 128, np.uint8)).max()


def test_a_picture_in_which_nothing_stands_out_is_refused():
    """By name, with what to do."""
    nothing = Character(name="Bo", picture=np.zeros((40, 40, 4), np.uint8))

    with pytest.raises(CharacterError, match="Nothing stands out in the picture of 'Bo'"):
        staged("Bo jumps", {1: nothing})


def test_what_is_laid_on_a_canvas_stays_whole():
    """However large, and wherever it was to stand."""
    thing = np.zeros((30, 50, 4), np.float32)
    thing[5:25, 10:40] = 1

    canvas = placed(thing, (64, 64), 0.9, (0.5, 0.9))

    assert (64, 64, 4) == canvas.shape
    assert (0.9 * 64) * (0.9 * 64 * 2 / 3) == pytest.approx(canvas[..., 3].sum(), rel=0.05)
    assert middle_of(canvas)[1] > 0.5
    assert 0 == placed(np.zeros_like(thing), (64, 64), 0.6, (0.5, 0.5)).sum()
    wide = placed(thing.transpose(1, 0, 2), (128, 32), 0.84, (0.5, 0.5))
    assert 32 * (32 * 2 / 3) == pytest.approx(wide[..., 3].sum(), rel=0.05)  # as high as the frame, not higher


def test_the_backend_paints_what_is_not_kept():
    """And states of one cast are not taken for those of another, where a model is shown it as a reference."""
    runtime, ticks = Grey(), []

    frames = list(NativeBackend(runtime, animation=animation()).render(of("Bo jumps", {1: kept("Bo")}), ticks.append))

    assert 17 == len(frames)
    assert 4 == runtime.looked  # one place in four steps, and no thing
    assert {4} == {tick.steps for tick in ticks if tick.stage == "denoise"}
    names = [_name(of("Bo jumps", {1: kept("Bo", colour)}), runtime, (0, 4, 0, 4)) for colour in (GREEN, BLUE, GREEN)]
    assert names[0] == names[2] != names[1]
