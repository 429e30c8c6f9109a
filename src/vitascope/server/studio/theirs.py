"""A film of somebody else, who released it for remixing: seen, with its licence, and built on in other words."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from vitascope.programme import release
from vitascope.refusals import VideoNotFoundError
from vitascope.rights.owners.repository import Given
from vitascope.rights.uses import Use
from vitascope.server.studio import film, films
from vitascope.server.studio.releasing import LICENCE_WORDS
from vitascope.server.web.session import Member
from vitascope.store.blobs import Blobs
from vitascope.store.database import Transaction
from vitascope.videos import book, workers
from vitascope.videos.job import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What may be known of it: not its prompt, which its maker released to nobody."""

    job: Job
    given: Given
    can_remix: bool  # whether its model has the verb
    now: datetime


def theirs(tx: Transaction, member: Member, video: str) -> Theirs:
    """Read it. Raises VideoNotFoundError for what was not released for remixing to whoever asks."""
    live = release.released(tx, video, member.now)
    given = [one for one in live if Use.VIDEO_REMIX in one.permission.uses and one.permission.is_held_by(member.party)]
    owner = release.shown_by(tx, video, member.party, member.now)
    if not given or owner is None:
        raise VideoNotFoundError("There is no film of that id that is yours, or that was released for remixing.")
    job = book.get(tx, video, owner)
    can = {one.model: one.verbs for one in workers.capabilities(tx, member.seconds)}.get(job.order.model, ())
    return Theirs(job=job, given=given[0], can_remix="remix" in can, now=member.now)


def page(found: Theirs, blobs: Blobs) -> str:
    """The page."""
    name, by = escape(found.job.id), escape(found.given.restrictions or "somebody who wishes not to be named")
    source = films.still(found.job, blobs, found.now)
    licence = escape(LICENCE_WORDS.get(found.given.licence, found.given.licence))
    return (
        f'<article class="film" data-film="{name}"><p class="back"><a href="/released/{name}">Its public page</a></p>'
        f'<div class="screen"><img src="{source}" alt=""></div><h1 class="title">A film by {by}</h1>'
        f"<p>Released for remixing. Licence: {licence}.</p>"
        f"{film.verb_form(found.job.id, 'remix', '') if found.can_remix else ''}</article>"
    )
