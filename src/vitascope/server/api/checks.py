"""Was this file made here? The credential in it and the mark in its pixels are asked."""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response
from typing_extensions import TypedDict

from vitascope.refusals import FieldError, MissingFieldError, UnknownFieldError
from vitascope.server import darkroom, wire
from vitascope.server.calls import OPEN
from vitascope.server.desk import Anybody, Desk
from vitascope.server.forms import Form, opened
from vitascope.server.openapi import answers, form_body
from vitascope.server.pictures import copied

router = APIRouter(prefix="/v1", tags=["provenance"])

_BEGINNINGS = {  # the first bytes of each kind of file, and the ending by which its reader knows it
    b"\x89PNG\r\n\x1a\n": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"\x1aE\xdf\xa3": ".webm",
}


class CredentialResult(TypedDict):
    """What the C2PA credential says."""

    type: Literal["c2pa"]
    outcome: Literal["detected", "not_detected"]
    validation_state: Literal["trusted", "valid", "invalid", "not_present"]
    issuer: str | None
    model: str | None
    generated_at: str | None
    words: str


class MarkResult(TypedDict):
    """What the invisible mark of this house says."""

    type: Literal["vitascope_mark"]
    outcome: Literal["detected", "not_detected"]
    model: str | None
    generated_at: str | None
    probability: float
    words: str


class LikenessResult(TypedDict):
    """Whether it looks like something that was made here; what it looks like is nobody's business but the maker's."""

    type: Literal["vitascope_fingerprint"]
    outcome: Literal["detected", "not_detected"]
    model: str | None
    generated_at: str | None
    words: str


class Check(TypedDict):
    """The answer to a check: the credential first, then our mark, then the likeness."""

    object: Literal["content_provenance_check"]
    created_at: int
    results: list[CredentialResult | MarkResult | LikenessResult]
    made_here: bool
    words: str


@router.post(
    "/content_provenance_checks",
    openapi_extra=OPEN | form_body({"file": {"type": "string", "format": "binary"}}, ["file"]),
    responses=answers(Check, 415),
)
async def check_content(request: Request, visit: Anybody) -> Response:
    """Look at an mp4, webm, gif, PNG, JPEG or WebP file; it is opened in a process of its own and not kept.

    No key is needed; without one, twenty a minute from one network.
    """
    if visit.credential:
        await visit.enter("content.check")
    else:
        visit.desk.turnstile.enter(visit.network)
    async with opened(request) as form:
        report = await _looked_at(visit.desk, _file(form))
    return wire.answer(_check(report))


def _file(form: Form) -> UploadFile:
    for name in sorted({*form.values, *form.files} - {"file"}):
        raise UnknownFieldError(f"A check takes `file` and nothing else, not `{name[:60]}`.", param=name[:60])
    if "file" not in form.files:
        raise MissingFieldError("`file` is missing. Send it as a file.", param="file")
    return form.files["file"]


async def _looked_at(desk: Desk, upload: UploadFile) -> Mapping[str, Any]:
    head = await upload.read(16)
    await upload.seek(0)
    with tempfile.TemporaryDirectory(prefix="vitascope-") as folder:
        path = Path(folder) / f"file{_ending(head)}"
        await desk.aside(lambda: copied(upload, path))
        async with desk.darkrooms:
            return await desk.aside(lambda: darkroom.origin(path, desk.database.url))


def _ending(head: bytes) -> str:
    """By what is in the file; what a client calls it means nothing."""
    for beginning, ending in _BEGINNINGS.items():
        if head.startswith(beginning):
            return ending
    if head[4:8] == b"ftyp":
        return ".mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    raise FieldError("The file is no mp4, webm, gif, PNG, JPEG or WebP. Send one of these.", param="file")


def _check(report: Mapping[str, Any]) -> Check:
    credential, mark, likeness = report["credential"], report["mark"], report["fingerprint"]
    return Check(
        object="content_provenance_check",
        created_at=int(time.time()),
        results=[
            CredentialResult(
                type="c2pa",
                outcome="not_detected" if credential["state"] == "not_present" else "detected",
                validation_state=credential["state"],
                issuer=credential["issuer"],
                model=credential["model"] or None,
                generated_at=credential["generated_at"],
                words=credential["words"],
            ),
            MarkResult(
                type="vitascope_mark",
                outcome=mark["outcome"],
                model=report["model"] or None if mark["mark_id"] is not None else None,
                generated_at=None,
                probability=mark["p"],
                words=mark["words"],
            ),
            LikenessResult(
                type="vitascope_fingerprint",
                outcome=likeness["outcome"],
                model=None,
                generated_at=None,
                words=likeness["words"],
            ),
        ],
        made_here=report["made_here"],
        words=report["words"],
    )
