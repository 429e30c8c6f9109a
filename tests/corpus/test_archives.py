"""Packages are read whichever registry packed them."""

import io
import tarfile
import zipfile

import pytest

from vitascope.corpus.archives import walk
from vitascope.errors import CorpusError

FILES = {"usr/share/cat.svg": b"<svg/>", "usr/share/dog.svg": b"<svg></svg>"}


def _tar(root):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz") as tar:
        for path, contents in FILES.items():
            member = tarfile.TarInfo(root + path)
            member.size = len(contents)
            tar.addfile(member, io.BytesIO(contents))
    return buffer.getvalue()


def _debian(members):
    packed = b"!<arch>\n"
    for name, contents in members.items():
        packed += f"{name:16}{0:<12}{0:<6}{0:<6}{644:<8}{len(contents):<10}`\n".encode() + contents
        packed += b"\n" * (len(contents) % 2)
    return packed


def _read(path):
    return {name: read() for name, read in walk(path)}


def test_a_debian_archive_is_read(tmp_path):
    """Its data lies behind two other members, one of them of odd length."""
    path = tmp_path / "art_1_all.deb"
    path.write_bytes(_debian({"debian-binary": b"2.0", "control.tar.xz": b"x" * 8, "data.tar.xz": _tar("./")}))

    assert FILES == _read(path)


def test_a_wheel_is_read(tmp_path):
    """A zip by another name."""
    path = tmp_path / "art-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, contents in FILES.items():
            wheel.writestr(name, contents)

    assert FILES == _read(path)


def test_a_package_of_npm_is_read(tmp_path):
    """Below its root."""
    path = tmp_path / "art-1.tgz"
    path.write_bytes(_tar("package/"))

    assert FILES == _read(path)


def test_a_debian_archive_without_data_is_told(tmp_path):
    """And what to do."""
    path = tmp_path / "art_1_all.deb"
    path.write_bytes(_debian({"debian-binary": b"2.0"}))

    with pytest.raises(CorpusError, match=r"holds no data\.tar"):
        _read(path)
