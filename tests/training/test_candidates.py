"""Who can be examined: shipped weights, or a training run as it last saved itself."""

import pytest

from tests.fakes import PRESET
from tests.nets import random_weights
from vitascope.errors import TrainingError

pytestmark = pytest.mark.torch


def _state(folder, seed):
    import torch

    from vitascope.models import checkpoint

    average = {name: torch.from_numpy(array) for name, array in random_weights(PRESET, seed).items()}
    path = folder / f"{seed}" / "state.safetensors"
    checkpoint.save(path, checkpoint.prefixed("average", average), {"steps": 1})
    return path


def test_a_run_is_examined_by_its_average(tmp_path):
    """The backend carries the preset; the hash is that of the weights: the same for the same, another for others."""
    from vitascope.training.candidates import running

    first, again, other = (running(_state(tmp_path, seed), PRESET, 1) for seed in (0, 0, 1))

    assert PRESET == first.backend.preset
    assert 64 == len(first.sha256)
    assert first.sha256 == again.sha256
    assert first.sha256 != other.sha256


def test_a_run_on_latents_is_examined_with_its_codec(tmp_path):
    """It lies beside the state; without it the run is refused."""
    from dataclasses import replace

    import torch

    from tests.small_codec import CODEC, codec_weights
    from vitascope.backends.conv_codec import ConvCodec
    from vitascope.models import checkpoint
    from vitascope.training import states
    from vitascope.training.candidates import running

    preset = replace(PRESET, codec=CODEC)
    net = {name: torch.from_numpy(array) for name, array in random_weights(preset).items()}
    codec = {name.removeprefix("codec."): torch.from_numpy(array) for name, array in codec_weights().items()}
    checkpoint.save(tmp_path / "state.safetensors", checkpoint.prefixed("average", net), {"steps": 1})
    with pytest.raises(TrainingError, match=r"codec.safetensors"):
        running(tmp_path / "state.safetensors", preset, 1)
    facts = states.facts_of(preset, steps=1)
    checkpoint.save(tmp_path / "codec.safetensors", checkpoint.prefixed("average", codec), facts)

    assert isinstance(running(tmp_path / "state.safetensors", preset, 1).backend.codec, ConvCodec)


def test_a_run_that_saved_nothing_is_named(tmp_path):
    """The error names the file that is not there."""
    from vitascope.training.candidates import running

    with pytest.raises(TrainingError, match=r"nowhere.state.safetensors"):
        running(tmp_path / "nowhere" / "state.safetensors", PRESET, 1)
