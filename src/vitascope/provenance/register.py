"""The local register: which mark was given to which render, in ``<home>/register.jsonl``, one JSON object a line.

Lines are only ever added. An id is taken before the pixels are marked, a second line tells what came of it; the prompt
is in neither. The server keeps the same facts in its database.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from vitascope.errors import SealError
from vitascope.provenance.mark import new_mark_id

_DISTANCE = 13  # bits two ids differ in at least: the nearest neighbour is the best wrong answer of a detector
_CROWDED = 100_000  # ids from which on a distance would be refused too often


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One mark id and what it was given to; hashes are empty when the render was never finished."""

    mark_id: int
    time: str  # ISO 8601, UTC
    model: str = ""
    manifest_sha256: str = ""
    frames_sha256: str = ""


def take_id(home: Path) -> int:
    """A new mark id, far from all others, entered before it is used.

    Raises:
        SealError: the register cannot be read or written.
    """
    with _opened(home) as file:
        taken = [entry.mark_id for entry in _entries(file)]
        mark_id = new_mark_id()
        while len(taken) < _CROWDED and any((mark_id ^ other).bit_count() < _DISTANCE for other in taken):
            mark_id = new_mark_id()
        _append(file, Issued(mark_id=mark_id, time=_now()))
    return mark_id


def record(home: Path, *, mark_id: int, model: str, manifest_sha256: str, frames_sha256: str) -> None:
    """Enters what came of ``mark_id``.

    Raises:
        SealError: the register cannot be read or written.
    """
    done = Issued(
        mark_id=mark_id, time=_now(), model=model, manifest_sha256=manifest_sha256, frames_sha256=frames_sha256
    )
    with _opened(home) as file:
        _append(file, done)


def issued(home: Path) -> tuple[Issued, ...]:
    """Every id ever taken, each once with the last that is known of it, oldest first.

    Raises:
        SealError: the register cannot be read.
    """
    if not _path(home).exists():
        return ()
    try:
        with _path(home).open("rb") as file:
            return tuple({entry.mark_id: entry for entry in _entries(file)}.values())
    except OSError as error:
        raise SealError(_sentence(home, error)) from error


@contextmanager
def _opened(home: Path) -> Iterator[BinaryIO]:
    """The register, locked against other processes of this machine."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _path(home).open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
    except OSError as error:
        raise SealError(_sentence(home, error)) from error


def _entries(file: BinaryIO) -> Iterator[Issued]:
    """All lines but torn ones: those belong to a process that died in the middle, whose clip was never finished."""
    file.seek(0)
    for line in file:
        try:
            fields = json.loads(line)
            yield Issued(**{**fields, "mark_id": int(fields["mark_id"], 16)})
        except (ValueError, TypeError, KeyError):
            continue


def _append(file: BinaryIO, entry: Issued) -> None:
    line = json.dumps({**asdict(entry), "mark_id": f"{entry.mark_id:016x}"})
    end = file.seek(0, os.SEEK_END)
    if end:
        file.seek(end - 1)
        line = line if file.read(1) == b"\n" else "\n" + line  # closes a torn line
    file.write(line.encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())


def _path(home: Path) -> Path:
    return home / "register.jsonl"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sentence(home: Path, error: OSError) -> str:
    return (
        f"The register of marks {_path(home)} cannot be used: {error.strerror or error}. Nothing is made without an "
        "entry: give this user read and write access and room on the disk, or set VITASCOPE_HOME."
    )
