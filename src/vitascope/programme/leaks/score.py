"""The score of a key: eleven signals, each a number of points and a sentence; no machine learning, nothing hidden.

The points and thresholds were set on the seeds that ``bench/leaks.py`` names for tuning, and measured on another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from vitascope.programme.leaks.habits import LATELY, Extremes, Habits, extremes, looks_an_order
from vitascope.rights.hold import Level


class Signal(StrEnum):
    """What can speak for a leak; ``docs/programme.md`` tells each to a member."""

    PROMPTS = "prompts"
    ORIGIN = "origin"
    CLIENT = "client"
    SATURATION = "saturation"
    REGULARITY = "regularity"
    LOOKS = "looks"
    DUTY = "duty"
    FAN_OUT = "fan_out"
    ARRIVAL = "arrival"
    RUSH = "rush"
    CROWD = "crowd"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one signal adds, and why, in words for the member."""

    signal: Signal
    points: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """All parts that add something; 100 is certainty."""

    parts: tuple[Part, ...]

    @property
    def points(self) -> float:
        """The sum, 100 at most."""
        return min(100.0, sum(part.points for part in self.parts))

    @property
    def level(self) -> Level:
        """The rung of the ladder; a score alone never goes beyond step-up."""
        return next((level for points, level in LADDER if self.points >= points), Level.NONE)

    @property
    def leading(self) -> Signal | None:
        """The strongest signal; None where nothing speaks for a leak."""
        strongest = max(self.parts, key=lambda part: part.points, default=None)
        return None if strongest is None else strongest.signal

    @property
    def words(self) -> str:
        """Why, strongest first."""
        ordered = sorted(self.parts, key=lambda part: -part.points)
        return " ".join(f"{part.words} ({part.points:.0f} points)" for part in ordered)


LADDER = ((80.0, Level.STEP_UP), (58.0, Level.THROTTLE), (30.0, Level.WATCH))
"""From how many points which level holds a key."""

ALL_SIGNALS = frozenset(Signal)
_YOUNG = 48 * 3600.0  # seconds a place counts as new
_SETTLED = 3 * 86_400.0  # seconds of history before a new place means anything
_OFTEN = 20  # creations before it does
_DAYS = 3  # of work, before a number of looks is unusual
_FILLS = 4  # jobs that fill all places a key has, see ``ladder.BUSY``: the first ones at a new place, where it rushes
_IN_A_ROW = 5  # jobs that took the last free place, one after the other
_LONG = 12  # so many in a row, at a new place, are an arrival whoever writes
_UNLIKE = 10.0  # points of prompts that an honest batch seldom reaches
_BATCH = 100  # so many, where the prompts are plainly the owner's: a batch of fifty is half of that


def score(habits: Habits, signals: frozenset[Signal] = ALL_SIGNALS) -> Score:
    """The score of a key after its last creation, by ``signals`` alone, to learn what one is worth."""
    if habits.last_at is None:
        return Score(parts=())
    now = extremes(habits)
    judged = [judge(habits, now) for signal, judge in _JUDGES.items() if signal in signals]
    judged += [judge(habits, now, signals) for signal, judge in _COMPOSED.items() if signal in signals]
    return Score(parts=tuple(part for part in judged if part is not None))


def certain(words: str) -> Score:
    """The score of a key that is known to be out: a canary was used, or somebody found it published."""
    return Score(parts=(Part(signal=Signal.CERTAIN, points=100.0, words=words),))


def _prompts(habits: Habits, now: Extremes) -> Part | None:
    usual = habits.usual
    by_hands = 35 * _part(now.hands - usual.hands - 1, 4)
    by_alphabets = 15 * _part(now.alphabets - usual.alphabets - 0.1, 0.6)
    by_words = 15 * _part(usual.close - now.close, 0.15)
    words = (
        f"The last {len(habits.recent.manners)} prompts are written in {now.hands:.0f} manners and "
        f"{now.alphabets:.0f} alphabets, where up to {usual.hands:.0f} and {usual.alphabets:.0f} are usual in a day; "
        f"they share {now.close:.0%} of their words with prompts before them."
    )
    return _told(Signal.PROMPTS, by_hands + by_alphabets + by_words, words)


def _origin(habits: Habits, now: Extremes) -> Part | None:
    hosted = 4 * _part(now.hosted - habits.usual.hosted, 0.6)
    points = (12 + hosted) * _is_new_place(habits, habits.networks)
    where = "a datacentre" if hosted else "a network"
    return _told(Signal.ORIGIN, points, f"The key is used from {where} it was never used from before.")


def _client(habits: Habits, _: Extremes) -> Part | None:
    points = 12.0 * _is_new_place(habits, habits.clients)
    return _told(Signal.CLIENT, points, "The key is used by a program it was never used by before.")


def _saturation(habits: Habits, now: Extremes) -> Part | None:
    points = 8 * _part(now.full - habits.usual.full - 0.1, 0.3)
    words = f"{sum(habits.recent.full)} of the last {LATELY} jobs took the last free place the moment there was one."
    return _told(Signal.SATURATION, points, words)


def _regularity(habits: Habits, now: Extremes) -> Part | None:
    """A program reads the list where none did, or another than before, by the beat it reads in."""
    is_new = habits.recent.is_steady and _is_new_place(habits, habits.beats)
    points = 8 * max(_part(now.steady - habits.usual.steady, 0.4), float(is_new))
    words = "The list is read as regularly as only a program reads it, and not as before."
    return _told(Signal.REGULARITY, points, words)


def _looks(habits: Habits, now: Extremes) -> Part | None:
    """Looks at the list for each order: a page that shows everybody's films reads it by a beat of its own."""
    usual, looks = habits.usual, looks_an_order(habits.recent)
    if looks is None or habits.num_days < _DAYS:
        return None
    points = 4 * _part(max(usual.fewest - now.fewest, now.most - usual.most) - 1.5, 2)
    words = (
        f"The list is read {looks:.1f} times for each order, where {2**usual.fewest - 1:.0f} to "
        f"{2**usual.most - 1:.0f} times are usual."
    )
    return _told(Signal.LOOKS, points, words)


def _duty(habits: Habits, now: Extremes) -> Part | None:
    by_run = 12 * _part(now.run_hours - max(2.0, 1.5 * habits.usual.run_hours), 4)
    by_day = 25 * _part(len(habits.hours) - 17, 4)
    words = f"{len(habits.hours)} of the last 24 hours were used, {now.run_hours:.1f} of them without an idle moment."
    return _told(Signal.DUTY, min(25.0, by_run + by_day), words)


def _fan_out(habits: Habits, now: Extremes) -> Part | None:
    points = 4 * _part(now.places - habits.usual.places - 2, 4)
    return _told(Signal.FAN_OUT, points, f"{now.places:.0f} networks were used within a day.")


def _arrival(habits: Habits, now: Extremes, signals: frozenset[Signal]) -> Part | None:
    """All at once: a new place, not a free moment there, and prompts unlike the owner's or no end to it.

    Each alone is an honest day: a trip, a batch of fifty, a new project. The prompts of an owner who changes manner and
    subject with each of them say little, whoever writes; their leak is told by what else began with it.
    """
    run = habits.full_run if Signal.SATURATION in signals else _IN_A_ROW
    if not _is_elsewhere(habits, signals) or run < _IN_A_ROW:
        return None
    unlike = _prompts(habits, now) if Signal.PROMPTS in signals else None
    long = _BATCH if Signal.PROMPTS in signals and _is_plainly_theirs(habits.usual, now) else _LONG
    share = max(_part(unlike.points, 6) if unlike else 0.0, _part(run - long / 2, long / 2))
    return _told(Signal.ARRIVAL, 20 * share, "All of this began at once, and there has been no free moment since.")


def _rush(habits: Habits, now: Extremes, signals: frozenset[Signal]) -> Part | None:
    """A new place whose very first jobs take every free place, and whose next ones take each the moment it is free."""
    if Signal.SATURATION not in signals or not _is_elsewhere(habits, signals):
        return None
    if Signal.PROMPTS in signals and _is_plainly_theirs(habits.usual, now):
        return None
    words = f"The first {habits.rush} jobs from a new place took every free place, without a moment's pause."
    return _told(Signal.RUSH, 34 * _part(habits.rush - _FILLS, _FILLS), words)


def _crowd(habits: Habits, now: Extremes, signals: frozenset[Signal]) -> Part | None:
    """From the owner's own place: prompts unlike theirs, not a free moment, and no end to it.

    A batch of fifty is no crowd: the prompts of some honest ones are as strange as a leak's.
    """
    run = habits.full_run
    unlike = _prompts(habits, now) if {Signal.PROMPTS, Signal.SATURATION} <= signals else None
    if unlike is None or unlike.points < _UNLIKE or _is_elsewhere(habits, signals):
        return None
    points = 36 * _part(run - _BATCH / 2, _BATCH / 2)
    words = f"The last {run} jobs took every free place, and read as if many people had written them."
    return _told(Signal.CROWD, points, words)


def _is_elsewhere(habits: Habits, signals: frozenset[Signal]) -> bool:
    """Whether network and program, as far as they are seen, are both new."""
    places = {Signal.ORIGIN: habits.networks, Signal.CLIENT: habits.clients}
    is_new = [_is_new_place(habits, seen) for signal, seen in places.items() if signal in signals]
    return bool(is_new) and all(is_new)


def _is_plainly_theirs(usual: Extremes, now: Extremes) -> bool:
    """Whether prompts are in fewer manners, or closer to the owner's, than on the wildest of the owner's own days."""
    return now.hands <= usual.hands - 2 or now.close >= usual.close + 0.12


_JUDGES: dict[Signal, Callable[[Habits, Extremes], Part | None]] = {
    Signal.PROMPTS: _prompts,
    Signal.ORIGIN: _origin,
    Signal.CLIENT: _client,
    Signal.SATURATION: _saturation,
    Signal.REGULARITY: _regularity,
    Signal.LOOKS: _looks,
    Signal.DUTY: _duty,
    Signal.FAN_OUT: _fan_out,
}

_COMPOSED: dict[Signal, Callable[[Habits, Extremes, frozenset[Signal]], Part | None]] = {
    Signal.ARRIVAL: _arrival,
    Signal.RUSH: _rush,
    Signal.CROWD: _crowd,
}
"""Made of others, as far as these are seen."""


def _is_new_place(habits: Habits, places: Mapping[str, tuple[float, float]]) -> bool:
    """Whether the place of the last creation is new to somebody who is not new themselves."""
    now = habits.last_at or 0.0
    first = list(places.values())[-1][0]  # the place seen last stands last
    return now - habits.since > _SETTLED and habits.count > _OFTEN and now - first < _YOUNG


def _part(excess: float, whole: float) -> float:
    """The share of ``whole`` that ``excess`` reaches, 0 to 1."""
    return max(0.0, min(1.0, excess / whole))


def _told(signal: Signal, points: float, words: str) -> Part | None:
    return Part(signal=signal, points=points, words=words) if points > 0 else None
