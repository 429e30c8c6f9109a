"""``python -m vitascope.bench.run``: what a clip costs on this machine, as one JSON object for docs/figures.md.

Cold is what a person waits for: a fresh process of the command line, from start to finished file. Warm is what a server
waits for: the model is open, and one clip follows another. Both count everything: mark, file and seal.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from vitascope.backends.base import Backend
from vitascope.backends.choose import open_backend
from vitascope.errors import VitascopeError
from vitascope.pipeline import render
from vitascope.types import Request

PROMPT = "a parrot flies over a beach at sunset"
COMMAND = (str(Path(sys.executable).parent / "vitascope"),)
SECONDS = 4.0
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one clip cost. Peak memory is that of the process that made it, or None where it made others before."""

    seconds: float
    megabytes: float | None = None


def cold(command: Sequence[str], *, runs: int) -> tuple[Cost, ...]:
    """The cost of ``runs`` clips, each by a fresh process of ``command``; the first may have to compile the model.

    Raises VitascopeError with what the process said if one fails.
    """
    return tuple(
        _process([*command, "generate", PROMPT, "--seconds", str(SECONDS), "--seed", str(SEED)]) for _ in range(runs)
    )


def warm(backend: Backend, *, runs: int) -> tuple[Cost, ...]:
    """The cost of ``runs`` clips by a model that is open and has made one before, which is not counted."""
    return tuple(_clip(backend) for _ in range(runs + 1))[1:]


def summary(costs: Sequence[Cost]) -> dict[str, float]:
    """Number, median and range of the seconds, and the largest peak memory where it was measured."""
    seconds, peaks = [cost.seconds for cost in costs], [cost.megabytes for cost in costs if cost.megabytes is not None]
    told = {"n": len(costs), "median_s": median(seconds), "min_s": min(seconds), "max_s": max(seconds)}
    return {name: round(value, 3) for name, value in (told | ({"peak_mb": max(peaks)} if peaks else {})).items()}


def _process(command: Sequence[str]) -> Cost:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  # our own command line with constants
            [*command, "-o", str(Path(folder) / "clip.mp4")], stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)  # the only call that gives the peak of this one child
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise VitascopeError(f"{command[0]} ended with {process.returncode}: {said.read().decode()}")
        return Cost(seconds=time.perf_counter() - started, megabytes=usage.ru_maxrss * 1024 / 1e6)


def _clip(backend: Backend) -> Cost:
    request = Request(prompt=PROMPT, seconds=SECONDS, seed=SEED)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        render(request, to=Path(folder) / "clip.mp4", backend=backend, tick=lambda _: None)
        return Cost(seconds=time.perf_counter() - started)


def main() -> None:
    """Measure cold, then warm, and write the result to standard output."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.run", description=main.__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--model", default="xs")
    asked = parser.parse_args()
    first, *later = cold((*COMMAND,), runs=asked.runs + 1)
    backend = open_backend(asked.model)
    report = {
        "first_ever": summary([first]),
        "cold": summary(later),
        "warm": summary(warm(backend, runs=asked.runs)),
        "clip": {"prompt": PROMPT, "seconds": SECONDS, "seed": SEED, "size": backend.preset.size},
        "weights_sha256": backend.preset.weights_sha256,
        "machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "system": platform.platform()},
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
