"""Pay is not lowered at once: whoever works under terms hears of it as long before as those promise."""

from dataclasses import replace

import pytest

from tests.programme.members import DAY, NOW, TOM, Leaves, add_render, fill_pool
from vitascope.errors import MoneyError, RecordNotFoundError, RoleError
from vitascope.programme import royalties
from vitascope.programme.access.repository import Cohort
from vitascope.programme.actor import keeper
from vitascope.programme.money import journal, rates
from vitascope.programme.people import cohorts
from vitascope.rights.terms import Policy, Terms

TERMS = Terms(text="Make what you like; it is yours.", issued=NOW, policy=Policy())
AMOUNTS = {rate.work: rate.amount for rate in rates.SEED.rates}


def table(parts=300_000, currency="EUR", **changed):
    amounts = AMOUNTS | {work.replace("_", ".", 1): units for work, units in changed.items()}
    return rates.table(currency, sorted(amounts.items()), parts)


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


@pytest.fixture
def promised(tx):
    """Two cohorts, one of which was promised sixty days."""
    for name, days in (("first", 30), ("second", 60)):
        terms = replace(TERMS, policy=Policy(notice_days=days))
        cohorts.found(tx, Leaves(), Cohort(id=name, name=name), terms, by="sam", now=NOW)
    return tx


@pytest.mark.parametrize("lower", [table(bug_low=3_999), table(parts=299_999), table(currency="USD")])
def test_lower_pay_waits_for_the_longest_notice(promised, lower):
    """Any amount, the artists' part, or money that nobody can compare; until then it is told."""
    day = rates.publish(promised, Leaves(), TOM, lower, now=NOW)

    assert NOW + 60 * DAY == day
    assert rates.SEED == rates.in_force(promised, day - DAY)
    assert ((day, lower),) == rates.coming(promised, day - DAY)
    assert lower == rates.in_force(promised, day)
    assert () == rates.coming(promised, day)


def test_a_work_that_is_left_out_is_paid_less(promised):
    """Nothing is the lowest amount."""
    less = rates.table("EUR", [(work, units) for work, units in AMOUNTS.items() if work != "clip.second"], 300_000)

    assert NOW + 60 * DAY == rates.publish(promised, Leaves(), TOM, less, now=NOW)


def test_more_pay_counts_at_once(promised):
    """Also where it is the same for the rest."""
    more = table(bug_low=4_001)

    assert NOW == rates.publish(promised, Leaves(), TOM, more, now=NOW)
    assert more == rates.in_force(promised, NOW)


def test_before_there_is_a_cohort_nobody_was_promised_anything(tx):
    """An operator settles rates of their own first."""
    assert NOW == rates.publish(tx, Leaves(), TOM, table(bug_low=1), now=NOW)


def test_a_render_is_paid_by_the_table_of_its_day(promised):
    """What was made before a table counted is owed by the one before, however late it is booked."""
    fill_pool(promised, Leaves())
    day = rates.publish(promised, Leaves(), TOM, table(render_second=1), now=NOW)
    for name, at in (("before", day - DAY), ("after", day + DAY)):
        add_render(promised, name, frames=800, fps=8, credits=[name], completed_at=at.timestamp())
    royalties.owe_all(promised, Leaves(), TOM, now=day + 9 * DAY)

    held = {account: units for (account, _), units in journal.balances(promised).items() if "waiting:" in account}
    assert {"waiting:before": 120, "waiting:after": 30} == held


def test_a_table_that_was_called_off_never_counts(promised):
    """Not on its day and not after; one leaf says so, and what was in force goes on."""
    lower, log = table(bug_low=1), Leaves()
    day = rates.publish(promised, Leaves(), TOM, lower, now=NOW)
    kept = rates.call_off(promised, log, TOM, lower.hash, now=day - DAY)

    assert rates.SEED == kept == rates.in_force(promised, day) == rates.in_force(promised, day + 99 * DAY)
    assert () == rates.coming(promised, NOW)
    assert rates.SEED == rates.of_day(rates.until(promised, day + DAY), (day + DAY).timestamp())
    assert [("rates.called off", "tom", lower.hash)] == [(one.kind, one.by, one.about) for one in log.events]


def test_what_counts_cannot_be_called_off(promised):
    """From its very moment on, nor what was never told, nor the same one twice; told anew, its notice begins anew."""
    lower, raised = table(bug_low=1), table(bug_low=9_999)
    rates.publish(promised, Leaves(), TOM, raised, now=NOW)
    day = rates.publish(promised, Leaves(), TOM, lower, now=NOW)
    for digest, moment in ((raised.hash, NOW), (lower.hash, day)):
        with pytest.raises(MoneyError, match="counts since"):
            rates.call_off(promised, Leaves(), TOM, digest, now=moment)
    rates.call_off(promised, Leaves(), TOM, lower.hash, now=NOW)
    for digest in (lower.hash, "0" * 64, ""):
        with pytest.raises(RecordNotFoundError):
            rates.call_off(promised, Leaves(), TOM, digest, now=NOW)

    assert NOW + 61 * DAY == rates.publish(promised, Leaves(), TOM, lower, now=NOW + DAY)
    assert ((NOW + 61 * DAY, lower),) == rates.coming(promised, NOW + DAY)


def test_a_table_in_force_that_is_told_again_can_be_called_off_for_then(promised):
    """Only what waits is taken back: what counted before goes on counting in its days."""
    lower = table(bug_low=1)
    first = rates.publish(promised, Leaves(), TOM, lower, now=NOW)
    rates.publish(promised, Leaves(), TOM, table(), now=first + DAY)
    again = rates.publish(promised, Leaves(), TOM, lower, now=first + 2 * DAY)
    rates.call_off(promised, Leaves(), TOM, lower.hash, now=first + 3 * DAY)

    assert table() == rates.in_force(promised, again)
    assert lower == rates.of_day(rates.until(promised, again), first.timestamp())


def test_calling_off_takes_a_treasurer(promised):
    """Whoever reviews, or is a member, does not."""
    lower = table(bug_low=1)
    rates.publish(promised, Leaves(), TOM, lower, now=NOW)
    with pytest.raises(RoleError):
        rates.call_off(promised, Leaves(), keeper("ana", (), at=NOW), lower.hash, now=NOW)

    assert 1 == len(rates.coming(promised, NOW))
