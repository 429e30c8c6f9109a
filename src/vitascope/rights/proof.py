"""That one leaf is in the log, as it is handed on: checked by anybody with the log's public key and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitascope.errors import LogError
from vitascope.rights.checkpoint import Checkpoint, Verifier
from vitascope.rights.log import Log, Opening
from vitascope.rights.merkle import includes

_HASH = 32
_MOST_LEAVES = 2**53
_MOST_STEPS = 64  # a tree of as many leaves is less deep
_LONGEST_NOTE = 20_000
_LONGEST_PAYLOAD = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A leaf, its path to the root, the signed checkpoint of that root and, where it is shown, what the leaf says."""

    index: int
    leaf: bytes
    size: int
    path: tuple[bytes, ...]
    note: str
    opening: Opening | None = None

    @property
    def document(self) -> dict[str, Any]:
        """As JSON says it."""
        told: dict[str, Any] = {
            "object": "log.proof",
            "index": self.index,
            "leaf": self.leaf.hex(),
            "size": self.size,
            "proof": [step.hex() for step in self.path],
            "checkpoint": self.note,
        }
        if self.opening is None:
            return told
        return told | {"opening": {"payload": self.opening.payload.decode(), "salt": self.opening.salt.hex()}}


def prove(log: Log, index: int, *, opening: Opening | None = None) -> Proof:
    """The proof of leaf ``index`` under the newest checkpoint. Raises ``LogError`` where there is no such leaf."""
    receipt = log.receipt(index)
    size = log.read_own(receipt.note).size
    path = log.prove_inclusion(index, size)
    return Proof(index=index, leaf=receipt.commitment, size=size, path=path, note=receipt.note, opening=opening)


def check(proof: Proof, verifier: Verifier) -> Checkpoint:
    """The checkpoint under which the leaf is, and what it says is what it commits to. Raises ``LogError``."""
    signed = verifier.read(proof.note)
    is_in = includes(signed.root, signed.size, index=proof.index, leaf=proof.leaf, proof=proof.path)
    if signed.size != proof.size or not is_in:
        raise LogError(f"The proof does not lead from leaf {proof.index} to the root signed over {signed.size} leaves.")
    opening = proof.opening
    if opening is not None and (opening.index != proof.index or opening.commitment != proof.leaf):
        raise LogError(f"What is shown is not what leaf {proof.index} commits to.")
    return signed


def read(told: Mapping[str, Any]) -> Proof:
    """The proof in an answer or a file. Raises ``LogError`` where it is none."""
    try:
        index, size = _count(told["index"]), _count(told["size"])
        path = tuple(_hash(step) for step in told["proof"][:_MOST_STEPS])
        note = str(told["checkpoint"])[:_LONGEST_NOTE]
        opening = _opening(index, told["opening"]) if told.get("opening") is not None else None
        return Proof(index=index, leaf=_hash(told["leaf"]), size=size, path=path, note=note, opening=opening)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LogError(
            "What is shown is no proof: it has an index, a leaf, a size, hashes and a checkpoint."
        ) from error


def _opening(index: int, told: Mapping[str, str]) -> Opening:
    payload = told["payload"][:_LONGEST_PAYLOAD]
    json.loads(payload)  # an event is JSON, so that whoever shows it can escape what it holds
    return Opening(index=index, payload=payload.encode(), salt=_hash(told["salt"]))


def _count(told: object) -> int:
    if type(told) is not int or not 0 <= told < _MOST_LEAVES:
        raise ValueError
    return told


def _hash(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != _HASH:
        raise ValueError
    return found
