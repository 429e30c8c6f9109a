"""Orders that begin with another video: a remix, an edit, an extension, each settled from what was ordered before."""

from dataclasses import replace
from datetime import UTC, datetime

from vitascope.orders import Order, Verb
from vitascope.programme import release
from vitascope.programme.characters import keeping
from vitascope.refusals import SourceError
from vitascope.rights.question import Ingredient
from vitascope.rights.uses import Use
from vitascope.server import ordering
from vitascope.server.asked import Asked, require_nobody
from vitascope.server.desk import Caller
from vitascope.server.placing import chosen_model
from vitascope.store.database import Transaction
from vitascope.videos import book


def remix_source(tx: Transaction, video: str, party: str, now: float) -> Ingredient:
    """The video of a remix as something drawn on: somebody else's needs a release that allows it.

    Nobody's is told as the asker's own: then it is not there.
    """
    owner = release.shown_by(tx, video, party, datetime.fromtimestamp(now, UTC)) or party
    return Ingredient(id=release.render_of(video), owner=owner, use=Use.VIDEO_REMIX)


def remix(tx: Transaction, caller: Caller, video: str, prompt: str, *, owner: str, now: float) -> Order:
    """The order of a remix. Raises VideoNotFoundError, SourceError, UnsupportedOperationError."""
    source = book.source(tx, video, owner, now)
    ordering.require_verb("remix", chosen_model(tx, caller, source.order.model, now))
    remixed = ordering.remixed(prompt, source.order, source.id)
    kept = keeping.said_in(tx, prompt, source.order.cast.characters)  # who is no longer named is no longer in it
    return replace(remixed, cast=replace(remixed.cast, characters=kept))


def with_picture_of(tx: Transaction, order: Order, video: str, party: str) -> Order:
    """The order with the first picture of another of one's own videos, which shows whom it showed there.

    Raises VideoNotFoundError, SourceError, FieldError.
    """
    before = book.get(tx, video, party).order
    if before.image is None:
        raise SourceError(f"{video} began with no picture; choose one.")
    require_nobody(order.cast.characters)
    return replace(order, image=before.image, cast=replace(order.cast, shown=before.cast.shown))


def built_on(
    tx: Transaction, caller: Caller, wanted: Asked, verb: Verb, *, source: str | None, party: str, now: float
) -> Order:
    """The order of an edit or an extension of a video of one's own; ``source`` is None where a film was sent.

    Raises VideoNotFoundError, SourceError, UnsupportedOperationError.
    """
    model = chosen_model(tx, caller, wanted.model, now)
    ordering.require_verb(verb, model)
    if source is None:
        raise SourceError("A video to build on must be one of yours here; films sent as files are not taken yet.")
    found = book.source(tx, source, party, now)
    return ordering.built_on(found.order, found.id, wanted, model, verb)
