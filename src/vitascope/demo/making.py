"""The making of one film for one visitor: a place in the line, an order, the wait, the file; told step by step."""

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vitascope.demo.house import House, Pass, Standing
from vitascope.demo.line import Line
from vitascope.demo.visitors import Visitor, Visitors
from vitascope.errors import AnswerError, DemoError

LONGEST_PROMPT: Final = 300
_LOOK: Final = 0.5  # seconds between looks at a film that is being made
_COMMAND: Final = re.compile(r"\s?`vitascope [^`]*`[^.]*\.")
_MOST_WAIT: Final = 15 * 60.0
_BUSY: Final = ("rate_limit_exceeded", "queue_full", "no_model_yet", "database_unavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a visitor is told meanwhile; ``share`` is 0 to 1 of the film, None before it has begun."""

    words: str
    number: str = ""  # the place in the line, or the percent that are done
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """The film, as the server gave it: the file is handed on untouched, since any change would break its seal."""

    file: Path
    video: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """No film, because the pass is spent, paused or over; or the server is away."""

    standing: Standing


Told = Step | Film | Closed


class Studio:
    """Everything that films are made with."""

    def __init__(self, house: House, access: Pass, line: Line, visitors: Visitors, folder: Path) -> None:
        self.house, self.access = house, access
        self._line, self._visitors, self._folder = line, visitors, folder

    async def film(self, visitor: Visitor, prompt: str) -> AsyncGenerator[Told]:
        """Make one. Raises DemoError and AnswerError with words for the visitor; then nothing counts as theirs.

        Whoever closes the page closes this: their place goes to the next, and an order that is not done is cancelled.
        """
        wanted = _checked(prompt)
        self._visitors.require_room(visitor)
        with self._line.place(visitor) as place:
            while not await place.called_within(1.0):
                yield _in_line(self._line.ahead(place))
            standing = await self.access.standing()
            if standing.state != "open":
                yield Closed(standing=standing)
                return
            async with aclosing(self._made(visitor, wanted)) as steps:
                async for told in steps:
                    yield told

    async def _made(self, visitor: Visitor, prompt: str) -> AsyncGenerator[Told]:
        yield Step(words="Your turn: the order is being placed.")
        video: dict[str, Any] = {"status": "queued"}
        try:
            async with asyncio.timeout(_MOST_WAIT), aclosing(self._followed(prompt)) as looks:
                async for video in looks:
                    yield _progress(video)
        except AnswerError as error:
            if error.answered_code not in ("refused", "insufficient_quota"):
                raise
            yield Closed(standing=await self.access.standing(is_fresh=True))
            return
        if video["status"] != "completed":
            raise DemoError(_failed(video["error"]))
        file = await asyncio.to_thread(self._fetched, video["id"])
        self._visitors.note(visitor)
        yield Film(file=file, video=video)

    async def _followed(self, prompt: str) -> AsyncGenerator[dict[str, Any]]:
        """The order as it stands, again and again until it is done; given up on the way, it is cancelled."""
        video: dict[str, Any] = {"id": "", "status": "queued"}
        try:
            async with aclosing(self._ordered(prompt)) as tries:
                async for video in tries:
                    yield video
            while video["status"] in ("queued", "in_progress"):
                await asyncio.sleep(_LOOK)
                video = await asyncio.to_thread(self.access.desk.call, "GET", f"/v1/videos/{video['id']}")
                yield video
        finally:
            if video["id"] and video["status"] in ("queued", "in_progress"):
                await asyncio.to_thread(self._cancelled, video["id"])

    async def _ordered(self, prompt: str) -> AsyncGenerator[dict[str, Any]]:
        """The order, placed once however often it is sent; a busy server is asked again, and that is told."""
        order: dict[str, object] = {"prompt": prompt, "seconds": f"{self.house.seconds:g}"}
        order |= {"model": self.house.model} if self.house.model else {}
        once = secrets.token_hex(12)
        while True:
            try:
                yield await asyncio.to_thread(self.access.desk.call, "POST", "/v1/videos", order, idempotency_key=once)
            except AnswerError as error:
                if error.answered_code not in _BUSY:
                    raise
                wait = min(5.0, error.retry_after or 1.0)
            else:
                return
            yield {"id": "", "status": "queued"}
            await asyncio.sleep(wait)

    def _cancelled(self, video: str) -> None:
        """Nobody waits for it any more. A server that is away finishes it by itself; nobody is there to be told."""
        with suppress(AnswerError):
            self.access.desk.call("POST", f"/v1/videos/{video}/cancel")

    def _fetched(self, video: str) -> Path:
        file = self._folder / f"{secrets.token_hex(8)}.mp4"
        file.write_bytes(self.access.desk.content(f"/v1/videos/{video}/content"))
        return file


def _failed(error: Mapping[str, Any]) -> str:
    """Why there is no film, in words for somebody who has a page before them and no command line."""
    again = "Try again." if error["code"] == "internal_error" else "Try another sentence."
    return f"No film this time, and nothing was used up. {_COMMAND.sub('', error['message']).strip()} {again}"


def _checked(prompt: str) -> str:
    wanted = " ".join(prompt.split())
    if not wanted:
        raise DemoError("Say in a sentence what is seen.")
    if len(wanted) > LONGEST_PROMPT:
        raise DemoError(f"Your sentence has {len(wanted)} characters; {LONGEST_PROMPT} are enough here.")
    return wanted


def _in_line(ahead: int) -> Step:
    words = "You are next." if ahead == 0 else f"{ahead} before you. You keep your place while this page is open."
    return Step(words=words, number=str(ahead + 1))


def _progress(video: dict[str, Any]) -> Step:
    if video["status"] == "queued":
        ahead = max(0, int(video.get("queue_position") or 1) - 1)
        others = f": {ahead} of other people's before it" if ahead else ""
        return Step(words=f"Ordered, and waiting for a machine{others}.", share=0.0)
    eta = video.get("eta_seconds")
    left = f", {eta:.0f} s left" if eta and eta >= 1 else ""
    return Step(words=f"Being painted{left}.", share=video["progress"] / 100, number=f"{video['progress']}")
