"""``python -m vitascope.bench.run``: what a clip costs on this machine, and what it costs others; docs/benchmarks.md.

Cold is what a person waits for: a fresh process of the command line, from start to finished file. Warm is what a server
waits for: the model is open, and one clip follows another. Both count everything: mark, file and seal. Then engines are
held side by side (bench/compare.py). All of it is one run, and one JSON object.
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
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console

from vitascope.backends.base import Backend
from vitascope.backends.choose import open_backend
from vitascope.bench.compare import Comparison, Measured, compare, in_turns
from vitascope.bench.engine import COMPILED, EAGER, OURS, PROMPT, RIVAL, SECONDS, SEED, living
from vitascope.bench.page import page
from vitascope.engine.plan import plan as plan_for
from vitascope.errors import VitascopeError
from vitascope.pipeline import render
from vitascope.shipped import MODEL
from vitascope.types import Request

COMMAND = (str(Path(sys.executable).parent / "vitascope"),)
ENGINES = (OURS, EAGER, COMPILED, RIVAL)
LIVING = (OURS, EAGER, COMPILED)
"""The engines that make the clip of a thing that is painted frame by frame, too."""

PAGE = Path("docs/benchmarks.md")
"""From the root of the repository, and ``benchmarks.json`` beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one clip cost. Peak memory is that of the process that made it, or None where it made others before."""

    seconds: float
    megabytes: float | None = None
    preview_seconds: float | None = None  # from the call to the first marked preview


def cold(command: Sequence[str], *, runs: int) -> tuple[Cost, ...]:
    """The cost of ``runs`` clips, each by a fresh process of ``command``; the first may have to compile the model.

    Raises VitascopeError with what the process said if one fails.
    """
    return tuple(
        _process([*command, "generate", PROMPT, "--seconds", str(SECONDS), "--seed", str(SEED)]) for _ in range(runs)
    )


def warm(backend: Backend, *, runs: int, prompt: str = PROMPT) -> tuple[Cost, ...]:
    """The cost of ``runs`` clips by a model that is open and has made one before, which is not counted."""
    return tuple(_clip(backend, prompt) for _ in range(runs + 1))[1:]


def summary(costs: Sequence[Cost]) -> dict[str, float]:
    """Number, median and range of the seconds, and the largest peak memory where it was measured."""
    seconds, peaks = [cost.seconds for cost in costs], [cost.megabytes for cost in costs if cost.megabytes is not None]
    told = {"n": len(costs), "median_s": median(seconds), "min_s": min(seconds), "max_s": max(seconds)}
    return {name: round(value, 3) for name, value in (told | ({"peak_mb": max(peaks)} if peaks else {})).items()}


def first_sights(costs: Sequence[Cost]) -> tuple[Cost, ...]:
    """The same clips as far as the first picture of each: a preview, or the clip itself where that comes first."""
    return tuple(Cost(seconds=cost.seconds if cost.preview_seconds is None else cost.preview_seconds) for cost in costs)


def _process(command: Sequence[str]) -> Cost:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603  # our own command line with constants
            [*command, "-o", str(Path(folder) / "clip.mp4")], stdout=subprocess.DEVNULL, stderr=said
        )
        # The only call that gives the peak of this one child, or of this process where that was larger when it began
        # (72 MB: the model is opened later, and no clip takes so little).
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise VitascopeError(f"{command[0]} ended with {process.returncode}: {said.read().decode()}")
        return Cost(seconds=time.perf_counter() - started, megabytes=usage.ru_maxrss * 1024 / 1e6)


def _clip(backend: Backend, prompt: str) -> Cost:
    request, shown = Request(prompt=prompt, seconds=SECONDS, seed=SEED, model=backend.preset.name), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        render(
            request, to=Path(folder) / "clip.mp4", backend=backend, tick=lambda _: None,
            show=lambda _picture, _step: shown.append(time.perf_counter() - started),
        )  # fmt: skip
        spent = time.perf_counter() - started
        return Cost(seconds=spent, preview_seconds=shown[0] if shown else None)


def _clip_told(backend: Backend) -> dict[str, object]:
    request = Request(prompt=PROMPT, seconds=SECONDS, seed=SEED, model=backend.preset.name)
    plan = plan_for(request, backend.preset)
    return {"model": plan.model, "prompt": PROMPT, "seconds": SECONDS, "seed": SEED, "size": plan.size,
            "frames": plan.frames, "steps": plan.steps, "guidance": plan.guidance}  # fmt: skip


def _machine(threads: int) -> dict[str, object]:
    return {"cpus": os.cpu_count(), "cpu": _processor(), "threads": threads, "load": os.getloadavg()[0],
            "system": f"{platform.system()}, Python {platform.python_version()}"}  # fmt: skip


def _processor() -> str:
    """The name of the CPU where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "a CPU without a name"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "an unnamed CPU")


def _compared(comparison: Comparison) -> dict[str, object]:
    return {"engines": _told(comparison.engines), "flops": comparison.flops, "peak_flops": comparison.peak_flops,
            "peak_dtype": comparison.peak_dtype}  # fmt: skip


def _told(engines: Sequence[Measured]) -> list[dict[str, object]]:
    return [asdict(engine) | {"median": engine.median} for engine in engines]


def _lived(
    prompt: str | None, clips: Sequence[Cost], model: str, *, runs: int, threads: int
) -> dict[str, object] | None:
    """The clip of a thing that moves by itself; None where the model paints none frame by frame."""
    if prompt is None:
        return None
    engines = in_turns(LIVING, model, runs=runs, threads=threads, speak=Console(stderr=True).print, prompt=prompt)
    sights = summary(first_sights(clips))
    return {"prompt": prompt, "warm": summary(clips), "preview": sights, "engines": _told(engines)}


def measure(model: str, *, runs: int, threads: int) -> dict[str, object]:
    """Everything, in the order of the page."""
    speak, machine = Console(stderr=True).print, _machine(threads)
    first, *later = cold((*COMMAND,), runs=runs + 1)
    backend = open_backend(model)
    clips = warm(backend, runs=runs)
    told, sha256, prompt = _clip_told(backend), backend.preset.weights_sha256, living(backend.preset)
    lived = () if prompt is None else warm(backend, runs=runs, prompt=prompt)
    del backend  # its threads and its memory are the engines' now
    return {
        "first_ever": summary([first]),
        "cold": summary(later),
        "warm": summary(clips),
        "preview": summary(first_sights(clips)),
        "clip": told,
        "weights_sha256": sha256,
        "machine": machine,
        "engines": _compared(compare(ENGINES, model, runs=runs, threads=threads, speak=speak)),
        "living": _lived(prompt, lived, model, runs=runs, threads=threads),
    }


def main() -> None:
    """Measure, print the result as JSON, and write docs/benchmarks.md where there is a docs folder."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.run", description=main.__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    document = json.dumps(measure(asked.model, runs=asked.runs, threads=asked.threads), indent=1) + "\n"
    if PAGE.parent.is_dir():
        PAGE.with_suffix(".json").write_text(document)
        PAGE.write_text(page(json.loads(document)))
    sys.stdout.write(document)


if __name__ == "__main__":
    main()
