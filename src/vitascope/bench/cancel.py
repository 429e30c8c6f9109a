"""How soon the engine is free after a cancel, as a client sees it from outside.

Two long videos, one behind the other: the first is cancelled in the middle of a step, and the second tells when its own
first step is done. Between the two lies what was left of the step, the way through the queue, and that first step; so
the engine was idle sooner than the figure says.
"""

import time
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from vitascope.bench.house import Line, spread

_LONG = 100  # so that a render lasts long enough to be cut


def measure(line: Line, model: str, *, runs: int) -> dict[str, object]:
    """From the cancel sent to the next video's first step done, and how long a step takes when nobody cancels."""
    random, spent, steps = np.random.default_rng(1), list[float](), list[float]()
    running = line.order(model, 0, steps=_LONG)
    _first_step(line, running)
    for number in range(1, runs + 1):
        behind = line.order(model, number, steps=_LONG)
        time.sleep(float(random.uniform(0.3, 0.8)))
        sent = time.time()
        line.ask("POST", f"/v1/videos/{running}/cancel")
        spent.append(_first_step(line, behind) - sent)
        steps += _steps(line.events(running))
        running = behind
    line.ask("POST", f"/v1/videos/{running}/cancel")
    return {"to_first_step_of_next": spread(spent), "step": spread(steps)}


def _first_step(line: Line, video: str) -> float:
    """When the first step of ``video`` was done, once it was."""
    return float(str(line.first(video, "video.stage")["created_at"]))


def _steps(events: Sequence[Mapping[str, object]]) -> list[float]:
    """Seconds a step took, from each two that were told one after the other."""
    told = [(int(str(one["step"])), float(str(one["created_at"]))) for one in events if one["type"] == "video.stage"]
    return [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(told) if b[0] > a[0]]
