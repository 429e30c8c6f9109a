"""Clips rendered and encoded on one device: the same rows as the light codec makes, stills in a folder of their own."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.corpus.sprites import real  # noqa: E402  after the guard
from vitascope.backends.codec import LappedCodec  # noqa: E402  after the guard
from vitascope.corpus.reels import Reel  # noqa: E402  after the guard
from vitascope.errors import TrainingError  # noqa: E402  after the guard
from vitascope.training import cache, latents, presets  # noqa: E402  after the guard
from vitascope.training.data import folder  # noqa: E402  after the guard
from vitascope.training.footage import Studio  # noqa: E402  after the guard
from vitascope.training.lapping import Lapping  # noqa: E402  after the guard
from vitascope.training.loop import Recipe, Trainer  # noqa: E402  after the guard
from vitascope.training.objective import Diet  # noqa: E402  after the guard

pytestmark = pytest.mark.torch


def tiny():
    """The s preset on small frames, with a net that trains in a moment."""
    preset = presets.s()
    net = replace(preset.net, width=64, depth=3, heads=1, hidden=64, text_width=64, text_depth=1, text_heads=1)
    codec = replace(preset.codec, channels=48)
    return replace(preset, name="tiny", net=net, codec=codec, size=(64, 64), frames=(1, 5), views=())


@pytest.mark.parametrize("size", [(64, 64), (96, 64)])
def test_rows_are_those_of_the_light_codec(size):
    """Of clips and of stills, wide ones, too."""
    codec = presets.s().codec
    clips = np.random.default_rng(0).integers(0, 256, (2, 5, size[1], size[0], 3), np.uint8)
    ours = Lapping(codec, size)

    for shown in (clips, clips[:, :1]):
        expected = np.stack([LappedCodec(codec).encode(clip) for clip in shown])
        np.testing.assert_allclose(expected, ours(torch.from_numpy(shown)).numpy(), atol=1e-5)


def test_a_learned_codec_wants_its_weights():
    """A fixed one has none to open."""
    with pytest.raises(TrainingError, match="needs --codec"):
        latents.encoder(presets.conv(), None, torch.device("cpu"), (256, 256))
    with pytest.raises(TrainingError, match="lapped"):
        latents.codec_of(presets.s(), None, torch.device("cpu"))


def test_stills_have_a_folder_and_units_come_of_clips(home):
    """Where stills were drawn they are learned from; a still has no change in time whose spread could be taken."""
    preset = tiny()
    with Studio(real(), torch.device("cpu"), 0) as studio:
        for frames in (1, 5):
            reel = Reel(seed=1, frames=frames, fps=8, size=preset.size, placed=True)
            encode = latents.encoder(preset, None, studio.device, preset.size)
            latents.write_shard(encode, preset.codec, studio.batches(reel, 4), folder(preset, frames), 0, 8)
    diets = (Diet(frames=1, size=4, share=1.0), Diet(frames=5, size=4, share=1.0))
    trainer = Trainer(preset, Recipe(minutes=1, diets={0.0: diets}), torch.zeros(1, 4, 48))

    assert (8, 1, 4, 48) == trainer.objective.source(1).rows[0].shape
    assert (8, 2, 4, 48) == trainer.objective.source(5).rows[0].shape
    assert trainer.objective.shortest() is trainer.objective.source(5)
    trainer.measure(trainer.objective.shortest())
    expected = trainer.objective.source(5).rows[0].reshape(-1, 48).float().std(0)
    torch.testing.assert_close(expected.clamp_min(1e-3), trainer.model.spread)
    assert np.isfinite(trainer.team.step(diets[0], 0).loss)


def test_of_a_placed_reel_nothing_travels():
    """What its number decides, as for others."""
    reel = Reel(seed=1, frames=5, fps=8, size=(64, 64), placed=True)
    with Studio(real(), torch.device("cpu"), 0) as studio:
        placed, again = next(studio.batches(reel, 12)), next(studio.batches(reel, 12))
        usual = next(studio.batches(replace(reel, placed=False), 12))

    assert torch.equal(placed.pixels, again.pixels)
    assert not any(entity.motions for clip in placed.compositions for entity in clip.said.entities)
    assert any(entity.motions for clip in usual.compositions for entity in clip.said.entities)


def test_what_a_shard_was_drawn_of_can_be_told_again(home, monkeypatch):
    """From its number alone: the captions are those that were stored."""
    preset = tiny()
    reel = Reel(seed=1, frames=5, fps=8, size=preset.size, placed=True)
    with Studio(real(), torch.device("cpu"), 0) as studio:
        encode = latents.encoder(preset, None, studio.device, preset.size)
        batches = studio.batches(reel, 3, first=1 * 3)
        latents.write_shard(encode, preset.codec, batches, folder(preset, 5), 1, 8)
        monkeypatch.setattr(latents, "TOGETHER", 15)
        told = list(latents.shard_of(reel, 1, 8, studio.looks))

    stored = np.load(folder(preset, 5) / "words-0001.npy")
    assert [cache.told(one)[0].tobytes() for one in told] == [one.tobytes() for one in stored]
