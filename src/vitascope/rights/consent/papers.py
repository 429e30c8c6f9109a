"""A data set's papers for people: the dataset card, and the summary of training content in the European form.

The summary follows the parts of the European Commission's template of 2025-07-24 for Article 53(1)(d) of Regulation
(EU) 2024/1689: general information, list of data sources, processing of the data. A model of this size owes none; it is
the form people know.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vitascope.rights.canonical import Json
from vitascope.rights.credits import CONSENT, works_list
from vitascope.rights.register import Register
from vitascope.types import Work

_FROM_ARTISTS = "opt-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the papers of a model name beside the register."""

    model: str
    weights_sha256: str
    published: str  # a date, ISO 8601
    pictures: Mapping[str, str] = field(default_factory=dict)  # addresses, of works whose owners granted display
    provider: str = "the operator of this house"
    withdrawal_days: int = 30


def summary(register: Register, about: About) -> dict[str, Json]:
    """The summary of training content as JSON says it."""
    works = list(register.works.values())
    art = [work for work in works if work.kind in ("animation", "still")]
    return {
        "template": "EU AI Act, Article 53(1)(d), template of 2025-07-24",
        "general_information": {
            "provider": about.provider,
            "model": about.model,
            "weights_sha256": about.weights_sha256,
            "register_sha256": register.sha256(),
            "published": about.published,
            "modalities": {"image": _count(art, "still"), "video": _count(art, "animation"), "text": _words(works)},
            "size": f"{len(works)} works, fewer than the smallest band of the template",
            "languages_of_the_text": "lists of words in ten languages; no running text",
        },
        "data_sources": {
            "publicly_available_datasets": [_package(name, works) for name in _packages(works)],
            "private_datasets_obtained_from_third_parties": [],
            "data_crawled_and_scraped": [],
            "user_data": "none: prompts and renders are never training data",
            "data_from_rightsholders_by_consent": len([work for work in works if work.package == _FROM_ARTISTS]),
            "synthetic_data": "scenes composed from the works above by the project's own program",
        },
        "data_processing": {
            "respect_of_reservations": (
                "read in every file that is put in: C2PA and CAWG training-mining, save in WebM, whose credential lies "
                "beside it; IPTC data mining and TDMRep in XMP; "
                "noai and aipref where they stand in XMP, in a text of a PNG or in the metadata of an SVG. Read where "
                "whoever puts a work in hands along its page, headers or the site's tdmrep.json: TDMRep, aipref, noai; "
                "nothing is fetched. Unknown means no, and the most restrictive wins unless the owner overrides it by "
                "name"
            ),
            "removal": (
                f"a withdrawn work is not in the next snapshot; models that saw it are named and retrained or recalled "
                f"within {about.withdrawal_days} days"
            ),
            "illegal_content": "there is no crawl: each work is named in the register, or was put in by its owner",
            "opted_out": len(register.opted_out),
        },
    }


def summary_markdown(register: Register, about: About) -> str:
    """The summary for people."""
    lines = [f"# Summary of training content: {about.model}", ""]
    for part, fields in summary(register, about).items():
        if isinstance(fields, dict):
            lines += [f"## {part.replace('_', ' ').capitalize()}", "", *_points(fields), ""]
        else:
            lines += [f"Form: {fields}.", ""]
    return "\n".join(lines)


def dataset_card(register: Register, about: About) -> str:
    """The dataset card: what is in it, on what ground, what it cannot do, and each work by name."""
    works = list(register.works.values())
    licences = Counter(work.licence for work in works)
    grounds = Counter(work.consent for work in works)
    return "\n".join(
        [
            f"# Data set of {about.model}",
            "",
            f"{len(works)} works, register sha256 `{register.sha256()}`, {about.published}.",
            "Made from the works register; change that and make this page again.",
            "",
            "## On what ground",
            "",
            *(f"- {count} x {ground}: {CONSENT[ground]}" for ground, count in sorted(grounds.items())),
            "",
            "## Licences",
            "",
            *(f"- {count} x {licence}" for licence, count in sorted(licences.items())),
            "",
            "## What it is not",
            "",
            "- Nothing was crawled, bought or taken from users: prompts and renders are never training data.",
            "- A licence is a permission and no agreement of its author with this model.",
            "- It shows icon-like things, no real people and no real places.",
            "",
            "## Leaving",
            "",
            f"An owner withdraws a work at any time. It is not in the next snapshot, and models that saw it are named, "
            f"then retrained or recalled within {about.withdrawal_days} days.",
            "",
            "## Works",
            "",
            works_list(register),
            *_pictures(register, about.pictures),
        ]
    )


def _pictures(register: Register, pictures: Mapping[str, str]) -> Iterable[str]:
    """The works that may be shown, as pictures; a licence is no wish to be shown here, so others are names alone."""
    shown = [work for name, work in sorted(register.works.items()) if name in pictures]
    if shown:
        yield "\n## Shown by their owners' leave\n"
        yield from (f"![{_plain(work.title)}]({pictures[work.id]})" for work in shown)


def _plain(title: str) -> str:
    """A title that ends no bracket and begins none: an owner typed it."""
    return "".join(letter for letter in title if letter not in "[]()!\\`<>\n")


def _points(fields: dict[str, Json]) -> Iterable[str]:
    for name, value in fields.items():
        words = name.replace("_", " ")
        if isinstance(value, list | tuple):
            yield f"- {words}: {'none' if not value else ''}".rstrip()
            yield from (f"  - {_flat(item)}" for item in value)
        else:
            yield f"- {words}: {_flat(value)}"


def _flat(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_flat(item)}" for name, item in value.items())
    return str(value)


def _count(works: list[Work], kind: str) -> int:
    return sum(work.kind == kind for work in works)


def _words(works: list[Work]) -> int:
    return _count(works, "words")


def _packages(works: list[Work]) -> list[str]:
    return sorted({work.package for work in works if work.package != _FROM_ARTISTS})


def _package(name: str, works: list[Work]) -> Json:
    own = [work for work in works if work.package == name]
    licences = ", ".join(sorted({work.licence for work in own}))
    return {"name": name.removeprefix("npm:").replace("==", " "), "works": len(own), "licences": licences}
