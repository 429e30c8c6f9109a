"""A work as everybody may see it: a small picture of it, made once, where its owner granted ``display``."""

import tempfile
from datetime import datetime
from pathlib import Path

from vitascope.errors import RecordNotFoundError
from vitascope.refusals import FilesError
from vitascope.rights.consent import repository, works
from vitascope.rights.consent.repository import OptInWork
from vitascope.rights.uses import Use
from vitascope.server import darkroom
from vitascope.server.desk import Desk
from vitascope.store.database import Transaction

_FOLDER = "shown"
_SVG, _WEBP = "image/svg+xml", "image/webp"


def displayed(tx: Transaction, name: str, now: datetime) -> OptInWork:
    """The work, if it may be shown now. Raises RecordNotFoundError, for one that is not there as well."""
    for work in repository.works(tx, only=name):
        if may_be_shown(tx, work, now):
            return work
    raise RecordNotFoundError("There is no work of that id that may be shown.")


def may_be_shown(tx: Transaction, work: OptInWork, now: datetime) -> bool:
    """Whether its owner granted display, which no other use brings along."""
    return work.removed is None and Use.DISPLAY in works.uses_of(tx, work.id, now)


def address(name: str) -> str:
    """Where the picture of a work is."""
    return f"/v1/rights/works/{name}/picture"


async def picture(desk: Desk, work: OptInWork) -> tuple[bytes, str]:
    """The picture and its type: a small WebP of a still or a film; a drawing in SVG as it is.

    Raises ImageError where it does not open, FilesError.
    """
    try:
        return await desk.aside(lambda: desk.blobs.read(_key(work))), _WEBP
    except FilesError:
        content = await desk.aside(lambda: desk.blobs.read(work.path))
    if content.lstrip()[:1] == b"<":
        return content, _SVG
    small = await _developed(desk, content)
    await desk.aside(lambda: desk.blobs.put(_key(work), small, media_type=_WEBP))
    return small, _WEBP


def remove(desk: Desk, work: OptInWork) -> None:
    """Remove a work's file, and its picture with it."""
    desk.blobs.remove([work.path, _key(work)])


async def _developed(desk: Desk, content: bytes) -> bytes:
    with tempfile.TemporaryDirectory(prefix="vitascope-") as folder:
        sent, large, small = (Path(folder) / name for name in ("sent", "large.png", "small.webp"))
        await desk.aside(lambda: sent.write_bytes(content))
        async with desk.darkrooms:
            await desk.aside(lambda: darkroom.portrayed(sent, large, small))
        return await desk.aside(small.read_bytes)


def _key(work: OptInWork) -> str:
    return f"{_FOLDER}/{work.sha256}.webp"
