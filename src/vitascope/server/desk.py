"""The desk and what it stands on, and a visit: one request of one key, in one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Annotated, Protocol, TypeVar

import anyio
from anyio import to_thread
from fastapi import Depends, Request

from vitascope.errors import VitascopeError
from vitascope.logs import tell
from vitascope.orders import Grant
from vitascope.programme.access import gate, watch
from vitascope.programme.access.watch import Asked
from vitascope.programme.door import Knock
from vitascope.programme.leaks.datacentres import Datacentres
from vitascope.refusals import KeyMissingError
from vitascope.rights.logbook import Leaves
from vitascope.rights.question import Ingredient
from vitascope.rights.uses import Use
from vitascope.server.glances import Glances
from vitascope.server.metrics import Meters
from vitascope.server.news import News
from vitascope.server.turnstile import Turnstile
from vitascope.settings import DeskSettings
from vitascope.store.blobs import Blobs
from vitascope.store.database import Database, Transaction, clock
from vitascope.store.secrets import Secrets
from vitascope.videos.queue import Queue

T = TypeVar("T")

_READERS = 6  # threads that read at once; the database has more connections than these and the writers' together
_WRITERS = 4
_AT_DOOR = 60  # acts a minute of one network: a workshop of twelve signs in at once with two each
_OURS = "vs_"  # how keys and passes begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a request may touch."""

    database: Database
    blobs: Blobs
    queue: Queue
    secrets: Secrets
    log: Leaves
    settings: DeskSettings
    news: News
    meters: Meters
    glances: Glances
    turnstile: Turnstile
    datacentres: Datacentres
    readers: anyio.CapacityLimiter
    writers: anyio.CapacityLimiter
    others: anyio.CapacityLimiter  # files, addresses, other programs
    darkrooms: anyio.CapacityLimiter  # each may take gigabytes

    async def aside(self, work: Callable[[], T]) -> T:
        """``work`` in a thread, without a transaction: for files and addresses."""
        return await to_thread.run_sync(work, limiter=self.others)

    async def look(self, work: Callable[[Transaction, datetime], T]) -> T:
        """What ``work`` reads for anybody: one transaction that writes nothing."""

        def reading() -> T:
            with self.database.reading() as tx:
                return work(tx, datetime.fromtimestamp(clock(tx), UTC))

        return await to_thread.run_sync(reading, limiter=self.readers)

    async def transact(self, work: Callable[[Transaction, float], T]) -> T:
        """What ``work`` answers, which asks for itself who may; one transaction, of which all or nothing happens."""

        def writing() -> T:
            with self.database.transaction() as tx:
                return work(tx, clock(tx))

        return await to_thread.run_sync(writing, limiter=self.writers)


def limiters(database: Database) -> dict[str, anyio.CapacityLimiter]:
    """How many threads may do what. SQLite has one writer: waiting for it here is fair, and waiting there is not."""
    return {
        "readers": anyio.CapacityLimiter(_READERS),
        "writers": anyio.CapacityLimiter(1 if database.is_sqlite else _WRITERS),
        "others": anyio.CapacityLimiter(16),
        "darkrooms": anyio.CapacityLimiter(2),
    }


class Caller(Protocol):
    """Whoever orders: with a key, or signed in at a page."""

    @property
    def desk(self) -> Desk:
        """Where they are."""
        ...

    def knock(self, scope: str, uses: tuple[Use, ...]) -> Knock:
        """What they come with, before it is known what it will cost."""
        ...

    def admitted(
        self,
        tx: Transaction,
        knock: Knock,
        now: float,
        prompts: tuple[str, ...] = (),
        ingredients: tuple[Ingredient, ...] = (),
    ) -> Grant:
        """The programme's yes or no."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request at the desk, and the key it came with."""

    desk: Desk
    credential: str
    network: str  # the caller's /24 or /48
    client: str  # what program calls: its name, and the order of its headers
    is_hosted: bool  # whether the address is a datacentre's
    baits: list[str] = field(default_factory=list)  # canaries that knocked, to be held when the request is over

    async def read(self, scope: str, work: Callable[[Transaction, Grant, float], T], *uses: Use) -> T:
        """What ``work`` reads, if the key may make ``uses``: one transaction that writes nothing."""

        def reading() -> T:
            with self.desk.database.reading() as tx:
                now = clock(tx)
                return work(tx, self.admitted(tx, self.knock(scope, uses), now), now)

        return await to_thread.run_sync(reading, limiter=self.desk.readers)

    async def write(self, scope: str, work: Callable[[Transaction, Grant, float], T], *uses: Use) -> T:
        """What ``work`` answers, if the key may make ``uses``: one transaction, of which all or nothing happens."""
        return await self.transact(lambda tx, now: work(tx, self.admitted(tx, self.knock(scope, uses), now), now))

    async def transact(self, work: Callable[[Transaction, float], T]) -> T:
        """What ``work`` answers, which knocks at the door itself; one transaction, of which all or nothing happens."""
        return await self.desk.transact(work)

    async def enter(self, scope: str, *uses: Use) -> Grant:
        """Only look whether the key may make ``uses``, before a long body is read."""
        return await self.read(scope, lambda _tx, grant, _now: grant, *uses)

    def admitted(
        self,
        tx: Transaction,
        knock: Knock,
        now: float,
        prompts: tuple[str, ...] = (),
        ingredients: tuple[Ingredient, ...] = (),
    ) -> Grant:
        """The programme's yes or no; what is to be made of ``prompts`` is looked at for signs of a leaked key."""
        desk, polls = self.desk, self.desk.glances.gaps(self.credential)
        if bait := watch.canary(tx, self.credential, secrets=desk.secrets, now=datetime.fromtimestamp(now, UTC)):
            self.baits.append(bait)
        asked = tuple(
            Asked(prompt=prompt, network=self.network, client=self.client, polls=polls, is_hosted=self.is_hosted)
            for prompt in prompts
        )
        return gate.enter(
            tx, knock, secrets=desk.secrets, log=desk.log, now=now, ingredients=ingredients, asked=asked
        ).grant

    async def end(self) -> None:
        """Hold the canaries that knocked, whatever they asked and were told: in a transaction that nothing undoes."""

        def held(tx: Transaction, now: float) -> None:
            for bait in set(self.baits):
                watch.hold_canary(tx, self.desk.log, bait, now=datetime.fromtimestamp(now, UTC))

        try:
            if self.baits:
                await self.transact(held)
        except VitascopeError as error:  # the log is full, say: reading goes on, and the next knock is seen again
            tell("canary_not_held", code=error.code)

    def knock(self, scope: str, uses: tuple[Use, ...]) -> Knock:
        """What this request comes with."""
        return Knock(credential=self.credential, scope=scope, uses=uses)


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _at_door(request: Request) -> Desk:
    desk = await _desk(request)
    desk.turnstile.enter(f"door {network_of(request)}", most=_AT_DOOR)
    return desk


async def _visit(request: Request) -> AsyncIterator[Visit]:
    kind, _, credential = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not credential.strip():
        raise KeyMissingError("The request has no key. Send the header `Authorization: Bearer vs_...`.")
    async with _visiting(request, credential.strip()) as visit:
        yield visit


async def _anybody(request: Request) -> AsyncIterator[Visit]:
    """Whoever asks; a credential that is no key of a house like this one is none: SDKs always send something."""
    kind, _, credential = request.headers.get("authorization", "").partition(" ")
    key = credential.strip() if kind.lower() == "bearer" and credential.strip().startswith(_OURS) else ""
    async with _visiting(request, key) as visit:
        yield visit


@asynccontextmanager
async def _visiting(request: Request, credential: str) -> AsyncIterator[Visit]:
    desk = await _desk(request)
    visit = Visit(
        desk=desk,
        credential=credential,
        network=network_of(request),
        client=client_of(request),
        is_hosted=is_hosted(desk, request),
    )
    try:
        yield visit
    finally:
        await visit.end()


def network_of(request: Request) -> str:
    """Where from, coarsely: one home or one office, not one device."""
    try:
        address = ip_address(_address(request))
    except ValueError:
        return "unknown"
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def is_hosted(desk: Desk, request: Request) -> bool:
    """Whether from a datacentre, as far as the operator has a list of those."""
    return desk.datacentres.hold(_address(request))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def client_of(request: Request) -> str:
    """What program: its name for itself, and the order in which it writes its headers."""
    return f"{request.headers.get('user-agent', '')}\n{' '.join(request.headers.keys())}"


AtDesk = Annotated[Desk, Depends(_desk)]
"""A parameter of a route: the desk."""

AtDoor = Annotated[Desk, Depends(_at_door)]
"""A parameter of a route by which people come in, which writes: the desk, as often as their network may."""

Anybody = Annotated[Visit, Depends(_anybody, scope="function")]
"""A parameter of a route that is open: who asks, with no ``credential`` where they have no key."""

Visitor = Annotated[Visit, Depends(_visit, scope="function")]
"""A parameter of a route: who asks. The visit ends before its answer leaves."""
