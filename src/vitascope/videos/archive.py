"""Everything a party owns as one archive, and such an archive taken into another house: nobody's work is locked in.

A ZIP: ``videos.jsonl``, one job a line, ``files/<id>/<variant>``, and what else the party owns. It is written as it is
sent, without a copy on disk. What comes in is believed in nothing: names, sizes and hashes are checked before a row is
written.
"""

import hashlib
import io
import json
import re
import secrets
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vitascope.orders import Order
from vitascope.refusals import ArchiveError
from vitascope.store.blobs import Blobs, Stored
from vitascope.store.database import Transaction
from vitascope.videos import repository
from vitascope.videos.expiry import folder
from vitascope.videos.job import VARIANTS, Failure, Job, Made, new_id

LIST = "videos.jsonl"
_MEDIA = {"video": "video/mp4", "thumbnail": "image/webp", "spritesheet": "image/jpeg"}
_ID = re.compile(r"video_[0-9a-f]{32}")
_LARGEST_LIST = 256 << 20  # bytes of the list
_LARGEST_FILE = 4 << 30
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A job out of an archive, its files in the store, its row not yet written."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """A file of the archive that is no video's: its content, or the key of it in the store."""

    path: str
    content: bytes | str


class _Pipe(io.RawIOBase):
    """What the ZIP writer writes into, and the sender takes out of."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:  # noqa: ANN401  # whatever the ZIP writer hands over: bytes or a view of them
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def export(tx: Transaction, party: str, blobs: Blobs, besides: Iterable[Besides] = ()) -> Iterator[bytes]:
    """The archive of a party, piece by piece. Raises FilesError where a film cannot be read."""
    pipe = _Pipe()
    jobs = repository.all_of(tx, party)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(LIST, "".join(f"{json.dumps(_written(job), ensure_ascii=False)}\n" for job in jobs))
        yield pipe.taken()
        for job in jobs:
            for variant, stored in (job.made.files if job.made else {}).items():
                yield from _copied(archive, f"files/{job.id}/{variant}", stored.key, blobs, pipe)
        for one in besides:
            if isinstance(one.content, bytes):
                archive.writestr(one.path, one.content)
            else:
                yield from _copied(archive, one.path, one.content, blobs, pipe)
    yield pipe.taken()


def _copied(archive: zipfile.ZipFile, path: str, key: str, blobs: Blobs, pipe: "_Pipe") -> Iterator[bytes]:
    with archive.open(path, "w", force_zip64=True) as file:
        for piece in blobs.stream(key):
            file.write(piece)
            yield pipe.taken()


def unpack(path: Path, blobs: Blobs, *, party: str, key: str) -> tuple[Unpacked, ...]:
    """Check an archive and put its films into the store; no row is written. Raises ArchiveError, FilesError."""
    put: list[str] = []
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(_unpacked(archive, line, blobs, party, key, put) for line in _lines(archive))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError, NotImplementedError) as error:
        blobs.remove(put)
        raise ArchiveError("This is no archive of ours, or it is cut short; export it again.") from error
    except ArchiveError:
        blobs.remove(put)
        raise


def bring_in(tx: Transaction, unpacked: tuple[Unpacked, ...]) -> tuple[Job, ...]:
    """Enter the jobs; those that are here already are left as they are, and their films in the store are to be removed.

    Returns the jobs that were entered.
    """
    entered = []
    for item in unpacked:
        job = item.job
        if repository.is_known(tx, job.id, party=job.party):
            continue
        if repository.exists(tx, job.id):  # somebody else's here: the film is welcome, under another id
            job = replace(job, id=new_id(job.created_at))
        repository.add_imported(tx, job, fingerprint=job.order.fingerprint())
        entered.append(job)
    return tuple(entered)


def unused(unpacked: tuple[Unpacked, ...], entered: tuple[Job, ...]) -> tuple[str, ...]:
    """Keys of films that were unpacked and that no row shows."""
    shown = {stored.key for job in entered if job.made for stored in job.made.files.values()}
    keys = {stored.key for item in unpacked if item.job.made for stored in item.job.made.files.values()}
    return tuple(sorted(keys - shown))


def _written(job: Job) -> dict[str, object]:
    """A job as a line of the list; where a film lies in our store is nobody's business."""
    return {
        "id": job.id,
        "state": job.state,
        "order": json.loads(replace(job.order, image=None).to_json()),
        "created_at": job.created_at,
        "completed_at": job.completed_at,
        "failure": None if job.failure is None else {"code": job.failure.code, "message": job.failure.message},
        "made": None if job.made is None else json.loads(_without_keys(job.made).to_json()),
    }


def _without_keys(made: Made) -> Made:
    return replace(made, files={variant: replace(stored, key="") for variant, stored in made.files.items()})


def _lines(archive: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    if archive.getinfo(LIST).file_size > _LARGEST_LIST:
        raise ArchiveError(f"The list of the archive is larger than {_LARGEST_LIST} bytes; export it in parts.")
    with archive.open(LIST) as file:
        for line in file:
            yield json.loads(line)


def _unpacked(
    archive: zipfile.ZipFile, line: dict[str, Any], blobs: Blobs, party: str, key: str, put: list[str]
) -> Unpacked:
    if not _ID.fullmatch(line["id"]) or line["state"] not in ("completed", "failed", "cancelled"):
        raise ArchiveError("The archive lists a video that has not ended, or whose id is no id; export it again.")
    made = None if line["made"] is None else Made.from_json(json.dumps(line["made"]))
    if made is not None:
        where = f"{folder(line['id'])}/{secrets.token_hex(16)}"
        files = {
            variant: _film(archive, line["id"], variant, stored, blobs, where, put)
            for variant, stored in made.files.items()
        }
        made = replace(made, files=files)
    failure = None if line["failure"] is None else Failure(**line["failure"])
    job = Job(
        id=line["id"],
        party=party,
        key=key,
        order=Order.from_json(json.dumps(line["order"])),
        state=line["state"],
        progress=100 if line["state"] == "completed" else 0,
        created_at=float(line["created_at"]),
        completed_at=None if line["completed_at"] is None else float(line["completed_at"]),
        failure=failure,
        made=made,
    )
    return Unpacked(job=job)


def _film(  # all of it is needed to name one file
    archive: zipfile.ZipFile, video: str, variant: str, stored: Stored, blobs: Blobs, where: str, put: list[str]
) -> Stored:
    """One file out of the archive into the store, if it is the one the list speaks of."""
    info = archive.getinfo(f"files/{video}/{variant}")
    if variant not in VARIANTS or info.file_size != stored.size or info.file_size > _LARGEST_FILE:
        raise ArchiveError(f"A file of {video} is not of the size its list says; export it again.")
    with tempfile.NamedTemporaryFile() as scratch:
        digest = hashlib.sha256()
        with archive.open(info) as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
                scratch.write(piece)
        scratch.flush()
        if digest.hexdigest() != stored.sha256:
            raise ArchiveError(f"A file of {video} differs from its recorded hash; export it again.")
        key = f"{where}/{variant}"
        put.append(key)
        return blobs.put(key, Path(scratch.name), media_type=_MEDIA[variant])
