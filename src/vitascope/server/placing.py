"""Placing an order: one transaction in which the programme admits it, the book takes it down and the queue has it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
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
from vitascope.server.desk import Visit
from vitascope.store.database import Transaction
from vitascope.videos import book, workers
from vitascope.videos.job import Job, Submitted
from vitascope.videos.workers import Capability

LONGEST_ID = 100
FIRST_WORKER_SECONDS = 20.0
"""How long an order waits for the first worker a house ever has: whoever starts one orders before the model is open."""

_LOOK_SECONDS = 0.25
_LONGEST_IDEMPOTENCY = 255


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
    idempotency, is_retry = _idempotency(request), request.headers.get("x-stainless-retry-count", "0") not in {"0", ""}

    def place(tx: Transaction, now: float) -> Submitted:
        wanted, drawn_on = order(tx, now), ingredients(tx, now)
        if is_retry or idempotency is not None:
            party = visit.admitted(tx, _knock(visit, (wanted,)), now).party
            before = book.repeated(tx, wanted, party, idempotency=idempotency, retry=is_retry, now=now)
            if before is not None:  # a repetition uses nothing up
                return Submitted(job=before, is_new=False)
        grant = admitted(tx, visit, (wanted,), now, drawn_on)
        queue, limit = visit.desk.queue, visit.desk.settings.queue_limit
        done = book.submit(tx, wanted, grant, queue=queue, now=now, idempotency=idempotency, queue_limit=limit)
        promised(tx, visit, (done.job,) if done.is_new else (), now)
        return done

    submitted = await _with_a_model(lambda: visit.transact(place))
    return wire.answer(wire.video(submitted.job), headers={"location": f"/v1/videos/{submitted.job.id}"})


async def _with_a_model(act: Callable[[], Awaitable[Submitted]]) -> Submitted:
    until = time.monotonic() + FIRST_WORKER_SECONDS
    while True:
        try:
            return await act()
        except NoModelError:
            if time.monotonic() > until:
                raise
            await anyio.sleep(_LOOK_SECONDS)


def admitted(
    tx: Transaction, visit: Visit, orders: tuple[Order, ...], now: float, ingredients: tuple[Ingredient, ...] = ()
) -> Grant:
    """Knock with what is ordered.

    Raises RateLimitError, QuotaError, StyleError, LikenessError, CharacterError and its kin, a bad key's errors.
    """
    knock = _knock(visit, orders)
    prompts = tuple(order.prompt for order in orders)
    if manners.naming(prompts) or any(map(asking.may_draw_on, orders)):  # before the yes to a creation is in the log
        party, moment = visit.admitted(tx, knock, now).party, datetime.fromtimestamp(now, UTC)
        if manners.require(tx, visit.desk.log, party, prompts, now=moment):
            knock = replace(knock, uses=(*knock.uses, Use.STYLE_USE))
        cast = [one for order in orders for one in keeping.cast_of(tx, order, party, now=moment)]
        ingredients = (*ingredients, *keeping.ingredients(dict.fromkeys(cast), party))
        people = asking.require(tx, visit.desk.log, party, orders, now=moment)
        if people or cast:
            knock = replace(knock, uses=(*knock.uses, Use.CHARACTER_USE))
            ingredients = (*ingredients, *asking.ingredients(people))
    seconds = sum(order.seconds for order in orders)
    return visit.admitted(tx, replace(knock, jobs=len(orders), seconds=seconds), now, prompts, ingredients)


def promised(tx: Transaction, visit: Visit, jobs: tuple[Job, ...], now: float) -> None:
    """Set aside what these new jobs owe the people whose likeness they draw on."""
    moment = datetime.fromtimestamp(now, UTC)
    for job in jobs:
        if asking.may_draw_on(job.order) and (people := asking.people_of(tx, job.order)):
            paying.promise(tx, visit.desk.log, video=job.id, party=job.party, people=people, now=moment)


def _knock(visit: Visit, orders: tuple[Order, ...]) -> Knock:
    """Whoever orders this, by what it makes use of: the verbs, and pictures that are handed in."""
    verbs = [Use(f"video.{order.verb}") for order in orders]
    pictures = [Use.REFERENCE_USE for order in orders if order.image is not None]
    return Knock(credential=visit.credential, scope="video.create", uses=tuple(dict.fromkeys([*verbs, *pictures])))


def chosen_model(tx: Transaction, visit: Visit, name: str | None, now: float) -> Capability:
    """What the model of that name can, from what the workers said. Raises NoModelError, ModelError."""
    return ordering.chosen(name, workers.capabilities(tx, now), visit.desk.settings.default_model)


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
