"""The register of marks in a database, of both kinds; it answers as the local one does."""

import numpy as np
import pytest

from vitascope.marks.book import DatabaseRegister
from vitascope.provenance.register import Issued, LocalRegister
from vitascope.refusals import DatabaseError
from vitascope.store.database import open_database

WORDS, OTHERS = np.random.default_rng(1).integers(0, 2**63, (2, 3, 4), dtype=np.uint64)


@pytest.fixture
def register(database):
    return DatabaseRegister(database)


def done(mark_id, **told):
    return Issued(mark_id=mark_id, time="2026-11-23T00:00:00+00:00", **told)


def test_an_id_is_entered_before_it_is_used(register, database):
    """A render that dies leaves an id without hashes; every other process knows it at once."""
    mark_id = register.take(party="ana")

    known = DatabaseRegister(database).get(mark_id)

    assert ("ana", "", (0, 0)) == (known.party, known.manifest_sha256, known.size)
    assert [mark_id] == DatabaseRegister(database).ids().tolist()


def test_a_finished_render_is_told_once(register):
    """Entering it again, as a worker may that begins anew, changes nothing; ids of 64 bits come back whole."""
    first, second = register.take(), register.take()
    top = (1 << 64) - 1
    entry = done(first, model="s", manifest_sha256="aa", frames_sha256="bb", size=(64, 48), party="p1")

    for render in (entry, entry, done(top)):
        register.enter(render, WORDS)

    assert [first, second, top] == register.ids().tolist()
    assert entry == register.get(first)
    assert ((64, 48),) == register.sizes()
    assert register.get(first ^ 1) is None


def test_ids_of_many_workers_keep_their_distance(database):
    """Each worker sees what the others took: any two ids differ in 13 bits and more."""
    workers = [DatabaseRegister(database) for _ in range(3)]

    ids = [worker.take() for _ in range(40) for worker in workers]

    apart = [(one ^ other).bit_count() for at, one in enumerate(ids) for other in ids[:at]]
    assert 13 <= min(apart)
    assert ids == workers[0].ids().tolist()


def test_copies_of_a_render_lead_to_one_another(register):
    """From the first and from each copy."""
    first = register.take(party="ada")
    copy = register.take(party="bo", copy_of=first)
    register.take()

    assert ["ada", "bo"] == [entry.party for entry in register.copies(first)]
    assert register.copies(first) == register.copies(copy)


def test_pictures_are_found_again(register, database):
    """By another process, by one that looked before, and with a bit of each word changed."""
    one, other = register.take(), register.take()
    looking = DatabaseRegister(database)
    assert () == looking.alike(WORDS, within=0.25)

    register.enter(done(one), WORDS)
    register.enter(done(other), OTHERS[:2])
    register.enter(done(9), WORDS[:0])  # flat pictures have no words

    assert [one] == [found.mark_id for found in looking.alike(WORDS ^ np.uint64(1), within=0.25)]
    assert [other] == [found.mark_id for found in looking.alike(OTHERS, within=0.25)]


def test_a_server_takes_over_what_its_folder_held(register, tmp_path):
    """Once, and only while nothing was entered in the database."""
    local = LocalRegister(tmp_path / "home")
    first, bare, last = local.take(party="ana"), local.take(), local.take()
    local.enter(done(first, model="s", size=(64, 64), party="ana"), WORDS)
    local.enter(done(last, copy_of=first), OTHERS)

    assert 3 == register.adopt(local)
    assert 0 == register.adopt(local)
    assert [first, bare, last] == register.ids().tolist()
    assert local.get(first) == register.get(first)
    assert [first, last] == [entry.mark_id for entry in register.copies(last)]
    assert [last] == [found.mark_id for found in register.alike(OTHERS, within=0.1)]


def test_an_empty_folder_holds_nothing_to_take_over(register, tmp_path):
    assert 0 == register.adopt(LocalRegister(tmp_path))


def test_a_worker_waits_for_a_database_that_is_away(postgres):
    """What is to be tried again is up to who opens the register; without that an outage is told at once."""
    database = open_database(postgres.new_database())
    tries = []

    def thrice(act):
        tries.append(1)
        try:
            return act()
        except DatabaseError:
            postgres.start()
            return thrice(act)

    postgres.stop()
    try:
        with pytest.raises(DatabaseError):
            DatabaseRegister(database).take()
        mark_id = DatabaseRegister(database, attempt=thrice).take()
    finally:
        if not tries:
            postgres.start()

    assert [1, 1] == tries
    assert [mark_id] == DatabaseRegister(database).ids().tolist()
    database.close()
