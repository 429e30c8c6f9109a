"""A proof that a leaf is in the log: checked with the public key alone, and by nothing that was changed."""

from dataclasses import replace

import pytest

from tests.rights.people import NOW
from vitascope.errors import LogError
from vitascope.rights import proof
from vitascope.rights.checkpoint import signer_at
from vitascope.rights.event import Event
from vitascope.rights.log import Log


@pytest.fixture
def log(tmp_path, signer):
    """A log of eleven leaves."""
    opened = Log(tmp_path / "log", signer)
    for number in range(11):
        opened.append(Event(kind="test", by="ana", about=f"thing_{number}", at=NOW))
    return opened


@pytest.mark.parametrize("index", range(11))
def test_a_proof_is_handed_on_and_checked(log, signer, index):
    """As JSON, with what the leaf says or without; it stays true when the log has grown."""
    shown = proof.prove(log, index, opening=log.opening(index))
    bare = proof.prove(log, index)
    log.append(Event(kind="test", by="ben", about="later", at=NOW))

    assert shown == proof.read(shown.document)
    assert 11 == proof.check(proof.read(shown.document), signer.verifier).size
    assert "opening" not in bare.document
    assert 12 == proof.check(proof.prove(log, index), signer.verifier).size


def test_an_erased_leaf_is_still_proven(log, signer):
    """Nobody can tell what it said."""
    log.erase(4, by="sam", now=NOW)
    found = proof.prove(log, 4, opening=log.opening(4))

    assert found.opening is None
    assert 12 == proof.check(found, signer.verifier).size


def test_nothing_that_was_changed_is_proven(log, signer, tmp_path):
    """Another leaf, place, size, path, event, salt or signer."""
    good = proof.prove(log, 4, opening=log.opening(4))
    opening = good.opening
    bad = [
        replace(good, leaf=bytes(32)),
        replace(good, index=5),
        replace(good, size=12),
        replace(good, path=good.path[:-1]),
        replace(good, path=good.path[::-1]),
        replace(good, opening=replace(opening, payload=opening.payload.replace(b"thing_4", b"thing_5"))),
        replace(good, opening=replace(opening, salt=bytes(32))),
        replace(good, opening=log.opening(5)),
        replace(good, note=Log(tmp_path / "other", signer_at(tmp_path / "o.pem", origin="test.example/log")).note),
    ]

    for each in bad:
        with pytest.raises(LogError):
            proof.check(each, signer.verifier)


def test_what_is_no_proof_is_refused(log):
    """Each field wrong in its turn, and there is no other error."""
    good = proof.prove(log, 4, opening=log.opening(4)).document
    for name in ("index", "leaf", "size", "proof", "checkpoint", "opening"):
        for wrong in (-1, 2**64, True, "x", [1], ["zz"], {"payload": 1, "salt": "00"}, {"payload": "no", "salt": "00"}):
            if name != "checkpoint":
                with pytest.raises(LogError):
                    proof.read(good | {name: wrong})
    with pytest.raises(LogError):
        proof.read({})


def test_a_leaf_that_is_not_there_has_no_proof(log):
    """Leaves are counted from 0."""
    with pytest.raises(LogError, match="no leaf 11 among 11"):
        proof.prove(log, 11)
