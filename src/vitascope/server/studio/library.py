"""The requests about films that are there: the wall of them, one of them, its files, its release, and its end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from vitascope.orders import Verb
from vitascope.refusals import VideoNotFoundError
from vitascope.rights.logbook import Leaves
from vitascope.rights.uses import Use
from vitascope.server import asked, derived, fields, wire
from vitascope.server.desk import AtDesk, Desk
from vitascope.server.forms import Form
from vitascope.server.handing import credits_in, ending, handed_out, origin_of
from vitascope.server.placing import checked, place
from vitascope.server.studio import film, films, releasing, theirs
from vitascope.server.studio.draft import fields_of
from vitascope.server.studio.routes import itself, ordered, repeat_of, stranger, video_of
from vitascope.server.studio.shell import fragment
from vitascope.server.web import accounting
from vitascope.server.web.seat import seated
from vitascope.server.web.session import Member, signed, text
from vitascope.store.blobs import Stored
from vitascope.store.database import Transaction
from vitascope.videos import book
from vitascope.videos.job import Submitted

router = APIRouter(prefix="/studio", include_in_schema=False)
_TOLD = 40  # letters of the name of a variant


@router.post("/films")
async def list_films(request: Request, desk: AtDesk) -> Response:
    """A page of films."""
    if shown := stranger(request):
        return shown

    def look(tx: Transaction, member: Member) -> films.Shelf:
        after = text(member.values, "after", most=1000)
        return films.shelf(tx, member, checked(after) if after else None)

    found = await signed(request, desk, Use.VIDEO_READ, look)
    return fragment(await desk.aside(lambda: films.page(found, desk.blobs)))


@router.post("/film")
async def show_film(request: Request, desk: AtDesk) -> Response:
    """One film: of one's own, or one that somebody released for remixing."""
    if away := stranger(request):
        return away

    def look(tx: Transaction, member: Member) -> Callable[[], str]:
        try:
            own = film.film(tx, member, video_of(member))
        except VideoNotFoundError:
            other = theirs.theirs(tx, member, video_of(member))
            return lambda: theirs.page(other, desk.blobs)
        return lambda: film.page(own, desk.blobs)

    return fragment(await desk.aside(await signed(request, desk, Use.VIDEO_READ, look)))


@router.post("/publish")
async def publish(request: Request, desk: AtDesk) -> Response:
    """Release a film; it is so when this answers."""
    return await _shown(request, desk, Use.VIDEO_PUBLISH, releasing.publish)


@router.post("/unpublish")
async def unpublish(request: Request, desk: AtDesk) -> Response:
    """Take a release back."""
    return await _shown(request, desk, Use.VIDEO_UNPUBLISH, releasing.unpublish)


@router.post("/report")
async def report(request: Request, desk: AtDesk) -> Response:
    """Send in what there is to say about a film."""

    def reported(tx: Transaction, log: Leaves, member: Member) -> str:
        return accounting.report(tx, log, desk.secrets, member)

    return await _shown(request, desk, Use.PROGRAMME_REPORT, reported, name="about")


@router.post("/content")
async def content(request: Request, desk: AtDesk) -> Response:
    """A file of a film, for the page that asked."""
    stored, name = await _file(request, desk, lambda member: text(member.values, "variant", most=_TOLD))
    answer = await handed_out(desk, stored, request, f"{name}.{ending(stored)}")
    answer.headers["cache-control"] = "no-store"
    return answer


@router.post("/nearest")
async def nearest(request: Request, desk: AtDesk) -> Response:
    """Whose works are near; looked at when asked for."""
    return await _looked(request, desk, lambda stored: credits_in(desk, stored), film.nearest)


@router.post("/origin")
async def origin(request: Request, desk: AtDesk) -> Response:
    """What the file says of itself."""
    return await _looked(request, desk, lambda stored: origin_of(desk, stored), film.origin)


@router.post("/delete")
async def delete(request: Request, desk: AtDesk) -> Response:
    """Delete a film for good, with its files; one that is being made is stopped first."""

    def gone(tx: Transaction, member: Member) -> tuple[str, tuple[str, ...]]:
        return video_of(member), book.delete(tx, video_of(member), member.party, member.seconds)

    video, keys = await signed(request, desk, Use.VIDEO_READ, gone)

    def clear() -> None:
        desk.queue.withdraw(video)
        desk.blobs.remove(keys)

    await desk.aside(clear)
    return wire.answer({"video": video})


@router.post("/remix")
async def remix(request: Request, desk: AtDesk) -> Response:
    """Order a remix of a film of one's own, or of one that was released for it."""
    member = await signed(request, desk, Use.VIDEO_REMIX, itself)
    seat, prompt = seated(request, desk, member), asked.prompt(fields_of({"prompt": member.values.get("prompt", "")}))

    def placing(tx: Transaction, now: float) -> Submitted:
        source = derived.remix_source(tx, video_of(member), member.party, now)
        order = derived.remix(tx, seat, video_of(member), prompt, owner=source.owner, now=now)
        return place(tx, seat, order, now, ingredients=(source,), repeat=repeat_of(member))

    return await ordered(seat, Use.VIDEO_REMIX, placing)


@router.post("/edit")
async def edit(request: Request, desk: AtDesk) -> Response:
    """Order an edit of a film of one's own, where its model can."""
    return await _built_on(request, desk, "edit")


@router.post("/extend")
async def extend(request: Request, desk: AtDesk) -> Response:
    """Order what comes after a film of one's own, where its model can."""
    return await _built_on(request, desk, "extend")


async def _built_on(request: Request, desk: Desk, verb: Verb) -> Response:
    use = Use(f"video.{verb}")
    member = await signed(request, desk, use, itself)
    known = {name: value for name, value in member.values.items() if name in ("prompt", "seconds")}
    wanted = asked.asked(Form(values=fields_of(known), files={}))
    if verb == "extend":
        fields.needed(None if wanted.seconds is None else "told", "seconds")
    seat = seated(request, desk, member)

    def placing(tx: Transaction, now: float) -> Submitted:
        source = book.get(tx, video_of(member), member.party)
        as_asked = replace(wanted, model=source.order.model)  # the page says what this model can
        order = derived.built_on(tx, seat, as_asked, verb, source=source.id, party=member.party, now=now)
        return place(tx, seat, order, now, repeat=repeat_of(member))

    return await ordered(seat, use, placing)


async def _shown(
    request: Request, desk: Desk, use: Use, act: Callable[[Transaction, Leaves, Member], str], *, name: str = "video"
) -> Response:
    """Do something about a film, and show its page as it is then."""

    def doing(tx: Transaction, member: Member) -> tuple[film.Film, str]:
        done = act(tx, desk.log, member)
        return film.film(tx, member, video_of(member, name)), done

    found, done = await signed(request, desk, use, doing)
    return fragment(await desk.aside(lambda: film.page(found, desk.blobs, done=done)))


async def _file(request: Request, desk: Desk, variant: Callable[[Member], str]) -> tuple[Stored, str]:
    def find(tx: Transaction, member: Member) -> tuple[Stored, str]:
        name = video_of(member)
        return book.content(tx, name, member.party, variant(member), member.seconds), name

    return await signed(request, desk, Use.VIDEO_DOWNLOAD, find)


async def _looked(
    request: Request,
    desk: Desk,
    look: Callable[[Stored], Any],
    shown: Callable[[Mapping[str, Any]], str],
) -> Response:
    stored, _ = await _file(request, desk, lambda _member: "video")
    return fragment(shown(await look(stored)))
