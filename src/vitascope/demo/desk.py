"""A server as a client sees it: JSON over HTTP with a key, by the standard library alone."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

from vitascope.errors import AnswerError

_SECONDS: Final = 30.0
_LARGEST: Final = 1 << 28  # bytes of one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a server is, and the key to it, which no printed value shows."""

    address: str
    key: str = field(repr=False)

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None, **headers: str) -> dict[str, Any]:
        """What the server answers. Raises AnswerError with the server's own words."""
        answer = _answered(self._request(method, path, body, headers))
        try:
            told = json.loads(answer)
        except ValueError as error:
            raise AnswerError(f"What answers at {self.address} is no Vitascope server.") from error
        return told if isinstance(told, dict) else {}

    def send(
        self, path: str, fields: Mapping[str, str], *, name: str, content: bytes, media_type: str, field: str = "file"
    ) -> dict[str, Any]:
        """What the server answers to a form with a file (RFC 7578). Raises AnswerError with the server's own words."""
        edge = uuid4().hex
        told = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{said}"\r\n\r\n{text}\r\n'
            for said, text in fields.items()
        )
        shown = re.sub(r'["\r\n]', "_", name)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{shown}"\r\n'
        head += f"Content-Type: {media_type}\r\n\r\n"
        asked = self._request("POST", path, None, {"content_type": f"multipart/form-data; boundary={edge}"})
        asked.data = (told + head).encode() + content + f"\r\n--{edge}--\r\n".encode()
        return dict(json.loads(_answered(asked)))

    def content(self, path: str) -> bytes:
        """The bytes of a file. Raises AnswerError."""
        return _answered(self._request("GET", path, None, {}))

    def _request(
        self, method: str, path: str, body: Mapping[str, object] | None, headers: Mapping[str, str]
    ) -> Request:
        if not self.address.startswith(("http://", "https://")):
            raise AnswerError(f"The server's address {self.address[:80]!r} must begin with http:// or https://.")
        asked = Request(f"{self.address}{path}", method=method)  # noqa: S310  # the scheme was looked at
        for name, value in headers.items():
            asked.add_header(name.replace("_", "-"), value)
        if self.key:
            asked.add_unredirected_header("Authorization", f"Bearer {self.key}")  # a bucket must not see it
        if body is not None:
            asked.data = json.dumps(body).encode()
            asked.add_header("Content-Type", "application/json")
        return asked


def _answered(asked: Request) -> bytes:
    try:
        with urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310  # as above
            body: bytes = answer.read(_LARGEST)
            return body
    except HTTPError as error:
        with error:
            raise _refused(error) from None
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", None) or type(error).__name__
        raise AnswerError(f"The server at {asked.host} does not answer ({why}). Try again in a while.") from error


def _refused(error: HTTPError) -> AnswerError:
    """The server's own words and code, from OpenAI's envelope; where there is none, the status alone."""
    try:
        told = json.loads(error.read(1 << 16))["error"]
        words, code = str(told["message"]), str(told["code"])
    except (ValueError, KeyError, TypeError, OSError):
        words, code = f"The server answered with status {error.code}.", ""
    wait = error.headers.get("retry-after", "")
    return AnswerError(words, status=error.code, code=code, retry_after=float(wait) if wait.isdigit() else None)
