"""A slice of chaos: desk and workers are killed while jobs are ordered and made; nothing is lost or ends twice."""

import pytest

from vitascope.bench.chaos import Trial, run


@pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")  # it is, elsewhere
@pytest.mark.parametrize("kills", [3])
def test_nothing_is_lost(database_url, tmp_path, kills):
    """Three kills among twelve jobs, on SQLite and on PostgreSQL."""
    trial = Trial(
        database=database_url, files=str(tmp_path / "files"), data=tmp_path, jobs=12, kills=kills, workers=2,
        twin_seconds=0.5, patience=240.0,
    )  # fmt: skip

    report = run(trial)

    assert (12, 0, 0, 0, 0) == tuple(
        report[name] for name in ("accepted", "lost", "entered_twice", "ended_twice", "without_film")
    ), report
    assert {"completed": 12} == report["states"]
