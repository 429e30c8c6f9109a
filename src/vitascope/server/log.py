"""The log: one JSON object a line, with the id of the request, and never a prompt, a key, an address or a query."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

_LOGGER = logging.getLogger("vitascope.desk")


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; a message of another library becomes its text without what it was about."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = record.__dict__.get("told") or {"event": "library", "logger": record.name, "said": record.getMessage()}
        return json.dumps({"at": at, "level": record.levelname.lower(), **told}, ensure_ascii=True)


def write_to_stderr() -> None:
    """Send the log, and warnings of the libraries below, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    _LOGGER.handlers, _LOGGER.propagate = [handler], False
    _LOGGER.setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").handlers = [handler]


def tell(event: str, **told: str | float | None) -> None:
    """Something that happened."""
    _LOGGER.info(event, extra={"told": {"event": event, **told}})


def tell_bug(error: BaseException, request_id: str) -> None:
    """A bug of ours: its kind and its places. Its words stay out, since they may quote what a client sent."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    told = {"event": "bug", "request_id": request_id, "kind": type(error).__name__, "places": places[-12:]}
    _LOGGER.error("bug", extra={"told": told})
