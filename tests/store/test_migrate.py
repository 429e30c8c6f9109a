"""The schema: from nothing and from every older one to today's, on both kinds of database."""

import shutil
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from houses import NOW, SECRETS
from sqlalchemy.exc import InternalError

from tests.programme.members import Leaves
from vitascope.programme.access import gate, repository
from vitascope.programme.credential import draw
from vitascope.programme.door import Knock
from vitascope.refusals import DatabaseError
from vitascope.store import people_tables, tables
from vitascope.store.database import open_database, open_for_reading
from vitascope.store.migrate import revision_of, upgrade

_VIDEO = {
    "id": "video_1", "party": "p", "key": "k", "model": "s", "order": "{}", "fingerprint": "f", "seconds": 4.0,
    "state": "queued", "urgency": 1, "progress": 0, "attempts": 0, "created_at": 1.0,
}  # fmt: skip


def _ours(_object, name, kind, *_):
    return not (kind == "table" and (name.startswith("dbos") or name not in tables.metadata.tables))


def test_the_migrations_make_what_the_repositories_expect(database):
    """From an empty database the changes lead to exactly the tables in tables.py."""
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": False})

        assert [] == compare_metadata(context, tables.metadata)


def test_an_older_database_comes_along(database_url):
    """A database of the first schema is brought up to date and keeps its rows."""
    old = open_database(database_url, migrate=False)
    upgrade(old.engine, "0001")
    with old.transaction() as tx:
        tx.execute(sa.insert(tables.videos).values(_VIDEO))
    old.close()

    database = open_database(database_url)

    with database.reading() as tx:
        assert ["video_1"] == tx.execute(sa.select(tables.videos.c.id)).scalars().all()
        assert [] == tx.execute(sa.select(tables.events.c.id)).scalars().all()
        assert "0002" <= (revision_of(tx) or "")
    database.close()


def test_a_newer_database_is_left_alone(database_url):
    """A program that is older than its database says so and touches nothing."""
    database = open_database(database_url)
    with database.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(DatabaseError, match="9999"):
        open_database(database_url)


def test_who_only_looks_at_an_older_database_leaves_it(database_url):
    """It keeps its schema, and the answer says which one that is, which one is read, and what to do."""
    old = open_database(database_url, migrate=False)
    upgrade(old.engine, "0006")

    with pytest.raises(DatabaseError, match=r"schema '0006'.*reads '0015'.*vitascope serve"):
        open_for_reading(database_url)

    with old.reading() as tx:
        assert "0006" == revision_of(tx)
    old.close()


def test_who_only_looks_writes_nothing(prepared_url):
    """Rows are read; what would write is refused."""
    with closing(open_database(prepared_url)) as database, database.transaction() as tx:
        tx.execute(sa.insert(tables.videos).values(_VIDEO))

    with closing(open_for_reading(prepared_url)) as looking:
        with looking.reading() as tx:
            assert ["video_1"] == tx.execute(sa.select(tables.videos.c.id)).scalars().all()
        with pytest.raises((DatabaseError, InternalError), match=r"read-?only"), looking.transaction() as tx:
            tx.execute(sa.insert(tables.videos).values(_VIDEO | {"id": "video_2"}))


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_file_that_is_only_looked_at_stays_the_same_to_the_byte(made_sqlite, tmp_path, mode):
    """However it is journalled, and whatever letters its folder has."""
    path = tmp_path / "a b#c%20d" / "vita.db"
    url = f"sqlite:///{path}".replace("%", "%25")
    path.parent.mkdir()
    shutil.copy(made_sqlite, path)
    with (
        closing(open_database(url, migrate=False)) as database,
        database.engine.connect() as connection,
    ):
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"PRAGMA journal_mode={mode}")
        connection.exec_driver_sql("BEGIN")
    before = path.read_bytes()

    with closing(open_for_reading(url)) as looking, looking.reading() as tx:
        assert [] == tx.execute(sa.select(tables.videos.c.id)).scalars().all()

    assert before == path.read_bytes()


def test_a_database_of_something_else_is_told_apart(database_url):
    """One without any of our tables is no older one."""
    with closing(open_database(database_url, migrate=False)) as empty:
        empty.check()  # which makes the file

    with pytest.raises(DatabaseError, match="nothing of Vitascope"):
        open_for_reading(database_url)


def test_a_newer_database_is_not_looked_at(database_url):
    """What a newer program keeps may mean something else."""
    with closing(open_database(database_url)) as database, database.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseError, match="9999"):
        open_for_reading(database_url)


def test_processes_that_start_together_do_not_stumble(database_url):
    """Of several that open an empty database at once, one makes the tables and the others find them."""
    failures = []

    def start():
        try:
            open_database(database_url).close()
        except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert [] == failures


def test_keys_from_before_the_programme_become_keys_of_permissions(database_url):
    """Each opens the door as before, hangs on its party's early access, and is watched like any member's."""
    old = open_database(database_url, migrate=False)
    upgrade(old.engine, "0003")
    credential = draw()
    facts = {"id": "party_1", "name": "Ana", "priority": "normal", "created_at": NOW - 86_400}
    limits = {"requests_per_minute": 600, "jobs_in_flight": 1_000, "seconds_per_day": 36_000}
    key = {
        "id": credential.id, "party": "party_1", "name": "laptop", "digest": credential.digest(SECRETS.pepper),
        "scopes": "video.create video.read", "created_at": NOW - 86_400, "expires_at": NOW + 86_400,
    }  # fmt: skip
    with old.transaction() as tx:
        tx.execute(sa.insert(tables.parties).values(**facts, **limits))
        tx.execute(sa.insert(tables.keys).values(**key))
    old.close()

    database = open_database(database_url)
    with database.transaction() as tx:
        knock = Knock(credential=credential.text, scope="video.create", jobs=1, seconds=4.0)
        entered = gate.enter(tx, knock, secrets=SECRETS, log=Leaves(), now=NOW)
        bound = repository.bound(tx, credential.id)
        names = [found.id for found in repository.permissions_of(tx, "party_1")]
    database.close()

    assert entered.decision.allow
    assert ("access_party_1", "member") == (bound.permission, bound.kind)
    assert ["access_party_1"] == names


def test_fingerprints_are_numbered_and_kept(database_url):
    """Those from before the seventh schema have the words they had; whoever comes next has the next number."""
    old = open_database(database_url, migrate=False)
    upgrade(old.engine, "0006")
    with old.transaction() as tx:
        tx.execute(
            sa.text("INSERT INTO fingerprints (mark, words) VALUES ('0b', :b), ('0a', :a)"), {"a": b"1", "b": b"2"}
        )
    old.close()

    database = open_database(database_url)
    with database.transaction() as tx:
        tx.execute(sa.insert(tables.fingerprints).values(mark="0c", words=b"3"))
        tx.execute(sa.delete(tables.fingerprints).where(tables.fingerprints.c.mark == "0c"))
        tx.execute(sa.insert(tables.fingerprints).values(mark="0d", words=b"4"))
        rows = tx.execute(sa.select(tables.fingerprints).order_by("number")).all()
    database.close()

    assert [(1, "0a", b"1"), (2, "0b", b"2"), (4, "0d", b"4")] == [tuple(row) for row in rows]


def test_passes_from_before_the_fourteenth_schema_are_as_later_ones(database_url):
    """A guest's key has no end of its own, so that reading goes on after the pass, and limits within its host's."""
    old = open_database(database_url, migrate=False)
    upgrade(old.engine, "0013")
    facts = {"name": "x", "created_at": NOW, "priority": "low"}
    few, many = (dict.fromkeys(("requests_per_minute", "jobs_in_flight", "seconds_per_day"), most) for most in (3, 600))
    below = {"grantor": "ana", "uses": "video.create", "terms": "t", "quotas": "[]", "state": "active"}
    below |= {"object": "engine", "valid_from": NOW, "valid_until": NOW + 9}
    with old.transaction() as tx:
        tx.execute(sa.insert(tables.parties).values(id="ana", **facts, **few))
        tx.execute(sa.insert(tables.parties).values(id="guest_1", **facts, **many))
        for name, parent, whose in (("access_ana", None, "ana"), ("pass_1", "access_ana", "guest_1")):
            tx.execute(sa.insert(people_tables.permissions).values(id=name, parent=parent, grantee=whose, **below))
            key = {"id": f"key_{whose}", "party": whose, "name": "x", "digest": "d", "scopes": "", "created_at": NOW}
            tx.execute(sa.insert(tables.keys).values(**key, expires_at=NOW + 9))
    old.close()

    database = open_database(database_url)
    with database.reading() as tx:
        rows = tx.execute(sa.select(tables.keys.c.id, tables.keys.c.expires_at)).all()
        limits = tx.execute(
            sa.select(*(tables.parties.c[name] for name in few)).where(tables.parties.c.id == "guest_1")
        )
        assert {"key_ana": NOW + 9, "key_guest_1": None} == dict(map(tuple, rows))
        assert (3, 3, 3) == tuple(limits.one())
    database.close()
