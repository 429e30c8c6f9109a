"""The studio's requests: the frames, what stands in them, ordering, and what is on its way."""

from collections.abc import Callable
from importlib.resources import files
from typing import Final, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from vitascope.errors import RecordNotFoundError
from vitascope.programme.access import holds
from vitascope.programme.access.outlook import outlook_of
from vitascope.programme.people.login import login_state
from vitascope.refusals import FieldError
from vitascope.rights.uses import Use
from vitascope.server import asked, derived, ordering, wire
from vitascope.server.desk import AtDesk, Desk
from vitascope.server.forms import Form
from vitascope.server.pictures import kept
from vitascope.server.placing import Repeat, checked, chosen_model, place, with_a_model
from vitascope.server.studio import draft, form, offer, way
from vitascope.server.studio.shell import POLICY, SHELL, fragment
from vitascope.server.web.pages import door
from vitascope.server.web.seat import Seat, seated
from vitascope.server.web.session import COOKIE, LARGEST_PICTURE, Member, signed, text
from vitascope.store.database import Transaction
from vitascope.videos import book
from vitascope.videos.job import Submitted

T = TypeVar("T")
router = APIRouter(prefix="/studio", include_in_schema=False)

_STATIC: Final = {"studio.js": "text/javascript", "studio.css": "text/css"}
_LARGEST_ORDER: Final = LARGEST_PICTURE * 4 // 3 + (1 << 18)
_LONGEST_SENDING: Final = 100
_STREAM: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


@router.get("")
@router.get("/films")
@router.get("/films/{video}")
async def shell() -> Response:
    """The frame, whichever page it is; what stands in it is asked for with a signature."""
    return HTMLResponse(SHELL, headers={"content-security-policy": POLICY})


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """The studio's script and style."""
    if name not in _STATIC:
        raise RecordNotFoundError("There is no such file.")
    content = files("vitascope.server.studio").joinpath("static", name).read_bytes()
    return Response(content, media_type=_STATIC[name], headers={"cache-control": "no-cache"})


@router.post("/form")
async def order_form(request: Request, desk: AtDesk) -> Response:
    """The order form: empty, as somebody wrote it so far, or as it was for a film of theirs."""
    return await _formed(request, desk, _drafted)


@router.post("/appeal")
async def appeal(request: Request, desk: AtDesk) -> Response:
    """Object to a pause, and go on looking at the form."""

    def appealed(tx: Transaction, member: Member) -> draft.Draft:
        holds.appeal(tx, desk.log, member.party, text(member.values, "hold", most=40), now=member.now)
        return draft.Draft()

    return await _formed(request, desk, appealed, Use.PROGRAMME_APPEAL)


@router.post("/order")
async def order(request: Request, desk: AtDesk) -> Response:
    """Order a film, by the very code that takes an order with a key."""
    member = await signed(request, desk, Use.VIDEO_CREATE, itself, largest=_LARGEST_ORDER)
    values = draft.fields_of(member.values, besides=("sending", "picture_of"))
    wanted = asked.asked(Form(values=values, files={}))
    image = await kept(desk, wanted.reference, member.party) if wanted.reference else None
    seat = seated(request, desk, member)

    def placing(tx: Transaction, now: float) -> Submitted:
        settled = ordering.settled(wanted, chosen_model(tx, seat, wanted.model, now), image=image)
        if image is None and member.values.get("picture_of"):
            settled = derived.with_picture_of(tx, settled, video_of(member, "picture_of"), member.party)
        return place(tx, seat, settled, now, repeat=repeat_of(member))

    return await ordered(seat, Use.VIDEO_CREATE, placing)


@router.post("/watch")
async def watch(request: Request, desk: AtDesk) -> Response:
    """What is on its way, as it comes."""
    member = await signed(request, desk, Use.VIDEO_READ, itself)
    return StreamingResponse(way.followed(desk, member.session), media_type="application/x-ndjson", headers=_STREAM)


@router.post("/cancel")
async def cancel(request: Request, desk: AtDesk) -> Response:
    """Stop a film that waits or is being made; no pause forbids it."""

    def cancelled(tx: Transaction, member: Member) -> str:
        return book.cancel(tx, video_of(member), member.party, member.seconds).id

    video = await signed(request, desk, Use.VIDEO_READ, cancelled)
    await desk.aside(lambda: desk.queue.withdraw(video))
    return wire.answer({"video": video})


async def ordered(seat: Seat, use: Use, placing: Callable[[Transaction, float], Submitted]) -> Response:
    """Place an order, and say which film it will be and what is left of the quotas then."""
    done = await with_a_model(lambda: seat.act(use, placing))
    session = seat.member.session
    left = await seat.desk.look(lambda tx, now: outlook_of(tx, login_state(tx, session, now), now))
    return wire.answer({"video": done.job.id, "left": form.left(left)})


def repeat_of(member: Member) -> Repeat:
    """The same form sent twice, because an answer was lost, is one order. Raises FieldError."""
    sending = text(member.values, "sending", most=_LONGEST_SENDING)
    if sending and not (sending.isascii() and sending.isprintable()):
        raise FieldError("`sending` is none of ours; load the page again.", param="sending")
    return Repeat(idempotency=f"studio {sending}" if sending else None)


def video_of(member: Member, name: str = "video") -> str:
    """The film somebody means. Raises VideoNotFoundError for what can be no id."""
    return checked(text(member.values, name, most=1000))


def stranger(request: Request) -> Response | None:
    """The door, for a browser without a session, which is no fault to be told; None for all others."""
    return None if COOKIE in request.cookies else fragment(door())


def itself(_tx: Transaction, member: Member) -> Member:
    """Whoever asks, once they were let in."""
    return member


def _drafted(tx: Transaction, member: Member) -> draft.Draft:
    if not member.values.get("again"):
        return draft.written(member.values)
    job = book.get(tx, checked(text(member.values, "again", most=1000)), member.party)
    return draft.again(job, same_seed=member.values.get("seed") == "same")


async def _formed(
    request: Request, desk: Desk, drafted: Callable[[Transaction, Member], draft.Draft], use: Use = Use.VIDEO_READ
) -> Response:
    if away := stranger(request):
        return away

    def look(tx: Transaction, member: Member) -> tuple[offer.Offer, draft.Draft]:
        shown = drafted(tx, member)
        return offer.offer(tx, desk, member), shown

    found, shown = await signed(request, desk, use, look, largest=_LARGEST_ORDER)
    return fragment(await desk.aside(lambda: form.page(found, shown, desk.blobs)))
