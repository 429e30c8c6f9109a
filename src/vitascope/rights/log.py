"""The transparency log: every power used leaves a leaf that cannot be taken back, written before the effect.

A folder holds ``leaves`` (a line per leaf: index and commitment, append only), ``openings`` (a line per leaf: the
event and its salt, erasable) and ``checkpoint`` (the signed size and root). A leaf commits to
``SHA-256(payload || salt || index as 8 bytes big endian)``; once its salt is erased nobody can tell what it said,
and every proof still holds. Order of writing: opening, leaf, checkpoint, each on disk before the next.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from vitascope.errors import LogError
from vitascope.rights.canonical import Json, canonical_json
from vitascope.rights.checkpoint import Checkpoint, Signer
from vitascope.rights.event import Event
from vitascope.rights.merkle import Frontier, leaf_hash, prove_consistency, prove_inclusion, tree_root

_SALT_BYTES: Final = 32
_TAIL_BYTES: Final = 1 << 16  # more than the longest line a crash can tear


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a leaf commits to; whoever holds it can show what the leaf says."""

    index: int
    payload: bytes
    salt: bytes

    @property
    def commitment(self) -> bytes:
        """The 32 bytes that are the leaf."""
        return sha256(self.payload + self.salt + self.index.to_bytes(8, "big")).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an event is in the log: its leaf, and the signed note that covers it."""

    index: int
    commitment: bytes
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a leaf says, in the words of its event."""

    index: int
    kind: str
    by: str
    about: str
    at: str


class Log:
    """An open log. Several processes and threads may append to one folder; each append holds the folder's lock."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        """Open or begin the log in ``folder``, mend what a crash left, and check it against its last checkpoint.

        Raises ``LogError`` when the folder cannot be used or its leaves contradict what was signed.
        """
        self._folder = folder
        self._signer = signer
        self._commitments: list[bytes] = []
        self._frontier = Frontier()
        self._offset = 0  # bytes of ``leaves`` taken in
        with self._locked():
            self._catch_up()
            self._replace("checkpoint", self.note)

    @property
    def size(self) -> int:
        """Leaves this process has seen."""
        return self._frontier.size

    @property
    def note(self) -> str:
        """The signed checkpoint over the leaves this process has seen."""
        return self._signer.sign(Checkpoint(origin=self._signer.origin, size=self.size, root=self._frontier.root))

    def append(self, event: Event) -> Receipt:
        """Write ``event``; when this returns it is on disk and the effect may follow.

        Raises ``LogError`` when it could not be written: then the effect must not happen. As after a crash, the log
        may then hold a leaf without its effect, never an effect without its leaf.
        """
        with self._locked():
            self._catch_up()
            return self._write(event)

    def refresh(self) -> None:
        """Take in what other processes wrote. Raises ``LogError`` where it contradicts what was signed."""
        with self._locked():
            self._catch_up()

    def erase(self, index: int, *, by: str, now: datetime) -> Receipt:
        """Log the erasure of leaf ``index``, then destroy its event and salt. Raises ``LogError`` if there is none."""
        return self.erase_all((index,), by=by, now=now)[0]

    def erase_all(self, indices: Collection[int], *, by: str, now: datetime) -> tuple[Receipt, ...]:
        """Log the erasure of each of these leaves, then destroy all they say at once.

        Where this raises ``LogError``, some may be logged and not destroyed, as after a crash; erase them again.
        """
        with self._locked():
            self._catch_up()
            for index in indices:
                self._require(index, self.size)
            erased = [Event(kind="leaf.erased", by=by, about=str(index), at=now) for index in indices]
            receipts = tuple(self._write(event) for event in erased)
            kept = [opening for opening in self._openings() if opening.index not in indices]
            self._replace("openings", "".join(map(_opening_line, kept)))
            return receipts

    def telling(self, names: Collection[str]) -> tuple[Said, ...]:
        """What is still said by or about any of these, oldest first."""
        with self._locked():
            self._catch_up()
            said = [_said(opening) for opening in self._openings() if opening.index < self.size]
        return tuple(one for one in said if one.by in names or one.about in names)

    def naming(self, names: Collection[str]) -> tuple[Opening, ...]:
        """The openings of leaves by or about any of these, oldest first, but for what was erased.

        One whose leaf a crash prevented is not among them: it commits to nothing.
        """
        with self._locked():
            self._catch_up()
            kept = [each for each in self._openings() if each.index < self.size and _is_naming(each, names)]
            return tuple(each for each in kept if each.commitment == self._commitments[each.index])

    def opening(self, index: int) -> Opening | None:
        """What leaf ``index`` says, or None once erased. Raises ``LogError`` if it is not what the leaf commits to."""
        with self._locked():
            self._catch_up()
            self._require(index, self.size)
            kept = [opening for opening in self._openings() if opening.index == index]
        true = [opening for opening in kept if opening.commitment == self._commitments[index]]
        if kept and not true:
            message = f"the event kept for leaf {index} is not the one logged; restore {self._folder}/openings"
            raise LogError(message)
        return true[0] if true else None

    def commitment(self, index: int) -> bytes:
        """The 32 bytes of leaf ``index``."""
        self._require(index, self.size)
        return self._commitments[index]

    def receipt(self, index: int) -> Receipt:
        """Leaf ``index`` and the newest checkpoint, which covers it. Raises ``LogError`` where there is none."""
        with self._locked():
            self._catch_up()
            return Receipt(index=index, commitment=self.commitment(index), note=self.note)

    def root(self, size: int) -> bytes:
        """The root over the first ``size`` leaves."""
        return tree_root(self._hashes(size))

    def read_own(self, note: str) -> Checkpoint:
        """A checkpoint of this log, whatever lines others put below it. Raises ``LogError`` where it is not one."""
        signed = self._signer.verifier.read(note)
        if self.root(signed.size) != signed.root:
            message = f"the checkpoint over {signed.size} leaves has another root than this log; it is of a fork"
            raise LogError(message)
        return signed

    def prove_inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """The path from leaf ``index`` to the root of the first ``size`` leaves; check with ``merkle.includes``."""
        self._require(index, size)
        return prove_inclusion(self._hashes(size), index)

    def prove_consistency(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """That the first ``size`` leaves begin with the first ``old_size``; check with ``merkle.is_consistent``."""
        if not 0 <= old_size <= size:
            message = f"{old_size} leaves cannot be the beginning of {size}; give the older size first"
            raise LogError(message)
        return prove_consistency(self._hashes(size), old_size)

    def _write(self, event: Event) -> Receipt:
        opening = Opening(index=self.size, payload=event.payload, salt=secrets.token_bytes(_SALT_BYTES))
        self._add_line("openings", _opening_line(opening))
        self._add_line("leaves", f"{opening.index} {opening.commitment.hex()}\n")
        self._take_in()
        note = self.note
        self._replace("checkpoint", note)
        return Receipt(index=opening.index, commitment=opening.commitment, note=note)

    def _catch_up(self) -> None:
        """Mend a torn last line, read what others wrote, and compare with the last checkpoint."""
        self._cut_torn_line("openings")
        self._cut_torn_line("leaves")
        self._take_in()
        self._check_signed()

    def _take_in(self) -> None:
        with (self._folder / "leaves").open("rb") as file:
            if file.seek(0, os.SEEK_END) < self._offset:
                raise self._contradiction(f"lost lines after {self.size} leaves were known")
            file.seek(self._offset)
            lines = file.readlines()
        for line in lines:
            index, _, hexadecimal = line.decode("ascii", "replace").rstrip("\n").partition(" ")
            if index != str(self.size) or not _is_sha256(hexadecimal):
                raise self._contradiction(f"has {line[:80]!r} in place of leaf {self.size}")
            self._commitments.append(bytes.fromhex(hexadecimal))
            self._frontier.add(leaf_hash(self._commitments[-1]))
            self._offset += len(line)

    def _check_signed(self) -> None:
        """Leaves that were signed may not be missing or different; newer ones are what a crash left unsigned."""
        path = self._folder / "checkpoint"
        if not path.exists() and not self.size:
            return  # a log begins with a checkpoint over nothing
        if not path.exists():
            raise self._contradiction(f"has {self.size} leaves and no checkpoint")
        signed = self._signer.verifier.read(path.read_text(encoding="utf-8"))
        if signed.size > self.size:
            raise self._contradiction(f"has {self.size} leaves, and {signed.size} were signed")
        root = self._frontier.root if signed.size == self.size else self.root(signed.size)
        if root != signed.root:
            raise self._contradiction(f"differs from what was signed over {signed.size} leaves")

    def _contradiction(self, what: str) -> LogError:
        return LogError(f"{self._folder}/leaves {what}: changed outside. Keep it as evidence and restore a copy.")

    def _openings(self) -> Iterator[Opening]:
        """Every kept event; one whose leaf a crash prevented is among them and matches no commitment."""
        with (self._folder / "openings").open(encoding="utf-8") as file:
            for number, line in enumerate(file):
                yield read_opening(line, number)

    def _hashes(self, size: int) -> list[bytes]:
        if not 0 <= size <= self.size:
            message = f"the log has {self.size} leaves, not {size}; read its checkpoint again"
            raise LogError(message)
        return [leaf_hash(commitment) for commitment in self._commitments[:size]]

    def _require(self, index: int, size: int) -> None:
        if not 0 <= index < size:
            message = f"there is no leaf {index} among {size}; leaves are counted from 0"
            raise LogError(message)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the folder against other writers. Each entry opens the lock file anew, so threads wait as well."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self._folder / "lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            message = f"the log in {self._folder} cannot be written ({error}); nothing that needs it was done"
            raise LogError(message) from error

    def _add_line(self, name: str, line: str) -> None:
        with (self._folder / name).open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def _cut_torn_line(self, name: str) -> None:
        """Cut off a last line without its end: its append never returned, so nothing relies on it."""
        with (self._folder / name).open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            start = file.seek(max(0, size - _TAIL_BYTES))
            end = start + file.read().rfind(b"\n") + 1
            if end < size:
                file.truncate(end)
                os.fsync(file.fileno())

    def _replace(self, name: str, text: str) -> None:
        """Put ``text`` in place of the file, wholly or not at all."""
        fresh = self._folder / f"{name}.new"
        with fresh.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the rename itself, and files begun in this folder
        finally:
            os.close(folder)


def _said(opening: Opening) -> Said:
    told = json.loads(opening.payload)
    return Said(index=opening.index, **{name: str(told[name]) for name in ("kind", "by", "about", "at")})


def _is_naming(opening: Opening, names: Collection[str]) -> bool:
    said = _said(opening)
    return said.by in names or said.about in names


def _opening_line(opening: Opening) -> str:
    fields: Json = {"index": opening.index, "payload": opening.payload.decode(), "salt": opening.salt.hex()}
    return canonical_json(fields).decode() + "\n"


def read_opening(line: str, number: int) -> Opening:
    """The opening in line ``number`` of the openings, counted from 0. Raises ``LogError``."""
    try:
        fields = json.loads(line)
        return Opening(
            index=int(fields["index"]), payload=fields["payload"].encode(), salt=bytes.fromhex(fields["salt"])
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"line {number + 1} of openings is not an event and its salt; restore the file from a copy"
        raise LogError(message) from error


def _is_sha256(hexadecimal: str) -> bool:
    return len(hexadecimal) == 64 and set(hexadecimal) <= set("0123456789abcdef")
