"""A member's kept characters on a page: what each looks like, who else may have it, and how a prompt names it."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from vitascope.programme.characters import keeping, repository
from vitascope.programme.characters.repository import SMALL, Kept
from vitascope.rights.owners.repository import Given
from vitascope.rights.party import PUBLIC
from vitascope.server.web.session import LARGEST_PICTURE, Member
from vitascope.store.blobs import Blobs
from vitascope.store.database import Transaction
from vitascope.text.names import LONGEST_NAME

MOST_DAYS: Final = 7_000
_WAYS: Final = {-1: "looks to the left", 1: "looks to the right"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One character of somebody's, and what lets others have it now."""

    kept: Kept
    shared: tuple[Given, ...]


def shelf(tx: Transaction, member: Member) -> tuple[Shown, ...]:
    """All of a member's, newest first."""
    own = repository.of(tx, member.party)
    return tuple(Shown(kept=one, shared=keeping.shared(tx, one, member.now)) for one in own)


def page(shown: tuple[Shown, ...], blobs: Blobs, *, done: str = "") -> str:
    """The page; ``done`` is what happened just now."""
    rows = "".join(_character(one, blobs) for one in shown) or '<p class="quiet">You keep none yet.</p>'
    return (
        f"<h1>Your characters</h1>{f'<p>{escape(done)}</p>' if done else ''}"
        "<section><p>Somebody of your own, whom prompts call by name, video after video: cut out of the picture and "
        "moved as the words say, with the looks they have in it. Nobody else has them until you say so.</p>"
        f"{rows}</section>{_form()}"
        '<section><button class="second" data-send="/programme/mine">Back to my page</button></section>'
    )


def _character(shown: Shown, blobs: Blobs) -> str:
    kept = shown.kept
    image = base64.b64encode(blobs.read(f"{kept.folder}/{SMALL}")).decode()
    facts = [f"kept {datetime.fromtimestamp(kept.created_at, UTC):%-d %b %Y}", _WAYS.get(kept.faces, "")]
    facts += [f"shows @{kept.likeness}" if kept.likeness else "", f"thanks to {kept.credit}" if kept.credit else ""]
    said = escape(", ".join(fact for fact in facts if fact))
    return (
        f'<article class="cast"><img src="data:image/webp;base64,{image}" alt="{escape(kept.name)}"><div>'
        f"<h3>{escape(kept.name)}</h3><p class='quiet'>{said}. {_who(shown.shared)}</p>"
        f"<p>In an order: <code>{_order(kept)}</code></p>{_sharing(kept)}{_forget(kept)}</div></article>"
    )


def _order(kept: Kept) -> str:
    return escape(f'"characters": [{{"id": "{kept.id}"}}]')


def _who(shared: tuple[Given, ...]) -> str:
    named = [one.permission.grantee for one in shared]
    if PUBLIC in named:
        return f"Everybody may have it until {shared[0].permission.valid_until:%-d %b %Y}."
    if not named:
        return "Nobody but you has it."
    until = max(one.permission.valid_until for one in shared)
    return f"You and {', '.join(map(escape, named))} may have it, until {until:%-d %b %Y}."


def _sharing(kept: Kept) -> str:
    return (
        "<details><summary>Say who else may have it</summary>"
        f'<form data-post="/programme/characters/share" class="row">{_hidden(kept)}<label>Who<select name="circle">'
        '<option value="nobody">nobody but me</option><option value="approved">people I name</option>'
        '<option value="everybody">everybody</option></select></label>'
        '<label>By their ids<input name="people" maxlength="20000" autocomplete="off"></label>'
        f'<label>Days<input name="days" type="number" min="1" max="{MOST_DAYS}" value="365"></label>'
        "<button>Let it be so</button></form></details>"
    )


def _forget(kept: Kept) -> str:
    return (
        f'<form data-post="/programme/characters/forget">{_hidden(kept)}'
        '<button class="small">Delete it, picture and all</button></form>'
    )


def _hidden(kept: Kept) -> str:
    return f'<input type="hidden" name="character" value="{escape(kept.id)}">'


def _form() -> str:
    return (
        "<section><h2>Keep somebody</h2><p>From a picture or a film; of a film the clearest frame. Best is a cut-out, "
        "transparent around, or a drawing on plain paper.</p>"
        '<form data-post="/programme/characters/keep"><label>Name<small> as prompts call them</small>'
        f'<input name="name" required maxlength="{LONGEST_NAME}" autocomplete="off"></label>'
        f'<label>Picture or film<small> up to {LARGEST_PICTURE // 1_000_000} MB</small><input name="file" type="file" '
        f'required accept="image/*,video/*" data-most="{LARGEST_PICTURE}"></label>'
        '<label>They look<select name="facing"><option value="">to neither side</option>'
        '<option value="left">to the left</option><option value="right">to the right</option></select></label>'
        '<label>If it shows a person, the name they claimed<input name="likeness" maxlength="65" '
        'autocomplete="off"></label><label>Who is thanked in its videos<small> you, unless you write somebody '
        'else</small><input name="credit" maxlength="200" autocomplete="off"></label>'
        "<button>Keep them</button></form></section>"
    )
