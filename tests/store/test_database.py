"""The database: one interface over SQLite and PostgreSQL, all or nothing, and plain words in an outage."""

import threading
import time
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from vitascope.refusals import DatabaseError
from vitascope.store import tables
from vitascope.store.database import clock, open_database, take_turn

PARTY = {
    "id": "p1", "name": "Ana", "priority": "normal", "requests_per_minute": 1, "jobs_in_flight": 1,
    "seconds_per_day": 1, "created_at": 0.0,
}  # fmt: skip


def _names(database):
    with database.reading() as tx:
        return [row.name for row in tx.execute(sa.select(tables.parties.c.name))]


def test_what_a_transaction_writes_is_there(database):
    """A block that ends well is kept."""
    with database.transaction() as tx:
        tx.execute(sa.insert(tables.parties).values(PARTY))

    assert ["Ana"] == _names(database)


def test_a_transaction_that_raises_leaves_nothing(database):
    """A block that raises is as if it had never begun."""

    def stumble():
        with database.transaction() as tx:
            tx.execute(sa.insert(tables.parties).values(PARTY))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()

    assert [] == _names(database)


def test_who_takes_turns_sees_what_was_written_before(database):
    """On both kinds whoever counts and writes in turn is never beside another one."""
    counted = []

    def add(number):
        with database.transaction() as tx:
            take_turn(tx, "counting")
            seen = tx.execute(sa.select(sa.func.count()).select_from(tables.parties)).scalar_one()
            time.sleep(0.01)
            tx.execute(sa.insert(tables.parties).values({**PARTY, "id": f"p{number}"}))
            counted.append(seen)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert list(range(8)) == sorted(counted)


def test_two_who_count_and_write_do_not_pass_each_other(sqlite):
    """On SQLite a writer that reads first keeps other writers out until it is done."""
    counted = []

    def add(number):
        with sqlite.transaction() as tx:
            seen = tx.execute(sa.select(sa.func.count()).select_from(tables.parties)).scalar_one()
            tx.execute(sa.insert(tables.parties).values({**PARTY, "id": f"p{number}"}))
            counted.append(seen)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert list(range(12)) == sorted(counted)


def test_sqlite_keeps_what_it_has_said_yes_to(sqlite):
    """A commit is on the disk before it is answered, and readers are not kept waiting."""
    with sqlite.reading() as tx:
        assert "wal" == tx.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        assert 2 == tx.exec_driver_sql("PRAGMA synchronous").scalar_one()


def test_an_outage_is_told_as_one(postgres):
    """A database that went away gives DatabaseError, and serves again when it is back, through the same object."""
    database = open_database(postgres.new_database())
    postgres.stop()
    try:
        with pytest.raises(DatabaseError, match="does not answer"):
            database.check()
    finally:
        postgres.start()

    database.check()
    database.close()


def test_a_locked_file_is_an_outage(tmp_path):
    """A folder that cannot hold a database gives DatabaseError, not a driver's words."""
    (tmp_path / "taken").mkdir()

    with pytest.raises(DatabaseError):
        open_database(f"sqlite:///{tmp_path}/taken")


@pytest.mark.parametrize("url", ["mysql://x/y", "no url at all"])
def test_a_foreign_url_is_refused(url):
    """Only the two kinds that are tested are opened, and the URL, which may hold a password, is not repeated."""
    with pytest.raises(DatabaseError) as refused:
        open_database(url)

    assert url not in str(refused.value)


def test_machines_agree_on_the_time(database, monkeypatch):
    """A process whose own clock is an hour wrong has the database's time on PostgreSQL; a file has one machine."""
    right = time.time()
    if not database.is_sqlite:
        monkeypatch.setattr("vitascope.store.database.time", SimpleNamespace(time=lambda: right + 3600))
    with database.reading() as tx:
        assert abs(clock(tx) - right) < 60


def test_a_desk_that_writes_without_a_break_lets_workers_in(tmp_path):
    """On SQLite who finds the lock taken sleeps: another process, here another pool, gets its turns all the same."""
    url = f"sqlite:///{tmp_path}/v.db"
    desk, worker, is_over = open_database(url), open_database(url), threading.Event()

    def write(database, seconds):
        with database.transaction() as tx:
            tx.execute(sa.update(tables.parties).values(priority="high"))
            time.sleep(seconds)

    def write_on():
        while not is_over.is_set():
            write(desk, 0.01)

    writing = threading.Thread(target=write_on)
    writing.start()
    waits = []
    for _ in range(20):
        began = time.monotonic()
        write(worker, 0.001)
        waits.append(time.monotonic() - began)
    is_over.set()
    writing.join()
    desk.close()
    worker.close()

    assert sum(waits) < 4.0, waits  # 8 s and more where nobody makes room


def test_who_wrote_leaves_the_file_to_others_and_not_for_long(sqlite):
    """The pause is as long as the transaction was, and no longer than a twentieth of a second."""

    def taken(seconds):
        with sqlite.transaction():
            time.sleep(seconds)
        began = time.monotonic()
        with sqlite.transaction():
            return time.monotonic() - began

    assert taken(0.03) >= 0.029
    assert 0.049 <= taken(0.3) < 0.25


def test_postgresql_waits_for_nobody(postgres):
    """PostgreSQL has many writers: nothing is slowed there."""
    database = open_database(postgres.new_database())
    waits = []
    for _ in range(5):
        with database.transaction():
            time.sleep(0.05)
        began = time.monotonic()
        with database.transaction():
            waits.append(time.monotonic() - began)
    database.close()

    assert min(waits) < 0.04


def test_closing_waits_for_what_is_under_way(postgres):
    """A thread in the middle of a transaction ends it, and its connection is closed, not lost."""
    database, held, is_begun = open_database(postgres.new_database()), [], threading.Event()

    def write():
        with database.transaction() as tx:
            held.append(tx.connection.driver_connection)
            is_begun.set()
            time.sleep(0.2)

    writing = threading.Thread(target=write)
    writing.start()
    is_begun.wait()
    database.close()
    writing.join()

    assert held[0].closed


def test_who_only_asks_makes_no_database(tmp_path):
    """A mistyped address would be an empty register, in which nothing was ever made."""
    with pytest.raises(DatabaseError, match=r"There is no database in .*house\.db"):
        open_database(f"sqlite:///{tmp_path / 'here' / 'house.db'}", make=False)
    assert [] == list(tmp_path.iterdir())

    open_database(f"sqlite:///{tmp_path / 'house.db'}").close()
    open_database(f"sqlite:///{tmp_path / 'house.db'}", make=False).close()
