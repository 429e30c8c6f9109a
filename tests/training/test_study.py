"""Numbers with their intervals, and whether one way of making clips is worse than another."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from vitascope.training.accuracy import Share
from vitascope.training.paired import chance_of_no_worse
from vitascope.training.study import Line, Study, columns, counted, exact, mean, per_cent, stored, table


def test_a_share_tells_its_wilson_interval():
    """Nine of ten: the interval is not symmetric and stays below one."""
    assert "90.0 (59.6-98.2) %" == str(per_cent(Share(hits=9, n=10)))
    assert str(counted([True] * 9 + [False])) == str(per_cent(Share(hits=9, n=10)))


def test_what_is_exact_stands_alone():
    """A p has no interval."""
    assert "0.0312" == str(exact(1 / 32))


def test_a_mean_lies_inside_its_interval():
    """The bootstrap of a thousand even values is narrow and holds their mean."""
    cell = mean(list(np.linspace(0, 1, 1000)))

    assert cell.low < 0.5 < cell.high
    assert cell.high - cell.low < 0.06


def test_a_table_has_a_column_for_all_that_was_asked():
    """A line that was not asked something shows a dash there."""
    lines = (Line(kind="model", n=4, cells={"a": exact(1.0)}), Line(kind="real", n=4, cells={"b": exact(2.0)}))
    study = Study(name="x", title="x", about="", lines=lines)

    assert ("a", "b") == columns(study)
    assert [("clips", "n", "a", "b"), ("model", "4", "1.0", "-"), ("real", "4", "-", "2.0")] == list(table(study))


@pytest.mark.parametrize(("lost", "won", "p"), [(0, 0, 1.0), (5, 0, 1 / 32), (0, 5, 1.0), (3, 1, 5 / 16)])
def test_only_what_parts_them_counts(lost, won, p):
    """Exact binomial tails of the questions on which one is right and the other is not."""
    before = np.array([True] * (lost + 20) + [False] * (won + 7))
    after = np.array([False] * lost + [True] * (20 + won) + [False] * 7)

    assert pytest.approx(p) == chance_of_no_worse(before, after)


def test_a_study_survives_its_file():
    """What an evaluation stores is read back as it was."""
    line = Line(kind="model", n=4, cells={"right": counted([True, False]), "p": exact(0.5)})
    study = Study(name="x", title="title", about="about", lines=(line,))

    assert study == stored(json.loads(json.dumps(asdict(study))))
