"""The lexicon is built from names, not from associations, and carries the licences of its sources."""

import json
import lzma

import pytest

from vitascope.corpus import lexicon, sources, wordnet
from vitascope.text.world import SUBJECTS

NOUNS = {
    "dict/data.noun": b"02086723 05 n 01 dog 0 000 | barks\n"
    b"00000002 05 n 02 poodle 0 blue_dog 0 001 @ 02086723 n 0000 | curls\n",
    "dict/data.adj": b"00000001 01 a 01 French 0 000 | of France\n",
    "dict/data.verb": b"",
    "dict/data.adv": b"",
    "dict/index.noun": b"dog n 1 0 1 1 02086723\npoodle n 1 1 @ 1 0 00000002\nblue_dog n 1 1 @ 1 0 00000002\n",
    "dict/index.sense": b"dog%1:05:00:: 02086723 1 9\n",
}
TAGS = {"owl": ["wise", "night"], "rabbit": ["rabbits", "pet"]}


def _member(archive, path):
    """What each dictionary would hold at a path."""
    del archive
    if path == "LICENSE":
        return b"Permission is granted."
    if path.endswith("data.json"):
        entries = [
            {"hexcode": subject.hex.upper(), "label": subject.id.title(), "tags": TAGS.get(subject.id, [])}
            for subject in SUBJECTS.values()
        ]
        return json.dumps(entries).encode()
    spoken = {"\U0001f415": {"tts": ["hound dog"], "default": ["bone"]}}
    return json.dumps({"annotations": {"annotations": spoken}}).encode()


@pytest.fixture
def built(monkeypatch, tmp_path):
    """The tables of a small build, and its folder."""
    monkeypatch.setattr(wordnet, "CONCEPTS", {"dog": ("02086723",)})
    for module in (lexicon, sources):
        monkeypatch.setattr(module, "bring", lambda source: source)
        monkeypatch.setattr(module, "open_member", _member)
    monkeypatch.setattr(lexicon, "open_members", lambda archive, paths: {path: NOUNS[path] for path in paths})
    lexicon.build(tmp_path)
    return json.loads(lzma.decompress((tmp_path / "lexicon.json.xz").read_bytes())), tmp_path


def test_names_are_taken_and_associations_are_not(built):
    """An owl is no wisdom and a dog no bone."""
    things = built[0]["de"]

    assert "owl" == things["owl"]
    assert "rabbit|rabbits" == things["rabbit"]
    assert "dog|hound dog" == things["dog"]


def test_wordnet_adds_kinds_to_english(built):
    """A poodle is a dog; a blue dog is a dog that is to be blue, so it is no entry."""
    assert "dog|hound dog|poodle" == built[0]["en"]["dog"]


def test_every_language_is_built(built):
    """Twenty-five languages, and Chinese in both scripts."""
    assert set(lexicon.LANGUAGES) == set(built[0])
    assert 26 == len(built[0])


def test_the_licences_come_with_it(built):
    """WordNet's asks for it on all copies."""
    assert 3 == (built[1] / "NOTICES.txt").read_text().count("Permission is granted.")


def test_words_with_a_capital_of_their_own_are_built(built):
    """What is French is nobody's name."""
    assert ["french"] == json.loads(lzma.decompress((built[1] / "proper.json.xz").read_bytes()))
