"""The log of desk and workers: one JSON object a line, and never a prompt, a key, an address or a query."""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime

_LOGGER = logging.getLogger("vitascope.house")
_LIBRARIES = ("uvicorn.error", "dbos", "opentelemetry")
_SAME_EVERY = 10.0  # seconds: in an outage some library says the same thing twenty times a second


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; a message of a library becomes its text without what it was about."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = record.__dict__.get("told") or {"event": "library", "logger": record.name, "said": _first_line(record)}
        return json.dumps({"at": at, "level": record.levelname.lower(), **told}, ensure_ascii=True)


class _Seldom(logging.Filter):
    """Lets what a library says at one place of its code through once in ten seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        if "told" in record.__dict__:
            return True
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._said.get(place, float("-inf")) < _SAME_EVERY:
            return False
        self._said[place] = now
        return True


def write_to_stderr() -> None:
    """Send the log, and warnings of the libraries below, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    handler.addFilter(_Seldom())
    _LOGGER.setLevel(logging.INFO)
    for name in (_LOGGER.name, *_LIBRARIES):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False


def tell(event: str, **told: str | float | None) -> None:
    """Something that happened."""
    _LOGGER.info(event, extra={"told": {"event": event, **told}})


def tell_bug(error: BaseException, **about: str) -> None:
    """A bug of ours: its kind and its places. Its words stay out, since they may quote what a client sent."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    told = {"event": "bug", **about, "kind": type(error).__name__, "places": places[-12:]}
    _LOGGER.error("bug", extra={"told": told})


def _first_line(record: logging.LogRecord) -> str:
    """What a library says, without the statement and the values that a driver quotes below."""
    return (record.getMessage().splitlines() or [""])[0][:300]
