"""The measure of the book: every operation is timed on a database that holds as many videos as it says."""

import sqlalchemy as sa

from vitascope.bench.book import measure, timed


def test_each_operation_is_timed(sqlite):
    """Four operations over 40 videos, each with its number of runs."""
    report = measure(sqlite, videos=40, runs=5)

    assert 40 == report["videos"]
    assert [5] * 4 == [report[name]["n"] for name in ("create", "page_of_20", "waiting", "cancel")]
    with sqlite.reading() as tx:
        assert 45 == tx.execute(sa.text("SELECT count(*) FROM videos")).scalar_one()


def test_a_page_of_many_is_read_from_an_index(database):
    """A page of a party's videos reads no other rows: both databases plan it over the index by party and id."""
    query = "SELECT * FROM videos WHERE party = 'p' AND deleted_at IS NULL AND id < 'v' ORDER BY id DESC LIMIT 20"
    with database.reading() as tx:
        if not database.is_sqlite:
            tx.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = str(tx.execute(sa.text(f"EXPLAIN {'QUERY PLAN' if database.is_sqlite else ''} {query}")).all())

    assert "videos_by_party" in plan or "videos_pkey" in plan
    assert 'SCAN videos"' not in plan


def test_times_are_sorted_out():
    """Median, 95th percentile and longest come from the same runs."""
    told = timed(lambda: None, runs=20)

    assert told["median_ms"] <= told["p95_ms"] <= told["max_ms"]
