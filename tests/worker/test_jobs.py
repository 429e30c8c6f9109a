"""The life of a job in a worker: every way it can end leaves one truth in the row and no stray file in the store."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from houses import Unwritten, new_key
from shop import NOW, RememberingQueue, claim, find, grant, order, submit

from tests.programme.members import Leaves
from vitascope.errors import StoppedError, UnknownWordsError
from vitascope.programme import keys
from vitascope.refusals import FilesFullError
from vitascope.rights import likeness
from vitascope.rights.likeness import Circle, LikenessWish
from vitascope.store.blobs import open_blobs
from vitascope.types import Progress
from vitascope.videos import book, claims
from vitascope.worker import jobs
from vitascope.worker.jobs import Workshop
from vitascope.worker.telling import percent, remaining
from vitascope.worker.twin import Twin


class Engine(Twin):
    """A twin that does something else first."""

    def __init__(self, act=lambda tick: None):
        super().__init__(0.0)
        self.act, self.painted = act, 0

    def paint(self, wanted, *, tick, **facts):
        self.act(tick)
        self.painted += 1
        return super().paint(wanted, tick=tick, **facts)


@pytest.fixture
def shop(sqlite, tmp_path):
    """A worker's means, with the twin for an engine."""
    return _shop(sqlite, tmp_path, Engine())


def _shop(database, folder, engine, **facts):
    blobs = open_blobs(str(Path(folder) / "files"))
    known = {"worker": "w1", "database": database, "blobs": blobs, "stopping": threading.Event()}
    return Workshop(engines={"twin": engine}, **{**known, **facts})


def _make(shop, video):
    due = jobs.paint(shop, video)
    if due is not None:
        jobs.finish(shop, video, due)


def _files(shop):
    return sorted(shop.blobs.keys())


def test_a_job_becomes_a_video(shop):
    """Claimed, painted, kept, finished: three files that are what the row says."""
    job = submit(shop.database)
    _make(shop, job.id)

    done = find(shop.database, job.id)
    assert ("completed", 100, 1) == (done.state, done.progress, done.attempts)
    assert {stored.key for stored in done.made.files.values()} == set(_files(shop))
    assert job.order.prompt.encode() in shop.blobs.read(done.made.files["video"].key)


def test_a_job_whose_key_was_revoked_is_cancelled_and_not_made(shop):
    """What waited when its key was taken back is ended at the claim; what another key ordered is made."""
    taken, kept = new_key(shop.database), new_key(shop.database)
    orders = [replace(grant(made.key.party), key=made.key.id) for made in (taken, kept)]
    with shop.database.transaction() as tx:
        waiting = [book.submit(tx, order(), one, queue=RememberingQueue(), now=NOW).job for one in orders]
        keys.revoke(tx, Unwritten(), taken.key.id, by="ana", now=NOW)
    [_make(shop, job.id) for job in waiting]

    ended = [find(shop.database, job.id, job.party) for job in waiting]
    assert ["cancelled", "completed"] == [job.state for job in ended]


def test_finishing_again_after_a_crash_changes_nothing(shop):
    """A worker that died between finish and its checkpoint is followed by one that finishes again: the files stay."""
    job = submit(shop.database)
    due = jobs.paint(shop, job.id)
    jobs.finish(shop, job.id, due)
    before = find(shop.database, job.id), _files(shop)
    jobs.finish(shop, job.id, due)

    assert before == (find(shop.database, job.id), _files(shop))
    assert jobs.paint(shop, job.id) is None


def test_a_worker_that_was_overtaken_leaves_nothing(shop):
    """Painted, but claimed by another in the meantime: its finish is refused and its files go."""
    job = submit(shop.database)
    due = jobs.paint(shop, job.id)
    second = jobs.paint(shop, job.id)
    jobs.finish(shop, job.id, due)
    assert "in_progress" == find(shop.database, job.id).state
    jobs.finish(shop, job.id, second)

    shown = {stored.key for stored in find(shop.database, job.id).made.files.values()}
    assert shown == set(_files(shop))


def test_what_the_engine_refuses_fails_with_its_reason(sqlite, tmp_path):
    """An error of the tree is the job's failure, with its code and its words."""

    def refuse(_tick):
        raise UnknownWordsError("I know no 'zeppelin'; I know a balloon.")

    shop = _shop(sqlite, tmp_path, Engine(refuse))
    job = submit(sqlite)
    _make(shop, job.id)

    failure = find(sqlite, job.id).failure
    assert ("nothing_known_in_prompt", "I know no 'zeppelin'; I know a balloon.") == (failure.code, failure.message)


def test_a_fault_of_ours_fails_without_its_words(sqlite, tmp_path, caplog):
    """What no error of the tree describes is logged by kind and place: its words, which may quote a prompt, are not."""

    def stumble(_tick):
        raise ZeroDivisionError("secret internals")

    shop = _shop(sqlite, tmp_path, Engine(stumble))
    job = submit(sqlite)
    _make(shop, job.id)

    failure = find(sqlite, job.id).failure
    assert "internal_error" == failure.code
    assert "secret" not in failure.message
    (bug,) = [record.told for record in caplog.records if "told" in record.__dict__]
    assert ("bug", "ZeroDivisionError", job.id) == (bug["event"], bug["kind"], bug["video"])
    assert bug["places"][-1].startswith("test_jobs.py:")
    assert "secret" not in caplog.text + str(bug)


def test_a_full_store_is_said(sqlite, tmp_path, monkeypatch):
    """Where there is no room the job fails as storage_full and leaves nothing behind."""
    shop = _shop(sqlite, tmp_path, Engine())
    put = shop.blobs.put

    def full(key, source, **facts):
        if key.endswith("jpg"):
            raise FilesFullError("The store of files is full: nothing was kept.")
        return put(key, source, **facts)

    monkeypatch.setattr(shop.blobs, "put", full)
    job = submit(sqlite)
    _make(shop, job.id)

    assert "storage_full" == find(sqlite, job.id).failure.code
    assert [] == _files(shop)


@pytest.mark.parametrize("act", ["cancel", "delete"])
def test_a_render_stops_at_its_next_step(sqlite, tmp_path, act):
    """Cancelled or deleted while it runs: the next tick raises, nothing is kept, the row stays as it was made."""
    seen = []

    def meanwhile(tick):
        tick(Progress(stage="denoise", step=1, steps=4))
        with sqlite.transaction() as tx:
            getattr(book, act)(tx, job.id, "ana", NOW)
        try:
            tick(Progress(stage="denoise", step=2, steps=4))
        except StoppedError:
            seen.append("stopped")
            raise

    shop = _shop(sqlite, tmp_path, Engine(meanwhile))
    job = submit(sqlite)
    _make(shop, job.id)

    assert ["stopped"] == seen
    assert [] == _files(shop)
    assert act == "delete" or "cancelled" == find(sqlite, job.id).state


def test_a_worker_that_must_go_hands_the_job_back(sqlite, tmp_path):
    """At its next step the job waits again for another worker, its attempt forgotten, and the thread never returns."""
    stopping = threading.Event()
    shop = _shop(sqlite, tmp_path, Engine(lambda tick: stopping.set()), stopping=stopping)
    job = submit(sqlite)
    thread = threading.Thread(target=jobs.paint, args=(shop, job.id), daemon=True)
    thread.start()
    thread.join(timeout=2)

    assert thread.is_alive()
    assert ("queued", 0) == (find(sqlite, job.id).state, find(sqlite, job.id).attempts)
    assert claim(sqlite, job.id, worker="w2") is not None


def test_a_first_frame_comes_from_the_store(shop):
    """The engine gets the picture as a file of its own."""
    seen = []
    shop.engines["twin"].paint, plain = (
        lambda wanted, *, given, **facts: (seen.append(given.image.read_bytes()), plain(wanted, given=given, **facts))[
            1
        ],
        shop.engines["twin"].paint,
    )
    shop.blobs.put("inputs/first.png", b"pixels", media_type="image/png")
    job = submit(shop.database, wanted=order(image="inputs/first.png"))
    _make(shop, job.id)

    assert [b"pixels"] == seen


@pytest.mark.parametrize("has_credential", [True, False])
def test_a_first_frame_that_came_with_a_credential_brings_its_own_file(shop, has_credential):
    """The desk kept it beside the PNG; of others there is only the PNG."""
    seen, plain = [], shop.engines["twin"].paint
    shop.engines["twin"].paint = lambda wanted, *, given, **facts: (
        seen.append(given.image_as_sent and given.image_as_sent.read_bytes()),
        plain(wanted, given=given, **facts),
    )[1]
    shop.blobs.put("inputs/ana/abc/first.png", b"pixels", media_type="image/png")
    if has_credential:
        shop.blobs.put("inputs/ana/abc/as-sent", b"a signed file", media_type="application/octet-stream")

    _make(shop, submit(shop.database, wanted=order(image="inputs/ana/abc/first.png")).id)

    assert [b"a signed file" if has_credential else None] == seen


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_remix_is_given_the_film_it_builds_on(shop, is_deleted):
    """As a file of its own, for the chain of credentials; a source that was deleted since is no reason to fail."""
    source = submit(shop.database)
    _make(shop, source.id)
    remix = submit(shop.database, wanted=order("a cat jumps", verb="remix", source=source.id))
    if is_deleted:
        with shop.database.transaction() as tx:
            book.delete(tx, source.id, "ana", NOW)
    seen, plain = [], shop.engines["twin"].paint
    shop.engines["twin"].paint = lambda wanted, *, given, **facts: (
        seen.append(given.source and given.source.read_bytes()),
        plain(wanted, given=given, **facts),
    )[1]
    _make(shop, remix.id)

    assert "completed" == find(shop.database, remix.id).state
    assert [None if is_deleted else f"7 {source.order.prompt}".encode()] == seen


def test_a_likeness_taken_back_stops_what_was_not_begun(shop):
    """Accepted while the person allowed it, not begun when they said no: it fails and says why; nothing is made."""
    now = datetime.now(UTC)
    wish = LikenessWish(character="smile", person="ana", circle=Circle.EVERYBODY, until=now + timedelta(days=1))
    with shop.database.transaction() as tx:
        likeness.allow(tx, Leaves(), wish, now=now)
    videos = [submit(shop.database, party="ben", wanted=order("@smile waves")).id for _ in range(2)]
    assert jobs.paint(shop, videos[0]) is not None
    with shop.database.transaction() as tx:
        likeness.withdraw(tx, Leaves(), "smile", "ana", now=now)
    assert jobs.paint(shop, videos[1]) is None

    ended = find(shop.database, videos[1], "ben")
    assert ("failed", "likeness_not_permitted") == (ended.state, ended.failure.code)
    assert "has not allowed ben" in ended.failure.message


def test_what_dead_workers_had_waits_again(sqlite):
    """Their rows go back to queued and their claims are gone."""
    job = submit(sqlite)
    held = claim(sqlite, job.id, worker="dead")
    with sqlite.transaction() as tx:
        claims.orphan(tx, ["dead"])

    assert "queued" == find(sqlite, job.id).state
    with sqlite.reading() as tx:
        assert not claims.holds(tx, held)


def test_a_finished_film_of_a_dead_worker_is_shown(shop):
    """A worker that died between painting and finishing left a film: whoever follows shows it and paints nothing."""
    job = submit(shop.database)
    due = jobs.paint(shop, job.id)
    with shop.database.transaction() as tx:
        claims.orphan(tx, ["w1"])
    jobs.finish(shop, job.id, due)

    assert ("completed", 1) == (find(shop.database, job.id).state, shop.engines["twin"].painted)


def test_percent_is_a_whole_number_that_grows():
    """Over all stages of a render progress only grows, and stays below 100."""
    ticks = [Progress(stage="denoise", step=step, steps=4) for step in range(1, 5)]
    ticks += [Progress(stage="write", step=step, steps=33) for step in range(1, 34)]
    told = [percent(tick) for tick in ticks]

    assert sorted(told) == told
    assert all(isinstance(value, int) and 0 <= value < 100 for value in told)


def test_what_is_left_is_told_from_what_is_done():
    """A quarter done in five seconds leaves fifteen; before anything is done nobody knows."""
    assert (15.0, None, 0.0) == (remaining(5.0, 25), remaining(1.0, 0), remaining(5.0, 100))
