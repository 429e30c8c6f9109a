"""Terms that were announced, as one member meets them: what they change, from when, and whether it was declined."""

from dataclasses import dataclass, replace
from datetime import datetime

from vitascope.errors import RecordNotFoundError
from vitascope.programme.access import repository
from vitascope.programme.access.repository import Announced
from vitascope.programme.people import cohorts
from vitascope.programme.people import repository as people
from vitascope.programme.people.changes import Change, changes
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.permission import Permission
from vitascope.rights.terms import Terms
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Announced terms beside those somebody has; ``is_in_force``: whoever joins now is offered these."""

    told: Announced
    changes: tuple[Change, ...]
    is_in_force: bool
    declined_at: float | None = None


def coming(tx: Transaction, cohort: str, old: Terms, now: datetime, *, is_over: bool = False) -> tuple[Coming, ...]:
    """What was announced to a cohort that ``old`` is not: the terms in force now, and those that will be."""
    told, found = repository.announced(tx, cohort), repository.cohort(tx, cohort)
    quotas = found.quotas if found else ()
    current = cohorts.in_force(tx, cohort, now).hash if told else ""
    return tuple(
        Coming(told=one, changes=changes(old, one.terms, quotas), is_in_force=one.terms.hash == current)
        for one in told
        if (one.terms.hash == current or one.effective > now) and (one.terms.hash != old.hash or is_over)
    )


def coming_to(tx: Transaction, access: Permission, now: datetime) -> tuple[Coming, ...]:
    """The same for a member, beside the terms they accepted, with what they declined.

    Whose access is over is offered the terms in force even where they are the ones they had: to come back.
    """
    old = repository.find_terms(tx, access.terms)
    if access.cohort is None or old is None:
        return ()
    declined = people.declined_terms(tx, access.grantee)
    found = coming(tx, access.cohort, old, now, is_over=not access.is_live(now))
    return tuple(replace(one, declined_at=declined.get(one.told.terms.hash)) for one in found)


def decline(tx: Transaction, log: Leaves, access: Permission, terms: str, *, now: datetime) -> Coming:
    """Keep one's own terms: it is recorded, nobody asks again, and nothing else changes. Saying it twice is once.

    Raises RecordNotFoundError for terms that were not announced to this member, or that are over.
    """
    found = next((one for one in coming_to(tx, access, now) if one.told.terms.hash == terms), None)
    if found is None:
        raise RecordNotFoundError("No such terms wait for your answer; list them and copy the whole hash.")
    if found.declined_at is not None:
        return found
    log.append(Event(kind="terms.declined", by=access.grantee, about=access.id, at=now, rule=terms))
    people.add_decline(tx, access.grantee, terms, now.timestamp())
    return replace(found, declined_at=now.timestamp())
