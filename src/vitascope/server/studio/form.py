"""The order form: a prompt, who is in it, and how it is to be made; every text in it is a person's and is escaped."""

import base64
import secrets
from collections.abc import Mapping
from html import escape
from typing import Final

from vitascope.programme.access.outlook import Outlook, State
from vitascope.programme.characters.repository import SMALL, Kept
from vitascope.refusals import FilesError
from vitascope.server.asked import LARGEST_SEED, LONGEST_PROMPT
from vitascope.server.ordering import SORA_SECONDS
from vitascope.server.studio.draft import Draft
from vitascope.server.studio.offer import Offer
from vitascope.server.studio.words import chest
from vitascope.server.web import pauses
from vitascope.server.web.pages import budgets
from vitascope.server.web.session import LARGEST_PICTURE
from vitascope.store.blobs import Blobs
from vitascope.videos.workers import Capability

LARGER: Final = ((1280, 720), (720, 1280), (1080, 1080))
"""Sizes that are offered beside those a model paints: for a screen, for a phone, for a wall of pictures."""

_MINING: Final = {"notAllowed": "nobody", "allowed": "everybody", "constrained": "on my terms"}


def page(offer: Offer, draft: Draft, blobs: Blobs) -> str:
    """The page on which films are ordered and come."""
    return (
        f"<h1>What shall be seen?</h1>{_standing(offer)}{_form(offer, draft, blobs)}"
        '<section class="way" aria-labelledby="way"><h2 id="way">On its way</h2>'
        '<div data-watch aria-live="polite" aria-relevant="additions"></div>'
        '<p class="quiet nothing">Nothing at the moment.</p></section>'
    )


def _standing(offer: Offer) -> str:
    """Why nothing can be ordered, where that is so, and how to object."""
    if offer.outlook.state is State.OPEN:
        return ""
    held = pauses.shown(offer.holds, offer.now, appeal="/studio/appeal")
    films = '<p>Your films stay open to you: <a href="/studio/films">look at them</a>, download and release them.</p>'
    return (
        f'<section class="alert" id="why"><h2>{_PLAINLY[offer.outlook.state]}</h2>'
        f"<p>{escape(offer.outlook.explanation)}</p>{films}</section>{held}"
    )


_PLAINLY: Final = {
    State.SPENT: "Your quota is used up",
    State.PAUSED: "You are paused",
    State.ENDED: "You make no films here at the moment",
}


def _form(offer: Offer, draft: Draft, blobs: Blobs) -> str:
    model = offer.model(draft.model)
    if model is None:
        return (
            '<section class="alert"><h2>No worker is there yet</h2><p>None has said which models it carries. '
            '<a href="/studio">Look again</a> in a moment.</p></section>'
        )
    return (
        f'<form class="order" data-act="order" data-sending="{secrets.token_hex(8)}">'
        f'<div class="said">{_prompt(draft)}{chest(model.words)}{_cast(offer.cast, draft, model, blobs)}</div>'
        f'<div class="how">{_models(offer, model)}{_shapes(model, draft)}{_numbers(model, draft)}'
        f"{_more(model, draft)}{_button(offer, model)}</div></form>"
    )


def _prompt(draft: Draft) -> str:
    return (
        '<label class="prompt">Your film, in a sentence<textarea name="prompt" rows="4" required '
        f'maxlength="{LONGEST_PROMPT}" placeholder="a parrot flies over a beach at sunset" spellcheck="true" '
        f'aria-describedby="likely">{escape(draft.prompt)}</textarea></label>'
        '<div id="likely" role="group" aria-label="Words it knows"></div>'
    )


def _cast(cast: tuple[Kept, ...], draft: Draft, model: Capability, blobs: Blobs) -> str:
    if not model.has_characters:
        return ""
    if not cast:
        return (
            '<p class="quiet">Somebody of your own in it? Keep them once from a picture, on '
            '<a href="/programme#characters">your characters</a>.</p>'
        )
    rows = "".join(_character(one, blobs, is_in=one.id in draft.characters) for one in cast)
    more = '<a href="/programme#characters">Keep another</a>'
    return f'<fieldset class="troupe"><legend>Your characters in it</legend>{rows}{more}</fieldset>'


def _character(kept: Kept, blobs: Blobs, *, is_in: bool) -> str:
    return (
        f'<label><input type="checkbox" name="characters" value="{escape(kept.id)}" data-name="{escape(kept.name)}"'
        f"{_checked(when=is_in)}>{_portrait(kept, blobs)}{escape(kept.name)}</label>"
    )


def _portrait(kept: Kept, blobs: Blobs) -> str:
    try:
        image = base64.b64encode(blobs.read(f"{kept.folder}/{SMALL}")).decode()
    except FilesError:  # their name is enough to order with
        return ""
    return f'<img src="data:image/webp;base64,{image}" alt="">'


def _models(offer: Offer, chosen: Capability) -> str:
    if len(offer.models) == 1:
        return f'<input type="hidden" name="model" value="{escape(chosen.model)}">'
    options = {one.model: one.model for one in offer.models}
    return f"<label>Model{_select('model', options, chosen.model)}</label>"


def _shapes(model: Capability, draft: Draft) -> str:
    own = model.shapes or (model.size,)
    low, high = model.sides
    larger = [size for size in LARGER if size not in own and all(low <= side <= high for side in size)]
    offered = {"{}x{}".format(*size): size for size in (*own, *larger)}
    chosen = draft.size if draft.size in offered else "{}x{}".format(*model.size)
    if draft.size and draft.size != chosen and _sides(draft.size):  # of an order that is made again
        offered, chosen = {draft.size: _sides(draft.size), **offered}, draft.size
    rows = "".join(
        f'<label><input type="radio" name="size" value="{escape(name)}"{_checked(when=name == chosen)}>{_outline(size)}'
        f"<span>{size[0]} x {size[1]}{'' if size in own else ' <small>enlarged</small>'}</span></label>"
        for name, size in offered.items()
    )
    return f'<fieldset class="shapes"><legend>Picture</legend>{rows}</fieldset>'


def _sides(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    return (int(width), int(height)) if width.isdecimal() and height.isdecimal() and len(size) < 12 else (0, 0)


def _outline(size: tuple[int, int]) -> str:
    scale = 30 / max(1, *size)
    width, height = (max(6, round(side * scale)) for side in size)
    return (
        f'<svg width="34" height="34" viewBox="-17 -17 34 34" aria-hidden="true"><rect x="{-width / 2}" '
        f'y="{-height / 2}" width="{width}" height="{height}"/></svg>'
    )


def _numbers(model: Capability, draft: Draft) -> str:
    usual = draft.seconds or f"{min(SORA_SECONDS, model.longest_seconds):g}"
    return (
        f'<div class="pair"><label>Seconds <small>up to {model.longest_seconds:g}</small><input name="seconds" '
        f'inputmode="decimal" value="{escape(usual)}" maxlength="12"></label>'
        f'<label>Seed<input name="seed" inputmode="numeric" placeholder="a new take" '
        f'value="{escape(draft.seed)}" maxlength="{len(str(LARGEST_SEED))}" autocomplete="off"></label></div>'
    )


def _more(model: Capability, draft: Draft) -> str:
    is_open = any((draft.steps, draft.negative_prompt, draft.likeness, draft.mining_terms, draft.picture_of))
    without = (
        '<label>What to leave out<input name="negative_prompt" maxlength="2000" '
        f'value="{escape(draft.negative_prompt)}"></label>'
        if model.has_guidance
        else ""
    )
    return (
        f"<details{' open' if is_open else ''}><summary>A picture to begin with, and more</summary>"
        f"{_same_picture(draft)}"
        f"<label>First picture <small>up to {LARGEST_PICTURE // 1_000_000} MB; it is moved as it is</small>"
        f'<input name="input_reference" type="file" accept="image/*" data-most="{LARGEST_PICTURE}"></label>'
        '<label>If it shows a person, the name they claimed<input name="likeness" maxlength="65" autocomplete="off" '
        f'value="{escape(draft.likeness)}"></label>{without}'
        f'<label>Steps <small>1 to {model.most_steps}; usually {model.steps}</small><input name="steps" '
        f'inputmode="numeric" maxlength="4" value="{escape(draft.steps)}"></label>'
        f"<label>Who may train on the film{_select('mining', _MINING, draft.mining or 'notAllowed')}</label>"
        '<label>Where those terms stand <small>if on your terms</small><input name="mining_terms" maxlength="2000" '
        f'inputmode="url" value="{escape(draft.mining_terms)}"></label></details>'
    )


def _same_picture(draft: Draft) -> str:
    if not draft.picture_of:
        return ""
    return (
        f'<label class="check"><input type="checkbox" name="picture_of" value="{escape(draft.picture_of)}" checked>'
        "Begin with the picture of that film, unless another is chosen</label>"
    )


def _button(offer: Offer, model: Capability) -> str:
    asleep = (
        ""
        if offer.is_awake
        else f'<p class="quiet">No worker carries {escape(model.model)} at the moment: an order waits until one comes.'
        "</p>"
    )
    off = "" if offer.may_order else ' disabled aria-describedby="why"'
    return (
        f'<p class="fault" role="alert"></p><button class="make"{off}>Make it</button>'
        f'<div class="left" aria-live="polite">{left(offer.outlook)}</div>{asleep}'
    )


def left(outlook: Outlook) -> str:
    """What is left of one's quotas, where there are any."""
    return budgets(outlook) if outlook.budgets else ""


def _select(name: str, options: Mapping[str, str], chosen: str) -> str:
    rows = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(words)}</option>'
        for value, words in options.items()
    )
    return f'<select name="{name}">{rows}</select>'


def _checked(*, when: bool) -> str:
    return " checked" if when else ""
