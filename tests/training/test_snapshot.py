"""Clips of two corpora are never mixed, and a run knows which it learned from."""

from dataclasses import replace

import pytest

pytest.importorskip("torch")

from vitascope.errors import NotClearedError, TrainingError
from vitascope.rights.consent.snapshots import write
from vitascope.rights.register import Register, folder_for
from vitascope.rights.uses import Use
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


def _registers(home, **granted):
    """A snapshot of nothing but the works put in, by use."""
    theirs = Register.load().get("procedural:places")
    for use, names in granted.items():
        works = {name: replace(theirs, id=name, lane="O", consent="explicit-opt-in") for name in names}
        write(Register(works=works, use=Use(use)), folder_for(home, Use(use)))


def test_clips_of_a_work_are_taught_to_weights_by_a_further_yes(home):
    """A yes to training is none to fine-tuning; the refusal names the work, and what to do."""
    _registers(home, train=["work_1", "work_2"], finetune=["work_1"])
    snapshot.stamp(presets.xs(), "a" * 64, ["work_1", "work_2"])

    snapshot.require(presets.xs(), Use.TRAIN)
    with pytest.raises(NotClearedError, match=r"show work_2, which are not granted for finetune.*--for finetune"):
        snapshot.require(presets.xs(), Use.FINETUNE)


def test_clips_that_do_not_say_what_they_show_may_show_all_of_training(home):
    """Unknown means no, for clips from before the note; under licences alone everything goes on."""
    _registers(home, train=["work_1"])
    with pytest.raises(NotClearedError, match="work_1"):
        snapshot.require(presets.xs(), Use.FINETUNE)
    _registers(home, train=[])

    snapshot.require(presets.xs(), Use.FINETUNE)


def test_a_map_goes_on_with_the_training_of_its_flow(home):
    """Weights of the very register in use are the same training; of any other they are not."""
    _registers(home, train=["work_1"])
    same = snapshot.register_of(presets.xs()).sha256()

    assert Use.TRAIN is snapshot.use_of(presets.xs(), same)
    assert Use.FINETUNE is snapshot.use_of(presets.xs(), Register.load().sha256())
    assert Use.FINETUNE is snapshot.use_of(presets.xs(), "")
