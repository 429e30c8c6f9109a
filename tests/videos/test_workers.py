"""Who is dead: a beat that stays the same while somebody looks on; an outage, in which none could beat, is no death."""

from vitascope.videos.workers import LEFT, SILENT_AFTER, Vigil, Worker


def beating(name, at):
    """A worker whose last beat was then."""
    return Worker(id=name, host="h", process=1, models=("twin",), started_at=0.0, seen_at=at)


def _watched(vigil, beats, *, begin, end):
    """What a vigil says at the end of a watch with a look a second; ``beats`` tells each worker's last beat."""
    said = frozenset()
    for second in range(begin, end + 1):
        said = vigil.silent([beating(name, beat(second)) for name, beat in beats.items()], float(second))
    return said


def test_a_worker_that_stops_beating_is_silent():
    """One goes on, one stopped: after ten seconds of looking on the second is dead, and not before."""
    beats = {"alive": lambda second: 100.0 + second, "dead": lambda _: 50.0}
    vigil = Vigil()

    assert frozenset() == _watched(vigil, beats, begin=0, end=int(SILENT_AFTER) - 1)
    assert {"dead"} == _watched(vigil, beats, begin=int(SILENT_AFTER), end=int(SILENT_AFTER))


def test_a_clock_that_is_wrong_is_no_death():
    """A beat an hour behind or ahead is one, as long as it moves."""
    beats = {"behind": lambda second: second - 3600.0, "ahead": lambda second: second + 3600.0}

    assert frozenset() == _watched(Vigil(), beats, begin=0, end=60)


def test_after_an_outage_the_watch_begins_anew():
    """For half a minute nobody could beat or look: all have their ten seconds again."""
    vigil, beats = Vigil(), {"a": lambda _: 1.0, "b": lambda _: 2.0}
    _watched(vigil, beats, begin=0, end=8)

    assert frozenset() == _watched(vigil, beats, begin=38, end=47)
    assert {"a", "b"} == _watched(vigil, beats, begin=48, end=48)


def test_who_left_is_followed_at_once():
    """A worker that went in good order needs no watching."""
    assert {"gone"} == Vigil().silent([beating("gone", LEFT), beating("new", 5.0)], 0.0)
