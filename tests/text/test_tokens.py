"""Text is cut where its script has words."""

import pytest

from vitascope.text.tokens import key, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A Dog, jumps!", ["a", "dog", ",", "jumps", ","]),
        ("jack-o'-lantern", ["jack", "o", "lantern"]),
        ("L'éléphant", ["l", "éléphant"]),
        ("小狗跳", ["小", "狗", "跳"]),
        ("犬がjump", ["犬", "が", "jump"]),
        ("कुत्ता है", ["कुत्ता", "है"]),
        ("강아지가", ["강아지가"]),
        ("a🚀b", ["a", "🚀", "b"]),
        ("Straße", ["strasse"]),
        ("e\u0301te\u0301", ["été"]),
        ("", []),
    ],
)
def test_tokens(text, expected):
    """Words, single characters, breaks."""
    assert expected == [token.text for token in tokens(text)]


def test_the_written_form_is_kept():
    """What we say back to people is what they typed."""
    assert ["UFO", "Über"] == [token.written for token in tokens("UFO Über")]


@pytest.mark.parametrize("phrase", ["Fire Engine", "con vẹt", "ミツバチ", "jack-o'-lantern", "Dampf  Lok"])
def test_a_key_is_the_tokens(phrase):
    """The quick way to a key and the plain way agree."""
    assert " ".join(token.text for token in tokens(phrase)) == key(phrase)
