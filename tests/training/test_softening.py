"""Softened renders: as wrong as a young model's clips, and still the same picture."""

import numpy as np
import pytest

from tests.cartoons import cartoon

pytestmark = pytest.mark.torch


@pytest.fixture
def clip():
    """A cartoon as the checker takes it, ``(17, 3, 64, 64)``."""
    import torch

    from vitascope.training.checker import as_input

    return as_input(torch.from_numpy(np.stack(cartoon(17, 64, 64))))


def test_a_blur_keeps_the_light_and_loses_the_detail(clip):
    """The mean of the picture stays within a thousandth; its spread within a neighbourhood shrinks."""
    from vitascope.training.softening import blur

    soft = blur(clip, 16)

    assert clip.shape == soft.shape
    assert abs(clip.mean() - soft.mean()) < 0.005
    assert soft.diff(dim=-1).abs().mean() < 0.8 * clip.diff(dim=-1).abs().mean()


def test_softening_leaves_a_clip_recognisable(clip):
    """Shape and range stay, and every softened clip is nearer to its own than to the same upside down."""
    from vitascope.training.softening import soften

    for seed in range(8):
        soft = soften(clip, np.random.default_rng(seed))

        assert clip.shape == soft.shape
        assert 0 <= soft.min()
        assert soft.max() <= 1
        assert (soft - clip).abs().mean() < 0.5 * (soft - clip.flip(2)).abs().mean()


def test_each_clip_stands_in_its_own_light(clip):
    """A stain is even over a clip and differs between clips."""
    import torch

    from vitascope.training.softening import stain

    grey = torch.full((2, *clip.shape), 0.5)

    stained = stain(grey, np.random.default_rng(0))

    assert 3 == len({round(value, 5) for value in stained[0].flatten().tolist()})
    assert not torch.equal(stained[0], stained[1])


def test_the_codec_fades_what_is_fine():
    """Through the codec a clip stays itself within 18 dB at least, and never comes out untouched."""
    from vitascope.backends.codec import LappedCodec
    from vitascope.training.presets import xs
    from vitascope.training.softening import through_codec

    clip = np.stack(cartoon(17, 128, 128))

    shown = through_codec(clip, LappedCodec(xs().codec), np.random.default_rng(1))

    error = np.square(clip.astype(float) - shown).mean()
    assert clip.shape == shown.shape
    assert 0.5 < error < 255**2 / 10**1.8
