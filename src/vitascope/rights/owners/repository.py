"""The rows of permissions that owners give; a permission is changed in state only, and never deleted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from vitascope.rights.permission import Ending, Permission, PermissionState
from vitascope.rights.uses import Use
from vitascope.store import rights_tables as tables
from vitascope.store.database import Transaction

_C = tables.owner_permissions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A permission an owner gave or was asked for, with what was said and paid beside it."""

    permission: Permission
    licence: str = ""  # SPDX id under which others may have the thing
    restrictions: str = ""  # in the owner's words; shown to whoever relies on it
    transfer: str | None = None  # what is paid for it
    never_with: tuple[str, ...] = ()  # words that no prompt says with it


def add(tx: Transaction, given: Given) -> None:
    """Enter a permission."""
    permission = given.permission
    tx.execute(
        sa.insert(tables.owner_permissions).values(
            id=permission.id,
            grantor=permission.grantor,
            grantee=permission.grantee,
            object=permission.object,
            uses=" ".join(sorted(permission.uses)),
            terms=permission.terms,
            licence=given.licence,
            restrictions=given.restrictions,
            valid_from=permission.valid_from.timestamp(),
            valid_until=permission.valid_until.timestamp(),
            state=permission.state.value,
            ending=permission.ending.value if permission.ending else None,
            transfer=given.transfer,
            never_with="\n".join(given.never_with),
            is_mutual=permission.is_mutual,
        )
    )


def change(tx: Transaction, permission: Permission) -> None:
    """Keep the state a permission has come to."""
    ending = permission.ending.value if permission.ending else None
    query = sa.update(tables.owner_permissions).where(_C.id == permission.id)
    tx.execute(query.values(state=permission.state.value, ending=ending))


def find(tx: Transaction, permission: str) -> Given | None:
    """One by its id, kept from others until the transaction ends where the database has many writers."""
    query = sa.select(tables.owner_permissions).where(_C.id == permission).with_for_update()
    return next(iter(_read(tx, query)), None)


def on(tx: Transaction, objects: Collection[str]) -> tuple[Given, ...]:
    """All ever given on exactly these objects, in order of id."""
    query = sa.select(tables.owner_permissions).where(_C.object.in_(list(objects))).order_by(_C.id)
    return _read(tx, query)


def by(tx: Transaction, grantor: str) -> tuple[Given, ...]:
    """All that one owner ever gave or was asked for, in order of id."""
    return _read(tx, sa.select(tables.owner_permissions).where(_C.grantor == grantor).order_by(_C.id))


def to(tx: Transaction, grantee: str) -> tuple[Given, ...]:
    """All that one party was ever given or offered by name, in order of id."""
    return _read(tx, sa.select(tables.owner_permissions).where(_C.grantee == grantee).order_by(_C.id))


def between(tx: Transaction, grantor: str, grantee: str) -> tuple[Given, ...]:
    """All that one party ever gave another by name, in order of id."""
    query = sa.select(tables.owner_permissions).where(_C.grantor == grantor, _C.grantee == grantee)
    return _read(tx, query.order_by(_C.id))


def under(tx: Transaction, prefix: str) -> tuple[Given, ...]:
    """All on objects that begin with ``prefix``, such as ``work/``, in order of id."""
    query = sa.select(tables.owner_permissions).where(_C.object.startswith(prefix, autoescape=True))
    return _read(tx, query.order_by(_C.id))


def _read(tx: Transaction, query: Any) -> tuple[Given, ...]:  # noqa: ANN401  # a Select of owner_permissions
    return tuple(
        Given(
            permission=Permission(
                id=row["id"],
                grantor=row["grantor"],
                grantee=row["grantee"],
                object=row["object"],
                uses=frozenset(Use(use) for use in row["uses"].split()),
                terms=row["terms"],
                valid_from=datetime.fromtimestamp(row["valid_from"], UTC),
                valid_until=datetime.fromtimestamp(row["valid_until"], UTC),
                state=PermissionState(row["state"]),
                ending=Ending(row["ending"]) if row["ending"] else None,
                is_mutual=row["is_mutual"],
            ),
            licence=row["licence"],
            restrictions=row["restrictions"],
            transfer=row["transfer"],
            never_with=tuple(row["never_with"].splitlines()),
        )
        for row in tx.execute(query).mappings()
    )
