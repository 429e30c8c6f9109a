"""The flow map's target is right where the answer is known, leaves given rows alone, and is learned."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

torch = pytest.importorskip("torch")

from vitascope.backends import flow  # noqa: E402  after the guard
from vitascope.training import presets  # noqa: E402  after the guard
from vitascope.training.data import Batch  # noqa: E402  after the guard
from vitascope.training.flowmap import MapObjective, map_target  # noqa: E402  after the guard
from vitascope.training.optimiser import Optimiser  # noqa: E402  after the guard

pytestmark = pytest.mark.torch

SPREAD = 0.6
"""Of the clips on a line, where the flow is known in closed form."""


def bend(level):
    """Deviation of the mixture at a level: paths of the flow keep their place in it."""
    return ((1 - level) ** 2 * SPREAD**2 + level**2) ** 0.5


def mean_velocity(z, level, target):
    """From a level to a target along the true path; the velocity itself where both are the same."""
    there = z * bend(target) / bend(level)
    here = z * ((level - (1 - level) * SPREAD**2) / bend(level) ** 2)
    apart = level - target
    return torch.where(apart > 1e-6, (z - there) / apart.clamp_min(1e-6), here)


@pytest.mark.parametrize(("level", "target"), [(1.0, 0.0), (1.0, 0.5), (0.8, 0.0), (0.5, 0.3), (0.4, 0.4)])
def test_the_true_map_is_its_own_target(level, target):
    """With the mean velocity of a known flow put in, the target is that mean velocity: nothing is left to learn."""
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    t, r = torch.full_like(z, level), torch.full_like(z, target)

    wanted = map_target(mean_velocity, z, mean_velocity(z, t, t), t, r, lambda levels: levels)

    torch.testing.assert_close(mean_velocity(z, t, r), wanted, rtol=4e-2, atol=1e-2)


def test_rows_that_are_given_stay():
    """Where level and target are 0 both passes see the rows as they are, at level 0."""
    met = []

    def velocity(z, level, target):
        met.append((z.clone(), level.clone()))
        return z * 0

    z, level = torch.ones(2, 1), torch.tensor([[0.0], [0.5]])
    map_target(velocity, z, torch.full((2, 1), 7.0), level, level * 0, lambda levels: levels)

    for state, levels in met:
        assert float(state[0]) == 1
        assert float(levels[0]) == 0
        assert float(state[1]) != 1


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
    z = noisy.state()

    assert torch.equal(noisy.noise_BND - noisy.clip_BND, plain._guided(noisy, z))
    moved = guided._guided(noisy, z) - (noisy.noise_BND - noisy.clip_BND)
    silent = replace(noisy, words_4BW=torch.zeros_like(noisy.words_4BW))
    assert float(moved.abs().max()) > 1e-3
    assert not torch.allclose(moved, guided._guided(silent, z) - (noisy.noise_BND - noisy.clip_BND))


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


def taught(steps, generator, *, as_map):
    """A network taught two points on a line, -1 and 1, as a flow or as a map."""
    net = Line()
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for number in range(steps):
        clip = torch.randint(0, 2, (256, 1), generator=generator) * 2.0 - 1
        noise = torch.randn(clip.shape, generator=generator)
        level = torch.rand(clip.shape, generator=generator).clamp_min(0.02)
        share = torch.rand(clip.shape, generator=generator) * (torch.rand(clip.shape, generator=generator) > 0.25)
        target = torch.where(torch.rand(clip.shape, generator=generator) < 0.5, level, level * share)
        target = target if as_map else level
        z, v = flow.mix(clip, noise, level), noise - clip
        wanted = map_target(net.velocity, z, v, level, target, lambda levels: levels) if as_map else v
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
def test_one_step_of_a_map_lands_where_a_flow_needs_many():
    """Two points on a line: one step of the flow ends between them, one step of the map at one of them."""
    generator = torch.Generator().manual_seed(4)
    as_flow, as_map = (taught(1500, generator, as_map=kind) for kind in (False, True))

    assert missed(as_flow, 1, as_map=False) > 0.6
    assert missed(as_map, 1, as_map=True) < 0.3
    assert missed(as_map, 4, as_map=True) < 0.2
    assert not math.isnan(missed(as_map, 8, as_map=True))
