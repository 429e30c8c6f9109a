"""The kept characters of a job: whether they may still be in it, and their files on this machine's disk."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from vitascope.orders import Order
from vitascope.programme.characters import keeping
from vitascope.programme.characters.repository import AS_SENT, PICTURE, Kept
from vitascope.refusals import FilesError
from vitascope.store.blobs import Blobs
from vitascope.store.database import Database, Transaction, clock
from vitascope.videos.job import Claim
from vitascope.worker.engine import Player

Fetch = Callable[[Callable[[], None]], None]
"""Does something at the store of files as often as it takes."""


def require(tx: Transaction, order: Order, party: str, *, now: datetime) -> None:
    """Raises CharacterNotFoundError where one was deleted, or is no longer shared with who ordered it."""
    if order.cast.characters:
        keeping.cast_of(tx, order, party, now=now)


def players(database: Database, blobs: Blobs, claim: Claim, place: Path, fetch: Fetch) -> tuple[Player, ...]:
    """The characters of a claimed job with their files in ``place``. Raises CharacterNotFoundError, FilesError."""
    if not claim.order.cast.characters:
        return ()
    try:
        return tuple(_player(blobs, one, place / one.id, fetch) for one in _cast(database, claim))
    except FilesError:
        _cast(database, claim)  # deleted while it was being fetched: that is the reason to tell
        raise


def _cast(database: Database, claim: Claim) -> tuple[Kept, ...]:
    with database.reading() as tx:
        return keeping.cast_of(tx, claim.order, claim.party, now=datetime.fromtimestamp(clock(tx), UTC))


def _player(blobs: Blobs, kept: Kept, place: Path, fetch: Fetch) -> Player:
    place.mkdir()
    picture, sent = place / PICTURE, place / AS_SENT
    fetch(lambda: blobs.fetch(f"{kept.folder}/{PICTURE}", picture))
    if kept.has_credential:
        fetch(lambda: blobs.fetch(f"{kept.folder}/{AS_SENT}", sent))
    return Player(
        name=kept.name,
        picture=picture,
        faces=kept.faces,
        thanks=keeping.thanks(kept),
        as_sent=sent if kept.has_credential else None,
    )
