"""Shards, looks and carried weights are written whole or not at all, on a disk that takes no more, too."""

import resource
import signal
from contextlib import contextmanager

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from vitascope.errors import TrainingError
from vitascope.training import carry, states
from vitascope.training.cache import PARTS, store, store_looks
from vitascope.training.presets import xs

pytestmark = pytest.mark.torch


@contextmanager
def room_for(size):
    """The system refuses every file that is larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)


def shard(value):
    """Parts of a shard, large enough to be refused."""
    return {name: np.full(100_000, value, np.float32) for name in PARTS}


def test_a_shard_that_finds_no_room_leaves_those_before_it(tmp_path):
    """The sentence names it and says what to do; nothing half-written is left to be read as a shard."""
    store(tmp_path, 0, shard(1))

    with room_for(4096), pytest.raises(TrainingError, match=r"Shard 1 of .* cannot be written.*Make room"):
        store(tmp_path, 1, shard(2))
    with room_for(4096), pytest.raises(TrainingError, match=r"Shard 0 of"):
        store(tmp_path, 0, shard(3))

    assert {f"{name}-0000.npy" for name in PARTS} == {file.name for file in tmp_path.iterdir()}
    assert {1.0} == {np.load(file)[0] for file in tmp_path.iterdir()}


def test_looks_that_find_no_room_leave_those_that_were_there(tmp_path):
    """To the last byte."""
    store_looks(tmp_path, np.zeros((2, 4, 8), np.float16))
    before = (tmp_path / "looks.safetensors").read_bytes()

    with room_for(4096), pytest.raises(TrainingError, match=r"looks.safetensors cannot be written.*Make room"):
        store_looks(tmp_path, np.ones((50, 40, 80), np.float16))

    assert [tmp_path / "looks.safetensors"] == list(tmp_path.iterdir())
    assert before == (tmp_path / "looks.safetensors").read_bytes()


def test_a_run_that_finds_no_room_to_be_carried_is_as_it_was(tmp_path):
    """All shards or none."""
    run, to = tmp_path / "run", tmp_path / "to"
    tensors = {"net.a": torch.zeros(100_000), "average.a": torch.zeros(100_000)}
    states.write(run / "state.safetensors", tensors, states.facts_of(xs(), steps=7))
    before = (run / "state.safetensors").read_bytes()

    with room_for(4096), pytest.raises(TrainingError, match=r"cannot be carried to .* as it was"):
        carry.pack(xs(), run, to)

    assert [] == list(to.iterdir())
    assert before == (run / "state.safetensors").read_bytes()
    assert 1 == len(carry.pack(xs(), run, to))
