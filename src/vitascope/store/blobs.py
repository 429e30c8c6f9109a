"""The files: a folder or a bucket, chosen by its URL. A file is there whole or not at all, under a key of its own."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore import exceptions
from obstore.store import LocalStore, MemoryStore, S3Store

from vitascope.refusals import FilesError, FilesFullError

_CHUNK = 1 << 18  # bytes read at a time
_FULL = ("no space left", "disk quota", "storagefull", "entitytoolarge", "quotaexceeded", "os error 28", "os error 122")
_FAULTS = (exceptions.BaseError, OSError)

Store = LocalStore | S3Store | MemoryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file in the store and what is known of its bytes."""

    key: str
    sha256: str
    size: int
    media_type: str


class Blobs:
    """One store of files."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, key: str, source: Path | bytes, *, media_type: str) -> Stored:
        """Keep ``source`` under ``key``: it appears when all of it is there, in place of what was there before.

        Raises FilesFullError where there is no room, FilesError for any other fault.
        """
        with _translated("kept"):
            size = len(source) if isinstance(source, bytes) else source.stat().st_size
            sha256 = _sha256(source)
            obstore.put(self._store, key, source)
        return Stored(key=key, sha256=sha256, size=size, media_type=media_type)

    def stream(self, key: str, start: int = 0, end: int | None = None, *, chunk: int = _CHUNK) -> Iterator[bytes]:
        """The bytes from ``start`` up to but not including ``end``, in pieces. Raises FilesError."""
        with _translated("read"):
            length = self.size(key) if end is None else end
            if start >= length:
                return
            got = obstore.get(self._store, key, options={"range": (start, length)})
            for piece in got.stream(min_chunk_size=chunk):
                yield bytes(piece)

    def read(self, key: str) -> bytes:
        """All bytes at once, for small files. Raises FilesError."""
        with _translated("read"):
            return bytes(obstore.get(self._store, key).bytes())

    def fetch(self, key: str, to: Path) -> None:
        """Copy a file to a path of this machine. Raises FilesError."""
        with _translated("read"), to.open("wb") as file:
            for piece in self.stream(key):
                file.write(piece)

    def size(self, key: str) -> int:
        """Bytes of a file. Raises FilesError where there is none."""
        with _translated("read"):
            return int(obstore.head(self._store, key)["size"])

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that begin with the folder ``prefix``. Raises FilesError."""
        with _translated("listed"):
            for batch in obstore.list(self._store, prefix or None):
                yield from (entry["path"] for entry in batch)

    def old(self, prefix: str, before: float) -> Iterator[str]:
        """Those of ``keys`` that were last put before a time, in seconds since 1970. Raises FilesError."""
        with _translated("listed"):
            for batch in obstore.list(self._store, prefix):
                yield from (entry["path"] for entry in batch if entry["last_modified"].timestamp() < before)

    def remove(self, keys: Iterable[str]) -> None:
        """Delete files; those that are gone already are no matter. Raises FilesError."""
        with _translated("removed"):
            for key in keys:
                try:
                    obstore.delete(self._store, key)
                except FileNotFoundError:
                    continue

    def link(self, key: str, seconds: int = 3600) -> str | None:
        """An address that gives this one file to anybody for a while; None where the store is a folder."""
        if not isinstance(self._store, S3Store):
            return None
        with _translated("linked"):
            return str(obstore.sign(self._store, "GET", key, timedelta(seconds=seconds)))

    def check(self) -> None:
        """Write, read and remove a small file. Raises FilesError."""
        self.put("health/probe", b"probe", media_type="text/plain")
        self.remove(["health/probe"])


def open_blobs(url: str) -> Blobs:
    """The store at ``url``: a folder, ``file://``, ``s3://bucket/prefix?endpoint=...&region=...``, ``memory://``.

    Credentials of a bucket come from where its own tools look for them (``AWS_ACCESS_KEY_ID`` and so on), never from
    the URL. Raises FilesError where it cannot be opened.
    """
    parts = urlsplit(url)
    with _translated("opened"):
        match parts.scheme:
            case "s3":
                return Blobs(_bucket(parts.netloc, parts.path.strip("/"), dict(parse_qsl(parts.query))))
            case "memory":
                return Blobs(MemoryStore())
            case "file" | "":
                return Blobs(LocalStore(str(Path(parts.path).absolute()), mkdir=True))
    raise FilesError(f"A {parts.scheme!r} store of files is not supported; use a folder, file:// or s3://.")


def _bucket(bucket: str, prefix: str, options: dict[str, str]) -> S3Store:
    endpoint = options.get("endpoint")
    return S3Store(
        bucket,
        prefix=prefix or None,
        config={
            "region": options.get("region", "us-east-1"),
            **({"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else {}),
        },
        client_options={"allow_http": bool(endpoint and endpoint.startswith("http://")), "timeout": "60s"},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
    )


def _sha256(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _translated(done: str) -> Iterator[None]:
    """Whatever the store says becomes one of two errors; the address and the credentials are in neither."""
    try:
        yield
    except (*_FAULTS, ValueError) as error:
        said = str(error)
        if any(word in said.lower() for word in _FULL):
            raise FilesFullError("The store of files is full: nothing was kept. Make room and try again.") from error
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else _first_words(said)
        raise FilesError(f"A file could not be {done}: {reason}. Try again, or look at the store of files.") from error


def _first_words(said: str) -> str:
    return (said.strip().splitlines() or ["no reason given"])[0][:200]
