"""How much a permission allows, what an act costs, and what was already used: integers, counted elsewhere."""

from dataclasses import dataclass
from enum import StrEnum

from vitascope.errors import GrantError


class Measure(StrEnum):
    """What is counted; units are whole renders, seconds of video, megapixels, guests."""

    RENDERS = "renders"
    SECONDS = "seconds"
    MEGAPIXELS = "megapixels"
    GUESTS = "guests"


class Per(StrEnum):
    """The window a quota counts in; ``grant`` is the whole life of the permission."""

    DAY = "day"
    MONTH = "month"
    GRANT = "grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most ``limit`` units of ``measure`` in each window."""

    measure: Measure
    per: Per
    limit: int

    def __post_init__(self) -> None:
        """Refuse a negative limit."""
        if self.limit < 0:
            message = f"a quota of {self.limit} {self.measure} per {self.per} is negative; use 0 or more"
            raise GrantError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one act would use up."""

    measure: Measure
    amount: int

    def __post_init__(self) -> None:
        """Refuse a negative cost: it would fill a quota up again."""
        if self.amount < 0:
            message = f"a cost of {self.amount} {self.measure} is negative; use 0 or more"
            raise GrantError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Units used in the current window under a permission **and everything below it**; counted by the caller."""

    permission: str
    measure: Measure
    per: Per
    amount: int


def overrun(
    permission: str, quotas: tuple[Quota, ...], costs: tuple[Cost, ...], used: tuple[Used, ...]
) -> Quota | None:
    """The first quota of ``permission`` that ``costs`` would break, or None when all hold."""
    for quota in quotas:
        wanted = sum(cost.amount for cost in costs if cost.measure is quota.measure)
        if wanted and amount_used(permission, quota, used) + wanted > quota.limit:
            return quota
    return None


def amount_used(permission: str, quota: Quota, used: tuple[Used, ...]) -> int:
    """Units already used of ``quota`` under ``permission`` in the current window."""
    key = (permission, quota.measure, quota.per)
    return sum(count.amount for count in used if (count.permission, count.measure, count.per) == key)
