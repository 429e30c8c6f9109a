"""Cohorts and their terms: any change is a new version, and a worse one is told before it binds anybody."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from vitascope.errors import GrantError, RecordNotFoundError
from vitascope.programme.access import repository
from vitascope.programme.access.repository import Announced, Cohort
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.rights.quota import Quota
from vitascope.rights.terms import LONGEST_EMBARGO, Policy, Terms
from vitascope.store.database import Transaction, take_turn

LONGEST_DAYS: Final = 3_650
"""How long access may last in a cohort."""


def found(tx: Transaction, log: Leaves, cohort: Cohort, terms: Terms, *, by: str, now: datetime) -> Cohort:
    """Begin a cohort under its first terms, in force from now on. Raises GrantError for an id that is taken."""
    if not 1 <= cohort.days <= LONGEST_DAYS:
        raise GrantError(f"Access lasts 1 to {LONGEST_DAYS} days in a cohort, not {cohort.days}.")
    _require_ahead(terms)
    _take_turn(tx, cohort.id)
    if repository.cohort(tx, cohort.id) is not None:
        raise GrantError(f"There is a cohort {cohort.id!r} already; choose another id, or announce terms for it.")
    log.append(Event(kind="cohort.founded", by=by, about=cohort.id, at=now, rule=terms.hash))
    repository.add_cohort(tx, cohort)
    repository.announce(tx, cohort.id, Announced(terms=terms, announced=now, effective=now))
    return cohort


def announce(tx: Transaction, log: Leaves, cohort: str, terms: Terms, *, by: str, now: datetime) -> Announced:
    """Tell new terms: worse ones bind whoever comes after the notice the old ones promise, others at once.

    Permissions given before go on under the terms they were accepted with, until they end.
    """
    _require_ahead(terms)
    _take_turn(tx, cohort)
    old = in_force(tx, cohort, now)
    if any(each.terms.hash == terms.hash for each in repository.announced(tx, cohort)):
        raise GrantError(f"Cohort {cohort} has had these very terms ({terms.hash[:12]}); change text, date or policy.")
    found = repository.cohort(tx, cohort)
    is_less = is_worse(old, terms, found.quotas if found else ())
    notice = timedelta(days=old.policy.notice_days) if is_less else timedelta()
    log.append(Event(kind="terms.announced", by=by, about=cohort, at=now, rule=terms.hash))
    made = Announced(terms=terms, announced=now, effective=now + notice)
    repository.announce(tx, cohort, made)
    return made


def in_force(tx: Transaction, cohort: str, now: datetime) -> Terms:
    """The terms whoever joins now is offered: of all in force, those told last. Raises RecordNotFoundError."""
    standing = [each for each in repository.announced(tx, cohort) if each.effective <= now]
    if not standing:
        raise RecordNotFoundError("There is no cohort of that id; found it first.")
    return max(standing, key=lambda each: (each.effective, each.announced)).terms


def is_worse(old: Terms, new: Terms, quotas: tuple[Quota, ...] = ()) -> bool:
    """Whether a member could lose by the change; another text counts as worse, since no rule can read it.

    ``quotas`` are the cohort's own, which hold where terms have none.
    """
    before, after = (replace(one.policy, quotas=one.policy.quotas or quotas) for one in (old, new))
    return old.text != new.text or is_worse_policy(before, after)


def is_worse_policy(old: Policy, new: Policy) -> bool:
    """Whether any promise shrinks: less notice, sunset, quota or pay, a later embargo, slower withdrawal."""
    shorter = new.notice_days < old.notice_days or new.sunset_days < old.sunset_days
    slower = new.withdrawal_days > old.withdrawal_days
    embargoed = new.embargo_until is not None and (old.embargo_until is None or new.embargo_until > old.embargo_until)
    return shorter or slower or embargoed or _has_tighter_quota(old, new) or _pays_less(old, new)


def _require_ahead(terms: Terms) -> None:
    """An embargo that was over when it was promised is a slip of whoever typed it."""
    until = terms.policy.embargo_until
    if until is not None and until <= terms.issued:
        raise GrantError(
            f"The embargo ends on {until:%Y-%m-%d}, {(terms.issued - until).days} days before the terms are issued; "
            f"give 1 to {LONGEST_EMBARGO.days} days, or none."
        )


def _take_turn(tx: Transaction, cohort: str) -> None:
    """Of two who found a cohort, or tell it the same terms, at once, the second is refused in words."""
    take_turn(tx, f"cohort/{cohort}")


def _has_tighter_quota(old: Policy, new: Policy) -> bool:
    before = {(quota.measure, quota.per): quota.limit for quota in old.quotas}
    return any(quota.limit < before.get((quota.measure, quota.per), quota.limit + 1) for quota in new.quotas)


def _pays_less(old: Policy, new: Policy) -> bool:
    after = {(rate.work, rate.currency): rate.amount for rate in new.rates}
    shares = {share.party: share.parts for share in new.split}
    return any(after.get((rate.work, rate.currency), 0) < rate.amount for rate in old.rates) or any(
        shares.get(share.party, 0) < share.parts for share in old.split
    )
