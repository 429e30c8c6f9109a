"""From a score to a hold: watch, throttle, step-up; what a machine may place by itself, and for how long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vitascope.errors import GrantError
from vitascope.orders import Limits
from vitascope.programme.leaks.score import Score, Signal
from vitascope.rights.hold import Hold, HoldState, Level, Reach, Selector

WATCHER = "watch"
"""Who places automatic holds: a rule of the house, never a person."""

LASTS = timedelta(hours=24)
"""How long an automatic hold goes on where nobody answers."""

SLOWED = 4
"""A throttled key has this fraction of its rate and of its jobs in flight, one at least."""

BUSY = 4
"""Jobs in flight that count as all a key can use, and are all that a throttled one has a fraction of.

The page of 2024 kept four. Members may have a thousand: measured against that nobody is ever busy, and a quarter of it
slows nobody.
"""

JUST_ENDED = 10.0
"""Seconds for which a job that has ended counts as in flight: whoever looks every five seconds leaves no place free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the watch makes of a key: the level, why in words for its owner, and the class of that for the figures."""

    level: Level
    reason: str
    signal: Signal | None = None


def verdict(score: Score) -> Verdict:
    """What follows from a score. Beyond step-up goes only certainty: a canary or a signed alert stops creation."""
    if any(part.signal is Signal.CERTAIN for part in score.parts):
        return Verdict(level=Level.NO_CREATE, reason=score.words, signal=Signal.CERTAIN)
    return Verdict(level=min(score.level, Level.STEP_UP), reason=score.words, signal=score.leading)


def automatic_hold(made: Verdict, *, key: str, name: str, standing: tuple[Hold, ...], now: datetime) -> Hold | None:
    """The hold that a verdict places on one key, or None where one of its kind is in force, or nothing follows."""
    selector = Selector(reach=Reach.KEY, id=key)
    mine = [hold for hold in standing if hold.selector == selector and hold.placed_by == WATCHER]
    highest = max((hold.level for hold in mine if hold.state(now) is HoldState.IN_FORCE), default=Level.NONE)
    if made.level <= highest:
        return None
    return Hold(
        id=name,
        selector=selector,
        level=made.level,
        reason=made.reason,
        placed_by=WATCHER,
        placed=now,
        until=now + LASTS,
        evidence=made.signal.value if made.signal else "",
    )


def slowed(limits: Limits) -> Limits:
    """What is left of limits under throttle."""
    return replace(
        limits,
        requests_per_minute=max(1, limits.requests_per_minute // SLOWED),
        jobs_in_flight=max(1, min(limits.jobs_in_flight, BUSY) // SLOWED),
    )


def require_may_place(hold: Hold) -> None:
    """Raise GrantError where a machine would place more than a machine may."""
    if hold.placed_by != WATCHER:
        return
    if hold.selector.reach is not Reach.KEY or hold.level >= Level.KEY_DEAD:
        raise GrantError(
            f"Only a person may place {hold.level.name} on {hold.selector.reach}; the watch holds one key."
        )
