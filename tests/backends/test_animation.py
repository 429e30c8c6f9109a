"""A given picture is taken apart and moved: its pixels stay its own, and the words say how it goes."""

from dataclasses import replace

import numpy as np
import openvino as ov
import pytest
from fakes import PRESET
from nets import animator_weights

from vitascope.backends.animation import Animation, spoken
from vitascope.backends.base import Text
from vitascope.backends.layers import Tracks, composed, sampled, taken_apart
from vitascope.backends.matte_graph import MatteNet
from vitascope.backends.native import NativeBackend
from vitascope.text.words import Word, no_words, rows
from vitascope.types import AnimatorPreset, Plan

SMALL = AnimatorPreset(widths=(4, 8, 8), words=6, hidden=16)
WEIGHTS = animator_weights(SMALL)
SIDE = 64


class Grey:
    """A runtime that sees a grey clip in any noise, and counts how often it looked."""

    name, preset = "grey", PRESET

    def __init__(self):
        self.looked = 0

    def read(self, words, seconds):
        """Nothing is made of words."""
        branches = len(words["token"])
        return Text(rows_BWE=np.zeros((branches, 16, 4)), pooled_BE=np.zeros((branches, 4)), time_BW=None)

    def denoise(self, text, rows):
        """Zeros for every branch."""
        self.looked += 1
        return np.zeros((len(text.rows_BWE), *rows.z_ND.shape), np.float32)


def plan(**changes):
    """A plan of 17 frames in four steps."""
    facts = {
        "prompt": "a fish", "words": no_words(), "frames": 17, "keep": 17, "size": (64, 64), "output_size": (64, 64),
        "fps": 8, "seed": 7, "steps": 4, "guidance": 2.0, "first_frame": None, "model": "fake", "container": "mp4",
        "notes": (),
    }  # fmt: skip
    return Plan(**(facts | changes))


def picture(seed=0):
    """Random pixels."""
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def square(side=SIDE):
    """A white square of a quarter of the sides on grey, taken apart, its middle at a quarter of both."""
    matte = np.zeros((side, side), np.float32)
    matte[side // 8 : 3 * side // 8, side // 8 : 3 * side // 8] = 1
    shown = np.where(matte[..., None] > 0, 255, 128).repeat(3, 2).astype(np.uint8)
    return taken_apart(shown, matte, matte, np.full((side, side, 3), 128 / 255, np.float32))


def tracks(**changes):
    """Two frames in which nothing moves but what is named, in the second one."""
    rest = {"shift": np.zeros((2, 2)), "angle": np.zeros(2), "scale": np.ones(2), "opacity": np.ones(2),
            "pan": np.zeros((2, 2)), "zoom": np.ones(2)}  # fmt: skip
    moved = {name: np.stack([rest[name][0], value]) for name, value in changes.items()}
    return Tracks(**{name: np.float32(value) for name, value in (rest | moved).items()})


def white(frame):
    """Rows and columns of what is white, from the first to behind the last: top, bottom, left, right."""
    down, across = np.nonzero(frame[..., 0] > 200)
    return down.min(), down.max() + 1, across.min(), across.max() + 1


def compiled(name, build):
    """A graph in float32, freshly compiled."""
    return ov.Core().compile_model(build(), "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()


def animation():
    """The small network with random weights."""
    return Animation(WEIGHTS, MatteNet(SMALL, WEIGHTS, compiled), SIDE)


def test_the_first_frame_is_the_picture_whatever_the_network_sees():
    """To the last bit; and thing over plate is the picture, for any matte."""
    layers = animation().layers(picture())

    matte = layers.thing[..., 3:]
    assert 0 < matte.min() < matte.max() < 1
    np.testing.assert_allclose(picture() / 255, layers.thing[..., :3] + layers.plate * (1 - matte), atol=1e-6)
    assert composed(layers, tracks(), 0) is layers.picture


def test_a_larger_picture_is_looked_at_small_and_moved_as_it_is():
    """The network sees its own size, whatever the shape; frames are as large as the picture, edges as sharp."""
    seen = []

    def half_and_half(small):
        seen.append(small.shape)
        answer = np.zeros((*small.shape[:2], 5), np.float32)
        answer[:, : small.shape[1] // 2, :2] = 50
        answer[:, small.shape[1] // 2 :, :2] = -50
        return answer

    wide = np.random.default_rng(0).integers(0, 256, (144, 256, 3), np.uint8)
    layers = Animation(WEIGHTS, half_and_half, SIDE).layers(wide)
    frames = list(Animation(WEIGHTS, half_and_half, SIDE).render(plan(), wide))

    assert [(32, 64, 3)] * 2 == seen
    assert {(144, 256, 3)} == {frame.shape for frame in frames}
    np.testing.assert_array_equal(wide, layers.picture)
    edge = layers.thing[70, :, 3]
    assert np.count_nonzero((edge > 0.05) & (edge < 0.95)) <= 2
    assert np.all(edge[:124] > 0.95)
    assert np.all(edge[132:] < 0.05)


def test_a_thing_goes_where_its_track_says():
    """A quarter of the frame to the right is sixteen pixels of 64; where it stood is what lay behind it."""
    frame = composed(square(), tracks(shift=(0.25, 0.0)), 1)

    assert (8, 24, 24, 40) == white(frame)
    assert np.all(frame[8:24, 8:24] == 128)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scale": 0.5}, (12, 20, 12, 20)),
        ({"angle": np.pi / 2}, (8, 24, 8, 24)),
        ({"angle": np.pi / 2, "shift": (0.25, 0.25)}, (24, 40, 24, 40)),
        ({"shift": (0.0, 0.75), "scale": 1.0}, (56, 64, 8, 24)),
    ],
)
def test_it_turns_and_grows_about_its_own_middle(changes, expected):
    """And may leave the frame."""
    assert expected == white(composed(square(), tracks(**changes), 1))


def test_a_turn_is_clockwise():
    """A square whose upper half is black: a quarter of a turn takes it to the right."""
    layers = square()
    layers.thing[8:16, :, :3] = 0
    frame = composed(layers, tracks(angle=np.pi / 2), 1)

    assert (8, 24, 8, 16) == white(frame)
    assert np.all(frame[9:23, 17:23] == 0)


def test_what_fades_shows_the_plate():
    """Half of it, half of what is behind."""
    frame = composed(square(), tracks(opacity=0.5), 1)

    np.testing.assert_allclose(191.5, frame[10:22, 10:22], atol=0.6)


def test_a_camera_moves_the_plate_and_finds_a_mirror_at_its_edge():
    """A pan of a quarter shows what was sixteen pixels further right, and beyond the edge the same again."""
    ramp = np.tile(np.linspace(0, 1, SIDE, dtype=np.float32)[None, :, None], (SIDE, 1, 3))
    nothing = np.zeros((SIDE, SIDE), np.float32)
    layers = replace(taken_apart(picture(), nothing, nothing, ramp), plate=ramp)
    frame = composed(layers, tracks(pan=(0.25, 0.0)), 1)[0, :, 0].astype(int)

    np.testing.assert_array_equal(np.rint(ramp[0, 16:, 0] * 255), frame[:48])
    np.testing.assert_array_equal(np.rint(ramp[0, ::-1, 0][1:17] * 255), frame[48:])


def test_sampling_between_pixels_is_a_mean():
    """Half a pixel to the side."""
    line = np.float32([[[0], [1], [0], [0]]])
    half = np.array([[1, 0, 0.5], [0, 1, 0.0]])

    np.testing.assert_allclose([0.5, 0.5, 0, 0], sampled(line, half, (0, 1, 0, 4))[0, :, 0])


def test_the_middle_of_a_thing():
    """In shares of the sides; of nothing it is the middle of the picture."""
    nothing = np.zeros((SIDE, SIDE), np.float32)

    assert (0.25, 0.25) == pytest.approx(square().middle)
    assert (0.5, 0.5) == taken_apart(picture(), nothing, nothing, np.zeros((SIDE, SIDE, 3), np.float32)).middle


def test_a_zoom_carries_a_thing_away_from_the_middle():
    """What stands at a quarter and is shown twice as large stands at the edge."""
    weights = {name: np.zeros_like(array) for name, array in WEIGHTS.items()}
    weights["animator.track.first.weight"][0, SMALL.words + 7] = 100.0  # the course, far up where silu is a line
    weights["animator.track.last.weight"][3, 0] = np.log(2) / 100
    asked = plan(words=rows((Word("motion:still", "motion", 1), Word("zoom_in", "camera"))))

    moved = Animation(weights, None, SIDE).tracks(asked, (0.25, 0.75))

    np.testing.assert_allclose([-0.25, 0.25], moved.shift[-1], atol=0.02)


def test_movements_are_heard_in_their_order_and_only_those_of_the_first_thing():
    """Segments count, not columns; the camera is heard apart; of no words nothing."""
    one, two, other = (
        Word(f"motion:{m}", "motion", e, s) for m, e, s in (("jump", 1, 2), ("spin", 1, 1), ("up", 2, 0))
    )
    table = rows((one, two, other, Word("zoom_in", "camera")))
    jump, spin = (int(rows((Word(f"motion:{m}", "motion"),))["token"][0]) for m in ("jump", "spin"))
    zoom = int(rows((Word("zoom_in", "camera"),))["token"][0])

    assert ([spin, jump], zoom) == spoken(table)
    assert ([0], 0) == spoken(no_words())


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

    Listening(WEIGHTS, None, SIDE).tracks(
        plan(words=rows((Word("motion:cross", "motion", 1),)), seed=seed), (place, 0.5)
    )
    return int(told[0][0])


def test_the_backend_moves_a_given_picture_and_paints_the_rest():
    """With an animation a first frame needs no step of the network; without a first frame nothing changes."""
    runtime = Grey()
    backend = NativeBackend(runtime, animation=animation())

    opened = list(backend.render(plan(first_frame=picture()), lambda _: None))
    assert 0 == runtime.looked
    assert 17 == len(opened)
    painted = list(backend.remembering(None).render(plan(), lambda _: None))
    assert 4 == runtime.looked
    assert 17 == len(painted)


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

    np.testing.assert_allclose(expected, MatteNet(SMALL, WEIGHTS, compiled)(given), atol=1e-4)
    told = Animation(WEIGHTS, None, SIDE)._track(40, _Dice(), np.float32([1, -1]), 2.0, course[0].numpy())
    counted = track - track[:1] * torch.tensor([1, 1, 1, 1, 0, 1, 1, 1])
    np.testing.assert_allclose(counted, told, atol=1e-4)


class _Dice:
    def random(self, size):
        """What the test above throws."""
        return np.float64([0.1, 0.2, 0.3, 0.4])[:size]
