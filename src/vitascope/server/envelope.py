"""Every error, whoever raised it, leaves in OpenAI's envelope: ``{"error": {message, type, param, code}}``."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from vitascope.errors import (
    CharacterError,
    ImageError,
    LengthError,
    ModelError,
    PromptError,
    SeedError,
    SizeError,
    TemporaryError,
    UserError,
    VitascopeError,
)
from vitascope.refusals import (
    CharacterNotFoundError,
    FieldError,
    KeyRefusedError,
    MethodError,
    QuotaError,
    RangeError,
    RateLimitError,
    RouteError,
    SourceError,
    VariantError,
    VideoNotReadyError,
)

_PARAMS: Mapping[type[VitascopeError], str] = {
    PromptError: "prompt",
    SizeError: "size",
    LengthError: "seconds",
    SeedError: "seed",
    ModelError: "model",
    ImageError: "input_reference",
    CharacterError: "characters",
    CharacterNotFoundError: "characters",
    VariantError: "variant",
    SourceError: "video",
}


def answer_to(error: VitascopeError) -> Response:
    """The answer that tells a client about ``error``."""
    envelope = {"message": str(error), "type": error.type, "param": _param(error), "code": error.code}
    return Response(
        json.dumps({"error": envelope}, ensure_ascii=False).encode(errors="backslashreplace"),
        status_code=error.status,
        headers=_headers(error),
        media_type="application/json",
    )


def bug_answer(request_id: str) -> Response:
    """The answer to a request that met a bug of ours: nothing of the bug is in it but where to look it up."""
    bug = VitascopeError(f"Something failed here that should not. It was logged as {request_id}; please report that.")
    return answer_to(bug)


def from_framework(error: HTTPException, path: str, method: str) -> VitascopeError:
    """What the web framework raises by itself, as an error of our tree."""
    if error.status_code == HTTPStatus.NOT_FOUND:
        hint = " The API begins with /v1: end `base_url` with it." if not path.startswith("/v1/") else ""
        return RouteError(f"There is nothing at this address.{hint}")
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        return _AllowedError(f"This method is not possible at this address; possible: {allowed}.", allowed=allowed)
    return UserError(str(error.detail)[:200])


class _AllowedError(MethodError):
    """A refused method, with those there are."""

    def __init__(self, message: str, *, allowed: str) -> None:
        super().__init__(message)
        self.allowed = allowed


def _param(error: VitascopeError) -> str | None:
    if isinstance(error, FieldError):
        return error.param
    return next((param for kind, param in _PARAMS.items() if isinstance(error, kind)), None)


def _headers(error: VitascopeError) -> dict[str, str]:
    """What tells a client whether and when to ask again; the official SDK obeys these."""
    match error:
        case QuotaError() | TemporaryError(retry_after=None):
            return {"x-should-retry": "false"}
        case RateLimitError(retry_after=wait) | VideoNotReadyError(retry_after=wait) | TemporaryError(retry_after=wait):
            return {"retry-after": str(max(1, wait or 1))}
        case KeyRefusedError():
            return {"www-authenticate": "Bearer"}
        case RangeError():
            return {"content-range": f"bytes */{error.size}"}
        case _AllowedError():
            return {"allow": error.allowed}
        case _:
            return {}
