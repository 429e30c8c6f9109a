"""Checking a log from outside: that it is whole, and that it only ever added to what somebody saw before.

``verify`` recomputes everything from the files and writes nothing. ``Monitor`` keeps the last checkpoint it saw in a
file of its own: a log whose owner rewrote it, key and all, cannot prove itself consistent with that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vitascope.errors import LogError
from vitascope.rights.checkpoint import Checkpoint, Verifier
from vitascope.rights.log import Opening, read_opening
from vitascope.rights.merkle import is_consistent, leaf_hash, prove_consistency, tree_root

Prove = Callable[[int, int], Sequence[bytes]]
"""Asks the log for a proof that its first ``new`` leaves begin with its first ``old``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What ``verify`` found to be true."""

    size: int
    root: bytes
    openings: int  # leaves whose event can still be shown
    erased: int  # leaves whose event and salt are gone for good
    unsigned: int  # leaves a crash left after the last checkpoint


def verify(folder: Path, verifier: Verifier) -> Verified:
    """Check the log in ``folder``: signature, root, order, and each event against its leaf. Raises ``LogError``."""
    commitments = read_leaves(folder)
    checkpoint = verifier.read(_text(folder / "checkpoint"))
    if checkpoint.size > len(commitments):
        raise LogError(f"{checkpoint.size} leaves were signed and {len(commitments)} are there: leaves were removed.")
    root = tree_root([leaf_hash(leaf) for leaf in commitments[: checkpoint.size]])
    if root != checkpoint.root:
        raise LogError(f"The {checkpoint.size} leaves do not have the root that was signed: a leaf was changed.")
    openings = _openings(folder)
    for opening in openings.values():
        if opening.index < len(commitments) and opening.commitment != commitments[opening.index]:
            raise LogError(f"The event kept for leaf {opening.index} is not the one that was logged.")
    shown = sum(index < len(commitments) for index in openings)
    return Verified(
        size=checkpoint.size,
        root=root,
        openings=shown,
        erased=len(commitments) - shown,
        unsigned=len(commitments) - checkpoint.size,
    )


def read_leaves(folder: Path) -> list[bytes]:
    """The commitments in ``folder``, whose lines are counted; a last line that is torn is not one."""
    leaves: list[bytes] = []
    for line in _text(folder / "leaves").splitlines(keepends=True):
        index, _, hexadecimal = line.rstrip("\n").partition(" ")
        if not line.endswith("\n"):
            break
        if index != str(len(leaves)) or len(hexadecimal) != 64:
            raise LogError(f"Line {len(leaves) + 1} of the leaves is {line[:40]!r}, not leaf {len(leaves)}.")
        try:
            leaves.append(bytes.fromhex(hexadecimal))
        except ValueError as error:
            raise LogError(f"Line {len(leaves) + 1} of the leaves holds no hash.") from error
    return leaves


def prover(folder: Path) -> Prove:
    """Proofs from the leaves in ``folder``, for whoever has the files."""
    hashes = [leaf_hash(leaf) for leaf in read_leaves(folder)]

    def prove(old: int, new: int) -> Sequence[bytes]:
        if not 0 <= old <= new <= len(hashes):
            raise LogError(f"There are {len(hashes)} leaves; {new} cannot be shown to begin with {old}.")
        return prove_consistency(hashes[:new], old)

    return prove


class Monitor:
    """Somebody outside who remembers the last checkpoint they saw, in the file ``memory``."""

    def __init__(self, memory: Path, verifier: Verifier) -> None:
        self._memory = memory
        self.verifier = verifier

    @property
    def last(self) -> Checkpoint | None:
        """The last checkpoint that was seen and found consistent."""
        return self.verifier.read(_text(self._memory)) if self._memory.exists() else None

    def see(self, note: str, prove: Prove) -> Checkpoint:
        """Take in a newer checkpoint. Raises ``LogError`` for a fork, and then keeps both notes as evidence."""
        new, old = self.verifier.read(note), self.last
        if old is not None and not _continues(old, new, prove):
            evidence = self._memory.with_name(f"{self._memory.name}.fork-{new.size}-{new.root.hex()[:12]}")
            evidence.write_text(note, "utf-8")
            raise LogError(
                f"The log was forked or cut: its {new.size} leaves do not begin with the {old.size} seen before. Both "
                f"signed notes are kept ({self._memory.name}, {evidence.name}); show them to others."
            )
        fresh = self._memory.with_name(f"{self._memory.name}.new")
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(note, "utf-8")
        fresh.replace(self._memory)
        return new


def _continues(old: Checkpoint, new: Checkpoint, prove: Prove) -> bool:
    if new.size < old.size:
        return False
    try:
        proof = prove(old.size, new.size)
    except LogError:
        return False
    return is_consistent(old.root, old.size, new.root, new.size, proof=proof)


def _openings(folder: Path) -> dict[int, Opening]:
    lines = _text(folder / "openings").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    read = [read_opening(line, number) for number, line in enumerate(whole)]
    return {opening.index: opening for opening in read}


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LogError(f"{path.name} of the log cannot be read: {error}.") from error
