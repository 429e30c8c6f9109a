"""What ``decide`` answers: yes or no, the rule that decided, and words a person can argue with."""

from dataclasses import dataclass
from enum import StrEnum

from vitascope.rights.event import Event
from vitascope.rights.hold import Level


class Rule(StrEnum):
    """Every rule ``decide`` can name; docs/rights.md explains each."""

    ALLOWED = "allowed"
    KEY_WRONG = "key_wrong"
    KEY_DEAD = "key_dead"
    KEY_EXPIRED = "key_expired"
    KEY_SCOPE = "key_scope"
    PERMISSION_MISSING = "permission_missing"
    PERMISSION_NOT_LIVE = "permission_not_live"
    PERMISSION_USE = "permission_use"
    PERMISSION_EXCEEDS = "permission_exceeds_parent"
    PERMISSION_OBJECT = "permission_object"
    QUOTA_SPENT = "quota_spent"
    NOT_YOURS = "not_yours"
    NOT_GRANTED = "not_granted"
    HOLD_KEY_DEAD = "hold_key_dead"
    HOLD_NO_CREATE = "hold_no_create"
    HOLD_STEP_UP = "hold_step_up"
    EMBARGO = "embargo"
    MODERATION = "moderation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer. ``level`` is the effective hold level; ``event`` is for the caller to log before acting."""

    allow: bool
    level: Level
    rule: Rule
    explanation: str  # what happened, what to do, how to appeal
    about: str  # id of the key, permission, hold, terms or thing that decided
    event: Event | None
