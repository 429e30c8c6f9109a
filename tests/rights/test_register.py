"""The tap: a work is let through only with the right licence, lane and bytes, and never against its artist's will."""

import json
from dataclasses import asdict, replace

import pytest

from vitascope.backends.choose import SHIPPED
from vitascope.backends.weights import load_preset
from vitascope.errors import NotClearedError
from vitascope.rights.register import Register, to_lines
from vitascope.shipped import MODEL
from vitascope.text.words import edition_of
from vitascope.text.world import FIRST, OWN, POSES, SUBJECTS, later_than
from vitascope.types import Work

SHA256 = "a" * 64
OTHER = "b" * 64


def _work(**changes):
    work = Work(
        id="shelf:dog",
        package="npm:shelf==1.0.0",
        path="dog.svg",
        sha256=SHA256,
        title="dog (Shelf)",
        authors=("Ada Brush",),
        licence="MIT",
        licence_basis="LICENSE of the package",
        consent="licence-only",
        date="2026-11-23",
        lane="A",
        kind="still",
        concepts=("dog",),
    )
    return replace(work, **changes)


def _register(work, opted_out=()):
    return Register(works={work.id: work}, opted_out=frozenset(opted_out))


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0", "CC0-1.0", "CC-PDDC", "CC-BY-4.0"])
def test_a_licensed_work_with_its_own_bytes_passes(licence):
    """Each licence of lane A lets a work through, and the caller gets the work to credit."""
    work = _work(licence=licence)

    assert work == _register(work).clear("shelf:dog", SHA256, "A")


@pytest.mark.parametrize(
    ("changes", "lane", "reason"),
    [
        ({"licence": ""}, "A", "has no licence"),
        ({"licence": "GPL-2.0-or-later"}, "A", "GPL-2.0-or-later is not allowed in lane A"),
        ({"licence": "CC-BY-SA-4.0"}, "A", "CC-BY-SA-4.0 is not allowed in lane A"),
        ({"licence": "LicenseRef-WordNet"}, "A", "LicenseRef-WordNet is not allowed in lane A"),
        ({"licence_basis": ""}, "A", "nothing records why"),
        ({"consent": "none"}, "A", "nothing records why"),
        ({"opted_out": True}, "A", "opted out"),
        ({"sha256": OTHER}, "A", f"dog.svg has sha256 {SHA256}, the register says {OTHER}"),
        ({"sha256": ""}, "A", "holds no sha256"),
        ({"lane": "B", "licence": "CC-BY-SA-4.0"}, "A", "belongs to lane B and this corpus is lane A"),
        ({}, "B", "belongs to lane A and this corpus is lane B"),
        ({}, "C", "there is no lane 'C'"),
        ({"lane": "O", "licence": "LicenseRef-Vitascope-Opt-In"}, "O", "only works their artists put in"),
    ],
)
def test_anything_else_is_refused_with_the_reason(changes, lane, reason):
    """The message names the work and says in plain words what is wrong with it."""
    register = _register(_work(**changes))

    with pytest.raises(NotClearedError) as refusal:
        register.clear("shelf:dog", SHA256, lane)

    assert reason in str(refusal.value)
    assert "shelf:dog" in str(refusal.value)


def test_an_empty_hash_never_matches_an_empty_hash():
    """A work without a recorded hash is refused even to a caller who has none either."""
    with pytest.raises(NotClearedError, match="no sha256"):
        _register(_work(sha256="")).clear("shelf:dog", "", "A")


def test_a_work_outside_the_register_is_refused():
    """What nobody registered is not trained on."""
    with pytest.raises(NotClearedError, match="'shelf:cat' is not among the 1 works"):
        _register(_work()).clear("shelf:cat", SHA256, "A")


@pytest.mark.parametrize("line", ["Ada Brush", "ADA BRUSH", "shelf:dog"])
def test_a_line_in_the_opt_out_file_is_respected(tmp_path, line):
    """An author's name or a work's id in optouts.txt closes the tap, in any case of letters."""
    (tmp_path / "works.jsonl").write_text(to_lines([_work()]))
    (tmp_path / "optouts.txt").write_text(f"# asked by mail\n\n  {line}  \n")

    with pytest.raises(NotClearedError, match="opted out"):
        Register.load(tmp_path).clear("shelf:dog", SHA256, "A")


def test_an_opt_out_leaves_others_alone(tmp_path):
    """A comment or part of a name is no opt-out."""
    (tmp_path / "works.jsonl").write_text(to_lines([_work()]))
    (tmp_path / "optouts.txt").write_text("# Ada Brush\nAda\n")

    assert _work() == Register.load(tmp_path).clear("shelf:dog", SHA256, "A")


def test_words_may_carry_their_own_licences():
    """WordNet's and Unicode's licences open the tap for words, though not for drawings."""
    words = _work(kind="words", licence="LicenseRef-WordNet")

    assert words == _register(words).clear("shelf:dog", SHA256, "A")


def test_an_opted_in_work_passes_in_its_lane():
    """Lane O takes what an artist put in."""
    work = _work(lane="O", licence="LicenseRef-Vitascope-Opt-In", consent="explicit-opt-in")

    assert work == _register(work).clear("shelf:dog", SHA256, "O")


def test_a_register_is_read_back_as_it_was_written(tmp_path):
    """Writing and loading changes nothing, and the order of writing does not matter."""
    works = [_work(), _work(id="shelf:cat", title="cat \u00e9", concepts=("cat",))]
    path = tmp_path / "works.jsonl"
    path.write_text(to_lines(works), "utf-8")

    register = Register.load(path)

    assert {work.id: work for work in works} == dict(register.works)
    assert to_lines(works) == to_lines(reversed(works))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Line 1"),
        ("[]", "Line 1"),
        ('{"id": "x"}', "lacks authors"),
        (json.dumps(asdict(_work()) | {"price": 3}), "price"),
        (to_lines([_work()]) * 2, "a second time"),
    ],
)
def test_a_broken_register_lets_nothing_through(tmp_path, text, reason):
    """A row that is no work, or a name used twice, stops the load with the line."""
    (tmp_path / "works.jsonl").write_text(text)

    with pytest.raises(NotClearedError, match=reason):
        Register.load(tmp_path)


def test_a_missing_register_is_said_so(tmp_path):
    """No file, no works."""
    with pytest.raises(NotClearedError, match="cannot be read"):
        Register.load(tmp_path / "none.jsonl")


def test_the_hash_names_works_and_opt_outs():
    """The hash moves with a work and with an opt-out, and with nothing else."""
    register = _register(_work())

    assert register.sha256() == _register(_work()).sha256()
    assert register.sha256() != _register(_work(title="hound")).sha256()
    assert register.sha256() != _register(_work(), {"ada brush"}).sha256()


def test_the_shipped_register_covers_the_world():
    """Each subject has one cleared drawing in each style, all in lane A, all by licence only."""
    register = Register.load()

    for subject in SUBJECTS:
        works = register.works_for(subject)
        assert len(SUBJECTS[subject].styles) == len(works), subject
        assert sorted(works, key=lambda work: work.id) == sorted(
            (register.clear(work.id, work.sha256, "A") for work in works), key=lambda work: work.id
        )
        consent = "public-domain-dedication" if SUBJECTS[subject].styles in ((OWN,), POSES) else "licence-only"
        assert {consent} == {work.consent for work in works}


def test_the_shipped_register_names_words_and_our_own_places():
    """Lexicon sources and procedural places are works too, and pass."""
    register = Register.load()
    others = [work for work in register.works.values() if work.kind in ("words", "procedural")]

    cleared = {register.clear(work.id, work.sha256, "A").id for work in others}

    assert {"words:emojibase", "words:cldr", "words:wordnet", "procedural:places", "procedural:places-2"} == cleared


def test_what_an_older_edition_learned_from_keeps_its_name():
    """The register without what came later has the hash that weights of that edition record."""
    known, shipped = Register.load().without(later_than(FIRST)), load_preset(SHIPPED / f"{MODEL}.json")

    assert known.sha256().startswith("89df5a9af295")
    assert shipped.trained_on == Register.load().without(later_than(edition_of(shipped.vocabulary_sha256))).sha256()
    assert 240 == sum(work.kind in ("animation", "still") for work in known.works.values())
    assert Register.load().without(["cat"]).works.keys() < Register.load().works.keys()
