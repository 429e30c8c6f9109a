"""The door: who knocks with which key, and whether they may. Every request passes here once.

What a party has used is counted from its videos, in the transaction that enters the job and under a lock on the party:
two requests at the same moment cannot both take the last place.
"""

import hmac
import math
from dataclasses import dataclass, field

from vitascope.orders import Grant
from vitascope.programme import repository
from vitascope.programme.credential import parse
from vitascope.refusals import KeyExpiredError, KeyRefusedError, KeyRevokedError, QuotaError, RateLimitError, ScopeError
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

_MINUTE, _DAY = 60.0, 86_400.0
_NOTED_EVERY = 60.0  # seconds: when a key was last used is worth a write a minute, not one a request


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """One request at the door."""

    credential: str = field(repr=False)  # what stands after "Bearer "; empty for somebody who is there in person
    scope: str
    jobs: int = 0  # videos that would be begun
    seconds: float = 0.0  # how long they would play, together
    uses: tuple[Use, ...] = ()  # what it would do and draw on; none named: what the scope alone stands for


def admit(tx: Transaction, knock: Knock, *, secrets: Secrets, now: float) -> Grant:
    """Let a request in, or say why not. With ``jobs`` the transaction must write and be the one that enters them.

    Raises KeyMissingError, KeyMistypedError, KeyRefusedError, KeyExpiredError, KeyRevokedError, ScopeError,
    RateLimitError, QuotaError.
    """
    return let_in(tx, known_key(tx, knock.credential, secrets), knock, now=now)


def let_in(tx: Transaction, row: repository.KeyRow, knock: Knock, *, now: float) -> Grant:
    """The same for a key that was shown, or whose owner is there in person: its end, its scopes, room for the jobs."""
    _require_open(row, now)
    scopes = frozenset(row.scopes.split())
    if knock.scope not in scopes:
        raise ScopeError(f"This key may not {knock.scope}; it was made for {', '.join(sorted(scopes))}.")
    party = repository.party(tx, row.party, locked=knock.jobs > 0)
    if party is None:
        raise KeyRefusedError("The owner of this key is gone; ask the operator for a new key.")
    if knock.jobs:
        _require_room(tx, party, knock, now)
        if row.last_used_at is None or now - row.last_used_at > _NOTED_EVERY:
            repository.touch_key(tx, row.id, now)
    return Grant(party=party.id, key=row.id, scopes=scopes, priority=party.priority, limits=party.limits)


def known_key(tx: Transaction, credential: str, secrets: Secrets) -> repository.KeyRow:
    """The key that somebody shows, whether it still opens anything or not.

    Raises KeyMissingError, KeyMistypedError, KeyRefusedError.
    """
    shown = parse(credential)
    row = repository.key(tx, shown.id)
    if row is None or not hmac.compare_digest(row.digest, shown.digest(secrets.pepper)):
        raise KeyRefusedError("This key is well formed but unknown here; ask the operator for one of this server.")
    return row


def _require_open(row: repository.KeyRow, now: float) -> None:
    if row.revoked_at is not None and row.revoked_at <= now:
        instead = f" Key {row.replaced_by} replaced it." if row.replaced_by else ""
        raise KeyRevokedError(f"Key {row.id} was taken back {_ago(now - row.revoked_at)} ago.{instead}")
    if row.expires_at is not None and row.expires_at <= now:
        raise KeyExpiredError(f"Key {row.id} expired {_ago(now - row.expires_at)} ago; ask the operator for a new one.")


def _require_room(tx: Transaction, party: repository.Party, knock: Knock, now: float) -> None:
    day_began = now - now % _DAY
    used = repository.used(tx, party.id, minute_began=now - _MINUTE, day_began=day_began)
    limits = party.limits
    if used.begun + knock.jobs > limits.requests_per_minute:
        raise RateLimitError(
            f"{used.begun} videos were begun in the last minute, {limits.requests_per_minute} are allowed; wait.",
            retry_after=10,
        )
    if used.in_flight + knock.jobs > limits.jobs_in_flight:
        raise RateLimitError(
            f"{used.in_flight} videos are unfinished, {limits.jobs_in_flight} are allowed at once; wait for one.",
            retry_after=5,
        )
    if used.seconds + knock.seconds > limits.seconds_per_day:
        raise QuotaError(
            f"{used.seconds:g} of {limits.seconds_per_day} seconds of video are used today and {knock.seconds:g} more "
            f"were asked for; the day ends in {_ago(day_began + _DAY - now)} (UTC)."
        )


def _ago(seconds: float) -> str:
    """A length of time for a person: 40 s, 5 min, 3 h, 12 days."""
    for unit, name in ((_DAY, "days"), (3600.0, "h"), (_MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{math.floor(seconds / unit)} {name}"
    return f"{math.ceil(seconds)} s"
