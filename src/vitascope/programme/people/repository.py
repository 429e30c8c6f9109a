"""The rows of people coming in: invitations, addresses, sign-in links, sessions and their proofs."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from vitascope.store import people_tables, tables
from vitascope.store.database import Transaction
from vitascope.store.secrets import Secrets, unlock

_INVITATIONS, _PEOPLE = people_tables.invitations.c, people_tables.people.c
_QUESTIONS, _APPLICATIONS = people_tables.questions.c, people_tables.applications.c
_LINKS, _SESSIONS, _PROOFS = people_tables.sign_in_links.c, people_tables.sessions.c, people_tables.proofs.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One invitation as it is stored: its token as a digest, its address locked. Times are seconds since 1970."""

    id: str
    digest: str
    address: str
    cohort: str
    made_by: str
    made_at: float
    expires_at: float
    used_at: float | None = None
    used_by: str | None = None
    revoked_at: float | None = None
    part: str = "member"  # or rightsholder: see ``standing.Part``


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The mailbox behind a party: a digest to find it by, and the address, locked."""

    party: str
    address_digest: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in, tied to a key that cannot leave its browser."""

    digest: str
    party: str
    browser_key: str
    made_at: float
    expires_at: float
    ended_at: float | None = None
    confirmed_until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the operator's to whoever applies."""

    id: str
    position: int
    text: str
    is_required: bool
    retired_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application; address, name and answers are locked in ``letter``. Times are seconds since 1970."""

    id: str
    letter: str
    at: float
    state: str = "open"
    decided_by: str | None = None
    reason: str = ""


def add_invitations(tx: Transaction, invitations: Iterable[Invitation]) -> None:
    """Enter invitations."""
    rows = [{name: getattr(one, name) for name in Invitation.__slots__} for one in invitations]
    tx.execute(sa.insert(people_tables.invitations), rows)


def invitation(tx: Transaction, digest: str) -> Invitation | None:
    """One by the digest of its token."""
    query = sa.select(people_tables.invitations).where(_INVITATIONS.digest == digest)
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Invitation(**row)


def invitations(tx: Transaction) -> tuple[Invitation, ...]:
    """All, newest first."""
    query = sa.select(people_tables.invitations).order_by(_INVITATIONS.made_at.desc(), _INVITATIONS.id)
    return tuple(Invitation(**row) for row in tx.execute(query).mappings())


def use_invitation(tx: Transaction, name: str, *, party: str, now: float) -> bool:
    """Mark it used; whether it was this transaction that did: of two at once, one gets it."""
    free = (_INVITATIONS.id == name) & _INVITATIONS.used_at.is_(None) & _INVITATIONS.revoked_at.is_(None)
    done = tx.execute(sa.update(people_tables.invitations).where(free).values(used_at=now, used_by=party))
    return int(done.rowcount) == 1


def is_unused(tx: Transaction, name: str) -> bool:
    """Whether there is an unused invitation of that id; nobody else changes it until the transaction ends."""
    free = (_INVITATIONS.id == name) & _INVITATIONS.used_at.is_(None) & _INVITATIONS.revoked_at.is_(None)
    return tx.execute(sa.select(_INVITATIONS.id).where(free).with_for_update()).first() is not None


def revoke_invitation(tx: Transaction, name: str, now: float) -> None:
    """Take an unused one back."""
    tx.execute(sa.update(people_tables.invitations).where(_INVITATIONS.id == name).values(revoked_at=now))


def add_person(tx: Transaction, person: Person) -> None:
    """Enter the mailbox of a party."""
    row = {"party": person.party, "address_digest": person.address_digest, "address": person.address}
    tx.execute(sa.insert(people_tables.people).values(row))


def person_at(tx: Transaction, address_digest: str) -> Person | None:
    """Whose mailbox it is."""
    query = sa.select(people_tables.people).where(_PEOPLE.address_digest == address_digest)
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Person(**row)


def address_digests(tx: Transaction) -> frozenset[str]:
    """The mailboxes of all who have joined, as digests."""
    return frozenset(tx.execute(sa.select(_PEOPLE.address_digest)).scalars())


def person_of(tx: Transaction, party: str) -> Person | None:
    """The mailbox of a party."""
    query = sa.select(people_tables.people).where(_PEOPLE.party == party)
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Person(**row)


def add_link(tx: Transaction, digest: str, *, party: str, now: float, expires_at: float) -> None:
    """Enter a sign-in link."""
    row = {"digest": digest, "party": party, "made_at": now, "expires_at": expires_at}
    tx.execute(sa.insert(people_tables.sign_in_links).values(row))


def links_since(tx: Transaction, party: str, since: float) -> int:
    """Sign-in links sent to a party since then."""
    query = sa.select(sa.func.count()).where(_LINKS.party == party, _LINKS.made_at > since)
    return int(tx.execute(query).scalar_one())


def use_link(tx: Transaction, digest: str, now: float) -> str | None:
    """Use a link up; the party it signs in, or None where it is unknown, used or expired."""
    live = (_LINKS.digest == digest) & _LINKS.used_at.is_(None) & (_LINKS.expires_at > now)
    done = tx.execute(sa.update(people_tables.sign_in_links).where(live).values(used_at=now))
    if done.rowcount != 1:
        return None
    return str(tx.execute(sa.select(_LINKS.party).where(_LINKS.digest == digest)).scalar_one())


def add_session(tx: Transaction, session: Session) -> None:
    """Enter a session."""
    row = {name: getattr(session, name) for name in Session.__slots__}
    tx.execute(sa.insert(people_tables.sessions).values(row))


def session(tx: Transaction, digest: str) -> Session | None:
    """One by the digest of its cookie."""
    query = sa.select(people_tables.sessions).where(_SESSIONS.digest == digest)
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Session(**row)


def confirm_session(tx: Transaction, digest: str, until: float) -> None:
    """Note that whoever is signed in has shown a passkey just now, which counts until then."""
    tx.execute(sa.update(people_tables.sessions).where(_SESSIONS.digest == digest).values(confirmed_until=until))


def end_session(tx: Transaction, digest: str, now: float) -> None:
    """From now on it opens nothing."""
    tx.execute(sa.update(people_tables.sessions).where(_SESSIONS.digest == digest).values(ended_at=now))


def add_proof(tx: Transaction, digest: str, nonce: str, *, now: float, forget_before: float) -> bool:
    """Note that a session signed this nonce; False where it did before. Those too old to pass are forgotten."""
    seen = sa.select(_PROOFS.at).where(_PROOFS.session == digest, _PROOFS.nonce == nonce)
    if tx.execute(seen).first() is not None:
        return False
    tx.execute(sa.delete(people_tables.proofs).where(_PROOFS.at < forget_before))
    tx.execute(sa.insert(people_tables.proofs).values(session=digest, nonce=nonce, at=now))
    return True


def add_question(tx: Transaction, question: Question) -> None:
    """Enter a question."""
    row = {name: getattr(question, name) for name in Question.__slots__}
    tx.execute(sa.insert(people_tables.questions).values(row))


def retire_question(tx: Transaction, name: str, now: float) -> None:
    """Ask it no more."""
    live = (_QUESTIONS.id == name) & _QUESTIONS.retired_at.is_(None)
    tx.execute(sa.update(people_tables.questions).where(live).values(retired_at=now))


def questions(tx: Transaction) -> tuple[Question, ...]:
    """Every question there ever was, in the order they are asked."""
    query = sa.select(people_tables.questions).order_by(_QUESTIONS.position, _QUESTIONS.id)
    return tuple(Question(**row) for row in tx.execute(query).mappings())


def add_application(tx: Transaction, application: Application) -> None:
    """Enter an application."""
    row = {name: getattr(application, name) for name in Application.__slots__}
    tx.execute(sa.insert(people_tables.applications).values(row))


def applications(tx: Transaction, state: str | None = None) -> tuple[Application, ...]:
    """All, or those in a state, oldest first."""
    query = sa.select(people_tables.applications).order_by(_APPLICATIONS.at, _APPLICATIONS.id)
    rows = tx.execute(query if state is None else query.where(_APPLICATIONS.state == state)).mappings()
    return tuple(Application(**row) for row in rows)


def application(tx: Transaction, name: str) -> Application | None:
    """One by its id, kept from other writers until the transaction ends."""
    query = sa.select(people_tables.applications).where(_APPLICATIONS.id == name).with_for_update()
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Application(**row)


def applications_since(tx: Transaction, since: float) -> int:
    """How many came in since then."""
    query = sa.select(sa.func.count()).where(_APPLICATIONS.at > since)
    return int(tx.execute(query).scalar_one())


def decide_application(tx: Transaction, name: str, *, state: str, by: str, reason: str, letter: str) -> None:
    """Keep what was decided; a declined one's letter is gone with it."""
    values = {"state": state, "decided_by": by, "reason": reason, "letter": letter}
    tx.execute(sa.update(people_tables.applications).where(_APPLICATIONS.id == name).values(values))


def mailbox(tx: Transaction, party: str, secrets: Secrets) -> str | None:
    """The address of a party, opened; None where none is known."""
    found = person_of(tx, party)
    return unlock(found.address, secrets) if found else None


def named(tx: Transaction) -> tuple[tuple[str, str], ...]:
    """Party and name of everybody who joined by a mailbox, in the order in which they came."""
    parties = tables.parties.c
    query = sa.select(_PEOPLE.party, parties.name).join(tables.parties, parties.id == _PEOPLE.party)
    return tuple((party, name) for party, name in tx.execute(query.order_by(parties.created_at, parties.id)))


def add_decline(tx: Transaction, party: str, terms: str, at: float) -> None:
    """Record that a party keeps its own terms in place of these."""
    tx.execute(sa.insert(people_tables.declined_terms).values(party=party, terms=terms, at=at))


def declined_terms(tx: Transaction, party: str) -> dict[str, float]:
    """The hashes of the terms a party declined, and when."""
    table = people_tables.declined_terms
    rows = tx.execute(sa.select(table.c.terms, table.c.at).where(table.c.party == party))
    return {str(name): float(at) for name, at in rows}
