"""What is carried from machine to machine comes back whole, or is refused."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from tests.small_codec import CODEC  # noqa: E402  after the guard
from vitascope.errors import TrainingError  # noqa: E402  after the guard
from vitascope.models import checkpoint  # noqa: E402  after the guard
from vitascope.models.codec import ConvNet  # noqa: E402  after the guard
from vitascope.training import carry, presets, states  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def tiny():
    """The s preset with every part at its smallest."""
    preset = presets.conv_small()
    net = replace(preset.net, width=64, depth=2, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    return replace(preset, name="tiny", net=net, codec=CODEC)


def run(folder, preset):
    """A run with a codec of step 5 and a transformer of step 9; returns its tensors."""
    made = {"codec.safetensors": ConvNet(preset.codec).state_dict(), "state.safetensors": net(preset)}
    for name, steps in (("codec.safetensors", 5), ("state.safetensors", 9)):
        average = checkpoint.prefixed("average", made[name])
        states.write(folder / name, average, states.facts_of(preset, steps=steps, seen=1))
    return made


def net(preset):
    """The transformer's tensors."""
    return states.Transformer(preset).state_dict()


def test_a_run_goes_home_and_out_again(tmp_path, monkeypatch):
    """In shards that are small enough; codec and transformer come back in bfloat16, the codec's steps with them."""
    monkeypatch.setattr(carry, "LARGEST", 400_000)
    preset, made = tiny(), run(tmp_path / "run", tiny())

    paths = carry.pack(preset, tmp_path / "run", tmp_path / "home")
    carry.unpack(preset, tmp_path / "home", tmp_path / "next")

    assert len(paths) > 2
    assert all(path.stat().st_size < 420_000 for path in paths)
    codec, facts = states.read(tmp_path / "next" / "codec.safetensors", preset)
    assert 5 == facts["steps"]
    for name, tensor in made["codec.safetensors"].items():
        assert torch.equal(tensor.bfloat16().float(), codec[f"net.{name}"]), name
    carried = states.shipped(tmp_path / "next" / carry.CARRIED, preset)
    for name, tensor in made["state.safetensors"].items():
        assert torch.equal(tensor.bfloat16().float(), carried[name]), name


def test_a_missing_shard_is_counted(tmp_path, monkeypatch):
    """So is one of another run that lies beside."""
    monkeypatch.setattr(carry, "LARGEST", 400_000)
    run(tmp_path / "run", tiny())
    paths = carry.pack(tiny(), tmp_path / "run", tmp_path / "home")
    paths[0].unlink()

    with pytest.raises(TrainingError, match=rf"holds {len(paths) - 1} shards; one run has {len(paths)}"):
        carry.unpack(tiny(), tmp_path / "home", tmp_path / "next")


def test_a_damaged_shard_and_another_preset_are_told(tmp_path):
    """Each with its file or its name."""
    run(tmp_path / "run", tiny())
    path = carry.pack(tiny(), tmp_path / "run", tmp_path / "home")[0]
    other = replace(tiny(), net=replace(tiny().net, hidden=128))

    with pytest.raises(TrainingError, match="of another tiny than this version makes"):
        carry.unpack(other, tmp_path / "home", tmp_path / "next")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(TrainingError, match="cut short or damaged"):
        carry.unpack(tiny(), tmp_path / "home", tmp_path / "next")


def test_nothing_to_carry_is_told(tmp_path):
    """Either way."""
    with pytest.raises(TrainingError, match="nothing to carry"):
        carry.pack(tiny(), tmp_path / "run", tmp_path / "home")
    with pytest.raises(TrainingError, match="No shard of tiny"):
        carry.unpack(tiny(), tmp_path, tmp_path / "next")
