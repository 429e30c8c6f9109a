"""What ended renders owe the people whose likeness they draw on, booked by the desk within seconds of their end.

By the desk, because it has the log, which a worker on another machine has not.
"""

import asyncio
from typing import Final

from vitascope.errors import VitascopeError
from vitascope.logs import tell
from vitascope.programme.likeness import paying, repository
from vitascope.server.calls import moment
from vitascope.server.desk import Desk
from vitascope.server.outbox import is_set

_LOOK_SECONDS: Final = 2.0


async def keep(desk: Desk, ended: asyncio.Event) -> None:
    """Settle what is due until it has ``ended``. A log that cannot be written delays it: no line without its leaf."""
    while not await is_set(ended, _LOOK_SECONDS):
        try:
            await settle(desk)
        except VitascopeError as error:
            tell("bookings_wait", reason=error.code)


async def settle(desk: Desk) -> None:
    """One look; writes only where something is due."""
    if await desk.look(lambda tx, _now: repository.ended(tx, limit=1)):
        await desk.transact(lambda tx, now: paying.settle(tx, desk.log, now=moment(now)))
