"""A file that appears whole or not at all: written as a draft in the same folder, then moved into place."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vitascope.errors import OutputError

_SCRATCH = ".draft"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)  # the disk, or one's share of it


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """A place for a draft of ``path`` on the same disk, with the same suffix; gone when the block ends, however.

    Raises:
        OutputError: the folder is missing or not writable, or the disk refuses (full, read-only) within the block.
    """
    folder = _scratch_folder(path)
    try:
        yield folder / path.name
    except OSError as error:
        raise OutputError(_sentence(path, error)) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A draft of ``path`` that takes its place when the block ends well.

    Raises:
        OutputError: as for :func:`draft`.
    """
    with draft(path) as unfinished:
        yield unfinished
        unfinished.replace(path)


def _scratch_folder(path: Path) -> Path:
    try:
        if path.is_dir():
            message = f"Cannot write {path}: that is a folder. Name a file in it."
            raise OutputError(message)
        return Path(tempfile.mkdtemp(prefix=".", suffix=_SCRATCH, dir=path.parent))
    except OSError as error:
        raise OutputError(_sentence(path, error)) from error


def _sentence(path: Path, error: OSError) -> str:
    folder = path.parent.parent if path.parent.name.endswith(_SCRATCH) else path.parent
    reason = error.strerror or str(error)
    room = _room(folder) if error.errno in _NO_ROOM else ""
    return f"Cannot write {folder / path.name}: {reason}{room}. Choose a folder that exists, is writable and has room."


def _room(folder: Path) -> str:
    """What is left of the disk while the draft still lies on it; nothing where the system does not tell."""
    with suppress(OSError):
        disk = shutil.disk_usage(folder)
        return f" ({disk.free / 1000:,.0f} of {disk.total / 1000:,.0f} KB are free)"
    return ""
