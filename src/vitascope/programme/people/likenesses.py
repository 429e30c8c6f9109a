"""Whose likeness a prompt names: the person is asked before the order is taken, and a refusal leaves its leaf."""

from collections.abc import Iterable
from datetime import datetime

from vitascope.errors import LikenessError
from vitascope.rights.event import Event
from vitascope.rights.likeness import mentioned, person_of, require_likeness
from vitascope.rights.logbook import Leaves
from vitascope.store.database import Transaction


def require(tx: Transaction, log: Leaves, party: str, prompts: Iterable[str], *, now: datetime) -> tuple[str, ...]:
    """The likenesses that ``prompts`` name. Raises LikenessError where a person has not allowed ``party`` that.

    A name nobody spoke for is a word like others.
    """
    named = {name: person for name in mentioned(prompts) if (person := person_of(tx, name)) is not None}
    try:
        for name, person in named.items():
            require_likeness(tx, name, person, party, now=now)
    except LikenessError:
        log.append(Event(kind="likeness.use refused", by=party, about="likeness", at=now, rule=LikenessError.code))
        raise
    return tuple(named)
