"""A copy of the numbers of a table in a file, for those who compare something with all of them at once.

A check of origin asks which of 100,000 renders a film looks like, in a process of its own, and to fetch and lay out as
many rows costs several times what comparing does. So what was fetched stays in a file of the data folder: the next
process maps it, which takes no memory of its own, and fetches what came since. The database is the truth: a mirror is
begun anew where the rows it holds are not those there are, and may be thrown away at any time.
"""

import fcntl
import os
import secrets
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO, UnsupportedOperation
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[np.uint64]
"""``(N, width)``: the numbers of all rows, as they were entered."""

Row = tuple[int, bytes]
"""Its number, and its records: one at least, each as many numbers of 8 bytes, little endian, as the mirror is wide."""

_MAGIC = b"vitamir1"
_HEAD = struct.Struct("<8sqqqqq16x")  # 64 bytes: magic, and the fields of a _Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is mirrored, in one transaction. Rows are entered and erased, never changed, and no two have the same."""

    since: Callable[[int], Iterator[Row]]  # the rows from that number on, by number
    standing: Callable[[int], tuple[int, int]]  # how many rows there are up to that number, and the sum of theirs


@dataclass(frozen=True, slots=True)
class _Head:
    """How far a mirror has come."""

    begun: int = 0  # drawn when it was begun anew: two mirrors may be as long as one another
    last: int = 0  # number of the last row
    rows: int = 0
    total: int = 0  # of the numbers of all rows: an erased one is missed
    size: int = 0  # bytes of records


class Mirror:
    """The numbers of one table. Any number of processes may share one file, each in its turn."""

    def __init__(self, path: Path | None, width: int) -> None:
        """The mirror in the file at ``path``, which is made; without one, or where it cannot be written, in memory."""
        self._path, self._width = path, width
        self._memory = BytesIO()
        self._seen: tuple[_Head, Records] = _Head(), np.zeros((0, width), np.uint64)

    def read(self, table: Table) -> Records:
        """The records of ``table`` as it stands; the very array of before where nothing changed."""
        if self._path is not None:
            try:
                return self._shared(self._path, table)
            except OSError:  # a full disk, a folder of somebody else: slower, and no reason to answer nobody
                self._path = None
        if not (head := _caught_up(self._memory, table)):
            self._memory = BytesIO()
            head = _begun(self._memory, table)
        return self._records(head, self._memory)

    def _shared(self, path: Path, table: Table) -> Records:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with path.open("r+b" if path.exists() else "w+b") as file:
                if head := _caught_up(file, table):
                    return self._records(head, file)
            path.unlink()  # whoever has it mapped goes on with what they have
            with path.open("w+b") as file:
                return self._records(_begun(file, table), file)

    def _records(self, head: _Head, file: BinaryIO) -> Records:
        if head != self._seen[0]:
            shape = (head.size // 8 // self._width, self._width)
            self._seen = head, _mapped(file, shape).astype(np.uint64, copy=False)
        return self._seen[1]


def _caught_up(file: BinaryIO, table: Table) -> _Head | None:
    """What ``file`` holds once all that came since is in it; None where some of it is no longer in ``table``.

    Another database, or one that was put back from a copy, has other records in the last row, though all numbers agree.
    """
    head = _head(file)
    if not head.rows or table.standing(head.last) != (head.rows, head.total):
        return None
    rows = table.since(head.last)
    number, records = next(rows)
    file.seek(_HEAD.size + head.size - len(records))
    return _added(file, head, rows) if (number, file.read(len(records))) == (head.last, records) else None


def _begun(file: BinaryIO, table: Table) -> _Head:
    """What ``file``, an empty one, holds with all of ``table`` in it."""
    return _added(file, _Head(begun=secrets.randbits(62)), table.since(0))


def _added(file: BinaryIO, known: _Head, rows: Iterator[Row]) -> _Head:
    """Writes records behind those that are known, and only then how many they are: a crash leaves the old number."""
    head = known
    file.seek(_HEAD.size + head.size)
    for number, records in rows:
        file.write(records)
        head = _Head(head.begun, number, head.rows + 1, head.total + number, head.size + len(records))
    if head != known:
        _sync(file)
        file.seek(0)
        file.write(_HEAD.pack(_MAGIC, head.begun, head.last, head.rows, head.total, head.size))
        _sync(file)
    return head


def _head(file: BinaryIO) -> _Head:
    """What ``file`` says of itself; nothing where it is no mirror, or shorter than it says."""
    file.seek(0)
    told = file.read(_HEAD.size)
    if len(told) < _HEAD.size or not told.startswith(_MAGIC):
        return _Head()
    head = _Head(*_HEAD.unpack(told)[1:])
    return head if file.seek(0, os.SEEK_END) >= _HEAD.size + head.size else _Head()


def _sync(file: BinaryIO) -> None:
    file.flush()
    with suppress(UnsupportedOperation):  # memory
        os.fsync(file.fileno())


def _mapped(file: BinaryIO, shape: tuple[int, int]) -> Records:
    if not shape[0]:
        return np.zeros(shape, np.uint64)
    if isinstance(file, BytesIO):
        return np.frombuffer(file.getvalue(), "<u8", offset=_HEAD.size, count=shape[0] * shape[1]).reshape(shape)
    return np.memmap(file, "<u8", "r", _HEAD.size, shape)
