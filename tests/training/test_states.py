"""Bad states are refused with a reason, good ones are never lost."""

import errno
import resource
import signal
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from safetensors import SafetensorError  # noqa: E402  after the guard

from vitascope.errors import TrainingError  # noqa: E402  after the guard
from vitascope.models import checkpoint  # noqa: E402  after the guard
from vitascope.training import presets, states  # noqa: E402  after the guard
from vitascope.training.optimiser import Optimiser  # noqa: E402  after the guard

pytestmark = pytest.mark.torch

PRESET = presets.xs()
TENSORS = {"net.a": torch.arange(6.0).reshape(2, 3)}


def written(folder, corpus="", **changed):
    """A whole state of step 7; ``changed`` replaces facts."""
    path = folder / "state.safetensors"
    states.write(path, TENSORS, states.facts_of(PRESET, corpus=corpus, steps=7, seen=9) | changed)
    return path


def test_a_state_comes_back_with_its_numbers(tmp_path):
    """From one file: the JSON beside it is for people and may be missing."""
    path = written(tmp_path)
    path.with_suffix(".json").unlink()

    tensors, facts = states.read(path, PRESET)

    assert torch.equal(TENSORS["net.a"], tensors["net.a"])
    assert (7, 9) == (facts["steps"], facts["seen"])


def test_a_state_of_the_first_version_still_opens(tmp_path):
    """Its numbers stood in the JSON alone."""
    path = written(tmp_path)
    checkpoint.save_file(TENSORS, path)
    path.with_suffix(".json").write_text('{"steps": 3, "seen": 4, "preset": "xs"}')

    assert 3 == states.read(path, PRESET)[1]["steps"]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"preset": "s"}, "a run of preset s, not of xs"),
        ({"version": 99}, "of version 99; this Vitascope knows up to 2"),
        ({"network": "0" * 64}, r"another network \(000000000000\)"),
        ({"vocabulary": "1" * 64}, r"another vocabulary \(111111111111\)"),
    ],
)
def test_a_state_of_something_else_is_refused(tmp_path, facts, told):
    """Another preset, a later version, other widths, other words."""
    with pytest.raises(TrainingError, match=told):
        states.read(written(tmp_path, **facts), PRESET)


@pytest.mark.parametrize("kept", [0, 5, 60, -1])
def test_a_state_cut_short_is_refused(tmp_path, kept):
    """Wherever it was cut, the message gives its length and what to do."""
    path = written(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:kept])

    with pytest.raises(TrainingError, match=rf"\({len(whole[:kept])} bytes\) is cut short or damaged.*Remove it"):
        states.read(path, PRESET)


def test_a_state_that_is_not_there_is_named(tmp_path):
    """With its path."""
    with pytest.raises(TrainingError, match=r"no whole training state at .*nowhere"):
        states.read(tmp_path / "nowhere.safetensors", PRESET)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_not_finite_never_replaces_a_good_state(tmp_path, bad):
    """The write is refused, names the array and the last good step, and that one still opens."""
    path = written(tmp_path)

    with pytest.raises(TrainingError, match=r"1 of 1 arrays .* net.a first. The last good one, of step 7"):
        states.write(path, {"net.a": torch.full((2,), bad)}, {"steps": 8})

    assert 7 == states.read(path, PRESET)[1]["steps"]


def test_a_state_with_a_nan_is_refused(tmp_path):
    """However it got there."""
    path = tmp_path / "state.safetensors"
    checkpoint.save(path, {"net.a": torch.tensor([float("nan")])}, states.facts_of(PRESET, steps=1))

    with pytest.raises(TrainingError, match=r"not finite, net.a first"):
        states.read(path, PRESET)


def test_another_corpus_is_refused(tmp_path):
    """A run does not go on on clips of another snapshot; one of which nothing is known does."""
    path = written(tmp_path, corpus="a" * 64)

    assert 7 == states.read(path, PRESET, corpus="a" * 64)[1]["steps"]
    assert 7 == states.read(path, PRESET)[1]["steps"]
    with pytest.raises(
        TrainingError, match="learned from corpus aaaaaaaaaaaa, the clips there now are of bbbbbbbbbbbb"
    ):
        states.read(path, PRESET, corpus="b" * 64)


def full(*_args, **_kwargs):
    """A disk that takes half of a file."""
    Path(_args[1]).write_bytes(b"half")
    raise SafetensorError("I/O error: No space left on device (os error 28)")


def test_a_full_disk_keeps_the_last_state(tmp_path, monkeypatch):
    """The message says what is left and what to do; no half of a file stays behind."""
    path = written(tmp_path)
    monkeypatch.setattr(checkpoint, "save_file", full)

    with pytest.raises(TrainingError, match=r"No space left.*The last good one, of step 7.*Make room"):
        states.write(path, TENSORS, {"steps": 8})

    monkeypatch.undo()
    assert 7 == states.read(path, PRESET)[1]["steps"]
    assert {"state.safetensors", "state.json"} == {file.name for file in tmp_path.iterdir()}


def test_a_disk_that_really_takes_no_more(tmp_path):
    """What the library makes of a write that the system refuses is understood, and the last state still opens."""
    path = written(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(TrainingError, match=r"cannot be written.*The last good one, of step 7"):
            states.write(path, {"net.a": torch.zeros(100_000)}, {"steps": 8})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)

    assert 7 == states.read(path, PRESET)[1]["steps"]


def test_no_room_for_the_diary_is_told(tmp_path):
    """The run ends with a sentence that names the file."""
    from vitascope.training.loop import Report
    from vitascope.training.run import Diary

    class Full:
        def write(self, _text):
            return 1

        def flush(self):
            raise OSError(errno.ENOSPC, "No space left on device")

    diary = Diary(tmp_path / "steps.jsonl", 1.0)
    diary.file.close()
    diary.file = Full()

    with pytest.raises(TrainingError, match=r"steps.jsonl cannot be written: No space left"):
        diary(Report(step=1, share=0.1, kind="1", loss=1.0, seen=1, waiting=0.0, seconds=1.0))


def test_moments_follow_their_parameters_to_another_device():
    """A run saved on one device resumes on another; the count of steps stays where AdamW reads it."""
    layer = torch.nn.Linear(3, 2)
    optimiser = Optimiser(layer)
    layer(torch.ones(1, 3)).sum().backward()
    optimiser.step(1.0)
    moved = torch.nn.Linear(3, 2, device="meta")
    resumed = Optimiser(moved)

    resumed.restore(optimiser.tensors())

    for parameter in moved.parameters():
        assert "meta" == resumed.part.state[parameter]["exp_avg"].device.type
        assert "cpu" == resumed.part.state[parameter]["step"].device.type


@pytest.mark.parametrize("damage", ["cut", "nan", "other"])
def test_weights_to_begin_with_are_looked_at(tmp_path, damage):
    """Cut short, not finite, or of another preset: each is told apart."""
    tiny = replace(PRESET, net=replace(PRESET.net, width=64, depth=1, heads=1, hidden=64))
    path = tmp_path / "tiny.safetensors"
    tensors = {name: t.bfloat16() for name, t in states.Transformer(tiny).state_dict().items()}
    if damage == "nan":
        tensors["stem.bias"] = tensors["stem.bias"] * float("nan")
    checkpoint.save_file(tensors, path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    told = {"cut": "cannot be read as weights", "nan": "not finite, stem.bias first", "other": "not of preset xs"}

    with pytest.raises(TrainingError, match=told[damage]):
        states.shipped(path, PRESET if damage == "other" else tiny)
