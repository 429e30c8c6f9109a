"""Several processes give the gradient that one gives."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vitascope.settings import settings  # noqa: E402  after the guard
from vitascope.training import data, presets  # noqa: E402  after the guard
from vitascope.training.objective import Diet, Objective  # noqa: E402  after the guard
from vitascope.training.team import Team  # noqa: E402  after the guard

pytestmark = pytest.mark.torch

DIET = Diet(frames=5, size=8, share=1.0)


@pytest.fixture
def preset(tmp_path, monkeypatch):
    """A net of two small blocks, and one shard of random clips in a home of its own."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    settings.cache_clear()
    whole = presets.xs()
    net = replace(whole.net, width=64, depth=2, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    tiny = replace(whole, name="tiny", net=net, codec=replace(whole.codec, channels=32), frames=(1, 5))
    folder = data.folder(tiny, 5)
    folder.mkdir(parents=True)
    random = np.random.default_rng(3)
    np.save(folder / "words-0000.npy", random.integers(1, 20, (16, 4, 16), np.int8) % 3)
    np.save(folder / "look-0000.npy", np.full(16, -1, np.int16))
    np.save(folder / "covered-0000.npy", random.integers(0, 256, (16, 2, 16), np.uint8))
    np.save(folder / "rows-0000.npy", random.normal(size=(16, 2, 16, 32)).astype(np.float16))
    yield tiny
    settings.cache_clear()


def gradient(preset, mates):
    """The gradient of one step by a team of ``mates + 1``, and its loss."""
    torch.manual_seed(0)
    objective = Objective(preset, torch.zeros(1, 16, 32), 0.8)
    torch.set_num_threads(2)
    team = Team(objective, (DIET,), portions=4, mates=mates, fuse=False)
    assert torch.get_num_threads() == (1 if mates else 2)  # a process that has mates keeps to its own core
    gave = team.step(DIET, 7)
    grads = {name: p.grad.clone() for name, p in objective.model.named_parameters()}
    team.close()
    return gave.loss, grads


def test_a_mate_changes_nothing_but_the_time(preset):
    """Who works on which portion does not matter: loss and gradient of two processes are those of one."""
    alone, mine = gradient(preset, 0)
    together, ours = gradient(preset, 1)

    assert together == pytest.approx(alone)
    assert mine.keys() == ours.keys()
    for name, grad in mine.items():
        torch.testing.assert_close(ours[name], grad, rtol=1e-3, atol=1e-5)
    assert sum(float(grad.abs().sum()) for grad in mine.values()) > 0
