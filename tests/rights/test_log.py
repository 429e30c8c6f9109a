"""The log: written before the effect, whole after any crash, and any change of what was signed is seen."""

import errno
import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.errors import LogError
from vitascope.rights.checkpoint import Signer
from vitascope.rights.event import Event
from vitascope.rights.log import Log
from vitascope.rights.merkle import includes, is_consistent, tree_root

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIGNER = Signer(origin="vitascope.example/log", key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def _event(about="key-1"):
    return Event(kind="hold.placed", by="steward-1", about=about, at=NOW, rule="leak")


def _read(receipt_or_log):
    return SIGNER.verifier.read(receipt_or_log.note)


@pytest.fixture
def folder(tmp_path):
    """A log of five events."""
    log = Log(tmp_path / "log", SIGNER)
    for number in range(5):
        log.append(_event(f"key-{number}"))
    return tmp_path / "log"


def test_an_append_is_on_disk_when_it_returns(tmp_path):
    """Another process that opens the folder finds the event, and the receipt's note covers it."""
    receipt = Log(tmp_path, SIGNER).append(_event())
    other = Log(tmp_path, SIGNER)

    opened = other.opening(receipt.index)
    note = _read(receipt)

    assert _event().payload == opened.payload
    assert receipt.commitment == opened.commitment == other.commitment(0)
    assert (1, other.root(1)) == (note.size, note.root)
    assert receipt.note == (tmp_path / "checkpoint").read_text()


def test_equal_events_have_unlike_leaves(tmp_path):
    """The salt hides what a leaf says from whoever can guess it."""
    log = Log(tmp_path, SIGNER)

    assert log.append(_event()).commitment != log.append(_event()).commitment


def test_every_checkpoint_is_consistent_with_every_later_one_and_holds_its_leaves(tmp_path):
    """I9: across restarts, each transition has its one leaf, and nothing signed is ever taken back."""
    notes = [_read(Log(tmp_path, SIGNER))]
    notes += [_read(Log(tmp_path, SIGNER).append(_event(f"key-{number}"))) for number in range(9)]
    log = Log(tmp_path, SIGNER)

    for new in notes:
        for old in notes[: new.size]:
            proof = log.prove_consistency(old.size, new.size)
            assert is_consistent(old.root, old.size, new.root, new.size, proof=proof)
        for index in range(new.size):
            path = log.prove_inclusion(index, new.size)
            assert includes(new.root, new.size, index=index, leaf=log.commitment(index), proof=path)


def test_an_erased_leaf_keeps_every_proof(folder):
    """Payload and salt are gone from the disk, the erasure is logged, old checkpoints still hold."""
    log = Log(folder, SIGNER)
    before, salt = _read(log), log.opening(2).salt.hex()

    receipt = log.erase(2, by="ana", now=NOW)
    again = Log(folder, SIGNER)
    after = _read(again)

    assert again.opening(2) is None
    assert b'"leaf.erased"' in again.opening(receipt.index).payload
    assert b"key-3" in again.opening(3).payload
    assert not any(salt in path.read_text() or "key-2" in path.read_text() for path in folder.iterdir())
    assert is_consistent(before.root, 5, after.root, 6, proof=again.prove_consistency(5, 6))


@settings(max_examples=12)
@given(cut=st.integers(1, 400), name=st.sampled_from(["leaves", "openings"]))
def test_a_torn_last_line_is_mended(cut, name):
    """A crash anywhere in a line that was never signed loses that line alone, and the log goes on."""
    with tempfile.TemporaryDirectory() as place:
        log = Log(Path(place), SIGNER)
        log.append(_event("kept"))
        path = Path(place) / name
        line = path.read_bytes().replace(b"0 ", b"1 ", 1)[:-1]
        path.write_bytes(path.read_bytes() + line[:cut])

        again = Log(Path(place), SIGNER)
        receipt = again.append(_event("next"))

        assert (1, 2) == (receipt.index, Log(Path(place), SIGNER).size)
        assert [_event("kept").payload, _event("next").payload] == [again.opening(i).payload for i in range(2)]


@pytest.mark.parametrize("step", range(6))
def test_a_crash_between_any_two_writes_loses_nothing_that_returned(folder, monkeypatch, step):
    """Power fails before the n-th time something reaches the disk: what returned stays, and the log goes on."""
    before = _read(Log(folder, SIGNER))
    calls = iter(range(100))
    sync = os.fsync

    def failing(descriptor):
        if next(calls) >= step:
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(descriptor)

    log = Log(folder, SIGNER)
    monkeypatch.setattr(os, "fsync", failing)
    if step < 4:
        with pytest.raises(LogError, match="cannot be written"):
            log.append(_event("lost"))
    else:
        log.append(_event("lost"))
    monkeypatch.undo()
    again = Log(folder, SIGNER)
    receipt = again.append(_event("found"))
    after = _read(receipt)

    assert again.opening(receipt.index).payload == _event("found").payload
    assert receipt.index in (5, 6)
    assert is_consistent(before.root, 5, after.root, after.size, proof=again.prove_consistency(5, after.size))


def test_a_checkpoint_is_replaced_whole(folder):
    """Who opened the checkpoint before an append reads the old one to its end, never half of the new."""
    log = Log(folder, SIGNER)
    with (folder / "checkpoint").open() as file:
        log.append(_event())

        assert 5 == SIGNER.verifier.read(file.read()).size
    assert 6 == SIGNER.verifier.read((folder / "checkpoint").read_text()).size


def test_a_log_that_cannot_be_written_says_so(tmp_path):
    """Fail closed: without its folder the log raises, so that nothing happens unseen."""
    log = Log(tmp_path / "log", SIGNER)
    shutil.rmtree(tmp_path / "log")
    (tmp_path / "log").write_text("in the way")

    with pytest.raises(LogError, match="nothing that needs it was done"):
        log.append(_event())


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_any_changed_byte_of_the_leaves_is_seen(five, place, value):
    """Whatever is changed in the signed leaves, the log does not open; it never opens with other leaves."""
    original = (five / "leaves").read_bytes()
    place %= len(original)
    changed = original[:place] + bytes([value]) + original[place + 1 :]
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(five, copy, dirs_exist_ok=True)
        (Path(copy) / "leaves").write_bytes(changed)
        if changed == original:
            assert 5 == Log(Path(copy), SIGNER).size
        else:
            with pytest.raises(LogError):
                Log(Path(copy), SIGNER)


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """A log of five events that is only read."""
    place = tmp_path_factory.mktemp("five")
    log = Log(place, SIGNER)
    for number in range(5):
        log.append(_event(f"key-{number}"))
    return place


@pytest.mark.parametrize("kept", range(5))
def test_leaves_cut_off_are_missed(folder, kept):
    """A log put back to an earlier state contradicts its last checkpoint."""
    lines = (folder / "leaves").read_bytes().splitlines(keepends=True)
    (folder / "leaves").write_bytes(b"".join(lines[:kept]))

    with pytest.raises(LogError, match="5 were signed"):
        Log(folder, SIGNER)


def test_leaves_cut_off_under_an_open_log_are_missed(folder):
    """A running process notices too, before it writes."""
    log = Log(folder, SIGNER)
    os.truncate(folder / "leaves", 10)

    with pytest.raises(LogError, match="lost lines"):
        log.append(_event())


def test_a_missing_or_foreign_checkpoint_is_seen(folder):
    """Leaves without their checkpoint, or under one that another key signed, are not taken on trust."""
    other = Signer(origin=SIGNER.origin, key=Ed25519PrivateKey.generate())
    with pytest.raises(LogError, match="not signed by"):
        Log(folder, other)

    (folder / "checkpoint").unlink()
    with pytest.raises(LogError, match="no checkpoint"):
        Log(folder, SIGNER)


def test_a_forked_log_is_seen_by_whoever_kept_a_checkpoint(folder, tmp_path):
    """Two logs grown from one beginning have no proof that joins them."""
    shutil.copytree(folder, tmp_path / "fork")
    ours, fork = Log(folder, SIGNER), Log(tmp_path / "fork", SIGNER)
    seen = _read(ours.append(_event("shown to the auditor")))
    fork.append(_event("shown to the public"))
    public = _read(fork.append(_event("more")))

    proof = fork.prove_consistency(seen.size, public.size)

    assert not is_consistent(seen.root, seen.size, public.root, public.size, proof=proof)


def test_a_changed_event_is_not_passed_off_as_the_one_logged(folder):
    """The kept event must be what the leaf commits to; a damaged line is named."""
    text = (folder / "openings").read_text()
    (folder / "openings").write_text(text.replace("key-1", "key-9"))

    with pytest.raises(LogError, match="leaf 1"):
        Log(folder, SIGNER).opening(1)
    (folder / "openings").write_text("{}\n" + text)
    with pytest.raises(LogError, match="line 1"):
        Log(folder, SIGNER).opening(1)


@pytest.mark.parametrize("shared", [True, False])
def test_writers_at_the_same_time_take_turns(tmp_path, shared):
    """Two logs on one folder, or one log in two threads: every event once, in one order."""
    logs = [Log(tmp_path, SIGNER)] * 2 if shared else [Log(tmp_path, SIGNER), Log(tmp_path, SIGNER)]
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda number: logs[number % 2].append(_event(f"e-{number}")), range(24)))
    after = Log(tmp_path, SIGNER)

    said = [json.loads(after.opening(index).payload)["about"] for index in range(24)]

    assert list(range(24)) == sorted(receipt.index for receipt in receipts)
    assert sorted(f"e-{number}" for number in range(24)) == sorted(said)
    assert all(_read(receipt).root == after.root(_read(receipt).size) for receipt in receipts)


def test_questions_beyond_the_end_are_refused(folder):
    """Leaves, sizes and prefixes that are not there are named with the size that is."""
    log = Log(folder, SIGNER)
    for question in (
        lambda: log.opening(5),
        lambda: log.commitment(-1),
        lambda: log.root(6),
        lambda: log.prove_inclusion(5, 5),
        lambda: log.prove_inclusion(0, 6),
        lambda: log.prove_consistency(3, 2),
        lambda: log.erase(5, by="ana", now=NOW),
    ):
        with pytest.raises(LogError):
            question()
    assert 5 == Log(folder, SIGNER).size
    assert log.root(0) == tree_root([])
