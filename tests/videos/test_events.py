"""Events: each is shown once and in order, previews replace each other, and old ones go."""

from shop import NOW, claim, finish, submit

from vitascope.videos import claims, events
from vitascope.videos.job import Stage


def _types(database, tail):
    with database.reading() as tx:
        return [event.type for event in tail.read(tx)]


def test_a_job_is_told_as_it_goes(database):
    """Everything that happens is seen once, by its party alone."""
    tail, stranger = events.Tail("ana", after=0), events.Tail("bo", after=0)
    job = submit(database)
    held = claim(database, job.id)
    with database.transaction() as tx:
        claims.report(tx, held, Stage(name="denoise", step=1, steps=4), 10, NOW)
    assert ["video.queued", "video.started", "video.stage"] == _types(database, tail)
    finish(database, held)

    assert ["video.completed"] == _types(database, tail)
    assert [] == _types(database, tail)
    assert [] == _types(database, stranger)


def test_a_tail_without_a_start_begins_now(sqlite):
    """Whoever just listens is not told the past; whoever names the last id it saw gets what came after."""
    submit(sqlite)
    tail = events.Tail("ana")
    assert [] == _types(sqlite, tail)
    with sqlite.reading() as tx:
        seen = events.last_id(tx)
    job = submit(sqlite)

    assert ["video.queued"] == _types(sqlite, tail)
    assert ["video.queued"] == _types(sqlite, events.Tail("ana", job.id, after=seen))


def test_an_event_that_commits_late_is_not_missed(postgres):
    """On PostgreSQL a transaction with a lower id may commit after a higher one was shown; it is shown then."""
    from vitascope.store.database import open_database

    database = open_database(postgres.new_database())
    tail = events.Tail("ana", after=0)
    with database.transaction() as slow:
        events.note(slow, party="ana", video="v1", type="video.queued", now=NOW, body={})
        with database.transaction() as fast:
            events.note(fast, party="ana", video="v2", type="video.queued", now=NOW, body={})
        assert ["video.queued"] == _types(database, tail)

    assert ["video.queued"] == _types(database, tail)
    database.close()


def test_only_the_last_preview_stays(sqlite):
    """A preview replaces the one before; without a claim none is shown."""
    held = claim(sqlite, submit(sqlite).id)
    with sqlite.transaction() as tx:
        claims.show(tx, held, "YQ==", 1, NOW)
        claims.show(tx, held, "Yg==", 2, NOW)
    with sqlite.reading() as tx:
        shown = [event for event in events.Tail("ana", after=0).read(tx) if event.type == "video.preview"]

    assert [{"image": "Yg==", "step": 2}] == [event.body for event in shown]


def test_old_events_are_swept(sqlite):
    """After an hour nobody can have lost them."""
    submit(sqlite)
    with sqlite.transaction() as tx:
        events.sweep(tx, NOW + events.KEPT_SECONDS + 1)

    assert [] == _types(sqlite, events.Tail("ana", after=0))
