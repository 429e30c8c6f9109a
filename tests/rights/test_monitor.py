"""The log from outside: verified from its files, watched by people who remember, cosigned by auditors."""

import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.programme.members import DAY, NOW
from vitascope.errors import LogError
from vitascope.rights.checkpoint import signer_at
from vitascope.rights.cosign import Auditor, cosign, cosigned_at, read_auditor
from vitascope.rights.event import Event
from vitascope.rights.log import Log
from vitascope.rights.logbook import name_log, open_log, signer_of
from vitascope.rights.monitor import Monitor, prover, verify


def fill(log, count, about="x"):
    """Writes some events."""
    for number in range(count):
        log.append(Event(kind="test", by="tester", about=f"{about}-{number}", at=NOW))


@pytest.fixture
def log(tmp_path, signer):
    made = Log(tmp_path / "log", signer)
    fill(made, 5)
    return made


def test_a_whole_log_is_verified(tmp_path, signer, log):
    """Signature, root, order and every event; an erased one is counted and breaks nothing."""
    log.erase(2, by="steward-1", now=NOW)
    found = verify(tmp_path / "log", signer.verifier)

    assert (6, 5, 1, 0) == (found.size, found.openings, found.erased, found.unsigned)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("1 ", "1 ff", 1)[:-2] + "\n",
        lambda text: "".join(text.splitlines(keepends=True)[:-1]),
        lambda text: "".join(reversed(text.splitlines(keepends=True))),
        lambda text: text[:2] + ("0" if text[2] != "0" else "1") + text[3:],
    ],
)
def test_leaves_that_were_changed_are_noticed(tmp_path, signer, log, damage):
    """A byte changed, a line gone, two swapped."""
    path = tmp_path / "log" / "leaves"
    path.write_text(damage(path.read_text()))

    with pytest.raises(LogError):
        verify(tmp_path / "log", signer.verifier)


def test_an_event_that_was_changed_is_noticed(tmp_path, signer, log):
    """What is shown for a leaf must be what the leaf commits to."""
    path = tmp_path / "log" / "openings"
    path.write_text(path.read_text().replace("x-3", "y-3"))

    with pytest.raises(LogError, match="leaf 3"):
        verify(tmp_path / "log", signer.verifier)


def test_another_key_is_noticed(tmp_path, log):
    """A log signed by somebody else is somebody else's."""
    stranger = signer_at(tmp_path / "other.pem", origin="test.example/log")

    with pytest.raises(LogError, match="not signed"):
        verify(tmp_path / "log", stranger.verifier)


def test_a_log_that_grows_is_followed_through_restarts_and_erasures(tmp_path, signer, log):
    """Each newer checkpoint continues the one remembered, also in another process."""
    folder = tmp_path / "log"
    for _ in range(3):
        Monitor(tmp_path / "seen", signer.verifier).see(Log(folder, signer).note, prover(folder))
        fill(Log(folder, signer), 3)
        Log(folder, signer).erase(1, by="steward-1", now=NOW)

    assert 13 == Monitor(tmp_path / "seen", signer.verifier).last.size


def test_a_fork_is_seen_and_kept(tmp_path, signer, log):
    """The owner rewrites history with the right key: whoever remembers the old root sees it."""
    folder = tmp_path / "log"
    monitor = Monitor(tmp_path / "seen", signer.verifier)
    monitor.see(log.note, prover(folder))
    shutil.rmtree(folder)
    forged = Log(folder, signer)
    fill(forged, 8, about="forged")
    assert 8 == verify(folder, signer.verifier).size

    with pytest.raises(LogError, match="forked"):
        monitor.see(forged.note, prover(folder))
    assert 5 == monitor.last.size
    assert [forged.note] == [path.read_text() for path in tmp_path.glob("seen.fork-8-*")]


def test_a_log_that_was_cut_is_seen(tmp_path, signer, log):
    """Fewer leaves than were seen before are no continuation."""
    folder = tmp_path / "log"
    monitor = Monitor(tmp_path / "seen", signer.verifier)
    monitor.see(log.note, prover(folder))
    shutil.rmtree(folder)
    shorter = Log(folder, signer)
    fill(shorter, 2)

    with pytest.raises(LogError, match="cut"):
        monitor.see(shorter.note, prover(folder))


def test_a_split_view_at_the_same_size_is_seen(tmp_path, signer, log):
    """Two logs of five leaves, one key: the second shown to the same monitor does not pass."""
    other = Log(tmp_path / "other", signer)
    fill(other, 5, about="other")
    monitor = Monitor(tmp_path / "seen", signer.verifier)
    monitor.see(log.note, prover(tmp_path / "log"))

    with pytest.raises(LogError, match="forked"):
        monitor.see(other.note, prover(tmp_path / "other"))


def test_an_auditor_cosigns_what_they_saw(log, signer):
    """Their line stands below ours, tells when, is readable by our verifier, and counts for this checkpoint alone."""
    key = Ed25519PrivateKey.generate()
    auditor = Auditor(name="audit.example/eve", key=key.public_key())
    note = cosign(log.note, name=auditor.name, key=key, now=NOW)
    twice = cosign(note, name="audit.example/max", key=Ed25519PrivateKey.generate(), now=NOW + DAY)
    fill(log, 1)
    moved = log.note.partition("\n\n")[0] + "\n\n" + note.partition("\n\n")[2]

    assert NOW == cosigned_at(twice, read_auditor(auditor.text))
    assert 5 == signer.verifier.read(twice).size
    assert cosigned_at(moved, auditor) is None
    assert cosigned_at(note, Auditor(name=auditor.name, key=Ed25519PrivateKey.generate().public_key())) is None


@pytest.mark.parametrize("text", ["", "a+b+c", "eve+00000000+AAAA", "eve"])
def test_an_auditors_key_that_is_none_is_refused(text):
    """Hash and key must agree."""
    with pytest.raises(LogError):
        read_auditor(text)


def test_a_log_has_one_name_for_life(tmp_path):
    """It is given before the first leaf and never after."""
    name_log(tmp_path, "example.org/log")
    log = open_log(tmp_path)

    assert log.note.startswith("example.org/log\n")
    assert "example.org/log" == signer_of(tmp_path).origin
    with pytest.raises(LogError):
        name_log(tmp_path, "example.org/other")
    with pytest.raises(LogError):
        name_log(tmp_path / "new", "two words")
