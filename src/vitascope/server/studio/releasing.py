"""Releasing a film, on its page: the member says so and it is so, unless terms they accepted hold a date."""

from collections.abc import Iterable
from html import escape
from typing import Final

from vitascope.programme import release
from vitascope.programme import repository as parties
from vitascope.programme.access import gate
from vitascope.programme.people.login import login_state
from vitascope.programme.release import LICENCES, Release
from vitascope.rights.answer import Rule
from vitascope.rights.logbook import Leaves
from vitascope.rights.owners.repository import Given
from vitascope.rights.question import Target
from vitascope.rights.uses import Use
from vitascope.server import fields
from vitascope.server.placing import checked
from vitascope.server.web.session import Member, text
from vitascope.store.database import Transaction

LICENCE_WORDS: Final = {
    "all-rights-reserved": "all rights reserved",
    "CC0-1.0": "CC0: everybody may do anything",
    "CC-BY-4.0": "CC BY: with your name",
    "CC-BY-SA-4.0": "CC BY-SA: with your name, and under the same",
    "CC-BY-NC-4.0": "CC BY-NC: with your name, not for money",
    "CC-BY-ND-4.0": "CC BY-ND: with your name, unchanged",
}
"""The licences of a release, as its maker is told of them."""

_MAY: Final = {Use.VIDEO_READ: "watch it", Use.VIDEO_DOWNLOAD: "keep a copy", Use.VIDEO_REMIX: "remix it"}


def embargo(tx: Transaction, member: Member, video: str) -> str:
    """Why it cannot be released yet, by what ``decide`` says; empty where nothing stands in the way."""
    target = Target(id=release.render_of(video), owner=member.party)
    key = login_state(tx, member.session, member.now)
    decision = gate.ask_of(tx, key, Use.VIDEO_PUBLISH, target, member.now, is_locked=False)
    return decision.explanation if decision.rule is Rule.EMBARGO else ""


def name_of(tx: Transaction, party: str) -> str:
    """By what name somebody goes here."""
    found = parties.party(tx, party)
    return found.name if found else ""


def publish(tx: Transaction, log: Leaves, member: Member) -> str:
    """Release it, as they said. Raises EmbargoError, ConsentError, FieldError, RecordNotFoundError."""
    values = member.values
    may = {Use.VIDEO_DOWNLOAD: "download", Use.VIDEO_REMIX: "remix"}
    wanted = Release(
        video=checked(text(values, "video")),
        uses=frozenset({Use.VIDEO_READ, *(use for use, name in may.items() if values.get(name))}),
        licence=fields.choice(values, "licence", LICENCES) or LICENCES[0],
        credit=text(values, "credit", most=200),
    )
    release.publish(tx, log, login_state(tx, member.session, member.now), wanted, now=member.now)
    return "It is released: everybody can see it from now on."


def unpublish(tx: Transaction, log: Leaves, member: Member) -> str:
    """Take it back. Raises RecordNotFoundError."""
    release.unpublish(tx, log, member.party, checked(text(member.values, "video")), now=member.now)
    return "It is taken back: nobody but you sees it here."


def section(video: str, released: Iterable[Given], embargo: str, maker: str) -> str:
    """How it is released now, and how that is changed."""
    given = tuple(released)
    if given:
        now = "".join(_given(video, one) for one in given)
        return f"<section><h2>Released</h2>{now}{_again(video, given, maker)}</section>"
    if embargo:
        return f"<section><h2>Release it</h2><p>{escape(embargo)}</p></section>"
    return (
        "<section><h2>Release it</h2><p>It is yours to show. Nobody is asked; it is public from the second you say so, "
        f"and you can take it back.</p>{_form(video, None, maker, 'Release it')}</section>"
    )


def _given(video: str, one: Given) -> str:
    may = ", ".join(words for use, words in _MAY.items() if use in one.permission.uses)
    by = f"by {escape(one.restrictions)}" if one.restrictions else "without a name"
    return (
        f'<p>Since {one.permission.valid_from:%-d %b %Y}, at <a href="/released/{escape(video)}">its public page</a>, '
        f"{by}. Licence: {escape(LICENCE_WORDS.get(one.licence, one.licence))}. Everybody may {may}.</p>"
    )


def _again(video: str, given: tuple[Given, ...], maker: str) -> str:
    return (
        f'<form data-post="/studio/unpublish"><input type="hidden" name="video" value="{escape(video)}">'
        '<button class="second">Take it back</button></form>'
        "<p class='quiet'>A licence that somebody holds in a copy already is theirs to rely on.</p>"
        f"<details><summary>Say it anew</summary>{_form(video, given[0], maker, 'Release it so')}</details>"
    )


def _form(video: str, given: Given | None, maker: str, words: str) -> str:
    uses = given.permission.uses if given else frozenset({Use.VIDEO_DOWNLOAD})
    licence = given.licence if given else LICENCES[0]
    credit = given.restrictions if given else maker
    options = "".join(
        f'<option value="{name}"{" selected" if name == licence else ""}>{LICENCE_WORDS.get(name, name)}</option>'
        for name in LICENCES
    )
    return (
        f'<form data-post="/studio/publish" class="release"><input type="hidden" name="video" value="{escape(video)}">'
        f'<label>Licence<select name="licence">{options}</select></label>'
        f'<label>Named as <small>empty: nobody is named</small><input name="credit" maxlength="200" '
        f'value="{escape(credit or "")}"></label>'
        f"{_box('download', 'Everybody may keep a copy', uses, Use.VIDEO_DOWNLOAD)}"
        f"{_box('remix', 'Everybody here may remix it', uses, Use.VIDEO_REMIX)}<button>{words}</button></form>"
    )


def _box(name: str, words: str, uses: frozenset[Use], use: Use) -> str:
    tick = " checked" if use in uses else ""
    return f'<label class="check"><input type="checkbox" name="{name}" value="1"{tick}>{words}</label>'
