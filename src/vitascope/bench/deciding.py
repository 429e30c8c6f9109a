"""How long ``decide`` takes in a house of 10,000 permissions, alone and with all that the gate reads for it.

``python -m vitascope.bench.deciding`` prints decisions from a book in memory, then the whole gate, as an order passes
it, for a creation and for an edit with a picture and somebody's likeness, of which ``decide`` is asked once for each
use. By the clock and in processor time, which a busy machine does not change much. Of the gate two things are left out:
the disk on which the log lies, and the leak watch. The house: members, each with a guest pass and a character of their
own that others may use; as many holds as a bad day has.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np

from vitascope.programme import keys
from vitascope.programme.access import gate, repository
from vitascope.programme.door import Knock
from vitascope.rights.book import book
from vitascope.rights.decide import decide
from vitascope.rights.event import Event
from vitascope.rights.hold import Hold, Level, Reach, Selector
from vitascope.rights.log import Receipt
from vitascope.rights.owners import repository as owners
from vitascope.rights.owners.repository import Given
from vitascope.rights.permission import Permission, PermissionState
from vitascope.rights.question import Ingredient, KeyKind, KeyState, Target
from vitascope.rights.quota import Cost, Measure, Per, Quota, Used
from vitascope.rights.terms import Policy, Terms
from vitascope.rights.uses import Use
from vitascope.store.database import Database, open_database
from vitascope.store.secrets import Secrets

Clock = Callable[[], float]
NOW = datetime(2026, 11, 26, tzinfo=UTC)
_SECRETS = Secrets(pepper=b"p" * 32, vault=b"v" * 32)
_KEYS = 200
_YEAR = timedelta(days=365)
_TERMS = Terms(text="Fair.", issued=NOW, policy=Policy())
_MAKER = frozenset(use for use in Use if use.is_creative or use.is_open)
_GUEST = frozenset({Use.VIDEO_CREATE, Use.VIDEO_EDIT, Use.REFERENCE_USE, Use.CHARACTER_USE})
CREATE = (Use.VIDEO_CREATE,)
EDIT = (Use.VIDEO_EDIT, Use.REFERENCE_USE, Use.CHARACTER_USE)
"""What the two orders at the gate make use of, as the desk names it in its knock."""

_COSTS = (Cost(measure=Measure.RENDERS, amount=1), Cost(measure=Measure.SECONDS, amount=4))


def permissions(count: int) -> list[Permission]:
    """``count`` permissions: early access, a pass below it, and a character for everybody, by turns."""
    found: list[Permission] = []
    for number in range(-(-count // 3)):
        member = f"member_{number}"
        access = _permission(f"access_{number}", "programme", member, "engine", _MAKER)
        guest = _permission(f"pass_{number}", member, f"guest_{number}", "engine", _GUEST)
        character = _permission(
            f"character_{number}", member, "public", f"character/{number}", frozenset({Use.CHARACTER_USE})
        )
        found += [access, _below(guest, access.id), character]
    return found[:count]


def holds(count: int) -> list[Hold]:
    """``count`` holds, on keys and permissions."""
    return [
        Hold(
            id=f"hold_{number}",
            selector=Selector(reach=(Reach.KEY, Reach.PERMISSION)[number % 2], id=f"access_{7 * number}"),
            level=Level.THROTTLE,
            reason="measured",
            placed_by="sally",
            placed=NOW,
            until=NOW + timedelta(hours=24),
        )
        for number in range(count)
    ]


def pure(num_permissions: int, num_holds: int, num_questions: int, *, clock: Clock = time.perf_counter) -> list[float]:
    """Seconds of each decision: a guest creates with somebody else's character, with everything in one book."""
    known = book(permissions=permissions(num_permissions), terms=[_TERMS], holds=holds(num_holds))
    rng, spent = np.random.default_rng(1), list[float]()
    for number in rng.integers(num_permissions // 3, size=num_questions):
        key, target = _question(int(number), int(rng.integers(num_permissions // 3)))
        used = (Used(permission=f"pass_{number}", measure=Measure.RENDERS, per=Per.GRANT, amount=3),)
        began = clock()
        answer = decide(key, Use.VIDEO_CREATE, target, NOW, book=known, used=used)
        spent.append(clock() - began)
        if not answer.allow:
            raise AssertionError(answer.explanation)
    return spent


@contextmanager
def house(folder: Path, num_permissions: int, num_holds: int) -> Iterator["House"]:
    """A house of that size in a database in ``folder``."""
    database = open_database(f"sqlite:///{folder / 'gate.db'}")
    try:
        yield House(database=database, keys=_filled(database, num_permissions, num_holds))
    finally:
        database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A house to knock at, and the keys that open it."""

    database: Database
    keys: list[str]


def at_gate(
    house: House, uses: tuple[Use, ...], num_questions: int, *, clock: Clock = time.perf_counter
) -> list[float]:
    """Seconds of each passage of the gate by an order of these uses, with everything read from the database.

    An order that uses a character draws on somebody else's.
    """
    rng, spent, log = np.random.default_rng(2), list[float](), _Unwritten()
    for number in rng.integers(len(house.keys), size=num_questions):
        other = int(rng.integers(len(house.keys)))
        things = (_character(other),) if Use.CHARACTER_USE in uses else ()
        knock = Knock(credential=house.keys[number], scope="video.create", jobs=1, seconds=4.0, uses=uses)
        with house.database.transaction() as tx:
            began = clock()
            gate.enter(tx, knock, secrets=_SECRETS, log=log, now=NOW.timestamp(), ingredients=things)
            spent.append(clock() - began)
    return spent


class _Unwritten:
    """A log that keeps nothing: what is measured is the gate, not the disk."""

    def append(self, event: Event) -> Receipt:
        return Receipt(index=0, commitment=event.kind.encode(), note="")


def spread(name: str, seconds: Iterable[float]) -> dict[str, object]:
    """Median, 99th percentile and largest, in milliseconds."""
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    told = {"median_ms": median(ordered), "p99_ms": high, "most_ms": ordered[-1]}
    return {"what": name, "n": len(ordered)} | {key: round(1000 * value, 4) for key, value in told.items()}


def _permission(name: str, grantor: str, grantee: str, thing: str, uses: frozenset[Use]) -> Permission:
    return Permission(
        id=name,
        grantor=grantor,
        grantee=grantee,
        object=thing,
        uses=uses,
        terms=_TERMS.hash,
        valid_from=NOW - _YEAR,
        valid_until=NOW + _YEAR,
        quotas=(Quota(measure=Measure.RENDERS, per=Per.GRANT, limit=100_000),),
        state=PermissionState.ACTIVE,
    )


def _below(child: Permission, parent: str) -> Permission:
    return replace(child, parent=parent)


def _question(number: int, other: int) -> tuple[KeyState, Target]:
    key = KeyState(
        id=f"key_{number}",
        kind=KeyKind.GUEST,
        party=f"guest_{number}",
        permission=f"pass_{number}",
        scopes=frozenset({Use.VIDEO_CREATE}),
        expires=NOW + _YEAR,
    )
    return key, Target(id="engine", ingredients=(_character(other),), costs=_COSTS)


def _character(number: int) -> Ingredient:
    return Ingredient(id=f"character/{number}", owner=f"member_{number}", use=Use.CHARACTER_USE)


def _filled(database: Database, num_permissions: int, num_holds: int) -> list[str]:
    """Enter everybody; the keys of the first 200 guests. Characters are what their owners gave."""
    made = permissions(num_permissions)
    with database.transaction() as tx:
        repository.add_terms(tx, _TERMS)
        for one in made:
            if one.object.startswith("character/"):
                owners.add(tx, Given(permission=one))
            else:
                repository.add_permission(tx, one)
        for hold in holds(num_holds):
            repository.add_hold(tx, hold)
        return [
            keys.create(
                tx, _Unwritten(), by=keys.OPERATOR, name=f"key {number}",
                scopes=("video.create",), expires_at=None, permission=f"pass_{number}",
                secrets=_SECRETS, now=NOW.timestamp(),
            ).credential
            for number in range(min(_KEYS, num_permissions // 3))
        ]  # fmt: skip


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--permissions", type=int, default=10_000)
    parser.add_argument("--holds", type=int, default=100)
    parser.add_argument("--questions", type=int, default=5_000)
    told = parser.parse_args()
    size = (told.permissions, told.holds)
    with tempfile.TemporaryDirectory() as folder, house(Path(folder), *size) as opened:
        for name, clock in (("", time.perf_counter), (", processor time", time.thread_time)):
            for line in (
                spread(f"decide{name}", pure(*size, told.questions, clock=clock)),
                spread(f"gate, create{name}", at_gate(opened, CREATE, told.questions, clock=clock)),
                spread(f"gate, edit of a likeness{name}", at_gate(opened, EDIT, told.questions, clock=clock)),
            ):
                sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
