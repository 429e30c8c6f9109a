"""What a clip costs is measured on real processes and real files; only the model is a small stand-in."""

import subprocess
import sys
from pathlib import Path

import pytest
from fakes import MovingGradient

from vitascope.bench.run import Cost, cold, first_sights, summary, warm
from vitascope.errors import VitascopeError

FAKES = str(Path(__file__).parent.parent / "fakes.py")


def test_a_cold_clip_is_timed_with_its_whole_process():
    """Each run is a process of its own, with its seconds and a peak memory that Python alone already takes."""
    costs = cold((sys.executable, FAKES), runs=1)

    assert 1 == len(costs)
    assert costs[0].seconds > 0.1
    assert costs[0].megabytes > 20


def test_a_failed_run_is_no_measurement():
    """A command that fails is an error with what it said, not a fast clip."""
    with pytest.raises(VitascopeError, match="ended with 3: no such thing"):
        cold((sys.executable, "-c", "import sys; sys.stderr.write('no such thing'); sys.exit(3)"), runs=1)


def test_the_first_warm_clip_is_not_counted():
    """A warm figure begins with the second clip."""
    backend = MovingGradient(pause=0.001)

    costs = warm(backend, runs=2)

    assert 2 == len(costs)
    assert all(cost.seconds > 0.033 for cost in costs)


def test_a_summary_is_median_range_and_peak():
    """One slow run does not move the median; the peak is the largest."""
    costs = [Cost(seconds=1, megabytes=300), Cost(seconds=9, megabytes=500), Cost(seconds=2, megabytes=400)]

    assert {"n": 3, "median_s": 2, "min_s": 1, "max_s": 9, "peak_mb": 500} == summary(costs)


def test_the_first_sight_is_a_preview_or_the_clip():
    """A clip that is done before its first preview is seen when it is done."""
    costs = [Cost(seconds=3.0, preview_seconds=1.0), Cost(seconds=0.7)]

    assert [1.0, 0.7] == [cost.seconds for cost in first_sights(costs)]


def test_a_peak_is_that_of_the_program_alone():
    """Not of whoever started it, whose memory ``ru_maxrss`` remembers across the exec."""
    light = "from vitascope.bench.child import peak_mb; print(peak_mb())"
    heavy = f"import subprocess, sys; large = b'.' * 500_000_000; subprocess.run([sys.executable, '-c', {light!r}])"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)

    assert 20 < float(done.stdout) < 400
