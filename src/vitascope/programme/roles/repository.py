"""The rows of roles: which permission is which role, who proposed it and who agreed."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from vitascope.programme.people.login import login_name
from vitascope.store import people_tables, rights_tables, tables
from vitascope.store.database import Transaction

_AUDITORS, _COSIGNATURES = people_tables.auditors.c, people_tables.cosignatures.c
_ROLES, _PERMISSIONS = people_tables.roles.c, people_tables.permissions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One role as it was given; a founding steward has no second person."""

    permission: str
    role: str
    offered_by: str
    agreed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """An auditor's line below a checkpoint of ours."""

    auditor: str
    size: int
    line: str
    note: str
    at: float


def add(tx: Transaction, seat: Seat) -> None:
    """Enter a role."""
    row = {name: getattr(seat, name) for name in Seat.__slots__}
    tx.execute(sa.insert(people_tables.roles).values(row))


def change(tx: Transaction, seat: Seat) -> None:
    """Keep who agreed."""
    query = sa.update(people_tables.roles).where(_ROLES.permission == seat.permission)
    tx.execute(query.values(agreed_by=seat.agreed_by))


def find(tx: Transaction, permission: str) -> Seat | None:
    """One by its permission."""
    query = sa.select(people_tables.roles).where(_ROLES.permission == permission)
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Seat(**row)


def every(tx: Transaction) -> tuple[Seat, ...]:
    """All, in order of id."""
    query = sa.select(people_tables.roles).order_by(_ROLES.permission)
    return tuple(Seat(**row) for row in tx.execute(query).mappings())


def of(tx: Transaction, parties: Iterable[str]) -> tuple[str, ...]:
    """The permissions that are roles of these parties."""
    query = (
        sa.select(_ROLES.permission)
        .join(people_tables.permissions, _PERMISSIONS.id == _ROLES.permission)
        .where(_PERMISSIONS.grantee.in_(list(parties)))
        .order_by(_ROLES.permission)
    )
    return tuple(tx.execute(query).scalars())


def things_of(tx: Transaction, party: str) -> frozenset[str]:
    """The ids of what belongs to one person beside keys and permissions, as leaves name them.

    Sessions at the page, the invitation they came by, reports, proposals, works put in, characters, renders and
    their marks.
    """
    queries = (
        sa.select(rights_tables.contributions.c.id).where(rights_tables.contributions.c.party == party),
        sa.select(rights_tables.proposals.c.id).where(rights_tables.proposals.c.party == party),
        sa.select(rights_tables.opt_in_works.c.id).where(rights_tables.opt_in_works.c.owner == party),
        sa.select(people_tables.invitations.c.id).where(people_tables.invitations.c.used_by == party),
        sa.select(rights_tables.characters.c.id).where(rights_tables.characters.c.party == party),
        sa.select(tables.videos.c.id).where(tables.videos.c.party == party),
        sa.select(tables.marks.c.id).where(tables.marks.c.party == party),
    )
    found = {str(name) for query in queries for name in tx.execute(query).scalars()}
    sessions = sa.select(people_tables.sessions.c.digest).where(people_tables.sessions.c.party == party)
    return frozenset(found | {login_name(digest) for digest in tx.execute(sessions).scalars()})


def name_auditor(tx: Transaction, name: str, *, key: str, party: str, at: float) -> None:
    """Keep an auditor's key, in place of an earlier one of that name."""
    tx.execute(sa.delete(people_tables.auditors).where(_AUDITORS.name == name))
    tx.execute(sa.insert(people_tables.auditors).values(name=name, key=key, party=party, at=at))


def auditor(tx: Transaction, name: str) -> tuple[str, str] | None:
    """Key and party of an auditor."""
    row = tx.execute(sa.select(_AUDITORS.key, _AUDITORS.party).where(_AUDITORS.name == name)).one_or_none()
    return None if row is None else (row[0], row[1])


def auditors_of(tx: Transaction, party: str) -> tuple[tuple[str, str], ...]:
    """Names and keys that a party signs with."""
    query = sa.select(_AUDITORS.name, _AUDITORS.key).where(_AUDITORS.party == party).order_by(_AUDITORS.name)
    return tuple((name, key) for name, key in tx.execute(query))


def add_cosignature(tx: Transaction, found: Cosignature) -> None:
    """Keep a line; the same auditor on the same checkpoint once."""
    same = (_COSIGNATURES.auditor == found.auditor) & (_COSIGNATURES.size == found.size)
    tx.execute(sa.delete(people_tables.cosignatures).where(same))
    row = {name: getattr(found, name) for name in Cosignature.__slots__}
    tx.execute(sa.insert(people_tables.cosignatures).values(row))


def newest_cosigned(tx: Transaction) -> tuple[Cosignature, ...]:
    """The lines below the largest checkpoint that has any, in order of auditor."""
    largest = sa.select(sa.func.max(_COSIGNATURES.size)).scalar_subquery()
    query = sa.select(people_tables.cosignatures).where(_COSIGNATURES.size == largest).order_by(_COSIGNATURES.auditor)
    return tuple(Cosignature(**row) for row in tx.execute(query).mappings())
