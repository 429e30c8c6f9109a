"""Names with brackets, as clients write nested values into a form: back to nested values.

``video[id]``              an object with one key
``tags[]`` repeated        a list
``characters[0][id]``      a list of objects, by number
``characters[][id]``       a list of objects, one for each repetition; several keys must be repeated equally often
"""

import re
from collections.abc import Iterable
from typing import cast

from vitascope.refusals import BodyError

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]
"""What JSON can say; a form says strings, and lists and objects of them."""

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_DEEPEST = 6
_LONGEST_LIST = 1000


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """The object that the ``pairs`` of a form describe. Raises BodyError where they contradict each other."""
    tree: dict[str, Value] = {}
    for name, text in pairs:
        _put(tree, _path(name), text, name)
    return {name: _listed(value, name) for name, value in tree.items()}


def _path(name: str) -> list[str]:
    """``characters[][id]`` becomes ``["characters", "", "id"]``."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise BodyError(f"The field name {name[:60]!r} cannot be read; write it like video[id] or tags[].")
    steps = re.findall(r"\[([^\[\]]*)\]", found[2])
    if len(steps) > _DEEPEST:
        raise BodyError(f"The field {name[:60]!r} is nested {len(steps)} deep; at most {_DEEPEST} is read.")
    return [found[1], *steps]


def _put(tree: dict[str, Value], path: list[str], text: str, name: str) -> None:
    """Repetitions of ``[]`` are gathered in lists at the leaf; ``_listed`` turns them into lists of objects."""
    *inner, leaf = path
    for step in inner:
        branch = tree.setdefault(step, {})
        if not isinstance(branch, dict):
            raise _contradiction(name)
        tree = branch
    if leaf == "" or "" in inner:
        gathered = tree.setdefault(leaf, [])
        if not isinstance(gathered, list) or len(gathered) >= _LONGEST_LIST:
            raise _contradiction(name)
        gathered.append(text)
    elif leaf in tree:
        raise _contradiction(name)
    else:
        tree[leaf] = text


def _listed(value: Value, name: str) -> Value:
    """Objects whose keys are ``""`` or numbers are lists."""
    if not isinstance(value, dict):
        return value
    if set(value) == {""}:
        items = value[""]
        return _transposed(items, name) if isinstance(items, dict) else items
    if "" in value:
        raise _contradiction(name)
    inner = {key: _listed(item, name) for key, item in value.items()}
    if all(key.isascii() and key.isdigit() for key in inner):
        return _by_number(inner, name)
    return cast("Value", inner)


def _by_number(items: dict[str, Value], name: str) -> Value:
    wanted = [str(number) for number in range(len(items))]
    if sorted(items, key=lambda key: (len(key), key)) != wanted:
        raise BodyError(f"The list {name[:60]!r} has gaps in its numbers: count from [0] to [{len(items) - 1}].")
    return [items[number] for number in wanted]


def _transposed(columns: dict[str, Value], name: str) -> Value:
    """``{"id": ["a", "b"]}`` becomes ``[{"id": "a"}, {"id": "b"}]``."""
    lists = [column for column in columns.values() if isinstance(column, list)]
    if len(lists) < len(columns) or len({len(column) for column in lists}) > 1:
        raise BodyError(
            f"The objects in {name[:60]!r} cannot be told apart, since a form repeats some keys more often than "
            "others. Send the list as one JSON string, or the whole request as JSON."
        )
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]


def _contradiction(name: str) -> BodyError:
    return BodyError(f"The field {name[:60]!r} is there twice, or as a text and an object at once. Send it once.")
