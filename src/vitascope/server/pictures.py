"""The picture a video begins with: from a file, a data URL or an address to a PNG of ours in the store of files."""

import base64
import binascii
import hashlib
import tempfile
from pathlib import Path
from urllib.parse import unquote_to_bytes

from starlette.datastructures import UploadFile

from vitascope.refusals import FieldError, UnsupportedFieldError
from vitascope.server import darkroom
from vitascope.server.asked import Reference
from vitascope.server.desk import Desk
from vitascope.videos import outgoing
from vitascope.videos.job import AS_SENT
from vitascope.videos.pictures import folder

_MOST_BYTES = 50_000_000
_NAME = "input_reference"


async def kept(desk: Desk, reference: Reference, party: str) -> str:
    """Decode ``reference`` and keep it; the key it lies under, which is the same for the same file.

    Raises ImageError where it is no picture, FieldError where it cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="vitascope-") as aside:
        sent, decoded = Path(aside) / _NAME, Path(aside) / "decoded.png"
        await _bring(desk, reference, sent)
        async with desk.darkrooms:
            has_credential = await desk.aside(lambda: darkroom.developed(sent, decoded))
        return await desk.aside(lambda: _keep(desk, sent, decoded, party, has_credential=has_credential))


async def _bring(desk: Desk, reference: Reference, to: Path) -> None:
    """Write the bytes of ``reference`` to a file, whatever they are."""
    if reference.file is not None:
        file = reference.file
        await desk.aside(lambda: copied(file, to))
    elif reference.data is not None:
        content = _from_data_url(reference.data)
        await desk.aside(lambda: _write(to, content))
    elif desk.settings.fetch_images:
        url = str(reference.url)
        content = await desk.aside(lambda: outgoing.fetch(url, most_bytes=_MOST_BYTES))
        await desk.aside(lambda: _write(to, content))
    else:
        raise UnsupportedFieldError("This server fetches no addresses: send a file or a data URL.", param=_NAME)


def copied(upload: UploadFile, to: Path) -> None:
    """Copy an upload to a path of ours; the name the client gave it is never used."""
    with to.open("wb") as file:
        while piece := upload.file.read(1 << 20):
            file.write(piece)


def _write(to: Path, content: bytes) -> None:
    to.write_bytes(content)


def _from_data_url(url: str) -> bytes:
    head, comma, body = url.partition(",")
    if not comma:
        raise FieldError("The data URL has no comma: write data:image/png;base64,...", param=_NAME)
    try:
        if head.lower().endswith(";base64"):
            return base64.b64decode(unquote_to_bytes(body), validate=True)
        return unquote_to_bytes(body)
    except (binascii.Error, ValueError) as error:
        raise FieldError("The data URL is no valid base64. Encode the file again.", param=_NAME) from error


def _keep(desk: Desk, sent: Path, decoded: Path, party: str, *, has_credential: bool) -> str:
    """The picture as a PNG, and beside it the file as it came where a credential is in it: the film's chain goes on.

    Other files are not kept: nobody needs what else is written in them.
    """
    with sent.open("rb") as file:
        where = folder(party, hashlib.file_digest(file, "sha256").hexdigest())
    if has_credential:
        desk.blobs.put(f"{where}/{AS_SENT}", sent, media_type="application/octet-stream")
    desk.blobs.put(f"{where}/first.png", decoded, media_type="image/png")
    return f"{where}/first.png"
