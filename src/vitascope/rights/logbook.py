"""The one log of the house: where it lies, who signs it, and what everything that writes to it needs to know of it."""

from pathlib import Path
from typing import Final, Protocol

from vitascope.errors import LogError
from vitascope.rights.checkpoint import Signer, signer_at
from vitascope.rights.event import Event
from vitascope.rights.log import Log, Receipt

DEFAULT_ORIGIN: Final = "vitascope.local/log"


class Leaves(Protocol):
    """What a function with an effect on others is handed: it appends first, and only then does what it does."""

    def append(self, event: Event) -> Receipt:
        """Write ``event``. Raises ``LogError``: then the effect must not happen."""
        ...


def open_log(data: Path) -> Log:
    """The log in ``data``/log, begun on first use, signed by the key beside it. Raises ``LogError``."""
    return Log(folder_of(data), signer_of(data))


def folder_of(data: Path) -> Path:
    """Where the log of the house in ``data`` lies."""
    return data / "log"


def signer_of(data: Path) -> Signer:
    """Name and key of the log of the house in ``data``; the key is made on first use. Raises ``LogError``."""
    return signer_at(data / "log.pem", origin=origin_of(data))


def origin_of(data: Path) -> str:
    """The name of the log: what ``name_log`` wrote, else a name for a house that has none yet."""
    path = data / "log-origin"
    try:
        return path.read_text("utf-8").strip() if path.exists() else DEFAULT_ORIGIN
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"The log's name in {path} cannot be read: {error}; restore the file.") from error


def name_log(data: Path, origin: str) -> None:
    """Give the log its name for life, a form like example.org/log. Raises ``LogError`` once it has leaves."""
    if (folder_of(data) / "leaves").exists():
        raise LogError(f"The log in {folder_of(data)} has begun as {origin_of(data)}; its name cannot change any more.")
    if not origin or "+" in origin or any(letter.isspace() for letter in origin):
        raise LogError(f"{origin!r} cannot name a log; use a form like example.org/log, without spaces.")
    data.mkdir(parents=True, exist_ok=True)
    (data / "log-origin").write_text(f"{origin}\n", "utf-8")
