"""Placing an order: one transaction in which the programme admits it, the book takes it down and the queue has it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import anyio
from fastapi import Request
from starlette.responses import Response

from vitascope.orders import Grant, Order
from vitascope.programme.characters import keeping
from vitascope.programme.door import Knock
from vitascope.programme.likeness import asking, paying
from vitascope.programme.people import manners
from vitascope.refusals import FieldError, NoModelError, VideoNotFoundError
from vitascope.rights.question import Ingredient
from vitascope.rights.uses import Use
from vitascope.server import ordering, wire
from vitascope.server.desk import Caller, Visit
from vitascope.store.database import Transaction
from vitascope.videos import book, workers
from vitascope.videos.job import Job, Submitted
from vitascope.videos.workers import Capability

LONGEST_ID = 100
FIRST_WORKER_SECONDS = 20.0
"""How long an order waits for the first worker a house ever has: whoever starts one orders before the model is open."""

_LOOK_SECONDS = 0.25
_LONGEST_IDEMPOTENCY = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Whether this may be a request that was made before, and by what that is known."""

    idempotency: str | None = None
    is_retry: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether it is worth looking."""
        return self.is_retry or self.idempotency is not None


async def placed(
    request: Request,
    visit: Visit,
    order: Callable[[Transaction, float], Order],
    *,
    ingredients: Callable[[Transaction, float], tuple[Ingredient, ...]] = lambda _tx, _now: (),
) -> Response:
    """Place what ``order`` settles and answer with the video; a repeated request is answered with the first video.

    ``ingredients`` are the things of other people that it draws on.
    """
    is_retry = request.headers.get("x-stainless-retry-count", "0") not in {"0", ""}
    repeat = Repeat(idempotency=_idempotency(request), is_retry=is_retry)

    def placing(tx: Transaction, now: float) -> Submitted:
        return place(tx, visit, order(tx, now), now, ingredients=ingredients(tx, now), repeat=repeat)

    submitted = await with_a_model(lambda: visit.transact(placing))
    return wire.answer(wire.video(submitted.job), headers={"location": f"/v1/videos/{submitted.job.id}"})


def place(
    tx: Transaction,
    caller: Caller,
    wanted: Order,
    now: float,
    *,
    ingredients: tuple[Ingredient, ...] = (),
    repeat: Repeat,
) -> Submitted:
    """Admit one order, enter it and queue it; or find the one that the same request made before.

    Raises what ``admitted`` does, IdempotencyError, QueueFullError.
    """
    if repeat.is_possible:
        party = caller.admitted(tx, _knock(caller, (wanted,)), now).party
        before = book.repeated(tx, wanted, party, idempotency=repeat.idempotency, retry=repeat.is_retry, now=now)
        if before is not None:  # a repetition uses nothing up
            return Submitted(job=before, is_new=False)
    grant = admitted(tx, caller, (wanted,), now, ingredients)
    queue, limit = caller.desk.queue, caller.desk.settings.queue_limit
    done = book.submit(tx, wanted, grant, queue=queue, now=now, idempotency=repeat.idempotency, queue_limit=limit)
    promised(tx, caller, (done.job,) if done.is_new else (), now)
    return done


async def with_a_model(act: Callable[[], Awaitable[Submitted]]) -> Submitted:
    """What ``act`` submits; where nobody carries a model yet it is tried until somebody does, for 20 seconds."""
    until = time.monotonic() + FIRST_WORKER_SECONDS
    while True:
        try:
            return await act()
        except NoModelError:
            if time.monotonic() > until:
                raise
            await anyio.sleep(_LOOK_SECONDS)


def admitted(
    tx: Transaction, caller: Caller, orders: tuple[Order, ...], now: float, ingredients: tuple[Ingredient, ...] = ()
) -> Grant:
    """Knock with what is ordered.

    Raises RateLimitError, QuotaError, StyleError, LikenessError, CharacterError and its kin, a bad key's errors.
    """
    knock = _knock(caller, orders)
    prompts = tuple(order.prompt for order in orders)
    if manners.naming(prompts) or any(map(asking.may_draw_on, orders)):  # before the yes to a creation is in the log
        party, moment = caller.admitted(tx, knock, now).party, datetime.fromtimestamp(now, UTC)
        if manners.require(tx, caller.desk.log, party, prompts, now=moment):
            knock = replace(knock, uses=(*knock.uses, Use.STYLE_USE))
        cast = [one for order in orders for one in keeping.cast_of(tx, order, party, now=moment)]
        ingredients = (*ingredients, *keeping.ingredients(dict.fromkeys(cast), party))
        people = asking.require(tx, caller.desk.log, party, orders, now=moment)
        if people or cast:
            knock = replace(knock, uses=(*knock.uses, Use.CHARACTER_USE))
            ingredients = (*ingredients, *asking.ingredients(people))
    seconds = sum(order.seconds for order in orders)
    return caller.admitted(tx, replace(knock, jobs=len(orders), seconds=seconds), now, prompts, ingredients)


def promised(tx: Transaction, caller: Caller, jobs: tuple[Job, ...], now: float) -> None:
    """Set aside what these new jobs owe the people whose likeness they draw on."""
    moment = datetime.fromtimestamp(now, UTC)
    for job in jobs:
        if asking.may_draw_on(job.order) and (people := asking.people_of(tx, job.order)):
            paying.promise(tx, caller.desk.log, video=job.id, party=job.party, people=people, now=moment)


def _knock(caller: Caller, orders: tuple[Order, ...]) -> Knock:
    """Whoever orders this, by what it makes use of: the verbs, and pictures that are handed in."""
    verbs = [Use(f"video.{order.verb}") for order in orders]
    pictures = [Use.REFERENCE_USE for order in orders if order.image is not None]
    return caller.knock("video.create", tuple(dict.fromkeys([*verbs, *pictures])))


def chosen_model(tx: Transaction, caller: Caller, name: str | None, now: float) -> Capability:
    """What the model of that name can, from what the workers said. Raises NoModelError, ModelError."""
    return ordering.chosen(name, workers.capabilities(tx, now), caller.desk.settings.default_model)


def checked(video_id: str) -> str:
    """``video_id``, if it can be one: some databases fail at letters that no id has. Raises VideoNotFoundError."""
    if not (video_id.isascii() and video_id.isprintable() and 0 < len(video_id) <= LONGEST_ID):
        raise VideoNotFoundError("There is no video of that id.")
    return video_id


def _idempotency(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= _LONGEST_IDEMPOTENCY and key.isascii() and key.isprintable()):
        raise FieldError("`Idempotency-Key` must have 1 to 255 ASCII characters.", param="Idempotency-Key")
    return key
