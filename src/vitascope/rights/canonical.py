"""Canonical JSON: one value, one string of bytes, so that a hash of it names the value."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]
"""What may be hashed. No floats: two writers would print the same number differently."""


def canonical_json(value: Json) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces; for ASCII keys and integers below 2**53 this is RFC 8785."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def content_hash(value: Json) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return sha256(canonical_json(value)).hexdigest()
