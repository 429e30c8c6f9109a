"""Clips are read from a cache: whole shards, once each, words and rows together."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.training.shards import shard  # noqa: E402  after the guard
from vitascope.errors import TrainingError  # noqa: E402  after the guard
from vitascope.text.scene import Entity, Scene  # noqa: E402  after the guard
from vitascope.text.words import rows, words  # noqa: E402  after the guard
from vitascope.training import data, presets  # noqa: E402  after the guard

pytestmark = [pytest.mark.torch, pytest.mark.usefixtures("home")]


def small():
    """The shipped recipe's geometry with 32 channels, in clips of up to five frames."""
    preset = presets.xs()
    return replace(preset, name="tiny", codec=replace(preset.codec, channels=32), frames=(1, 5))


def test_clips_are_read_from_whole_shards_only():
    """Without clips the trainer says which command makes them; with one shard it picks words and rows together."""
    preset = small()
    with pytest.raises(TrainingError, match="no clips of 5 frames"):
        data.Shards(preset, 5)
    folder = data.folder(preset, 5)
    folder.mkdir(parents=True)
    marks = np.arange(6, dtype=np.float16)[:, None, None, None] * np.ones((1, 2, 16, 32), np.float16)
    words = np.zeros((6, 4, 16), np.int8)
    words[:, 0, 0] = np.arange(6) + 2
    np.save(folder / "words-0000.npy", words)
    np.save(folder / "look-0000.npy", np.array([-1, 0, -1, 1, -1, -1], np.int16))
    np.save(folder / "covered-0000.npy", np.arange(0, 60, 10, np.uint8)[:, None, None].repeat(2, 1).repeat(16, 2))
    np.save(folder / "rows-0000.npy", marks)

    shards = data.Shards(preset, 5)
    picked = shards.batch(5, np.random.default_rng(0))
    looks = shards.batch(2, np.random.default_rng(0), looks_LND=torch.ones(2, 16, 32))

    said = picked.words_4BW[0, :, 0] > 1
    assert torch.equal(picked.clip_BND[said, 0, 0].float() + 2, picked.words_4BW[0, said, 0].float())
    assert torch.allclose(picked.covered_BN[:, 0] * 25.5, picked.clip_BND[:, 0, 0].float())
    assert {1.0, 3.0} == set(looks.clip_BND[:, 0, 0].tolist())


def test_a_shard_that_is_late_is_read_once_as_every_other():
    """Writers do not finish in order: a shard of a lower number may come after one of a higher."""
    preset = small()
    folder = data.folder(preset, 5)
    for number in (0, 2):
        shard(folder, number, number, preset)
    shards = data.Shards(preset, 5)

    shard(folder, 1, 1, preset)
    shards.refresh()
    shards.refresh()

    assert [0, 1, 2] == sorted(int(rows[0, 0, 0, 0]) for rows in shards.rows)


def test_plain_clips_are_of_one_thing_that_does_one_thing():
    """A colour is; a caption with a size, a second thing, a storyboard or no take is not."""
    preset = small()
    folder = data.folder(preset, 5)
    folder.mkdir(parents=True)
    dog, cat = (Entity(subject=subject, motions=("jump",)) for subject in ("dog", "cat"))
    scenes = [
        Scene(entities=(dog,), place="beach", take="take:1"),
        Scene(entities=(replace(dog, colour="red"),), place="beach", take="take:1"),
        Scene(entities=(replace(dog, size="large"),), place="beach", take="take:1"),
        Scene(entities=(dog, cat), relation="above", place="beach", take="take:1"),
        Scene(entities=(replace(dog, motions=("jump", "spin")),), place="beach", take="take:1"),
        Scene(entities=(dog,), place="beach"),
    ]
    spoken = np.stack([np.stack(list(rows(words(scene)).values())) for scene in scenes]).astype(np.int8)
    np.save(folder / "words-0000.npy", spoken)
    np.save(folder / "look-0000.npy", np.zeros(len(scenes), np.int16))
    np.save(folder / "covered-0000.npy", np.zeros((len(scenes), 2, 16), np.uint8))
    np.save(folder / "rows-0000.npy", np.zeros((len(scenes), 2, 16, 32), np.float16))

    shards = data.Shards(preset, 5)

    assert [True, True, False, False, False, False] == shards.plain[0].tolist()
    picked = shards.batch(4, np.random.default_rng(0), plain=True).words_4BW[0, :, 0]
    assert set(picked.tolist()) <= {1, int(spoken[0, 0, 0])}
