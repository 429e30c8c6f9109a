"""What a member does on their page: each act checks, logs and changes, and gives back keys that are shown once."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from vitascope.errors import OwnCaseError, SignInError
from vitascope.programme import keys
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import holds, watch
from vitascope.programme.access import repository as access
from vitascope.programme.leaks import repository as leaks
from vitascope.programme.passkeys import ceremony
from vitascope.programme.passkeys import repository as passkeys
from vitascope.programme.people import membership, passes, sign_in
from vitascope.programme.people import repository as people
from vitascope.programme.people.login import login_state
from vitascope.programme.people.passes import Pass
from vitascope.programme.people.repository import Session
from vitascope.refusals import BodyError, KeyNotFoundError
from vitascope.rights.event import Event
from vitascope.rights.hold import Level
from vitascope.rights.logbook import Leaves
from vitascope.server.web import terms
from vitascope.server.web.session import Member, Values, place, text
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

CONFIRMED_SECONDS: Final = 3600.0
"""How long a passkey that was shown counts."""

_KEY_SCOPES: Final = ("video.create", "video.read", "video.delete", "webhook.manage", "content.check")


def challenge(tx: Transaction, _values: Values, now: float) -> dict[str, Any]:
    """For anybody's passkey."""
    return ceremony.begin(tx, "sign-in", "", place=place(), now=now)


def by_passkey(tx: Transaction, values: Values, secrets: Secrets, now: float) -> tuple[str, Session]:
    """A session for whoever the passkey stands for, confirmed since it was shown just now. Raises SignInError."""
    party = ceremony.use(tx, "sign-in", "", _credential(values), place=place(), now=now)
    cookie, session = sign_in.open_session(tx, party, text(values, "browser_key"), secrets=secrets, now=now)
    _confirmed(tx, session, now)
    return cookie, session


def begin_making(tx: Transaction, member: Member) -> dict[str, Any]:
    """For a passkey that is to be made."""
    party = keys_repository.party(tx, member.party)
    name = party.name if party else member.party
    return ceremony.begin_making(tx, member.party, name, place=place(), now=member.seconds)


def make_passkey(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Keep a passkey the browser made."""
    ceremony.make(tx, log, member.party, _credential(member.values), place=place(), now=member.seconds)
    return ()


def remove_passkey(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Forget a passkey of one's own. Raises SignInError unless one was shown, or a link used, just now.

    Who lost the only device with a passkey has nothing to show but a link from their mailbox.
    """
    if member.seconds - member.session.made_at > sign_in.LINK_SECONDS:
        require_seen(tx, member)
    ceremony.remove(tx, log, member.party, text(member.values, "passkey", most=1500), now=member.now)
    return ()


def begin_confirming(tx: Transaction, member: Member) -> dict[str, Any]:
    """For a passkey of one's own."""
    return ceremony.begin(tx, "confirm", member.party, place=place(), now=member.seconds)


def confirm(tx: Transaction, log: Leaves, member: Member) -> None:
    """A passkey was shown: what asks for it goes on for an hour, here and with every key of this member."""
    ceremony.use(tx, "confirm", member.party, _credential(member.values), place=place(), now=member.seconds)
    log.append(Event(kind="person.confirmed", by=member.party, about=member.party, at=member.now))
    _confirmed(tx, member.session, member.seconds)


def mint(tx: Transaction, log: Leaves, secrets: Secrets, member: Member) -> tuple[str, ...]:
    """Mint passes out of one's own access; their keys. Raises GrantError where they would go beyond it."""
    parent = login_state(tx, member.session, member.now).permission or ""
    renders = whole(member.values, "renders", most=10**6)
    wanted = Pass(
        name=text(member.values, "name", most=80),
        renders=renders,
        seconds=10 * renders,
        until=member.now + timedelta(days=whole(member.values, "days", most=366)),
        is_public=bool(member.values.get("is_public")),
    )
    guests = whole(member.values, "guests", most=passes.MOST_GUESTS)
    made = (passes.mint(tx, log, member.party, parent, wanted, secrets=secrets, now=member.now) for _ in range(guests))
    return tuple(key.credential for _, key in made)


def take_back(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """End a pass one gave."""
    passes.take_back(tx, log, member.party, text(member.values, "pass"), now=member.now)
    return ()


def make_key(tx: Transaction, log: Leaves, secrets: Secrets, member: Member) -> tuple[str, ...]:
    """A key of one's own, on one's own access; its text. Raises GrantError for one beyond twenty."""
    membership.require_room(tx, member.party, member.now)
    permission = login_state(tx, member.session, member.now).permission
    made = keys.create(
        tx,
        log,
        by=member.party,
        name=text(member.values, "name", most=80),
        scopes=_KEY_SCOPES,
        expires_at=member.seconds + 86_400.0 * whole(member.values, "days", most=366),
        party=member.party,
        permission=permission,
        secrets=secrets,
        now=member.seconds,
    )
    return (made.credential,)


def end_key(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Revoke a key of one's own. Raises KeyNotFoundError for anybody else's."""
    name = text(member.values, "key", most=20)
    if name not in {key.id for key in keys.listed(tx, member.party)}:
        raise KeyNotFoundError("There is no key of yours with that id.")
    keys.revoke(tx, log, name, by=member.party, now=member.seconds)
    return ()


def answer(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Answer a notice. "This is me" lifts a step-up only from somebody who has shown themselves just now."""
    name, said = text(member.values, "notice"), text(member.values, "said")
    notice = leaks.notice(tx, name)
    if notice is None or notice.party != member.party:
        raise OwnCaseError("There is no such notice of yours.")
    if said == "me":
        if holds.find(tx, notice.hold).level >= Level.STEP_UP:
            require_seen(tx, member)
        watch.answer(tx, log, member.party, name, said="me", now=member.now)
    else:
        watch.answer(tx, log, member.party, name, said="help", now=member.now)
    return ()


def appeal(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Object to a hold that reaches one; once a hold, as over HTTP. Raises OwnCaseError, GrantError."""
    holds.appeal(tx, log, member.party, text(member.values, "hold", most=40), now=member.now)
    return ()


def accept_terms(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Go on under the terms in force, by their hash; what was declined before stays declined."""
    membership.accept_terms(tx, log, member.party, terms=_named(member), now=member.now)
    return ()


def decline_terms(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Keep one's own terms."""
    membership.decline_terms(tx, log, member.party, _named(member), now=member.now)
    return ()


def leaving(tx: Transaction, member: Member) -> str:
    """What leaving means for them."""
    held = membership.membership(tx, member.party, member.now).permissions
    return terms.leaving(max((one.valid_until for one in held if one.is_live(member.now)), default=None))


def leave(tx: Transaction, log: Leaves, member: Member) -> tuple[str, ...]:
    """Hand one's access back: only for somebody who has shown themselves just now. Raises SignInError."""
    require_seen(tx, member)
    membership.leave(tx, log, member.party, now=member.now)
    return ()


def require_seen(tx: Transaction, member: Member) -> None:
    """Raise SignInError unless a passkey counts now; who has none is seen by a link used within its fifteen minutes."""
    session = people.session(tx, member.session.digest) or member.session
    if passkeys.of(tx, member.party):
        if (session.confirmed_until or 0.0) <= member.seconds:
            raise SignInError("Show your passkey first.")
    elif member.seconds - session.made_at > sign_in.LINK_SECONDS:
        raise SignInError("Sign in anew by a mailed link first, or make a passkey then.")


def whole(values: Values, name: str, *, most: int) -> int:
    """A whole number from 1 to ``most`` that was sent; 1 where none was. Raises BodyError."""
    try:
        number = int(str(values.get(name, "1")))
    except ValueError as error:
        raise BodyError(f"`{name}` must be a whole number.") from error
    if not 1 <= number <= most:
        raise BodyError(f"`{name}` is {number}; it must be 1 to {most}.")
    return number


def _confirmed(tx: Transaction, session: Session, now: float) -> None:
    until = now + CONFIRMED_SECONDS
    people.confirm_session(tx, session.digest, until)
    access.confirm(tx, [key.id for key in keys.listed(tx, session.party)], datetime.fromtimestamp(until, UTC))


def _named(member: Member) -> str:
    return text(member.values, "terms", most=64)


def _credential(values: Values) -> Mapping[str, Any]:
    found = values.get("credential")
    if not isinstance(found, dict):
        raise BodyError("`credential` is missing: it is what the browser made of the passkey.")
    return found
