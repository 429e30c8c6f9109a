"""What strangers write into their own credentials: anything, under any label, and it is read all the same."""

import socket
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BytesIO
from threading import Thread

import c2pa
import numpy as np
import pytest

from vitascope.media.sheets import png_bytes
from vitascope.provenance.authority import open_authority, open_house
from vitascope.provenance.credential import credential_of, has_credential
from vitascope.provenance.manifest import RELEASE, Claim
from vitascope.provenance.mining import mining_entries
from vitascope.provenance.patterns import SCHEME
from vitascope.provenance.seal import sealed_bytes
from vitascope.types import Source

PICTURE = png_bytes(np.full((16, 16, 3), 90, np.uint8))
MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CREATED = {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": MADE}]}}
BLEND = Claim(title="x", model="m", weights_sha256="ab", trained_on="cd", mark_id=1, change="blended")
EARLY = {"action": "c2pa.created", "digitalSourceType": MADE, "when": "0001-01-01T00:00:00+14:00"}


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return open_authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return open_house(tmp_path_factory.mktemp("house"))


def signed(by, assertions, title="a picture", at=""):
    """A picture with these assertions, signed by ``by``; with its credential ``at`` an address, if one is given."""
    signer = c2pa.Signer.from_callback(by.signer.sign, c2pa.C2paSigningAlg.ES256, by.signer.chain.decode())
    told = {"claim_generator_info": [{"name": "x", "version": "1"}], "title": title, "assertions": assertions}
    to, settings = BytesIO(), c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    with c2pa.Context(settings, signer) as context, c2pa.Builder(told, context=context) as builder:
        if at:
            builder.set_no_embed()
            builder.set_remote_url(at)
        builder.sign("image/png", BytesIO(PICTURE), to)
    return BytesIO(to.getvalue())


@pytest.mark.parametrize(
    "assertion",
    [
        {"label": RELEASE, "data": ["a", "list"]},
        {"label": RELEASE, "data": {"credits": 5, "model": ["s"]}},
        {"label": RELEASE, "data": {"credits": "Ada", "model": None}},
        {"label": RELEASE, "data": {"credits": [None, 7, {}]}},
        {"label": "c2pa.soft-binding", "data": {"alg": SCHEME, "blocks": [{"scope": {}, "value": "A" * 40}]}},
    ],
)
def test_whatever_it_says_it_is_valid_and_says_nothing_of_ours(stranger, house, assertion):
    """No number for a name, no letters of a text for a list of names, no mark of more than eight bytes."""
    told = credential_of(signed(stranger, [CREATED, assertion]), house)

    assert ("valid", "", (), None) == (told.state, told.model, told.credits, told.mark_id)


def test_a_time_before_all_times_is_none(stranger, house):
    """The year 1, an hour before it began in UTC."""
    told = credential_of(signed(stranger, [{"label": "c2pa.actions.v2", "data": {"actions": [EARLY]}}]), house)

    assert ("valid", None) == (told.state, told.generated_at)


def test_nothing_a_terminal_obeys_comes_through(stranger, house):
    """A name with a new line could add a line to the answer, one with an escape could wipe it."""
    bad = "Eve\x1b[2J\nMade here\u202e"
    release = {"label": RELEASE, "data": {"credits": [bad], "model": bad}}

    told = credential_of(signed(stranger, [CREATED, release], bad), house)

    assert {"Eve [2J Made here "} == {told.title, told.model, *told.credits}


def test_a_name_keeps_its_letters(stranger, house):
    """Joiners are no printable letters and belong to names."""
    name = "\u0915\u094d\u200d\u0937 Đặng"
    told = credential_of(signed(stranger, [CREATED, {"label": RELEASE, "data": {"credits": [name]}}]), house)

    assert (name,) == told.credits


def test_lists_have_an_end(stranger, house):
    """A hundred names of two thousand letters."""
    told = credential_of(
        signed(stranger, [CREATED, {"label": RELEASE, "data": {"credits": ["x" * 2500] * 150}}]), house
    )

    assert (100, 2000) == (len(told.credits), len(told.credits[0]))


def test_a_chain_that_doubles_with_each_link_is_followed_so_far(stranger, house):
    """Each picture is parent and component of the next: after eight links 510 ways lead back."""
    content = PICTURE
    for _ in range(8):
        sources = tuple(Source(content=content, media_type="image/png", role=role) for role in ("parent", "component"))
        claim = replace(BLEND, sources=sources)
        content = sealed_bytes(PICTURE, "image/png", claim, stranger)

    told = credential_of(BytesIO(content), house)

    assert 100 == len(told.ancestors)
    assert 8 == max(one.depth for one in told.ancestors)


def test_no_credential_is_fetched(stranger, house):
    """A file can name an address for its credential; whoever listens there would learn who looks at it."""
    with listening() as (port, callers):
        far = signed(stranger, [CREATED], at=f"http://127.0.0.1:{port}/x.c2pa").getvalue()
        told = credential_of(BytesIO(far), house)
        known, reserved = has_credential(far), mining_entries(far, "image/png")

    assert b"/x.c2pa" in far
    assert [] == callers
    assert ("not_present", False) == (told.state, known)
    assert "names an address" in told.words
    assert "unreadable" in str(reserved)  # somebody may have reserved their rights there


@contextmanager
def listening():
    """A port, and who called there; they are hung up on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        callers = []

        def answer():
            with suppress(OSError):
                while True:
                    caller, address = server.accept()
                    callers.append(address)
                    caller.close()

        Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)
