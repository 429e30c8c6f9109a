"""Credits come from the register alone and claim no more than it records."""

from dataclasses import replace
from pathlib import Path

from vitascope.rights.credits import CONSENT, credits_for, credits_markdown, works_list
from vitascope.rights.register import Register

ROOT = Path(__file__).parents[2]


def test_the_committed_credits_are_those_of_the_register():
    """CREDITS.md is written by ``python -m vitascope.rights.credits > CREDITS.md``, never by hand."""
    assert credits_markdown(Register.load()) + "\n" == (ROOT / "CREDITS.md").read_text("utf-8")


def test_each_maker_of_a_named_thing_has_a_line():
    """A parrot and a car were drawn by three makers, in four packages; each line says who, what and on what licence."""
    lines = credits_for(["parrot", "police_car", "parrot"])

    assert (
        "Microsoft Corporation: parrot, police car "
        "(MIT; @lobehub/fluent-emoji-anim-3 1.0.0, @iconify-json/fluent-emoji-flat 1.2.6)",
        "Google Inc: parrot, police car (Apache-2.0; @iconify-json/noto 1.2.9)",
        "Twitter, Inc and Twemoji contributors: parrot, police car (CC-BY-4.0; @twemoji/svg 15.0.0)",
    ) == lines


def test_what_nobody_drew_has_no_line():
    """A concept without a work credits nobody."""
    assert () == credits_for(["unicorn"])


def test_nobody_is_said_to_have_consented_who_was_not_asked():
    """With licence-only works alone, no form of the word consent is put in anybody's mouth."""
    text = credits_markdown(Register.load()).casefold()

    assert "consented" not in text
    assert "explicit-opt-in" not in text
    assert CONSENT["licence-only"] in text


def test_every_drawn_work_is_listed_with_its_authors_and_licence():
    """The list for the model card has a row for each drawing and none for words."""
    register = Register.load()
    rows = works_list(register).splitlines()[2:]
    drawn = [work for work in register.works.values() if work.kind in ("animation", "still")]

    assert len(drawn) == len(rows)
    for work in drawn:
        (row,) = [row for row in rows if f"| {work.id} |" in row]
        assert all(part in row for part in (*work.authors, work.licence, work.consent, work.sha256[:12]))


def test_a_title_cannot_break_the_table():
    """A bar inside a title stays inside its cell."""
    register = Register.load()
    work = replace(next(iter(register.works.values())), kind="still", title="a|b")

    assert "a\\|b" in works_list(Register(works={work.id: work}))


def test_the_notices_of_all_licences_are_carried():
    """MIT, Unicode and WordNet ask that their text go with every copy."""
    text = credits_markdown(Register.load())

    for phrase in (
        "Copyright (c) Microsoft Corporation.",
        "Licensed under the Apache License, Version 2.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "UNICODE LICENSE V3",
        "WordNet 3.1 Copyright 2011 by Princeton University",
    ):
        assert phrase in text
