"""How a model was trained, in numbers: steps, clips, hours and arithmetic, summed from the diary of its run."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from vitascope.backends.rows import latents, rows_of_latent
from vitascope.types import Preset, viewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """The whole training of one model. ``seen`` counts clips by kind: frames, with ``r`` for a reference picture."""

    steps: int
    seen: dict[str, int]
    hours: float
    flops: float
    loss: dict[str, float]  # mean of the last 100 steps of each kind
    pictures: int = 0  # that the animator learned to take apart
    moving_hours: float = 0.0  # of the animator's training
    machine: str = "two CPU cores"  # the network was trained on


def journey(diary: Path, preset: Preset) -> Journey:
    """Reads ``steps.jsonl``, as training/run.py writes it.

    Hours are those of the steps alone, so starting, stopping and evaluating in between do not count.
    """
    lines = [json.loads(line) for line in diary.read_text().splitlines()]
    seen: Counter[str] = Counter()
    seconds = before = clips = 0.0
    losses: dict[str, list[float]] = {}
    for line in lines:
        seen[line["kind"]] += line["seen"] - int(clips)
        seconds += line["seconds"] - before if line["seconds"] >= before else line["seconds"]
        before, clips = line["seconds"], line["seen"]
        losses.setdefault(line["kind"], []).append(line["loss"])
    return Journey(
        steps=lines[-1]["step"],
        seen=dict(sorted(seen.items())),
        hours=seconds / 3600,
        flops=sum(count * flops_of(kind, preset) for kind, count in seen.items()),
        loss={kind: sum(last[-100:]) / len(last[-100:]) for kind, last in sorted(losses.items())},
    )


def together(first: Journey, second: Journey) -> Journey:
    """Two runs as one, the second begun with the weights of the first: everything adds up but the loss, the last's."""
    return Journey(
        steps=first.steps + second.steps,
        seen=dict(sorted((Counter(first.seen) + Counter(second.seen)).items())),
        hours=first.hours + second.hours,
        flops=first.flops + second.flops,
        loss={**first.loss, **second.loss},
        pictures=first.pictures + second.pictures,
        moving_hours=first.moving_hours + second.moving_hours,
        machine=second.machine,
    )


def flops_of(kind: str, preset: Preset) -> float:
    """Floating-point operations of one clip's forward and backward pass: six for each weight a row meets.

    Attention between rows adds a few per cent at these lengths and is left out (Kaplan et al. 2020, 2001.08361).
    """
    kind, _, view = kind.partition("v")
    preset = viewed(preset, int(view or 0))
    net = preset.net
    block = 4 * net.width**2 + 3 * net.width * net.hidden
    frames = int(kind.removesuffix("r"))
    clip = (latents(frames, preset.codec) + kind.endswith("r")) * rows_of_latent(preset.size, preset.codec)
    ends = 3 * net.width * preset.codec.channels + 2 * net.width**2
    return 6.0 * (net.depth * block * (clip + net.words) + ends * clip)


def to_json(made: Journey) -> str:
    """The journey as JSON."""
    return json.dumps(asdict(made), indent=1) + "\n"


def from_json(text: str) -> Journey:
    """The journey that :func:`to_json` wrote."""
    return Journey(**json.loads(text))
