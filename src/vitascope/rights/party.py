"""A party: the person, group or service that grants, holds and is credited."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vitascope.errors import GrantError

PUBLIC: Final = "public"
"""The grantee of a permission that everybody holds; no party may bear this id."""

HOUSE: Final = "programme"
"""Who grants early access and roles, and what a role is on."""


class PartyKind(StrEnum):
    """What stands behind a party."""

    PERSON = "person"
    GROUP = "group"
    SERVICE = "service"


class Credit(StrEnum):
    """How a party wishes to be named; some artists refuse credit, so none is a full answer."""

    NAME = "name"
    HANDLE = "handle"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody, with the way they wish to be named; contact and pay-out details stay encrypted and deletable."""

    id: str
    kind: PartyKind
    handle: str
    name: str = ""
    credit: Credit = Credit.NONE
    contact_encrypted: bytes = b""
    payout_encrypted: bytes = b""

    def __post_init__(self) -> None:
        """Refuse a party nobody could tell apart, and a credit by a name that was never given."""
        if not self.id or self.id == PUBLIC or not self.handle:
            message = f"party id {self.id!r} and handle {self.handle!r} must be given and the id not {PUBLIC!r}"
            raise GrantError(message)
        if self.credit is Credit.NAME and not self.name:
            message = f"party {self.id} asks for credit by name but gives none; give a name or choose the handle"
            raise GrantError(message)

    @property
    def credited_as(self) -> str | None:
        """The words a credit line shows, or None for a party who wants none."""
        return {Credit.NAME: self.name, Credit.HANDLE: self.handle, Credit.NONE: None}[self.credit]
