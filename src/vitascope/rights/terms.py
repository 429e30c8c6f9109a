"""Terms: a text people accept and the policy a machine keeps, addressed by the hash of both."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vitascope.errors import GrantError
from vitascope.rights.canonical import Json, content_hash
from vitascope.rights.moment import iso, require_zone
from vitascope.rights.quota import Quota

LONGEST_EMBARGO: Final = timedelta(days=30)
SHORTEST_NOTICE_DAYS: Final = 30
SHORTEST_SUNSET_DAYS: Final = 180
WHOLE: Final = 1_000_000  # parts per million a split adds up to


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What is paid for one unit of ``work``, in integer minor units of ``currency``."""

    work: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A party's part of a split, in parts per million."""

    party: str
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What terms may settle, as data.

    There is no field for approval before release, for silence about the programme, or for training on a member's
    prompts and renders: what has no field cannot be demanded.
    """

    embargo_until: datetime | None = None
    notice_days: int = SHORTEST_NOTICE_DAYS  # before worse terms; old ones run until the grant ends
    sunset_days: int = SHORTEST_SUNSET_DAYS  # before the programme may end
    withdrawal_days: int = 30  # within which models built on a withdrawn work are retrained or recalled
    quotas: tuple[Quota, ...] = ()
    rates: tuple[Rate, ...] = ()
    split: tuple[Share, ...] = ()

    def __post_init__(self) -> None:
        """Refuse notice or sunset below the floor and a split that does not add up."""
        if self.notice_days < SHORTEST_NOTICE_DAYS or self.sunset_days < SHORTEST_SUNSET_DAYS:
            message = (
                f"notice of {self.notice_days} and sunset of {self.sunset_days} days are below the floor;"
                f" give at least {SHORTEST_NOTICE_DAYS} and {SHORTEST_SUNSET_DAYS}"
            )
            raise GrantError(message)
        total = sum(share.parts for share in self.split)
        if self.split and (total != WHOLE or min(share.parts for share in self.split) < 0):
            message = f"the split adds up to {total} parts; give parts of 0 or more that add up to {WHOLE}"
            raise GrantError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of the terms; any change of text, date or policy is another version with another hash."""

    text: str
    issued: datetime
    policy: Policy

    def __post_init__(self) -> None:
        """Refuse an embargo without a date close by: open-ended silence is what artists wrote against."""
        require_zone(self.issued, "the issue of the terms")
        until = self.policy.embargo_until
        if until is None:
            return
        require_zone(until, "the end of the embargo")
        if until - self.issued > LONGEST_EMBARGO:
            message = (
                f"the embargo runs {(until - self.issued).days} days; terms may hold a release back"
                f" {LONGEST_EMBARGO.days} days at most"
            )
            raise GrantError(message)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of text, issue and policy: what a permission and its acceptance name."""
        return content_hash({"text": self.text, "issued": iso(self.issued), "policy": _policy_json(self.policy)})


def _policy_json(policy: Policy) -> Json:
    return {
        "embargo_until": iso(policy.embargo_until) if policy.embargo_until else None,
        "notice_days": policy.notice_days,
        "sunset_days": policy.sunset_days,
        "withdrawal_days": policy.withdrawal_days,
        "quotas": [[quota.measure.value, quota.per.value, quota.limit] for quota in policy.quotas],
        "rates": [[rate.work, rate.amount, rate.currency] for rate in policy.rates],
        "split": [[share.party, share.parts] for share in policy.split],
    }
