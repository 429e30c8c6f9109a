"""One reader for every way in which clients send a request: JSON, forms, brackets, JSON inside forms, files.

The official SDK sends forms even without a file, its remix call sends JSON, people send what is handiest.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from vitascope.refusals import BodyError, BodyTooSlowError, MediaTypeError
from vitascope.server.brackets import Value, nested

_LONGEST_TEXT = 21 << 20  # bytes of one text: a data URL has up to 20,971,520 characters
_MOST_FIELDS, _MOST_FILES = 200, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a request says: values by name, and files by name."""

    values: Mapping[str, Value]
    files: Mapping[str, UploadFile]


@asynccontextmanager
async def opened(request: Request) -> AsyncIterator[Form]:
    """What ``request`` says; the files are gone when the block ends.

    Raises BodyError where it cannot be read, MediaTypeError where it is neither JSON nor a form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        match kind:
            case "multipart/form-data":
                sent = await _multipart(request)
            case "application/x-www-form-urlencoded":
                sent = await FormParser(request.headers, request.stream()).parse()
            case "application/json":
                yield Form(values=_object(await request.body()), files={})
                return
            case _:
                raise MediaTypeError(f"The body is {kind[:60] or 'of no type'}: send application/json or a form.")
    except ClientDisconnect as error:
        raise BodyTooSlowError("The body ended before it was whole. Send it again.") from error
    try:
        yield _form(sent)
    finally:
        await sent.close()


async def json_object(request: Request) -> Mapping[str, Value]:
    """The JSON object in the body, for calls that take nothing else; no body is an empty object."""
    try:
        body = await request.body()
    except ClientDisconnect as error:
        raise BodyTooSlowError("The body ended before it was whole. Send it again.") from error
    return _object(body) if body else {}


async def _multipart(request: Request) -> FormData:
    parser = MultiPartParser(
        request.headers,
        request.stream(),
        max_files=_MOST_FILES,
        max_fields=_MOST_FIELDS,
        max_part_size=_LONGEST_TEXT,
    )
    try:
        return await parser.parse()
    except (MultiPartException, FormParserError, KeyError, ValueError) as error:
        said = str(error)[:200] or "it is not well formed"
        raise BodyError(f"The form cannot be read: {said.rstrip('.')}. Send it as multipart/form-data.") from error


def _object(body: bytes) -> dict[str, Value]:
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BodyError("The body is no valid JSON. Send one object, in UTF-8.") from error
    if not isinstance(value, dict):
        raise BodyError("The body is JSON but no object. Send one object: {...}.")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


def _form(sent: FormData) -> Form:
    texts = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    files: dict[str, UploadFile] = {}
    for name, file in sent.multi_items():
        if isinstance(file, UploadFile):
            if name in files:
                raise BodyError(f"The file {name[:60]!r} is there twice. Send it once.")
            files[name] = file
    values = nested(texts)
    for name in sorted(files.keys() & values.keys()):
        raise BodyError(f"{name!r} is there as a file and as a value. Send one of them.")
    return Form(values=values, files=files)
