"""What the network promises whatever its weights: where it starts, what given rows feel, how far words reach."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from vitascope.models.layers import frequencies, level_features, rotate  # noqa: E402  after the guard
from vitascope.models.packed import Packed  # noqa: E402  after the guard
from vitascope.models.transformer import Transformer  # noqa: E402  after the guard
from vitascope.training import presets  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def tiny():
    """A preset with two narrow blocks."""
    preset = presets.xs()
    net = replace(
        preset.net, width=64, depth=3, modulations=3, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1
    )
    return replace(preset, net=net, codec=replace(preset.codec, channels=32))


def lively(preset, seed=0):
    """The network with no array left at zero."""
    torch.manual_seed(seed)
    net = Transformer(preset)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return net


def rows(batch=2, num=32, level=0.7):
    """Random rows, the first half given."""
    rng = torch.Generator().manual_seed(1)
    group = (torch.arange(num) >= num // 2).long().expand(batch, -1)
    levels = torch.tensor([[0.0, level]]).expand(batch, -1)
    return Packed(
        z_BND=torch.randn(batch, num, 32, generator=rng),
        level_BK=levels,
        target_BK=levels,
        group_BN=group,
        place_BN3=torch.rand(batch, num, 3, generator=rng),
        tag_BN=torch.zeros(batch, num, dtype=torch.long),
    )


def words(batch=2, first=3):
    """Two words in each prompt."""
    table = torch.zeros(4, batch, 16, dtype=torch.long)
    table[0, :, 0], table[0, :, 1] = first, 4
    return table


def test_a_norm_behind_it_keeps_a_branch_from_outgrowing_the_stream():
    """Branches whose last matrix is a thousand times too large add no more than before."""
    net = lively(tiny())
    before = net(rows(), words(), torch.ones(2, 16)).detach()

    with torch.no_grad():
        for block in net.blocks:
            block.attention.out.weight.mul_(1000)
            block.feed.down.weight.mul_(1000)
    after = net(rows(), words(), torch.ones(2, 16)).detach()

    assert float((after - before).abs().max()) < 0.01 * float(before.abs().max())


def test_an_untrained_network_answers_the_mean():
    """adaLN-zero: before any step the answer is zero everywhere."""
    net = Transformer(tiny())

    answer = net(rows(), words(), torch.ones(2, 16)).detach()

    assert float(answer.abs().max()) == 0.0


def test_the_answer_follows_rows_not_their_order():
    """Rows carry their place with them: shuffled in, the answers come out shuffled the same way."""
    net, packed = lively(tiny()), rows()
    order = torch.randperm(32, generator=torch.Generator().manual_seed(2))
    shuffled = replace(
        packed,
        z_BND=packed.z_BND[:, order],
        group_BN=packed.group_BN[:, order],
        place_BN3=packed.place_BN3[:, order],
    )

    straight = net(packed, words(), torch.ones(2, 16))
    mixed = net(shuffled, words(), torch.ones(2, 16))

    torch.testing.assert_close(straight[:, order], mixed, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("part", ["z_BND", "place_BN3", "level_BK", "target_BK", "tag_BN"])
def test_everything_it_is_given_matters(part):
    """Changing rows, places, levels, aims or tags changes the answer."""
    net, packed = lively(tiny()), rows()
    other = replace(packed, **{part: getattr(packed, part) + 1})

    assert not torch.allclose(net(packed, words(), torch.ones(2, 16)), net(other, words(), torch.ones(2, 16)))


def test_words_and_their_time_matter():
    """Another word, or the same word in another half of the clip, gives another answer."""
    net, packed = lively(tiny()), rows()

    one = net(packed, words(), torch.ones(2, 16))

    assert not torch.allclose(one, net(packed, words(first=5), torch.ones(2, 16)))
    assert not torch.allclose(one, net(packed, words(), torch.zeros(2, 16)))


def test_rotation_knows_only_distances():
    """Rotary positions: the product of two rows depends on how far apart they are, not on where."""
    rng = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 1, 1, 1, 64, generator=rng)

    def product(shift):
        places = torch.tensor([[[0.5, 0.2, 0.3]], [[1.0, 0.6, 0.1]]]) + shift
        angles = places @ frequencies()
        turned = [rotate(x, a.cos()[None], a.sin()[None]) for x, a in zip((q, k), angles, strict=True)]
        return (turned[0] * turned[1]).sum()

    torch.testing.assert_close(product(0.0), product(0.37), rtol=1e-4, atol=1e-4)


def test_levels_are_told_apart():
    """The features of two noise levels a hundredth apart differ; those of the same level do not."""
    low, high = level_features(torch.tensor([0.50, 0.51]))

    assert float((low - high).abs().max()) > 0.1
