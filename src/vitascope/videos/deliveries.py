"""The outbox of webhooks: what is due is taken, sent, and noted, again and again with longer pauses, for 72 hours.

A delivery is taken for a minute at a time, so that two workers never send the same one at once, and one that died over
it is followed by another. A receiver can see an event twice, and tells by ``webhook-id``, which stays the same.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from vitascope.errors import VitascopeError
from vitascope.refusals import OutgoingError
from vitascope.store.database import Database, Transaction, clock
from vitascope.store.secrets import Secrets
from vitascope.videos import webhook_repository as repository
from vitascope.videos.outgoing import Parcel
from vitascope.videos.webhooks import parcel

PAUSES = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, *(3 * 3600.0,) * 3, *(6 * 3600.0,) * 10)
"""Seconds before each new attempt: 20 attempts in all, the last a little before 72 hours."""

_TAKEN_SECONDS = 60.0
_AT_ONCE = 20
_SENDERS = 8
_LOG_KEPT = 30 * 86_400.0

Send = Callable[[Parcel], int]


def deliver_due(database: Database, secrets: Secrets, send: Send) -> int:
    """Send what is due now; the number of attempts made. Nothing is sent inside a transaction."""
    with database.transaction() as tx:
        now = clock(tx)
        rows = repository.due(tx, now, until=now + _TAKEN_SECONDS, limit=_AT_ONCE)
        targets = {row["id"]: repository.endpoint(tx, row["endpoint"]) for row in rows}
    sound = [(row, target) for row in rows if (target := targets[row["id"]]) is not None]
    with ThreadPoolExecutor(_SENDERS) as pool:  # a receiver that hangs keeps nobody else waiting
        list(pool.map(lambda pair: _attempt(database, pair[0], pair[1], secrets, send), sound))
    return len(rows)


def next_due(tx: Transaction) -> float | None:
    """When the next attempt is due, None where nothing waits."""
    return repository.next_due(tx)


def sweep(tx: Transaction, now: float) -> None:
    """Drop entries of the log that are older than 30 days."""
    repository.drop_deliveries_before(tx, now - _LOG_KEPT)


def _attempt(database: Database, row: repository.Row, target: repository.Row, secrets: Secrets, send: Send) -> None:
    status, fault = None, None
    try:
        status = send(parcel(target, row["event"], row["body"], secrets=secrets, now=time.time()))
    except OutgoingError as error:
        fault = str(error)
    except VitascopeError as error:  # a secret that cannot be unlocked: trying again may help once it is mended
        fault = error.code
    with database.transaction() as tx:
        repository.change_delivery(tx, row["id"], **_outcome(row["attempts"] + 1, status, fault, clock(tx)))


def _outcome(attempts: int, status: int | None, fault: str | None, now: float) -> dict[str, str | float | None]:
    facts: dict[str, str | float | None] = {"attempts": attempts, "status_code": status, "error": fault}
    if status is not None and 200 <= status < 300:
        return {**facts, "state": "delivered", "next_at": None}
    if attempts > len(PAUSES):
        return {**facts, "state": "gave_up", "next_at": None}
    return {**facts, "state": "waiting", "next_at": now + PAUSES[attempts - 1]}
