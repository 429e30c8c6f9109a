"""Applications on the page: anybody sends one, and whoever is signed in and a steward answers it."""

from collections.abc import Callable

from vitascope.programme.access import repository as access
from vitascope.programme.actor import Actor
from vitascope.programme.people import applications, letters
from vitascope.programme.people.post import Mail
from vitascope.programme.roles import seats
from vitascope.rights.logbook import Leaves
from vitascope.server.calls import checked, moment
from vitascope.server.letters import house
from vitascope.server.web import applying
from vitascope.server.web.session import Member, Values, text
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets

Act = Callable[[Transaction, Leaves, Secrets, Member], tuple[str, Mail]]
"""Does one thing; the page after it, and the letter about it."""

_DAYS = 14  # that an invitation lasts


def apply(tx: Transaction, log: Leaves, secrets: Secrets, values: Values, now: float) -> str:
    """Take an application in; the page that says what happens next. Raises InvitationError with what is missing."""
    most = applications.LONGEST_ANSWER
    answers = {name: text(values, name, most=most) for name in values if name.startswith("question_")}
    address, name = text(values, "address", most=320), text(values, "name", most=100)
    return applying.received(
        applications.apply(tx, log, address, name, answers, secrets=secrets, now=moment(now)),
    )


def acting(tx: Transaction, log: Leaves, member: Member) -> Actor:
    """Whoever is signed in, with their roles."""
    return seats.present(tx, log, member.session, member.now)


def waiting(tx: Transaction, log: Leaves, secrets: Secrets, member: Member, *, done: str = "") -> str:
    """The page of applications. Raises RoleError for whoever is no steward."""
    told = applications.told(tx, acting(tx, log, member), secrets=secrets)
    return applying.waiting(told, access.cohorts(tx), done=done)


def invite(tx: Transaction, log: Leaves, secrets: Secrets, member: Member) -> tuple[str, Mail]:
    """Say yes: the page after it, and the letter with the invitation."""
    cohort = text(member.values, "cohort", most=100)
    made = applications.invite(
        tx,
        log,
        acting(tx, log, member),
        _application(member),
        cohort=cohort,
        days=_DAYS,
        secrets=secrets,
        now=member.now,
    )
    letter = letters.invitation(made, cohort=cohort, house=house())
    return waiting(tx, log, secrets, member, done=f"An invitation is on its way to {made.address}."), letter


def decline(tx: Transaction, log: Leaves, secrets: Secrets, member: Member) -> tuple[str, Mail]:
    """Say no: the page after it, and the letter with the reason."""
    reason = text(member.values, "reason")
    told = applications.decline(
        tx, log, acting(tx, log, member), _application(member), reason=reason, secrets=secrets, now=member.now
    )
    words = f"{told.name} was told why. What they wrote is destroyed."
    return waiting(tx, log, secrets, member, done=words), letters.declined(told.address, reason)


def _application(member: Member) -> str:
    return checked(text(member.values, "application", most=100))
