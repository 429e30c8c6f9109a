"""What a file says in its own metadata: TDMRep, noai and aipref in XMP, in texts of a PNG, in an SVG."""

import zlib
from io import BytesIO

import c2pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vitascope.rights.consent import works
from vitascope.rights.consent.inside import from_file
from vitascope.rights.consent.papers import About, summary
from vitascope.rights.consent.signals import Verdict, verdict_of
from vitascope.rights.register import Register

TDM = 'xmlns:tdm="http://www.w3.org/ns/tdmrep/"'
RESERVED = f"<tdm:reservation {TDM}>1</tdm:reservation>"
ATTRIBUTES = (
    '<rdf:Description xmlns:x1="http://www.w3.org/ns/tdmrep/" x1:reservation="1" x1:policy="https://a.example/p"/>'
)
KEYWORDS = "<dc:subject><rdf:Bag><rdf:li>cat</rdf:li><rdf:li>NoImageAI</rdf:li></rdf:Bag></dc:subject>"
USAGE = "<dc:rights>Content-Usage: search=y, train-ai=n</dc:rights>"


def xmp(inner):
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>{inner}</rdf:RDF></x:xmpmeta>'


def png(*texts, folded=False):
    info = PngInfo()
    for name, text in texts:
        info.add_itxt(name, text, zip=folded)
    file = BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def picture(kind, packet):
    file = BytesIO()
    Image.new("RGB", (4, 4)).save(file, kind, xmp=packet.encode())
    return file.getvalue()


def forms(content, media_type="image/png"):
    return [(signal.form, signal.verdict) for signal in from_file(content, media_type)]


SAID = [
    (RESERVED.replace(TDM, ""), []),  # a prefix nobody bound is a word like others
    (RESERVED, [("tdmrep", Verdict.DENY)]),
    (RESERVED.replace(">1<", ">0<"), [("tdmrep", Verdict.ALLOW)]),
    (RESERVED.replace(">1<", ">yes<"), [("tdmrep", Verdict.UNKNOWN)]),
    (ATTRIBUTES, [("tdmrep", Verdict.DENY)]),
    (KEYWORDS, [("noai", Verdict.DENY)]),
    (USAGE, [("aipref", Verdict.DENY)]),
    (USAGE.replace("=n", "=y"), [("aipref", Verdict.ALLOW)]),
    ("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>", [("iptc", Verdict.DENY)]),
    ("<dc:title>Monoai, noairport and the retrain-air</dc:title>", []),
]


@pytest.mark.parametrize(("inner", "found"), SAID)
def test_xmp_is_read_in_every_kind(inner, found):
    """Plain in JPEG and WebP, folded in a PNG, inside an SVG's metadata: the same statements."""
    packet = xmp(inner)
    files = [(picture("JPEG", packet), "image/jpeg"), (picture("WEBP", packet), "image/webp")]
    files += [(png(("XML:com.adobe.xmp", packet), folded=folded), "image/png") for folded in (False, True)]
    files.append((f"<svg><metadata>{packet}</metadata></svg>".encode(), "image/svg+xml"))

    assert [found] * 5 == [forms(*file) for file in files]


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [("robots", "noindex, noai", "noai"), ("tdm-reservation", "1", "tdmrep"), ("Content-Usage", "train-ai=n", "aipref"),
     ("Comment", "please: noai", "noai")],
)  # fmt: skip
def test_texts_of_a_png_are_read(name, text, form):
    """By the name of a header, or by the word itself; plain, folded and in Latin letters."""
    latin = PngInfo()
    latin.add_text(name, text, zip=True)
    file = BytesIO()
    Image.new("RGB", (4, 4)).save(file, "PNG", pnginfo=latin)

    for content in (png((name, text)), png((name, text), folded=True), file.getvalue()):
        assert {(form, Verdict.DENY)} == set(forms(content))


@pytest.mark.parametrize(
    ("drawing", "form"),
    [
        ("<svg xmlns:h='http://www.w3.org/1999/xhtml'><h:meta name='robots' content='noai'/></svg>", "noai"),
        ('<svg><meta name="tdm-reservation" content="1"/></svg>', "tdmrep"),
        (f"<svg {TDM}><metadata><tdm:reservation>1</tdm:reservation></metadata></svg>", "tdmrep"),
        ("<svg><metadata>train-ai=n</metadata></svg>", "aipref"),
    ],
)
def test_an_svg_is_read(drawing, form):
    """Meta elements, a prefix bound on the root, and plain words in its metadata; what it shows says nothing."""
    assert [(form, Verdict.DENY)] == forms(drawing.encode(), "image/svg+xml")
    assert [] == forms(b"<svg><text>noai train-ai=n</text></svg>", "image/svg+xml")


def test_the_address_of_the_terms_stays_on_record():
    """Whoever wants to ask finds where."""
    (signal,) = from_file(png(("XML:com.adobe.xmp", xmp(ATTRIBUTES))), "image/png")

    assert "https://a.example/p" in signal.raw


def test_a_small_file_does_not_unfold_to_a_large_one():
    """A text of 64 MiB in 64 KiB is read up to one, and what begins it is heard."""
    words = b"noai " + b" " * (64 << 20)
    chunk = b"zTXt" + b"Comment\0\0" + zlib.compress(words, 9)
    content = b"\x89PNG\r\n\x1a\n" + (len(chunk) - 4).to_bytes(4, "big") + chunk + b"\0\0\0\0"

    assert [("noai", Verdict.DENY)] == forms(content)


def test_the_papers_name_the_one_kind_whose_credential_is_not_read():
    """Every other kind that is taken can carry one, and what is not read is not claimed."""
    unread = set(works._MEDIA) - set(c2pa.Reader.get_supported_mime_types())
    told = summary(Register.load(), About(model="s", weights_sha256="0" * 64, published="2026-11-27"))

    assert {"video/webm"} == unread
    assert "save in WebM" in str(told["data_processing"])


@given(st.binary(max_size=80), st.sampled_from(["image/png", "image/svg+xml", "video/mp4"]))
def test_any_bytes_are_read_without_a_fault(noise, media_type):
    """Broken texts say nothing; nothing raises."""
    for kind in (b"tEXt", b"zTXt", b"iTXt"):
        assert from_file(b"\x89PNG\r\n\x1a\n" + len(noise).to_bytes(4, "big") + kind + noise, media_type) is not None
    assert Verdict.UNKNOWN is verdict_of(from_file(b"", media_type))
