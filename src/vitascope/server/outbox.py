"""Letters about notices: looked for every two seconds, so that a member hears at once that their key looks leaked."""

import asyncio
import time
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


async def keep(desk: Desk) -> None:
    """Send what waits until cancelled. A mail server that is away delays letters and stops nothing else."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            await send_waiting(desk)
        except VitascopeError as error:
            tell("outbox_waits", reason=error.code)


async def send_waiting(desk: Desk) -> int:
    """Send a letter for each notice that has none yet; how many were sent."""
    since = time.time() - _WORTH_SECONDS
    waiting = await desk.look(
        lambda tx, _now: [
            _Waiting(notice=one, address=mailbox(tx, one.party, desk.secrets)) for one in repository.unmailed(tx, since)
        ]
    )
    sent = 0
    for one in waiting:
        mail = letters.notice(one.address, one.notice.words, house=house()) if one.address else None
        if mail is None or await send(desk, [mail]):
            await _mark(desk, one.notice.id)
            sent += mail is not None
    return sent


async def _mark(desk: Desk, name: str) -> None:
    await desk.transact(lambda tx, now: repository.mark_mailed(tx, name, now))
