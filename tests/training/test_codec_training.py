"""The learned codec from the first step to clips on screen, at the smallest size, on the fixture's drawings."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.corpus.sprites import real  # noqa: E402  after the guard
from tests.small_codec import CODEC  # noqa: E402  after the guard
from vitascope.backends.choose import open_backend  # noqa: E402  after the guard
from vitascope.backends.weights import load  # noqa: E402  after the guard
from vitascope.corpus.reels import Reel  # noqa: E402  after the guard
from vitascope.errors import TrainingError  # noqa: E402  after the guard
from vitascope.text.words import no_words  # noqa: E402  after the guard
from vitascope.training import codec_run, latents, presets  # noqa: E402  after the guard
from vitascope.training.codec_loop import CodecTrainer  # noqa: E402  after the guard
from vitascope.training.data import Shards, folder  # noqa: E402  after the guard
from vitascope.training.export import export  # noqa: E402  after the guard
from vitascope.training.footage import Studio, as_pixels, as_signal  # noqa: E402  after the guard
from vitascope.training.loop import Recipe, Trainer  # noqa: E402  after the guard
from vitascope.training.objective import Diet  # noqa: E402  after the guard
from vitascope.types import Plan, View  # noqa: E402  after the guard

pytestmark = pytest.mark.torch

REEL = Reel(seed=1, frames=5, fps=8, size=(64, 64))


def tiny():
    """The conv preset with every part at its smallest, and one further view."""
    preset = presets.conv_small()
    net = replace(preset.net, width=64, depth=3, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    view = View(size=(96, 64), fps=16, frames=(5,))
    return replace(preset, name="tiny", net=net, codec=CODEC, size=(64, 64), frames=(1, 5), views=(view,))


@pytest.fixture(scope="module")
def drawn():
    """A studio without helpers, and one batch of three clips."""
    with Studio(real(), torch.device("cpu"), 0) as studio:
        yield studio, next(studio.batches(REEL, 3))


def test_a_batch_is_decided_by_its_number(drawn):
    """The same number gives the same clips, another one others; subjects cover a part of each."""
    studio, batch = drawn

    again, other = next(studio.batches(REEL, 3)), next(studio.batches(REEL, 3, first=1))

    assert (3, 5, 64, 64, 3) == tuple(batch.pixels.shape)
    assert torch.equal(batch.pixels, again.pixels)
    assert not torch.equal(batch.pixels, other.pixels)
    assert 0 < float((batch.covered > 127).float().mean()) < 0.6


def test_other_shapes_are_cut_from_the_square(drawn):
    """Nothing in them is larger: wide ones lose what is uppermost and show more at the sides, tall ones around."""
    studio, _ = drawn
    square = replace(REEL, size=(256, 256))
    compositions = list(next(studio.batches(square, 1)).compositions)

    whole, wide, tall = (
        studio.draw(compositions, replace(REEL, size=size)).pixels.short()
        for size in ((256, 256), (320, 192), (192, 320))
    )

    inside = slice(2, -2)  # what lies outside of the square shines in at its edge
    assert float((whole[:, :, 64:, inside] - wide[:, :, :, 32:-32][..., inside, :]).abs().max()) <= 1
    assert float((whole[:, :, inside, 32:-32] - tall[:, :, 32:-32][:, :, inside]).abs().max()) <= 1


def test_pixels_survive_the_signal(drawn):
    """There and back is nothing lost."""
    _, batch = drawn

    np.testing.assert_array_equal(batch.pixels.numpy(), as_pixels(as_signal(batch.pixels)))


def test_the_loss_falls_and_a_run_goes_on(drawn, tmp_path):
    """A dozen steps on three clips; saved and resumed, the average is the same and steps are counted on."""
    _, batch = drawn
    trainer = CodecTrainer(tiny(), 2e-3)
    losses = [trainer.step(batch, 0.1) for _ in range(12)]
    trainer.save(tmp_path / "codec.safetensors")
    second = CodecTrainer(tiny(), 2e-3)
    second.resume(tmp_path / "codec.safetensors")

    assert losses[-2] < losses[0]
    assert losses[-1] < losses[1]
    assert (12, 12 * 3 * 2) == (second.steps, second.seen)
    for name, tensor in trainer.average.items():
        assert torch.equal(tensor, second.average[name]), name


def test_a_fixed_codec_has_nothing_to_learn():
    """The presets of the lapped codec are refused."""
    with pytest.raises(TrainingError, match="lapped: it has nothing to learn"):
        CodecTrainer(presets.xs(), 1e-3)


def test_decibels_are_those_of_the_pixels(drawn):
    """A codec that loses nothing is beyond 60 dB; one that shows grey is where arithmetic says, whole and inside."""
    _, batch = drawn

    class Grey:
        def encode(self, signal):
            return signal

        def decode(self, signal):
            return torch.zeros_like(signal)

    class Perfect(Grey):
        def decode(self, signal):
            return signal

    found = codec_run.measure(Grey(), iter([batch]), 3)
    clips = batch.pixels.numpy().astype(float)
    expected = np.mean([10 * np.log10(255**2 / np.mean((clip - 128) ** 2)) for clip in clips])

    assert found.whole == pytest.approx(expected, abs=0.05)
    assert found.subject != pytest.approx(found.whole, abs=0.01)
    assert codec_run.measure(Perfect(), iter([batch]), 3).whole > 60


def test_from_a_codec_to_a_clip_on_screen(drawn, home):
    """Latents of all shapes, a step of flow, a step of map on its export, and the light runtime shows the last."""
    _, batch = drawn
    preset, run = tiny(), home / "runs" / "tiny"
    trainer = CodecTrainer(preset, 1e-3)
    trainer.step(batch, 0.1)
    trainer.save(run / "codec.safetensors")
    with Studio(real(), torch.device("cpu"), 0) as studio:
        encode = latents.encoder(preset, run / "codec.safetensors", studio.device, preset.size)
        for view, of in ((0, REEL), (1, Reel(seed=1, frames=5, fps=16, size=(96, 64)))):
            latents.write_shard(encode, preset.codec, studio.batches(of, 2), folder(preset, 5, view), 0, 4)
    assert (4, 2, 4, 16) == Shards(preset, 5).rows[0].shape
    assert (4, 2, 6, 16) == Shards(preset, 5, 1).rows[0].shape

    learned(preset, run / "state.safetensors", None, None)
    first = export(preset, run / "state.safetensors", home / "flow", codec=run / "codec.safetensors", int8=True)
    learned(preset, run / "map.safetensors", home / "flow" / "tiny.safetensors", 2.0)
    made = export(preset, run / "map.safetensors", home / "map", codec=home / "flow" / "tiny.safetensors", int8=True)

    assert ("flow", "map", 1.0, 4) == (first.sampler.kind, made.sampler.kind, made.sampler.guidance, made.sampler.steps)
    assert made == load(home / "map" / "tiny.json")[0]
    assert (5, 64, 96, 3) == np.stack(
        list(open_backend("tiny", folder=home / "map").render(plan(), lambda _: None))
    ).shape


def learned(preset, state, weights, guidance):
    """A few steps of a stage, saved."""
    diets = (Diet(frames=5, size=2, share=1.0), Diet(frames=5, size=2, share=1.0, view=1))
    trainer = Trainer(preset, Recipe(minutes=1, diets={0.0: diets}, guidance=guidance), torch.zeros(1, 4, 16))
    trainer.measure(trainer.objective.source(5)) if weights is None else trainer.begin_with(weights)
    for diet in diets:
        trainer.team.step(diet, trainer.steps)
        trainer.update(0.3, diet.size)
    trainer.save(state)


def plan():
    """Two latents of the further view."""
    return Plan(
        prompt="", words=no_words(), frames=5, keep=5, size=(96, 64), output_size=(96, 64), fps=16, seed=3, steps=2,
        guidance=1.0, first_frame=None, model="tiny", container="mp4", notes=(),
    )  # fmt: skip
