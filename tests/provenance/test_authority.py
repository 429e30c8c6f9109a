"""The local authority: made once, kept private, and plain about trouble."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from vitascope.errors import SealError
from vitascope.provenance.authority import open_authority, open_house, rotate


def test_the_first_run_makes_it_and_the_second_finds_it(tmp_path):
    """Keys stay the same, or marks and seals of yesterday would be strangers."""
    one, other = open_authority(tmp_path / "home"), open_authority(tmp_path / "home")
    assert (one.mark_key, one.signer.chain, one.anchors) == (other.mark_key, other.signer.chain, other.anchors)


def test_two_homes_share_no_secret(tmp_path):
    """Each house signs and marks for itself."""
    one, other = open_authority(tmp_path / "one"), open_authority(tmp_path / "other")
    assert one.mark_key != other.mark_key
    assert one.signer.chain != other.signer.chain


def test_only_the_owner_reads_the_keys(tmp_path):
    """Folder 0700, files 0600."""
    open_authority(tmp_path)
    folder = tmp_path / "authority"
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def test_secrets_are_not_shown(tmp_path):
    """A log line with an authority in it gives nothing away."""
    authority = open_authority(tmp_path)
    assert "PRIVATE" not in repr(authority)
    assert repr(authority.mark_key) not in repr(authority)


def test_two_first_runs_at_once_end_with_one_authority(tmp_path):
    """Whoever comes second takes what the first made; nothing is left lying about."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: open_authority(tmp_path), range(8)))
    assert 1 == len({authority.mark_key for authority in made})
    assert ["authority"] == [entry.name for entry in tmp_path.iterdir()]


def test_a_home_that_is_a_file_is_told(tmp_path):
    """One sentence, naming the folder and what to do."""
    (tmp_path / "home").write_text("")
    with pytest.raises(SealError, match=r"home/authority cannot be used.*VITASCOPE_HOME"):
        open_authority(tmp_path / "home")


def test_a_missing_key_is_told(tmp_path):
    """A new one is not made in silence: that would disown every earlier file."""
    open_authority(tmp_path)
    (tmp_path / "authority" / "signer.pem").unlink()
    with pytest.raises(SealError, match="No such file"):
        open_authority(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_key_is_told(tmp_path):
    """Wrong permissions are named as such."""
    open_authority(tmp_path)
    (tmp_path / "authority" / "signer.pem").chmod(0)
    with pytest.raises(SealError, match="Permission denied"):
        open_authority(tmp_path)


def test_a_mark_key_cut_short_is_told(tmp_path):
    """Half a key would mark clips that nobody can find again."""
    open_authority(tmp_path)
    (tmp_path / "authority" / "mark.key").write_bytes(b"short")
    with pytest.raises(SealError, match="holds 5 bytes, not 32"):
        open_authority(tmp_path)


@pytest.mark.parametrize("name", ["root.pem", "root.key"])
def test_a_damaged_root_is_told_when_it_is_needed(tmp_path, name):
    """Its certificate to know what is ours, its key for a new signer; neither ends in a traceback."""
    open_authority(tmp_path)
    (tmp_path / "authority" / name).write_bytes(b"garbage")
    with pytest.raises(SealError, match=r"root\."):
        rotate(tmp_path)
    if name == "root.pem":
        with pytest.raises(SealError, match="restore it from a backup"):
            open_house(tmp_path)
