"""Who signs for this house, and the key of its invisible mark.

On first run a local authority is made in ``<home>/authority``: a root and a leaf on P-256 (C2PA 2.2, section 14.5,
certificate profile) and 32 random bytes. An operator may bring a certificate of their own, with its key or with a
command that signs (see settings). Whoever holds these files can sign and mark as this house: only their owner can
read them.

What is this house's is told by the certificate that signed. Under a root of its own making that is each; under a root
an operator's certificate hangs from, which may sign for all customers of a company, only those that signed here.
"""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from vitascope.errors import SealError
from vitascope.provenance.certificates import Certificate, ends_of, new_leaf, new_root, read_ends, root_of
from vitascope.provenance.signing import SigningKey, key_from, operator_key
from vitascope.settings import settings

_SIGNER, _ROOT, _ROOT_KEY, _MARK_KEY, _ANCHORS = "signer.pem", "root.pem", "root.key", "mark.key", "anchors.pem"
_SIGNED = "signed.pem"  # each certificate that signed here and its root: an operator's changes every year or so
_EARLIER = ("leaf.key", "chain.pem")  # what the signer was before it became one file, which rotates in one move
_MARK_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a house knows its own files by; secrets stay out of its repr."""

    roots: bytes  # PEM, every root of its own making: whatever was signed under them is this house's
    signed: tuple[Certificate, ...]  # those known to have signed here: of an operator's root no others are
    mark_key: bytes = field(repr=False)

    @property
    def anchors(self) -> bytes:
        """PEM, every root this house signed under: what it publishes."""
        theirs = dict.fromkeys(one.root for one in self.signed if one.root not in self.roots)
        return self.roots + b"".join(theirs)

    def certificate(self, serial: str) -> Certificate | None:
        """The one of that number, in decimal digits, if it is known to have signed here."""
        return next((one for one in self.signed if str(one.serial) == serial), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority(House):
    """What signing and marking need beside."""

    signer: SigningKey
    is_self_issued: bool  # its root is on no public list


def open_house(home: Path) -> House:
    """What it takes to verify: no signer, so that files stay known when its certificate has expired or its key is lost.

    Raises:
        SealError: the files in ``home`` cannot be read, or are damaged, or cannot be made where there are none.
    """
    with _opened(home) as folder:
        return _house(folder)


def open_authority(home: Path) -> Authority:
    """The authority in ``home``, made there if there is none, or the operator's if the settings name one.

    Raises:
        SealError: its files cannot be read or written, or are damaged: without a signer nothing is made.
    """
    with _opened(home) as folder:
        theirs = operator_key(settings())
        signer = theirs or key_from(_local_signer(folder), name=str(folder / _SIGNER))
        with nullcontext() if theirs else suppress(OSError):  # ours is known by its root as well
            _keep(folder / _SIGNED, ends_of(signer.chain))
        known = _house(folder)
    return Authority(
        signer=signer, roots=known.roots, signed=known.signed, is_self_issued=theirs is None, mark_key=known.mark_key
    )


@contextmanager
def _opened(home: Path) -> Iterator[Path]:
    """The folder of keys in ``home``; trouble with it becomes one sentence."""
    folder = home / "authority"
    try:
        if not folder.exists():
            _make(folder)
        yield folder
    except OSError as error:
        message = (
            f"The signing keys in {folder} cannot be used: {error.strerror or error}. Nothing is made without a "
            "signer: give this user read and write access, or set VITASCOPE_HOME to a folder it owns."
        )
        raise SealError(message) from error


def rotate(home: Path, *, with_root: bool = False) -> Authority:
    """A new signing key in the place of the local one, under the same root, or under a new one as well.

    Files signed before stay known: every root that ever signed stays among the house's own. The mark key never changes,
    since marks of another key could not be found.

    Raises:
        SealError: as :func:`open_authority`.
    """
    folder = home / "authority"
    open_house(home)  # and no signer: an expired or lost one is what a new one is made for
    try:
        with _locked(folder):
            if with_root:
                key, root = new_root()
                _keep(folder / _ANCHORS, (folder / _ROOT).read_bytes())
                _replace(folder / _ROOT_KEY, key)
                _replace(folder / _ROOT, root)
            _replace(folder / _SIGNER, _new_signer((folder / _ROOT_KEY).read_bytes(), (folder / _ROOT).read_bytes()))
            for name in _EARLIER:
                (folder / name).unlink(missing_ok=True)
    except (OSError, ValueError, TypeError) as error:
        message = f"The keys in {folder} were not rotated: {error}. The old ones still sign; check root.key and disk."
        raise SealError(message) from error
    return open_authority(home)


def _house(folder: Path) -> House:
    mark_key, roots = (folder / _MARK_KEY).read_bytes(), (folder / _ROOT).read_bytes() + _read(folder / _ANCHORS)
    if len(mark_key) != _MARK_KEY_BYTES:
        message = (
            f"{folder / _MARK_KEY} holds {len(mark_key)} bytes, not {_MARK_KEY_BYTES}: restore it from a backup. "
            "A new key would leave all earlier marks unreadable."
        )
        raise SealError(message)
    try:
        root_of(roots)
        signed = read_ends(_read(folder / _SIGNED) + _brought(folder, settings().signing_chain))
    except ValueError as error:
        message = (
            f"{folder / _ROOT}, or {_ANCHORS} or {_SIGNED} beside it, is no list of certificates: restore it from a "
            "backup."
        )
        raise SealError(message) from error
    return House(roots=roots, signed=signed, mark_key=mark_key)


def _brought(folder: Path, chain: Path | None) -> bytes:
    """The operator's certificate and its root, if they can be read: whoever wants to sign by them is told why not.

    A desk never signs, and its workers may be elsewhere: it keeps the certificate it is told as well, where it may.
    """
    ends = b""
    with suppress(OSError, ValueError):
        ends = ends_of(chain.read_bytes()) if chain else b""
        _keep(folder / _SIGNED, ends)
    return ends


def _local_signer(folder: Path) -> bytes:
    if (folder / _SIGNER).exists():
        return (folder / _SIGNER).read_bytes()
    return b"".join((folder / name).read_bytes() for name in _EARLIER)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _keep(path: Path, certificates: bytes) -> None:
    """Adds certificates to a list, once."""
    known = _read(path)
    if certificates not in known:
        _replace(path, known + certificates)


def _make(folder: Path) -> None:
    """Writes the whole folder aside and moves it into place, so that two first runs at once end with one authority."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".authority-", dir=folder.parent))  # mode 0700
    for name, content in _new_files().items():
        _write(aside / name, content)
    try:
        aside.rename(folder)
    except OSError:
        _remove(aside)
        if not folder.is_dir():  # else: another process was first, and its authority counts
            raise


def _new_files() -> dict[str, bytes]:
    root_key, root = new_root()
    return {
        _ROOT: root,
        _ROOT_KEY: root_key,
        _SIGNER: _new_signer(root_key, root),
        _MARK_KEY: secrets.token_bytes(_MARK_KEY_BYTES),
    }


def _new_signer(root_key: bytes, root: bytes) -> bytes:
    """Key, leaf and root in one file: they change together or not at all."""
    key, leaf = new_leaf(root_key, root)
    return key + leaf + root


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fsync(file.fileno())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(draft, content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    with suppress(OSError):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
