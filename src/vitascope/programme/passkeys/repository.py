"""The rows of passkeys and of the challenges they sign."""

from dataclasses import dataclass

import sqlalchemy as sa

from vitascope.store import people_tables
from vitascope.store.database import Transaction

_PASSKEYS, _CHALLENGES = people_tables.passkeys.c, people_tables.challenges.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One passkey: its public half and how often it has signed, both as the device told."""

    id: str  # base64url
    party: str
    public_key: str  # COSE, base64url
    sign_count: int
    made_at: float


def add(tx: Transaction, passkey: Passkey) -> None:
    """Enter a passkey."""
    row = {name: getattr(passkey, name) for name in Passkey.__slots__}
    tx.execute(sa.insert(people_tables.passkeys).values(row))


def find(tx: Transaction, name: str) -> Passkey | None:
    """One by its id, kept from other writers until the transaction ends."""
    query = sa.select(people_tables.passkeys).where(_PASSKEYS.id == name).with_for_update()
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Passkey(**row)


def of(tx: Transaction, party: str) -> tuple[Passkey, ...]:
    """A party's, oldest first."""
    query = sa.select(people_tables.passkeys).where(_PASSKEYS.party == party).order_by(_PASSKEYS.made_at)
    return tuple(Passkey(**row) for row in tx.execute(query).mappings())


def remove(tx: Transaction, name: str, party: str) -> bool:
    """Forget a passkey of a party; whether there was one."""
    mine = (_PASSKEYS.id == name) & (_PASSKEYS.party == party)
    return int(tx.execute(sa.delete(people_tables.passkeys).where(mine)).rowcount) == 1


def counted(tx: Transaction, name: str, sign_count: int) -> None:
    """Keep how often a passkey has signed."""
    tx.execute(sa.update(people_tables.passkeys).where(_PASSKEYS.id == name).values(sign_count=sign_count))


def challenge(tx: Transaction, text: str, *, party: str, purpose: str, now: float, expires_at: float) -> None:
    """Enter a challenge; those that are over are forgotten."""
    tx.execute(sa.delete(people_tables.challenges).where(_CHALLENGES.expires_at < now))
    row = {"challenge": text, "party": party, "purpose": purpose, "expires_at": expires_at}
    tx.execute(sa.insert(people_tables.challenges).values(row))


def use_challenge(tx: Transaction, text: str, *, party: str, purpose: str, now: float) -> bool:
    """Use a challenge up; False where there is none for this party and purpose, or it is over."""
    live = (_CHALLENGES.challenge == text) & (_CHALLENGES.party == party) & (_CHALLENGES.purpose == purpose)
    done = tx.execute(sa.delete(people_tables.challenges).where(live, _CHALLENGES.expires_at > now))
    return int(done.rowcount) == 1
