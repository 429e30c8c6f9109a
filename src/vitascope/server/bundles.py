"""Characters in the archive of a party: out of one house as they are, and into another as uploads are."""

import json
import re
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vitascope.errors import CharacterError, ImageError, LikenessError
from vitascope.programme.characters import keeping, repository
from vitascope.programme.characters.repository import AS_SENT, FOLDER, PICTURE, Kept
from vitascope.refusals import ArchiveError, QuotaError
from vitascope.server.calls import moment
from vitascope.server.desk import Desk
from vitascope.server.portraits import Wish, developed, entered
from vitascope.store.database import Transaction
from vitascope.text.names import require_name
from vitascope.videos.archive import Besides

LIST = "characters.jsonl"
_LARGEST_LIST, _LARGEST_FILE = 1 << 20, 128 << 20  # bytes
_ID = re.compile(r"char_[0-9a-f]{32}")
_LATEST = 253_370_764_800.0  # seconds: the year 9999
_REFUSALS = (CharacterError, ImageError, LikenessError, QuotaError)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)  # RuntimeError: encrypted


def bundle(tx: Transaction, party: str) -> Iterator[Besides]:
    """What the archive of a party holds of its characters; who may have them stands with its permissions."""
    own = repository.of(tx, party, ascending=True)
    lines = "".join(f"{json.dumps(_written(one), ensure_ascii=False)}\n" for one in own)
    yield Besides(path=LIST, content=lines.encode())
    for one in own:
        for name in (PICTURE, AS_SENT) if one.has_credential else (PICTURE,):
            yield Besides(path=f"{FOLDER}/{one.id}/{name}", content=f"{one.folder}/{name}")


async def brought_in(desk: Desk, path: Path, party: str) -> int:
    """Keep the characters of an archive that are not here yet; how many. Raises ArchiveError, FilesError.

    Nothing in it is believed: each file goes through the darkroom, and each person is asked again.
    """
    with zipfile.ZipFile(path) as archive:
        lines = list(_lines(archive))
        own = await desk.look(lambda tx, _now: repository.of(tx, party))
        here = {one.id for one in own} | {(one.name, one.created_at) for one in own}
        new = [line for line in lines if not here & {line["id"], (line["name"], line["created_at"])}]
        return sum([await _kept(desk, archive, line, party) for line in new])


async def _kept(desk: Desk, archive: zipfile.ZipFile, line: dict[str, Any], party: str) -> bool:
    """Keep one; False where it was refused, and nothing of it stays."""
    keys: tuple[str, ...] = ()
    try:
        wish = _wish(line)
        portrait = await developed(desk, lambda to: _copy(archive, line["id"], to), party, time.time())
        keys = portrait.keys
        await desk.transact(lambda tx, now: entered(tx, desk, wish, portrait, party, now=moment(now)))
    except (*_REFUSALS, *_BROKEN):
        await desk.aside(lambda: desk.blobs.remove(keys))
        return False
    return True


def _written(kept: Kept) -> dict[str, object]:
    told = ("id", "name", "created_at", "faces", "likeness", "credit")
    return {name: getattr(kept, name) for name in told}


def _lines(archive: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    if LIST not in archive.namelist():
        return
    if archive.getinfo(LIST).file_size > _LARGEST_LIST:
        raise ArchiveError(f"{LIST} of the archive is larger than {_LARGEST_LIST} bytes; export it again.")
    try:
        lines = [json.loads(line) for line in archive.read(LIST).splitlines()][: keeping.MOST]
    except ValueError as error:
        raise ArchiveError(f"{LIST} of the archive is no list of characters; export it again.") from error
    for line in lines:
        if not (isinstance(line, dict) and _ID.fullmatch(str(line.get("id"))) and _is_dated(line)):
            raise ArchiveError(f"{LIST} of the archive names a character without id, name or date; export it again.")
        yield line


def _is_dated(line: dict[str, Any]) -> bool:
    at = line.get("created_at")
    is_time = isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < _LATEST
    return is_time and isinstance(line.get("name"), str)


def _wish(line: dict[str, Any]) -> Wish:
    """What a line asks for. Raises CharacterError where it is nonsense."""
    name, likeness, credit = (str(line.get(field) or "") for field in ("name", "likeness", "credit"))
    require_name(name)
    if len(likeness) > 64 or len(credit) > 200 or not f"{likeness}{credit}".isprintable():
        raise CharacterError(
            "The archive says of a character whom it shows in more than 64 characters, or in odd ones."
        )
    faces = line.get("faces")
    return Wish(
        name=name,
        faces=int(faces) if faces in (-1, 1) else 0,
        likeness=likeness or None,
        credit=credit,
        created_at=float(line["created_at"]),
    )


def _copy(archive: zipfile.ZipFile, character: str, to: Path) -> None:
    """The file as it came, where the archive has it, else the picture."""
    names = {f"{FOLDER}/{character}/{name}" for name in (AS_SENT, PICTURE)} & set(archive.namelist())
    if not names or archive.getinfo(min(names)).file_size > _LARGEST_FILE:
        raise ImageError("The archive holds no picture of a character, or too large a one.")
    with archive.open(min(names)) as file, to.open("wb") as copy:
        while piece := file.read(1 << 20):
            copy.write(piece)
