"""Two signals of the leak watch by themselves: looks for each order, and a crowd at the owner's own place."""

import pytest

from vitascope.bench.leaks import Leak, replay, settled
from vitascope.programme.leaks.habits import Habits, observe
from vitascope.programme.leaks.score import ALL_SIGNALS, Signal, score
from vitascope.programme.leaks.sighting import Origin, Sighting, manner_of, minhash

HOUR = 3600.0
HANDS = (
    "A QUIET HARBOUR, seen by night, from afar, in the rain!",
    "кот на крыше",
    "two red dragons dance over a burning castle while everybody sings.",
    "ねこ が はしる",
    "sunset",
    "Please make me the longest possible film of a train, a tunnel, a bridge, a lake, and snow",
)


def _order(at, prompt="a parrot of blue feathers flies", *, every=2.0, in_flight=0):
    return Sighting(
        at=at, minhash=minhash(prompt, b"p" * 32), manner=manner_of(prompt), limit=4, in_flight=in_flight,
        origin=Origin(network="home", client="home"), polls=(every,) * 24,
    )  # fmt: skip


def _days(num_days, *, every=2.0, pace=200.0):
    """So many days of forty orders, one every ``pace`` seconds, at home."""
    known = Habits()
    for day in range(num_days):
        for number in range(40):
            known = observe(known, _order((24 * day + 9) * HOUR + pace * number, every=every))
    return known


def _points(known, signal, signals=ALL_SIGNALS):
    return sum(part.points for part in score(known, signals).parts if part.signal is signal)


@pytest.mark.parametrize(
    ("num_days", "every", "points"),
    [(6, 2.0, 0.0), (6, 90.0, 4.0), (6, 0.1, 4.0), (2, 90.0, 0.0)],
    ids=["as always", "far fewer looks", "far more", "too few days to say"],
)
def test_another_number_of_looks_for_each_order_is_told(num_days, every, points):
    """A hundred looks an order are usual: three are not, nor two thousand; the part says both numbers."""
    known = _days(num_days)
    for number in range(12):
        known = observe(known, _order((24 * num_days + 9) * HOUR + 200.0 * number, every=every))

    assert points == pytest.approx(_points(known, Signal.LOOKS), abs=0.6)
    words = [part.words for part in score(known).parts if part.signal is Signal.LOOKS]
    assert words == [] if not points else "times are usual" in words[0]


def test_whose_looks_are_too_few_to_count_has_no_number_of_them():
    """Nobody who never lists their videos is told that they do it too rarely."""
    known = Habits()
    for day in range(6):
        for number in range(20):
            seen = _order((24 * day + 9) * HOUR + 200.0 * number)
            known = observe(known, Sighting(**{name: getattr(seen, name) for name in seen.__slots__} | {"polls": ()}))

    assert 0 == _points(known, Signal.LOOKS)
    assert known.usual.fewest <= Habits().usual.fewest


def _unbroken(known, prompts, count):
    at = (24 * 6 + 9) * HOUR
    for number in range(count):
        known = observe(known, _order(at + 15.0 * number, prompts[number % len(prompts)], in_flight=min(number, 3)))
    return known


@pytest.mark.parametrize(
    ("prompts", "count", "is_told"),
    [(HANDS, 70, True), (HANDS, 50, False), (("a parrot of blue feathers flies",), 150, False)],
    ids=["a crowd", "it may be a batch", "the owner's own"],
)
def test_a_crowd_at_the_owners_own_place_is_told_by_what_it_writes(prompts, count, is_told):
    """Nothing else is new there: many hands without a free moment are a leak, a long batch of one's own is none."""
    known = _unbroken(_days(6), prompts, count)

    assert is_told == (_points(known, Signal.CROWD) > 0)
    assert 0 == _points(known, Signal.CROWD, ALL_SIGNALS - {Signal.SATURATION})


@pytest.mark.parametrize(("seed", "minutes"), [(7, 25), (17, 30)])
def test_a_leak_from_the_members_own_machine_ends_within_half_an_hour(seed, minutes):
    """Seed 7 went on for 287 minutes and 1,151 renders, 17 for eight hours and more: they write in many manners."""
    caught = replay(settled(seed), Leak(is_elsewhere=False, hours=1.0), seed)

    assert caught.minutes <= minutes
    assert caught.renders <= 110
