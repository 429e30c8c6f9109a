"""Whether a key could make something now, why not, and what is left of its budget: for whoever holds it to see."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from vitascope.orders import Grant
from vitascope.programme.access import gate, repository
from vitascope.programme.access.allowance import Budget, budgets
from vitascope.rights.answer import Decision, Rule
from vitascope.rights.hold import Hold, Level
from vitascope.rights.permission import Permission
from vitascope.rights.question import KeyKind, KeyState, Target
from vitascope.rights.quota import Cost, Measure
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction

_LEAST: Final = Target(
    id="engine", costs=(Cost(measure=Measure.RENDERS, amount=1), Cost(measure=Measure.SECONDS, amount=1))
)


class State(StrEnum):
    """How things stand with a key: ``open``, or why it makes nothing now."""

    OPEN = "open"
    SPENT = "spent"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What somebody with this key can expect of the next creation."""

    state: State
    level: Level
    explanation: str
    kind: KeyKind
    permission: Permission | None
    budgets: tuple[Budget, ...]
    pause: Hold | None = None  # the hold that says no, where it is one


def outlook(tx: Transaction, grant: Grant, now: datetime) -> Outlook:
    """What ``decide`` would say to one more second of video, and the budgets; nothing is used up or logged."""
    return outlook_of(tx, gate.key_state(tx, grant), now)


def outlook_of(tx: Transaction, key: KeyState, now: datetime) -> Outlook:
    """The same for somebody who is signed in."""
    links = repository.chain(tx, key.permission)
    decision = gate.ask_of(tx, key, Use.VIDEO_CREATE, _LEAST, now, is_locked=False)
    return Outlook(
        state=_state(decision),
        level=decision.level,
        explanation=decision.explanation,
        kind=key.kind,
        permission=links[0] if links else None,
        budgets=budgets(tx, links[0], now) if links else (),
        pause=_pause(tx, decision, now),
    )


def _pause(tx: Transaction, decision: Decision, now: datetime) -> Hold | None:
    if _state(decision) is not State.PAUSED:
        return None
    return next((hold for hold in repository.standing_holds(tx, now) if hold.id == decision.about), None)


def _state(decision: Decision) -> State:
    if decision.allow:
        return State.OPEN
    if decision.rule is Rule.QUOTA_SPENT:
        return State.SPENT
    is_held = decision.rule in (Rule.HOLD_STEP_UP, Rule.HOLD_NO_CREATE, Rule.HOLD_KEY_DEAD)
    return State.PAUSED if is_held else State.ENDED
