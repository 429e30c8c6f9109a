"""A hold: a pause laid over permissions and keys, with a reason, an end and an appeal; one table is every switch."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from vitascope.errors import GrantError
from vitascope.rights.moment import in_words, require_zone

LONGEST_WIDE: Final = timedelta(hours=72)
"""Of a hold on a cohort, a feature or all, at every level: who is held for nothing of theirs is not held for long."""

ANSWER_WITHIN: Final = timedelta(days=5)


class Level(IntEnum):
    """How much a hold takes away; the strongest one that reaches an act counts."""

    NONE = 0
    WATCH = 1  # recorded only
    THROTTLE = 2  # lower rate and concurrency
    STEP_UP = 3  # the next creation needs a passkey
    NO_CREATE = 4  # nothing new
    KEY_DEAD = 5  # the key stops working; the member's own login does not


class Reach(StrEnum):
    """What a selector points at."""

    KEY = "key"
    PERMISSION = "permission"
    COHORT = "cohort"
    FEATURE = "feature"
    ALL = "all"

    @property
    def is_wide(self) -> bool:
        """Whether one such hold can touch people who have nothing to do with each other."""
        return self in (Reach.COHORT, Reach.FEATURE, Reach.ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Whom a hold reaches: one key, a permission and all below it, a cohort, a feature, or all (with no id)."""

    reach: Reach
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse a selector that points nowhere."""
        if (self.reach is Reach.ALL) == bool(self.id):
            message = f"a hold on {self.reach} {'with' if self.id else 'without'} an id: give one, except with all"
            raise GrantError(message)


class HoldState(StrEnum):
    """``placed -> in force -> lifted | expired``; a wide one waits in ``placed`` for its second steward."""

    PLACED = "placed"
    IN_FORCE = "in force"
    LIFTED = "lifted"
    EXPIRED = "expired"


class AppealState(StrEnum):
    """``open -> upheld | lifted``."""

    OPEN = "open"
    UPHELD = "upheld"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A held person's objection; somebody else than the stewards of the hold answers within five days."""

    by: str
    opened: datetime
    state: AppealState = AppealState.OPEN
    decided_by: str | None = None

    @property
    def due(self) -> datetime:
        """When an answer is owed."""
        return self.opened + ANSWER_WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One pause. ``placed_by`` is the steward or the rule that placed it, ``second`` the steward who agreed."""

    id: str
    selector: Selector
    level: Level
    reason: str  # shown to whoever it reaches
    placed_by: str
    placed: datetime
    until: datetime
    second: str | None = None
    evidence: str = ""
    lifted_by: str | None = None
    appeal: Appeal | None = None

    def __post_init__(self) -> None:
        """Refuse a hold without reason, end or effect, and a wide one beyond 72 hours."""
        require_zone(self.placed, f"the start of hold {self.id}")
        require_zone(self.until, f"the end of hold {self.id}")
        if not self.reason.strip() or self.level is Level.NONE or self.until <= self.placed:
            message = f"hold {self.id} needs a reason, a level of 1 to 5 and an end after its start"
            raise GrantError(message)
        if self.level is Level.KEY_DEAD and self.selector.reach is Reach.FEATURE:
            message = f"hold {self.id} would kill keys by feature; a feature can be held at level 4 at most"
            raise GrantError(message)
        if self.second == self.placed_by:
            message = f"hold {self.id} names {self.second} twice; the second steward must be another person"
            raise GrantError(message)
        if self.selector.reach.is_wide and self.until - self.placed > LONGEST_WIDE:
            message = f"hold {self.id} is wide and runs {self.until - self.placed}; end it within 72 hours, then renew"
            raise GrantError(message)

    @property
    def needs_two(self) -> bool:
        """Whether it takes two stewards: everything that stops creation for a cohort, a feature or all."""
        return self.selector.reach.is_wide and self.level >= Level.NO_CREATE

    def state(self, now: datetime) -> HoldState:
        """Where it stands; computed, so that no clock has to run for a hold to end.

        A hold counts from the moment it is written: another machine's clock, or one set back, does not suspend it.
        """
        if self.lifted_by is not None:
            return HoldState.LIFTED
        if now >= self.until:
            return HoldState.EXPIRED
        return HoldState.PLACED if self.needs_two and self.second is None else HoldState.IN_FORCE


def agree(hold: Hold, *, second: str) -> Hold:
    """The hold with its second steward."""
    _require_unlifted(hold)
    return replace(hold, second=second)


def lift(hold: Hold, *, by: str) -> Hold:
    """The hold as lifted."""
    _require_unlifted(hold)
    return replace(hold, lifted_by=by)


def renew(hold: Hold, *, renewal: str, reason: str, by: str, now: datetime, until: datetime) -> Hold:
    """A new hold on the same selector, called ``renewal``; it needs a new reason and, if wide, a second again."""
    if reason.strip().casefold() == hold.reason.strip().casefold():
        message = f"hold {hold.id} was placed for {hold.reason!r}; a renewal needs a new reason"
        raise GrantError(message)
    return Hold(
        id=renewal, selector=hold.selector, level=hold.level, reason=reason, placed_by=by, placed=now, until=until
    )


def appeal(hold: Hold, *, by: str, now: datetime) -> Hold:
    """The hold with an open appeal; it stays in force until somebody answers or it ends.

    One that was turned down is followed by another when ``may_appeal`` says so: facts come later, and of a wide hold
    each whom it reaches has something of their own to say. Raises ``GrantError`` before that.
    """
    if not may_appeal(hold, now) and hold.appeal is not None:
        is_open = hold.appeal.state is AppealState.OPEN
        then = "an answer is due" if is_open else "it may be appealed again from"
        message = f"hold {hold.id} has been appealed already; {then} {in_words(hold.appeal.due)}"
        raise GrantError(message)
    return replace(hold, appeal=Appeal(by=by, opened=now))


def may_appeal(hold: Hold, now: datetime) -> bool:
    """Whether an appeal may be opened: the first at once, another once that was turned down and its days are over."""
    earlier = hold.appeal
    return earlier is None or (earlier.state is AppealState.UPHELD and now >= earlier.due)


def answer(hold: Hold, *, by: str, is_upheld: bool) -> Hold:
    """The hold with its appeal decided, lifted unless upheld.

    Raises ``GrantError`` without an open appeal, and when one of the stewards of the hold or the appellant answers.
    """
    if hold.appeal is None or hold.appeal.state is not AppealState.OPEN:
        message = f"hold {hold.id} has no open appeal to answer"
        raise GrantError(message)
    if by in (hold.placed_by, hold.second, hold.appeal.by):
        message = f"{by} has a part in hold {hold.id}; somebody else must answer the appeal"
        raise GrantError(message)
    state = AppealState.UPHELD if is_upheld else AppealState.LIFTED
    decided = replace(hold, appeal=replace(hold.appeal, state=state, decided_by=by))
    return decided if is_upheld or hold.lifted_by else replace(decided, lifted_by=by)


def _require_unlifted(hold: Hold) -> None:
    if hold.lifted_by is not None:
        message = f"hold {hold.id} was lifted by {hold.lifted_by}; place a new one with its own reason"
        raise GrantError(message)
