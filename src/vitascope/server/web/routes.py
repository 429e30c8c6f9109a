"""The page's requests: before signing in, signing in, and what a member does; each answers with the page after it."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, Response, StreamingResponse

from vitascope.errors import RecordNotFoundError
from vitascope.programme.access.standing import Part
from vitascope.programme.people import announcements, applications, cohorts, invitations, letters, sign_in
from vitascope.programme.people.post import Mail
from vitascope.rights.logbook import Leaves
from vitascope.rights.uses import Use
from vitascope.server import wire
from vitascope.server.api.archive import packed
from vitascope.server.desk import AtDesk, AtDoor, Desk
from vitascope.server.letters import house, send
from vitascope.server.web import accounting, acts, applying, pages, speaking, stewards
from vitascope.server.web.home import home
from vitascope.server.web.session import COOKIE, LARGEST_FORM, Member, Values, forget, keep, signed, text, unsigned
from vitascope.store.database import Transaction

router = APIRouter(prefix="/programme", include_in_schema=False)

_SCRIPT: Final = "text/javascript"
_STATIC: Final = {
    "programme.js": _SCRIPT,
    "page.js": _SCRIPT,
    "session.js": _SCRIPT,
    "programme.css": "text/css",
}
_HEADERS: Final = {"content-security-policy": pages.POLICY}


@router.get("")
@router.get("/apply")
async def shell() -> Response:
    """The frame of the page; what stands in it is asked for with a signature."""
    return HTMLResponse(pages.SHELL, headers=_HEADERS)


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """The page's scripts and style."""
    if name not in _STATIC:
        raise RecordNotFoundError("There is no such file.")
    content = files("vitascope.server.web").joinpath("static", name).read_bytes()
    return Response(content, media_type=_STATIC[name], headers={"cache-control": "no-cache"})


@router.get("/door")
async def door() -> Response:
    """For whoever is not signed in."""
    return _page(pages.door())


@router.post("/link")
async def send_link(request: Request, desk: AtDoor) -> Response:
    """Send a sign-in link. The answer is the same, in words and in time, for members and for strangers."""
    secrets = desk.secrets
    letter = await unsigned(
        request,
        desk,
        lambda tx, values, now: sign_in.ask_link(tx, text(values, "address", most=320), secrets=secrets, now=now),
    )
    mails = [letters.sign_in(letter, house=house())] if letter else []
    return _page(pages.sent(), BackgroundTask(send, desk, mails))


@router.post("/apply/form")
async def application_form(desk: AtDesk) -> Response:
    """The operator's own questions, for anybody."""
    return _page(applying.form(await desk.look(lambda tx, _now: applications.asked_now(tx))))


@router.post("/apply")
async def apply(request: Request, desk: AtDoor) -> Response:
    """Take an application in, and say what happens next."""

    def sent(tx: Transaction, values: Values, now: float) -> str:
        return stewards.apply(tx, desk.log, desk.secrets, values, now)

    return _page(await unsigned(request, desk, sent, largest=LARGEST_FORM))


@router.post("/invitation")
async def read_invitation(request: Request, desk: AtDoor) -> Response:
    """The terms of an invitation, to be read first."""

    def read(tx: Transaction, values: Values, now: float) -> str:
        token, moment = text(values, "token"), datetime.fromtimestamp(now, UTC)
        invitation = invitations.open_invitation(tx, token, secrets=desk.secrets, now=moment)
        terms = cohorts.in_force(tx, invitation.cohort, moment)
        return pages.invited(
            token, terms, Part(invitation.part), announcements.coming(tx, invitation.cohort, terms, moment)
        )

    return _page(await unsigned(request, desk, read))


@router.post("/accept")
async def accept_invitation(request: Request, desk: AtDoor) -> Response:
    """Join; the link to come in goes to the mailbox that was invited, so a forwarded invitation buys nothing."""

    def join(tx: Transaction, values: Values, now: float) -> list[Mail]:
        joined = invitations.accept_invitation(
            tx,
            desk.log,
            text(values, "token"),
            terms=text(values, "terms"),
            name=text(values, "name", most=80),
            secrets=desk.secrets,
            now=datetime.fromtimestamp(now, UTC),
        )
        letter = sign_in.link_for(tx, joined.grantee, secrets=desk.secrets, now=now)
        return [letters.joined(letter, joined.terms, house=house())] if letter else []

    return _page(pages.joined(), BackgroundTask(send, desk, await unsigned(request, desk, join)))


@router.post("/sign-in")
async def sign_in_by_link(request: Request, desk: AtDoor) -> Response:
    """Use a link up: a session for this browser's key."""

    def enter(tx: Transaction, values: Values, now: float) -> tuple[str, str]:
        token, key = text(values, "token"), text(values, "browser_key")
        cookie, session = sign_in.sign_in(tx, token, key, secrets=desk.secrets, now=now)
        return cookie, pages.mine(home(tx, session, datetime.fromtimestamp(now, UTC)))

    cookie, shown = await unsigned(request, desk, enter)
    return keep(_page(shown), cookie)


@router.post("/passkey/begin")
async def begin_passkey(request: Request, desk: AtDoor) -> Response:
    """A challenge for anybody's passkey."""
    return wire.answer(await unsigned(request, desk, acts.challenge))


@router.post("/passkey")
async def sign_in_by_passkey(request: Request, desk: AtDoor) -> Response:
    """A session for this browser's key, by a passkey."""

    def enter(tx: Transaction, values: Values, now: float) -> tuple[str, str]:
        cookie, session = acts.by_passkey(tx, values, desk.secrets, now)
        return cookie, pages.mine(home(tx, session, datetime.fromtimestamp(now, UTC)))

    cookie, shown = await unsigned(request, desk, enter)
    return keep(_page(shown), cookie)


@router.post("/passkeys/begin")
async def begin_making_passkey(request: Request, desk: AtDesk) -> Response:
    """A challenge to make a passkey by."""
    return wire.answer(await signed(request, desk, Use.VIDEO_READ, acts.begin_making))


@router.post("/confirm/begin")
async def begin_confirming(request: Request, desk: AtDesk) -> Response:
    """A challenge for a passkey of one's own."""
    return wire.answer(await signed(request, desk, Use.PROGRAMME_APPEAL, acts.begin_confirming))


@router.post("/confirm")
async def confirm(request: Request, desk: AtDesk) -> Response:
    """Show in person that it is oneself: it counts for an hour, for all keys one has."""
    await signed(request, desk, Use.PROGRAMME_APPEAL, lambda tx, member: acts.confirm(tx, desk.log, member))
    return wire.answer({"confirmed": True})


@router.post("/out")
async def sign_out(request: Request, desk: AtDesk) -> Response:
    """End the session."""
    await signed(request, desk, Use.VIDEO_READ, lambda tx, member: sign_in.sign_out(tx, member.session, member.seconds))
    return forget(_page(pages.door()))


@router.post("/export")
async def export(request: Request, desk: AtDesk) -> Response:
    """All one's work, by being signed in: open under every hold, also when no key works any more."""
    party = await signed(request, desk, Use.VIDEO_EXPORT, lambda _tx, member: member.party)
    return StreamingResponse(packed(desk, party), media_type="application/zip")


@router.post("/mine")
async def mine(request: Request, desk: AtDesk) -> Response:
    """A member's page; the door for a browser without a session, which is no fault to be told."""
    if COOKIE not in request.cookies:
        return _page(pages.door())
    return await _done(request, desk, Use.VIDEO_READ, lambda _tx, _log, _member: ())


@router.post("/passkeys")
async def make_passkey(request: Request, desk: AtDesk) -> Response:
    """Keep a passkey that the browser made."""
    return await _done(request, desk, Use.VIDEO_READ, acts.make_passkey)


@router.post("/passkeys/end")
async def remove_passkey(request: Request, desk: AtDesk) -> Response:
    """Forget a passkey, of a device that was lost, say."""
    return await _done(request, desk, Use.VIDEO_READ, acts.remove_passkey)


@router.post("/passes")
async def mint(request: Request, desk: AtDesk) -> Response:
    """Mint guest passes."""
    act = acts.mint
    return await _done(request, desk, Use.GUEST_INVITE, lambda tx, log, member: act(tx, log, desk.secrets, member))


@router.post("/passes/end")
async def take_back(request: Request, desk: AtDesk) -> Response:
    """Take a pass back."""
    return await _done(request, desk, Use.PERMISSION_WITHDRAW, acts.take_back)


@router.post("/keys")
async def make_key(request: Request, desk: AtDesk) -> Response:
    """Make a key of one's own."""
    act = acts.make_key
    return await _done(request, desk, Use.VIDEO_READ, lambda tx, log, member: act(tx, log, desk.secrets, member))


@router.post("/keys/end")
async def end_key(request: Request, desk: AtDesk) -> Response:
    """Revoke a key of one's own."""
    return await _done(request, desk, Use.VIDEO_READ, acts.end_key)


@router.post("/notices")
async def answer_notice(request: Request, desk: AtDesk) -> Response:
    """Say "this is me", or that it is not."""
    return await _done(request, desk, Use.PROGRAMME_APPEAL, acts.answer)


@router.post("/holds/appeal")
async def appeal_hold(request: Request, desk: AtDesk) -> Response:
    """Object to a pause that reaches one: open also when no key works any more."""
    return await _done(request, desk, Use.PROGRAMME_APPEAL, acts.appeal)


@router.post("/terms/accept")
async def accept_terms(request: Request, desk: AtDesk) -> Response:
    """Go on under the terms in force."""
    return await _done(request, desk, Use.VIDEO_READ, acts.accept_terms)


@router.post("/terms/decline")
async def decline_terms(request: Request, desk: AtDesk) -> Response:
    """Keep one's own terms."""
    return await _done(request, desk, Use.PERMISSION_DECLINE, acts.decline_terms)


@router.post("/leaving")
async def leaving(request: Request, desk: AtDesk) -> Response:
    """What leaving means, before anybody does."""
    return _page(await signed(request, desk, Use.VIDEO_READ, acts.leaving))


@router.post("/leave")
async def leave(request: Request, desk: AtDesk) -> Response:
    """Hand one's access back."""
    return await _done(request, desk, Use.PERMISSION_WITHDRAW, acts.leave)


@router.post("/applications")
async def list_applications(request: Request, desk: AtDesk) -> Response:
    """For stewards: what waits for an answer."""
    told = stewards.waiting
    return _page(
        await signed(request, desk, Use.VIDEO_READ, lambda tx, member: told(tx, desk.log, desk.secrets, member))
    )


@router.post("/applications/invite")
async def invite_applicant(request: Request, desk: AtDesk) -> Response:
    """For stewards: yes."""
    return await _written(request, desk, stewards.invite)


@router.post("/applications/decline")
async def decline_applicant(request: Request, desk: AtDesk) -> Response:
    """For stewards: no, and why."""
    return await _written(request, desk, stewards.decline)


@router.post("/account")
async def account(request: Request, desk: AtDesk) -> Response:
    """Money, credits and reports of one's own."""
    return _page(await signed(request, desk, Use.VIDEO_READ, accounting.shown))


@router.post("/account/where")
async def tell_where(request: Request, desk: AtDesk) -> Response:
    """Say where one is paid."""
    return await _accounted(request, desk, Use.VIDEO_READ, accounting.tell_where)


@router.post("/account/forget")
async def forget_where(request: Request, desk: AtDesk) -> Response:
    """Have it forgotten."""
    return await _accounted(request, desk, Use.VIDEO_READ, accounting.forget_where)


@router.post("/account/report")
async def report(request: Request, desk: AtDesk) -> Response:
    """Send a report in."""
    return await _accounted(request, desk, Use.PROGRAMME_REPORT, accounting.report)


@router.post("/account/dispute")
async def dispute(request: Request, desk: AtDesk) -> Response:
    """Object to what was decided about a report."""
    return await _accounted(request, desk, Use.PROGRAMME_REPORT, accounting.dispute)


@router.post("/account/gift")
async def give(request: Request, desk: AtDesk) -> Response:
    """Waive the money for a report."""
    return await _accounted(request, desk, Use.PROGRAMME_REPORT, accounting.gift)


@router.post("/likeness")
async def likeness(request: Request, desk: AtDesk) -> Response:
    """Who may use one's likeness, and whose one may use."""
    return _page(await signed(request, desk, Use.VIDEO_READ, speaking.shown))


@router.post("/likeness/allow")
async def allow_likeness(request: Request, desk: AtDesk) -> Response:
    """Claim a name, and say who may use it."""
    return await _spoken(request, desk, Use.VIDEO_READ, speaking.say)


@router.post("/likeness/withdraw")
async def withdraw_likeness(request: Request, desk: AtDesk) -> Response:
    """Take it all back."""
    return await _spoken(request, desk, Use.PERMISSION_WITHDRAW, speaking.take_back)


async def _written(request: Request, desk: Desk, act: stewards.Act) -> Response:
    def doing(tx: Transaction, member: Member) -> tuple[str, Mail]:
        return act(tx, desk.log, desk.secrets, member)

    shown, letter = await signed(request, desk, Use.VIDEO_READ, doing)
    return _page(shown, BackgroundTask(send, desk, [letter]))


async def _spoken(request: Request, desk: Desk, use: Use, act: speaking.Act) -> Response:
    def doing(tx: Transaction, member: Member) -> str:
        return speaking.shown(tx, member, done=act(tx, desk.log, member))

    return _page(await signed(request, desk, use, doing))


async def _accounted(request: Request, desk: Desk, use: Use, act: accounting.Act) -> Response:
    def doing(tx: Transaction, member: Member) -> str:
        return accounting.shown(tx, member, done=act(tx, desk.log, desk.secrets, member))

    return _page(await signed(request, desk, use, doing))


async def _done(
    request: Request, desk: Desk, use: Use, act: Callable[[Transaction, Leaves, Member], tuple[str, ...]]
) -> Response:
    """Do something, and show the page as it is then; keys made by it are shown this once."""

    def doing(tx: Transaction, member: Member) -> str:
        once = act(tx, desk.log, member)
        return pages.mine(home(tx, member.session, member.now), once=once)

    return _page(await signed(request, desk, use, doing))


def _page(shown: str, task: BackgroundTask | None = None) -> Response:
    return HTMLResponse(shown, headers=_HEADERS, background=task)
