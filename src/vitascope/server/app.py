"""The desk as one application: the calls, the edge around them, and the description of it all. Read this first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse, Response

from vitascope import __version__
from vitascope.programme.leaks.datacentres import Datacentres, read_datacentres
from vitascope.refusals import FieldError
from vitascope.rights.logbook import Leaves
from vitascope.server import bookings, outbox, page
from vitascope.server.api import (
    archive,
    batch,
    characters,
    checks,
    content,
    corpus,
    events,
    health,
    holding,
    joining,
    membership,
    models,
    money,
    openlog,
    papers,
    passes,
    programme,
    released,
    reviewing,
    rights,
    stewarding,
    videos,
    webhooks,
    works,
)
from vitascope.server.desk import Desk, limiters
from vitascope.server.edge import Edge
from vitascope.server.envelope import from_framework
from vitascope.server.glances import Glances
from vitascope.server.metrics import Meters
from vitascope.server.news import News
from vitascope.server.openapi import envelope
from vitascope.server.studio import library
from vitascope.server.studio import routes as studio
from vitascope.server.turnstile import Turnstile
from vitascope.server.web import casting
from vitascope.server.web import routes as web
from vitascope.settings import DeskSettings
from vitascope.settings import settings as told
from vitascope.store.blobs import Blobs
from vitascope.store.changes import watch
from vitascope.store.database import Database
from vitascope.store.secrets import Secrets
from vitascope.traces import Traces
from vitascope.videos.queue import Queue

_LAST_LETTER = 5.0  # seconds for the letter under way when the desk ends
_ABOUT = (
    "The Sora API on a machine of your own. Point base_url of any OpenAI SDK here, end it with /v1, and use a key of "
    "this house. Every call needs `Authorization: Bearer vs_...`, but for the two that tell whether the desk is there."
)
_PROGRAMME = (
    passes,
    membership,
    holding,
    joining,
    stewarding,
    reviewing,
    money,
    released,
    programme,
    works,
    corpus,
    papers,
    openlog,
    rights,
)
_FACES = (
    characters,
    batch,
    content,
    events,
    videos,
    webhooks,
    checks,
    models,
    archive,
    *_PROGRAMME,
    health,
)
"""In the order in which paths are tried: what has a fixed name comes before what has an id."""


def build(  # the foundations of the house
    *,
    database: Database,
    blobs: Blobs,
    queue: Queue,
    secrets: Secrets,
    log: Leaves,
    settings: DeskSettings,
    traces: Traces,
) -> FastAPI:
    """The application on these foundations; whoever opened them closes them."""
    app = FastAPI(
        title="Vitascope",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirected POST loses its body in many clients
        lifespan=_lifespan,
    )
    app.state.desk = Desk(
        database=database,
        blobs=blobs,
        queue=queue,
        secrets=secrets,
        log=log,
        settings=settings,
        news=News(lambda: watch(database)),
        meters=Meters(),
        glances=Glances(),
        turnstile=Turnstile(),
        datacentres=_datacentres(),
        **limiters(database),
    )
    for face in _FACES:
        app.include_router(face.router)
    app.include_router(web.router)
    app.include_router(casting.router)
    app.include_router(studio.router)
    app.include_router(library.router)
    app.include_router(programme.pages)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_exception_handler(HTTPException, _translate)
    app.add_exception_handler(RequestValidationError, _translate_validation)
    _add_layers(app, settings, traces)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # the way FastAPI documents
    return app


def _datacentres() -> Datacentres:
    """The operator's list, where there is one: the house asks no other machine for it."""
    return read_datacentres(told().home / "datacentres.txt")


def _add_layers(app: FastAPI, settings: DeskSettings, traces: Traces) -> None:
    """The last added is the outermost."""
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "idempotency-key", "last-event-id", "range"],
            expose_headers=["x-request-id", "openai-poll-after-ms", "retry-after", "content-range"],
        )
    desk: Desk = app.state.desk
    app.add_middleware(Edge, report=desk.meters.count, traces=traces)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    desk: Desk = app.state.desk
    ended = asyncio.Event()
    rounds = {asyncio.create_task(keep(desk, ended)) for keep in (outbox.keep, bookings.keep)}
    yield
    desk.news.end()
    ended.set()
    await asyncio.wait(rounds, timeout=_LAST_LETTER)


async def _docs(request: Request) -> Response:
    """The page for people."""
    headers = {"content-security-policy": page.POLICY}
    return HTMLResponse(page.page(request.app.openapi(), str(request.base_url).rstrip("/")), headers=headers)


async def _translate(request: Request, error: Exception) -> NoReturn:
    """What the framework raises goes on to the edge as an error of our tree."""
    if not isinstance(error, HTTPException):
        raise error
    raise from_framework(error, request.url.path, request.method) from error


async def _translate_validation(_: Request, error: Exception) -> NoReturn:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    param = str(first["loc"][-1])
    raise FieldError(f"`{param}`: {first['msg']}.", param=param) from error


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the key in it; FastAPI's own answer to bad parameters is not one of ours."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path, item in document["paths"].items():
            for call in item.values():
                if not path.endswith("z"):
                    call.setdefault("security", [{"key": []}])
                if "422" in call["responses"] and "Refusal" not in str(call["responses"]["422"]):
                    del call["responses"]["422"]
        document["components"]["schemas"] |= envelope()
        document["components"]["schemas"].pop("HTTPValidationError", None)
        document["components"]["schemas"].pop("ValidationError", None)
        app.openapi_schema = document
    return app.openapi_schema
