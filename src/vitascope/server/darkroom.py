"""Files from outside are opened in a process of their own, with little memory and little time, never at the desk.

What a decoder does with a hostile file happens in there, and ends with it.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitascope.errors import ImageError, VerifyError, VitascopeError

SECONDS = 60.0
"""How long one file may take."""

_REFUSED = 3
_KINDS: Mapping[str, type[VitascopeError]] = {
    "picture": ImageError,
    "portrait": ImageError,
    "origin": VerifyError,
    "credits": VerifyError,
}


def developed(picture: Path, to: Path) -> bool:
    """Decode ``picture`` and write it to ``to`` as a PNG of moderate size; whether a credential is in it.

    Raises ImageError.
    """
    return _run("picture", picture, to) == "credential"


def portrayed(file: Path, to: Path, small: Path) -> bool:
    """What a character is kept from, of a still or a film: a PNG of moderate size, and a small WebP to look at.

    Whether a credential is in it. Raises ImageError.
    """
    return _run("portrait", file, to, small) == "credential"


def origin(file: Path, database: str) -> Mapping[str, Any]:
    """Where ``file`` comes from, as ``inside_darkroom.origin`` tells it by the marks in ``database``, a URL.

    Raises VerifyError.
    """
    report: Mapping[str, Any] = json.loads(_run("origin", file, told=database))
    return report


def credits_of(file: Path) -> Mapping[str, Any]:
    """Whose works are behind ``file``, as ``inside_darkroom.credits_`` tells it. Raises VerifyError."""
    told: Mapping[str, Any] = json.loads(_run("credits", file))
    return told


def _run(task: str, *paths: Path, told: str = "") -> str:
    """``told`` goes in by standard input: an address with a password has no place in a list of processes."""
    command = [sys.executable, "-m", "vitascope.server.inside_darkroom", task, *map(str, paths)]
    try:
        done = subprocess.run(  # noqa: S603  # our own program, and names of files we chose
            command, capture_output=True, text=True, timeout=SECONDS, input=told, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _KINDS[task](f"The file took more than {SECONDS:g} seconds to open. Send a simpler one.") from error
    if done.returncode == 0:
        return done.stdout
    if done.returncode == _REFUSED:
        raise _KINDS[task](done.stdout.strip())
    raise _KINDS[task]("The file took more memory or time to open than it may. Send a smaller one.")
