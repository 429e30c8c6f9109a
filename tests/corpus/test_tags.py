"""Tags of emoji are gathered by the emoji they stand at, without flags, sentences and words that say nothing."""

import json

from vitascope.corpus import sources, tags

ENTRIES = [
    {"emoji": "\U0001f37a", "order": 7, "group": 4, "label": "beer mug", "tags": ["beer", "is", "x"]},
    {"emoji": "\U0001f37b", "order": 8, "group": 4, "label": "clinking beer mugs", "tags": ["beer", "bar"]},
    {"emoji": "\U0001f1e9", "order": 9, "group": 9, "label": "flag", "tags": ["germany"]},
    {"emoji": "\U0001f3fb", "order": 10, "label": "light skin tone"},
]
CLDR = {"annotations": {"annotations": {"\U0001f37b": {"tts": ["cheers"], "default": ["a very long way to say beer"]}}}}


def _member(_archive, path):
    return json.dumps(ENTRIES if path.endswith("/data.json") else CLDR).encode()


def test_words_stand_by_their_emoji(monkeypatch):
    """Those of exactly the same emoji together."""
    monkeypatch.setattr(sources, "bring", lambda source: source)
    monkeypatch.setattr(sources, "open_member", _member)

    assert {"7": "beer mug", "7 8": "beer", "8": "bar|cheers|clinking beer mugs"} == tags.tags("en")
