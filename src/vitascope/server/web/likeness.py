"""A member's likeness on a page: the names they claimed, who may use each, and whose they may use themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from vitascope.rights.likeness import THINGS, Circle, is_likeness, lets_in
from vitascope.rights.owners import repository as owners
from vitascope.rights.owners.repository import Given
from vitascope.rights.party import PUBLIC
from vitascope.server.web.session import Member
from vitascope.store.database import Transaction

LONGEST_NAME: Final = 64
MOST_DAYS: Final = 7_000

_LEVELS: Final = {
    Circle.NOBODY: "nobody but me",
    Circle.APPROVED: "people I name",
    Circle.MUTUALS: "people I name, while they name me",
    Circle.EVERYBODY: "everybody",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What one person said of likenesses of theirs, and others said to them; with each whether it counts now."""

    party: str
    names: tuple[str, ...]
    given: tuple[tuple[Given, bool], ...]
    received: tuple[tuple[Given, bool], ...]


def likeness(tx: Transaction, member: Member) -> Likeness:
    """Read it all."""
    mine = [one for one in owners.by(tx, member.party) if is_likeness(one.permission.object)]
    theirs = [one for one in owners.to(tx, member.party) if is_likeness(one.permission.object)]

    def live(found: Iterable[Given]) -> tuple[tuple[Given, bool], ...]:
        others = (one for one in found if one.permission.grantor != one.permission.grantee)
        return tuple((one, lets_in(tx, one, member.now)) for one in others if one.permission.is_live(member.now))

    names = dict.fromkeys(_name(one) for one in mine)
    return Likeness(party=member.party, names=tuple(names), given=live(mine), received=live(theirs))


def page(found: Likeness, *, done: str = "") -> str:
    """The page; ``done`` is what happened just now."""
    return (
        f"<h1>Your likeness</h1>{f'<p>{escape(done)}</p>' if done else ''}{_mine(found)}{_form(found.party)}"
        f"{_theirs(found.received)}"
        '<section><button class="second" data-send="/programme/mine">Back to my page</button></section>'
    )


def _mine(found: Likeness) -> str:
    rows = "".join(_claimed(name, [one for one in found.given if _name(one[0]) == name]) for name in found.names)
    return (
        "<section><h2>Your names</h2><p>Prompts say a person as <code>@name</code>. Once you claimed a name, it takes "
        'your yes, and each render you allowed pays you by <a href="/rates">the published rates</a>. Taken back, it '
        f"stops at once.</p>{rows or '<p class=quiet>You claimed none yet.</p>'}</section>"
    )


def _claimed(name: str, given: Iterable[tuple[Given, bool]]) -> str:
    rows = "".join(
        f"<tr><td>{_whom(one, does_count=does_count)}{_conditions(one)}"
        f"<td class='whole'>{one.permission.valid_until:%-d %b %Y}</tr>"
        for one, does_count in given
    )
    if not rows:
        return f"<article><h3>@{escape(name)}</h3><p class='quiet'>Nobody but you.</p></article>"
    return (
        f"<article><h3>@{escape(name)}</h3><table><thead><tr><th>Who may<th>Until</tr></thead>"
        f'<tbody>{rows}</tbody></table><form data-post="/programme/likeness/withdraw">'
        f'<input type="hidden" name="name" value="{escape(name)}">'
        '<button class="small">Take it all back</button></form></article>'
    )


def _form(party: str) -> str:
    levels = "".join(f'<option value="{circle}">{words}</option>' for circle, words in _LEVELS.items())
    return (
        "<section><h2>Say who may</h2><p>In place of whatever you said before about that name. Others name you as "
        f'<code>{escape(party)}</code>.</p><form data-post="/programme/likeness/allow">'
        f'<label>Name<input name="name" required maxlength="{LONGEST_NAME}" pattern="@?[A-Za-z0-9_\\-]+" '
        f'autocomplete="off"></label><label>Who may use it<select name="circle">{levels}</select></label>'
        '<label>Whom you name, by their ids <small>where the level says so</small><input name="people" '
        'maxlength="20000" autocomplete="off"></label><label>What no prompt may say with it '
        '<small>a word or phrase a line</small><textarea name="never_with" rows="3" '
        'maxlength="3200"></textarea></label>'
        '<label>Conditions in your words <small>shown to whoever uses it</small><textarea name="restrictions" rows="3" '
        f'maxlength="2000"></textarea></label><label>Days<input name="days" type="number" min="1" max="{MOST_DAYS}" '
        'value="365"></label><button>Let it be so</button></form></section>'
    )


def _theirs(received: Iterable[tuple[Given, bool]]) -> str:
    rows = "".join(
        f"<tr><td>@{escape(_name(one))} <em>{'you may' if does_count else 'once you name them'}</em>{_conditions(one)}"
        f"<td><code>{escape(one.permission.grantor)}</code></tr>"
        for one, does_count in received
    )
    nobody = "<tr><td colspan=2 class='quiet'>Nobody has named you yet.</td></tr>"
    return (
        "<section><h2>Who named you</h2><table><thead><tr><th>Name<th>Whose</tr></thead>"
        f"<tbody>{rows or nobody}</tbody></table></section>"
    )


def _whom(given: Given, *, does_count: bool) -> str:
    if given.permission.grantee == PUBLIC:
        return "everybody"
    name = f"<code>{escape(given.permission.grantee)}</code>"
    return (
        name
        if not given.permission.is_mutual
        else f"{name} <em>{'mutual' if does_count else 'once they name you'}</em>"
    )


def _conditions(given: Given) -> str:
    """Under whoever is meant, where there are any: a column of their own would be lost on a phone."""
    without = f"Never with {', '.join(given.never_with)}. " if given.never_with else ""
    words = f"{without}{given.restrictions}".strip()
    return f"<br><small class='quiet'>{escape(words)}</small>" if words else ""


def _name(given: Given) -> str:
    return given.permission.object.removeprefix(THINGS)
