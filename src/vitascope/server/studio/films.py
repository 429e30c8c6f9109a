"""The films of somebody, newest first, a page of them at a time, each with its still, its words and where it stands."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from vitascope.programme import release
from vitascope.refusals import FilesError
from vitascope.server.web.session import Member
from vitascope.store.blobs import Blobs
from vitascope.store.database import Transaction
from vitascope.videos import book
from vitascope.videos.job import UNFINISHED, Job

AT_ONCE: Final = 12
"""Films on a page: their stills come with it, so it is not to be large."""

_STATES: Final = {
    "queued": "waits its turn",
    "in_progress": "is being made",
    "failed": "was not made",
    "cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A page of films."""

    jobs: tuple[Job, ...]
    released: frozenset[str]  # those of them that somebody else may see now
    has_more: bool
    is_first: bool
    now: datetime


def shelf(tx: Transaction, member: Member, after: str | None) -> Shelf:
    """Those behind ``after``, or the newest. Raises VideoNotFoundError."""
    page = book.listing(tx, member.party, after=after, limit=AT_ONCE)
    shown = frozenset(job.id for job in page.jobs if release.released(tx, job.id, member.now))
    return Shelf(jobs=page.jobs, released=shown, has_more=page.has_more, is_first=after is None, now=member.now)


def page(found: Shelf, blobs: Blobs) -> str:
    """The page, or the part of it that is asked for when its end is reached."""
    tiles = "".join(_tile(job, found, blobs) for job in found.jobs)
    more = (
        f'<p class="more"><button class="second" data-do="more" data-after="{escape(found.jobs[-1].id)}">Older films'
        "</button></p>"
        if found.has_more
        else ""
    )
    if not found.is_first:
        return f"{tiles}{more}"
    nothing = '<p>None yet. <a href="/studio">Order the first</a>: it takes a sentence.</p>'
    wall = f'<div class="wall">{tiles}{more}</div>'
    return f"<h1>Your films</h1>{wall if tiles else nothing}"


def still(job: Job, blobs: Blobs, now: datetime) -> str:
    """The address of its small picture, which stands in the page itself; empty where there is none any more."""
    if job.made is None or is_over(job, now):
        return ""
    try:
        image = base64.b64encode(blobs.read(job.made.files["thumbnail"].key)).decode()
    except FilesError:
        return ""
    return f"data:{job.made.files['thumbnail'].media_type};base64,{image}"


def is_over(job: Job, now: datetime) -> bool:
    """Whether its files were kept as long as was promised."""
    return job.expires_at is not None and job.expires_at <= now.timestamp()


def day(seconds: float) -> str:
    """A day, as people write it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %b %Y}"


def _tile(job: Job, found: Shelf, blobs: Blobs) -> str:
    source = still(job, blobs, found.now)
    picture = f'<img src="{source}" alt="">' if source else ""
    where = "/studio" if job.state in UNFINISHED else f"/studio/films/{escape(job.id)}"
    facts = [day(job.created_at), f"{job.order.seconds:g} s", _standing(job, found)]
    return (
        f'<a class="tile" href="{where}"><span class="sight">{picture}</span>'
        f'<span class="words">{escape(job.order.prompt)}</span>'
        f'<span class="quiet">{" - ".join(filter(None, facts))}</span></a>'
    )


def _standing(job: Job, found: Shelf) -> str:
    if job.id in found.released:
        return "<b>released</b>"
    if job.state == "completed":
        return "its files are gone" if job.made is None or is_over(job, found.now) else ""
    return _STATES[job.state]
