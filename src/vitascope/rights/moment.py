"""Points in time as rights use them: always with a zone, always shown in UTC."""

from datetime import UTC, datetime

from vitascope.errors import GrantError


def require_zone(moment: datetime, meaning: str) -> None:
    """Raise ``GrantError`` for a time without a zone: it would mean another instant on another machine."""
    if moment.utcoffset() is None:
        message = f"{meaning} is {moment.isoformat()}, a time without a zone; give it one, for example UTC"
        raise GrantError(message)


def iso(moment: datetime) -> str:
    """The instant as ISO 8601 in UTC, for hashing and storing."""
    return moment.astimezone(UTC).isoformat()


def in_words(moment: datetime) -> str:
    """The instant for people: ``2026-11-23 08:30 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
