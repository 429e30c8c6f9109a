"""How often clips show what was asked, with the interval that chance leaves open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from vitascope.training.traits import ATTRIBUTES, Traits

Z = 1.959964
"""Standard deviations of a 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``hits`` of ``n``."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share itself, 0..1; 0 of nothing is 0."""
        return self.hits / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval (Wilson 1927), which stays honest near 0 and 1; of nothing: all of 0..1."""
        if not self.n:
            return 0.0, 1.0
        middle = self.hits + Z * Z / 2
        spread = Z * sqrt(self.hits * (self.n - self.hits) / self.n + Z * Z / 4)
        low, high = (middle - spread) / (self.n + Z * Z), (middle + spread) / (self.n + Z * Z)
        return max(0.0, low), min(1.0, high)

    def __str__(self) -> str:
        """Per cent, and the interval: ``83.0 (77.2-87.6)``."""
        low, high = self.interval
        return f"{100 * self.value:.1f} ({100 * low:.1f}-{100 * high:.1f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Shares by attribute, and of clips in which everything is right."""

    by_attribute: Mapping[str, Share]
    joint: Share

    def columns(self) -> Iterator[tuple[str, Share]]:
        """Every share with its name, ``joint`` last."""
        yield from self.by_attribute.items()
        yield "joint", self.joint

    def sentence(self) -> str:
        """One line for a person."""
        return ", ".join(f"{name} {share}" for name, share in self.columns()) + f" %, n={self.joint.n}"


def score(asked: Sequence[Traits], seen: Sequence[Traits]) -> Score:
    """Holds what was asked against what is seen, clip by clip."""
    pairs = list(zip(asked, seen, strict=True))
    by_attribute = {
        name: Share(hits=sum(getattr(a, name) == getattr(s, name) for a, s in pairs), n=len(pairs))
        for name in ATTRIBUTES
    }
    return Score(by_attribute=by_attribute, joint=Share(hits=sum(a == s for a, s in pairs), n=len(pairs)))
