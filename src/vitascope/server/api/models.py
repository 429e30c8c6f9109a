"""What runs here, and what it can."""

from collections.abc import Iterable
from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response
from typing_extensions import TypedDict

from vitascope.errors import ModelError
from vitascope.orders import Grant
from vitascope.server import wire
from vitascope.server.desk import Visit, Visitor
from vitascope.server.openapi import answers
from vitascope.server.ordering import ALIASES
from vitascope.store.database import Transaction
from vitascope.videos import workers

router = APIRouter(prefix="/v1/models", tags=["models"])


class ModelList(TypedDict):
    """All models."""

    object: Literal["list"]
    data: list[wire.Model]


@router.get("", responses=answers(ModelList))
async def list_models(visit: Visitor) -> Response:
    """The models that workers carry: lengths, sizes, verbs, words. Sora's names stand for one of them."""
    return wire.answer({"object": "list", "data": list(await _models(visit))})


@router.get("/{model_id}", responses=answers(wire.Model))
async def retrieve_model(model_id: str, visit: Visitor) -> Response:
    """One model, by its name or by a name that stands for it."""
    for model in await _models(visit):
        if model_id == model["id"] or model_id in model["aliases"]:
            return wire.answer(model)
    raise ModelError("There is no model of that name here. GET /v1/models lists those there are.")


async def _models(visit: Visit) -> Iterable[wire.Model]:
    default = visit.desk.settings.default_model

    def look(tx: Transaction, _: Grant, now: float) -> list[wire.Model]:
        known = workers.capabilities(tx, now)
        alive = {model for worker in workers.alive(tx, now) for model in worker.models}
        chosen = default or (known[0].model if known else "")
        return [
            wire.model(one, aliases=ALIASES if one.model == chosen else (), is_alive=one.model in alive)
            for one in known
        ]

    return await visit.read("video.read", look)
