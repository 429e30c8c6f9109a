"""Finds keys of ours in files, for a hook before each commit and whoever tidies up: by shape and checksum alone."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vitascope.errors import ScanError
from vitascope.programme.credential import PREFIX, parse
from vitascope.refusals import KeyMistypedError

PATTERN = rf"{PREFIX}[0-9A-Za-z]{{44}}"
"""What to hand to other scanners; the checksum that ``parse`` looks at tells a key from a look-alike."""

_KEY = re.compile(PATTERN.encode() + rb"(?![0-9A-Za-z])")
_CHUNK = 1 << 20
_OVERLAP = 64  # more than a key, so that none is cut in two
_PASSED_OVER = frozenset({".git", ".venv", "node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A key in a file, by its public id: the secret part is not carried further."""

    path: Path
    line: int
    key: str


def scan(path: Path) -> Iterator[Finding]:
    """Every key in a file or in all files below a folder; links are not followed. Raises ScanError."""
    if not path.exists():
        raise ScanError(f"There is nothing at {path}; give a file or a folder.")
    for file in _files(path):
        yield from _in_file(file)


def find_keys(text: str) -> tuple[str, ...]:
    """The public ids of the keys in a text."""
    return tuple(key for _, key in _in_bytes(text.encode()))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = sorted(set(names) - _PASSED_OVER)
        yield from (Path(folder) / name for name in sorted(files) if not (Path(folder) / name).is_symlink())


def _in_file(path: Path) -> Iterator[Finding]:
    """Read in pieces: a film may lie among the files."""
    line, rest, told = 1, b"", set[tuple[int, str]]()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                piece = rest + chunk
                for start, key in _in_bytes(piece):
                    place = (line + piece.count(b"\n", 0, start), key)
                    if place not in told:
                        told.add(place)
                        yield Finding(path=path, line=place[0], key=key)
                rest = piece[-_OVERLAP:]
                line += piece.count(b"\n", 0, len(piece) - len(rest))
    except OSError as error:
        raise ScanError(f"{path} cannot be read ({error.strerror}); give this user access or leave it out.") from error


def _in_bytes(piece: bytes) -> Iterator[tuple[int, str]]:
    for found in _KEY.finditer(piece):
        try:
            yield found.start(), parse(found[0].decode()).id
        except KeyMistypedError:
            continue  # shaped like a key, and none
