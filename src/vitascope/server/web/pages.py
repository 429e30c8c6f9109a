"""The page's words. Everything that came from a person is escaped; a key is shown once, in the answer that made it."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from vitascope.programme.access.outlook import Outlook, State
from vitascope.programme.access.standing import Part
from vitascope.programme.keys import Key
from vitascope.programme.leaks.repository import Notice
from vitascope.programme.passkeys.repository import Passkey
from vitascope.programme.people.announcements import Coming
from vitascope.programme.people.passes import Given
from vitascope.rights.quota import Measure
from vitascope.rights.terms import Terms
from vitascope.server.web import pauses
from vitascope.server.web import terms as news
from vitascope.server.web.home import Home

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy: our own script and style, pictures in the page itself, nothing from anywhere else."""

WAYS = (
    '<nav aria-label="Pages"><a href="/studio">Studio</a><a href="/studio/films">Films</a>'
    '<a href="/programme">Programme</a></nav>'
)
"""The pages of a member, on top of each."""

SHELL = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vitascope: the early-access programme</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="/programme/static/programme.css">'
    '<script type="module" src="/programme/static/programme.js"></script></head>'
    f'<body><header><a href="/programme">Vitascope</a><span>the early-access programme</span>{WAYS}</header>'
    '<p id="told" role="status" aria-live="polite"></p><main aria-busy="true"><p>One moment.</p></main>'
    "<noscript><p>This page signs each request with a key of your browser, which takes JavaScript.</p></noscript>"
    "</body></html>\n"
)
"""The frame: it is the same for everybody and says nothing of anybody."""

_POINTS = re.compile(r"(?<=points\)) ")
"""Behind each reason of the watch stands what it counts for."""

_MEASURES = {
    Measure.RENDERS: "films",
    Measure.SECONDS: "seconds",
    Measure.MEGAPIXELS: "megapixels",
    Measure.GUESTS: "guests",
}


_AS_RIGHTSHOLDER = (
    "<p>As a rightsholder: you put works in and say what may be done with each, take that back, and see what you are "
    "paid. You make no videos with it.</p>"
)


def door() -> str:
    """For whoever is not signed in."""
    return (
        '<section class="door"><h1>Come in</h1><p>By a passkey of this device, or by a link to your mailbox.</p>'
        '<button data-passkey="sign-in">Use a passkey</button><form data-post="/programme/link">'
        '<label>Your mail address<input name="address" type="email" required autocomplete="email"></label>'
        "<button>Send me a link</button></form><p class='quiet'>A link works once, for 15 minutes. Your session works "
        "in this browser alone: a copied cookie opens nothing.</p><p>Not a member? "
        '<a href="/programme/apply">Apply</a>.</p></section>'
    )


def sent() -> str:
    """The same for members and strangers: the page tells nobody who is a member."""
    return (
        '<section class="door"><h1>Look into your mailbox</h1><p>If that address belongs to a member, a link is on its '
        "way. Open it in this browser, within 15 minutes.</p></section>"
    )


def invited(token: str, terms: Terms, part: Part, coming: Iterable[Coming] = ()) -> str:
    """The terms, to be read before they are accepted, and those that come after them; accepting names their hash."""
    policy = terms.policy
    until = f"{policy.embargo_until:%-d %B %Y}" if policy.embargo_until else ""
    promises = (
        f"Nothing may be shown before {until}; then everything."
        if until
        else "What you make you may show at once; nobody is asked.",
        f"Worse terms are told {policy.notice_days} days before, and never bind a permission given earlier.",
        f"The programme ends with {policy.sunset_days} days' notice, and your works can be exported as long.",
        "You may criticise the programme in public. Declining anything optional changes nothing else.",
    )
    return (
        '<section class="terms"><h1>You are invited</h1>'
        f"{_AS_RIGHTSHOLDER if part is Part.RIGHTSHOLDER else ''}<h2>In short</h2><ul>"
        f"{_list(promises)}</ul>{news.before_joining(coming)}"
        f"<h2>In full</h2><blockquote>{escape(terms.text)}</blockquote><p class='quiet'>These terms have the "
        f"number <code>{terms.hash[:16]}</code>; that is what you accept.</p>"
        f'<form data-post="/programme/accept"><input type="hidden" name="token" value="{escape(token)}">'
        f'<input type="hidden" name="terms" value="{terms.hash}">'
        '<label>What shall we call you?<input name="name" required maxlength="80" autocomplete="nickname"></label>'
        "<button>Accept and join</button></form></section>"
    )


def joined() -> str:
    """After accepting: access begins by signing in, with the mailbox that was invited."""
    return (
        '<section class="door"><h1>Welcome</h1><p>You have joined. A link to come in is on its way to the mailbox '
        "that was invited; it works once, for 15 minutes.</p></section>"
    )


def mine(home: Home, *, once: Iterable[str] = ()) -> str:
    """A member's page; ``once`` are keys made just now."""
    return (
        f"<h1>{escape(home.name)}</h1>{_rooms(home.num_applications)}{_notices(home.notices)}{_once(tuple(once))}"
        f"{pauses.shown(home.holds, home.now)}"
        f"{news.waiting(home.coming, home.outlook.permission, home.now)}{_access(home)}"
        f"{_keys(home.keys)}{_own(home.passkeys)}"
    )


def _rooms(num_applications: int | None) -> str:
    """The other pages there are for this member."""
    waits = f'<button class="second" data-send="/programme/applications">Applications: {num_applications}</button>'
    return (
        '<p class="buttons"><button class="second" data-send="/programme/account">Money, credits, reports</button>'
        '<button class="second" data-send="/programme/characters">Your characters</button>'
        '<button class="second" data-send="/programme/likeness">Your likeness</button>'
        f"{'' if num_applications is None else waits}</p>"
    )


def _notices(notices: tuple[Notice, ...]) -> str:
    return "".join(
        f'<section class="alert">{_reasons(one.words)}<form data-post="/programme/notices">'
        f'<input type="hidden" name="notice" value="{escape(one.id)}">'
        '<button name="said" value="me">This is me</button>'
        '<button name="said" value="help" class="second">It is not: help</button></form></section>'
        for one in notices
    )


def _reasons(words: str) -> str:
    """A notice as it was written, each reason with its points on a line of its own."""
    befallen, colon, rest = words.partition(": ")
    *reasons, todo = _POINTS.split(rest)
    if not reasons:
        return f"<p>{escape(words)}</p>"
    return f"<h2>{escape(befallen + colon)}</h2><ul>{_list(reasons)}</ul><p>{escape(todo)}</p>"


def _list(lines: Iterable[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def _once(keys: tuple[str, ...]) -> str:
    if not keys:
        return ""
    shown = "".join(f"<li><code>{escape(key)}</code></li>" for key in keys)
    words = "Copy them now; they are kept nowhere."
    return f'<section class="once"><h2>Shown this once</h2><ol>{shown}</ol><p>{words}</p></section>'


def _access(home: Home) -> str:
    """What may be made and shared; a rightsholder does neither, and is told what is theirs to do."""
    if home.part is Part.MEMBER:
        return _standing(home.outlook) + _passes(home.passes)
    return (
        f'<section><h2>Your access</h2>{_AS_RIGHTSHOLDER}<p class="quiet">Works go in with a key, at '
        "<code>/v1/rights/works</code>.</p></section>"
    )


def _standing(found: Outlook) -> str:
    plainly = {State.OPEN: 'You can <a href="/studio">make films</a>.', State.SPENT: "Your quota is used up."}
    words = plainly.get(found.state) or escape(found.explanation)
    until = f"<p class='quiet'>Until {_day(found.permission.valid_until)}.</p>" if found.permission else ""
    return f"<section><h2>Your access</h2><p>{words}</p>{budgets(found)}{until}</section>"


def budgets(found: Outlook) -> str:
    """What is left of each quota, and in which window it counts."""
    rows = "".join(
        f"<li><b>{budget.left}</b> of {budget.quota.limit} {_MEASURES[budget.quota.measure]} left"
        f" <small>this {budget.quota.per.replace('grant', 'permission')}</small></li>"
        for budget in found.budgets
    )
    return f'<ul class="budgets">{rows}</ul>'


def _passes(given: tuple[Given, ...]) -> str:
    rows = "".join(map(_pass, given)) or "<tr><td colspan=5 class='quiet'>None yet.</td></tr>"
    return (
        "<section><h2>Guest passes</h2><p>Share a part of your own access: it is yours to share. A public pass may "
        "stand behind a page that anybody opens.</p>"
        "<table><thead><tr><th>For<th>Films<th>Seconds<th>Until<th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        '<form data-post="/programme/passes" class="row"><label>For<input name="name" required maxlength="80"></label>'
        '<label>Guests<input name="guests" type="number" min="1" max="200" value="1"></label>'
        '<label>Films each<input name="renders" type="number" min="1" value="20"></label>'
        '<label>Days<input name="days" type="number" min="1" max="366" value="7"></label>'
        '<label class="check"><input name="is_public" type="checkbox" value="1">public</label>'
        "<button>Mint</button></form></section>"
    )


def _pass(one: Given) -> str:
    limits = {quota.measure: quota.limit for quota in one.permission.quotas}
    kind = " <em>public</em>" if one.is_public else ""
    return (
        f"<tr><td>{escape(one.name)}{kind}<td class='whole'>{one.renders} of {limits.get(Measure.RENDERS, 0)}"
        f"<td>{one.seconds} of {limits.get(Measure.SECONDS, 0)}<td class='whole'>{_day(one.until)}<td>"
        f"{_button('/programme/passes/end', 'pass', one.permission.id, 'Take back')}</tr>"
    )


def _keys(keys: tuple[Key, ...]) -> str:
    rows = "".join(
        f"<tr><td>{escape(key.name)}<td><code>{escape(key.id)}</code><td>{_used(key)}"
        f"<td class='whole'>{_until(key)}<td>{_button('/programme/keys/end', 'key', key.id, 'Revoke')}</tr>"
        for key in keys
    )
    return (
        "<section><h2>Keys</h2><p>For programs: any OpenAI SDK takes one, with this server as its address.</p>"
        "<table><thead><tr><th>Name<th>Id<th>Last used<th>Until<th></tr></thead>"
        f"<tbody>{rows or '<tr><td colspan=5 class=quiet>None yet.</td></tr>'}</tbody></table>"
        '<form data-post="/programme/keys" class="row"><label>Name<input name="name" required maxlength="80"></label>'
        '<label>Days<input name="days" type="number" min="1" max="366" value="90"></label>'
        "<button>Make a key</button></form></section>"
    )


def _own(passkeys: tuple[Passkey, ...]) -> str:
    have = "no passkey" if not passkeys else "one passkey" if len(passkeys) == 1 else f"{len(passkeys)} passkeys"
    return (
        f"<section><h2>You</h2><p>You have {have}. A passkey signs you in, and answers when a key looks "
        f'unlike you.</p>{_devices(passkeys)}<p class="buttons"><button data-passkey="make">Make a passkey</button>'
        '<button class="second" data-save="/programme/export" data-name="vitascope.zip">Take all your work</button>'
        '<button class="second" data-send="/programme/out">Sign out</button></p><p class="quiet">Your work is open '
        'to you under every pause, and after the end. <button class="small" data-send="/programme/leaving">Leave the '
        "programme</button></p></section>"
    )


def _devices(passkeys: tuple[Passkey, ...]) -> str:
    if not passkeys:
        return ""
    rows = "".join(
        f"<tr><td>made {_day(datetime.fromtimestamp(one.made_at, UTC))}<td><code>{escape(one.id[:10])}</code><td>"
        f"{_button('/programme/passkeys/end', 'passkey', one.id, 'Remove')}</tr>"
        for one in passkeys
    )
    return (
        f"<table><tbody>{rows}</tbody></table><p class='quiet'>Lost the device? Sign in anew by a mailed link; in the "
        "quarter of an hour after it a passkey goes without being shown.</p>"
    )


def _button(path: str, name: str, value: str, words: str) -> str:
    return (
        f'<form data-post="{path}"><input type="hidden" name="{name}" value="{escape(value)}">'
        f'<button class="small">{words}</button></form>'
    )


def _used(key: Key) -> str:
    return "never" if key.last_used_at is None else _day(datetime.fromtimestamp(key.last_used_at, UTC))


def _until(key: Key) -> str:
    return "for ever" if key.expires_at is None else _day(datetime.fromtimestamp(key.expires_at, UTC))


def _day(moment: datetime) -> str:
    return f"{moment:%-d %b %Y}"
