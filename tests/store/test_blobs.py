"""The files: whole or not there, in a folder and in a real S3 server; a full disk is told plainly."""

import hashlib
import os
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from databases import free_port, wait_for

from vitascope.refusals import FilesError, FilesFullError
from vitascope.store.blobs import open_blobs

FILM = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture(scope="module")
def bucket():
    """The URL of an empty bucket on an S3-compatible server of our own."""
    program = Path(sys.prefix) / "s3" / "bin" / "moto_server"
    if not program.exists():
        assert os.environ.get("CI") != "true", "the S3 server is missing: make .venv/.ready-s3"
        pytest.skip("needs an S3 server: make .venv/.ready-s3")
    port = free_port()
    server = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        wait_for(lambda: _made(f"{address}/films"), seconds=120)
        yield f"s3://films/house?endpoint={address}"
    server.terminate()
    server.wait()


def _made(bucket):
    """Whether the bucket could be made: the server takes a moment to come up."""
    try:
        with urllib.request.urlopen(urllib.request.Request(bucket, method="PUT"), timeout=30):  # noqa: S310  # our own
            return True
    except OSError:
        return False


@pytest.fixture(params=["folder", "bucket"])
def blobs(request, tmp_path):
    """A store of files of each kind."""
    return open_blobs(str(tmp_path / "files") if request.param == "folder" else request.getfixturevalue("bucket"))


def test_a_file_comes_back(blobs, tmp_path):
    """Bytes, hash and size are those that were put in, from memory or from a path."""
    path = tmp_path / "film"
    path.write_bytes(FILM)

    for key, source in (("a/film.mp4", FILM), ("b/film.mp4", path)):
        stored = blobs.put(key, source, media_type="video/mp4")

        assert (len(FILM), hashlib.sha256(FILM).hexdigest()) == (stored.size, stored.sha256)
        assert FILM == blobs.read(key) == b"".join(blobs.stream(key))
        assert len(FILM) == blobs.size(key)


def test_a_range_comes_alone(blobs):
    """A part is read without the rest; an empty one is nothing."""
    blobs.put("film", FILM, media_type="video/mp4")

    assert FILM[1000:1010] == b"".join(blobs.stream("film", 1000, 1010))
    assert FILM[-5:] == b"".join(blobs.stream("film", len(FILM) - 5))
    assert b"" == b"".join(blobs.stream("film", 10, 10))


def test_a_file_is_fetched_to_disk(blobs, tmp_path):
    """A copy on this machine has the same bytes."""
    blobs.put("film", FILM, media_type="video/mp4")
    blobs.fetch("film", tmp_path / "copy")

    assert FILM == (tmp_path / "copy").read_bytes()


def test_removing_twice_is_no_matter(blobs):
    """A sweep that was cut short can be done again."""
    blobs.put("gone/film", FILM, media_type="video/mp4")
    blobs.remove(["gone/film", "gone/never"])
    blobs.remove(["gone/film"])

    assert [] == list(blobs.keys("gone"))
    with pytest.raises(FilesError, match="no such file"):
        blobs.read("gone/film")


def test_old_files_are_told_from_new_ones(blobs):
    """By when they were put for the last time."""
    blobs.put("pictures/one", FILM, media_type="image/png")

    assert [] == list(blobs.old("pictures", time.time() - 3600))
    assert ["pictures/one"] == list(blobs.old("pictures", time.time() + 3600))


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd/../x", "a/../../b"])
def test_a_key_does_not_lead_outside(tmp_path, key):
    """No key, whoever made it, leaves the folder."""
    blobs = open_blobs(str(tmp_path / "files"))
    with suppress(FilesError):
        blobs.put(key, b"x", media_type="text/plain")

    assert [tmp_path / "files"] == list(tmp_path.iterdir())


def test_a_link_opens_one_file(bucket):
    """A bucket gives an address that works without credentials; a folder gives none."""
    blobs = open_blobs(bucket)
    blobs.put("film", FILM, media_type="video/mp4")

    with urllib.request.urlopen(blobs.link("film"), timeout=10) as answer:  # noqa: S310  # our own server
        assert FILM == answer.read()
    assert open_blobs("memory://").link("film") is None


def test_nobody_sees_half_a_file(tmp_path):
    """While a file is replaced again and again, a reader sees only whole ones."""
    blobs = open_blobs(str(tmp_path / "files"))
    contents = [bytes([number]) * 3_000_000 for number in range(8)]
    blobs.put("film", contents[0], media_type="video/mp4")

    def replace():
        for content in contents * 3:
            blobs.put("film", content, media_type="video/mp4")

    writer = threading.Thread(target=replace)
    writer.start()
    seen = []
    while writer.is_alive():
        seen.append(blobs.read("film"))
    writer.join()

    assert seen
    assert all(content in contents for content in seen)


_KILLED = """
import os, sys, threading
from vitascope.store.blobs import open_blobs
blobs = open_blobs(sys.argv[1])
threading.Timer(0.05, os._exit, [9]).start()
while True:
    blobs.put("film", b"x" * 50_000_000, media_type="video/mp4")
"""


def test_a_killed_writer_leaves_no_half_file(tmp_path):
    """A process that dies while it writes leaves the whole film or none."""
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], timeout=60)
    film = tmp_path / "film"

    assert not film.exists() or 50_000_000 == film.stat().st_size


def test_a_full_disk_is_told(tmp_path):
    """Where there is no room the error says so, and the key stays free."""
    mounted = tmp_path / "small"
    mounted.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mounted], capture_output=True)
    if mount.returncode:
        assert os.environ.get("CI") != "true" or os.getuid() != 0, mount.stderr
        pytest.skip("needs root, to mount a small disk")
    try:
        blobs = open_blobs(str(mounted))
        with pytest.raises(FilesFullError, match="full"):
            blobs.put("film", FILM * 2, media_type="video/mp4")

        assert [] == list(blobs.keys())
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_a_foreign_store_is_refused():
    """Only the kinds that are tested are opened."""
    with pytest.raises(FilesError, match="ftp"):
        open_blobs("ftp://somewhere")
