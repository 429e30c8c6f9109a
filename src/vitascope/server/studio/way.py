"""What is on its way to somebody, told as it comes: which line the page shows of each film, and only what changed.

The page asks once, signed, and the answer goes on until the page is hidden or ten minutes are over; then it asks again.
"""

import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

from anyio import sleep, to_thread

from vitascope.programme.people import repository as people
from vitascope.programme.people.repository import Session
from vitascope.refusals import DatabaseError, VideoNotFoundError
from vitascope.server.desk import Desk
from vitascope.store.database import Transaction, clock
from vitascope.videos import book, events
from vitascope.videos.job import UNFINISHED, Job, Stage, Waiting

MOST: Final = 30
"""Films on the page at once, the newest; the others come up as these end."""

LONGEST_SECONDS: Final = 600.0
_QUIET_SECONDS: Final = 15.0  # an empty line this often keeps proxies from cutting the answer
_PAUSE_SECONDS: Final = 0.4  # between two looks, however much happens
_STAGES: Final = {
    "read": "Reading your words",
    "denoise": "Painting",
    "decode": "Developing",
    "mark": "Marking and writing",
    "write": "Marking and writing",
    "seal": "Sealing",
    "stills": "Making stills",
}

Line = Mapping[str, object]


@dataclass(slots=True, kw_only=True)
class _Told:
    """What one page was told, so that it is told no more than what is new."""

    lines: dict[str, Line] = field(default_factory=dict)
    previews: dict[str, int] = field(default_factory=dict)


async def followed(desk: Desk, session: Session) -> AsyncIterator[bytes]:
    """Lines of JSON, each a list of what changed; the first has everything. Who signs out is told nothing more."""
    told, until = _Told(), time.monotonic() + LONGEST_SECONDS
    async with desk.news.listening() as bell:
        yield b"[]\n"
        while time.monotonic() < until and not desk.news.has_ended:
            fresh = await _fresh(desk, session, told)
            if fresh is None:
                return
            if fresh:
                yield json.dumps(fresh, separators=(",", ":")).encode() + b"\n"
            await sleep(_PAUSE_SECONDS)
            if not await bell.wait(_QUIET_SECONDS):
                yield b"\n"


async def _fresh(desk: Desk, session: Session, told: _Told) -> list[Line] | None:
    """What is new, None once the session is over; during an outage there is nothing, and the page stays as it is."""

    def reading() -> list[Line] | None:
        with desk.database.reading() as tx:
            now = people.session(tx, session.digest)
            return None if now is None or now.ended_at is not None else _changes(tx, session.party, told)

    try:
        return await to_thread.run_sync(reading, limiter=desk.readers)
    except DatabaseError:
        return []


def _changes(tx: Transaction, party: str, told: _Told) -> list[Line]:
    now = clock(tx)
    jobs = [job for state in UNFINISHED for job in book.listing(tx, party, limit=MOST, state=state).jobs]
    seen = {job.id for job in jobs}
    gone = [video for video, line in told.lines.items() if video not in seen and "ended" not in line]
    ended = [_ended(tx, video, party) for video in gone]
    lines = [*(_line(tx, job, now) for job in sorted(jobs, key=lambda job: job.id)), *ended]
    fresh = [line for line in lines if told.lines.get(str(line["id"])) != line]
    for line in fresh:
        told.lines[str(line["id"])] = line
    return [*fresh, *_previews(tx, party, jobs, told)]


def _line(tx: Transaction, job: Job, now: float) -> Line:
    waiting = book.waiting(tx, job, now) if job.state == "queued" else None
    words = _waits(job, waiting) if waiting else _runs(job.stage)
    return {"id": job.id, "html": card(job), "percent": job.progress, "words": words}


def _ended(tx: Transaction, video: str, party: str) -> Line:
    try:
        return {"id": video, "html": card(book.get(tx, video, party)), "ended": True}
    except VideoNotFoundError:
        return {"id": video, "html": "", "ended": True}


def _previews(tx: Transaction, party: str, jobs: Iterable[Job], told: _Told) -> list[Line]:
    fresh: list[Line] = []
    for job in jobs:
        found = events.preview(tx, party=party, video=job.id) if job.state == "in_progress" else None
        if found is not None and found.id > told.previews.get(job.id, 0):
            told.previews[job.id] = found.id
            fresh.append({"id": job.id, "image": found.body["image"]})
    return fresh


def card(job: Job) -> str:
    """A film that comes, or has come; what changes while it is made is filled in by the page."""
    name, prompt = escape(job.id), f"<p class='words'>{escape(job.order.prompt)}</p>"
    if job.state in UNFINISHED:
        inside = (
            f'{prompt}<progress max="100" aria-label="How much of it is done"></progress>'
            '<p class="quiet" data-words></p><button class="small" data-do="cancel">Cancel</button>'
        )
    elif job.state == "completed":
        inside = f'{prompt}<p><a class="ready" href="/studio/films/{name}">Watch it</a></p>'
    else:
        why = job.failure.message if job.failure else "You cancelled it. It costs nothing."
        inside = f'{prompt}<p class="quiet">{escape(why)}</p><p><a href="/studio?again={name}">Order it again</a></p>'
    return f'<div class="sight" data-image></div><div>{inside}</div>'


def _waits(job: Job, waiting: Waiting) -> str:
    if not waiting.has_worker:
        return f"Waits: no worker carries {job.order.model} at the moment. It starts by itself when one comes."
    place = f"{waiting.position} before it" if waiting.position else "The next to be made"
    return f"{place}{_about(waiting.eta_seconds, ', ready in about ')}"


def _runs(stage: Stage | None) -> str:
    if stage is None:
        return "Begins"
    step = f", {stage.step} of {stage.steps}" if stage.steps > 1 else ""
    return f"{_STAGES.get(stage.name, stage.name)}{step}{_about(stage.eta_seconds, ', about ', ' left')}"


def _about(seconds: float | None, before: str, after: str = "") -> str:
    if seconds is None:
        return ""
    words = f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"
    return f"{before}{words}{after}"
