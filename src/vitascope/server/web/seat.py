"""Somebody who is signed in and orders: the same door and the same gate as with a key, and no key that could leak."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from fastapi import Request

from vitascope.orders import Grant
from vitascope.programme.access import gate
from vitascope.programme.access.watch import Asked
from vitascope.programme.door import Knock
from vitascope.programme.people.in_person import booked_under
from vitascope.rights.question import Ingredient
from vitascope.rights.uses import Use
from vitascope.server.desk import Desk, client_of, is_hosted, network_of
from vitascope.server.web.session import Member, permit
from vitascope.store.database import Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One signed request of somebody who orders; a ``Caller``, as a visit with a key is."""

    desk: Desk
    member: Member
    network: str  # where they are, coarsely
    client: str  # their browser
    is_hosted: bool

    def knock(self, scope: str, uses: tuple[Use, ...]) -> Knock:
        """What they come with: themselves."""
        return Knock(credential="", scope=scope, uses=uses)

    def admitted(
        self,
        tx: Transaction,
        knock: Knock,
        now: float,
        prompts: tuple[str, ...] = (),
        ingredients: tuple[Ingredient, ...] = (),
    ) -> Grant:
        """The programme's yes or no, as a visit with a key has it."""
        desk, moment = self.desk, datetime.fromtimestamp(now, UTC)
        asked = tuple(
            Asked(prompt=prompt, network=self.network, client=self.client, is_hosted=self.is_hosted)
            for prompt in prompts
        )
        row = booked_under(tx, desk.log, self.member.session, secrets=desk.secrets, now=moment)
        return gate.enter(
            tx,
            knock,
            secrets=desk.secrets,
            log=desk.log,
            now=now,
            ingredients=ingredients,
            asked=asked,
            in_person=row,
        ).grant

    async def act(self, use: Use, work: Callable[[Transaction, float], T]) -> T:
        """What ``work`` does in a transaction of its own, once whoever sits here is found to be let in still."""

        def acting(tx: Transaction, now: float) -> T:
            permit(tx, self.desk.log, self.member, use)  # a hold may have come while a picture was opened
            return work(tx, now)

        return await self.desk.transact(acting)


def seated(request: Request, desk: Desk, member: Member) -> Seat:
    """Whoever sent ``request``, whose signature was looked at."""
    return Seat(
        desk=desk,
        member=member,
        network=network_of(request),
        client=client_of(request),
        is_hosted=is_hosted(desk, request),
    )
