"""Letters about notices: looked for every two seconds, so that a member hears at once that their key looks leaked."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from vitascope.errors import VitascopeError
from vitascope.logs import tell
from vitascope.programme.leaks import repository
from vitascope.programme.leaks.repository import Notice
from vitascope.programme.people import letters
from vitascope.programme.people.repository import mailbox
from vitascope.server.desk import Desk
from vitascope.server.letters import house, send

_LOOK_SECONDS: Final = 2.0
_WORTH_SECONDS: Final = 24 * 3600.0  # older news are in the list of notices; nobody is woken by them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    notice: Notice
    address: str | None


async def keep(desk: Desk, ended: asyncio.Event) -> None:
    """Send what waits until it has ``ended``. A mail server that is away delays letters and stops nothing else.

    The letter under way is finished and noted: cancelled between the two, it would be sent again at the next start.
    """
    while not await is_set(ended, _LOOK_SECONDS):
        try:
            for one in await _waiting(desk):
                if not ended.is_set():
                    await _send(desk, one)
        except VitascopeError as error:
            tell("outbox_waits", reason=error.code)


async def _waiting(desk: Desk) -> list[_Waiting]:
    """The notices about which no letter was sent yet."""
    return await desk.look(
        lambda tx, now: [
            _Waiting(notice=one, address=mailbox(tx, one.party, desk.secrets))
            for one in repository.unmailed(tx, now.timestamp() - _WORTH_SECONDS)
        ]
    )


async def _send(desk: Desk, one: _Waiting) -> None:
    mail = letters.notice(one.address, one.notice.words, house=house()) if one.address else None
    if mail is None or await send(desk, [mail]):
        await desk.transact(lambda tx, now: repository.mark_mailed(tx, one.notice.id, now))


async def is_set(event: asyncio.Event, seconds: float) -> bool:
    """Sleep until it is, at most ``seconds``; whether it is."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
