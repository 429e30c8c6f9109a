"""What everybody may know of the programme in numbers: pauses, answers, payments, consents. No name is in it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from vitascope.programme.leaks.ladder import WATCHER
from vitascope.programme.leaks.score import Signal
from vitascope.programme.money import journal
from vitascope.programme.money import repository as money
from vitascope.programme.voice import repository as voice
from vitascope.programme.voice.contribution import Contribution, State
from vitascope.rights.consent import repository as consent
from vitascope.rights.hold import Hold, HoldState
from vitascope.rights.owners import repository as owners
from vitascope.rights.permission import Ending, PermissionState
from vitascope.rights.uses import Use
from vitascope.store.database import Transaction

_LENGTHS = ((timedelta(hours=1), "up to 1 h"), (timedelta(hours=24), "up to 24 h"), (timedelta(hours=72), "up to 72 h"))


def aggregates(tx: Transaction, holds: Iterable[Hold], now: datetime) -> dict[str, object]:
    """The public figures at ``now``, as JSON says them; times in hours, money in minor units."""
    contributions = voice.everything(tx)
    return {
        "object": "programme.aggregates",
        "at": int(now.timestamp()),
        "holds": _holds(list(holds), now),
        "contributions": _contributions(contributions, now),
        "payments": _payments(tx),
        "consents": _consents(tx, now),
    }


def _holds(holds: Sequence[Hold], now: datetime) -> dict[str, object]:
    in_force = sum(hold.state(now) is HoldState.IN_FORCE for hold in holds)
    appeals = Counter(hold.appeal.state.value for hold in holds if hold.appeal)
    return {
        "placed": len(holds),
        "in_force": in_force,
        "by_reach": dict(Counter(hold.selector.reach.value for hold in holds)),
        "by_level": dict(Counter(hold.level.name.lower() for hold in holds)),
        "by_reason": dict(Counter(_reason(hold) for hold in holds)),
        "by_length": dict(Counter(_length(hold.until - hold.placed) for hold in holds)),
        "appeals": dict(appeals),
    }


def _reason(hold: Hold) -> str:
    """The reason of a wide hold in words; of one key or permission only its class: the words may tell of a person."""
    if hold.selector.reach.is_wide:
        return hold.reason
    if hold.placed_by != WATCHER:
        return "by a steward"
    return hold.evidence if hold.evidence in tuple(Signal) else "automatic"


def _length(span: timedelta) -> str:
    return next((words for limit, words in _LENGTHS if span <= limit), "longer")


def _contributions(contributions: Sequence[Contribution], now: datetime) -> dict[str, object]:
    late = [one for one in contributions if one.due is not None and one.due < now]
    return {
        "by_kind": dict(Counter(one.kind.value for one in contributions)),
        "by_state": dict(Counter(one.state.value for one in contributions)),
        "hours_to_triage": _spread([_hours(one, State.TRIAGED) for one in contributions]),
        "hours_to_decision": _spread(
            [_hours(one, State.ACCEPTED, State.DUPLICATE, State.DECLINED) for one in contributions]
        ),
        "late": len(late),
    }


def _hours(contribution: Contribution, *states: State) -> float | None:
    step = next((step for step in contribution.steps if step.state in states), None)
    return None if step is None else (step.at - contribution.submitted).total_seconds() / 3600


def _spread(hours: Iterable[float | None]) -> dict[str, float | int | None]:
    known = sorted(each for each in hours if each is not None)
    if not known:
        return {"count": 0, "median": None, "longest": None}
    return {"count": len(known), "median": round(median(known), 1), "longest": round(known[-1], 1)}


def _payments(tx: Transaction) -> dict[str, object]:
    """By currency and purpose: owed to people so far, what left to them, what they chose to give."""
    owed: Counter[tuple[str, str]] = Counter()
    paid: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for line in money.lines(tx):
        if line.phase not in ("direct", "post"):
            continue
        if line.debit == journal.POOL:
            owed[line.currency, line.purpose] += line.amount
        if line.credit.startswith("paid:"):
            paid[line.currency] += line.amount
        if line.credit == journal.GIFT:
            given[line.currency] += line.amount
    by_purpose: dict[str, dict[str, int]] = {}
    for (currency, purpose), units in sorted(owed.items()):
        by_purpose.setdefault(currency, {})[purpose] = units
    return {"owed_by_purpose": by_purpose, "paid": dict(paid), "given": dict(given)}


def _consents(tx: Transaction, now: datetime) -> dict[str, object]:
    on_works = [given.permission for given in owners.under(tx, "work/")]
    live = Counter(use.value for one in on_works if one.is_live(now) for use in one.uses)
    withdrawn = sum(one.ending is Ending.WITHDRAWN for one in on_works)
    releases = [given.permission for given in owners.under(tx, "render/")]
    promoted = [one for one in releases if Use.VIDEO_PROMOTE in one.uses]
    return {
        "works_put_in": len(consent.works(tx)),
        "in_force": dict(sorted(live.items())),
        "withdrawn": withdrawn,
        "opted_out": len(consent.opt_outs(tx)),
        "renders_released": sum(one.is_live(now) and one not in promoted for one in releases),
        "promotions": dict(Counter(_answer(one.state) for one in promoted)),
    }


def _answer(state: PermissionState) -> str:
    return {PermissionState.OFFERED: "asked", PermissionState.ACTIVE: "allowed"}.get(state, state.value)
