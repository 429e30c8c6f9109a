"""What a permission allows and what was used of it: every window of every quota, counted from the videos."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from vitascope.programme.access import repository
from vitascope.rights.permission import Permission
from vitascope.rights.quota import Measure, Per, Quota, Used, amount_used
from vitascope.store.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One quota with what is used of it in the window it counts in."""

    quota: Quota
    used: int

    @property
    def left(self) -> int:
        """What may still be used; never below nothing."""
        return max(0, self.quota.limit - self.used)


def budgets(tx: Transaction, permission: Permission, now: datetime) -> tuple[Budget, ...]:
    """The budgets of one permission, not of its parents: whoever holds it may see these."""
    used = used_of(tx, (permission,), now)
    return tuple(Budget(quota=quota, used=amount_used(permission.id, quota, used)) for quota in permission.quotas)


def used_of(tx: Transaction, links: Iterable[Permission], now: datetime) -> tuple[Used, ...]:
    """Every window of every quota on a chain."""
    found = []
    for link in links:
        for per in {quota.per for quota in link.quotas}:
            renders, seconds = repository.used(tx, link.id, since=_began(per, now))
            amounts = {Measure.RENDERS: renders, Measure.SECONDS: math.ceil(seconds)}
            found += [
                Used(permission=link.id, measure=measure, per=per, amount=amount) for measure, amount in amounts.items()
            ]
    return tuple(found)


def _began(per: Per, now: datetime) -> float:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {Per.DAY: day.timestamp(), Per.MONTH: day.replace(day=1).timestamp(), Per.GRANT: 0.0}[per]
