"""Invitations: made for one mailbox, alone or from a table, until a day; accepted once, with the hash of the terms.

A forwarded invitation buys nothing: whoever accepts it is sent nothing, the sign-in link goes to the invited mailbox.
"""

import hashlib
import hmac
import re
import secrets as random_bytes
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vitascope.errors import InvitationError
from vitascope.orders import Limits
from vitascope.programme import repository as keys_repository
from vitascope.programme.access import repository as access_repository
from vitascope.programme.access.repository import Cohort
from vitascope.programme.access.standing import MEMBER_USES, PARTS, Part
from vitascope.programme.actor import Actor, require
from vitascope.programme.people import cohorts, repository
from vitascope.programme.people.repository import Invitation, Person
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.party import HOUSE
from vitascope.rights.permission import Permission, accept
from vitascope.rights.terms import Terms
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction, take_turn
from vitascope.store.secrets import Secrets, lock, unlock

LONGEST_DAYS = 90
LONGEST_NAME = 100
DECLINABLE = frozenset(use for use in MEMBER_USES if use.is_creative)
"""Uses that whoever accepts may decline; the open ones and an owner's own choices are theirs in any case."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a name stands in letters, and on terminals
_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z]{2,24}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """An invitation and, this once, the token that goes into its letter."""

    invitation: Invitation
    address: str = field(repr=False)
    token: str = field(repr=False)


def tidy(address: str) -> str | None:
    """The address as it is compared, or None where it is none."""
    stripped = address.strip()
    return stripped.casefold() if _ADDRESS.fullmatch(stripped) else None


def invite(  # noqa: PLR0913  # each is a fact of the invitation
    tx: Transaction,
    log: Leaves,
    actor: Actor,
    addresses: Iterable[str],
    *,
    cohort: str,
    days: int,
    secrets: Secrets,
    now: datetime,
    part: Part = Part.MEMBER,
) -> tuple[NewInvitation, ...]:
    """Make an invitation for each mailbox, with one leaf for all that are made at once; ``part`` is what for.

    Raises RoleError, InvitationError, RecordNotFoundError for the cohort.
    """
    require(actor, Use.MEMBER_INVITE)
    cohorts.in_force(tx, cohort, now)
    if not 1 <= days <= LONGEST_DAYS:
        raise InvitationError(f"An invitation lasts 1 to {LONGEST_DAYS} days, not {days}.")
    made = tuple(_invite(actor, address, cohort, now, days, secrets, part) for address in addresses)
    if made:
        about = made[0].invitation.id if len(made) == 1 else cohort
        log.append(Event(kind="invitation.made", by=actor.party, about=about, at=now, rule=cohort, count=len(made)))
        repository.add_invitations(tx, [one.invitation for one in made])
    return made


def open_invitation(tx: Transaction, token: str, *, secrets: Secrets, now: datetime) -> Invitation:
    """The invitation behind a token. Raises InvitationError where it is unknown, used, revoked or over."""
    invitation = repository.invitation(tx, digest_of(token, secrets))
    if invitation is None:
        raise InvitationError("This invitation is unknown here; copy the whole link again.")
    if invitation.revoked_at is not None or invitation.used_at is not None:
        what = "was taken back" if invitation.revoked_at is not None else "was used already"
        raise InvitationError(f"This invitation {what}; sign in with the mailbox it was sent to, or ask for a new one.")
    if invitation.expires_at <= now.timestamp():
        raise InvitationError(
            f"This invitation ended on {datetime.fromtimestamp(invitation.expires_at, UTC):%Y-%m-%d}; ask again."
        )
    return invitation


def accept_invitation(  # the token, what was read, what was declined
    tx: Transaction,
    log: Leaves,
    token: str,
    *,
    terms: str,
    name: str,
    secrets: Secrets,
    now: datetime,
    declined: frozenset[Use] = frozenset(),
) -> Permission:
    """Join: the party and its permission, with the acceptance of the terms by their hash. Access begins by sign-in.

    Raises InvitationError, also for a name that is too long; GrantError where the terms changed since they were read.
    """
    invitation = open_invitation(tx, token, secrets=secrets, now=now)
    if len(name.strip()) > LONGEST_NAME or _CONTROLS.search(name):
        raise InvitationError(f"A name has at most {LONGEST_NAME} characters, in one line; this one is another.")
    mailbox = unlock(invitation.address, secrets)
    take_turn(tx, f"mailbox/{digest_of(mailbox, secrets)}")  # of two invitations of one mailbox, one is accepted
    party = f"party_{random_bytes.token_hex(8)}"
    if not repository.use_invitation(tx, invitation.id, party=party, now=now.timestamp()):
        raise InvitationError("This invitation was used a moment ago; sign in with the mailbox it was sent to.")
    joined = accept(_offer(tx, invitation, party, now), terms=terms, declined=declined & DECLINABLE)
    _enter_person(tx, mailbox, party, name, secrets, now)
    log.append(Event(kind="permission.accepted", by=party, about=joined.id, at=now, rule=terms))
    access_repository.add_permission(tx, joined)
    access_repository.add_acceptance(tx, permission=joined.id, party=party, terms=terms, at=now)
    return joined


def revoke(tx: Transaction, log: Leaves, actor: Actor, name: str, *, now: datetime) -> None:
    """Take an invitation back that nobody has used. Raises RoleError, InvitationError."""
    require(actor, Use.MEMBER_INVITE)
    if not repository.is_unused(tx, name):  # before the leaf: what is no id stays out of the log
        raise InvitationError("There is no unused invitation of that id to take back.")
    log.append(Event(kind="invitation.revoked", by=actor.party, about=name, at=now))
    repository.revoke_invitation(tx, name, now.timestamp())


def digest_of(text: str, secrets: Secrets) -> str:
    """What is kept of a token or an address."""
    return hmac.new(secrets.pepper, text.encode(), hashlib.sha256).hexdigest()


def _invite(  # who, whom, to what, when, how long, as what
    actor: Actor, address: str, cohort: str, now: datetime, days: int, secrets: Secrets, part: Part
) -> NewInvitation:
    mailbox = tidy(address)
    if mailbox is None:
        raise InvitationError("An invitation needs a mail address, like name@example.org.")
    token = random_bytes.token_urlsafe(24)
    invitation = Invitation(
        id=f"invitation_{random_bytes.token_hex(8)}",
        digest=digest_of(token, secrets),
        address=lock(mailbox, secrets),
        cohort=cohort,
        made_by=actor.party,
        made_at=now.timestamp(),
        expires_at=(now + timedelta(days=days)).timestamp(),
        part=part.value,
    )
    return NewInvitation(invitation=invitation, address=mailbox, token=token)


def _offer(tx: Transaction, invitation: Invitation, party: str, now: datetime) -> Permission:
    cohort = access_repository.cohort(tx, invitation.cohort)
    terms = cohorts.in_force(tx, invitation.cohort, now)
    if cohort is None:
        raise InvitationError("The cohort of this invitation is gone; ask for a new one.")
    return offer(cohort, terms, party, now, part=Part(invitation.part))


def offer(cohort: Cohort, terms: Terms, party: str, now: datetime, *, part: Part = Part.MEMBER) -> Permission:
    """What a cohort offers to a party under ``terms``: early access, or the part of a rightsholder."""
    thing, uses = PARTS[part]
    return Permission(
        id=f"access_{party}",
        grantor=HOUSE,
        grantee=party,
        object=thing,
        uses=uses,
        terms=terms.hash,
        valid_from=now,
        valid_until=now + timedelta(days=cohort.days),
        cohort=cohort.id,
        quotas=(terms.policy.quotas or cohort.quotas) if part is Part.MEMBER else (),
    )


def _enter_person(tx: Transaction, mailbox: str, party: str, name: str, secrets: Secrets, now: datetime) -> None:
    digest = digest_of(mailbox, secrets)
    if repository.person_at(tx, digest) is not None:
        raise InvitationError("This mailbox belongs to a member already; sign in with it.")
    keys_repository.add_party(
        tx, party, name=name.strip() or party, priority="normal", limits=Limits(), now=now.timestamp()
    )
    repository.add_person(tx, Person(party=party, address_digest=digest, address=lock(mailbox, secrets)))
