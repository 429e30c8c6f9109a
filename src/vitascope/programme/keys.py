"""Keys: made, listed, rotated with a time of grace, and taken back; the secret is shown once and kept nowhere.

Each of these leaves a leaf before it happens, whichever door it came by, and the leaf names the key by its public id.
"""

import re
import secrets as random_bytes
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from vitascope.errors import GrantError
from vitascope.orders import Limits, Priority
from vitascope.programme import repository
from vitascope.programme.access import standing
from vitascope.programme.credential import Credential, draw
from vitascope.refusals import KeyNotFoundError
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

SCOPES = ("video.create", "video.read", "video.delete", "webhook.manage", "content.check", "programme.act", "admin")
"""What a key may be made for; ``admin`` makes keys and reads figures, it opens nobody's videos, and ``programme.act``
carries the roles its owner holds."""

MEMBER_SCOPES = ("video.create", "video.read", "video.delete", "webhook.manage", "content.check")
"""What a key is made for unless more, or less, is asked."""

OPERATOR = "operator"
"""Who acts, in the log, where somebody has the house's database at hand and no key."""

LONGEST_GRACE = 24 * 3600.0
"""Seconds an old key may go on after its rotation."""

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What may be shown of a key. Times are seconds since 1970."""

    id: str
    party: str
    name: str
    scopes: frozenset[str]
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None  # from then on it opens nothing; may lie ahead, in a time of grace
    replaced_by: str | None = None
    last_used_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key and, this once, the text that opens the door."""

    key: Key
    credential: str = field(repr=False)


def create(  # noqa: PLR0913  # each is a fact of the key
    tx: Transaction,
    log: Leaves,
    *,
    by: str,
    name: str,
    scopes: Iterable[str],
    expires_at: float | None,
    secrets: Secrets,
    now: float,
    limits: Limits | None = None,
    party: str | None = None,
    priority: Priority = "normal",
    permission: str | None = None,
) -> NewKey:
    """Make a key. Without ``party`` it belongs to a new one, which has ``limits``: it shares its videos with no other.

    It hangs on ``permission``, else on the party's own early access.

    Raises GrantError for an empty name, an unknown scope or an end that has passed; LogError, and then there is none.
    """
    wanted = frozenset(scopes)
    _require_sound(name, wanted, expires_at, now)
    if party is not None and repository.party(tx, party) is None:
        raise GrantError("There is no party of that id; leave it out and the key gets one of its own.")
    credential, owner = draw(), party or f"party_{random_bytes.token_hex(8)}"
    key = Key(id=credential.id, party=owner, name=name, scopes=wanted, created_at=now, expires_at=expires_at)
    log.append(_event("key.made", by, key.id, now))
    if party is None:
        repository.add_party(tx, owner, name=name, priority=priority, limits=limits or Limits(), now=now)
    return _entered(tx, key, credential, secrets, permission)


def listed(tx: Transaction, party: str | None = None) -> tuple[Key, ...]:
    """All keys, or those of one party, oldest first."""
    return tuple(_key(row) for row in repository.keys(tx, party))


def any_key(tx: Transaction) -> bool:
    """Whether a key was ever made."""
    return repository.any_key(tx)


def rotate(
    tx: Transaction, log: Leaves, key_id: str, *, by: str, grace_seconds: float, secrets: Secrets, now: float
) -> NewKey:
    """Replace a key by one of the same party, scopes and length of life; the old one goes on for ``grace_seconds``.

    Raises KeyNotFoundError; GrantError for a key that was rotated or revoked already, or a grace beyond 24 hours;
    LogError, and then nothing changes.
    """
    old = _require(tx, key_id)
    if not 0 <= grace_seconds <= LONGEST_GRACE:
        raise GrantError(f"A grace of {grace_seconds:g} s is not possible: it must be 0 to {LONGEST_GRACE:g}.")
    if old.revoked_at is not None or old.replaced_by is not None:
        raise GrantError(f"Key {key_id} was rotated or revoked already; rotate the one that replaced it.")
    credential = draw()
    life = None if old.expires_at is None else old.expires_at - old.created_at
    new = replace(
        old, id=credential.id, created_at=now, expires_at=None if life is None else now + life, last_used_at=None
    )
    log.append(_event("key.made", by, new.id, now))
    log.append(_event("key.rotated", by, old.id, now))
    made = _entered(tx, new, credential, secrets, standing.of(tx, old.id))
    repository.end_key(tx, key_id, at=now + grace_seconds, replaced_by=new.id)
    return made


def revoke(tx: Transaction, log: Leaves, key_id: str, *, by: str, now: float) -> Key:
    """Take a key back, from now on; its waiting jobs end, and what it made stays with its party.

    Raises KeyNotFoundError; LogError, and then it still works.
    """
    key = _require(tx, key_id)
    if key.revoked_at is None or key.revoked_at > now:
        log.append(_event("key.revoked", by, key_id, now))
        repository.end_key(tx, key_id, at=now, replaced_by=key.replaced_by)
    return _require(tx, key_id)


def _entered(tx: Transaction, key: Key, credential: Credential, secrets: Secrets, permission: str | None) -> NewKey:
    repository.add_key(
        tx,
        key.id,
        party=key.party,
        name=key.name,
        digest=credential.digest(secrets.pepper),
        scopes=" ".join(sorted(key.scopes)),
        created_at=key.created_at,
        expires_at=key.expires_at,
    )
    standing.hang(tx, key.id, key.party, permission, now=key.created_at)
    return NewKey(key=key, credential=credential.text)


def _event(kind: str, by: str, key_id: str, now: float) -> Event:
    return Event(kind=kind, by=by, about=key_id, at=datetime.fromtimestamp(now, UTC))


def _require(tx: Transaction, key_id: str) -> Key:
    row = repository.key(tx, key_id)
    if row is None:
        raise KeyNotFoundError("There is no key of that id; `vitascope key list` shows those there are.")
    return _key(row)


def _require_sound(name: str, scopes: frozenset[str], expires_at: float | None, now: float) -> None:
    if not re.fullmatch(rf"\S(?:.{{0,{_LONGEST_NAME - 2}}}\S)?", name):
        raise GrantError(f"A key's name has 1 to {_LONGEST_NAME} characters on one line, not {len(name)}.")
    if unknown := sorted(scopes - set(SCOPES)):
        raise GrantError(f"There is no scope {unknown[0]!r}; there are {', '.join(SCOPES)}.")
    if not scopes:
        raise GrantError(f"A key without scopes opens nothing; give some of {', '.join(SCOPES)}.")
    if expires_at is not None and expires_at <= now:
        raise GrantError("The key would have expired before it is made; give a later end.")


def _key(row: repository.KeyRow) -> Key:
    return Key(
        id=row.id,
        party=row.party,
        name=row.name,
        scopes=frozenset(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
        last_used_at=row.last_used_at,
    )
