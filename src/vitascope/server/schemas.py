"""A JSON schema in a few words, for the page that people read."""

from collections.abc import Iterator, Mapping
from typing import Any

_SAID = {"string": "text", "integer": "whole number", "array": "list", "boolean": "true or false"}


def kind(schema: Mapping[str, Any]) -> str:
    """What a value of ``schema`` may be: ``whole number, 0 to 100, 20 unless told``."""
    words = [_sort(schema), *_bounds(schema)]
    default = schema.get("default")
    told = str(default).lower() if isinstance(default, bool) else default
    return ", ".join([*words, f"{told} unless told"] if told is not None else words)


def _sort(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return _listed([str(value) for value in schema.get("enum", [schema.get("const")])])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("format") == "binary":
        return "file"
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    told = str(schema.get("type", "anything"))
    return _SAID.get(told, told)


def _listed(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield f"{low} to {high}"
    elif "exclusiveMinimum" in schema and high is not None:
        yield f"above {schema['exclusiveMinimum']}, at most {high}"
    if "maxLength" in schema and schema["maxLength"] > 1:
        yield f"at most {schema['maxLength']} characters"
