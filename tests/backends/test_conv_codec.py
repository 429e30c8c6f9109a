"""The learned codec on the default runtime: what torch computes, one latent at a time, for clips of any length."""

import numpy as np
import openvino as ov
import pytest
from small_codec import CODEC, codec_weights

from vitascope.backends.conv_codec import ConvCodec

WEIGHTS = codec_weights()
SIZE = (64, 96)
"""Width and height: 2 x 3 rows."""


class Compiler:
    """Compiles in float32 and remembers what it was asked for, as the runtime does."""

    def __init__(self):
        self.core, self.built = ov.Core(), {}

    def __call__(self, name, build):
        if name not in self.built:
            options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
            self.built[name] = self.core.compile_model(build(), "CPU", options).create_infer_request()
        return self.built[name]


def codec():
    """The small codec, freshly opened."""
    return ConvCodec(CODEC, WEIGHTS, Compiler())


def clip(frames=9, seed=0):
    """Random pixels, ``(T, H, W, 3)``."""
    return np.random.default_rng(seed).integers(0, 256, (frames, SIZE[1], SIZE[0], 3), np.uint8)


def rows(num_latents=3, seed=0):
    """Random rows."""
    return np.random.default_rng(seed).standard_normal((num_latents, 6, 16), np.float32)


def twin():
    """The same network in torch."""
    import torch

    from vitascope.models.codec import ConvNet

    net = ConvNet(CODEC)
    net.load_state_dict({name.removeprefix("codec."): torch.from_numpy(w) for name, w in WEIGHTS.items()}, strict=True)
    return net.eval().requires_grad_(requires_grad=False)


@pytest.mark.torch
def test_latents_are_those_of_torch():
    """Of three latents encoded one after the other, against the whole clip at once."""
    import torch

    from vitascope.training.footage import as_signal

    z = twin().encode(as_signal(torch.from_numpy(clip())[None]))[0]

    expected = z.flatten(2).transpose(1, 2).numpy()
    assert expected.std() > 0.1
    np.testing.assert_allclose(expected, codec().encode(clip()), atol=2e-3)


@pytest.mark.torch
def test_frames_are_those_of_torch():
    """Within a grey level."""
    import torch

    from vitascope.training.footage import as_pixels

    z = torch.from_numpy(rows()).transpose(1, 2).reshape(1, 3, 16, 3, 2)

    expected = as_pixels(twin().decode(z))[0].astype(int)
    assert expected.std() > 10
    assert np.abs(expected - np.stack(list(codec().decode(rows(), SIZE)))).max() <= 1


@pytest.mark.parametrize(("frames", "num_latents"), [(1, 1), (5, 2), (9, 3)])
def test_a_clip_of_1_and_4k_frames_has_k_and_1_latents(frames, num_latents):
    """And decodes to as many frames as it had."""
    small = codec()

    made = small.encode(clip(frames))

    assert (num_latents, 6, 16) == made.shape
    assert np.abs(made).max() <= 3
    assert (frames, SIZE[1], SIZE[0], 3) == np.stack(list(small.decode(made, SIZE))).shape


def test_a_picture_is_the_first_latent_of_any_clip_that_begins_with_it():
    """What comes later cannot be seen in an earlier latent, so given pictures are exact."""
    small = codec()
    whole, other = clip(9), clip(9, seed=1)
    other[:5] = whole[:5]

    np.testing.assert_array_equal(small.encode(whole[:1])[0], small.encode(whole)[0])
    np.testing.assert_array_equal(small.encode(other)[:2], small.encode(whole)[:2])
    assert np.any(small.encode(other)[2] != small.encode(whole)[2])


def test_frames_come_as_soon_as_their_latent_is_due():
    """The decoder asks for the next latent only when its frames are; later ones do not change those that left."""
    asked = []

    def latents():
        for number, latent in enumerate(rows()):
            asked.append(number)
            yield latent

    frames = codec().decode(latents(), SIZE)
    first = next(frames)

    assert [0] == asked
    assert 8 == len(list(frames))
    np.testing.assert_array_equal(first, next(codec().decode(rows()[:1], SIZE)))


def test_the_frame_before_is_remembered():
    """The second latent decodes to other frames after another first one."""
    changed = rows()
    changed[0] += 1

    one, other = (np.stack(list(codec().decode(of, SIZE))) for of in (rows(), changed))

    assert np.any(one[1:5] != other[1:5])


def test_one_graph_serves_every_length():
    """Of one size: a longer clip compiles nothing."""
    compiler = Compiler()
    small = ConvCodec(CODEC, WEIGHTS, compiler)

    for frames in (1, 5, 9):
        list(small.decode(small.encode(clip(frames)), SIZE))

    assert 2 == len(compiler.built)


def test_a_size_between_strides_is_refused():
    """Both numbers are named."""
    with pytest.raises(ValueError, match="100x64 pixels are not multiples of the stride 32"):
        next(codec().decode(rows(), (100, 64)))


def test_the_fixed_codec_does_not_take_its_preset():
    """A learned codec without its weights is no codec."""
    from vitascope.backends.codec import LappedCodec

    with pytest.raises(TypeError, match="a conv codec has weights"):
        LappedCodec(CODEC)
