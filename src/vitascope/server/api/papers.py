"""What a model learned from, for everybody: Croissant with RAI, the training-content summary, the dataset card."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from vitascope import __version__
from vitascope.errors import RecordNotFoundError
from vitascope.rights.consent import croissant, papers, repository, snapshots
from vitascope.rights.consent.papers import About
from vitascope.rights.consent.repository import OptInWork
from vitascope.rights.register import Register, register_in_use
from vitascope.server import wire
from vitascope.server.calls import ANY, OPEN
from vitascope.server.carried import edition_of
from vitascope.server.desk import AtDesk
from vitascope.server.displayed import address, may_be_shown
from vitascope.server.openapi import answers
from vitascope.settings import settings
from vitascope.store.database import Transaction
from vitascope.text.world import later_than
from vitascope.videos import workers

router = APIRouter(prefix="/v1/rights/models", tags=["papers"])


@router.get("", responses=ANY, openapi_extra=OPEN)
async def list_models(desk: AtDesk) -> Response:
    """The models of this house whose works are on record."""

    def look(tx: Transaction, now: datetime) -> list[dict[str, object]]:
        known = {name: weights for name, weights, _ in _known(tx, now)}
        return [_named(name, weights) for name, weights in sorted(known.items())]

    return wire.answer({"object": "list", "data": await desk.look(look)})


@router.get("/{name}/croissant", responses=ANY, openapi_extra=OPEN)
async def retrieve_croissant(name: str, desk: AtDesk) -> Response:
    """The data set in Croissant 1.1 with RAI 1.0 and an ODRL offer (JSON-LD)."""
    register, about = await desk.look(lambda tx, now: _of(tx, name, now))
    told = croissant.croissant(
        register, name=f"vitascope-{about.model}", published=about.published, version=__version__
    )
    return Response(croissant.as_text(told), media_type="application/json")


@router.get("/{name}/works", responses=answers(None, media_type="text/csv"), openapi_extra=OPEN)
async def retrieve_works(name: str, desk: AtDesk) -> Response:
    """The table of works that the Croissant describes (CSV)."""
    register, _ = await desk.look(lambda tx, now: _of(tx, name, now))
    return PlainTextResponse(croissant.works_table(register), media_type="text/csv")


@router.get("/{name}/summary", responses=ANY, openapi_extra=OPEN)
async def retrieve_summary(name: str, desk: AtDesk) -> Response:
    """The summary of training content, in the parts of the European template."""
    register, about = await desk.look(lambda tx, now: _of(tx, name, now))
    return wire.answer(papers.summary(register, about))


@router.get("/{name}/card", responses=answers(None, media_type="text/markdown"), openapi_extra=OPEN)
async def retrieve_card(name: str, desk: AtDesk) -> Response:
    """The dataset card (Markdown): each work by name."""
    register, about = await desk.look(lambda tx, now: _of(tx, name, now))
    return PlainTextResponse(papers.dataset_card(register, about), media_type="text/markdown")


def _of(tx: Transaction, name: str, now: datetime) -> tuple[Register, About]:
    for known, weights, snapshot in _known(tx, now):
        if known == name:
            base = register_in_use(settings().home)
            found = None if snapshot is None else repository.find_snapshot(tx, snapshot)
            register = base if found is None else snapshots.register_of(tx, base, found)
            carried = workers.capabilities(tx, now.timestamp())
            for words in (one.words for one in carried if one.weights_sha256 == weights):
                register = register.without(later_than(edition_of(words)))
            pictures = {work.id: address(work.id) for work in _shown(tx, register, now)}
            return register, About(model=name, weights_sha256=weights, published=f"{now:%Y-%m-%d}", pictures=pictures)
    raise RecordNotFoundError("No model of that name is on record here; GET /v1/rights/models lists those there are.")


def _shown(tx: Transaction, register: Register, now: datetime) -> list[OptInWork]:
    """The works put in that the model saw and that may be shown now, whatever was granted then."""
    there = (work for work in repository.works(tx) if work.id in register.works)
    return [work for work in there if may_be_shown(tx, work, now)]


def _known(tx: Transaction, now: datetime) -> list[tuple[str, str, str | None]]:
    """Name, weights and snapshot: models whose snapshot was recorded, newest first, then what the workers carry."""
    recorded = snapshots.newest_models(tx)
    carried = workers.capabilities(tx, now.timestamp())
    weights = {model.weights_sha256 for model in recorded}
    own = [(one.model, one.weights_sha256, None) for one in carried if one.weights_sha256 not in weights]
    return [*((model.name, model.weights_sha256, model.snapshot) for model in recorded), *own]


def _named(name: str, weights: str) -> dict[str, object]:
    papers_of = {paper: f"/v1/rights/models/{name}/{paper}" for paper in ("croissant", "works", "summary", "card")}
    return {"id": name, "object": "model.papers", "weights_sha256": weights, **papers_of}
