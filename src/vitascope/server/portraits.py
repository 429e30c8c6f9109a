"""A character on its way in: its file is opened in the darkroom, its picture kept in the store, and its row entered."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vitascope.programme import repository as parties
from vitascope.programme.characters import keeping
from vitascope.programme.characters.repository import AS_SENT, FOLDER, PICTURE, SMALL, Kept
from vitascope.programme.likeness import asking
from vitascope.server import darkroom
from vitascope.server.desk import Desk
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The character that somebody wants to keep."""

    name: str
    faces: int = 0
    likeness: str | None = None  # the claimed name of whom it is said to show
    credit: str | None = None  # who is to be thanked; None: whoever keeps it, by their name here
    created_at: float | None = None  # in another house, where it comes from one


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Its files in the store, with no row yet."""

    id: str
    keys: tuple[str, ...]
    has_credential: bool


async def developed(desk: Desk, bring: Callable[[Path], None], party: str, now: float) -> Portrait:
    """The portrait in a file that ``bring`` writes. Raises ImageError, FilesError."""
    character = keeping.new_id(now)
    with tempfile.TemporaryDirectory(prefix="vitascope-") as folder:
        sent, picture, small = (Path(folder) / name for name in (AS_SENT, PICTURE, SMALL))
        await desk.aside(lambda: bring(sent))
        async with desk.darkrooms:
            has_credential = await desk.aside(lambda: darkroom.portrayed(sent, picture, small))
        files = [(picture, "image/png"), (small, "image/webp")]
        if has_credential:  # others are not kept: nobody needs what else is in them
            files.append((sent, "application/octet-stream"))
        keys = tuple(f"{FOLDER}/{party}/{character}/{path.name}" for path, _ in files)

        def keep() -> None:
            for key, (path, kind) in zip(keys, files, strict=True):
                desk.blobs.put(key, path, media_type=kind)

        await desk.aside(keep)
    return Portrait(id=character, keys=keys, has_credential=has_credential)


def require(tx: Transaction, desk: Desk, wish: Wish, party: str, *, now: datetime) -> str | None:
    """Whom it shows, once they were asked and there is room. Raises LikenessError, QuotaError, CharacterError."""
    keeping.require_room(tx, party)
    return asking.require_made_from(tx, desk.log, party, wish.name, wish.likeness, now=now)


def entered(tx: Transaction, desk: Desk, wish: Wish, portrait: Portrait, party: str, *, now: datetime) -> Kept:
    """The row of a portrait. Raises LikenessError, QuotaError: then its files are to be removed."""
    shown = require(tx, desk, wish, party, now=now)
    owner = parties.party(tx, party)
    kept = Kept(
        id=portrait.id,
        party=party,
        name=wish.name,
        created_at=now.timestamp() if wish.created_at is None else wish.created_at,
        faces=wish.faces,
        likeness=None if shown is None else shown.casefold(),
        credit=(owner.name if owner else "") if wish.credit is None else wish.credit,
        has_credential=portrait.has_credential,
    )
    return keeping.keep(tx, desk.log, kept, now=now)
