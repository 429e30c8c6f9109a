"""The text of a key: recognised, checked and taken apart without a database."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.programme.credential import draw, parse
from vitascope.refusals import KeyMissingError, KeyMistypedError


def test_a_key_has_a_known_shape():
    """Prefix, 44 letters and digits: a scanner finds it and a double click selects it."""
    assert re.fullmatch(r"vs_m_[0-9A-Za-z]{44}", draw().text)


def test_a_key_reads_back():
    """What is drawn parses to the same id and secret."""
    credential = draw()

    assert credential == parse(credential.text)


@given(st.integers(5, 48), st.sampled_from("0AaZz9"))
def test_one_wrong_letter_is_noticed(place, letter):
    """Any one letter changed is a typing mistake, not an unknown key."""
    text = draw().text
    if text[place] == letter:
        return

    with pytest.raises(KeyMistypedError):
        parse(text[:place] + letter + text[place + 1 :])


@pytest.mark.parametrize(
    "text", ["sk-abc", "vs_m_", "vs_m_" + "0" * 44 + "\n", "vs_m_\u0660" + "0" * 43, "x" * 100_000]
)
def test_what_is_no_key_is_refused(text):
    """Foreign keys, cut ones and digits of other scripts never reach the database, nor the message."""
    with pytest.raises(KeyMistypedError) as refused:
        parse(text)

    assert len(text) < 6 or text not in str(refused.value)


def test_no_key_is_told_apart():
    """An empty header has its own answer."""
    with pytest.raises(KeyMissingError):
        parse("")


def test_the_secret_does_not_show():
    """A printed credential gives nothing away, and the digest depends on the pepper."""
    credential = draw()

    assert credential.secret not in repr(credential)
    assert credential.digest(b"a") != credential.digest(b"b")
