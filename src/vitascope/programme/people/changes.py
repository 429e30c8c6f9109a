"""What new terms change against the ones somebody accepted: a line for each promise, better or worse for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

from vitascope.programme.money.amount import decimal
from vitascope.rights.quota import Measure, Quota
from vitascope.rights.terms import Policy, Rate, Terms


class Effect(StrEnum):
    """What a change is for a member; of a changed text no rule can tell."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One promise before and after; ``field`` names it for programs, ``what`` for people. Empty: there is none."""

    field: str
    what: str
    before: str
    after: str
    effect: Effect


_FILMS = {Measure.RENDERS: "Films", Measure.SECONDS: "Seconds of film"}


def changes(old: Terms, new: Terms, quotas: tuple[Quota, ...] = ()) -> tuple[Change, ...]:
    """What ``new`` changes of ``old``, the worse first; ``quotas`` are the cohort's own, where terms have none."""
    found = [*_promises(old.policy, new.policy), *_quotas(old.policy.quotas or quotas, new.policy.quotas or quotas)]
    found += [*_rates(old.policy.rates, new.policy.rates), *_shares(old.policy, new.policy)]
    order = (Effect.WORSE, Effect.BETTER, Effect.OTHER)
    return (*sorted(found, key=lambda one: order.index(one.effect)), *_texts(old.text, new.text))


def _promises(old: Policy, new: Policy) -> Iterator[Change]:
    yield from _days("notice_days", "Notice before worse terms", old.notice_days, new.notice_days)
    yield from _days("sunset_days", "Notice before the programme ends", old.sunset_days, new.sunset_days)
    yield from _days(
        "withdrawal_days", "Until models forget a work you take back", old.withdrawal_days, new.withdrawal_days, sign=-1
    )
    if old.embargo_until != new.embargo_until:
        is_later = _seconds(new.embargo_until) > _seconds(old.embargo_until)
        yield Change(
            field="embargo_until",
            what="You may show what you make",
            before=_release(old.embargo_until),
            after=_release(new.embargo_until),
            effect=Effect.WORSE if is_later else Effect.BETTER,
        )


def _days(field: str, what: str, old: int, new: int, *, sign: int = 1) -> Iterator[Change]:
    if old != new:
        effect = _effect(sign * (new - old))
        yield Change(field=field, what=what, before=f"{old} days", after=f"{new} days", effect=effect)


def _quotas(old: tuple[Quota, ...], new: tuple[Quota, ...]) -> Iterator[Change]:
    """No quota is no limit."""
    before, after = ({(one.measure, one.per): one.limit for one in quotas} for quotas in (old, new))
    for measure, per in dict.fromkeys((*before, *after)):
        was, will = before.get((measure, per)), after.get((measure, per))
        if was != will:
            yield Change(
                field=f"quota.{measure}.{per}",
                what=f"{_FILMS.get(measure, measure.capitalize())} {'in all' if per == 'grant' else f'each {per}'}",
                before="no limit" if was is None else f"{was}",
                after="no limit" if will is None else f"{will}",
                effect=Effect.WORSE if will is not None and (was is None or will < was) else Effect.BETTER,
            )


def _rates(old: tuple[Rate, ...], new: tuple[Rate, ...]) -> Iterator[Change]:
    before, after = ({(one.work, one.currency): one.amount for one in rates} for rates in (old, new))
    for work, currency in dict.fromkeys((*before, *after)):
        was, will = before.get((work, currency), 0), after.get((work, currency), 0)
        if was != will:
            yield Change(
                field=f"rate.{work}.{currency}",
                what=f"Pay for {work.replace('.', ', ').replace('_', ' ')}",
                before=_money(was, currency),
                after=_money(will, currency),
                effect=_effect(will - was),
            )


def _shares(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = ({one.party: one.parts for one in policy.split} for policy in (old, new))
    for party in dict.fromkeys((*before, *after)):
        was, will = before.get(party, 0), after.get(party, 0)
        if was != will:
            yield Change(
                field=f"split.{party}",
                what=f"Share of {party}",
                before=f"{was / 10_000:g} %",
                after=f"{will / 10_000:g} %",
                effect=_effect(will - was),
            )


def _texts(old: str, new: str) -> Iterator[Change]:
    """Paragraph by paragraph: what goes and what takes its place."""
    before, after = _paragraphs(old), _paragraphs(new)
    for kind, first, last, begin, end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind != "equal":
            for was, will in zip_longest(before[first:last], after[begin:end], fillvalue=""):
                yield Change(field="text", what="The text", before=was, after=will, effect=Effect.OTHER)


def _paragraphs(text: str) -> list[str]:
    """Paragraphs and points of a list, each in one line: how lines are broken says nothing."""
    parts = text.replace("\n- ", "\n\n- ").split("\n\n")
    return [joined for part in parts if (joined := " ".join(part.split()))]


def _effect(gain: int) -> Effect:
    return Effect.BETTER if gain > 0 else Effect.WORSE


def _money(units: int, currency: str) -> str:
    return f"{decimal(units, currency)} {currency}" if units else "nothing"


def _release(until: datetime | None) -> str:
    return f"from {until:%-d %B %Y} on" if until else "at once"


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
