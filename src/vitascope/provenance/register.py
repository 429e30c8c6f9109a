"""The register of marks: which mark was given to which render, and what that render looks like.

Anything with the methods of :class:`Register` will do: a server keeps it in its database (``marks/book.py``). The
local one lies in the data folder: ``register.jsonl``, one JSON object a line, and ``fingerprints.bin``, 40 bytes a
word. Both are only ever added to. An id is taken before the pixels are marked, a second line tells what came of it; the
prompt is in neither.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from vitascope.errors import SealError
from vitascope.provenance.fingerprint import Words
from vitascope.provenance.likeness import RECORD, Likeness, LikenessIndex, Records
from vitascope.provenance.mark import new_mark_id

_DISTANCE = 13  # bits two ids differ in at least: the nearest neighbour is the best wrong answer of a detector
_CROWDED = 100_000  # ids from which on a distance would be refused too often
_ID = re.compile(rb'"mark_id": "([0-9a-f]{16})"')


Ids = npt.NDArray[np.uint64]
"""``(N,)``: mark ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One mark id and what it was given to; hashes are empty when the render was never finished."""

    mark_id: int
    time: str  # ISO 8601, UTC
    model: str = ""
    manifest_sha256: str = ""
    frames_sha256: str = ""
    size: tuple[int, int] = (0, 0)  # width, height of the marked frames
    copy_of: int | None = None  # the first mark of the render, where this one is another recipient's copy
    party: str = ""  # for whom the copy was made: an id of the people's side, which nothing here looks into


class Register(Protocol):
    """Where marks are taken and renders entered, and where a suspect is looked up."""

    def take(self, *, party: str = "", copy_of: int | None = None) -> int:
        """A new mark id, entered before it is used. Raises SealError."""

    def enter(self, render: Issued, words: Words) -> None:
        """What came of an id that was taken, and the fingerprint of its frames. Raises SealError."""

    def ids(self) -> Ids:
        """Every id ever taken, each once."""

    def get(self, mark_id: int) -> Issued | None:
        """The last that is known of an id."""

    def copies(self, mark_id: int) -> tuple[Issued, ...]:
        """Every mark given to the render of ``mark_id``, its own included."""

    def alike(self, words: Words, *, within: float) -> tuple[Likeness, ...]:
        """The renders at most ``within`` away from pictures of these ``words``, nearest first."""

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Each width and height renders have, once."""


class LocalRegister:
    """The register in a data folder; several processes may use one folder, each in its turn."""

    def __init__(self, home: Path) -> None:
        """The register in ``home``; nothing is read or written yet."""
        self._home = home
        self._index: tuple[int, LikenessIndex] | None = None  # for a length of the file of fingerprints

    def take(self, *, party: str = "", copy_of: int | None = None) -> int:
        """A new mark id, far from all others, entered before it is used. Raises SealError."""
        with self._opened() as file:
            file.seek(0)
            mark_id = far_from(np.array(_ids(file.read()), np.uint64))
            _append(file, Issued(mark_id=mark_id, time=now(), party=party, copy_of=copy_of))
        return mark_id

    def enter(self, render: Issued, words: Words) -> None:
        """Adds what came of an id and its fingerprint, the fingerprint first. Raises SealError."""
        with self._opened() as file:
            self._add_words(render.mark_id, words)
            _append(file, render)

    def ids(self) -> Ids:
        """Every id ever taken, each once, oldest first. Raises SealError."""
        return np.array(list(dict.fromkeys(_ids(self._content()))), np.uint64)

    def get(self, mark_id: int) -> Issued | None:
        """The last that is known of an id. Raises SealError."""
        needle = f'"{mark_id:016x}"'.encode()
        found = _entries(line for line in self._content().splitlines() if needle in line)
        return next((entry for entry in reversed(found) if entry.mark_id == mark_id), None)

    def copies(self, mark_id: int) -> tuple[Issued, ...]:
        """Every mark given to the render of ``mark_id``. Raises SealError."""
        known = self.get(mark_id)
        first = mark_id if known is None or known.copy_of is None else known.copy_of
        return tuple(entry for entry in self.entries() if first in {entry.mark_id, entry.copy_of})

    def alike(self, words: Words, *, within: float) -> tuple[Likeness, ...]:
        """The renders near pictures of these ``words``. Raises SealError."""
        return self._likenesses().nearest(words, within=within)

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Each width and height renders have, once. Raises SealError."""
        found = re.findall(rb'"size": \[(\d+), (\d+)\]', self._content())
        return tuple(dict.fromkeys((int(width), int(height)) for width, height in found if int(width)))

    def entries(self) -> tuple[Issued, ...]:
        """Every id ever taken, each once with the last that is known of it, oldest first. Raises SealError."""
        return tuple({entry.mark_id: entry for entry in _entries(iter(self._content().splitlines()))}.values())

    def words(self) -> dict[int, Words]:
        """The fingerprint of each render that has one. Raises SealError."""
        records = self._records()
        starts = np.flatnonzero(np.diff(records[:, 0], prepend=records[:1, 0] + np.uint64(1)))
        parts = np.split(records, starts[1:]) if len(records) else []
        return {int(part[0, 0]): part[:, 1:] for part in parts}

    def _content(self) -> bytes:
        try:
            return self._path().read_bytes() if self._path().exists() else b""
        except OSError as error:
            raise SealError(self._sentence(error)) from error

    def _likenesses(self) -> LikenessIndex:
        path = self._home / "fingerprints.bin"
        length = path.stat().st_size if path.exists() else 0
        if self._index is None or self._index[0] != length:
            self._index = length, LikenessIndex(self._records())
        return self._index[1]

    def _records(self) -> Records:
        """``(N, 5)``: the id of a render, and a word of it, mapped; a torn record at the end is not read."""
        path = self._home / "fingerprints.bin"
        try:
            count = path.stat().st_size // (8 * RECORD) if path.exists() else 0
            stored = np.memmap(path, "<u8", "r", shape=(count, RECORD)) if count else np.zeros((0, RECORD), "<u8")
        except OSError as error:
            raise SealError(self._sentence(error)) from error
        return stored.astype(np.uint64, copy=False)

    def _add_words(self, mark_id: int, words: Words) -> None:
        records = np.concatenate((np.full((len(words), 1), mark_id, np.uint64), words), axis=1).astype("<u8")
        with (self._home / "fingerprints.bin").open("ab") as file:
            file.truncate(file.tell() // (8 * RECORD) * (8 * RECORD))  # what a crash tore
            file.write(records.tobytes())
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The register, locked against other processes of this machine."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            with self._path().open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
        except OSError as error:
            raise SealError(self._sentence(error)) from error

    def _path(self) -> Path:
        return self._home / "register.jsonl"

    def _sentence(self, error: OSError) -> str:
        where = error.filename or self._path()
        return (
            f"The register of marks {where} cannot be used: {error.strerror or error}. Nothing is made without an "
            "entry: give this user read and write access and room on the disk, or set VITASCOPE_HOME."
        )


def now() -> str:
    """This moment, as entries write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def far_from(taken: npt.NDArray[np.uint64]) -> int:
    """A random id at least 13 bits from all ``taken``, while they are few enough for that."""
    while True:
        mark_id = new_mark_id()
        if len(taken) >= _CROWDED or not len(taken):
            return mark_id
        if int(np.bitwise_count(taken ^ np.uint64(mark_id)).min()) >= _DISTANCE:
            return mark_id


def _ids(content: bytes) -> list[int]:
    """The ids of all lines; at 100,000 lines ten times as fast as reading the lines."""
    return [int(found, 16) for found in _ID.findall(content)]


def _entries(lines: Iterator[bytes]) -> list[Issued]:
    """All lines but torn ones: those belong to a process that died in the middle, whose clip was never finished."""
    entries = []
    for line in lines:
        try:
            entries.append(_entry(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return entries


def _entry(told: dict[str, Any]) -> Issued:
    width, height = told.get("size", (0, 0))
    copy_of = told.get("copy_of")
    return Issued(
        mark_id=int(told["mark_id"], 16),
        time=told["time"],
        model=told["model"],
        manifest_sha256=told["manifest_sha256"],
        frames_sha256=told["frames_sha256"],
        size=(int(width), int(height)),
        copy_of=None if copy_of is None else int(copy_of, 16),
        party=told.get("party", ""),
    )


def _append(file: BinaryIO, entry: Issued) -> None:
    fields = asdict(entry) | {"mark_id": f"{entry.mark_id:016x}"}
    if entry.copy_of is not None:
        fields["copy_of"] = f"{entry.copy_of:016x}"
    line = json.dumps(fields)
    end = file.seek(0, os.SEEK_END)
    if end:
        file.seek(end - 1)
        line = line if file.read(1) == b"\n" else "\n" + line  # closes a torn line
    file.write(line.encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())
