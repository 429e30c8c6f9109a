"""The score of a key: eight signals, each a number of points and a sentence; no machine learning, nothing hidden.

The points and thresholds were set on the seeds that ``bench/leaks.py`` names for tuning, and measured on another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from vitascope.programme.leaks.habits import LATELY, Extremes, Habits, extremes
from vitascope.rights.hold import Level


class Signal(StrEnum):
    """What can speak for a leak; ``docs/programme.md`` tells each to a member."""

    PROMPTS = "prompts"
    ORIGIN = "origin"
    CLIENT = "client"
    SATURATION = "saturation"
    REGULARITY = "regularity"
    DUTY = "duty"
    FAN_OUT = "fan_out"
    ARRIVAL = "arrival"
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
_IN_A_ROW = 8  # jobs that took the last free place, one after the other


def score(habits: Habits, signals: frozenset[Signal] = ALL_SIGNALS) -> Score:
    """The score of a key after its last creation, by ``signals`` alone, to learn what one is worth."""
    if habits.last_at is None:
        return Score(parts=())
    now = extremes(habits)
    judged = (_JUDGES[signal](habits, now) for signal in _JUDGES if {signal, *_RESTS_ON.get(signal, ())} <= signals)
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


def _origin(habits: Habits, _: Extremes) -> Part | None:
    points = 12.0 * _is_new_place(habits, habits.networks)
    return _told(Signal.ORIGIN, points, "The key is used from a network it was never used from before.")


def _client(habits: Habits, _: Extremes) -> Part | None:
    points = 12.0 * _is_new_place(habits, habits.clients)
    return _told(Signal.CLIENT, points, "The key is used by a program it was never used by before.")


def _saturation(habits: Habits, now: Extremes) -> Part | None:
    points = 8 * _part(now.full - habits.usual.full - 0.1, 0.3)
    words = f"{sum(habits.recent.full)} of the last {LATELY} jobs took the last free place the moment there was one."
    return _told(Signal.SATURATION, points, words)


def _regularity(habits: Habits, now: Extremes) -> Part | None:
    points = 8 * _part(now.steady - habits.usual.steady, 0.4)
    return _told(Signal.REGULARITY, points, "The list is read as regularly as only a program reads it.")


def _duty(habits: Habits, now: Extremes) -> Part | None:
    by_run = 12 * _part(now.run_hours - max(2.0, 1.5 * habits.usual.run_hours), 4)
    by_day = 25 * _part(len(habits.hours) - 17, 4)
    words = f"{len(habits.hours)} of the last 24 hours were used, {now.run_hours:.1f} of them without an idle moment."
    return _told(Signal.DUTY, min(25.0, by_run + by_day), words)


def _fan_out(habits: Habits, now: Extremes) -> Part | None:
    points = 4 * _part(now.places - habits.usual.places - 2, 4)
    return _told(Signal.FAN_OUT, points, f"{now.places:.0f} networks were used within a day.")


def _arrival(habits: Habits, now: Extremes) -> Part | None:
    """All at once: a new place, not a free moment there, and prompts unlike the owner's.

    Each alone is an honest day: a trip, a batch of fifty, a new project. The prompts of an owner who changes manner and
    subject with each of them say little, whoever writes; their leak is told by what else began with it.
    """
    is_new = _is_new_place(habits, habits.networks) and _is_new_place(habits, habits.clients)
    lately = habits.recent.full[-_IN_A_ROW:]
    unlike = _prompts(habits, now)
    points = 20 * _part(unlike.points, 8) if unlike and is_new and len(lately) == _IN_A_ROW and all(lately) else 0.0
    return _told(Signal.ARRIVAL, points, "All of this began at once, and there has been no free moment since.")


_RESTS_ON = {Signal.ARRIVAL: (Signal.PROMPTS, Signal.ORIGIN, Signal.CLIENT, Signal.SATURATION)}
"""What a signal is made of: without one of these it is not there either."""

_JUDGES: dict[Signal, Callable[[Habits, Extremes], Part | None]] = {
    Signal.PROMPTS: _prompts,
    Signal.ORIGIN: _origin,
    Signal.CLIENT: _client,
    Signal.SATURATION: _saturation,
    Signal.REGULARITY: _regularity,
    Signal.DUTY: _duty,
    Signal.FAN_OUT: _fan_out,
    Signal.ARRIVAL: _arrival,
}


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
