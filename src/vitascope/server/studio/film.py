"""One film: to watch, to take along, to make anew, and what is known of it; all words of people are escaped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final

from vitascope.orders import Verb
from vitascope.programme import release
from vitascope.rights.owners.repository import Given
from vitascope.server.asked import LONGEST_PROMPT
from vitascope.server.studio import films, releasing
from vitascope.server.web.session import Member
from vitascope.store.blobs import Blobs
from vitascope.store.database import Transaction
from vitascope.videos import book, workers
from vitascope.videos.job import Job, Made
from vitascope.videos.workers import Capability

_FILES: Final = {"video": "Film", "thumbnail": "Still", "spritesheet": "Sheet of frames"}
_VERBS: Final[Mapping[Verb, tuple[str, str]]] = {
    "remix": ("Remix it", "The same noise, other words: seed, size and length stay as they are."),
    "edit": ("Edit it", "The same film, changed as you say."),
    "extend": ("Go on with it", "What happens next, so many seconds more."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Everything on its page."""

    job: Job
    model: Capability | None  # None: no worker ever told of it here
    released: tuple[Given, ...]
    embargo: str  # why it cannot be released before a date; empty: it can
    maker: str  # by what name its maker goes here
    now: datetime

    @property
    def made(self) -> Made | None:
        """What there is to watch."""
        return None if films.is_over(self.job, self.now) else self.job.made


def film(tx: Transaction, member: Member, video: str) -> Film:
    """Read it all. Raises VideoNotFoundError."""
    job = book.get(tx, video, member.party)
    known = {one.model: one for one in workers.capabilities(tx, member.seconds)}
    return Film(
        job=job,
        model=known.get(job.order.model),
        released=release.released(tx, video, member.now),
        embargo=releasing.embargo(tx, member, video),
        maker=releasing.name_of(tx, member.party),
        now=member.now,
    )


def page(found: Film, blobs: Blobs, *, done: str = "") -> str:
    """The page; ``done`` is what happened just now."""
    job, name = found.job, escape(found.job.id)
    said = f'<p class="done" role="status">{escape(done)}</p>' if done else ""
    inside = _finished(found, found.made, blobs) if found.made else _unfinished(job)
    return (
        f'<article class="film" data-film="{name}"><p class="back"><a href="/studio/films">Your films</a></p>{said}'
        f"{inside}{_delete(found)}</article>"
    )


def nearest(told: Mapping[str, Any]) -> str:
    """Which training works it comes nearest to, and whether any is nearer than it should be without thanks."""
    rows = "".join(
        f"<tr><td>{escape(str(one['title']))}{' <em>too near</em>' if one['flagged'] else ''}"
        f"<td>{escape(', '.join(one['authors']))}<td>{escape(str(one['licence']))}<td>{one['distance']:.3f}</tr>"
        for one in told.get("nearest", ())
    )
    if not rows:
        return "<p class='quiet'>Nothing it learned from is known to be near.</p>"
    return (
        "<table><thead><tr><th>Work<th>By<th>Licence<th>Distance</tr></thead>"
        f"<tbody>{rows}</tbody></table><p class='quiet'>The smaller the distance, the nearer. Nearer than 99 of 100 "
        "films that do not show it is told as too near.</p>"
    )


def origin(told: Mapping[str, Any]) -> str:
    """What the file itself says, as anybody who has it would find."""
    parts = (("Credential", told["credential"]), ("Mark", told["mark"]), ("Likeness", told["fingerprint"]))
    rows = "".join(f"<dt>{name}<dd>{escape(str(part['words']))}" for name, part in parts)
    return f"<p><b>{escape(str(told['words']))}</b></p><dl>{rows}</dl>"


def _finished(found: Film, made: Made, blobs: Blobs) -> str:
    job = found.job
    width, height = made.size
    poster = films.still(job, blobs, found.now)
    return (
        f'<div class="screen"><video controls loop playsinline width="{width}" height="{height}" data-play '
        f'poster="{poster}" aria-label="{escape(job.order.prompt)}"></video></div>'
        f'<h1 class="title">{escape(job.order.prompt)}</h1>{_facts(job, made)}{_take(job)}{_notes(made)}'
        f"{_verbs(found)}{releasing.section(found.job.id, found.released, found.embargo, found.maker)}"
        f"{_credits(made)}{_origin(made)}{_feedback(job)}"
    )


def _unfinished(job: Job) -> str:
    why = job.failure.message if job.failure else "Its files were kept as long as was promised, and are gone."
    if job.state == "cancelled":
        why = "You cancelled it. It costs nothing."
    elif not job.has_ended:
        why = "It is on its way."
    name = escape(job.id)
    return (
        f'<h1 class="title">{escape(job.order.prompt)}</h1><p>{escape(why)}</p><p class="buttons">'
        f'<a class="button" href="/studio?again={name}">Order it again</a></p>'
    )


def _facts(job: Job, made: Made) -> str:
    width, height = made.size
    facts = (
        f"{made.frames / made.fps:g} s", f"{width} x {height}", f"{made.fps} frames a second",
        f"model {escape(job.order.model)}", f"seed {made.seed}", f"made on {films.day(job.created_at)}",
        f"in {made.inference_seconds:.1f} s",
    )  # fmt: skip
    kept = f" Its files are kept until {films.day(job.expires_at)}." if job.expires_at else ""
    return f'<p class="quiet">{", ".join(facts)}.{kept}</p>'


def _take(job: Job) -> str:
    name = escape(job.id)
    files = "".join(
        f'<button class="second" data-do="download" data-variant="{variant}">{words}</button>'
        for variant, words in _FILES.items()
    )
    return (
        f'<p class="buttons"><a class="button" href="/studio?again={name}">Again, a new take</a>'
        f'<a class="button second" href="/studio?again={name}&amp;seed=same">The same take</a>'
        f'<span class="apart" role="group" aria-label="Download"><small>Download</small>{files}</span></p>'
    )


def _notes(made: Made) -> str:
    if not made.notes:
        return ""
    rows = "".join(f"<li>{escape(note)}</li>" for note in made.notes)
    return f"<section><h2>How your words were read</h2><ul class='notes'>{rows}</ul></section>"


def _verbs(found: Film) -> str:
    """What the model can make of it, and nothing it cannot."""
    can = found.model.verbs if found.model else ()
    job = found.job
    return "".join(verb_form(job.id, verb, job.order.prompt) for verb in _VERBS if verb in can)


def verb_form(video: str, verb: Verb, prompt: str) -> str:
    """The form that orders what begins with a film."""
    words, about = _VERBS[verb]
    longer = (
        '<label>Seconds<input name="seconds" inputmode="decimal" maxlength="12" required value="4"></label>'
        if verb == "extend"
        else ""
    )
    return (
        f"<section><h2>{words}</h2><p>{about}</p>"
        f'<form data-act="derive" data-verb="{verb}"><input type="hidden" name="video" value="{escape(video)}">'
        f'<label>In these words<textarea name="prompt" rows="2" required maxlength="{LONGEST_PROMPT}">'
        f'{escape(prompt)}</textarea></label>{longer}<p class="fault" role="alert"></p>'
        f"<button>{words}</button></form></section>"
    )


def _credits(made: Made) -> str:
    rows = "".join(f"<li>{escape(line)}</li>" for line in made.credits)
    thanks = f"<ul class='thanks'>{rows}</ul>" if rows else "<p>Nobody's drawing is named in it.</p>"
    return (
        f"<section><h2>Thanks to</h2>{thanks}<p class='quiet'>They are paid their part by "
        '<a href="/rates">the published rates</a>.</p>'
        '<button class="second" data-do="behind" data-path="/studio/nearest">Which works is it near?</button>'
        '<div class="told" aria-live="polite"></div></section>'
    )


def _origin(made: Made) -> str:
    return (
        "<section><h2>Where it comes from</h2><p>It carries an invisible mark and signed content credentials, both, "
        "wherever it goes.</p><dl>"
        f"<dt>Mark<dd><code>{made.mark_id}</code><dt>Credentials, SHA-256<dd><code>{escape(made.seal.manifest_sha256)}"
        f"</code><dt>Weights, SHA-256<dd><code>{escape(made.weights_sha256)}</code></dl>"
        '<button class="second" data-do="behind" data-path="/studio/origin">Ask the file itself</button>'
        '<div class="told" aria-live="polite"></div></section>'
    )


def _feedback(job: Job) -> str:
    return (
        "<section><details><summary>Something to say about it?</summary><p>You owe nobody a report. What makes this "
        'film again goes along, and an accepted one is paid by <a href="/rates">the published rates</a>.</p>'
        f'<form data-post="/studio/report"><input type="hidden" name="about" value="{escape(job.id)}">'
        '<label>What is it<select name="kind"><option value="feedback">feedback</option>'
        '<option value="bug">a fault</option></select></label>'
        '<label>In a line<input name="title" required maxlength="200"></label>'
        '<label>All of it<textarea name="body" rows="4" maxlength="20000"></textarea></label>'
        '<label>The name to thank, or nothing<input name="credited_as" maxlength="100"></label>'
        '<label class="check"><input name="is_private" type="checkbox" value="1">for reviewers alone</label>'
        "<button>Send</button></form></details></section>"
    )


def _delete(found: Film) -> str:
    shown = " Where you released it, it is gone, too." if found.released else ""
    return (
        "<section><details><summary>Delete it</summary><p>The film, its stills and its prompt are gone for good: "
        f"nobody can bring them back, and no quota comes back.{shown} Download it first if you may want it.</p>"
        f'<form data-act="remove"><input type="hidden" name="video" value="{escape(found.job.id)}">'
        "<button>Delete it for good</button></form></details></section>"
    )
