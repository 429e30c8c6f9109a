"""A given picture is taken apart and moved: its pixels stay its own, and the words say how it goes."""

import numpy as np
import pytest
from easels import RESTING, SIDE, SMALL, WEIGHTS, Easel, Grey, animation, bright, compiled
from fakes import plan
from moving import picture, tracks

from vitascope.backends.animation import Animation, about, within
from vitascope.backends.matte_graph import MatteNet
from vitascope.backends.native import NativeBackend
from vitascope.backends.staging import ALONE, Part
from vitascope.text.reading import read
from vitascope.text.words import rows, taken


def test_the_first_frame_is_the_picture_whatever_the_network_sees():
    """To the last bit; and thing over plate is the picture, for any matte."""
    layers = animation().layers(picture())

    matte = layers.thing[..., 3:]
    assert 0 < matte.min() < matte.max() < 1
    np.testing.assert_allclose(picture() / 255, layers.thing[..., :3] + layers.plate * (1 - matte), atol=1e-6)
    resting = Animation(RESTING, MatteNet(SMALL, WEIGHTS, compiled), SIDE)
    assert np.array_equal(picture(), next(resting.moved(plan(), picture())))


def test_a_larger_picture_is_looked_at_small_and_moved_as_it_is():
    """The network sees its own size, whatever the shape; frames are as large as the picture, edges as sharp."""
    seen = []

    def half_and_half(small):
        seen.append(small.shape)
        answer = np.zeros((*small.shape[:3], 5), np.float32)
        answer[:, :, : small.shape[2] // 2, :2] = 50
        answer[:, :, small.shape[2] // 2 :, :2] = -50
        return answer

    wide = np.random.default_rng(0).integers(0, 256, (144, 256, 3), np.uint8)
    layers = Animation(WEIGHTS, half_and_half, SIDE).layers(wide)
    frames = list(Animation(WEIGHTS, half_and_half, SIDE).moved(plan(), wide))

    assert [(1, 32, 64, 3)] * 2 == seen
    assert {(144, 256, 3)} == {frame.shape for frame in frames}
    np.testing.assert_array_equal(wide, layers.picture)
    edge = layers.thing[70, :, 3]
    assert np.count_nonzero((edge > 0.05) & (edge < 0.95)) <= 2
    assert np.all(edge[:124] > 0.95)
    assert np.all(edge[132:] < 0.05)


def test_a_zoom_carries_a_thing_away_from_the_middle():
    """What stands at a quarter and is shown twice as large stands at the edge."""
    weights = {name: np.zeros_like(array) for name, array in WEIGHTS.items()}
    weights["animator.track.first.weight"][0, SMALL.words + 7] = 100.0  # the course, far up where silu is a line
    weights["animator.track.last.weight"][3, 0] = np.log(2) / 100

    moved = Animation(weights, None, SIDE).tracks(plan(), (40,), (0.25, 0.75), camera=60)

    np.testing.assert_allclose([-0.25, 0.25], moved.shift[-1], atol=0.02)


def part(**changes):
    """A thing of which nothing is said but what is named."""
    return Part(**{"words": {}, "motions": (0,), "faces": 0} | changes)


@pytest.mark.parametrize(
    ("way", "there"),
    [
        ({"shift": (0.5, 0.0)}, (0.25, 0.62)),
        ({"shift": (0.0, -0.6)}, (0.5, 0.8)),
        ({"shift": (0.0, -0.3)}, (0.5, 0.71)),
    ],
)
def test_the_way_of_a_painted_thing_is_laid_about_its_spot(way, there):
    """To the side: about the middle; up: about that of the frame, if far, else nearer to where it stands."""
    laid = about(tracks(**way), (0.5, 0.62), part())

    np.testing.assert_allclose(there, np.array((0.5, 0.62)) + laid.shift[0], atol=1e-6)
    np.testing.assert_allclose(way["shift"], laid.shift[1] - laid.shift[0], atol=1e-6)


def test_a_thing_of_a_pair_stands_at_its_spot_and_is_as_large_as_said_in_the_middle_of_its_way():
    """Growing fourfold from half to twice the size."""
    laid = about(tracks(scale=4.0), (0.5, 0.6), part(spot=(0.25, 0.58), size=0.8))

    np.testing.assert_allclose([[-0.25, -0.02]] * 2, laid.shift, atol=1e-6)
    np.testing.assert_allclose([0.4, 1.6], laid.scale, rtol=1e-5)


def test_two_find_room_in_the_shorter_side_of_a_wide_frame():
    """One alone keeps its size there; of a pair one above the other, both are smaller, as far as the frame is flat."""
    alone, one = (
        about(tracks(), (0.5, 0.6), a_part, (320, 180)) for a_part in (part(), part(spot=(0.5, 0.3), size=0.8))
    )
    several = about(tracks(), (0.5, 0.5), part(aside=(0.4, 0.2)), (320, 180))

    np.testing.assert_allclose([1, 1], alone.scale)
    np.testing.assert_allclose([0.8 * 0.75] * 2, one.scale, rtol=1e-6)
    np.testing.assert_allclose([[0.4 * 180 / 320, 0.2]] * 2, several.shift, rtol=1e-6)


@pytest.mark.parametrize(
    ("shift", "faces", "mirrored"), [(0.6, -1, True), (-0.6, -1, False), (0.6, 0, False), (0.1, -1, False)]
)
def test_what_goes_to_a_side_looks_there(shift, faces, mirrored):
    """If its drawing looks to a side at all, and if it goes far."""
    assert mirrored == about(tracks(shift=(shift, 0.0)), (0.5, 0.5), part(faces=faces)).mirrored


@pytest.mark.parametrize(
    "way", [{"pan": (0.43, 0.0)}, {"pan": (-0.2, 0.1)}, {"zoom": 1.64}, {"zoom": 0.6}, {"pan": (0.3, 0.0), "zoom": 1.2}]
)
def test_a_camera_never_leaves_the_plate(way):
    """It looks nearer until all of its way lies within; what it shows against where it began stays the same."""
    asked = tracks(**way)
    view = within(asked)

    half = view.zoom[:, None] / 2
    assert (np.abs(view.pan) + half).max() <= 0.5 + 1e-6
    np.testing.assert_allclose(asked.zoom[1] / asked.zoom[0], view.zoom[1] / view.zoom[0], rtol=1e-5)
    np.testing.assert_allclose(
        (asked.pan[1] - asked.pan[0]) / asked.zoom[0], (view.pan[1] - view.pan[0]) / view.zoom[0], atol=1e-6
    )


def test_without_a_camera_the_plate_is_seen_as_it_is():
    """To the last bit."""
    assert within(tracks()).rests(1)


def test_three_of_a_kind_are_one_painting():
    """Laid three times, smaller, side by side; the place moves under a camera and is painted once, too."""
    easel = Easel()
    frames = list(Animation(RESTING, bright, SIDE, ()).staged(of("three red fish in the sea, zoom in"), easel))

    assert [1, 1] == [frames for _, frames, *_ in easel.asked]
    assert not {"three", "zoom_in"} & {token for said, *_ in easel.asked for token in said}
    red = (frames[0][..., 0].astype(int) - frames[0][..., 2] > 100).any(axis=0)
    assert 3 == (np.diff(np.concatenate(([0], red, [0])).astype(int)) == 1).sum()


def of(prompt, **changes):
    """A plan with the words of a prompt."""
    return plan(words=rows(taken(read(prompt).words, 0)), **changes)


def test_two_things_are_painted_apart_and_laid_together():
    """Neither sees the other's colour; each stands at its spot, smaller; what stands still is painted once."""
    easel = Easel()
    frames = list(Animation(RESTING, bright, SIDE).staged(of("a red fish next to a blue whale in the sea"), easel))

    assert [1, 17, 17] == [frames for _, frames, *_ in easel.asked]
    assert not {"red", "blue"} & set(easel.asked[0][0])
    assert [{"red"}, {"blue"}] == [{"red", "blue"} & set(said) for said, *_ in easel.asked[1:]]
    assert 17 == len(frames)
    left, right = frames[0][:, : SIDE // 2].astype(int), frames[0][:, SIDE // 2 :].astype(int)
    assert (left[..., 0] - left[..., 2]).max() > 200
    assert (right[..., 2] - right[..., 0]).max() > 200
    assert (left[..., 0] > 200).sum() < 16 * 16


@pytest.mark.parametrize("box", [(16, 64, 8, 56), (-16, 48, 0, 64), (16, 80, -8, 72)])
def test_a_thing_of_which_no_more_than_its_box_is_painted_stands_where_it_stood(box):
    """The frames are those of a whole painting; the place is painted as far as the box reaches."""
    asked, easel = of("a red fish in the sea"), Easel(box)

    frames = list(Animation(RESTING, bright, SIDE).staged(asked, easel))

    np.testing.assert_array_equal(list(Animation(RESTING, bright, SIDE).staged(asked, Easel())), frames)
    assert {(ALONE, (0.5, 0.62))} == set(easel.told)
    (_, _, canvas, nothing), (_, _, about_it, place) = easel.asked
    assert (min(0, box[0]), max(64, box[1]), min(0, box[2]), max(64, box[3])) == canvas
    assert box == about_it
    assert nothing is None
    assert np.array_equal(np.full((SIDE, SIDE, 3), 100), place)


def test_what_is_not_alive_is_painted_once_and_carried():
    """A thing that is alive is painted frame by frame, and so is a place in the rain."""
    easel = Easel()
    living = Animation(RESTING, bright, SIDE, ("whale",))

    frames = list(living.staged(of("a red fish next to a blue whale in the sea"), easel))
    list(living.staged(of("a red fish in the sea in the rain"), easel))

    assert [1, 1, 17, 17, 1] == [frames for _, frames, *_ in easel.asked]
    assert 17 == len(frames)
    assert np.array_equal(frames[0], frames[9])  # of an easel that paints the same


def test_in_the_rain_the_place_is_painted_for_the_whole_clip():
    """And a place alone is a clip, too."""
    easel = Easel()

    assert 17 == len(list(Animation(RESTING, bright, SIDE).staged(of("the sea in the rain"), easel)))
    assert [17] == [frames for _, frames, *_ in easel.asked]


def test_a_thing_goes_where_there_is_room_and_by_chance_from_the_middle():
    """A word that leaves the way open is told the way by the place; the same seed tells the same."""
    ways = {place: _sign_of(place, seed=7) for place in (0.1, 0.39, 0.61, 0.9)}

    assert {0.1: 1, 0.39: 1, 0.61: -1, 0.9: -1} == ways
    assert {1, -1} == {_sign_of(0.5, seed) for seed in range(12)}
    assert _sign_of(0.5, 3) == _sign_of(0.5, 3)


def _sign_of(place, seed):
    """The sign in x that the network is told."""
    told = []

    class Listening(Animation):
        def _track(self, word, dice, signs, seconds, course):
            told.append(signs)
            return np.zeros((len(course), 8), np.float32)

    Listening(WEIGHTS, None, SIDE).tracks(plan(seed=seed), (40,), (place, 0.5))
    return int(told[0][0])


def test_the_backend_moves_a_given_picture_and_stages_a_prompt():
    """With an animation a first frame needs no step of the network; a prompt is told as one row of steps."""
    runtime, ticks = Grey(), []
    backend = NativeBackend(runtime, animation=animation())

    opened = list(backend.render(plan(first_frame=picture()), ticks.append))
    assert 0 == runtime.looked
    assert 17 == len(opened)
    assert {"decode"} == {tick.stage for tick in ticks}

    staged = list(backend.remembering(None).render(of("a fish jumps"), ticks.append))
    assert 8 == runtime.looked
    assert 17 == len(staged)
    assert [16] * 4 + [12 * 5] * 4 == runtime.rows  # of the thing only what is about it
    steps = [(tick.step, tick.steps) for tick in ticks if tick.stage == "denoise"]
    assert [(n, 8) for n in (0, 1, 2, 3, 4, 4, 5, 6, 7, 8)] == steps
    left = [tick.eta_seconds for tick in ticks if tick.stage == "denoise" and tick.eta_seconds is not None]
    assert left[3] > left[-1] == 0  # at the end of the place the thing is still to be painted


@pytest.mark.parametrize(
    ("size", "prompt", "rows"),
    [((64, 64), "a fish", (16, 12)), ((96, 64), "a fish", (24, 24)), ((96, 64), "a bee", (24, 24)),
     ((160, 96), "a bee", (70, 70))],
)  # fmt: skip
def test_of_a_wide_frame_all_is_painted_and_what_is_above_it_where_a_thing_reaches_there(size, prompt, rows):
    """Of the place as of the thing, so that it is told what of the latter is only place."""
    runtime = Grey()
    backend = NativeBackend(runtime, animation=animation())

    frames = list(backend.render(of(prompt, size=size, frames=1, keep=1), lambda _: None))

    assert [*[rows[0]] * 4, *[rows[1]] * 4] == runtime.rows
    assert (size[1], size[0], 3) == frames[0].shape


def test_a_sketch_of_a_thing_is_seen_in_its_place():
    """As large as the clip, and beside the thing it shows what was painted of the place."""
    ticks = []
    backend = NativeBackend(Painted(), animation=animation())
    list(backend.render(of("a fish jumps"), ticks.append))

    place, *_, last = (tick.sketch() for tick in ticks if tick.sketch is not None)
    assert (64, 64, 3) == place.shape == last.shape
    assert np.array_equal(place[:16], last[:16])
    assert not np.array_equal(place[16:], last[16:])


class Painted(Grey):
    """Sees a bright clip where it is asked for more than one latent, a dark one else."""

    def denoise(self, text, rows):
        """The mean of each row."""
        seen = super().denoise(text, rows)
        seen[..., 0] = 1.0 if len(rows.z_ND) > 16 else -1.0
        return seen


@pytest.mark.torch
def test_the_graph_sees_what_torch_sees():
    """And NumPy tells the tracks that torch tells."""
    import torch

    from vitascope.models.animator import Animator

    twin = Animator(SMALL, 256)
    twin.load_state_dict({n.removeprefix("animator."): torch.from_numpy(w) for n, w in WEIGHTS.items()}, strict=True)
    given = picture().astype(np.float32) / 255
    with torch.inference_mode():
        expected = twin.matte(torch.from_numpy(given).permute(2, 0, 1)[None])[0].permute(1, 2, 0)
        course, chance = torch.linspace(0, 1, 17)[None], torch.tensor([[0.1, 0.2, 0.3, 0.4, 1.0, -1.0]])
        track = twin.track(torch.tensor([40]), chance, torch.tensor([2.0]), course)[0]

    np.testing.assert_allclose(expected, MatteNet(SMALL, WEIGHTS, compiled)(given[None])[0], atol=1e-4)
    told = Animation(WEIGHTS, None, SIDE)._track(40, _Dice(), np.float32([1, -1]), 2.0, course[0].numpy())
    counted = track - track[:1] * torch.tensor([1, 1, 1, 1, 0, 1, 1, 1])
    np.testing.assert_allclose(counted, told, atol=1e-4)


class _Dice:
    def random(self, size):
        """What the test above throws."""
        return np.float64([0.1, 0.2, 0.3, 0.4])[:size]
