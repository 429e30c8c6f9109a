"""The local register of marks."""

from multiprocessing import get_context

import pytest

from vitascope.errors import SealError
from vitascope.provenance.register import issued, record, take_id


def test_an_id_is_entered_before_it_is_used(tmp_path):
    """A render that dies leaves an id without hashes, never a mark without an entry."""
    mark_id = take_id(tmp_path)
    (entry,) = issued(tmp_path)
    assert (mark_id, "") == (entry.mark_id, entry.manifest_sha256)


def test_a_finished_render_is_told_once(tmp_path):
    """The second line completes the first; order is that of taking."""
    first, second = take_id(tmp_path), take_id(tmp_path)
    record(tmp_path, mark_id=first, model="xs", manifest_sha256="aa", frames_sha256="bb")
    assert [(first, "xs", "aa", "bb"), (second, "", "", "")] == [
        (entry.mark_id, entry.model, entry.manifest_sha256, entry.frames_sha256) for entry in issued(tmp_path)
    ]


def test_ids_keep_their_distance(tmp_path):
    """At least 13 bits between any two, or a detector could take one for the other."""
    ids = [take_id(tmp_path) for _ in range(40)]
    assert min((one ^ other).bit_count() for one in ids for other in ids if one != other) >= 13


def test_lines_are_only_added(tmp_path):
    """What was written stays byte for byte."""
    take_id(tmp_path)
    before = (tmp_path / "register.jsonl").read_bytes()
    take_id(tmp_path)
    assert (tmp_path / "register.jsonl").read_bytes().startswith(before)


def test_a_torn_line_harms_no_other(tmp_path):
    """A process died in the middle of a line."""
    first = take_id(tmp_path)
    with (tmp_path / "register.jsonl").open("ab") as file:
        file.write(b'{"mark_id": "00')
    second = take_id(tmp_path)
    assert [first, second] == [entry.mark_id for entry in issued(tmp_path)]


def test_processes_take_turns(tmp_path):
    """Four processes, forty ids, forty whole lines."""
    with get_context("spawn").Pool(2) as pool:
        taken = pool.map(take_id, [tmp_path] * 40)
    assert sorted(taken) == sorted(entry.mark_id for entry in issued(tmp_path))


def test_a_new_home_has_issued_nothing(tmp_path):
    """No file is no error."""
    assert () == issued(tmp_path / "nowhere")


@pytest.mark.parametrize("call", [take_id, issued])
def test_an_unusable_register_is_told(tmp_path, call):
    """Without an entry nothing is made."""
    (tmp_path / "register.jsonl").mkdir()
    with pytest.raises(SealError, match=r"register\.jsonl cannot be used: Is a directory"):
        call(tmp_path)
