"""The lapped codec turns clips into rows and back, orthogonally and without seams."""

from dataclasses import replace

import numpy as np
import pytest

from vitascope.backends.codec import LappedCodec, cosine, lapped, spectrum
from vitascope.types import LappedPreset

PRESET = LappedPreset(
    kind="lapped",
    stride=32,
    frames=4,
    channels=1024,
    radius_luma=1.0,
    radius_chroma=0.5,
    radius_time=4.0,
    tilt=0.5,
    gain=0.4,
)
WHOLE = replace(PRESET, stride=8, channels=8 * 8 * 4 * 3)
"""Keeps every frequency."""


def painted(frames, size=(128, 96)):
    """A soft disc that moves over a slope of colour, ``(T, H, W, 3)``."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    slope = np.stack((x / width, y / height, 1 - x / width), axis=-1) * 160 + 40
    clip = []
    for number in range(frames):
        far = np.hypot(x - 30 - 2 * number, y - height / 2)
        cover = 1 / (1 + np.exp((far - 18) / 3))[..., None]
        clip.append(slope * (1 - cover) + np.array([230.0, 120.0, 30.0]) * cover)
    return np.rint(clip).astype(np.uint8)


def psnr(expected, actual):
    """Peak signal-to-noise ratio in decibels."""
    return 10 * np.log10(255**2 / np.mean((expected.astype(float) - actual) ** 2))


def there_and_back(preset, clip):
    """Encoded and decoded again."""
    codec = LappedCodec(preset)
    return np.stack(list(codec.decode(codec.encode(clip), (clip.shape[2], clip.shape[1]))))


@pytest.mark.parametrize(("length", "stride"), [(32, 32), (64, 32), (128, 32), (48, 16)])
def test_the_lapped_transform_is_orthogonal(length, stride):
    """Its transpose is its inverse: noise in rows is noise in pixels."""
    transform = lapped(length, stride)

    np.testing.assert_allclose(np.eye(length), transform @ transform.T, atol=2e-6)


@pytest.mark.parametrize("n", [1, 4, 32])
def test_the_cosine_transform_is_orthogonal(n):
    """Its transpose is its inverse."""
    np.testing.assert_allclose(np.eye(n), cosine(n) @ cosine(n).T, atol=2e-6)


def test_basis_functions_reach_into_the_neighbouring_block():
    """A block's coefficient depends on pixels beyond the block, and not on the far end of the line."""
    first_of_second_block = lapped(96, 32)[32]

    assert np.abs(first_of_second_block[16:32]).max() > 0.01
    assert np.abs(first_of_second_block[80:]).max() == 0


def test_a_length_between_strides_is_refused():
    """Both numbers are named."""
    with pytest.raises(ValueError, match="100 pixels are not a multiple of the stride 32"):
        lapped(100, 32)


def test_a_plain_colour_stays_plain():
    """One number per row carries it; every pixel comes back."""
    clip = np.broadcast_to(np.array([200, 17, 90], np.uint8), (5, 64, 96, 3))

    np.testing.assert_array_equal(clip, there_and_back(PRESET, clip))


@pytest.mark.parametrize(("frames", "num_latents"), [(1, 1), (5, 2), (17, 5)])
def test_a_clip_of_1_and_4k_frames_has_k_and_1_latents(frames, num_latents):
    """And decodes to as many frames as it had."""
    clip = painted(frames)

    rows = LappedCodec(PRESET).encode(clip)

    assert rows.shape == (num_latents, 4 * 3, 1024)
    assert rows.dtype == np.float32
    assert there_and_back(PRESET, clip).shape == clip.shape


def test_nothing_is_lost_where_every_frequency_is_kept():
    """Noise of 8 bits comes back exactly."""
    clip = np.random.default_rng(0).integers(0, 256, (9, 32, 48, 3), np.uint8)

    np.testing.assert_array_equal(clip, there_and_back(WHOLE, clip))


def test_squared_error_in_rows_is_squared_error_in_pixels():
    """Up to the weights, and in units of half the range of a pixel."""
    codec = LappedCodec(replace(WHOLE, tilt=0.0, gain=1.0))
    one, other = np.random.default_rng(1).integers(0, 256, (2, 5, 32, 32, 3)).astype(np.uint8)

    apart = codec.encode(one)[1:] - codec.encode(other)[1:]

    in_pixels = np.sum((one[1:].astype(float) - other[1:]) ** 2) / 127.5**2
    np.testing.assert_allclose(in_pixels, np.sum(apart.astype(float) ** 2), rtol=1e-4)


def test_a_painted_clip_survives():
    """A twelfth of the numbers keep a soft moving drawing above 42 dB, and its still first frame too."""
    clip = painted(17)

    back = there_and_back(PRESET, clip)

    assert psnr(clip, back) > 42
    assert psnr(clip[0], back[0]) > 42


def test_frames_come_as_soon_as_their_latent_is_unpacked():
    """The decoder asks for the next latent only when its frames are due."""
    rows = LappedCodec(PRESET).encode(painted(9))
    asked = []

    def latents():
        for number, latent in enumerate(rows):
            asked.append(number)
            yield latent

    frames = LappedCodec(PRESET).decode(latents(), (128, 96))
    next(frames)

    assert asked == [0]
    assert len(list(frames)) == 8


def test_the_kept_frequencies_are_the_lowest():
    """The mean of the block first; brightness reaches farther than colour; weights grow with frequency."""
    kept, weight = spectrum(PRESET)
    colour = np.unravel_index(kept, (4, 3, 32, 32))[1]

    assert kept[0] == 0
    assert len(kept) == len(set(kept.tolist())) == 1024
    assert np.sum(colour == 0) > np.sum(colour == 1) == np.sum(colour == 2) > 0
    assert weight.min() == weight[0] == np.float32(0.4)
