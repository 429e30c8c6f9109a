"""The native backend turns a plan into frames, whatever carries its network."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from fakes import PRESET, plan

from vitascope.backends.base import Text
from vitascope.backends.codec import LappedCodec
from vitascope.backends.native import NativeBackend
from vitascope.text.words import no_words

CHECKPOINT = replace(PRESET, codec=replace(PRESET.codec, channels=256))
CODEC = LappedCodec(CHECKPOINT.codec)

GOLDEN_NOISE = "ca4331a601fb01666722e4ec9b3d352d77f37d8e52349fa756974ca3cd1ce47a"
"""sha256 of the noise of seed 7: 80 rows of 256 numbers in float32."""


class Painter:
    """A runtime that sees the same clip in any noise; without a prompt it sees that clip moved by ``unprompted``."""

    name = "painter"

    def __init__(self, clip_ND, unprompted=0.0):
        self.preset = CHECKPOINT
        self.clip_ND, self.unprompted = clip_ND, unprompted
        self.seen = []

    def read(self, words, seconds):
        """One branch per row of words; remembers them."""
        self.words, self.seconds = words, seconds
        branches = len(words["token"])
        return Text(rows_BWE=np.zeros((branches, 16, 4)), pooled_BE=np.zeros((branches, 4)), time_BW=None)

    def denoise(self, text, rows):
        """The clip, once per branch."""
        self.seen.append(rows)
        return np.stack([self.clip_ND, self.clip_ND + np.float32(self.unprompted)][: len(text.rows_BWE)])


class Echo(Painter):
    """Sees half of the noise itself, so that the outcome depends on the seed."""

    def denoise(self, text, rows):
        """Half the state."""
        self.seen.append(rows)
        return np.stack([rows.z_ND / 2] * len(text.rows_BWE))


def clip_rows(seed=0, num_latents=5):
    """Rows of a soft random clip, ``(N, D)``."""
    noise = np.random.default_rng(seed).standard_normal((num_latents * 16, 256), np.float32)
    noise[:, 8:] = 0
    return noise


def frames_of(rows_ND):
    """The frames these rows stand for."""
    return list(CODEC.decode(rows_ND.reshape(-1, 16, 256), (64, 64)))


def render(runtime, of):
    """All frames, and all ticks."""
    ticks = []
    return np.stack(list(NativeBackend(runtime).render(of, ticks.append))), ticks


@pytest.mark.parametrize("steps", [1, 4])
def test_what_the_network_always_sees_is_what_comes_out(steps):
    """Any number of steps ends at the clip, without a trace of noise."""
    frames, _ = render(Painter(clip_rows()), plan(steps=steps, guidance=1.0))

    np.testing.assert_array_equal(frames_of(clip_rows()), frames)


def test_guidance_goes_beyond_the_prompt():
    """Away from what the network sees without one: x + (x - y) at a scale of two."""
    frames, _ = render(Painter(clip_rows(), unprompted=-0.25), plan(guidance=2.0))

    np.testing.assert_array_equal(frames_of(clip_rows() + np.float32(0.25)), frames)


def test_the_prompt_is_read_once_and_its_absence_only_for_guidance():
    """With the length of the clip in seconds, from the first frame to the last."""
    guided, plain = Painter(clip_rows()), Painter(clip_rows())

    render(guided, plan(guidance=2.0))
    render(plain, plan(guidance=1.0))

    assert guided.seconds == 2.0
    assert guided.words["token"].shape == (2, 16)
    np.testing.assert_array_equal(no_words()["token"], guided.words["token"][1])
    assert plain.words["token"].shape == (1, 16)


def test_a_given_first_frame_stays():
    """Its rows are clean from the first step on and never move; the others start as noise."""
    given = frames_of(clip_rows(seed=3))[0]
    runtime = Painter(clip_rows())

    frames, _ = render(runtime, plan(first_frame=given))

    rows = CODEC.encode(given[None])[0]
    for seen in runtime.seen:
        np.testing.assert_array_equal(rows, seen.z_ND[:16])
        assert np.all(seen.t_N[:16] == 0)
        assert np.all(seen.t_N[16:] > 0)
    np.testing.assert_array_equal(frames_of(rows)[0], frames[0])
    np.testing.assert_array_equal(frames_of(clip_rows())[1:], frames[1:])


def test_levels_fall_and_all_rows_know_where_they_are():
    """A step of every row from 1 to 0, at the places of a clip."""
    runtime = Painter(clip_rows())

    render(runtime, plan())

    levels = [float(seen.t_N[0]) for seen in runtime.seen]
    assert levels[0] == 1
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) == 4
    assert all(len(set(seen.t_N.tolist())) == 1 for seen in runtime.seen)
    assert runtime.seen[0].position_N3.shape == (80, 3)


def test_a_map_is_told_where_each_step_ends():
    """A flow's rows aim at their own level; a map's at the next one, given rows at none; the rate is the plan's."""
    flow, taught = Painter(clip_rows()), Painter(clip_rows())
    taught.preset = replace(CHECKPOINT, sampler=replace(CHECKPOINT.sampler, kind="map"))
    given = frames_of(clip_rows(seed=3))[0]

    for runtime in (flow, taught):
        render(runtime, plan(first_frame=given, fps=16))

    assert all(np.array_equal(seen.t_N, seen.r_N) for seen in flow.seen)
    ends = [float(seen.r_N[-1]) for seen in taught.seen]
    assert [*(float(seen.t_N[-1]) for seen in taught.seen[1:]), 0.0] == ends
    assert all(np.all(seen.r_N[:16] == 0) for seen in taught.seen)
    assert 1.0 == taught.seconds
    assert 1.0 > taught.seen[0].position_N3[-1, 0] > 0.8


def test_the_same_seed_gives_the_same_frames():
    """And another seed gives others."""
    once, again, other = (render(Echo(clip_rows()), plan(seed=seed))[0] for seed in (7, 7, 8))

    np.testing.assert_array_equal(once, again)
    assert np.any(once != other)


@pytest.mark.golden
def test_the_noise_of_a_seed_is_recorded():
    """It is the same on every machine: a seed is a promise."""
    runtime = Painter(clip_rows())

    render(runtime, plan(seed=7))

    noise = runtime.seen[0].z_ND
    assert noise.dtype == np.float32
    assert hashlib.sha256(noise.tobytes()).hexdigest() == GOLDEN_NOISE


def test_ticks_tell_every_step_and_every_frame():
    """With an estimate that ends at nothing left."""
    _, ticks = render(Painter(clip_rows()), plan())

    denoise = [tick for tick in ticks if tick.stage == "denoise"]
    decode = [tick for tick in ticks if tick.stage == "decode"]
    assert [0, 1, 2, 3, 4] == [tick.step for tick in denoise]
    assert denoise[-1].eta_seconds == 0
    assert list(range(18)) == [tick.step for tick in decode]
    assert {tick.steps for tick in decode} == {17}


class Notebook:
    """A memory that says what it is told, and is told what it says: its ``kept`` may be cut or swapped in between."""

    def __init__(self, *kept):
        self.kept = list(kept)

    def recall(self, of, shape):
        """The last state."""
        return self.kept[-1] if self.kept and (self.kept[-1].of, self.kept[-1].rows.shape) == (of, shape) else None

    def keep(self, halfway):
        """Every state."""
        self.kept.append(halfway)


@pytest.mark.parametrize("cut", [1, 3, 4])
def test_a_render_that_was_cut_off_ends_as_if_it_had_not_been(cut):
    """Same frames to the bit with a given first frame and guidance, and no step before the kept one is done again."""
    asked = plan(first_frame=frames_of(clip_rows(seed=3))[0])
    whole, _ = render(Echo(clip_rows()), asked)
    notebook, runtime, ticks = Notebook(), Echo(clip_rows()), []
    list(NativeBackend(Echo(clip_rows())).remembering(notebook).render(asked, lambda _: None))

    backend = NativeBackend(runtime).remembering(Notebook(*notebook.kept[:cut]))
    frames = np.stack(list(backend.render(asked, ticks.append)))

    np.testing.assert_array_equal(whole, frames)
    assert 4 - cut == len(runtime.seen)
    assert list(range(cut, 5)) == [tick.step for tick in ticks if tick.stage == "denoise"]


@pytest.mark.parametrize(
    ("other", "facts"),
    [
        ({"seed": 8}, {}),
        ({"steps": 5}, {}),
        ({"words": {**no_words(), "token": no_words()["token"] + 1}}, {}),
        ({"first_frame": np.zeros((64, 64, 3), np.uint8)}, {}),
        ({}, {"name": "another processor"}),
        ({}, {"preset": replace(CHECKPOINT, weights_sha256="f" * 64)}),
    ],
)
def test_what_was_kept_of_another_render_is_not_taken_up(other, facts):
    """Other words, seed, steps, pictures, weights or processor: it begins with noise."""
    notebook, runtime = Notebook(), Echo(clip_rows())
    list(NativeBackend(Echo(clip_rows())).remembering(notebook).render(plan(), lambda _: None))
    for name, value in facts.items():
        setattr(runtime, name, value)

    list(NativeBackend(runtime).remembering(Notebook(*notebook.kept[:2])).render(plan(**other), lambda _: None))

    assert plan(**other).steps == len(runtime.seen)


def test_a_part_of_a_frame_begins_with_the_noise_it_has_in_the_whole():
    """So that it is painted as the whole would be, and decoded to frames of its own size."""
    whole, part = Echo(clip_rows()), Echo(clip_rows())
    list(NativeBackend(whole).painted(plan(), lambda _: None))
    frames = list(NativeBackend(part).painted(plan(), lambda _: None, (1, 4, 1, 3)))

    inside = np.tile(np.isin(np.arange(16), [5, 6, 9, 10, 13, 14]), 5)
    np.testing.assert_array_equal(whole.seen[0].z_ND[inside], part.seen[0].z_ND)
    np.testing.assert_array_equal(whole.seen[0].position_N3[inside], part.seen[0].position_N3)
    assert (48, 32, 3) == frames[0].shape


def test_what_was_kept_of_another_part_is_not_taken_up():
    """Of as many rows, too."""
    notebook, runtime = Notebook(), Echo(clip_rows())
    list(NativeBackend(Echo(clip_rows())).remembering(notebook).painted(plan(), lambda _: None, (0, 2, 0, 2)))

    backend = NativeBackend(runtime).remembering(Notebook(*notebook.kept[:2]))
    list(backend.painted(plan(), lambda _: None, (1, 3, 1, 3)))

    assert 4 == len(runtime.seen)


def test_a_step_that_the_plan_has_not_is_not_taken_up():
    """A file may say anything."""
    notebook, runtime = Notebook(), Echo(clip_rows())
    list(NativeBackend(Echo(clip_rows())).remembering(notebook).render(plan(), lambda _: None))

    for step in (-1, 0, 5):
        forged = replace(notebook.kept[0], step=step)
        list(NativeBackend(runtime).remembering(Notebook(forged)).render(plan(), lambda _: None))

    assert 3 * 4 == len(runtime.seen)
