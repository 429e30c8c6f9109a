"""Whose likeness a prompt names: the person is asked before the order is taken, and a refusal leaves its leaf."""

from collections.abc import Iterable
from datetime import datetime

from vitascope.errors import LikenessError
from vitascope.rights.event import Event
from vitascope.rights.likeness import mentioned, person_of, require_likeness
from vitascope.rights.logbook import Leaves
from vitascope.store.database import Transaction


def require(tx: Transaction, log: Leaves, party: str, prompts: Iterable[str], *, now: datetime) -> None:
    """Raise LikenessError where ``prompts`` name somebody who has not allowed ``party`` that.

    A name nobody spoke for is a word like others.
    """
    try:
        for name in mentioned(prompts):
            person = person_of(tx, name)
            if person is not None:
                require_likeness(tx, name, person, party, now=now)
    except LikenessError:
        log.append(Event(kind="likeness.use refused", by=party, about="likeness", at=now, rule=LikenessError.code))
        raise
