"""The local register of marks and fingerprints."""

from multiprocessing import get_context

import numpy as np
import pytest

from vitascope.errors import SealError
from vitascope.provenance import register as registers
from vitascope.provenance.register import Issued, LocalRegister

WORDS, OTHERS = np.random.default_rng(1).integers(0, 2**63, (2, 3, 4), dtype=np.uint64)
NO_WORDS = WORDS[:0]


def done(mark_id, **told):
    return Issued(mark_id=mark_id, time="2026-11-23T00:00:00+00:00", **told)


def take(home):
    return LocalRegister(home).take()


def test_an_id_is_entered_before_it_is_used(tmp_path):
    """A render that dies leaves an id without hashes, never a mark without an entry."""
    mark_id = take(tmp_path)

    (entry,) = LocalRegister(tmp_path).entries()

    assert (mark_id, "") == (entry.mark_id, entry.manifest_sha256)
    assert [mark_id] == LocalRegister(tmp_path).ids().tolist()


def test_a_finished_render_is_told_once(tmp_path):
    """The second line completes the first; order is that of taking."""
    register = LocalRegister(tmp_path)
    first, second = register.take(), register.take()

    entry = done(first, model="s", manifest_sha256="aa", frames_sha256="bb", size=(64, 48), party="p1")
    register.enter(entry, WORDS)

    assert [first, second] == [entry.mark_id for entry in register.entries()]
    assert entry == register.get(first)
    assert ((64, 48),) == register.sizes()
    assert None is register.get(first ^ 1)


def test_copies_of_a_render_lead_to_one_another(tmp_path):
    """Each recipient's copy has an id of its own, and all are found from any."""
    register = LocalRegister(tmp_path)
    first = register.take(party="ada")
    copy = register.take(party="bo", copy_of=first)
    register.take()

    assert ["ada", "bo"] == [entry.party for entry in register.copies(first)]
    assert register.copies(first) == register.copies(copy)


def test_a_fingerprint_is_found_again(tmp_path):
    """By another process, too; four bits of each word may have changed."""
    register = LocalRegister(tmp_path)
    one, other = register.take(), register.take()
    register.enter(done(one), WORDS)
    register.enter(done(other), OTHERS)

    (found,) = LocalRegister(tmp_path).alike(WORDS ^ np.uint64(1), within=0.25)

    assert one == found.mark_id
    assert 4 / 255 == pytest.approx(found.distance)


def test_what_was_entered_meanwhile_is_found(tmp_path):
    """The index is read anew when another render came in."""
    register = LocalRegister(tmp_path)
    assert () == register.alike(WORDS, within=0.25)

    register.enter(done(5), WORDS)

    assert 5 == register.alike(WORDS, within=0.25)[0].mark_id


def test_a_torn_fingerprint_harms_no_other(tmp_path):
    """A process died while it wrote."""
    register = LocalRegister(tmp_path)
    register.enter(done(5), WORDS)
    with (tmp_path / "fingerprints.bin").open("ab") as file:
        file.write(b"half")

    register.enter(done(6), OTHERS)

    assert [5, 6] == [register.alike(words, within=0.1)[0].mark_id for words in (WORDS, OTHERS)]


def test_ids_keep_their_distance(tmp_path):
    """At least 13 bits between any two, or a detector could take one for the other."""
    ids = [take(tmp_path) for _ in range(40)]

    assert min((one ^ other).bit_count() for one in ids for other in ids if one != other) >= 13


def test_an_id_too_near_another_is_drawn_again(monkeypatch):
    """Twelve bits apart are too few, thirteen are enough."""
    drawn = iter([0b1, 2**12 - 1, 2**13 - 1, 0])
    monkeypatch.setattr(registers, "new_mark_id", lambda: next(drawn))

    assert 2**13 - 1 == registers.far_from(np.array([0, 2**63 - 1], np.uint64))


def test_lines_are_only_added(tmp_path):
    """What was written stays byte for byte."""
    take(tmp_path)
    before = (tmp_path / "register.jsonl").read_bytes()

    take(tmp_path)

    assert (tmp_path / "register.jsonl").read_bytes().startswith(before)


def test_a_torn_line_harms_no_other(tmp_path):
    """A process died in the middle of a line."""
    first = take(tmp_path)
    with (tmp_path / "register.jsonl").open("ab") as file:
        file.write(b'{"mark_id": "00')

    second = take(tmp_path)

    assert [first, second] == [entry.mark_id for entry in LocalRegister(tmp_path).entries()]


def test_lines_of_the_first_release_are_read(tmp_path):
    """They have no size, no party and no copies."""
    line = '{"mark_id": "00000000000000ff", "time": "t", "model": "s", "manifest_sha256": "", "frames_sha256": ""}\n'
    (tmp_path / "register.jsonl").write_text(line)

    assert (Issued(mark_id=255, time="t", model="s"),) == LocalRegister(tmp_path).entries()


def test_processes_take_turns(tmp_path):
    """Four processes, forty ids, forty whole lines."""
    with get_context("spawn").Pool(2) as pool:
        taken = pool.map(take, [tmp_path] * 40)

    assert sorted(taken) == sorted(LocalRegister(tmp_path).ids())


def test_a_new_home_has_issued_nothing(tmp_path):
    """No file is no error."""
    assert [] == LocalRegister(tmp_path / "nowhere").ids().tolist()


@pytest.mark.parametrize("call", [LocalRegister.take, LocalRegister.ids, LocalRegister.entries])
def test_an_unusable_register_is_told(tmp_path, call):
    """Without an entry nothing is made."""
    (tmp_path / "register.jsonl").mkdir()

    with pytest.raises(SealError, match=r"register\.jsonl cannot be used: Is a directory"):
        call(LocalRegister(tmp_path))
