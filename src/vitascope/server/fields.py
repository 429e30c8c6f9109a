"""Reading one field of a request at a time: the same rules for a form, where all is text, and for JSON."""

import json
import math
import re
from collections.abc import Mapping

from vitascope.refusals import FieldError, MissingFieldError
from vitascope.server.brackets import Value

_WHOLE = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_YES, _NO = {"true", "1"}, {"false", "0"}

Values = Mapping[str, Value]


def text(values: Values, name: str, *, most: int, least: int = 1) -> str | None:
    """A text of ``least`` to ``most`` characters, or None where the field is not there."""
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldError(f"`{name}` must be a text, not {_kind(value)}.", param=name)
    if not least <= len(value) <= most:
        raise FieldError(f"`{name}` has {len(value)} characters; it must have {least} to {most:,}.", param=name)
    if not is_storable(value):
        raise FieldError(f"`{name}` holds characters no text has (NUL, or half of a pair). Leave them out.", param=name)
    return value


def needed(value: str | None, name: str) -> str:
    """``value``, unless the field is missing. Raises MissingFieldError."""
    if value is None:
        raise MissingFieldError(f"`{name}` is missing. Add it.", param=name)
    return value


def whole(values: Values, name: str, *, least: int, most: int) -> int | None:
    """A whole number, as a number or as a text."""
    value = values.get(name)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if value is None:
        return None
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        told = _short(value) if isinstance(value, float) else _kind(value)
        raise FieldError(f"`{name}` must be a whole number, not {told}.", param=name)
    if not least <= value <= most:
        raise FieldError(f"`{name}` is {_short(value)}; it must be {least} to {most}.", param=name)
    return value


def number(values: Values, name: str) -> float | None:
    """A finite number, as a number or as a text."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FieldError(f"`{name}` must be a number, not {_kind(value)}.", param=name)
    if not math.isfinite(value) or abs(value) > 1e15:
        raise FieldError(f"`{name}` is out of every range.", param=name)
    return float(value)


def flag(values: Values, name: str) -> bool | None:
    """True or false, also as the texts ``true`` and ``false``."""
    value = values.get(name)
    if value is None or isinstance(value, bool):
        return value
    told = str(value).lower() if isinstance(value, str | int) else ""
    if told not in _YES | _NO:
        raise FieldError(f"`{name}` must be true or false, not {_kind(value)}.", param=name)
    return told in _YES


def choice(values: Values, name: str, choices: tuple[str, ...]) -> str | None:
    """One of ``choices``."""
    value = values.get(name)
    if value is not None and (not isinstance(value, str) or value not in choices):
        raise FieldError(f"`{name}` must be one of: {', '.join(choices)}.", param=name)
    return value


def thing(values: Values, name: str) -> dict[str, Value] | None:
    """An object; a form may send it as JSON in a text."""
    value = _unpacked(values.get(name), name)
    if value is not None and not isinstance(value, dict):
        raise FieldError(f"`{name}` must be an object, not {_kind(value)}.", param=name)
    return value


def several(values: Values, name: str, *, most: int | None = None) -> list[Value] | None:
    """A list; a form may send it as JSON in a text. Raises FieldError for anything else, or more than ``most``."""
    value = _unpacked(values.get(name), name)
    if value is not None and not isinstance(value, list):
        raise FieldError(f"`{name}` must be a list, not {_kind(value)}.", param=name)
    if value is not None and most is not None and len(value) > most:
        raise FieldError(f"`{name}` names {len(value)}; {most} at most. Leave some out.", param=name)
    return value


def is_storable(value: str) -> bool:
    """Whether every database can keep ``value``: no NUL, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _unpacked(value: Value, name: str) -> Value:
    if not isinstance(value, str):
        return value
    try:
        unpacked: Value = json.loads(value)
    except (ValueError, RecursionError):
        raise FieldError(f"`{name}` is a text that is no JSON; send an object.", param=name) from None
    return unpacked


def _kind(value: Value) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"


def _short(value: float) -> str:
    return str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
