"""What a key's owner usually does, learned from each creation and forgotten slowly: what a leak is measured against."""

import base64
import json
import math
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any, Self

from vitascope.programme.leaks.sighting import SLOTS, Sighting, alphabet_of

LATELY = 12
"""Creations that count as the latest: few enough to judge a leak by its first minutes."""

_REMEMBERED = 200  # MinHashes of the key's own prompts
_DAY = 86_400.0
_RATE = 0.15  # of a habit that one more day makes: half forgotten after four days of work
_PLACES = 40  # networks and programs remembered, each
_STEADY = 0.1  # polls that spread less than this share of their mean come from a clock
_MIN_POLLS = 20
_WINDOW = 600.0  # seconds: a longer pause between two orders counts as this, so that a night says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """The farthest that a day went, of twelve creations in a row; as ``usual``, what is granted to a newcomer."""

    hands: float = 7.0  # manners of writing
    alphabets: float = 1.6  # that prompts are written in
    close: float = 0.15  # mean likeness to the nearest earlier prompt, where it was lowest
    full: float = 0.6  # share that took the last free place
    steady: float = 0.7  # beside polls as regular as a clock: 1 or 0
    run_hours: float = 2.0  # without an idle moment
    places: float = 1.0  # networks used within 24 hours
    hosted: float = 0.0  # from a datacentre: 1 or 0
    fewest: float = 1.0  # looks at the list for each order, where they were fewest, in doublings: see ``doublings``
    most: float = 5.0  # and where they were most


_NOTHING = Extremes(
    hands=0.0, alphabets=0.0, close=1.0, full=0.0, steady=0.0, run_hours=0.0, places=0.0, hosted=0.0, fewest=16.0,
    most=0.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The latest creations, newest last, twelve at most."""

    manners: tuple[str, ...] = ()
    close: tuple[float, ...] = ()  # likeness of each to the nearest prompt before it
    full: tuple[bool, ...] = ()
    is_steady: bool = False
    is_hosted: bool = False
    pauses: tuple[float, ...] = ()  # seconds since the order before, of each, ten minutes at most
    look_every: float | None = None  # seconds between looks at the list; None where there were too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """A key's habits and its latest creations. ``observe`` makes the next value; nothing here is a prompt.

    A day is learned when it is over: what happens today is always measured against the days before.
    """

    count: int = 0
    num_days: int = 0  # with work on them
    since: float = 0.0  # the first creation
    last_at: float | None = None
    run_began: float = 0.0  # since when there has been no idle moment
    hours: tuple[int, ...] = ()  # the hours of the last 24 with a creation, counted since 1970
    prompts: tuple[frozenset[int], ...] = ()
    networks: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # first and last seen; latest last
    clients: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    beats: Mapping[str, tuple[float, float]] = field(
        default_factory=dict
    )  # of programs that look at the list, likewise
    full_run: int = 0  # creations in a row, the last among them, that took the last free place
    rush: int = 0  # creations since the first one at a new place, if every free place was taken at once ever since
    recent: Recent = Recent()
    today: Extremes = _NOTHING
    usual: Extremes = Extremes()

    def to_text(self) -> str:
        """These habits as text, for the database."""
        packed = b"".join(struct.pack(f"<{SLOTS}H", *_slots(one)) for one in self.prompts)
        fields = {name: getattr(self, name) for name in _PLAIN}
        fields |= {name: dict(getattr(self, name)) for name in _PLACED} | {"recent": asdict(self.recent)}
        fields |= {"today": asdict(self.today), "usual": asdict(self.usual)}
        return json.dumps(fields | {"prompts": base64.b64encode(packed).decode()}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The habits that ``to_text`` wrote."""
        fields = json.loads(text)
        packed = base64.b64decode(fields["prompts"])
        cuts = struct.iter_unpack(f"<{SLOTS}H", packed)
        return cls(
            **{name: _tupled(fields[name]) for name in _PLAIN if name in fields},
            networks=_placed(fields, "networks"),
            clients=_placed(fields, "clients"),
            beats=_placed(fields, "beats"),
            prompts=tuple(frozenset(slot << 16 | value for slot, value in enumerate(cut)) for cut in cuts),
            recent=Recent(**{name: _tupled(value) for name, value in fields["recent"].items()}),
            today=Extremes(**fields["today"]),
            usual=Extremes(**fields["usual"]),
        )


_PLAIN = ("count", "num_days", "since", "last_at", "run_began", "hours", "full_run", "rush")
_PLACED = ("networks", "clients", "beats")


def observe(habits: Habits, seen: Sighting) -> Habits:
    """The habits after one more creation."""
    before = _slept(habits, seen.at)
    is_idle = habits.last_at is None or seen.in_flight == 0
    hour = int(seen.at // 3600)
    after = replace(
        before,
        count=habits.count + 1,
        since=seen.at if habits.last_at is None else habits.since,
        last_at=seen.at,
        run_began=seen.at if is_idle else habits.run_began,
        hours=tuple(sorted({hour, *(earlier for earlier in habits.hours if hour - earlier < 24)})),
        prompts=(*habits.prompts, seen.minhash)[-_REMEMBERED:],
        networks=_seen(habits.networks, seen.origin.network, seen.at),
        clients=_seen(habits.clients, seen.origin.client, seen.at),
        beats=_beats(habits, seen),
        full_run=habits.full_run + 1 if _is_full(seen) else 0,
        rush=_rush(habits, seen),
        recent=_recent(habits, seen),
    )
    return replace(after, today=_farther(before.today, extremes(after)))


def extremes(habits: Habits) -> Extremes:
    """Where the latest creations stand; a few creations of many hands say little, so shares are of twelve."""
    now, recent, looks = habits.last_at or 0.0, habits.recent, looks_an_order(habits.recent)
    return Extremes(
        hands=float(len(set(recent.manners))),
        alphabets=float(len({alphabet_of(manner) for manner in recent.manners})),
        close=(sum(recent.close) + habits.usual.close * (LATELY - len(recent.close))) / LATELY,
        full=sum(recent.full) / LATELY,
        steady=float(recent.is_steady),
        run_hours=(now - habits.run_began) / 3600,
        places=float(sum(now - last < _DAY for _, last in habits.networks.values())),
        hosted=float(recent.is_hosted),
        fewest=habits.usual.fewest if looks is None else doublings(looks),
        most=habits.usual.most if looks is None else doublings(looks),
    )


def looks_an_order(recent: Recent) -> float | None:
    """How often the list is looked at for each order; None where the looks, or the orders, are too few to say."""
    if recent.look_every is None or len(recent.pauses) < LATELY:
        return None
    return sum(recent.pauses) / len(recent.pauses) / max(recent.look_every, 0.01)


def doublings(looks: float) -> float:
    """A number of looks on a scale where twice as many are one step, at few as at many."""
    return math.log2(1 + looks)


def at_home(habits: Habits) -> Habits:
    """The habits once their owner said "this is me": what was new lately is theirs, and is not held against them."""
    return replace(
        habits,
        usual=_farther(habits.usual, extremes(habits)),
        networks={name: (0.0, last) for name, (_, last) in habits.networks.items()},
        clients={name: (0.0, last) for name, (_, last) in habits.clients.items()},
        beats={name: (0.0, last) for name, (_, last) in habits.beats.items()},
        full_run=0,
        rush=0,
        run_began=habits.last_at or 0.0,
        hours=(),
    )


def handed_on(habits: Habits) -> Habits:
    """What a new key knows from its owner's other one: their habits, and nothing of what that key did of late.

    What it did of late may be why there is a new one: a stranger's prompts are not held against the owner's fresh key.
    """
    return replace(
        habits,
        recent=Recent(),
        full_run=0,
        rush=0,
        run_began=habits.last_at or 0.0,
        hours=(),
        today=habits.usual,  # an unfinished day teaches nothing, one like the others neither
    )


def gaps(times: tuple[float, ...]) -> tuple[float, ...]:
    """Seconds between one moment and the next."""
    return tuple(later - earlier for earlier, later in pairwise(times))


def _slept(habits: Habits, now: float) -> Habits:
    """The habits with yesterday learned, if ``now`` lies on another day (UTC) than the last creation."""
    if habits.last_at is None or now // _DAY <= habits.last_at // _DAY:
        return habits
    rate = max(_RATE, 1 / (habits.num_days + 2))  # the first days count for more
    learned = {
        name: getattr(habits.usual, name) + rate * (getattr(habits.today, name) - getattr(habits.usual, name))
        for name in _NAMES
    }
    return replace(habits, num_days=habits.num_days + 1, usual=Extremes(**learned), today=_NOTHING)


_NAMES = ("hands", "alphabets", "close", "full", "steady", "run_hours", "places", "hosted", "fewest", "most")


def _farther(one: Extremes, other: Extremes) -> Extremes:
    return Extremes(
        hands=max(one.hands, other.hands),
        alphabets=max(one.alphabets, other.alphabets),
        close=min(one.close, other.close),
        full=max(one.full, other.full),
        steady=max(one.steady, other.steady),
        run_hours=max(one.run_hours, other.run_hours),
        places=max(one.places, other.places),
        hosted=max(one.hosted, other.hosted),
        fewest=min(one.fewest, other.fewest),
        most=max(one.most, other.most),
    )


def _recent(habits: Habits, seen: Sighting) -> Recent:
    recent, since = habits.recent, seen.at - (habits.last_at or 0.0)
    closest = max(map(len, map(seen.minhash.__and__, habits.prompts)), default=0) / SLOTS
    return Recent(
        manners=(*recent.manners, seen.manner)[-LATELY:],
        close=(*recent.close, closest)[-LATELY:],
        full=(*recent.full, _is_full(seen))[-LATELY:],
        is_steady=_is_steady(seen.polls),
        is_hosted=seen.is_hosted,
        pauses=(*recent.pauses, min(max(since, 0.0), _WINDOW))[-LATELY:],
        look_every=_mean(seen.polls[-2 * _MIN_POLLS :]) if len(seen.polls) >= _MIN_POLLS else None,
    )


def _rush(habits: Habits, seen: Sighting) -> int:
    """How many creations a new place began with, this one included, while none of them let a free place be."""
    if habits.rush and seen.in_flight + 1 >= min(habits.rush + 1, seen.limit):
        return habits.rush + 1
    is_new = seen.origin.network not in habits.networks or seen.origin.client not in habits.clients
    return int(is_new)


def _is_full(seen: Sighting) -> bool:
    return seen.in_flight + 1 >= seen.limit


def _beats(habits: Habits, seen: Sighting) -> Mapping[str, tuple[float, float]]:
    """The beat of the polls, where they have one; two are one that differ by less than a quarter or so."""
    if not _is_steady(seen.polls):
        return habits.beats
    mean = _mean(seen.polls[-2 * _MIN_POLLS :])
    return _seen(habits.beats, f"{round(math.log(max(mean, 0.01), 1.5))}", seen.at)


def _seen(places: Mapping[str, tuple[float, float]], name: str, at: float) -> Mapping[str, tuple[float, float]]:
    first, _ = places.get(name, (at, at))
    kept = [item for item in places.items() if item[0] != name]
    return dict([*kept, (name, (first, at))][-_PLACES:])


def _is_steady(polls: tuple[float, ...]) -> bool:
    """Whether the gaps between looks at the list are all but equal, as a program's are."""
    lately = polls[-2 * _MIN_POLLS :]
    mean = _mean(lately)
    spread = sum((gap - mean) ** 2 for gap in lately) / (len(lately) or 1)
    return len(lately) >= _MIN_POLLS and spread < (_STEADY * mean) ** 2


def _mean(numbers: tuple[float, ...]) -> float:
    return sum(numbers) / (len(numbers) or 1)


def _slots(one: frozenset[int]) -> list[int]:
    return [value & 0xFFFF for value in sorted(one)]


def _placed(fields: Mapping[str, Any], name: str) -> Mapping[str, tuple[float, float]]:
    return {place: (float(first), float(last)) for place, (first, last) in fields.get(name, {}).items()}


def _tupled(value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    return tuple(value) if isinstance(value, list) else value
