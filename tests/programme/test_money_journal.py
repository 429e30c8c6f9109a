"""The journal: double entry, pending once resolved, nothing taken that is not there, whatever happens at once."""

import threading
from dataclasses import replace

import pytest

from tests.programme.members import ANA, NOW, TOM, Leaves, euros, fill_pool
from vitascope.errors import LogError, MoneyError, PoolError, RecordNotFoundError, RoleError, TransferError
from vitascope.programme.money import journal, rates, repository
from vitascope.programme.money.amount import Amount
from vitascope.programme.money.journal import Entry
from vitascope.rights.log import Log

AWARD = Entry(
    id="award-1",
    debit="pool",
    credit="payable:ana",
    amount=euros(4_000),
    purpose="bug",
    reference="contribution_1",
    by="raj",
)


class Broken:
    """A log on a disk that is full."""

    def append(self, event):
        raise LogError("the disk is full")


def test_what_is_awarded_leaves_the_pool_and_is_owed(database):
    """Both accounts move by the same amount, and each currency sums to zero."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 10_000)
        journal.enter(tx, Leaves(), AWARD, now=NOW)

        assert 6_000 == journal.balance(tx, "pool", "EUR").held
        assert 4_000 == journal.balance(tx, "payable:ana", "EUR").held
        assert 0 == sum(journal.balances(tx).values())


def test_the_pool_cannot_be_overdrawn(database):
    """One cent more than there is enters nothing and writes no leaf; what is promised is not there twice."""
    log = Leaves()
    with database.transaction() as tx:
        fill_pool(tx, log, 4_000)
        journal.enter(tx, log, AWARD, now=NOW, is_pending=True)
        leaves = len(log.events)

        with pytest.raises(PoolError, match=r"0\.00 EUR free"):
            journal.enter(tx, log, replace(AWARD, id="award-2", amount=euros(1)), now=NOW)

        assert leaves == len(log.events)
        assert 4_000 == journal.balance(tx, "pool", "EUR").held
        assert 0 == journal.balance(tx, "pool", "EUR").free


def test_another_currency_is_another_pool(database):
    """Euro in the pool back no yen."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 10_000)

        with pytest.raises(PoolError):
            journal.enter(tx, Leaves(), replace(AWARD, amount=Amount(units=1, currency="JPY")), now=NOW)


def test_the_same_entry_twice_is_one_transfer(database):
    """A retry after a crash finds what was entered; the same id for something else is refused."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 10_000)
        first = journal.enter(tx, Leaves(), AWARD, now=NOW)
        again = journal.enter(tx, Leaves(), AWARD, now=NOW)

        assert first.id == again.id
        assert 4_000 == journal.balance(tx, "payable:ana", "EUR").held
        with pytest.raises(TransferError, match="award-1"):
            journal.enter(tx, Leaves(), replace(AWARD, amount=euros(1)), now=NOW)


def test_a_pending_transfer_resolves_once(database):
    """Posted again it stays one; voided after that it is refused, and the other way round."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 10_000)
        journal.enter(tx, Leaves(), AWARD, now=NOW, is_pending=True)
        assert 0 == journal.balance(tx, "payable:ana", "EUR").held
        journal.post(tx, Leaves(), "award-1", by="tom", now=NOW)
        journal.post(tx, Leaves(), "award-1", by="tom", now=NOW)

        assert 4_000 == journal.balance(tx, "payable:ana", "EUR").held
        with pytest.raises(TransferError):
            journal.void(tx, Leaves(), "award-1", by="tom", now=NOW)

        journal.enter(tx, Leaves(), replace(AWARD, id="award-2"), now=NOW, is_pending=True)
        journal.void(tx, Leaves(), "award-2", by="tom", now=NOW)
        assert journal.balance(tx, "pool", "EUR").free == 6_000
        with pytest.raises(TransferError):
            journal.post(tx, Leaves(), "award-2", by="tom", now=NOW)
        with pytest.raises(RecordNotFoundError):
            journal.post(tx, Leaves(), "nobody", by="tom", now=NOW)


@pytest.mark.parametrize(
    "changes",
    [{"credit": "pool"}, {"reference": " "}, {"id": ""}, {"id": "x" * 57}, {"debit": "a\nb"}, {"credit": ""}],
)
def test_a_transfer_that_says_nothing_is_refused(database, changes):
    """It needs an id, two accounts and what it is for."""
    with database.transaction() as tx, pytest.raises(MoneyError):
        journal.enter(tx, Leaves(), replace(AWARD, **changes), now=NOW)


def test_nothing_is_entered_when_the_log_cannot_be_written(database):
    """The leaf comes first: without it there is no transfer."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 10_000)
    with pytest.raises(LogError), database.transaction() as tx:
        journal.enter(tx, Broken(), AWARD, now=NOW)

    with database.reading() as tx:
        assert repository.find(tx, "award-1") is None


def test_a_crash_between_leaf_and_effect_leaves_a_leaf_and_no_money(database, tmp_path, signer):
    """The other way round, money without a leaf, cannot happen; a retry enters it once."""
    log = Log(tmp_path / "log", signer)
    with database.transaction() as tx:
        fill_pool(tx, log, 10_000)

    def entered_and_cut_off():
        with database.transaction() as tx:
            journal.enter(tx, log, AWARD, now=NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        entered_and_cut_off()

    with database.transaction() as tx:
        assert (2, None) == (log.size, repository.find(tx, "award-1"))
        journal.enter(tx, log, AWARD, now=NOW)
        assert 4_000 == journal.balance(tx, "payable:ana", "EUR").held


def test_forty_at_once_cannot_overdraw_the_pool(database):
    """Of forty awards of 100 on a pool of 1,000 exactly ten happen, on both kinds of database."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves(), 1_000)
    done, gate = [], threading.Barrier(8)

    def award(first):
        gate.wait()
        for number in range(first, first + 5):
            entry = replace(AWARD, id=f"award-{number}", credit=f"payable:p{number}", amount=euros(100))
            try:
                with database.transaction() as tx:
                    journal.enter(tx, Leaves(), entry, now=NOW)
                done.append(number)
            except PoolError:
                pass

    threads = [threading.Thread(target=award, args=(5 * place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as tx:
        assert 10 == len(done)
        assert 0 == journal.balance(tx, "pool", "EUR").held
        assert 0 == sum(journal.balances(tx).values())


def test_the_rate_table_is_published_by_a_treasurer_and_dated(database):
    """A member publishes nothing; what was in force earlier stays readable."""
    dearer = rates.table("EUR", [("bug.low", 5_000)], 400_000)
    with database.transaction() as tx:
        with pytest.raises(RoleError):
            rates.publish(tx, Leaves(), ANA, dearer, now=NOW)
        rates.publish(tx, Leaves(), TOM, dearer, now=NOW)

        assert dearer == rates.in_force(tx, NOW)
        assert rates.SEED == rates.in_force(tx, NOW.replace(hour=1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"currency": "EUR", "rates": {}, "royalty_parts": 1}',
        '{"currency": "EUR", "rates": {"bug.low": 1.5}, "royalty_parts": 1}',
        '{"currency": "EUR", "rates": {"bug.low": -1}, "royalty_parts": 1}',
        '{"currency": "XXX", "rates": {"bug.low": 1}, "royalty_parts": 1}',
        '{"currency": "EUR", "rates": {"smiles": 1}, "royalty_parts": 1}',
        '{"currency": "EUR", "rates": {"bug.low": 1}, "royalty_parts": 1000001}',
    ],
)
def test_a_rate_table_that_is_none_is_refused(text):
    """Unknown works, fractional, negative and foreign amounts, and parts beyond the whole."""
    with pytest.raises(MoneyError):
        rates.read(text)


def test_a_rate_table_survives_being_written_and_read():
    """What is stored is what was published."""
    import json

    assert rates.SEED == rates.read(json.dumps(rates.SEED.document))
