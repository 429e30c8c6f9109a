"""What a member does with their characters on the page: keep one from a file, say who may have it, delete it."""

import base64
import binascii
import re
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from vitascope.programme.characters import keeping
from vitascope.programme.characters.keeping import Sharing
from vitascope.refusals import BodyError, FieldError
from vitascope.rights.uses import Use
from vitascope.server.calls import checked, moment
from vitascope.server.desk import AtDesk, Desk
from vitascope.server.portraits import Portrait, Wish, developed, entered, require
from vitascope.server.web import pages, shelf
from vitascope.server.web.acts import whole
from vitascope.server.web.session import LARGEST_PICTURE, Member, permit, signed, text
from vitascope.store.database import Transaction
from vitascope.text.names import require_name

router = APIRouter(prefix="/programme/characters", include_in_schema=False)

_HEADERS: Final = {"content-security-policy": pages.POLICY}
_FACES: Final = {"left": -1, "right": 1}
_LARGEST_BODY: Final = LARGEST_PICTURE * 4 // 3 + (1 << 16)
_MOST_NAMED: Final = 200
_APART: Final = re.compile(r"[\s,]+")


@router.post("")
async def characters(request: Request, desk: AtDesk) -> Response:
    """What one keeps."""
    return await _shown(desk, await signed(request, desk, Use.VIDEO_READ, shelf.shelf))


@router.post("/keep")
async def keep(request: Request, desk: AtDesk) -> Response:
    """Keep somebody: asked first whether that may be, then the file is opened, then all is asked again and entered."""

    def may(tx: Transaction, member: Member) -> tuple[Member, Wish]:
        wish = _wish(member)
        require(tx, desk, wish, member.party, now=member.now)
        return member, wish

    member, wish = await signed(request, desk, Use.CHARACTER_CREATE, may, largest=_LARGEST_BODY)
    content = _content(member)
    portrait = await developed(desk, lambda to: _write(to, content), member.party, time.time())
    return await _shown(desk, await _entered(desk, wish, portrait, member), f"{wish.name} is kept.")


@router.post("/share")
async def share(request: Request, desk: AtDesk) -> Response:
    """Say who else may have one."""

    def said(tx: Transaction, member: Member) -> tuple[shelf.Shown, ...]:
        kept = keeping.require_own(tx, checked(text(member.values, "character", most=100)), member.party)
        until = member.now + timedelta(days=whole(member.values, "days", most=shelf.MOST_DAYS))
        keeping.share(tx, desk.log, kept, _sharing(member), until=until, now=member.now)
        return shelf.shelf(tx, member)

    return await _shown(desk, await signed(request, desk, Use.VIDEO_READ, said), "It is so.")


@router.post("/forget")
async def forget(request: Request, desk: AtDesk) -> Response:
    """Delete one, and its files."""

    def gone(tx: Transaction, member: Member) -> tuple[str, tuple[shelf.Shown, ...]]:
        name = checked(text(member.values, "character", most=100))
        kept = keeping.forget(tx, desk.log, name, member.party, now=member.now)
        return kept.folder, shelf.shelf(tx, member)

    folder, shown = await signed(request, desk, Use.PERMISSION_WITHDRAW, gone)
    await desk.aside(lambda: desk.blobs.remove(list(desk.blobs.keys(folder))))
    return await _shown(desk, shown, "It is gone.")


async def _shown(desk: Desk, shown: tuple[shelf.Shown, ...], done: str = "") -> Response:
    return HTMLResponse(await desk.aside(lambda: shelf.page(shown, desk.blobs, done=done)), headers=_HEADERS)


async def _entered(desk: Desk, wish: Wish, portrait: Portrait, member: Member) -> tuple[shelf.Shown, ...]:
    def enter(tx: Transaction, now: float) -> tuple[shelf.Shown, ...]:
        later = replace(member, now=moment(now))
        permit(tx, desk.log, later, Use.CHARACTER_CREATE)  # a hold may have come while the file was opened
        entered(tx, desk, wish, portrait, member.party, now=later.now)
        return shelf.shelf(tx, later)

    try:
        return await desk.transact(enter)
    except Exception:
        await desk.aside(lambda: desk.blobs.remove(portrait.keys))
        raise


def _wish(member: Member) -> Wish:
    name = text(member.values, "name", most=81).removeprefix("@")
    require_name(name)
    likeness = text(member.values, "likeness", most=65).removeprefix("@")
    credit = text(member.values, "credit", most=200)
    if not credit.isprintable():
        raise FieldError("`credit` is one line of text.", param="credit")
    return Wish(
        name=name,
        faces=_FACES.get(text(member.values, "facing", most=10), 0),
        likeness=likeness or None,
        credit=credit or None,
    )


def _content(member: Member) -> bytes:
    sent = member.values.get("file")
    try:
        content = base64.b64decode(sent if isinstance(sent, str) else "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BodyError("`file` is no base64; choose the file again.") from error
    if not 0 < len(content) <= LARGEST_PICTURE:
        raise BodyError(f"The file has {len(content):,} bytes; it must have 1 to {LARGEST_PICTURE:,}.")
    return content


def _write(to: Path, content: bytes) -> None:
    to.write_bytes(content)


def _sharing(member: Member) -> Sharing:
    circle = text(member.values, "circle", most=20)
    people = [one for one in _APART.split(text(member.values, "people", most=20_000)) if one][: _MOST_NAMED + 1]
    if circle not in ("nobody", "approved", "everybody") or bool(people) != (circle == "approved"):
        raise FieldError("Name people by their ids where the level says so, and only there.", param="people")
    if len(people) > _MOST_NAMED:
        raise FieldError(f"At most {_MOST_NAMED} people are named at once.", param="people")
    return Sharing(everybody=circle == "everybody", parties=frozenset(map(checked, people)))
