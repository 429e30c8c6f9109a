"""The two people a trace needs, and the audit of every trace: a row before anything is looked at, and one after.

Rows lie in ``<home>/audit.jsonl``; each holds the hash of the one before, so that none can be changed or left out
unseen. A row names stewards, reason and the hash of the file, never what the file shows. Keys of stewards lie in
``<home>/stewards.json``, hashed with scrypt (RFC 7914).
"""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from vitascope.errors import SealError, StewardError
from vitascope.provenance.register import now

_SHORTEST_REASON = 12  # characters
_KEY = "steward-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steward:
    """Somebody who may answer for a trace together with another."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the audit."""

    time: str
    act: str  # "trace begun", "trace named", "trace inconclusive"
    stewards: tuple[str, str]
    reason: str
    file_sha256: str
    party: str = ""  # whom the trace named
    party_is_told: bool = False  # they are owed a notice: whoever sends notices goes by this
    previous: str = ""  # sha256 of the line before

    def concluded(self, outcome: str, party: str, *, is_told: bool) -> "Row":
        """The row that tells how the trace ended, and whether whoever was named knows of it."""
        return replace(self, time=now(), act=f"trace {outcome}", party=party, party_is_told=is_told)


def admit(home: Path, name: str) -> str:
    """Makes ``name`` a steward and returns their key, which is shown once and kept nowhere.

    Raises:
        StewardError: there is a steward of that name, or the name is empty.
        SealError: the file of stewards cannot be written.
    """
    known = _stewards(home)
    if not name.strip() or name in known:
        message = f"There is a steward {name!r} already, or the name is empty. Choose another name."
        raise StewardError(message)
    key, salt = _KEY + secrets.token_urlsafe(24), secrets.token_hex(16)
    rows = known | {name: {"salt": salt, "hash": _hashed(key, salt)}}
    _store(home, json.dumps(rows, indent=1))
    return key


def steward(home: Path, key: str) -> Steward:
    """The steward whose key this is.

    Raises:
        StewardError: nobody's.
        SealError: the file of stewards cannot be read.
    """
    for name, row in _stewards(home).items():
        if hmac.compare_digest(row["hash"], _hashed(key.strip(), row["salt"])):
            return Steward(name=name)
    message = "That is no steward's key. `vitascope keys steward NAME` makes one for each of two people."
    raise StewardError(message)


def two_stewards(stewards: tuple[Steward, Steward], reason: str) -> None:
    """Holds a trace to its rule. Raises StewardError where the two are one person, or the reason says nothing."""
    if stewards[0].name == stewards[1].name:
        message = f"A trace needs two stewards, and both keys are those of {stewards[0].name}. Ask a second person."
        raise StewardError(message)
    if len(reason.strip()) < _SHORTEST_REASON:
        message = f"A trace needs a reason of {_SHORTEST_REASON} characters and more: it stands in the audit for good."
        raise StewardError(message)


def begun(stewards: tuple[Steward, Steward], reason: str, file_sha256: str) -> Row:
    """The row that a trace begins with."""
    return Row(
        time=now(),
        act="trace begun",
        stewards=(stewards[0].name, stewards[1].name),
        reason=reason.strip(),
        file_sha256=file_sha256,
    )


def enter(home: Path, row: Row) -> None:
    """Adds ``row`` to the audit, on disk before this returns. Raises SealError: then the act must not happen."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with (home / "audit.jsonl").open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            lines = file.read().splitlines()
            last = hashlib.sha256(lines[-1]).hexdigest() if lines else ""
            file.write(json.dumps(asdict(replace(row, previous=last))).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        message = f"The audit in {home} cannot be written: {error.strerror or error}. Without a row nothing is traced."
        raise SealError(message) from error


def is_whole(home: Path) -> bool:
    """Whether every row of the audit follows the one before it."""
    path, last = home / "audit.jsonl", ""
    for line in path.read_bytes().splitlines() if path.exists() else ():
        if json.loads(line)["previous"] != last:
            return False
        last = hashlib.sha256(line).hexdigest()
    return True


def _stewards(home: Path) -> dict[str, dict[str, str]]:
    path = home / "stewards.json"
    try:
        rows: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        for row in rows.values():
            bytes.fromhex(row["salt"] + row["hash"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"The stewards in {path} cannot be read: {error}. Restore the file from a backup."
        raise SealError(message) from error
    return rows


def _store(home: Path, text: str) -> None:
    draft = home / f".stewards.{secrets.token_hex(4)}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        draft.touch(0o600)
        draft.write_text(text, "utf-8")
        draft.replace(home / "stewards.json")
    except OSError as error:
        message = f"The stewards in {home} cannot be written: {error.strerror or error}."
        raise SealError(message) from error
    finally:
        draft.unlink(missing_ok=True)


def _hashed(key: str, salt: str) -> str:
    return hashlib.scrypt(key.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1).hex()
