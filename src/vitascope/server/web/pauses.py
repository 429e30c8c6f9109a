"""The pauses that reach a member, as their page shows them: what each does, until when, why, and how to object."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Final

from vitascope.programme.roles.seats import is_role
from vitascope.rights.hold import Appeal, AppealState, Hold, HoldState, Level, Reach, may_appeal
from vitascope.rights.moment import in_words

_WHAT: Final = {
    Reach.KEY: "your key {}",
    Reach.PERMISSION: "your access",
    Reach.COHORT: "everybody in {}",
    Reach.FEATURE: "{} for everybody",
    Reach.ALL: "everybody",
}
_EFFECTS: Final = {
    Level.WATCH: "Recorded only; nothing is slower for it.",
    Level.THROTTLE: "One film at a time, and slower.",
    Level.STEP_UP: "The next film waits until you have shown your passkey.",
    Level.NO_CREATE: "Nothing new is made; what was accepted is.",
    Level.KEY_DEAD: "Its keys open nothing any more; this page does.",
}
_OF_A_ROLE: Final = {
    **_EFFECTS,
    Level.THROTTLE: _EFFECTS[Level.WATCH],
    Level.STEP_UP: "What you do in it waits until you have shown your passkey.",
    Level.NO_CREATE: "Nothing is decided in it; your films and all else that is yours go on.",
}
_STATES: Final = {  # one appeal is everybody's whom the pause reaches
    AppealState.OPEN: "Appealed: somebody who had no part in it answers by {}.",
    AppealState.UPHELD: "Its appeal was answered: it stays. It may be appealed again from {}.",
    AppealState.LIFTED: "Its appeal was answered: it is lifted.",
}


def shown(held: Iterable[Hold], now: datetime, *, appeal: str = "/programme/holds/appeal") -> str:
    """Each pause with a way to appeal, which is sent to ``appeal``; nothing where there is none."""
    rows = "".join(_one(hold, now, appeal) for hold in held)
    if not rows:
        return ""
    return (
        f"<section><h2>Paused</h2>{rows}<p class='quiet'>Reading, downloading, exporting, reporting and appealing stay "
        "open under every pause.</p></section>"
    )


def _one(hold: Hold, now: datetime, appeal: str) -> str:
    waits = " It waits for a second steward." if hold.state(now) is HoldState.PLACED else ""
    is_on_role = hold.selector.reach is Reach.PERMISSION and is_role(hold.selector.id)
    what = "your role" if is_on_role else _WHAT[hold.selector.reach].format(hold.selector.id)
    effect = (_OF_A_ROLE if is_on_role else _EFFECTS)[hold.level]
    return (
        f"<article><h3>A pause on {escape(what)}</h3><p>{effect}{waits} Until {in_words(hold.until)}.</p>"
        f"<p>Reason: {escape(hold.reason)}</p>{_appeal(hold, now, appeal)}</article>"
    )


def _appeal(hold: Hold, now: datetime, to: str) -> str:
    if hold.appeal is not None and not may_appeal(hold, now):
        return f"<p>{_said(hold.appeal)}</p>"
    return (
        f'<form data-post="{to}"><input type="hidden" name="hold" value="{escape(hold.id)}">'
        '<button class="second">Appeal</button></form>'
    )


def _said(appeal: Appeal) -> str:
    return _STATES[appeal.state].format(in_words(appeal.due))
