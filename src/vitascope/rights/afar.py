"""A log that somebody else serves: its checkpoint, its proofs and its leaves over HTTP, believed in nothing.

What cannot be fetched is one thing and says so (``AnswerError``); what was fetched and contradicts what was signed is
another (``LogError``). A server that is away has forked nothing; one that signs a size and refuses the proof has.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from vitascope.errors import AnswerError, LogError
from vitascope.rights.checkpoint import Checkpoint
from vitascope.rights.merkle import Frontier, leaf_hash
from vitascope.rights.proof import Proof, read

_CALLS: Final = "/v1/rights/log"
_PAGE: Final = 1_000  # leaves the desk tells at once
_LONGEST_NOTE: Final = 20_000
_NOT_FOUND: Final = 404

Get = Callable[[str], bytes]
"""The bytes at a path of the server. Raises ``AnswerError``."""


class ServedLog:
    """The log of a server."""

    def __init__(self, get: Get) -> None:
        self._get = get

    def note(self) -> str:
        """Its newest checkpoint, as it was signed; whoever reads it checks that. Raises ``AnswerError``."""
        try:
            return self._get(f"{_CALLS}/checkpoint")[:_LONGEST_NOTE].decode()
        except UnicodeDecodeError as error:
            raise LogError("The checkpoint that is served is no text.") from error

    def prove(self, old: int, new: int) -> Sequence[bytes]:
        """The proof that its first ``new`` leaves begin with its first ``old``. Raises ``LogError`` for none."""
        try:
            told = self._told(f"{_CALLS}/consistency?old={old}&new={new}")
        except AnswerError as error:
            if error.answered_status == _NOT_FOUND:
                raise LogError(f"The server shows no proof from {old} to {new} leaves: {error}") from error
            raise
        return _hashes(told.get("proof"))

    def inclusion(self, leaf: int) -> Proof:
        """The proof that a leaf is in it; what it says, where that is told. Raises ``AnswerError``, ``LogError``."""
        found = read(self._told(f"{_CALLS}/leaves/{leaf}/proof"))
        if found.index != leaf:
            raise LogError(f"The server shows a proof of leaf {found.index} in place of {leaf}.")
        return found

    def recount(self, checkpoint: Checkpoint) -> None:
        """Fetch every leaf and compute the root anew. Raises ``LogError`` where it is not the one that was signed."""
        frontier = Frontier()
        while frontier.size < checkpoint.size:
            page = _hashes(self._told(f"{_CALLS}/leaves?start={frontier.size}&limit={_PAGE}").get("data"))
            for leaf in page[: checkpoint.size - frontier.size]:
                frontier.add(leaf_hash(leaf))
            if not page:
                raise LogError(f"{checkpoint.size} leaves were signed and {frontier.size} are served.")
        if frontier.root != checkpoint.root:
            raise LogError(f"The {checkpoint.size} leaves that are served do not have the root that was signed.")

    def _told(self, path: str) -> dict[str, Any]:
        try:
            told = json.loads(self._get(path))
        except (ValueError, RecursionError) as error:
            raise AnswerError("What answers there is no Vitascope server.") from error
        return told if isinstance(told, dict) else {}


def _hashes(told: object) -> list[bytes]:
    """The hashes in a list of hexadecimal texts."""
    try:
        found = [bytes.fromhex(text) for text in told] if isinstance(told, list) else None
    except (TypeError, ValueError):
        found = None
    if found is None or any(len(one) != 32 for one in found):
        raise LogError("What the server shows is no list of hashes.")
    return found
