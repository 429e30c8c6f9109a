"""Whether a thing is gone from a model: asked for, not asked for, and beside other things."""

import pytest

pytest.importorskip("torch")

from vitascope.corpus.graphs import belongs
from vitascope.errors import TrainingError
from vitascope.training import withdrawn
from vitascope.training.accuracy import Share
from vitascope.training.traits import traits
from vitascope.training.withdrawn import Finding

pytestmark = pytest.mark.torch


def _finding(asked, floor, others, n=60):
    return Finding(
        name="run", asked=Share(hits=asked, n=n), floor=Share(hits=floor, n=n), others=Share(hits=others, n=n)
    )


def test_the_questions_are_for_the_thing_and_for_everything_else():
    """As many of each, with pairs that training showed."""
    asked, others = withdrawn.questions("parrot", 20, 0)

    assert {"parrot"} == {traits(one.scene).subject for one in asked}
    assert "parrot" not in {traits(one.scene).subject for one in others}
    assert (20, 20) == (len(asked), len(others))
    assert all(belongs(one.scene, "seen") for one in (*asked, *others))
    with pytest.raises(TrainingError, match="unicorn"):
        withdrawn.questions("unicorn", 2, 0)


@pytest.mark.parametrize(
    ("asked", "floor", "others", "gone"),
    [(0, 0, 30, True), (1, 1, 30, True), (27, 0, 30, False), (0, 0, 0, False), (30, 30, 30, False)],
)
def test_gone_is_at_the_floor_while_other_things_are_shown(asked, floor, others, gone):
    """A model that shows nothing, or the thing everywhere, proves nothing."""
    assert gone == _finding(asked, floor, others).is_gone


def test_readings_are_counted_in_the_order_of_the_questions():
    """The thing shown unasked is the floor; another thing shown when asked is a hit of that one."""
    asked, others = withdrawn.questions("parrot", 4, 0)
    seen = [traits(one.scene) for one in (*asked[:3], others[0], *others[:3], asked[0])]
    found = withdrawn.found("run", "parrot", asked, others, seen)

    assert (3, 1, 3) == (found.asked.hits, found.floor.hits, found.others.hits)
    assert "| run | 75.0" in withdrawn.table("parrot", [found])
