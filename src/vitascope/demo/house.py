"""How the demo is furnished: who shares it, how long films are, what each visitor may have, and how the pass stands."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from vitascope.demo.desk import Desk
from vitascope.errors import AnswerError, DemoError

_FRESH: Final = 2.0  # seconds for which one look at the pass serves every visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What whoever opens a demo decides."""

    title: str = "Vitascope"
    shared_by: str = ""
    seconds: float = 4.0
    model: str = ""  # the first there is
    per_visitor: int = 5  # films a day
    per_address: int = 60
    examples: tuple[str, ...] = (
        "a parrot flies over a beach at sunset",
        "two dogs run through a forest",
        "a sailboat drifts on the sea at night",
        "a red dragon flies over the city",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand with the pass."""

    state: str  # open, spent, paused, ended, or away where the server does not answer
    words: str = ""
    films: int = 0  # that the pass is for
    left: int = 0
    ends_at: float = 0.0
    at_once: int = 1
    paused_until: float = 0.0


class Pass:
    """The pass, looked at as seldom as is enough."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._seen, self._at, self._lock = Standing(state="away"), 0.0, asyncio.Lock()

    async def standing(self, *, is_fresh: bool = False) -> Standing:
        """How it stands, at most two seconds ago; ``is_fresh`` looks again."""
        async with self._lock:
            if is_fresh or time.monotonic() - self._at > _FRESH:
                self._seen = await asyncio.to_thread(self._look)
                self._at = time.monotonic()
            return self._seen

    def _look(self) -> Standing:
        try:
            return standing_of(self.desk.call("GET", "/v1/programme/me"))
        except AnswerError as error:
            is_dead = error.answered_status in (401, 403)
            return Standing(state="ended" if is_dead else "away", words=str(error))


def standing_of(told: Mapping[str, Any]) -> Standing:
    """What a server says of a pass, in the demo's words."""
    films = next((one for one in told["budgets"] if one["measure"] == "renders"), {"limit": 0, "left": 0})
    pause = told.get("pause") or {"reason": told["explanation"], "until": 0}
    return Standing(
        state=told["state"],
        words=pause["reason"],
        paused_until=float(pause["until"]),
        films=films["limit"],
        left=films["left"],
        ends_at=float(told["ends_at"] or 0),
        at_once=int(told["at_once"]),
    )


def first_model(desk: Desk) -> str:
    """The name of the first model that a worker carries; none where none has come yet. Raises AnswerError."""
    carried = desk.call("GET", "/v1/models")["data"]
    return str(carried[0]["id"]) if carried else ""


def require_public_pass(desk: Desk) -> Standing:
    """How the pass stands, if it is one: a page for everybody behind a member's own key was the leak of 2024.

    Raises AnswerError, DemoError.
    """
    told = desk.call("GET", "/v1/programme/me")
    if told["kind"] != "service":
        raise DemoError(
            f"This key is a {told['kind']}'s own; a page for everybody needs a pass of its own, with a budget and an "
            "end. Mint one: vitascope guest mint NAME --renders 200 --days 14 --public"
        )
    return standing_of(told)
