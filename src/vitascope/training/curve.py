"""The loss curve as a picture."""

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

SMOOTH = 40
"""Steps of one kind averaged into a point."""


def draw_curve(steps: Path, to: Path) -> None:
    """Reads a diary of JSON lines and draws each kind of batch over the clips seen."""
    lines = [json.loads(line) for line in steps.read_text().splitlines()]
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for kind in sorted({line["kind"] for line in lines}):
        loss = np.array([line["loss"] for line in lines if line["kind"] == kind])
        seen = np.array([line["seen"] for line in lines if line["kind"] == kind])
        count = max(1, len(loss) // SMOOTH)
        points = [
            (s.mean(), part.mean())
            for s, part in zip(np.array_split(seen, count), np.array_split(loss, count), strict=True)
        ]
        axes.plot(*zip(*points, strict=True), label=f"{kind} frames")
    axes.set(xlabel="clips seen", ylabel="velocity loss", yscale="log")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(to, dpi=110)
    plt.close(figure)
