"""A mirror shows its table as it stands, whatever was entered, erased or put back since, and by whichever process."""

from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from vitascope.marks.book import DatabaseRegister
from vitascope.marks.mirror import Mirror, Table
from vitascope.provenance.register import Issued
from vitascope.store import tables
from vitascope.store.database import open_database

WORDS, OTHERS = np.random.default_rng(1).integers(0, 2**63, (2, 3, 4), dtype=np.uint64)


class Rows(dict):
    """A table in memory, number to id: a row has one to four records, and it counts how many rows were fetched."""

    fetched = 0

    def table(self):
        def since(number):
            for row in sorted(row for row in self if row >= number):
                self.fetched += 1
                yield row, self[row].to_bytes(8, "little") * (1 + self[row] % 4)

        def standing(number):
            rows = [row for row in self if row <= number]
            return len(rows), sum(rows)

        return Table(since=since, standing=standing)

    def told(self):
        return [self[row] for row in sorted(self) for _ in range(1 + self[row] % 4)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mirrors" / "table"


def seen(path, rows):
    """What a process of its own sees."""
    return Mirror(path, 1).read(rows.table())[:, 0].tolist()


CHANGES = {
    "a new row": lambda rows: rows.update({9: 91}),
    "an erased row": lambda rows: rows.pop(2),
    "the last row erased": lambda rows: rows.pop(3),
    "the last erased and its number given again": lambda rows: rows.update({3: 95}),
    "one erased and one entered": lambda rows: (rows.pop(1), rows.update({4: 97})),
    "a row with a lower number, whose transaction took longer": lambda rows: rows.update({0: 93}),
    "all erased": lambda rows: rows.clear(),
    "another database": lambda rows: (rows.clear(), rows.update({1: 71, 2: 73, 3: 75})),
    "nothing": lambda rows: None,
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("kept", [True, False], ids=["in a file", "in memory"])
def test_a_mirror_shows_the_table_as_it_stands(path, name, kept):
    """To the process that looked before, and to the next one."""
    rows = Rows({1: 13, 2: 27, 3: 31})
    mirror = Mirror(path if kept else None, 1)
    assert rows.told() == mirror.read(rows.table())[:, 0].tolist()

    CHANGES[name](rows)

    assert rows.told() == mirror.read(rows.table())[:, 0].tolist()
    assert rows.told() == seen(path, rows)


def test_only_what_came_since_is_fetched(path):
    """And the last row once more, by which the mirror knows its table; a look that finds nothing new is the same."""
    rows = Rows({number: number for number in range(1, 1001)})
    seen(path, rows)
    rows[1001] = 1001
    rows.fetched = 0
    mirror = Mirror(path, 1)

    first = mirror.read(rows.table())

    assert 2 == rows.fetched
    assert mirror.read(rows.table()) is first


@pytest.mark.parametrize(
    "broken", [b"", b"no mirror at all" * 99, b"vitamir1" + b"\x7f" * 56, None], ids=["empty", "foreign", "lies", "cut"]
)
def test_a_broken_mirror_is_begun_anew(path, broken):
    """It is a copy."""
    rows = Rows({1: 13, 2: 27})
    seen(path, rows)
    path.write_bytes(path.read_bytes()[:-4] if broken is None else broken)

    assert rows.told() == seen(path, rows)


def test_what_a_crash_left_is_written_over(path):
    """Records without the number that counts them are none."""
    rows = Rows({1: 13, 2: 27})
    seen(path, rows)
    with path.open("ab") as file:
        file.write(b"half a rec")

    rows[3] = 31

    assert rows.told() == seen(path, rows)


def test_whoever_looks_keeps_what_they_see(path):
    """Another process begins the mirror anew or adds to it meanwhile."""
    rows = Rows({1: 13, 2: 27})
    before = Mirror(path, 1).read(rows.table())
    told = before.tolist()

    rows[3] = 31
    seen(path, rows)
    del rows[1]
    seen(path, rows)

    assert told == before.tolist()


def test_without_a_place_to_write_it_is_slower_and_right(tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "mirrors").write_text("")
    rows, mirror = Rows({1: 13}), Mirror(tmp_path / "mirrors" / "table", 1)

    for number in range(2, 5):
        rows[number] = 10 * number + 1

        assert rows.told() == mirror.read(rows.table())[:, 0].tolist()


def done(mark_id):
    return Issued(mark_id=mark_id, time="2026-11-23T00:00:00+00:00")


def likenesses(database, folder, words):
    """Whom a process of its own finds."""
    found = DatabaseRegister(database, mirrors=folder).alike(words, within=0.25)
    return [one.mark_id for one in found]


def test_a_render_of_a_moment_ago_is_found_and_an_erased_one_is_not(database, tmp_path):
    """By processes that share a mirror; the file, too, forgets the erased one."""
    worker = DatabaseRegister(database)
    one, other = worker.take(), worker.take()
    worker.enter(done(one), WORDS)
    assert [one] == likenesses(database, tmp_path, WORDS)

    worker.enter(done(other), OTHERS)
    assert [other] == likenesses(database, tmp_path, OTHERS)

    with database.transaction() as tx:
        tx.execute(sa.delete(tables.fingerprints).where(tables.fingerprints.c.mark == f"{one:016x}"))
    assert [] == likenesses(database, tmp_path, WORDS)
    assert [other] == likenesses(database, tmp_path, OTHERS)
    (kept,) = tmp_path.glob("*-fingerprints")
    assert WORDS.tobytes()[:32] not in kept.read_bytes()
    assert OTHERS.tobytes()[:32] in kept.read_bytes()


def test_a_render_entered_again_has_its_last_pictures(database, tmp_path):
    """Not those of before."""
    worker = DatabaseRegister(database)
    mark_id = worker.take()
    for words, gone in ((WORDS, OTHERS), (OTHERS, WORDS)):
        worker.enter(done(mark_id), words)

        assert [mark_id] == likenesses(database, tmp_path, words)
        assert [] == likenesses(database, tmp_path, gone)


def test_ids_are_mirrored(database, tmp_path):
    """All that were taken, also by others, oldest first."""
    worker, desk = DatabaseRegister(database), DatabaseRegister(database, mirrors=tmp_path)
    ids = [worker.take() for _ in range(3)]
    assert ids == desk.ids().tolist()

    ids.append(worker.take())

    assert ids == desk.ids().tolist() == DatabaseRegister(database, mirrors=tmp_path).ids().tolist()


def _entering(url, number):
    """A worker that enters renders and looks for each of them as a check would."""
    database, missed = open_database(url, migrate=False), 0
    worker, rng = DatabaseRegister(database), np.random.default_rng(number)
    for _ in range(8):
        mark_id, words = worker.take(), rng.integers(0, 2**63, (2, 4), dtype=np.uint64)
        worker.enter(done(mark_id), words)
        missed += [mark_id] != likenesses(database, _folder(url), words)
    database.close()
    return missed


def _folder(url):
    return Path(url.removeprefix("sqlite:///") + "-mirrors")


@pytest.mark.slow
def test_processes_share_a_mirror(tmp_path):
    """Three that enter and look at once: each finds its own at once, and in the end all are there."""
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    open_database(url).close()

    with get_context("spawn").Pool(3) as pool:
        missed = pool.starmap(_entering, [(url, number) for number in range(3)])

    database = open_database(url)
    assert [0, 0, 0] == missed
    assert 24 == len(set(DatabaseRegister(database, mirrors=_folder(url)).ids().tolist()))
    assert 3 * 8 * 2 * 40 + 64 == next(_folder(url).glob("*-fingerprints")).stat().st_size
    database.close()
