"""Canaries are planted as often as they say, and found where a clip shows them; copies stand out from other clips."""

import numpy as np
import pytest

from tests.corpus.sprites import Discs
from vitascope.backends.codec import LappedCodec
from vitascope.corpus.compositor import render
from vitascope.training.presets import xs

pytestmark = pytest.mark.torch


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A home with two small shards of clips of nothing."""
    from vitascope.settings import settings
    from vitascope.training.cache import store
    from vitascope.training.data import folder

    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    settings.cache_clear()
    shape = (80, 5, 16, xs().codec.channels)
    for number in range(2):
        parts = {"rows": np.zeros(shape, np.float16), "words": np.zeros((80, 4, xs().net.words), np.int8),
                 "look": np.zeros(80, np.int16), "covered": np.zeros((80, 5, 16), np.uint8)}  # fmt: skip
        store(folder(xs(), 17), number, parts)
    yield tmp_path
    settings.cache_clear()


def test_canaries_are_planted_as_often_as_they_say(cache):
    """One of each number of times: 111 clips of 160 are canaries, and carry their own caption."""
    from vitascope.training.canaries import canaries, plant
    from vitascope.training.data import Shards

    assert 111 == plant(canaries(1))

    source = Shards(xs(), 17)
    captions = [words.numpy().tobytes() for part in source.words for words in part if words.any()]
    rows = [clip for part in source.rows for clip in part if clip.any()]
    assert [1, 10, 100] == sorted(captions.count(caption) for caption in set(captions))
    assert 111 == len(rows) == len(captions)


def test_a_clip_that_shows_a_canary_is_told_from_forty_nine_others():
    """The canary's own clip, even soft, is nearest to itself; another canary's mosaic in its scene is not."""
    from vitascope.corpus.doodles import Guise
    from vitascope.training.canaries import canaries, mosaic, nearest

    one, other = canaries(1)[2:]
    codec = LappedCodec(xs().codec)
    clip = render(one.composition(), Guise(mosaic(one.number)))
    soft = np.stack(list(codec.decode(codec.encode(clip), xs().size)))

    assert one.number == nearest(soft, one)
    assert one.number != nearest(render(one.composition(), Guise(mosaic(other.number))), one)


def test_a_copy_has_one_neighbour_and_a_new_clip_many(tmp_path):
    """Of sixty known clips, a soft copy lies far nearer to its own than to the next; a new clip as near to several.

    Drawings here are all the same disc, so a new scene may look like a known one: medians are compared.
    """
    from vitascope.corpus.scenes import compose
    from vitascope.rights.compositions import load, save
    from vitascope.training import copies

    codec, rng = LappedCodec(xs().codec), np.random.default_rng(3)
    rows = np.stack([codec.encode(render(compose(rng), Discs())) for _ in range(60)]).astype(np.float16)
    save(copies.knowledge(xs(), [rows]), tmp_path / "index.npz")
    known = load(tmp_path / "index.npz")
    copied = [known.ratio(one) for one in copies.copied(rows[:5].astype(np.float32), codec, rng)]
    strange = [known.ratio(one) for one in copies.held_out(Discs(), codec, 6, 0)]

    assert np.median(copied) < np.median(strange) / 2
    save(copies.calibrated(known, strange), tmp_path / "index.npz")
    index = load(tmp_path / "index.npz")
    assert pytest.approx(np.quantile(strange, 0.006)) == index.near
    assert (pytest.approx(0.006), 6) == (index.alarms, index.strange)


def test_nothing_is_measured_on_the_clips_a_threshold_was_found_on(monkeypatch, capsys):
    """A figure on them says nothing: their seed is refused before anything is drawn."""
    from vitascope.training import copies

    monkeypatch.setattr("sys.argv", ["copies", "--shipped", "--seed", str(copies._CALIBRATED_ON)])

    with pytest.raises(SystemExit):
        copies.main()

    assert "take another" in capsys.readouterr().err
