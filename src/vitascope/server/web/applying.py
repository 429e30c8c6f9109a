"""The words of applying: the operator's own questions as a form, what happens next, and what a steward reads."""

from collections.abc import Iterable
from html import escape

from vitascope.programme.access.repository import Cohort
from vitascope.programme.people.applications import LONGEST_ANSWER, Told, moment_of
from vitascope.programme.people.repository import Application, Question


def form(questions: Iterable[Question]) -> str:
    """The form, for anybody: name, mailbox, and one box for each question as the operator wrote it."""
    return (
        '<section class="apply"><h1>Apply</h1><p>Tell us who you are. The questions are those of the people who run '
        "this programme; there is no right answer, and nobody needs one to be an artist.</p>"
        '<form data-post="/programme/apply">'
        '<label>Your name, or what you go by<input name="name" required maxlength="100" autocomplete="nickname">'
        "</label>"
        '<label>Your mail address<input name="address" type="email" required maxlength="320" autocomplete="email">'
        f"</label>{''.join(map(_question, questions))}<button>Send</button></form>"
        "<p class='quiet'>What you write is locked. Stewards alone read it, to answer you, and it trains nothing. If "
        "they say no you are told why, and all of it is destroyed.</p></section>"
    )


def received(made: Application) -> str:
    """After sending: what happens next, in so many words."""
    return (
        '<section class="door"><h1>We have it</h1><p>A steward, a person, reads it and answers to the mailbox you '
        "gave: an invitation, or a no with its reason. You need not do anything.</p><p class='quiet'>If you ask "
        f"about it, say <code>{escape(made.id)}</code>.</p></section>"
    )


def waiting(told: Iterable[Told], cohorts: Iterable[Cohort], *, done: str = "") -> str:
    """What stewards see: each application with its answers, and a yes or a no with a reason."""
    options = "".join(f'<option value="{escape(one.id)}">{escape(one.name)}</option>' for one in cohorts)
    cards = "".join(_card(one, options) for one in told)
    return (
        f"<h1>Applications</h1>{f'<p>{escape(done)}</p>' if done else ''}"
        f"{cards or '<section><p>None waits for an answer.</p></section>'}"
        '<section><button class="second" data-send="/programme/mine">Back to my page</button></section>'
    )


def _question(question: Question) -> str:
    optional = "" if question.is_required else " <small>may stay empty</small>"
    required = " required" if question.is_required else ""
    return (
        f"<label>{escape(question.text)}{optional}"
        f'<textarea name="{escape(question.id)}" rows="4" maxlength="{LONGEST_ANSWER}"{required}></textarea></label>'
    )


def _card(told: Told, options: str) -> str:
    answers = "".join(f"<dt>{escape(text)}<dd>{escape(answer)}" for text, answer in told.answers.items())
    hidden = f'<input type="hidden" name="application" value="{escape(told.application.id)}">'
    return (
        f'<section class="application"><h2>{escape(told.name)}</h2><p class="quiet">{escape(told.address)}, '
        f"{moment_of(told.application):%-d %b %Y}</p><dl>{answers}</dl>"
        f'<form data-post="/programme/applications/invite" class="row">{hidden}'
        f'<label>Invite to<select name="cohort" required>{options}</select></label><button>Yes, invite</button></form>'
        f'<form data-post="/programme/applications/decline" class="row">{hidden}'
        '<label>Why not<input name="reason" required maxlength="1000"></label>'
        '<button class="second">No, send the reason</button></form></section>'
    )
