"""Payouts: a run pays what is owed, once, however often it is prepared, and leaves out whoever has not said where."""

import pytest

from tests.programme.members import ANA, NOW, TEA, TOM, Leaves, at_once, euros, fill_pool
from vitascope.errors import MoneyError, OwnCaseError, RecordNotFoundError, RoleError
from vitascope.programme.actor import keeper
from vitascope.programme.money import journal, payout, repository
from vitascope.programme.money.journal import Entry
from vitascope.programme.money.pain import BankAccount
from vitascope.programme.money.royalty import Royalty, owe_each
from vitascope.programme.money.statement import as_document, as_html, as_text, statement
from vitascope.store.secrets import open_secrets

IBAN = "DE89370400440532013000"  # the example of the standard
ANAS = BankAccount(name="Ana Lima", iban=IBAN)


@pytest.fixture
def secrets(tmp_path):
    return open_secrets(tmp_path)


def owe(tx, party, cents, number=1):
    """Owes a party some money from the pool."""
    entry = Entry(
        id=f"award-{party}-{number}",
        debit="pool",
        credit=journal.payable(party),
        amount=euros(cents),
        purpose="bug",
        reference=f"contribution_{number}",
        by="raj",
    )
    journal.enter(tx, Leaves(), entry, now=NOW)


def prepare(tx, secrets, actor=TOM, name="2026-11"):
    return payout.prepare(tx, Leaves(), actor, name, currency="EUR", secrets=secrets, now=NOW)


def test_a_run_is_booked_while_royalties_are(database, secrets):
    """Whoever joined the run last stands last in it; royalties go by name; neither has to be given up."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves())
        for party in ("zoe", "ana"):
            owe(tx, party, 4_000)
            payout.tell_where(tx, Leaves(), party, ANAS, secrets=secrets, now=NOW)
            prepare(tx, secrets)
    owed = tuple((journal.payable(party), 1) for party in ("ana", "bo", "cy", "di", "ed", "zoe"))
    due = Royalty(render="video_1", price=euros(6), owed=owed, currency="EUR")

    ended = at_once(
        database,
        lambda tx: len(payout.confirm(tx, Leaves(), TOM, "2026-11", now=NOW)),
        lambda tx: owe_each(tx, Leaves(), [due], by="tom", now=NOW),
    )

    assert [2, 6] == ended


def test_a_run_pays_what_is_owed_to_whoever_said_where(database, secrets):
    """Ana is paid what she is owed; Ben, who has not said where, is named and stays owed."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves())
        owe(tx, "ana", 4_000)
        owe(tx, "ben", 500)
        payout.tell_where(tx, Leaves(), "ana", ANAS, secrets=secrets, now=NOW)

        run = prepare(tx, secrets)
        payout.confirm(tx, Leaves(), TOM, "2026-11", now=NOW)

        assert [(4_000, ANAS)] == [(payment.units, payment.to) for payment in run.payments]
        assert ("ben",) == run.left_out
        assert 0 == journal.balance(tx, "payable:ana", "EUR").held
        assert 4_000 == journal.balance(tx, "paid:sepa", "EUR").held
        assert 500 == journal.balance(tx, "payable:ben", "EUR").held
        assert 0 == sum(journal.balances(tx).values())


def test_a_run_prepared_twice_pays_once(database, secrets):
    """After a crash between file and booking the same run makes the same file; what came in since waits."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves())
        owe(tx, "ana", 4_000)
        payout.tell_where(tx, Leaves(), "ana", ANAS, secrets=secrets, now=NOW)
        first = prepare(tx, secrets)
    with database.transaction() as tx:
        owe(tx, "ana", 100, number=2)
        again = prepare(tx, secrets)
        payout.confirm(tx, Leaves(), TOM, "2026-11", now=NOW)
        payout.confirm(tx, Leaves(), TOM, "2026-11", now=NOW)

        assert first.payments == again.payments
        assert () == prepare(tx, secrets).payments
        assert 100 == journal.balance(tx, "payable:ana", "EUR").held


def test_a_run_the_bank_refused_is_owed_again(database, secrets):
    """Called off, the money is owed as before, and another run pays it."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves())
        owe(tx, "ana", 4_000)
        payout.tell_where(tx, Leaves(), "ana", ANAS, secrets=secrets, now=NOW)
        prepare(tx, secrets)
        payout.call_off(tx, Leaves(), TOM, "2026-11", now=NOW)

        assert 4_000 == journal.balance(tx, "payable:ana", "EUR").free
        assert 1 == len(prepare(tx, secrets, name="2026-12").payments)


def test_nobody_pays_themselves(database, secrets):
    """A treasurer's own money is left to another treasurer; a member runs nothing."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves())
        owe(tx, "tom", 4_000)
        payout.tell_where(tx, Leaves(), "tom", ANAS, secrets=secrets, now=NOW)

        assert ("tom",) == prepare(tx, secrets).left_out
        prepare(tx, secrets, TEA)
        with pytest.raises(OwnCaseError):
            payout.confirm(tx, Leaves(), TOM, "2026-11", now=NOW)
        with pytest.raises(RoleError):
            prepare(tx, secrets, ANA)
        payout.confirm(tx, Leaves(), TEA, "2026-11", now=NOW)
        assert 4_000 == journal.balance(tx, "paid:sepa", "EUR").held


@pytest.mark.parametrize("name", ["", "x" * 36, "2026/11", "a b", "jänner", "../x"])
def test_a_run_has_a_name_a_bank_file_carries(database, secrets, name):
    """Names go into file names and bank files, so they are letters, digits and dashes."""
    with database.transaction() as tx, pytest.raises(MoneyError):
        prepare(tx, secrets, name=name)


def test_where_somebody_is_paid_is_locked_and_deletable(database, secrets):
    """The number stands nowhere in the database or the log, and is gone when they say so."""
    log = Leaves()
    with database.transaction() as tx:
        payout.tell_where(tx, log, "ana", ANAS, secrets=secrets, now=NOW)
        stored = repository.details(tx)["ana"]
        assert IBAN not in stored
        assert IBAN not in str(log.events)
        assert payout.forget_where(tx, log, "ana", now=NOW)
        assert {} == repository.details(tx)


def test_what_waits_for_a_maker_is_claimed_by_the_right_party(database):
    """A credited maker who turns up gets what waited; not twice, and nobody claims for themselves."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves())
        waits = Entry(
            id="r-1",
            debit="pool",
            credit=journal.waiting_for("Ida Berg"),
            amount=euros(7),
            purpose="royalty",
            reference="video_1",
            by="engine",
        )
        journal.enter(tx, Leaves(), waits, now=NOW)
        claim = {"maker": "Ida Berg", "currency": "EUR", "now": NOW}
        with pytest.raises(OwnCaseError):
            payout.claim(tx, Leaves(), TOM, party="tom", **claim)
        payout.claim(tx, Leaves(), TOM, party="ida", **claim)

        assert 7 == journal.balance(tx, "payable:ida", "EUR").held
        with pytest.raises(RecordNotFoundError):
            payout.claim(tx, Leaves(), TOM, party="ida", **claim)


def test_a_statement_tells_a_person_everything(database, secrets):
    """Each thing owed, promised, paid and called off has its line, and the sum is what is owed now."""
    with database.transaction() as tx:
        fill_pool(tx, Leaves())
        owe(tx, "ana", 4_000)
        owe(tx, "ben", 1)
        payout.tell_where(tx, Leaves(), "ana", ANAS, secrets=secrets, now=NOW)
        prepare(tx, secrets)
        told = statement(tx, "ana")

        assert [("owed", 4_000), ("on its way out", -4_000)] == [(item.state, item.units) for item in told.items]
        payout.confirm(tx, Leaves(), TOM, "2026-11", now=NOW)
        told = statement(tx, "ana")
        assert [("owed", 4_000), ("paid", -4_000)] == [(item.state, item.units) for item in told.items]
        assert (("EUR", 0),) == told.owed
        assert "Owed to ana now: 0.00 EUR." in as_text(told)
        assert 2 == len(as_document(told)["items"])


def test_a_statement_as_a_page_runs_nothing(database):
    """Whatever a party is called, its name is text."""
    with database.reading() as tx:
        page = as_html(statement(tx, "<script>x</script>"))

    assert "<script>" not in page


def test_roles_are_asked_before_anything_is_read(database, secrets):
    """Somebody without a role learns nothing about who is owed what."""
    with database.transaction() as tx, pytest.raises(RoleError):
        prepare(tx, secrets, keeper("tom", (), at=NOW))
    with database.transaction() as tx, pytest.raises(RoleError):
        payout.confirm(tx, Leaves(), keeper("x", (), at=NOW), "2026-11", now=NOW)
