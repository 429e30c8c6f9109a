"""One question of the exam beyond plain accuracy, answered in numbers: a table whose first line is whom it is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vitascope.training.accuracy import Share

Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value with its 95 % interval; ``unit`` is ``%``, ``dB`` or nothing."""

    value: float
    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        """``83.0 (77.2-87.6) %``; a value known exactly stands alone."""
        around = "" if self.low == self.high else f" ({_short(self.low)}-{_short(self.high)})"
        return f"{_short(self.value)}{around}{' ' * bool(self.unit)}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of clips, ``n`` of them, by the names of what was asked about them."""

    kind: str
    n: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A table. ``target`` is what the issue asks for, must and aim, as docs/figures.md writes it."""

    name: str
    title: str
    about: str  # how it was found, one sentence
    lines: tuple[Line, ...]
    is_of_model: bool = True
    target: str = "-"


def per_cent(share: Share) -> Cell:
    """A share with its Wilson interval."""
    low, high = share.interval
    return Cell(value=100 * share.value, low=100 * low, high=100 * high, unit="%")


def counted(hits: Sequence[bool] | Bits) -> Cell:
    """How many of ``hits`` are true, as a share."""
    return per_cent(Share(hits=int(np.sum(hits)), n=len(hits)))


def mean(values: Sequence[float], unit: str = "", seed: int = 0) -> Cell:
    """The mean with its bootstrap interval (Efron 1979) of a thousand drawings."""
    known = np.asarray(values, np.float64)
    drawn = np.random.default_rng(seed).integers(len(known), size=(1000, len(known)))
    low, high = np.quantile(known[drawn].mean(axis=1), (0.025, 0.975))
    return Cell(value=float(known.mean()), low=float(low), high=float(high), unit=unit)


def exact(value: float, unit: str = "") -> Cell:
    """A value that chance has no part in."""
    return Cell(value=value, low=value, high=value, unit=unit)


def columns(study: Study) -> tuple[str, ...]:
    """Names of all that was asked, in the order they come up."""
    return tuple(dict.fromkeys(name for line in study.lines for name in line.cells))


def table(study: Study) -> Iterator[tuple[str, ...]]:
    """Head and lines of the study as words."""
    names = columns(study)
    yield ("clips", "n", *names)
    for line in study.lines:
        yield (line.kind, str(line.n), *(str(line.cells[name]) if name in line.cells else "-" for name in names))


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"


def stored(told: Mapping[str, Any]) -> Study:
    """The study that an evaluation stored as JSON."""
    lines = (
        Line(kind=line["kind"], n=line["n"], cells={name: Cell(**cell) for name, cell in line["cells"].items()})
        for line in told["lines"]
    )
    return Study(**{**told, "lines": tuple(lines)})
