"""What a file says about training in its own words: XMP packets, the text chunks of a PNG, the metadata of an SVG.

Only two forms have a place of their own in a file: IPTC's ``plus:DataMining``, and TDMRep's ``tdm:reservation`` with
``tdm:policy`` (http://www.w3.org/ns/tdmrep/), both in XMP. ``noai`` and aipref are defined for pages and headers alone
(draft-ietf-aipref-attach leaves files out), yet people write them into files, and are heard wherever such words stand
by themselves in metadata. Not read: EXIF, comments of JPEG and GIF, tags of MP4 and WebM outside XMP, pixels.
"""

import re
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from vitascope.rights.consent.signals import Signal, from_headers, from_html, from_reservation, from_xmp

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_TEXTS: Final = (b"tEXt", b"zTXt", b"iTXt")
_MOST_TEXTS: Final = 100  # of one PNG
_LONGEST_TEXT: Final = 1 << 20  # bytes: what unfolds to more is cut there, so that no small file fills the memory
_SPANS: Final = ((b"<x:xmpmeta", b"</x:xmpmeta"), (b"<rdf:RDF", b"</rdf:RDF"), (b"<metadata", b"</metadata"))
_META: Final = re.compile(r"""<(?:\w+:)?(meta\b(?:[^<>"']|"[^"<]*"|'[^'<]*')*>)""", re.IGNORECASE)
_TDMREP: Final = re.compile(r"""xmlns:([\w.-]+)\s*=\s*["']https?://www\.w3\.org/ns/tdmrep[/#]?["']""")
_NO_AI: Final = re.compile(r"""(?<![^\s,;:>"'=])no(?:image)?ai(?![^\s,;<"'&])""", re.IGNORECASE)
_TRAIN_AI: Final = re.compile(r"""train-ai=[^\s,;<>"'&]+""", re.IGNORECASE)


def from_file(content: bytes, media_type: str) -> tuple[Signal, ...]:
    """Every statement in the file's own metadata, each once; its C2PA manifest is read by ``provenance.mining``."""
    found = [*from_xmp(content)]
    for name, text in (*islice(_png_texts(content), _MOST_TEXTS), ("", "\n".join(_packets(content)))):
        found += [*from_xmp(text.encode()), *_reservations(text), *_words(name, text)]
    if media_type == "image/svg+xml":
        drawing = content.decode("utf-8", "replace")  # a prefix may be bound on its root
        found += [*_reservations(drawing), *from_html("".join(f"<{meta}" for meta in _META.findall(drawing)))]
    return tuple(dict.fromkeys(found))


def _words(name: str, text: str) -> Iterator[Signal]:
    """What a text says by its name, where that is a header's, and by words that stand by themselves."""
    header = {"robots": "x-robots-tag", "tdm:reservation": "tdm-reservation"}.get(name.casefold(), name)
    yield from from_headers({header: text})
    for word in _NO_AI.findall(text):
        yield from from_headers({"x-robots-tag": word})
    for usage in _TRAIN_AI.findall(text):
        yield from from_headers({"content-usage": usage.lower()})


def _reservations(text: str) -> Iterator[Signal]:
    """The properties of TDMRep under the prefixes that ``text`` binds."""
    for prefix in dict.fromkeys(_TDMREP.findall(text)):
        policy = next(_property(f"{prefix}:policy", text), "")
        for value in _property(f"{prefix}:reservation", text):
            yield from_reservation(value, policy)


def _property(name: str, text: str) -> Iterator[str]:
    """What an XMP property says, as an element or as an attribute."""
    for found in re.finditer(
        rf"""<{re.escape(name)}(?:\s[^<>]*)?>([^<]*)|\s{re.escape(name)}\s*=\s*["']([^<"']*)""", text
    ):
        yield (found[1] or found[2] or "").strip()


def _packets(content: bytes) -> Iterator[str]:
    """The packets in the file as it lies there: XMP is stored plain in all kinds but PNG, which may fold it."""
    for begin, end in _SPANS:
        at = content.find(begin)
        while at >= 0 and (stop := content.find(end, at)) >= 0:
            yield content[at:stop].decode("utf-8", "replace")
            at = content.find(begin, stop)


def _png_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Keyword and text of each text chunk (PNG, third edition, 11.3.3); a broken one is passed over."""
    at = len(_PNG)
    while content.startswith(_PNG) and at + 8 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if kind in _TEXTS:
            name, _, rest = content[at + 8 : at + 8 + length].partition(b"\0")
            yield name.decode("latin-1"), _text(kind, rest)
        at += 12 + length


def _text(kind: bytes, rest: bytes) -> str:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":  # one byte names the method, and there is one method
        return _unfolded(rest[1:]).decode("latin-1")
    is_folded, words = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]  # after language and translated keyword
    return (_unfolded(words) if is_folded else words).decode("utf-8", "replace")


def _unfolded(folded: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(folded, _LONGEST_TEXT)
    except zlib.error:
        return b""
