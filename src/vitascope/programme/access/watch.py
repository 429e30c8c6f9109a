"""The watch at the gate: each creation is scored, a high score holds the key, and its owner is told why at once."""

import secrets as random_bytes
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from vitascope.errors import OwnCaseError, RecordNotFoundError
from vitascope.orders import Grant
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import holds
from vitascope.programme.access import repository as access_repository
from vitascope.programme.credential import parse
from vitascope.programme.door import known_key
from vitascope.programme.leaks import repository
from vitascope.programme.leaks.alerts import Alert
from vitascope.programme.leaks.habits import at_home, observe
from vitascope.programme.leaks.ladder import BUSY, JUST_ENDED, Verdict, automatic_hold, verdict
from vitascope.programme.leaks.repository import Notice
from vitascope.programme.leaks.score import Score, certain, score
from vitascope.programme.leaks.sighting import Origin, Sighting, manner_of, minhash, place
from vitascope.refusals import KeyRefusedError
from vitascope.rights.event import Event
from vitascope.rights.hold import Hold, Level
from vitascope.rights.logbook import Leaves
from vitascope.rights.question import KeyKind
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

_FOUND: Final = certain("This key was planted to be found, and was used.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One creation as the desk sees it; of prompt, network and program only keyed hashes are kept."""

    prompt: str
    network: str  # the caller's /24 or /48
    client: str  # user agent and order of headers
    polls: tuple[float, ...] = ()  # seconds between the last looks at the list, newest last
    is_hosted: bool = False  # from a datacentre, as far as the operator has a list of those
    before: int = 0  # creations of the same request that come before this one


def look(tx: Transaction, log: Leaves, grant: Grant, asked: Asked, *, secrets: Secrets, now: datetime) -> Hold | None:
    """Score one creation that was let in, and place the hold that follows, if any. Raises LogError.

    A public pass has no habits to leave: many hands behind one key are what it is for, and its budget is its bound.
    """
    bound = access_repository.bound(tx, grant.key)
    if bound is not None and bound.kind is KeyKind.SERVICE:
        return None
    if bound is not None and bound.kind is KeyKind.CANARY:
        return hold_canary(tx, log, grant.key, now=now)
    in_flight = keys_repository.in_flight(tx, grant.party, ended_after=now.timestamp() - JUST_ENDED)
    seen = Sighting(
        at=now.timestamp(),
        minhash=minhash(asked.prompt, secrets.pepper),
        manner=manner_of(asked.prompt),
        origin=Origin(network=place(asked.network, secrets.pepper), client=place(asked.client, secrets.pepper)),
        in_flight=in_flight + asked.before,
        limit=min(grant.limits.jobs_in_flight, BUSY),
        polls=asked.polls,
        is_hosted=asked.is_hosted,
    )
    known = observe(repository.habits(tx, grant.key), seen)
    repository.keep_habits(tx, grant.key, known, seen.at)
    return _follow(tx, log, grant.key, score(known), now)


def canary(tx: Transaction, credential: str, *, secrets: Secrets, now: datetime) -> str | None:
    """The key that a credential is, where it was planted to be found and is not held for that yet; else None.

    It need not open anything: a bait that has expired was found all the same. Other keys cost one look-up.
    """
    try:
        bound = access_repository.bound(tx, parse(credential).id)
        if bound is None or bound.kind is not KeyKind.CANARY:
            return None
        key = known_key(tx, credential, secrets).id
    except KeyRefusedError:
        return None
    return key if _held(tx, key, _FOUND, now) else None


def hold_canary(tx: Transaction, log: Leaves, key: str, *, now: datetime) -> Hold | None:
    """Hold a canary that was used, for whatever, unless it is held for that already. Raises LogError."""
    return _follow(tx, log, key, _FOUND, now)


def take_alerts(tx: Transaction, log: Leaves, alerts: Iterable[Alert], *, now: datetime) -> tuple[Hold, ...]:
    """Hold every key that a signed alert names; keys unknown here are passed over."""
    taken = []
    for alert in alerts:
        if keys_repository.key(tx, alert.key) is not None:
            where = f" at {alert.url}" if alert.url else ""
            found = certain(f"The key was found published{where} and must be taken for everybody's.")
            taken.append(_follow(tx, log, alert.key, found, now))
    return tuple(hold for hold in taken if hold is not None)


def plant(tx: Transaction, log: Leaves, key: str, *, by: str, now: datetime) -> None:
    """Make a key a canary: whoever uses it found it where nobody should look."""
    bound = access_repository.bound(tx, key)
    if bound is None:
        raise RecordNotFoundError("There is no key of that id to plant; make one first, and give its id.")
    log.append(Event(kind="key.planted", by=by, about=key, at=now))
    access_repository.rebind(tx, replace(bound, kind=KeyKind.CANARY))


def answer(
    tx: Transaction, log: Leaves, party: str, name: str, *, said: Literal["me", "help"], now: datetime
) -> Notice:
    """A member's answer: "this is me" lifts the hold of the watch and teaches it; "help" leaves the key held.

    Raises RecordNotFoundError, OwnCaseError for another member's notice or one that was answered.
    """
    notice = repository.notice(tx, name)
    if notice is None:
        raise RecordNotFoundError("There is no notice of that id; list them and copy it.")
    if notice.party != party or notice.answer is not None:
        raise OwnCaseError(f"Notice {name} was answered, or is not for {party} to answer.")
    if said == "me":
        if holds.find(tx, notice.hold).lifted_by is None:
            holds.this_is_me(tx, log, party, notice.hold, now=now)
        repository.keep_habits(tx, notice.key, at_home(repository.habits(tx, notice.key)), now.timestamp())
    repository.answer_notice(tx, name, answer=said, at=now.timestamp())
    return notice


def _held(tx: Transaction, key: str, judged: Score, now: datetime) -> Hold | None:
    """The hold that follows from a score, or None where one of its kind stands already."""
    made: Verdict = verdict(judged)
    standing = access_repository.standing_holds(tx, now)
    return automatic_hold(made, key=key, name=f"hold_{random_bytes.token_hex(8)}", standing=standing, now=now)


def _follow(tx: Transaction, log: Leaves, key: str, judged: Score, now: datetime) -> Hold | None:
    hold = _held(tx, key, judged, now)
    if hold is None:
        return None
    holds.enter(tx, log, hold)
    row = keys_repository.key(tx, key)
    if row is not None and hold.level > Level.WATCH:
        repository.add_notice(tx, _notice(row.party, hold, now))
    return hold


_BEFALLEN = {
    Level.THROTTLE: "is slowed",
    Level.STEP_UP: "makes nothing new until you have shown that it is you",
    Level.NO_CREATE: "makes nothing new until a person has looked",
}
_TO_DO = {
    False: (
        "If this is you, say so and it goes on; if not, ask for help: your work is safe, and everything you made stays "
        "open."
    ),
    True: "Make a new key and go on with that; your work is safe, and everything you made stays open.",
}


def _notice(party: str, hold: Hold, now: datetime) -> Notice:
    words = f"Your key {hold.selector.id} {_BEFALLEN[min(hold.level, Level.NO_CREATE)]}: {hold.reason} "
    words += _TO_DO[hold.level > Level.STEP_UP]
    return Notice(
        id=f"notice_{random_bytes.token_hex(8)}",
        party=party,
        key=hold.selector.id,
        hold=hold.id,
        words=words,
        at=now.timestamp(),
    )
