"""Over the wire: a signal against training in a work or beside it, and no training without its owner's word by name."""

import itertools
from io import BytesIO

import pytest
from cartoons import cartoon
from desks import error_of
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vitascope.media import mp4
from vitascope.programme import keys
from vitascope.provenance.authority import open_authority
from vitascope.provenance.manifest import Claim
from vitascope.provenance.seal import seal
from vitascope.types import Marked

XMP = '<rdf:RDF><rdf:Description xmlns:tdm="http://www.w3.org/ns/tdmrep/" {}/></rdf:RDF>'
SHADES = itertools.count()  # a second upload of the same bytes is refused


@pytest.fixture
def ana(programme_desk):
    with programme_desk.client(programme_desk.key(scopes=keys.MEMBER_SCOPES).credential) as client:
        yield client


def _png(name="", text=""):
    info, file = PngInfo(), BytesIO()
    if name:
        info.add_itxt(name, text)
    Image.new("RGB", (4, 4), (next(SHADES), 0, 0)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def _svg(inner):
    return f"<svg xmlns='http://www.w3.org/2000/svg'><metadata>{inner}</metadata><!--{next(SHADES)}--></svg>".encode()


def _put_in(client, content, kind="png", **source):
    media_type = {"png": "image/png", "svg": "image/svg+xml", "mp4": "video/mp4"}[kind]
    file = {"file": (f"cat.{kind}", content, media_type)}
    return client.post("/v1/rights/works", data={"title": "A cat", "is_mine": "true", **source}, files=file)


def _may_train(client, work, **more):
    return client.post(f"/v1/rights/works/{work['id']}/grant", json={"uses": ["train"], **more})


CASES = {
    "tdmrep in XMP": ("tdmrep", {"name": "XML:com.adobe.xmp", "text": XMP.format('tdm:reservation="1"')}, {}),
    "iptc in XMP": ("iptc", {"name": "XML:com.adobe.xmp", "text": XMP.format('plus:DataMining="DMI-PROHIBITED"')}, {}),
    "noai in a text": ("noai", {"name": "Comment", "text": "noai"}, {}),
    "aipref in a text": ("aipref", {"name": "Content-Usage", "text": "train-ai=n"}, {}),
    "noai on the page": ("noai", {}, {"source_page": '<meta name="robots" content="noimageai">'}),
    "tdmrep on the page": ("tdmrep", {}, {"source_page": '<meta name="tdm-reservation" content="1">'}),
    "aipref in a header": ("aipref", {}, {"source_headers": "HTTP/2 200\r\nContent-Usage: train-ai=n\r\n"}),
    "noai in a header": ("noai", {}, {"source_headers": "Server: x\nX-Robots-Tag: noai"}),
    "tdmrep of the site": (
        "tdmrep", {}, {"source_tdmrep": '[{"location": "/art/", "tdm-reservation": 1}]', "source_path": "/art/cat.png"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_no_is_heard_from_upload_to_refusal(ana, case):
    """Shown at once with its raw words; refused until the owner overrides it by name."""
    form, inside, beside = CASES[case]
    work = _put_in(ana, _png(**inside), **beside).json()
    refused = _may_train(ana, work)
    display = ana.post(f"/v1/rights/works/{work['id']}/grant", json={"uses": ["display"]})
    meant = _may_train(ana, work, overrides_signals=True)

    assert [(form, "deny")] == [(one["form"], one["verdict"]) for one in work["signals"]]
    assert (400, "invalid_consent") == (refused.status_code, error_of(refused)["code"])
    assert f"({form}: " in error_of(refused)["message"]
    assert (200, 200) == (display.status_code, meant.status_code)


def test_a_credential_is_heard_from_upload_to_refusal(ana, tmp_path):
    """A sealed film whose CAWG assertion says notAllowed, as films of ours do unless their maker chose otherwise."""
    path = tmp_path / "clip.mp4"
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(3, 64, 64)), path, fps=8)
    claim = Claim(title="clip", model="s", weights_sha256="ab" * 32, trained_on="cd" * 32, mark_id=5)
    seal(path, claim, open_authority(tmp_path / "home"))
    work = _put_in(ana, path.read_bytes(), "mp4").json()
    refused = _may_train(ana, work)

    assert {("cawg", "deny")} == {(one["form"], one["verdict"]) for one in work["signals"]}
    assert (400, "invalid_consent") == (refused.status_code, error_of(refused)["code"])
    assert 200 == _may_train(ana, work, overrides_signals=True).status_code


def test_the_strictest_wins_and_silence_refuses_nothing(ana):
    """A yes on the page takes no no in the file away; a work nothing speaks of is its owner's to grant."""
    torn = _put_in(ana, _svg("noai"), "svg", source_headers="Content-Usage: train-ai=y").json()
    silent = _put_in(ana, _svg(""), "svg", source_tdmrep='[{"location": "/a", "tdm-reservation": 1}]',
                     source_path="/b").json()  # fmt: skip

    assert {"allow", "deny"} == {one["verdict"] for one in torn["signals"]}
    assert [] == silent["signals"]
    assert (400, 200) == (_may_train(ana, torn).status_code, _may_train(ana, silent).status_code)


@pytest.mark.parametrize(
    ("name", "most"),
    [("source_page", 200_000), ("source_headers", 20_000), ("source_tdmrep", 100_000), ("source_path", 2_000)],
)
def test_a_source_has_its_limits(ana, name, most):
    """One character more is refused with the field and the number."""
    refused = _put_in(ana, _png(), **{name: "x" * (most + 1)})
    taken = _put_in(ana, _png(), **{name: "x" * most})

    assert (400, name) == (refused.status_code, error_of(refused)["param"])
    assert f"{most:,}" in error_of(refused)["message"]
    assert 200 == taken.status_code
