"""What ``decide`` is asked: a key as it stands and the thing an act is about, handed in as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vitascope.rights.quota import Cost
from vitascope.rights.uses import Use


class KeyKind(StrEnum):
    """What somebody came in with; a login is the person themselves, by passkey or mailed link."""

    MEMBER = "member"
    GUEST = "guest"
    SERVICE = "service"
    CANARY = "canary"
    LOGIN = "login"


class KeyStatus(StrEnum):
    """``live -> grace -> dead``; a key in grace has been rotated and works until it expires."""

    LIVE = "live"
    GRACE = "grace"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """A key as it stands, without its secret; ``is_genuine`` says that checksum and hash were right."""

    id: str
    kind: KeyKind
    party: str
    permission: str | None  # None: somebody with works but no part in the programme
    scopes: frozenset[Use]
    expires: datetime
    status: KeyStatus = KeyStatus.LIVE
    is_genuine: bool = True
    confirmed_until: datetime | None = None  # a passkey was shown and counts until then
    above: tuple[str, ...] = ()  # of a pass: the key it was minted by, and those that replaced it
    above_ends: datetime | None = None  # when the last of these does


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """Something an act draws on: a character, a reference, the source of a remix, and the use made of it."""

    id: str
    owner: str
    use: Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """The verdict of a moderation rule on what was asked, reached elsewhere."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The thing an act is about. ``owner`` is None for what belongs to the house, such as an engine."""

    id: str
    owner: str | None = None
    ingredients: tuple[Ingredient, ...] = ()
    costs: tuple[Cost, ...] = ()
    moderation: Moderation | None = None
