"""Who made what the model learned from: credits for people, generated from the register and never typed.

``python -m vitascope.rights.credits`` writes CREDITS.md to standard output.
"""

import sys
from collections.abc import Iterable
from functools import cache
from importlib import resources

from vitascope.rights.register import Register
from vitascope.types import Work

CONSENT: dict[str, str] = {
    "explicit-opt-in": "the artist put the work in and signed the terms",
    "licence-only": "used by its licence alone; the author has not been asked and has not agreed to anything more",
    "public-domain-dedication": "given to the public domain by its author",
    "own-work": "made by this project",
    "none": "nothing recorded; not used",
}
"""What each value of ``Work.consent`` means, in words that claim no more than is known."""

_NOTICES = ("fluent", "noto", "twemoji", "emojibase", "cldr", "wordnet")
_DRAWN = ("animation", "still")

_INTRODUCTION = """\
# Credits

Generated from the works register (`src/vitascope/rights/data/works.jsonl`) by `python -m vitascope.rights.credits`.
Do not edit: change the register and write this file again.

Vitascope's models learn from {drawings} drawings and animations by other people, named below. Each model's card says
from how many of them: one of an earlier edition of the world has seen none of those that show later things.
A licence is a permission, not a personal agreement: no author named here has endorsed Vitascope or its models.

Register sha256: `{sha256}`
"""


def credits_for(concepts: Iterable[str], register: Register | None = None) -> tuple[str, ...]:
    """One line for each maker of the works that depict any of ``concepts``, ids of ``text/world.py``.

    Concepts without a work in the register have no line.
    """
    known = register or _shipped()
    named = [(concept, work) for concept in dict.fromkeys(concepts) for work in known.works_for(concept)]
    makers = dict.fromkeys((work.authors, work.licence) for _, work in named)
    return tuple(_line(maker, named) for maker in makers)


def works_list(register: Register) -> str:
    """All drawn works as a Markdown table, for the model card and CREDITS.md."""
    rows = (
        (work.id, work.title, _names(work.authors), work.licence, work.consent, f"`{work.sha256[:12]}`")
        for work in _of_kinds(register, *_DRAWN)
    )
    return _table(("work", "title", "authors", "licence", "consent", "sha256 (12)"), rows)


def credits_markdown(register: Register) -> str:
    """The whole of CREDITS.md."""
    introduction = _INTRODUCTION.format(drawings=len(_of_kinds(register, *_DRAWN)), sha256=register.sha256())
    return "\n".join(
        (
            introduction,
            "## Packages\n",
            _packages(register),
            "## On what consent\n",
            _consents(register),
            "## Drawings and animations\n",
            works_list(register),
            "## Words and our own work\n",
            _others(register),
            "## Notices",
            *(_notice(name) for name in _NOTICES),
        )
    )


def maker_of(line: str) -> str:
    """Whom a line of the credits thanks: "Ana Lima" of "Ana Lima: parrot (...)"."""
    return line.partition(":")[0]


def is_thanked(work: Work, line: str) -> bool:
    """Whether ``line`` is the one that thanks the makers of ``work``, on its licence, for a thing that it shows."""
    head, tail = f"{_names(work.authors)}: ", f" ({work.licence}; {_package(work)})"
    if not (line.startswith(head) and line.endswith(tail)):
        return False
    things = line.removeprefix(head).removesuffix(tail).split(", ")
    return not {_in_words(concept) for concept in work.concepts}.isdisjoint(things)


@cache
def _shipped() -> Register:
    """Read once: a worker thanks the makers of every clip, and reading took it 10 ms each time."""
    return Register.load()


def _line(maker: tuple[tuple[str, ...], str], named: list[tuple[str, Work]]) -> str:
    authors, licence = maker
    theirs = [(concept, work) for concept, work in named if (work.authors, work.licence) == maker]
    things = ", ".join(dict.fromkeys(_in_words(concept) for concept, _ in theirs))
    packages = ", ".join(dict.fromkeys(_package(work) for _, work in theirs))
    return f"{_names(authors)}: {things} ({licence}; {packages})"


def _packages(register: Register) -> str:
    first = {work.package: work for work in reversed(_of_kinds(register))}
    counts = {package: sum(work.package == package for work in register.works.values()) for package in first}
    rows = (
        (_package(work), str(counts[package]), _names(work.authors), work.licence, work.licence_basis, work.notice)
        for package, work in sorted(first.items())
    )
    return _table(("package", "works", "authors", "licence", "where it is stated", "notice"), rows)


def _consents(register: Register) -> str:
    works = _of_kinds(register)
    counts = {consent: sum(work.consent == consent for work in works) for consent in CONSENT}
    rows = ((consent, str(count), CONSENT[consent]) for consent, count in counts.items() if count)
    return _table(("consent", "works", "meaning"), rows)


def _others(register: Register) -> str:
    rows = (
        (work.title, _package(work), _names(work.authors), work.licence, work.consent)
        for work in _of_kinds(register, "words", "procedural")
    )
    return _table(("work", "package", "authors", "licence", "consent"), rows)


def _notice(name: str) -> str:
    text = (resources.files("vitascope.rights") / "data" / "notices" / f"{name}.txt").read_text("utf-8")
    return f"\n### {name}\n\n```text\n{text.strip()}\n```"


def _of_kinds(register: Register, *kinds: str) -> list[Work]:
    """Works of those kinds, or of all, in order of id."""
    works = (work for work in register.works.values() if not kinds or work.kind in kinds)
    return sorted(works, key=lambda work: work.id)


def _in_words(concept: str) -> str:
    return concept.replace("_", " ")


def _package(work: Work) -> str:
    return work.package.removeprefix("npm:").replace("==", " ")


def _names(authors: tuple[str, ...]) -> str:
    """Joined with "and": some names hold a comma."""
    return " and ".join(authors)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    body = ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return "\n".join(("| " + " | ".join(head) + " |", "|---" * len(head) + "|", *body)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(credits_markdown(Register.load()) + "\n")
