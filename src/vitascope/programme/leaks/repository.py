"""The rows of the leak watch: the habits of each key, and what its owner was told."""

from dataclasses import dataclass

import sqlalchemy as sa

from vitascope.programme.leaks.habits import Habits, handed_on
from vitascope.rights.question import KeyKind
from vitascope.store import people_tables, tables
from vitascope.store.database import Transaction

_HABITS, _NOTICES = people_tables.key_habits.c, people_tables.notices.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a member is told about one of their keys, and what they answered."""

    id: str
    party: str
    key: str
    hold: str
    words: str
    at: float
    answer: str | None = None  # "me" or "help"
    answered_at: float | None = None
    mailed_at: float | None = None


def habits(tx: Transaction, key: str) -> Habits:
    """What is known of a key; of a new one, what its party's key that was used last is known by, if there is one.

    A guest is a party of their own: the habits of whoever gave a pass are not theirs. What is ordered in person in a
    browser says nothing of programs, nor they of it.
    """
    text = tx.execute(sa.select(_HABITS.habits).where(_HABITS.key == key)).scalar_one_or_none()
    if text is not None:
        return Habits.from_text(text)
    keys = tables.keys.c
    party = sa.select(keys.party).where(keys.id == key).scalar_subquery()
    of_party = sa.select(_HABITS.habits).join(tables.keys, keys.id == _HABITS.key).where(keys.party == party)
    of_party = of_party.where(_HABITS.key.in_(_in_person()) == sa.literal(key).in_(_in_person()))
    last = tx.execute(of_party.order_by(_HABITS.at.desc(), _HABITS.key).limit(1)).scalar_one_or_none()
    return Habits() if last is None else handed_on(Habits.from_text(last))


def _in_person() -> sa.Select[tuple[str]]:
    kinds = people_tables.key_permissions.c
    return sa.select(kinds.key).where(kinds.kind == KeyKind.LOGIN.value)


def keep_habits(tx: Transaction, key: str, known: Habits, at: float) -> None:
    """Keep what is known of a key now."""
    values = {"habits": known.to_text(), "at": at}
    if tx.execute(sa.update(people_tables.key_habits).where(_HABITS.key == key).values(values)).rowcount == 0:
        tx.execute(sa.insert(people_tables.key_habits).values(key=key, **values))


def add_notice(tx: Transaction, notice: Notice) -> None:
    """Tell a member something."""
    tx.execute(
        sa.insert(people_tables.notices).values(
            id=notice.id, party=notice.party, key=notice.key, hold=notice.hold, words=notice.words, at=notice.at
        )
    )


def notices(tx: Transaction, party: str) -> tuple[Notice, ...]:
    """What a member was told, newest first."""
    query = sa.select(people_tables.notices).where(_NOTICES.party == party).order_by(_NOTICES.at.desc())
    return tuple(Notice(**row) for row in tx.execute(query).mappings())


def notice(tx: Transaction, name: str) -> Notice | None:
    """One notice, kept from other writers until the transaction ends."""
    query = sa.select(people_tables.notices).where(_NOTICES.id == name).with_for_update()
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Notice(**row)


def answer_notice(tx: Transaction, name: str, *, answer: str, at: float) -> None:
    """Keep a member's answer."""
    tx.execute(sa.update(people_tables.notices).where(_NOTICES.id == name).values(answer=answer, answered_at=at))


def unmailed(tx: Transaction, since: float) -> tuple[Notice, ...]:
    """Notices since then about which no letter was sent, oldest first."""
    query = sa.select(people_tables.notices).where(_NOTICES.mailed_at.is_(None), _NOTICES.at > since)
    return tuple(Notice(**row) for row in tx.execute(query.order_by(_NOTICES.at)).mappings())


def mark_mailed(tx: Transaction, name: str, at: float) -> None:
    """Note that the letter about it was sent."""
    tx.execute(sa.update(people_tables.notices).where(_NOTICES.id == name).values(mailed_at=at))
