"""The edge: what is true of every request and every answer, whichever call it is.

A request gets an id; its body may be so large and so slow and no more. An answer carries the id and the headers that
keep a browser from harm. Whatever is raised becomes OpenAI's envelope. A plain ASGI layer: nothing is buffered, so that
streams of events and films pass as they are.
"""

import secrets
import time
from collections.abc import Callable

import anyio
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitascope.errors import VitascopeError
from vitascope.logs import tell, tell_bug
from vitascope.refusals import BodyTooLargeError, BodyTooSlowError
from vitascope.server.envelope import answer_to, bug_answer
from vitascope.traces import Span, Traces

BODY_SECONDS = 60.0
"""How long a client may take to send a body."""

_MEGABYTE = 1 << 20
_LARGEST = {
    "/v1/videos/edits": 128 * _MEGABYTE,
    "/v1/videos/extensions": 128 * _MEGABYTE,
    "/v1/videos/characters": 128 * _MEGABYTE,
    "/v1/content_provenance_checks": 128 * _MEGABYTE,
    "/v1/import": 16_384 * _MEGABYTE,
}
_LARGEST_ELSEWHERE = 64 * _MEGABYTE  # a picture of 50 MB, or a data URL of 20 MB

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Observed:
    """One request as the edge saw it, for the log, the counters and the traces."""

    def __init__(self, method: str) -> None:
        self.method, self.route, self.status, self.refusal = method, "", 0, ""


Report = Callable[[Observed, float], None]
"""Takes a finished request and the seconds it took."""


class Edge:
    """The outermost layer of the desk."""

    def __init__(self, app: ASGIApp, *, report: Report, traces: Traces) -> None:
        self._app, self._report, self._traces = app, report, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"req_{secrets.token_hex(12)}"
        seen, body = Observed(scope["method"]), _Body(receive, scope)
        answer = _Answer(send, seen, request_id)
        started = time.perf_counter()
        with self._traces.span(seen.method) as span:
            try:
                await self._serve(scope, body, answer, request_id)
            finally:
                seen.route = getattr(scope.get("route"), "path", "") or "unknown"
                seconds = time.perf_counter() - started
                self._report(seen, seconds)
                _log(seen, request_id, seconds)
                _trace(span, seen, request_id)

    async def _serve(self, scope: Scope, body: "_Body", answer: "_Answer", request_id: str) -> None:
        try:
            body.require_small_announcement()
            await self._app(scope, body, answer)
        except VitascopeError as error:
            answer.seen.refusal = error.code
            await _say(answer_to(error), scope, body, answer)
        except Exception as error:  # noqa: BLE001  # the edge of the house: a bug leaves as an envelope, not as a torn line
            answer.seen.refusal = VitascopeError.code
            tell_bug(error, request_id=request_id)
            await _say(bug_answer(request_id), scope, body, answer)


class _Body:
    """The body of a request as it comes in, within its limits."""

    def __init__(self, receive: Receive, scope: Scope) -> None:
        self._receive, self._headers = receive, dict(scope["headers"])
        self._most = _LARGEST.get(scope["path"], _LARGEST_ELSEWHERE)
        self._taken, self._is_whole = 0, False
        self._until = time.monotonic() + (BODY_SECONDS if self._most <= _LARGEST_ELSEWHERE else 10 * BODY_SECONDS)

    async def __call__(self) -> Message:
        if self._is_whole:
            return await self._receive()
        message = await self._next()
        self._taken += len(message.get("body", b""))
        if self._taken > self._most:
            raise self._too_large()
        return message

    def require_small_announcement(self) -> None:
        """Raises BodyTooLargeError where the client says by itself that it will send too much."""
        announced = self._headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > self._most:
            raise self._too_large()

    async def _next(self) -> Message:
        with anyio.move_on_after(max(0.0, self._until - time.monotonic())) as clock:
            message = await self._receive()
            self._is_whole = not message.get("more_body", False)
        if clock.cancelled_caught:
            raise BodyTooSlowError(f"The body did not arrive within {BODY_SECONDS:g} seconds. Send it again.")
        return message

    def _too_large(self) -> BodyTooLargeError:
        return BodyTooLargeError(
            f"The body is larger than {self._most // _MEGABYTE} MB, which is what this call takes."
        )


class _Answer:
    """The answer as it goes out, with the headers that every answer has."""

    def __init__(self, send: Send, seen: Observed, request_id: str) -> None:
        self._send, self.seen, self._id = send, seen, request_id
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun, self.seen.status = True, message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._id
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


async def _say(response: Response, scope: Scope, body: _Body, answer: _Answer) -> None:
    """Answer, unless an answer has begun: then the line is cut, which a client can tell from a whole one."""
    if answer.has_begun:
        return
    await response(scope, body, answer)


def _trace(span: Span, seen: Observed, request_id: str) -> None:
    span.rename(f"{seen.method} {seen.route}")
    span.tell(
        {
            "http.request.method": seen.method,
            "http.route": seen.route,
            "http.response.status_code": seen.status,
            "vitascope.request_id": request_id,
        }
    )
    if seen.refusal:
        span.tell({"vitascope.refusal": seen.refusal})
    if seen.status >= 500:
        span.fail(str(seen.status))


def _log(seen: Observed, request_id: str, seconds: float) -> None:
    tell(
        "request",
        request_id=request_id,
        method=seen.method[:10],
        route=seen.route,
        status=seen.status,
        refusal=seen.refusal or None,
        milliseconds=round(seconds * 1000, 1),
    )
