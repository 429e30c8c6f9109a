"""The default runtime computes what the torch modules compute, and its graphs on disk can be trusted."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import PRESET
from nets import random_weights, shapes

from vitascope.backends import openvino
from vitascope.backends.base import Rows
from vitascope.backends.native import NativeBackend
from vitascope.backends.openvino import OpenVinoRuntime, load_graph, save_graph
from vitascope.backends.rows import positions
from vitascope.text.words import no_words
from vitascope.types import Plan

CHECKPOINT = replace(
    PRESET,
    codec=replace(PRESET.codec, channels=96, gain=0.3),
    net=replace(PRESET.net, width=128, depth=3, heads=2, modulations=3, pool=2),
    weights_sha256="1" * 64,
)
"""Small, and every part of the network is in it: blocks of both levels, several heads, a text encoder."""

WEIGHTS = random_weights(CHECKPOINT)


def prompts(branches=2):
    """Word rows of as many prompts, all different, with several segments."""
    rng = np.random.default_rng(1)
    words = {name: np.zeros((branches, 16), np.int32) for name in ("token", "role", "entity", "segment")}
    for name, limit in (("token", 200), ("role", 11), ("entity", 3), ("segment", 3)):
        words[name][:, :6] = rng.integers(1, limit, (branches, 6))
    return words


def state(levels=(0.0, 0.5, 0.9), targets=(0.0, 0.4, 0.9), tags=(1, 0, 0)):
    """Three latents, each of its own level and tag."""
    place = positions(3, CHECKPOINT.size, CHECKPOINT.fps, CHECKPOINT.codec)
    rows = len(place) // 3
    return Rows(
        z_ND=np.random.default_rng(2).standard_normal((len(place), 96), np.float32),
        t_N=np.repeat(np.float32(levels), rows),
        r_N=np.repeat(np.float32(targets), rows),
        position_N3=place,
        tag_N=np.repeat(np.int32(tags), rows),
    )


def answer(runtime, branches=2, rows=None):
    """What a runtime sees in the state above."""
    return runtime.denoise(runtime.read(prompts(branches), 2.0), rows or state())


def runtime(folder=None, **changes):
    """A runtime in float32, its graphs in ``folder``."""
    return OpenVinoRuntime(replace(CHECKPOINT, **changes), WEIGHTS, precision="f32", graphs=folder)


def twin():
    """The same network in torch."""
    from vitascope.backends.torch import TorchRuntime

    return TorchRuntime(CHECKPOINT, WEIGHTS)


@pytest.mark.torch
def test_the_names_and_shapes_are_those_of_the_torch_modules():
    """So these tests are about the network that is trained."""
    assert shapes(CHECKPOINT) == {name: tuple(array.shape) for name, array in twin().net.state_dict().items()}


@pytest.mark.torch
def test_the_text_reader_agrees_with_torch():
    """Rows, pooled caption and times."""
    expected, actual = twin().read(prompts(), 2.0), runtime().read(prompts(), 2.0)

    np.testing.assert_allclose(expected.rows_BWE, actual.rows_BWE, atol=1e-4)
    np.testing.assert_allclose(expected.pooled_BE, actual.pooled_BE, atol=1e-4)
    np.testing.assert_array_equal(expected.time_BW, actual.time_BW)


@pytest.mark.torch
@pytest.mark.parametrize("branches", [1, 2])
def test_the_denoiser_agrees_with_torch(branches):
    """Rows of three levels, targets and tags at once, one prompt or two."""
    expected, actual = answer(twin(), branches), answer(runtime(), branches)

    assert expected.std() > 0.5
    np.testing.assert_allclose(expected, actual, atol=1e-3)


@pytest.mark.torch
@pytest.mark.parametrize("less", [{"modulations": 1, "pool": 0}, {"modulations": 2}])
def test_with_less_of_it_the_runtimes_agree_too(less):
    """In s neighbours share their modulations, and the pooled caption has no layers of its own."""
    from vitascope.backends.torch import TorchRuntime

    plain = replace(CHECKPOINT, net=replace(CHECKPOINT.net, **less))
    weights = random_weights(plain)
    expected = answer(TorchRuntime(plain, weights))
    actual = answer(OpenVinoRuntime(plain, weights, precision="f32"))

    assert weights["six.weight"].size < WEIGHTS["six.weight"].size
    np.testing.assert_allclose(expected, actual, atol=1e-3)


@pytest.mark.torch
def test_half_the_digits_give_the_same_picture():
    """Frames of a whole render in bfloat16 are above 40 dB of those in float32 torch."""
    plan = Plan(
        prompt="", words={name: rows[0] for name, rows in prompts(1).items()}, frames=9, keep=9, size=(64, 64),
        output_size=(64, 64), fps=8, seed=3, steps=4, guidance=2.0, first_frame=None, model="fake", container="mp4",
        notes=(),
    )  # fmt: skip
    half = OpenVinoRuntime(CHECKPOINT, WEIGHTS, precision="bf16")

    expected, actual = (np.stack(list(NativeBackend(of).render(plan, lambda _: None))) for of in (twin(), half))

    error = np.mean((expected.astype(float) - actual) ** 2)
    assert expected.std() > 20
    assert 10 * np.log10(255**2 / error) > 40


def test_branches_do_not_mix():
    """Two prompts together answer what each answers alone; different prompts answer differently."""
    both = answer(runtime())
    words = prompts()
    alone = runtime()
    for branch in range(2):
        text = alone.read({name: rows[branch : branch + 1] for name, rows in words.items()}, 2.0)
        np.testing.assert_allclose(both[branch], alone.denoise(text, state())[0], atol=1e-4)
    assert np.abs(both[0] - both[1]).max() > 0.01


@pytest.mark.parametrize(
    "changed",
    [
        {"levels": (0.0, 0.5, 0.8)},
        {"targets": (0.0, 0.3, 0.9)},
        {"tags": (0, 0, 0)},
    ],
)
def test_levels_targets_and_tags_are_heard(changed):
    """A change of any of them changes the answer."""
    carrier = runtime()

    assert np.abs(answer(carrier) - answer(carrier, rows=state(**changed))).max() > 1e-3


def test_an_answer_is_the_callers_to_keep():
    """The next call does not write over it."""
    carrier = runtime()
    first = answer(carrier)
    kept = first.copy()

    answer(carrier, rows=state(levels=(0.0, 1.0, 1.0)))

    np.testing.assert_array_equal(kept, first)


def test_more_levels_need_no_new_graph_up_to_a_power_of_two():
    """Two to four groups share none and one graph."""
    assert [2, 2, 4, 4, 8, 16] == [openvino._room_for(groups) for groups in (1, 2, 3, 4, 5, 9)]


def test_the_precision_is_one_the_cpu_has():
    """And the choice of the caller comes first."""
    chosen = OpenVinoRuntime(CHECKPOINT, WEIGHTS).precision

    assert chosen in {"f32", "bf16"}
    assert runtime().precision == "f32"


def test_a_second_start_compiles_nothing(tmp_path, monkeypatch):
    """Graphs come from disk and answer the same to the bit."""
    first = answer(runtime(tmp_path))
    monkeypatch.setattr(openvino, "reader", None)
    monkeypatch.setattr(openvino, "denoiser", None)

    np.testing.assert_array_equal(first, answer(runtime(tmp_path)))


def test_other_weights_never_meet_the_same_graph(tmp_path):
    """The recorded hash of the weights is part of a graph's name; without one nothing is kept."""
    answer(runtime(tmp_path))
    one = set(tmp_path.glob("*.graph"))
    answer(runtime(tmp_path, weights_sha256="2" * 64))
    answer(runtime(tmp_path / "none", weights_sha256=""))

    assert len(one) == 2
    assert len(set(tmp_path.glob("*.graph"))) == 4
    assert not (tmp_path / "none").exists()


def test_a_network_of_other_depth_never_meets_the_same_graph(tmp_path):
    """Though the weights are the same: a graph that was kept would answer for a network that is not asked for."""
    shallow = replace(CHECKPOINT.net, depth=CHECKPOINT.net.depth - 1)
    first = answer(runtime(tmp_path))

    assert not np.array_equal(first, answer(runtime(tmp_path, net=shallow)))


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_graph_is_compiled_again(tmp_path, damage):
    """Whatever happened to it, and the good one takes its place."""
    expected = answer(runtime(tmp_path))
    for path in tmp_path.glob("*.graph"):
        whole = path.read_bytes()
        if damage == "foreign":  # its hash is right, but no graph
            save_graph(path, b"not a graph" * 100)
        else:
            middle = len(whole) // 2
            flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
            path.write_bytes({"cut": whole[:middle], "flipped": flipped, "empty": b""}[damage])

    np.testing.assert_array_equal(expected, answer(runtime(tmp_path)))
    assert all(len(load_graph(path)) > 10_000 for path in tmp_path.glob("*.graph"))


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    """Here a file stands where the folder should be."""
    (tmp_path / "graphs").write_text("in the way")

    assert answer(runtime(tmp_path / "graphs")).shape == (2, 48, 96)


def test_the_oldest_graphs_go(tmp_path):
    """The folder does not grow without end."""
    for number in range(openvino.KEPT_GRAPHS + 3):
        save_graph(tmp_path / f"{number}.graph", b"graph")

    assert len(list(tmp_path.glob("*"))) == openvino.KEPT_GRAPHS


def test_no_words_at_all_can_be_read():
    """The pooled caption of padding alone is finite: nothing is divided by no words."""
    nothing = {name: np.zeros_like(row)[None] for name, row in no_words().items()}

    assert np.all(np.isfinite(runtime().read(nothing, 2.0).pooled_BE))
