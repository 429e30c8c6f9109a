"""The flow map's target is right where the answer is known, leaves given rows alone, and is learned."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

torch = pytest.importorskip("torch")

from vitascope.backends import flow  # noqa: E402  after the guard
from vitascope.training import presets  # noqa: E402  after the guard
from vitascope.training.data import Batch  # noqa: E402  after the guard
from vitascope.training.flowmap import PATH, MapObjective, mean_velocity  # noqa: E402  after the guard
from vitascope.training.optimiser import Optimiser  # noqa: E402  after the guard

pytestmark = pytest.mark.torch

SPREAD = 0.6
"""Of the clips on a line, where the flow is known in closed form."""


def bend(level):
    """Deviation of the mixture at a level: paths of the flow keep their place in it."""
    return ((1 - level) ** 2 * SPREAD**2 + level**2) ** 0.5


def true_velocity(z, level):
    """Of the flow whose clips lie on the line like that."""
    return z * ((level - (1 - level) * SPREAD**2) / bend(level) ** 2)


@pytest.mark.parametrize(("level", "target"), [(1.0, 0.0), (1.0, 0.5), (0.8, 0.0), (0.5, 0.3)])
def test_the_way_of_a_known_flow_is_followed(level, target):
    """Four Euler steps miss its mean velocity by less than a third of what a single one does."""
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    t, r = torch.full_like(z, level), torch.full_like(z, target)
    mean = (z - z * bend(target) / bend(level)) / (level - target)

    found = mean_velocity(true_velocity, z, t, r, lambda levels: levels, 1.0)

    assert float((found - mean).abs().max()) < float((true_velocity(z, t) - mean).abs().max()) / 3


def test_rows_that_are_given_stay():
    """Where level and target are 0 every pass sees the rows as they are, at level 0, and nothing is asked of them."""
    met = []

    def velocity(z, level):
        met.append((z.clone(), level.clone()))
        return torch.full_like(z, 7.0)

    z, level = torch.ones(2, 1), torch.tensor([[0.0], [0.5]])
    wanted = mean_velocity(velocity, z, level, level * 0, lambda levels: levels, 6.0)

    assert [1.0] * PATH == [float(state[0]) for state, _ in met]
    assert [0.0] * PATH == [float(levels[0]) for _, levels in met]
    assert sorted((float(levels[1]) for _, levels in met), reverse=True) == [float(levels[1]) for _, levels in met]
    torch.testing.assert_close(torch.tensor([[0.0], [7.0]]), wanted)


def tiny():
    """A net that trains in a moment."""
    preset = presets.xs()
    net = replace(preset.net, width=64, depth=3, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    return replace(preset, name="tiny", net=net, codec=replace(preset.codec, channels=8), frames=(1, 5))


def objective(guidance=2.0):
    """A small network whose first answer is not zero."""
    made = MapObjective(tiny(), torch.zeros(1, 16, 8), 0.8, guidance=guidance)
    rng = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in made.model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=rng), alpha=0.05)
    made.teacher.load_state_dict(made.model.state_dict())
    return made


def batch(size=16):
    """Clips of two latents that are one number each."""
    words = torch.randint(1, 20, (4, size, 16), generator=torch.Generator().manual_seed(1)).clamp(max=2)
    clip, covered = torch.full((size, 32, 8), 0.5), torch.linspace(0, 1, 32).expand(size, -1)
    return Batch(clip_BND=clip, covered_BN=covered, words_4BW=words, look_BND=None)


def test_the_map_is_learned_and_words_are_not():
    """Thirty steps take a good part of the loss away; the text encoder and the network that guides do not move."""
    made = objective()
    before = {name: tensor.clone() for name, tensor in made.model.text.state_dict().items()}
    guide = {name: tensor.clone() for name, tensor in made.teacher.state_dict().items()}
    optimiser, generator, losses = Optimiser(made.model, 3e-3), torch.Generator().manual_seed(2), []

    for _ in range(30):
        loss = made.loss(batch(), 5, generator)
        loss.backward()
        optimiser.step(1.0)
        losses.append(loss.item())

    assert sum(losses[-5:]) < 0.6 * sum(losses[:5])
    assert all(torch.equal(before[name], tensor) for name, tensor in made.model.text.state_dict().items())
    assert all(torch.equal(guide[name], tensor) for name, tensor in made.teacher.state_dict().items())


def test_guidance_moves_the_velocity_away_from_what_any_prompt_gives():
    """Without it the velocity is noise minus clip; with it, what the first network says of the words is added."""
    plain, guided = objective(1.0), objective(3.0)
    noisy = guided.noisy(batch(), 5, torch.Generator().manual_seed(3))
    z, v, level = noisy.state(), noisy.noise_BND - noisy.clip_BND, noisy.levels.level_BG

    assert torch.equal(v, plain._guided(noisy, z, v, level))
    moved = guided._guided(noisy, z, v, level) - v
    silent = replace(noisy, words_4BW=torch.zeros_like(noisy.words_4BW))
    assert float(moved.abs().max()) > 1e-3
    assert not torch.allclose(moved, guided._guided(silent, z, v, level) - v)


def test_a_long_step_is_taught_where_the_frozen_network_ends():
    """A map that is right there has no error: the same network, told to aim where the frozen one stands."""
    made, generator = objective(), torch.Generator().manual_seed(5)
    noisy = made.noisy(batch(), 5, generator)
    asked = []
    made._missed = lambda noisy, aim, wanted: asked.append((aim, wanted)) or wanted.sum()

    made._far(noisy, generator)

    ((aim, wanted),) = asked
    level, z = noisy.levels.level_BG, noisy.state()
    end = z - replace(noisy.levels, level_BG=level - aim).of_rows() * wanted
    assert (aim[level > 0] < level[level > 0]).all()
    assert float((aim == 0).all(1).float().mean()) > 0.2
    assert float((end - z).abs().mean()) > 0.05
    again = mean_velocity(
        lambda z, at: made._guided(
            noisy, z, flow.velocity(z, seen := made.seen(made.teacher, noisy, z, at, at),
                                    replace(noisy.levels, level_BG=at).of_rows().clamp_min(flow.LEAST_LEVEL)), at, seen
        ), z, level, aim, lambda at: replace(noisy.levels, level_BG=at).of_rows(), made.preset.sampler.shift,
    )  # fmt: skip
    torch.testing.assert_close(wanted, again)


class Line(torch.nn.Module):
    """A small network on a line: state, level and target to the clip it sees."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(3, 96), torch.nn.SiLU(), torch.nn.Linear(96, 96), torch.nn.SiLU(), torch.nn.Linear(96, 1)
        )

    def velocity(self, z, level, target):
        """As the sampler computes it."""
        seen = self.layers(torch.cat((z, level, target), dim=1))
        return flow.velocity(z, seen, level.clamp_min(flow.LEAST_LEVEL))


def taught(steps, generator, teacher=None):
    """A network taught two points on a line, -1 and 1, as a flow; or as a map, along the way of a flow."""
    net = Line()
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for number in range(steps):
        clip = torch.randint(0, 2, (256, 1), generator=generator) * 2.0 - 1
        noise = torch.randn(clip.shape, generator=generator)
        level = torch.rand(clip.shape, generator=generator).clamp_min(0.02)
        share = torch.rand(clip.shape, generator=generator) * (torch.rand(clip.shape, generator=generator) > 0.5)
        z, target, wanted = flow.mix(clip, noise, level), level, noise - clip
        if teacher is not None:
            target = level * share
            wanted = mean_velocity(lambda z, t: teacher.velocity(z, t, t), z, level, target, lambda levels: levels, 1.0)
        loss = ((net.velocity(z, level, target) - wanted) * level.clamp(max=1)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * (1 - number / steps)
        optimiser.step()
    return net


def missed(net, steps, *, as_map):
    """How far from the nearer point clips end, on average."""
    z = torch.randn(512, 1, generator=torch.Generator().manual_seed(9))
    ladder = flow.levels(steps, 1.0)
    for level, target in pairwise(ladder):
        t, r = torch.full_like(z, level), torch.full_like(z, target)
        with torch.no_grad():
            z = flow.step(z, net.velocity(z, t, r if as_map else t), t, r)
    return float((z.abs() - 1).abs().mean())


@pytest.mark.slow
def test_one_step_of_a_map_lands_where_several_of_a_flow_do():
    """Two points on a line: one step of the flow ends between, one of the map where four of the flow do."""
    generator = torch.Generator().manual_seed(4)
    as_flow = taught(1500, generator)
    as_map = taught(1500, generator, as_flow)

    assert missed(as_flow, 1, as_map=False) > 0.6
    assert missed(as_map, 1, as_map=True) < missed(as_flow, PATH, as_map=False) + 0.05
    assert missed(as_map, 4, as_map=True) < missed(as_map, 1, as_map=True)
    assert not math.isnan(missed(as_map, 8, as_map=True))
