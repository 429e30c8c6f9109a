"""The book: what is entered is there once, is seen by its party alone, and ends once."""

import threading

import pytest
import sqlalchemy as sa
from shop import NOW, RememberingQueue, claim, find, finish, grant, living_worker, order, submit

from vitascope.refusals import (
    IdempotencyError,
    QueueFullError,
    SourceError,
    VariantError,
    VideoExpiredError,
    VideoFailedError,
    VideoNotFoundError,
    VideoNotReadyError,
)
from vitascope.videos import book
from vitascope.videos.job import Failure, Stage


def _content(database, video, variant="video", *, now=NOW + 20, party="ana"):
    with database.reading() as tx:
        return book.content(tx, video, party, variant, now)


def _page(database, **facts):
    with database.reading() as tx:
        return book.listing(tx, "ana", **facts)


def test_a_job_is_entered_with_its_place_in_the_queue(database):
    """The row reads back as it was ordered, on both kinds of database."""
    queue = RememberingQueue()
    job = submit(database, queue=queue)

    assert job == find(database, job.id)
    assert [job.id] == [video for _, video in queue.entered]
    assert ("queued", 0, None) == (job.state, job.progress, job.made)


def test_the_same_key_and_request_give_the_same_job(database):
    """A repetition enters nothing; another request under the key is refused."""
    first = submit(database, idempotency="k")

    assert first.id == submit(database, idempotency="k").id
    assert first.id != submit(database, idempotency="k", party="bo").id
    with pytest.raises(IdempotencyError, match=first.id):
        submit(database, idempotency="k", wanted=order("a cat sleeps"))


def test_a_client_that_tries_again_gets_its_job(sqlite):
    """Without a key of its own, a retry within ten minutes finds the job; a drawn seed does not tell them apart."""
    first = submit(sqlite, wanted=order(seed=1, seed_is_drawn=True))
    again = order(seed=2, seed_is_drawn=True)

    assert first.id == submit(sqlite, wanted=again, retry=True, now=NOW + 599).id
    assert first.id != submit(sqlite, wanted=again, now=NOW + 5).id
    assert first.id != submit(sqlite, wanted=order(seed=2), retry=True, now=NOW + 6).id


def test_a_full_house_takes_nothing(sqlite):
    """Beyond the limit nothing is entered, and the answer says when to come back."""
    submit(sqlite)
    with pytest.raises(QueueFullError) as full:
        submit(sqlite, queue_limit=1)

    assert full.value.retry_after
    assert 1 == len(_page(sqlite).jobs)


def test_several_are_entered_or_none(sqlite):
    """A batch that does not fit leaves nothing."""
    queue = RememberingQueue()

    with sqlite.transaction() as tx:
        jobs = book.submit_many(tx, (order(), order("a cat")), grant(), queue=queue, now=NOW)
    with pytest.raises(QueueFullError), sqlite.transaction() as tx:
        book.submit_many(tx, (order(),) * 2, grant(), queue=queue, now=NOW, queue_limit=3)

    assert list(jobs) == list(reversed(_page(sqlite).jobs))


def test_others_see_nothing(sqlite):
    """Every door answers another party as if there were no such video."""
    job = submit(sqlite)
    with sqlite.transaction() as tx:
        for act in (
            lambda: book.get(tx, job.id, "bo"),
            lambda: book.cancel(tx, job.id, "bo", NOW),
            lambda: book.delete(tx, job.id, "bo", NOW),
            lambda: book.content(tx, job.id, "bo", "video", NOW),
            lambda: book.source(tx, job.id, "bo", NOW),
            lambda: book.listing(tx, "bo", after=job.id),
        ):
            with pytest.raises(VideoNotFoundError):
                act()


def test_pages_follow_each_other(database):
    """Newest first or oldest first, nothing twice, nothing left out, past deleted ones too."""
    ids = [submit(database, now=NOW + number).id for number in range(7)]
    with database.transaction() as tx:
        book.delete(tx, ids[3], "ana", NOW)
    left = [video for video in ids if video != ids[3]]

    first = _page(database, limit=3)
    rest = _page(database, limit=3, after=first.jobs[-1].id)

    assert list(reversed(left)) == [job.id for job in (*first.jobs, *rest.jobs)]
    assert (True, False) == (first.has_more, rest.has_more)
    assert left[3:] == [job.id for job in _page(database, after=ids[3], ascending=True).jobs]
    assert ((), True) == (_page(database, limit=0).jobs, _page(database, limit=0).has_more)


def test_a_job_goes_through_its_states(database):
    """Queued, claimed, told of, finished: with its files, never 100 before them."""
    job = submit(database)
    held = claim(database, job.id)
    with database.transaction() as tx:
        assert book.report(tx, held, Stage(name="denoise", step=1, steps=4), 120, NOW)
    running = find(database, job.id)

    assert ("in_progress", 99, "denoise") == (running.state, running.progress, running.stage.name)
    assert finish(database, held)
    done = find(database, job.id)
    assert ("completed", 100, NOW + 10) == (done.state, done.progress, done.completed_at)
    assert done.made.files["video"] == _content(database, job.id)


def test_progress_never_goes_back(sqlite):
    """A later stage that counts from nothing does not lower what was told."""
    held = claim(sqlite, submit(sqlite).id)
    with sqlite.transaction() as tx:
        book.report(tx, held, Stage(name="denoise", step=1, steps=4), 60, NOW)
        book.report(tx, held, Stage(name="write", step=1, steps=4), 10, NOW)

    assert 60 == find(sqlite, held.video).progress


def test_a_second_worker_shuts_out_the_first(database):
    """Whoever claimed before can neither tell, nor fail, nor finish; and a finish counts once."""
    job = submit(database)
    first, second = claim(database, job.id), claim(database, job.id, worker="w2")
    with database.transaction() as tx:
        assert not book.report(tx, first, Stage(name="denoise", step=1, steps=4), 10, NOW)
        assert not book.fail(tx, first, Failure(code="x", message="y"), NOW)

    assert not finish(database, first)
    assert finish(database, second)
    assert not finish(database, second)
    assert claim(database, job.id) is None


def test_many_workers_one_finish(database):
    """Of four that claim and finish the same job at once, exactly one finishes it."""
    job = submit(database)
    results = []

    def work(number):
        held = claim(database, job.id, worker=f"w{number}")
        results.append(held is not None and finish(database, held))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert 1 == results.count(True)


def test_a_job_that_kills_its_workers_ends(sqlite):
    """After five workers that died over it, a job fails as worker_lost."""
    job = submit(sqlite)
    claims = [claim(sqlite, job.id, worker=f"w{number}") for number in range(6)]

    assert [False] * 5 + [True] == [held is None for held in claims]
    assert ("failed", "worker_lost") == (find(sqlite, job.id).state, find(sqlite, job.id).failure.code)


def test_a_job_handed_back_waits_again(sqlite):
    """A worker that leaves in good order does not count as one that died."""
    job = submit(sqlite)
    for _ in range(10):
        held = claim(sqlite, job.id)
        with sqlite.transaction() as tx:
            assert book.release(tx, held)

    assert ("queued", 0) == (find(sqlite, job.id).state, find(sqlite, job.id).attempts)


@pytest.mark.parametrize("is_running", [False, True])
def test_cancelling_ends_a_job_at_once(database, is_running):
    """Queued or running, the row is cancelled, the worker's claim is gone, and a second cancel changes nothing."""
    job = submit(database)
    held = claim(database, job.id) if is_running else None
    with database.transaction() as tx:
        cancelled = book.cancel(tx, job.id, "ana", NOW + 1)
        again = book.cancel(tx, job.id, "ana", NOW + 2)

    assert ("cancelled", NOW + 1) == (cancelled.state, cancelled.completed_at)
    assert cancelled == again
    assert held is None or not finish(database, held)
    assert claim(database, job.id) is None


def test_a_deleted_video_is_gone(sqlite):
    """Nobody finds it, its prompt is nowhere, its idempotency key is free, and its worker is shut out."""
    job = submit(sqlite, idempotency="k", wanted=order("a secret wish"))
    held = claim(sqlite, job.id)
    with sqlite.transaction() as tx:
        book.delete(tx, job.id, "ana", NOW)

    with pytest.raises(VideoNotFoundError):
        find(sqlite, job.id)
    assert not finish(sqlite, held)
    with sqlite.reading() as tx:
        assert not any("secret wish" in str(row) for row in tx.execute(sa.text("SELECT * FROM videos")))
    assert job.id != submit(sqlite, idempotency="k", wanted=order("a secret wish")).id


def test_content_says_why_there_is_none(sqlite):
    """Not ready, failed, expired and unknown variants are told apart."""
    job = submit(sqlite)
    with pytest.raises(VideoNotReadyError):
        _content(sqlite, job.id)
    held = claim(sqlite, job.id)
    finish(sqlite, held, keep_seconds=60)

    assert _content(sqlite, job.id, "thumbnail").key.endswith("thumbnail")
    with pytest.raises(VariantError, match="gif"):
        _content(sqlite, job.id, "gif")
    with pytest.raises(VideoExpiredError):
        _content(sqlite, job.id, now=NOW + 70)
    failed = submit(sqlite)
    with sqlite.transaction() as tx:
        book.fail(tx, book.claim(tx, failed.id, "w", NOW), Failure(code="nothing_known_in_prompt", message="no"), NOW)
    with pytest.raises(VideoFailedError, match="nothing_known_in_prompt"):
        _content(sqlite, failed.id)


def test_only_a_finished_video_is_built_on(sqlite):
    """A queued or expired one is refused."""
    job = submit(sqlite)
    with sqlite.reading() as tx, pytest.raises(SourceError):
        book.source(tx, job.id, "ana", NOW)
    finish(sqlite, claim(sqlite, job.id), keep_seconds=60)

    with sqlite.reading() as tx:
        assert job.id == book.source(tx, job.id, "ana", NOW + 20).id
        with pytest.raises(SourceError):
            book.source(tx, job.id, "ana", NOW + 80)


def test_waiting_counts_and_guesses(sqlite):
    """Position counts jobs before it; the guess comes from the speed of late and needs a living worker."""
    living_worker(sqlite)
    finish(sqlite, claim(sqlite, submit(sqlite).id), now=NOW + 8)  # 8 s of work for 4 s of video
    jobs = [submit(sqlite, now=NOW + number) for number in range(3)]

    with sqlite.reading() as tx:
        waits = [book.waiting(tx, job, NOW + 5) for job in jobs]
        gone = book.waiting(tx, jobs[0], NOW + 100)

    assert [0, 1, 2] == [wait.position for wait in waits]
    assert [8.0, 16.0, 24.0] == [wait.eta_seconds for wait in waits]
    assert (False, None) == (gone.has_worker, gone.eta_seconds)
