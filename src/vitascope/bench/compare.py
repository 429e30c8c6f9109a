"""Engines side by side on one machine: each in a process of its own, clips made in turns, so that noise meets all.

The floor is what the arithmetic alone would take: operations of one clip over the fastest matrix product measured in
the same run. Ratios are medians over medians.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import IO, Any, Self

from vitascope.bench.engine import EAGER, OURS, PEAK, PROMPT, RIVAL
from vitascope.errors import VitascopeError

PAUSE = 0.3
"""Seconds between two clips: threads of the last engine spin for a while before they sleep."""

Speak = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One engine after all its clips. ``network`` is the median of what was spent before the first decoded frame."""

    name: str
    version: str
    dtype: str
    threads: int
    note: str
    flops: float
    seconds: tuple[float, ...]
    network: float
    opening_seconds: float
    peak_mb: float

    @property
    def median(self) -> float:
        """Seconds of a clip."""
        return median(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All engines, and the matrix peak in operations a second."""

    engines: tuple[Measured, ...]
    peak_flops: float
    peak_dtype: str

    @property
    def flops(self) -> float:
        """Operations of one clip of ours, counted in torch."""
        return next(engine.flops for engine in self.engines if engine.name == EAGER)

    @property
    def floor(self) -> float:
        """Seconds the operations of one clip would take at the matrix peak."""
        return self.flops / self.peak_flops

    def times_ours(self, name: str) -> float:
        """How many times as long as ours an engine takes."""
        medians = {engine.name: engine.median for engine in self.engines}
        return medians[name] / medians[OURS]


class Child:
    """An engine's process."""

    def __init__(self, name: str, model: str, *, threads: int, flops: float = 0.0, prompt: str = PROMPT) -> None:
        command = [sys.executable, "-m", "vitascope.bench.child", name, "--model", model, "--flops", str(flops),
                   "--threads", str(threads), "--prompt", prompt]  # fmt: skip
        self.name, self.answers = name, list[dict[str, Any]]()
        self._process = subprocess.Popen(  # noqa: S603  # our own module with constants
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            self.facts = self._answer()
        except VitascopeError:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        """Nothing to do: it has been open since it was made."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process, whatever happened."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def once(self) -> None:
        """One clip more."""
        stdin = _pipe(self._process.stdin)
        stdin.write("\n")
        stdin.flush()
        self.answers.append(self._answer())

    def ended(self) -> Measured:
        """Closes its input and adds up what it said."""
        _pipe(self._process.stdin).close()
        peak = self._answer()["peak_mb"]
        return Measured(
            seconds=tuple(answer["seconds"] for answer in self.answers),
            network=median(answer["network"] for answer in self.answers),
            peak_mb=peak,
            **self.facts,
        )

    def _answer(self) -> dict[str, Any]:
        line = _pipe(self._process.stdout).readline()
        if not line:
            raise VitascopeError(
                f"The engine {self.name} ended with {self._process.wait()}; what it said stands above."
            )
        answer: dict[str, Any] = json.loads(line)
        return answer


def compare(names: Sequence[str], model: str, *, runs: int, threads: int, speak: Speak) -> Comparison:
    """Makes ``runs`` clips with each engine in turn. Raises VitascopeError when one of them ends early."""
    peak = _peak(model, threads)
    speak(f"matrix peak {peak.network / 1e9:.0f} GF/s in {peak.dtype} on {threads} threads")
    engines = in_turns(names, model, runs=runs, threads=threads, speak=speak)
    return Comparison(engines=engines, peak_flops=peak.network, peak_dtype=peak.dtype)


def in_turns(
    names: Sequence[str], model: str, *, runs: int, threads: int, speak: Speak, prompt: str = PROMPT
) -> tuple[Measured, ...]:
    """``runs`` clips of a prompt by each engine, one after the other. Raises VitascopeError when one ends early.

    The rival of another make is built to the operations that an engine before it counted.
    """
    flops = 0.0
    with ExitStack() as stack:
        children = []
        for name in names:
            wanted = flops if name == RIVAL else 0.0
            child = stack.enter_context(Child(name, model, threads=threads, flops=wanted, prompt=prompt))
            flops = flops or child.facts["flops"]
            children.append(child)
            speak(f"{name} is open: {child.facts['opening_seconds']:.1f} s")
        for _ in range(runs):
            for child in children:
                time.sleep(PAUSE)
                child.once()
        engines = tuple(child.ended() for child in children)
    for engine in engines:
        speak(f"{engine.name}: {engine.median:.3f} s ({min(engine.seconds):.3f}-{max(engine.seconds):.3f})")
    return engines


def _peak(model: str, threads: int) -> Measured:
    """The matrix peak, with nothing else running."""
    with Child(PEAK, model, threads=threads) as child:
        child.once()
        child.once()
        return child.ended()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None  # noqa: S101  # asked for when the process was started
    return pipe
