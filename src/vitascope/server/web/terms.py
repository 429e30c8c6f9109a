"""New terms as a member or somebody invited meets them: what changes, from when, beside what they have, what to do."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Final

from vitascope.programme.people.announcements import Coming
from vitascope.programme.people.changes import Change, Effect
from vitascope.rights.permission import Permission

_FOR_YOU: Final = {Effect.WORSE: "worse for you", Effect.BETTER: "better for you", Effect.OTHER: ""}

_EXPORT: Final = (
    '<button class="second" data-save="/programme/export" data-name="vitascope.zip">Take all your work</button>'
)


def waiting(coming: Iterable[Coming], access: Permission | None, now: datetime) -> str:
    """For a member with ``access``: each announcement with its comparison; a declined one is folded."""
    if access is not None and not access.is_live(now):
        return "".join(_way_back(one) for one in coming if one.is_in_force)
    until = access.valid_until if access else None
    return "".join(_declined(one) if one.declined_at is not None else _open(one, until) for one in coming)


def before_joining(coming: Iterable[Coming]) -> str:
    """For somebody who reads an invitation: what will change for those who come later."""
    return "".join(
        f'<section class="news"><h2>They change on {_day(one.told.effective)}</h2><p>New terms were announced for '
        "whoever joins from that day on. Accept before, and the terms on this page are yours until your access "
        f"ends.</p>{_compared(one, 'On this page')}</section>"
        for one in coming
    )


def leaving(until: datetime | None) -> str:
    """Before somebody leaves: what ends, what stays, and a way back."""
    ends = f", which would last until {_day(until)}," if until else ""
    return (
        f'<section class="door"><h1>Leave?</h1><p>Your early access{ends} ends at once, and the passes of your guests '
        "with it.</p><p>What you made stays yours: you can read it, show it and take it with you afterwards. What you "
        "are owed is still paid. If you change your mind, you can come back under the terms of that day.</p>"
        '<form data-post="/programme/leave"><button>Leave now</button></form>'
        f'<p>{_EXPORT}</p><p><button class="second" data-send="/programme/mine">Stay</button></p></section>'
    )


def _open(one: Coming, until: datetime | None) -> str:
    ends = f", on {_day(until)}" if until else ""
    when = "New terms are in force" if one.is_in_force else f"New terms from {_day(one.told.effective)}"
    whoever = "whoever joins now" if one.is_in_force else "whoever joins from then on"
    later = "" if one.is_in_force else f"<p class='quiet'>You can accept them from {_day(one.told.effective)} on.</p>"
    return (
        f'<section class="news"><h2>{when}</h2><p>Announced on {_day(one.told.announced)}, for {whoever}. '
        f"<b>Yours hold until your access ends{ends}.</b> You need not do anything.</p>{_compared(one, 'Yours')}"
        f"{_acts(one)}{later}</section>"
    )


def _way_back(one: Coming) -> str:
    return (
        '<section class="news"><h2>Your access is over</h2><p>What you made is yours and open to you. If you like you '
        f"can come back, under the terms in force now.</p>{_compared(one, 'You had')}"
        f'<div class="buttons">{_form("accept", one, "Come back under these", "")}</div></section>'
    )


def _declined(one: Coming) -> str:
    when = "" if one.is_in_force else f" from {_day(one.told.effective)}"
    return (
        f'<section class="news kept"><details><summary>You keep your terms. There are new ones{when}</summary>'
        f"{_compared(one, 'Yours')}{_accept(one)}</details></section>"
    )


def _compared(one: Coming, old: str) -> str:
    promises = [change for change in one.changes if change.field != "text"]
    texts = [change for change in one.changes if change.field == "text"]
    table = (
        f'<table class="compared"><thead><tr><th>What changes<th>{old}<th>New<th></tr></thead><tbody>'
        f"{''.join(map(_promise, promises))}</tbody></table>"
    )
    return (
        f"{table if promises else '<p>No promise in numbers changes.</p>'}{_passages(texts)}"
        f"<details><summary>Read the new terms</summary><blockquote>{escape(one.told.terms.text)}</blockquote>"
        f"<p class='quiet'>Number <code>{one.told.terms.hash[:16]}</code></p></details>"
    )


def _promise(change: Change) -> str:
    return (
        f'<tr class="{change.effect}"><td>{escape(change.what)}<td>{escape(change.before)}<td>{escape(change.after)}'
        f"<td>{_FOR_YOU[change.effect]}</tr>"
    )


def _passages(texts: list[Change]) -> str:
    """The passages of the text that change, open to be read: in them lies what no rule can judge."""
    if not texts:
        return ""
    number = "One passage of the text changes" if len(texts) == 1 else f"{len(texts)} passages of the text change"
    rows = "".join(
        f"<li>{f'<del>{escape(one.before)}</del>' if one.before else ''}"
        f"{f'<ins>{escape(one.after)}</ins>' if one.after else ''}</li>"
        for one in texts
    )
    return f'<details class="passages"><summary>{number}</summary><ul>{rows}</ul></details>'


def _acts(one: Coming) -> str:
    """Where they can be accepted, that comes first; before that, there is only a no."""
    return (
        f'<div class="buttons">{_accept(one)}{_form("decline", one, "Keep mine", "second" if one.is_in_force else "")}'
        f'{_EXPORT}<button class="second" data-send="/programme/leaving">Leave</button></div>'
    )


def _accept(one: Coming) -> str:
    return _form("accept", one, "Go on under the new ones", "") if one.is_in_force else ""


def _form(act: str, one: Coming, words: str, kind: str) -> str:
    return (
        f'<form data-post="/programme/terms/{act}"><input type="hidden" name="terms" value="{one.told.terms.hash}">'
        f'<button class="{kind}">{words}</button></form>'
    )


def _day(moment: datetime) -> str:
    return f"{moment:%-d %B %Y}"
