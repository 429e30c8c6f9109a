"""The rows of permissions, terms, cohorts, holds and of the keys that hang on permissions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa

from vitascope.rights.hold import LONGEST_WIDE, Appeal, AppealState, Hold, Level, Reach, Selector
from vitascope.rights.permission import Ending, Permission, PermissionState
from vitascope.rights.question import KeyKind
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.terms import Policy, Rate, Share, Terms
from vitascope.rights.uses import Use
from vitascope.store import people_tables, tables
from vitascope.store.database import Transaction

_PERMISSIONS, _HOLDS, _KEYS = people_tables.permissions.c, people_tables.holds.c, people_tables.key_permissions.c
_FREE = ("failed", "cancelled")  # nobody pays for these with their quota
_LONGEST_CHAIN = 20  # a pass below a pass below a pass: nobody needs more, and a circle ends here


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What a key hangs on."""

    key: str
    permission: str
    kind: KeyKind
    confirmed_until: datetime | None = None
    host: str | None = None  # of a pass: the key it was minted by; None where that was done in person


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """People invited together, under terms of their own."""

    id: str
    name: str
    quotas: tuple[Quota, ...] = ()  # of each member
    days: int = 180  # that a member's permission lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Terms of a cohort, told at one time and in force from another."""

    terms: Terms
    announced: datetime
    effective: datetime


def add_permission(tx: Transaction, permission: Permission) -> None:
    """Enter a permission."""
    tx.execute(
        sa.insert(people_tables.permissions).values(
            id=permission.id,
            grantor=permission.grantor,
            grantee=permission.grantee,
            object=permission.object,
            uses=" ".join(sorted(permission.uses)),
            terms=permission.terms,
            valid_from=permission.valid_from.timestamp(),
            valid_until=permission.valid_until.timestamp(),
            parent=permission.parent,
            cohort=permission.cohort,
            quotas=_quotas_text(permission.quotas),
            state=permission.state.value,
            ending=permission.ending.value if permission.ending else None,
        )
    )


def change_permission(tx: Transaction, permission: Permission) -> None:
    """Keep what a permission has become: its state, and what it hangs on and carries now."""
    tx.execute(
        sa.update(people_tables.permissions)
        .where(_PERMISSIONS.id == permission.id)
        .values(
            state=permission.state.value,
            ending=permission.ending.value if permission.ending else None,
            uses=" ".join(sorted(permission.uses)),
            parent=permission.parent,
            terms=permission.terms,
            valid_from=permission.valid_from.timestamp(),
            valid_until=permission.valid_until.timestamp(),
        )
    )


def permission(tx: Transaction, name: str, *, locked: bool = False) -> Permission | None:
    """One by its id; ``locked``, to change it, keeps it from other writers until the transaction ends."""
    query = sa.select(people_tables.permissions).where(_PERMISSIONS.id == name)
    return next(iter(_permissions(tx, query.with_for_update() if locked else query)), None)


def permissions_of(tx: Transaction, party: str) -> tuple[Permission, ...]:
    """All that a party holds or gave, in order of id."""
    own = (_PERMISSIONS.grantee == party) | (_PERMISSIONS.grantor == party)
    return _permissions(tx, sa.select(people_tables.permissions).where(own).order_by(_PERMISSIONS.id))


def members(tx: Transaction, cohort_id: str) -> frozenset[str]:
    """Who holds a permission of a cohort."""
    return frozenset(tx.execute(sa.select(_PERMISSIONS.grantee).where(_PERMISSIONS.cohort == cohort_id)).scalars())


def chain(tx: Transaction, name: str | None) -> tuple[Permission, ...]:
    """A permission and its parents, leaf first."""
    links: list[Permission] = []
    while name is not None and len(links) < _LONGEST_CHAIN:
        found = _permissions(tx, sa.select(people_tables.permissions).where(_PERMISSIONS.id == name))
        links += found
        name = found[0].parent if found else None
    return tuple(links)


def children(tx: Transaction, parent: str) -> tuple[Permission, ...]:
    """What hangs directly below a permission."""
    query = sa.select(people_tables.permissions).where(_PERMISSIONS.parent == parent).order_by(_PERMISSIONS.id)
    return _permissions(tx, query)


def lock_root(tx: Transaction, links: tuple[Permission, ...]) -> None:
    """Keep others from counting under the same root until this transaction ends (SQLite does so by itself)."""
    if links:
        tx.execute(sa.select(_PERMISSIONS.id).where(_PERMISSIONS.id == links[-1].id).with_for_update())


def used(tx: Transaction, name: str, *, since: float) -> tuple[int, float]:
    """Renders and seconds since then under a permission and everything below it; what failed counts for nothing."""
    below = sa.select(_PERMISSIONS.id).where(_PERMISSIONS.id == name).cte("below", recursive=True)
    below = below.union(sa.select(_PERMISSIONS.id).join(below, _PERMISSIONS.parent == below.c.id))
    videos = tables.videos.c
    query = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(videos.seconds), 0.0))
        .select_from(tables.videos)
        .join(people_tables.key_permissions, _KEYS.key == videos.key)
        .where(_KEYS.permission.in_(sa.select(below.c.id)), videos.created_at >= since, videos.state.not_in(_FREE))
    )
    row = tx.execute(query).one()
    return int(row[0]), float(row[1])


def bind(tx: Transaction, bound: Bound) -> None:
    """Hang a key on a permission."""
    fresh = {"key": bound.key, "permission": bound.permission, "kind": bound.kind.value, "host": bound.host}
    tx.execute(sa.insert(people_tables.key_permissions).values(**fresh, confirmed_until=None))


def rebind(tx: Transaction, bound: Bound) -> None:
    """Change what kind of key it is, or what it hangs on."""
    query = sa.update(people_tables.key_permissions).where(_KEYS.key == bound.key)
    tx.execute(query.values(permission=bound.permission, kind=bound.kind.value, host=bound.host))


def bound(tx: Transaction, key: str) -> Bound | None:
    """What a key hangs on."""
    row = tx.execute(sa.select(people_tables.key_permissions).where(_KEYS.key == key)).mappings().one_or_none()
    return None if row is None else _bound(row)


def move_keys(tx: Transaction, old: str, new: str) -> None:
    """Hang the keys of one permission on another, which takes its place."""
    tx.execute(sa.update(people_tables.key_permissions).where(_KEYS.permission == old).values(permission=new))


def keys_of(tx: Transaction, permission_id: str) -> tuple[str, ...]:
    """The keys that hang directly on a permission."""
    return tuple(tx.execute(sa.select(_KEYS.key).where(_KEYS.permission == permission_id)).scalars())


def confirm(tx: Transaction, keys: Iterable[str], until: datetime) -> None:
    """Note that the owner of these keys has shown a passkey, which counts until then."""
    query = sa.update(people_tables.key_permissions).where(_KEYS.key.in_(list(keys)))
    tx.execute(query.values(confirmed_until=until.timestamp()))


def add_hold(tx: Transaction, hold: Hold) -> None:
    """Enter a hold: in force for every process when the transaction is committed."""
    tx.execute(sa.insert(people_tables.holds).values(_hold_row(hold)))


def change_hold(tx: Transaction, hold: Hold) -> None:
    """Keep what became of a hold."""
    tx.execute(sa.update(people_tables.holds).where(_HOLDS.id == hold.id).values(_hold_row(hold)))


def hold(tx: Transaction, name: str) -> Hold | None:
    """One by its id, kept from other writers until the transaction ends."""
    query = sa.select(people_tables.holds).where(_HOLDS.id == name).with_for_update()
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else _hold(row)


def standing_holds(tx: Transaction, now: datetime) -> tuple[Hold, ...]:
    """Holds that are neither over nor lifted, whether in force or waiting for a second steward; in order of id."""
    query = sa.select(people_tables.holds).where(_HOLDS.until > now.timestamp(), _HOLDS.lifted_by.is_(None))
    found = map(_hold, tx.execute(query.order_by(_HOLDS.id)).mappings())
    return tuple(hold for hold in found if hold.until > now)


def all_holds(tx: Transaction) -> tuple[Hold, ...]:
    """Every hold there ever was, newest first."""
    query = sa.select(people_tables.holds).order_by(_HOLDS.placed.desc(), _HOLDS.id)
    return tuple(_hold(row) for row in tx.execute(query).mappings())


def add_terms(tx: Transaction, terms: Terms) -> None:
    """Keep a version of terms under its hash; the same one twice is one."""
    if find_terms(tx, terms.hash) is None:
        policy = json.dumps(_policy_fields(terms.policy), sort_keys=True)
        row = {"hash": terms.hash, "text": terms.text, "issued": terms.issued.timestamp(), "policy": policy}
        tx.execute(sa.insert(people_tables.terms).values(row))


def find_terms(tx: Transaction, name: str) -> Terms | None:
    """Terms by their hash."""
    query = sa.select(people_tables.terms).where(people_tables.terms.c.hash == name)
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else _terms(row)


def add_cohort(tx: Transaction, cohort: Cohort) -> None:
    """Enter a cohort."""
    row = {"id": cohort.id, "name": cohort.name, "quotas": _quotas_text(cohort.quotas), "days": cohort.days}
    tx.execute(sa.insert(people_tables.cohorts).values(row))


def cohorts(tx: Transaction) -> tuple[Cohort, ...]:
    """All, in order of id."""
    names = tx.execute(sa.select(people_tables.cohorts.c.id).order_by(people_tables.cohorts.c.id)).scalars().all()
    return tuple(found for name in names if (found := cohort(tx, name)))


def cohort(tx: Transaction, name: str) -> Cohort | None:
    """A cohort by its id."""
    query = sa.select(people_tables.cohorts).where(people_tables.cohorts.c.id == name)
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return Cohort(id=row["id"], name=row["name"], quotas=_quotas(row["quotas"]), days=row["days"])


def announce(tx: Transaction, cohort_id: str, made: Announced) -> None:
    """Enter terms for a cohort."""
    add_terms(tx, made.terms)
    tx.execute(
        sa.insert(people_tables.cohort_terms).values(
            cohort=cohort_id,
            terms=made.terms.hash,
            announced=made.announced.timestamp(),
            effective=made.effective.timestamp(),
        )
    )


def announced(tx: Transaction, cohort_id: str) -> tuple[Announced, ...]:
    """All terms a cohort ever had, in the order they were told."""
    table = people_tables.cohort_terms
    query = sa.select(table).where(table.c.cohort == cohort_id).order_by(table.c.announced)
    rows = tx.execute(query).mappings().all()
    found = [(find_terms(tx, row["terms"]), row) for row in rows]
    return tuple(
        Announced(terms=terms, announced=_moment(row["announced"]), effective=_moment(row["effective"]))
        for terms, row in found
        if terms is not None
    )


def add_acceptance(tx: Transaction, *, permission: str, party: str, terms: str, at: datetime) -> None:
    """Record that a party accepted terms, by their hash."""
    row = {"permission": permission, "party": party, "terms": terms, "at": at.timestamp()}
    tx.execute(sa.insert(people_tables.acceptances).values(row))


def _permissions(tx: Transaction, query: Any) -> tuple[Permission, ...]:  # noqa: ANN401  # any select over the table
    return tuple(_permission(row) for row in tx.execute(query).mappings())


def _permission(row: Any) -> Permission:  # noqa: ANN401  # a row of the table
    return Permission(
        id=row["id"],
        grantor=row["grantor"],
        grantee=row["grantee"],
        object=row["object"],
        uses=frozenset(Use(use) for use in row["uses"].split()),
        terms=row["terms"],
        valid_from=_moment(row["valid_from"]),
        valid_until=_moment(row["valid_until"]),
        parent=row["parent"],
        cohort=row["cohort"],
        quotas=_quotas(row["quotas"]),
        state=PermissionState(row["state"]),
        ending=Ending(row["ending"]) if row["ending"] else None,
    )


def _bound(row: Any) -> Bound:  # noqa: ANN401  # a row of the table
    until = row["confirmed_until"]
    return Bound(
        key=row["key"],
        permission=row["permission"],
        kind=KeyKind(row["kind"]),
        confirmed_until=None if until is None else _moment(until),
        host=row["host"],
    )


def _hold_row(hold: Hold) -> dict[str, object]:
    appeal = hold.appeal
    return {
        "id": hold.id,
        "reach": hold.selector.reach.value,
        "target": hold.selector.id,
        "level": int(hold.level),
        "reason": hold.reason,
        "placed_by": hold.placed_by,
        "placed": hold.placed.timestamp(),
        "until": hold.until.timestamp(),
        "second": hold.second,
        "evidence": hold.evidence,
        "lifted_by": hold.lifted_by,
        "appeal_by": appeal.by if appeal else None,
        "appeal_opened": appeal.opened.timestamp() if appeal else None,
        "appeal_state": appeal.state.value if appeal else None,
        "appeal_decided_by": appeal.decided_by if appeal else None,
    }


def _hold(row: Any) -> Hold:  # noqa: ANN401  # a row of the table
    appeal = row["appeal_by"] and Appeal(
        by=row["appeal_by"],
        opened=_moment(row["appeal_opened"]),
        state=AppealState(row["appeal_state"]),
        decided_by=row["appeal_decided_by"],
    )
    selector, placed, until = Selector(reach=Reach(row["reach"]), id=row["target"]), row["placed"], row["until"]
    if selector.reach.is_wide:  # one below no-create could be placed for a year once: it ends as they do now
        until = min(until, placed + LONGEST_WIDE.total_seconds())
    return Hold(
        id=row["id"],
        selector=selector,
        level=Level(row["level"]),
        reason=row["reason"],
        placed_by=row["placed_by"],
        placed=_moment(placed),
        until=_moment(until),
        second=row["second"],
        evidence=row["evidence"],
        lifted_by=row["lifted_by"],
        appeal=appeal or None,
    )


def _policy_fields(policy: Policy) -> dict[str, object]:
    return {
        "embargo_until": policy.embargo_until.timestamp() if policy.embargo_until else None,
        "notice_days": policy.notice_days,
        "sunset_days": policy.sunset_days,
        "withdrawal_days": policy.withdrawal_days,
        "quotas": [[quota.measure.value, quota.per.value, quota.limit] for quota in policy.quotas],
        "rates": [[rate.work, rate.amount, rate.currency] for rate in policy.rates],
        "split": [[share.party, share.parts] for share in policy.split],
    }


def _terms(row: Any) -> Terms:  # noqa: ANN401  # a row of the table
    fields = json.loads(row["policy"])
    until = fields["embargo_until"]
    policy = Policy(
        embargo_until=None if until is None else _moment(until),
        notice_days=fields["notice_days"],
        sunset_days=fields["sunset_days"],
        withdrawal_days=fields["withdrawal_days"],
        quotas=_quotas(json.dumps(fields["quotas"])),
        rates=tuple(Rate(work=work, amount=amount, currency=unit) for work, amount, unit in fields["rates"]),
        split=tuple(Share(party=party, parts=parts) for party, parts in fields["split"]),
    )
    return Terms(text=row["text"], issued=_moment(row["issued"]), policy=policy)


def _quotas_text(quotas: tuple[Quota, ...]) -> str:
    return json.dumps([[quota.measure.value, quota.per.value, quota.limit] for quota in quotas])


def _quotas(text: str) -> tuple[Quota, ...]:
    rows = cast("list[tuple[str, str, int]]", json.loads(text))
    return tuple(Quota(measure=Measure(measure), per=Per(per), limit=limit) for measure, per, limit in rows)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
