"""Clips of two corpora are never mixed, and a run knows which it learned from."""

import pytest

pytest.importorskip("torch")

from vitascope.errors import TrainingError
from vitascope.training import presets, snapshot

pytestmark = pytest.mark.torch


def test_a_corpus_is_its_register_its_drawings_and_its_codec(tmp_path):
    """A change of any of the three is another corpus."""
    atlas, other, codec = tmp_path / "atlas.zip", tmp_path / "other.zip", tmp_path / "codec.safetensors"
    for path in (atlas, other, codec):
        path.write_bytes(path.name.encode())

    named = {
        snapshot.of_corpus("a", atlas),
        snapshot.of_corpus("b", atlas),
        snapshot.of_corpus("a", other),
        snapshot.of_corpus("a", atlas, codec),
    }

    assert 4 == len(named)
    assert snapshot.of_corpus("a", atlas) in named


def test_a_cache_is_not_added_to_under_another_register(home):
    """The first note stays, and the message names both."""
    snapshot.stamp(presets.xs(), "a" * 64)
    snapshot.stamp(presets.xs(), "a" * 64)

    with pytest.raises(TrainingError, match=r"of corpus aaaaaaaaaaaa; .* bbbbbbbbbbbb"):
        snapshot.stamp(presets.xs(), "b" * 64)
    assert "a" * 64 == snapshot.stamped(presets.xs())


def test_a_cache_without_a_note_is_one_of_earlier_days(home):
    """Nothing is known of it, and nothing is refused."""
    assert not snapshot.stamped(presets.xs())


def test_a_damaged_note_is_told(home):
    """With what to do."""
    snapshot.stamp(presets.xs(), "a" * 64)
    (snapshot.where(presets.xs()) / "corpus.json").write_text("{")

    with pytest.raises(TrainingError, match=r"corpus.json is damaged: remove"):
        snapshot.stamped(presets.xs())
