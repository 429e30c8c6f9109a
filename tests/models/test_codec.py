"""What the learned codec promises whatever its weights: latents in order, memory, and where training starts."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from tests.small_codec import CODEC  # noqa: E402  after the guard
from vitascope.models.codec import ConvNet, apart, together  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def lively(seed=0):
    """The network with no array left at zero."""
    rng = torch.Generator().manual_seed(seed)
    net = ConvNet(CODEC).requires_grad_(requires_grad=False)
    for parameter in net.parameters():
        parameter.add_(torch.randn(parameter.shape, generator=rng), alpha=0.05)
    return net


def clip(frames=9, seed=0):
    """Blobs of colour, ``(1, T, 3, 64, 64)`` in -1..1."""
    coarse = torch.rand(1, frames, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.interpolate(coarse.flatten(0, 1), 64, mode="bicubic")[None] * 2 - 1


def test_in_pieces_as_in_one():
    """Encoded and decoded latent by latent, each told what the last one remembered, a clip is what it is at once."""
    net, filled = lively(), torch.cat((clip()[:, :1].expand(-1, 3, -1, -1, -1), clip()), dim=1)
    made, memory = [], None
    for start in range(0, 12, 4):
        z, memory = net.encoder(filled[:, start : start + 4], memory)
        made.append(z)
    shown, memory = [], None
    for z in made:
        frames, memory = net.decoder(z, memory)
        shown.append(frames)

    torch.testing.assert_close(net.encode(clip()), torch.cat(made, dim=1), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(net.decode(torch.cat(made, 1)), torch.cat(shown, 1)[:, 3:], rtol=1e-3, atol=1e-3)


def test_an_untrained_codec_shows_a_small_picture():
    """It starts as means of 8 x 8 pixels on the way down and copies on the way up: such squares come back if still."""
    net = ConvNet(replace(CODEC, channels=64)).requires_grad_(requires_grad=False)
    squares = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1)) - 0.5
    still = torch.nn.functional.interpolate(squares, 64)[:, None].expand(1, 5, 3, 64, 64)

    missed = (net.decode(net.encode(still)) - still).square().mean()

    assert float(missed) < 0.05 * float(still.var())


def test_latents_end_softly_at_three():
    """However large the network's answer."""
    net = lively()
    net.encoder.leave.weight *= 1000

    assert float(net.encode(clip()).abs().max()) <= 3


def test_frames_and_channels_change_places():
    """Together and apart undo each other, frame by frame."""
    x = torch.arange(2 * 4 * 3 * 1 * 1.0).reshape(2, 4, 3, 1, 1)

    assert (2, 2, 6, 1, 1) == together(x, 2).shape
    assert torch.equal(x, apart(together(x, 2), 2))
    assert torch.equal(x[:, :2].flatten(), together(x, 2)[:, 0].flatten())
