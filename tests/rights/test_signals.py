"""Signals: what files, pages and sites say about training is read, and the most restrictive wins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.provenance.mining import mining_entries
from vitascope.rights.consent.signals import (
    Signal,
    Verdict,
    from_entries,
    from_headers,
    from_html,
    from_json,
    from_tdmrep,
    from_xmp,
    to_json,
    verdict_of,
)


def said(*verdicts):
    return [Signal(form="x", verdict=verdict, raw="") for verdict in verdicts]


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([], Verdict.UNKNOWN),
        (said(Verdict.ALLOW), Verdict.ALLOW),
        (said(Verdict.ALLOW, Verdict.UNKNOWN), Verdict.UNKNOWN),
        (said(Verdict.ALLOW, Verdict.UNKNOWN, Verdict.DENY), Verdict.DENY),
    ],
)
def test_the_most_restrictive_wins(found, verdict):
    """One no is a no; nothing found, and anything unknown, is unknown, which is no yes."""
    assert verdict is verdict_of(found)


@given(st.lists(st.sampled_from(Verdict), max_size=6), st.sampled_from(Verdict))
def test_another_signal_never_loosens(first, another):
    """What was no stays no, whatever else is found."""
    strictness = {Verdict.ALLOW: 0, Verdict.UNKNOWN: 1, Verdict.DENY: 2}
    if first:
        before, after = verdict_of(said(*first)), verdict_of(said(*first, another))
        assert strictness[before] <= strictness[after]


@pytest.mark.parametrize(
    ("headers", "verdicts"),
    [
        ({"Content-Usage": "train-ai=n"}, [Verdict.DENY]),
        ({"content-usage": "search=n, train-ai=y;p=1"}, [Verdict.ALLOW]),
        ({"Content-Usage": "train-ai=y, train-ai=n"}, [Verdict.DENY]),
        ({"Content-Usage": "train-ai"}, [Verdict.UNKNOWN]),
        ({"Content-Usage": "search=y"}, []),
        ({"TDM-Reservation": "1"}, [Verdict.DENY]),
        ({"TDM-Reservation": "0"}, [Verdict.ALLOW]),
        ({"TDM-Reservation": "perhaps"}, [Verdict.UNKNOWN]),
        ({"X-Robots-Tag": "noindex, NOAI"}, [Verdict.DENY]),
        ({"X-Robots-Tag": "somebot: noimageai"}, [Verdict.DENY]),
        ({"X-Robots-Tag": "noindex"}, []),
        ({"Server": "noai"}, []),
    ],
)
def test_headers_are_read(headers, verdicts):
    """aipref, TDMRep and noai, in any case; other headers say nothing."""
    assert verdicts == [signal.verdict for signal in from_headers(headers)]


def test_a_page_is_read():
    """Meta elements carry the same words."""
    page = '<html><head><META name="TDM-Reservation" content="1"><meta name="robots" content="noai"></head>'

    assert ["tdmrep", "noai"] == [signal.form for signal in from_html(page)]
    assert () == from_html("<p>noai</p>")


def test_a_sites_own_file_is_read_by_its_closest_rule():
    """The longest location that fits decides; what cannot be read is unknown."""
    rules = '[{"location": "/", "tdm-reservation": 1}, {"location": "/free/*.png$", "tdm-reservation": 0}]'

    assert Verdict.ALLOW is verdict_of(from_tdmrep(rules, "/free/a.png"))
    assert Verdict.DENY is verdict_of(from_tdmrep(rules, "/free/a.png.zip"))
    assert () == from_tdmrep('[{"location": "/x", "tdm-reservation": 1}]', "/y")
    assert Verdict.DENY is verdict_of(from_tdmrep(rules)), "without a path the strictest rule wins"
    for broken in ("<html>", "[1]", '{"a": 1}', "[" * 9_000):
        assert Verdict.UNKNOWN is verdict_of(from_tdmrep(broken, "/"))


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ({"cawg.ai_generative_training": {"use": "notAllowed"}}, Verdict.DENY),
        ({"cawg.ai_generative_training": {"use": "constrained"}}, Verdict.DENY),
        ({"cawg.ai_generative_training": {"use": "constrained", "constraint_info": "ask"}}, Verdict.DENY),
        ({"c2pa.ai_training": {"use": "allowed"}}, Verdict.ALLOW),
        ({"cawg.ai_training": {"use": "allowed"}, "cawg.data_mining": {"use": "notAllowed"}}, Verdict.DENY),
        ({"cawg.ai_training": {"use": "maybe"}}, Verdict.UNKNOWN),
        ({"cawg.ai_training": "notAllowed"}, Verdict.DENY),
        ({"cawg.ai_training": None}, Verdict.UNKNOWN),
        ({"cawg.ai_inference": {"use": "notAllowed"}}, Verdict.UNKNOWN),
        ({}, Verdict.UNKNOWN),
    ],
)
def test_entries_of_a_credential_are_read(entries, verdict):
    """Constrained without terms that were met is no; inference is another matter."""
    assert verdict is verdict_of(from_entries("cawg", entries))


def test_the_xmp_of_a_picture_is_read():
    """IPTC's data-mining property, as an attribute and as an element."""
    attribute = b'<rdf:Description plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"/>'
    element = b"<plus:DataMining>DMI-ALLOWED</plus:DataMining>"

    assert Verdict.DENY is verdict_of(from_xmp(attribute))
    assert Verdict.ALLOW is verdict_of(from_xmp(element))
    assert () == from_xmp(b"no packet")


def test_signals_stay_on_record():
    """What was read is kept with its raw words, and comes back as it was."""
    found = from_headers({"Content-Usage": "train-ai=n"})

    assert found == from_json(to_json(found))
    assert "train-ai=n" in found[0].raw


def test_a_file_without_a_credential_gives_nothing_and_a_broken_one_is_unknown():
    """Silence is no statement; a damaged credential is one that nobody can read."""
    assert () == mining_entries(b"<svg/>", "text/plain")
    png = b"\x89PNG\r\n\x1a\n"
    told = [entry for label, entries in mining_entries(png, "image/png") for entry in from_entries(label, entries)]
    assert Verdict.UNKNOWN is verdict_of(told)
