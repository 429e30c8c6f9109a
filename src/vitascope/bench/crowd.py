"""People who do not exist at a desk that does: members who join, and painters who take what is ordered.

All of them live by one clock, which whoever plays the piece sets.
"""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Protocol

import httpx2
import openai

from vitascope.errors import ServerError
from vitascope.programme import keys
from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import keeper
from vitascope.programme.leaks.sighting import Origin
from vitascope.programme.people import cohorts, invitations, membership
from vitascope.rights.logbook import Leaves
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.sealed import Seal
from vitascope.store.blobs import Blobs
from vitascope.store.database import Database, Transaction
from vitascope.store.secrets import Secrets
from vitascope.videos import book, workers
from vitascope.videos.job import Claim, Job, Made
from vitascope.videos.workers import Capability

MODEL = "twin"
_TERMS = "What you make is yours."
_FILM = b"a film that only takes time"
_KINDS = {"video": "video/mp4", "thumbnail": "image/webp", "spritesheet": "image/jpeg"}
_DAYS = 90
_CAN = Capability(
    model=MODEL, size=(64, 64), fps=8, longest_seconds=60.0, sides=(16, 4096), verbs=("create",), steps=10,
    most_steps=100, has_guidance=False, weights_sha256="0" * 64, words=(), licence="CC0-1.0",
)  # fmt: skip


class Stage(Protocol):
    """A desk that listens, and what it stands on: ``server/rehearsal.py`` opens one."""

    @property
    def url(self) -> str:
        """Where it listens."""
        ...

    @property
    def database(self) -> Database:
        """Its database, by the clock of the piece."""
        ...

    @property
    def blobs(self) -> Blobs:
        """Its files."""
        ...

    @property
    def log(self) -> Leaves:
        """Its log."""
        ...

    @property
    def secrets(self) -> Secrets:
        """Its secrets."""
        ...


class Clock:
    """What time it is in the piece, in seconds since 1970."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time."""
        return self.now

    @property
    def moment(self) -> datetime:
        """The time as an instant."""
        return datetime.fromtimestamp(self.now, UTC)


class Painters:
    """The queue of a desk and those who take from it: whoever is free takes the lowest urgency, as DBOS hands out."""

    def __init__(self, *, clock: Clock, count: int) -> None:
        self.clock, self.count = clock, count
        self.lengths: dict[str, float] = {}  # seconds that a render takes
        self.waits: dict[str, float] = {}  # seconds from order to file
        self._since: dict[str, float] = {}
        self._waiting: list[tuple[int, int, str]] = []
        self._busy: list[tuple[float, int, str, Claim]] = []
        self._numbers = itertools.count()

    def enqueue(self, _tx: Transaction, job: Job, urgency: int) -> None:
        """See ``videos.queue.Queue``."""
        self._since[job.id] = self.clock.now
        heappush(self._waiting, (urgency, next(self._numbers), job.id))

    def withdraw(self, video: str) -> None:
        """See ``videos.queue.Queue``."""
        self._waiting = sorted(one for one in self._waiting if one[2] != video)

    def until(self, at: float, stage: Stage) -> None:
        """Let the time pass: renders end, and the next ones begin."""
        self._begin(stage)
        while self._busy and self._busy[0][0] <= at:
            self.clock.now, _, video, claim = heappop(self._busy)
            self.waits[video] = self.clock.now - self._since[video]
            with stage.database.transaction() as tx:
                book.finish(tx, claim, _made(stage.blobs), self.clock.now)
            self._begin(stage)
        self.clock.now = max(self.clock.now, at)

    def _begin(self, stage: Stage) -> None:
        while self._waiting and len(self._busy) < self.count:
            _, number, video = heappop(self._waiting)
            with stage.database.transaction() as tx:
                claim = book.claim(tx, video, "painter", self.clock.now)
            if claim is not None:
                heappush(self._busy, (self.clock.now + self.lengths[video], number, video, claim))


class Member:
    """Somebody with a key, who calls from many places by many programs, through the official SDK."""

    def __init__(self, *, name: str, credential: str, url: str) -> None:
        self.name, self.url, self._credential = name, url, credential
        self._lines: dict[Origin, openai.OpenAI] = {}

    def line(self, origin: Origin) -> openai.OpenAI:
        """The SDK as it is used there: an address of that network, and the program's name for itself."""
        if origin not in self._lines:
            transport = httpx2.HTTPTransport(local_address=address(origin.network), verify=False)  # plain HTTP
            self._lines[origin] = openai.OpenAI(
                base_url=f"{self.url}/v1",
                api_key=self._credential,
                max_retries=0,
                default_headers={"user-agent": origin.client},
                http_client=httpx2.Client(transport=transport, timeout=60.0),
            )
        return self._lines[origin]

    def told(self, path: str, origin: Origin) -> list[Mapping[str, object]]:
        """What a list of the programme says to this key."""
        answer = self.line(origin).get(path, cast_to=httpx2.Response)
        return list(answer.json()["data"])

    def hang_up(self) -> None:
        """Close all lines."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()


_NETWORKS: dict[str, str] = {}


def address(network: str) -> str:
    """An address of this machine in a /24 of its own, the same for a network. Raises ServerError beyond 64,000."""
    number = len(_NETWORKS)
    if number >= 250 * 255:
        raise ServerError(f"{number} networks are all that this machine has addresses for.")
    return _NETWORKS.setdefault(network, f"127.{1 + number // 255}.{number % 255}.1")


def open_house(stage: Stage, clock: Clock) -> None:
    """A cohort, and painters who say what they can."""
    terms = Terms(text=_TERMS, issued=clock.moment, policy=Policy())
    with stage.database.transaction() as tx:
        cohorts.found(tx, stage.log, Cohort(id="first", name="First", days=_DAYS), terms, by="host", now=clock.moment)
        workers.publish(tx, "painter", [_CAN], clock.now)


def join(stage: Stage, clock: Clock, name: str) -> Member:
    """Somebody is invited, joins under the terms, and makes a key, with the limits that a member has."""
    secrets, log, now = stage.secrets, stage.log, clock.moment
    with stage.database.transaction() as tx:
        host = keeper("host", [Use.MEMBER_INVITE], at=now)
        (made,) = invitations.invite(
            tx, log, host, [f"{name}@example.org"], cohort="first", days=7, secrets=secrets, now=now
        )
        terms = cohorts.in_force(tx, "first", now).hash
        access = invitations.accept_invitation(tx, log, made.token, terms=terms, name=name, secrets=secrets, now=now)
        scopes = frozenset(keys.MEMBER_SCOPES)
        key = membership.new_key(
            tx, log, access.grantee, name="laptop", scopes=scopes, days=_DAYS, secrets=secrets, now=now
        )
    return Member(name=name, credential=key.credential, url=stage.url)


@contextmanager
def lines_of(members: list[Member], url: str) -> Iterator[None]:
    """The members call that desk until the block ends."""
    for member in members:
        member.url = url
    try:
        yield
    finally:
        for member in members:
            member.hang_up()


def _made(blobs: Blobs) -> Made:
    stored = {kind: blobs.put(f"films/{kind}", _FILM, media_type=media) for kind, media in _KINDS.items()}
    return Made(
        files=stored, frames=32, fps=8, size=(64, 64), seed=7, weights_sha256="0" * 64, frames_sha256="0" * 64,
        seal=Seal(manifest_sha256="0" * 64, mark_id=0),
    )  # fmt: skip
