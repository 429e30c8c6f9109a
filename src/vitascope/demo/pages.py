"""What visitors read: the head of the page, the stage before there is a film, its credits, and the end.

The stage is the leader that films begin with: its number is the visitor's place in the line, its hand the film's
progress. Everything that came from a server or a visitor is escaped.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from vitascope.demo.house import House, Standing

_OWN: Final = (
    "Vitascope is free software and runs on a laptop without a graphics card: "
    "<code>make video PROMPT=&quot;...&quot;</code>. There nobody counts."
)


def head(house: House, standing: Standing) -> str:
    """Name, sentence, and what is left of the budget."""
    by = f" Shared by {escape(house.shared_by)}." if house.shared_by else ""
    return (
        f'<header class="vs-head"><div><h1>{escape(house.title)}</h1><p>Say what is seen, and watch it. Every film '
        f"names the artists whose licensed work the model learned from, and carries its origin.{by}</p></div>"
        f"{_budget(standing)}</header>"
    )


def stage(words: str = "", *, number: str = "", share: float | None = None) -> str:
    """The leader: a number or nothing in the middle, a hand that has gone round ``share`` of the circle, and words."""
    turned = "" if share is None else f' style="--share:{max(0.0, min(1.0, share)):.3f}"'
    kind = "vs-leader is-moving" if words else "vs-leader"
    told = f'<p role="status">{escape(words)}</p>' if words else "<p>Your film is shown here.</p>"
    return f'<div class="{kind}"{turned}><div class="vs-dial"><b>{escape(number)}</b></div>{told}</div>'


def notice(words: str) -> str:
    """Why there is no film this time."""
    return f'<div class="vs-leader is-notice"><p role="alert">{escape(words)}</p></div>'


def titles(video: Mapping[str, Any]) -> str:
    """The end titles of a film: who is behind it, and how its origin is kept."""
    origin = video.get("provenance") or {}
    names = "".join(map(_name, video.get("credits") or (_NOBODY,)))
    notes = "".join(f"<p class='vs-note'>{escape(note)}</p>" for note in video.get("notes") or ())
    facts = (
        ("Painted by", f"the model {video['model']}, from seed {video['seed']}, in "
                       f"{float(video.get('inference_time_s') or 0):.1f} s"),
        ("Origin", "signed in the file (C2PA), and marked invisibly in every frame"),
        ("Mark", origin.get("mark_id", "none")),
        ("Weights", str(origin.get("weights_sha256", "none"))[:12]),
    )  # fmt: skip
    return (
        f'<section class="vs-titles"><h2>{escape(video.get("prompt") or "")}</h2>{notes}'
        f"<h3>With the work of</h3><ul>{names}</ul><dl>{_facts(facts)}</dl>"
        "<p class='vs-note'>A machine made this film. Whoever has the file can check that: "
        "<code>vitascope verify film.mp4</code>.</p></section>"
    )


def _name(credit: str) -> str:
    """An artist in large letters; of what and under which licence in small ones: ``Ana Lima: parrot (CC0; ...)``."""
    who, _, what = credit.partition(": ")
    return f"<li>{escape(who)}<small>{escape(what)}</small></li>"


_NOBODY: Final = "No single artist: the words named no thing that the model learned from a work"


def closed(house: House, standing: Standing) -> str:
    """The page when no film can be made: what happened, that nothing is lost, and what to do instead."""
    state = "resting" if standing.state == "spent" and standing.left else standing.state
    title, words = _CLOSED.get(state, _CLOSED["away"])
    by, until = escape(house.shared_by or "Whoever opened it"), _until(standing.paused_until)
    told = words.format(films=standing.films, left=standing.left, by=by, until=until)
    why = f"<blockquote>{escape(standing.words)}</blockquote>" if standing.state == "paused" and standing.words else ""
    own = f"<p>{_OWN}</p>" if standing.state in ("spent", "ended") else ""
    return f'<section class="vs-closed"><h2>{title}</h2><p>{told}</p>{why}{own}</section>'


_CLOSED: Final = {
    "spent": (
        "Fin.",
        "All {films} films of this page are made. {by} gave it a budget, and visitors have used it up: nothing is "
        "broken, and nothing more is charged.",
    ),
    "resting": (
        "Intermission.",
        "{left} films of this page are left, and the access that it stands on has used up its own budget: of today, of "
        "this month, or in all. Nothing is broken, and nothing more is charged. Come back another day.",
    ),
    "paused": (
        "Intermission.",
        "Nothing new is made here {until}. Films that were made stay with those who have them. This is the reason, as "
        "it was given to whoever shares the page:",
    ),
    "ended": ("The end.", "This demo was open for a while, and that while is over. Thank you for having been here."),
    "away": ("One moment.", "The server that paints is not to be reached just now. Nothing is lost; this page looks "
             "again by itself."),
}  # fmt: skip


def _until(moment: float) -> str:
    return (
        f"until {datetime.fromtimestamp(moment, UTC):%-d %B, %H:%M} UTC, or until it is lifted" if moment else "for now"
    )


def _budget(standing: Standing) -> str:
    if standing.state == "away" or not standing.films:
        return ""
    until = f"until {datetime.fromtimestamp(standing.ends_at, UTC):%-d %B %Y}" if standing.ends_at else ""
    share = standing.left / standing.films
    return (
        f'<div class="vs-budget" style="--share:{share:.3f}"><b>{standing.left}</b> of {standing.films} films left'
        f"<small>{until}</small><i></i></div>"
    )


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
