"""A small programme to test with: a database, a log, people with roles, and finished renders."""

import contextlib
import json
import threading
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from vitascope.errors import VitascopeError
from vitascope.programme.access import repository
from vitascope.programme.access.standing import MEMBER_USES
from vitascope.programme.actor import keeper
from vitascope.programme.money import journal
from vitascope.programme.money.amount import Amount
from vitascope.rights.log import Receipt
from vitascope.rights.party import HOUSE
from vitascope.rights.permission import Permission, PermissionState
from vitascope.rights.question import KeyKind, KeyState
from vitascope.rights.uses import Use
from vitascope.store.tables import videos

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

ANA = keeper("ana", {Use.PROGRAMME_REPORT}, at=NOW)
BEN = keeper("ben", {Use.PROGRAMME_REPORT}, at=NOW)
RITA = keeper("rita", {Use.CONTRIBUTION_TRIAGE, Use.PROGRAMME_REPORT}, at=NOW)
RAJ = keeper("raj", {Use.CONTRIBUTION_TRIAGE, Use.PROGRAMME_REPORT}, at=NOW)
ROSA = keeper("rosa", {Use.CONTRIBUTION_TRIAGE, Use.PROGRAMME_REPORT}, at=NOW)
TOM = keeper("tom", {Use.CONTRIBUTION_PAY, Use.PROGRAMME_REPORT}, at=NOW)
TEA = keeper("tea", {Use.CONTRIBUTION_PAY, Use.PROGRAMME_REPORT}, at=NOW)
EVERYBODY = (ANA, BEN, RITA, RAJ, ROSA, TOM, TEA)


class Leaves:
    """A log in memory, for tests in which another thing is tested; the real one is tested with it elsewhere."""

    def __init__(self):
        self.events = []

    def append(self, event):
        """Keeps the event and tells its number."""
        self.events.append(event)
        return Receipt(index=len(self.events) - 1, commitment=b"", note="")

    def kinds(self):
        """What was logged, in order."""
        return [event.kind for event in self.events]


def at_once(database, *works):
    """What each work gave or raised, done at the same moment, each in a transaction and a thread of its own.

    Every statement waits a little, so that each work is in the middle when the others begin. Their connections are
    open by then: opening one takes longer than some works.
    """
    with contextlib.ExitStack() as opened:
        _ = [opened.enter_context(database.reading()) for _ in works]
    begin, ended = threading.Barrier(len(works)), [None] * len(works)

    def do(place, work):
        begin.wait()
        try:
            with database.transaction() as tx:
                ended[place] = work(tx)
        except VitascopeError as error:
            ended[place] = error

    threads = [threading.Thread(target=do, args=each) for each in enumerate(works)]
    sa.event.listen(database.engine, "before_cursor_execute", _dawdle)
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    sa.event.remove(database.engine, "before_cursor_execute", _dawdle)
    return ended


def _dawdle(*_):
    time.sleep(0.03)


def let_in(tx, *actors):
    """Gives each of them early access of their own, for 90 days."""
    for actor in actors:
        access = Permission(
            id=f"access_{actor.party}",
            grantor=HOUSE,
            grantee=actor.party,
            object="engine",
            uses=MEMBER_USES,
            terms="house",
            valid_from=NOW - DAY,
            valid_until=NOW + 90 * DAY,
            state=PermissionState.ACTIVE,
        )
        repository.add_permission(tx, access)


def signed_in(party):
    """Somebody on their own page, as ``decide`` sees them."""
    return KeyState(
        id=f"login_{party}", kind=KeyKind.LOGIN, party=party, permission=f"access_{party}", scopes=frozenset(Use),
        expires=NOW + 90 * DAY,
    )  # fmt: skip


def euros(cents):
    """An amount in euro."""
    return Amount(units=cents, currency="EUR")


def fill_pool(tx, log, cents=1_000_000, statement="bank-1"):
    """Puts money into the pool."""
    return journal.fund(tx, log, amount=euros(cents), statement=statement, by="tom", now=NOW)


def add_render(tx, video="video_1", party="ana", *, finished=True, completed_at=None, **made):
    """A render of a party, as the worker leaves it."""
    order = {"prompt": "a parrot flies", "model": "s", "seconds": 4.0, "seed": 7, "size": [128, 128]}
    facts = {
        "frames": 33,
        "fps": 8,
        "seed": 7,
        "size": [128, 128],
        "weights_sha256": "w" * 64,
        "frames_sha256": "f" * 64,
        "manifest_sha256": "m" * 64,
        "mark_id": "00ff",
        "credits": ["Ana Lima"],
        **made,
    }
    tx.execute(
        sa.insert(videos).values(
            id=video,
            party=party,
            key="key",
            model="s",
            order=json.dumps(order),
            fingerprint="f",
            seconds=4.0,
            state="completed" if finished else "in_progress",
            urgency=1,
            progress=100,
            attempts=1,
            created_at=1.0,
            made=json.dumps(facts) if finished else None,
            completed_at=completed_at,
        )
    )
