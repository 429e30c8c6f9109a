"""Text cut into tokens: words where a script has spaces, single characters where it has none.

"L'éléphant saute, puis tourne." becomes l, éléphant, saute, a break, puis, tourne, a break; 小狗跳 becomes 小, 狗, 跳.
"""

import re
import unicodedata
from dataclasses import dataclass

BREAK = ","
"""The token of a comma, a full stop or any other mark that ends a clause."""

_CLAUSE = frozenset(",;.!?:、。，！？；：।…\n")
_UNSPACED = (
    (0x0E00, 0x0E7F),  # Thai
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_FIRST_UNSPACED = "\u0e00"
_PLAIN = re.compile(r"[A-Za-z0-9]+|[,;.!?:\n]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text, folded for look-up, and as it was written."""

    text: str
    written: str


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text, composed (NFC) and case-folded; hyphens, apostrophes and spaces only separate."""
    if text.isascii():
        return tuple(_plain(found) for found in _PLAIN.finditer(text))
    found: list[Token] = []
    word = ""
    for character in unicodedata.normalize("NFC", text):
        kind = _kind(character)
        if kind == "letter" or (kind == "mark" and word):
            word += character
        elif kind != "nothing":
            _close(found, word)
            word = ""
            if kind == "single":
                found.append(Token(character.casefold(), character))
            elif kind == "break":
                found.append(Token(BREAK, character))
    _close(found, word)
    return tuple(found)


def key(phrase: str) -> str:
    """A phrase as the lexicon files it: its tokens, one space between."""
    folded = phrase.casefold()
    # Thousands of phrases are filed at start-up; most are letters and single spaces, already their own key.
    if folded.replace(" ", "").isalnum() and max(folded) < _FIRST_UNSPACED and unicodedata.is_normalized("NFC", folded):
        return " ".join(folded.split())
    return " ".join(token.text for token in tokens(phrase))


def is_unspaced(character: str) -> bool:
    """Whether the script of a character is written without spaces between words."""
    number = ord(character)
    return character >= _FIRST_UNSPACED and any(first <= number <= last for first, last in _UNSPACED)


def _plain(found: re.Match[str]) -> Token:
    word = found.group()
    return Token(BREAK if word in _CLAUSE else word.lower(), word)


def _close(found: list[Token], word: str) -> None:
    if word:
        found.append(Token(unicodedata.normalize("NFC", word.casefold()), word))


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if character in _CLAUSE:
        return "break"
    if is_unspaced(character) and category[0] in "LM":
        return "single"
    if category in ("Cf", "Mn") and character in "\u200b\u200c\u200d\ufe0e\ufe0f\u2060\ufeff\u00ad":
        return "nothing"
    return {"L": "letter", "N": "letter", "M": "mark", "S": "single"}.get(category[0], "separator")
