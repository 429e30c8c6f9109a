"""Fair turns: equal shares for parties within a class, classes before turns, and nobody gains by ordering more."""

from shop import NOW, RememberingQueue, claim, finish, grant, order, submit

from vitascope.videos import book


def _served(database, queue, number):
    """The next jobs as the queue hands them out, each run to its end."""
    served = []
    for _ in range(number):
        _, video = min(queue.entered)
        queue.entered.remove(min(queue.entered))
        finish(database, claim(database, video))
        served.append(video)
    return served


def test_one_job_behind_a_hundred_starts_after_at_most_one(sqlite):
    """B's one job overtakes A's hundred: it starts when the running one has ended."""
    queue = RememberingQueue()
    for number in range(100):
        submit(sqlite, party="a", now=NOW + number, queue=queue)
    running = min(queue.entered)
    queue.entered.remove(running)
    held = claim(sqlite, running[1])
    late = submit(sqlite, party="b", now=NOW + 200, queue=queue)
    finish(sqlite, held)

    assert late.id in _served(sqlite, queue, 2)


def test_two_who_ordered_many_take_turns(sqlite):
    """Whoever came first, the next twenty jobs are shared ten to ten, give or take one."""
    queue = RememberingQueue()
    for party in ("a", "b"):
        for number in range(30):
            submit(sqlite, party=party, now=NOW + number, queue=queue)
    with sqlite.reading() as tx:
        whose = {job.id: job.party for party in ("a", "b") for job in book.listing(tx, party, limit=100).jobs}

    served = [whose[video] for video in _served(sqlite, queue, 20)]

    assert 9 <= served.count("b") <= 11


def test_a_long_film_is_a_long_turn(sqlite):
    """Shares are of seconds of video: whoever orders long films gets fewer of them."""
    queue = RememberingQueue()
    for number in range(20):
        submit(sqlite, party="long", now=NOW + number, queue=queue, wanted=order(seconds=12.0))
        submit(sqlite, party="short", now=NOW + number, queue=queue, wanted=order(seconds=4.0))
    with sqlite.reading() as tx:
        long = {job.id for job in book.listing(tx, "long", limit=100).jobs}

    assert 3 <= len(long & set(_served(sqlite, queue, 16))) <= 5


def test_a_class_goes_before_turns(sqlite):
    """High before normal before low, whoever waits longer; a key asks for no more than it has."""
    queue = RememberingQueue()
    low = submit(sqlite, party="a", queue=queue, priority="low")
    normal = submit(sqlite, party="a", queue=queue)
    with sqlite.transaction() as tx:
        high = book.submit(tx, order(priority="high"), grant("b", priority="high"), queue=queue, now=NOW).job
        asked = book.submit(tx, order(priority="high"), grant("c"), queue=queue, now=NOW).job

    assert [high.id, {normal.id, asked.id}, low.id] == [
        _served(sqlite, queue, 1)[0], set(_served(sqlite, queue, 2)), _served(sqlite, queue, 1)[0]
    ]  # fmt: skip
