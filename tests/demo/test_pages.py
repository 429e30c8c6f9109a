"""What a visitor reads: examples that the model knows, refusals without a command line, and ends that are true."""

import pytest

from vitascope.backends.choose import preset_of
from vitascope.demo import pages
from vitascope.demo.house import House, Standing, standing_of
from vitascope.demo.making import _failed
from vitascope.shipped import MODEL
from vitascope.text.reading import read
from vitascope.text.words import edition_of

HOUSE = House(shared_by="Ana Lima")
TOLD = {"state": "paused", "explanation": "Refused: Hold hold_1 pauses it. Rule: x. You can appeal.", "ends_at": 9,
        "budgets": [{"measure": "renders", "limit": 3, "left": 2}], "at_once": 4}  # fmt: skip


@pytest.mark.parametrize("example", House().examples)
def test_the_model_that_ships_knows_every_example(example):
    """Each names a thing, and nothing has to be said about how it was read."""
    reading = read(example, pictured=False, edition=edition_of(preset_of(MODEL).vocabulary_sha256))

    assert 1 == len(reading.scene.entities)
    assert () == reading.notes


def test_a_page_whose_budget_lies_elsewhere_does_not_say_that_its_films_are_made():
    """Spent with films left is a host whose day or month is used up: visitors may come back."""
    resting = pages.closed(HOUSE, Standing(state="spent", films=200, left=180))
    spent = pages.closed(HOUSE, Standing(state="spent", films=200, left=0))

    assert "180 films of this page are left" in resting
    assert "Come back another day" in resting
    assert "All 200 films of this page are made. Ana Lima gave it" in spent


def test_a_pause_is_told_by_its_reason_alone():
    """Who looks at a public page can appeal to nobody: no hold's id and no rule, but why, and until when."""
    standing = standing_of({**TOLD, "pause": {"reason": "We look at it <together>.", "until": 1_795_800_060}})
    shown = pages.closed(HOUSE, standing)

    assert "We look at it &lt;together&gt;." in shown
    assert "until 27 November, 17:21 UTC, or until it is lifted" in shown
    assert "hold_1" not in shown
    assert "hold_1" in pages.closed(HOUSE, standing_of(TOLD)), "a server that tells no reason apart"


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        ("unknown_words", "I do not know 'x'. `vitascope models` lists all I know.", "'x'. Try another sentence."),
        ("internal_error", "The engine failed.", "The engine failed. Try again."),
    ],
)  # fmt: skip
def test_a_film_that_failed_is_told_to_somebody_without_a_command_line(code, message, words):
    """What happened, that it cost nothing, and what to do on this page."""
    told = _failed({"code": code, "message": message})

    assert told.startswith("No film this time, and nothing was used up.")
    assert told.endswith(words)
    assert "`" not in told
