"""``python -m vitascope.training.run``: trains a preset by the clock, resumes, and draws its loss curve."""

import argparse
import json
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from safetensors.torch import load_file

from vitascope.errors import TrainingError
from vitascope.settings import settings
from vitascope.training import effort
from vitascope.training.conditioning import SPREAD
from vitascope.training.curve import draw_curve
from vitascope.training.loop import FLAT, SAVED, Recipe, Report, Trainer
from vitascope.training.objective import Diet
from vitascope.training.optimiser import LEARNING_RATE, MEMORY
from vitascope.training.plainly import plainly
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import Preset, View

LONG = 0.6
"""Share of a run after which four-second clips come too."""

PORTIONS = 2
"""Parts of a batch on a CPU: small enough that no process waits long for another, large enough for its matrices."""

MIDDLE = 1.0
"""Logit of the noise level around which most are drawn."""

SPEAK = 10.0
"""Seconds between two lines of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Weights of kinds of batches once clips have come.

    ``stills`` of one thing, against 1 for plain clips; stills of each further view (``shapes``); clips of things that
    only a picture shows (``shown``). ``clips`` multiplies the weight of all that is longer than a still: a run on two
    cores that begins with weights that ship has no time for many.
    """

    stills: float = 0.5
    shapes: float = 0.15
    shown: float = 0.0
    clips: float = 1.0


def recipe(
    minutes: float, *, images: float, long: float = LONG, scale: int = 1, views: Sequence[View] = (),
    shares: Shares | None = None,
) -> Recipe:  # fmt: skip
    """The diet of every preset: stills for a share ``images`` of the run, then clips too, from ``long`` on longer ones.

    Stills teach what things and places look like at a third of the cost of a clip. Most are plain: one thing that does
    one thing. Batches are small, for many steps: in nine minutes of one core 480 small steps left an error an eighth
    lower than 205 steps three times as large had (docs/log.md, 2026-11-26). ``scale`` multiplies batches, for a GPU;
    in the last part clips of each further view come with a tenth of the weight of plain ones. ``shares`` says how much
    of what comes then.
    """
    shares = shares or Shares()
    clips = shares.clips
    still = Diet(frames=1, size=32 * scale, share=1.0)
    few = replace(still, share=0.3)
    short = Diet(frames=17, size=16 * scale, share=0.5 * clips)
    pictured = Diet(frames=17, size=12 * scale, share=0.1 * clips, reference=True)
    longer = Diet(frames=33, size=8 * scale, share=0.15 * clips)
    plain = (replace(few, share=shares.stills, plain=True), replace(short, share=clips, plain=True))
    opened = tuple(replace(short, share=share, shown=True) for share in (shares.shown,) if share)
    usual = (*plain, few, short, pictured, *opened)
    other = [diet for number, view in enumerate(views, 1) for diet in _further(view, number, scale, shares)]
    last = (*usual, longer, replace(longer, share=2 * longer.share, plain=True), *other)
    begin = {0.0: (still,), images: usual, max(images, long): last}
    diets = {share: diet for share, diet in begin.items() if share < 1}
    return Recipe(minutes=minutes, diets=diets, portions=PORTIONS if scale == 1 else 1)  # a GPU takes a batch whole


def _further(view: View, number: int, scale: int, shares: Shares) -> tuple[Diet, Diet]:
    """Clips of a further view, of those at twice the rate, twice as many rows, half as many; and stills of it.

    What is painted once is a still: without any, wide pictures were blobs where wide clips were none.
    """
    size = max(2, 8 * scale * 33 // view.frames[-1])
    long = Diet(frames=view.frames[-1], size=size, share=0.1 * shares.clips, view=number)
    return long, Diet(frames=1, size=32 * scale, share=shares.shapes, view=number)


class Diary:
    """Writes every step to a file of JSON lines, and now and then a sentence to the screen."""

    def __init__(self, path: Path, minutes: float, peak: float = 0.0) -> None:
        """``peak`` is what the machine could do in TF/s, for the share of it that is used."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.file, self.minutes, self.peak = path, path.open("a"), minutes, peak
        self.console, self.spoken = Console(stderr=True), 0.0
        self.recent: list[Report] = []

    def __call__(self, report: Report) -> None:
        """Takes one step's report."""
        line = {"step": report.step, "kind": report.kind, "loss": round(report.loss, 5), "seen": report.seen,
                "waiting": round(report.waiting, 4), "seconds": round(report.seconds, 1)}  # fmt: skip
        self.file.write(json.dumps(line) + "\n")
        self.recent.append(report)
        if time.monotonic() - self.spoken > SPEAK:
            self._speak()

    def _speak(self) -> None:
        last, self.spoken = self.recent[-1], time.monotonic()
        try:
            self.file.flush()
        except OSError as error:
            message = f"The diary {self.path} cannot be written: {error.strerror}. The last good state is beside it."
            raise TrainingError(message) from error
        losses = " ".join(f"{k} {sum(v) / len(v):.4f}" for k, v in sorted(self._losses().items()))
        waiting = sum(r.waiting for r in self.recent) / len(self.recent)
        left = self.minutes - last.seconds / 60
        self.console.print(
            f"step {last.step}  {last.seen:,} clips  {last.share:.0%}  {left:.1f} min left  loss {losses}  "
            f"wait {waiting:.1%}  {self._effort()}"
        )
        self.recent.clear()

    def _effort(self) -> str:
        """Operations a second since the last sentence; the first step of a run compiles and tells nothing."""
        first, last = self.recent[0], self.recent[-1]
        worked = sum(report.operations for report in self.recent[1:])
        return effort.share(worked, last.seconds - first.seconds, self.peak) if worked else ""

    def _losses(self) -> dict[str, list[float]]:
        kinds: dict[str, list[float]] = {}
        for report in self.recent:
            kinds.setdefault(report.kind, []).append(report.loss)
        return kinds


def main() -> None:
    """Parses, trains, draws; what goes wrong is said in a sentence."""
    asked = _asked()
    _train(asked)


def _train(asked: argparse.Namespace) -> None:
    preset = preset_of(asked.preset)
    where = settings().home / "runs" / (asked.name or asked.preset)
    drawn = settings().home / "cache" / asked.preset / "looks.safetensors"
    if not drawn.exists():
        raise TrainingError(f"No clips of {asked.preset} yet: python -m vitascope.training.latents draws them.")
    looks = load_file(drawn)["looks"]
    trainer = Trainer(
        preset, _recipe(asked, preset), looks, asked.device, mates=asked.mates, fuse=asked.fuse, saved=asked.saved
    )
    state = where / "state.safetensors"
    if state.exists():
        trainer.resume(state)
    elif asked.weights:
        trainer.begin_with(asked.weights)
    elif asked.stage == "map":
        raise TrainingError("A flow map begins with a flow: name its weights with --from.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        trainer.run(state, Diary(where / "steps.jsonl", asked.minutes, asked.peak))
    except KeyboardInterrupt:
        trainer.save(state)  # asked to stop, by a person or by a machine that is taken back: nothing is lost
    draw_curve(where / "steps.jsonl", where / "loss.png")


def _recipe(asked: argparse.Namespace, preset: Preset) -> Recipe:
    views = preset.views if asked.views else ()
    shares = Shares(stills=asked.stills, shapes=asked.shapes, shown=asked.shown, clips=asked.clips)
    plan = recipe(asked.minutes, images=asked.images, long=asked.long, scale=asked.scale, views=views, shares=shares)
    return replace(
        plan, middle=asked.middle, spread=asked.spread, focus=asked.focus, rate=asked.rate, flat=asked.flat,
        memory=asked.memory, seed=asked.seed, hold=asked.hold,
        guidance=asked.guidance if asked.stage == "map" else None,
    )  # fmt: skip


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="xs", choices=NAMES)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--images", type=float, default=0.2, help="share of the run spent on stills first")
    parser.add_argument("--stills", type=float, default=0.5, help="stills of one thing later, against 1 for clips")
    parser.add_argument("--long", type=float, default=LONG, help="share of the run after which longer clips come")
    parser.add_argument(
        "--shown", type=float, default=0.0, help="clips of what no word says, against 1 for plain clips"
    )
    parser.add_argument("--views", action="store_true", help="with the longer clips, the preset's further shapes too")
    parser.add_argument("--shapes", type=float, default=0.15, help="stills of each further shape, against the same 1")
    parser.add_argument("--clips", type=float, default=1.0, help="multiplies the weight of all that moves")
    parser.add_argument("--stage", default="flow", choices=["flow", "map"], help="map: few steps, guidance baked in")
    parser.add_argument("--guidance", type=float, default=3.0, help="the scale that stage map bakes in")
    parser.add_argument("--rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--focus", type=float, default=0.0, help="share of variance from which a channel counts fully")
    parser.add_argument("--middle", type=float, default=MIDDLE, help="logit of the middle noise level")
    parser.add_argument("--spread", type=float, default=SPREAD, help="width of the noise levels, in logits")
    parser.add_argument("--flat", type=float, default=FLAT, help="share of the run before the learning rate falls")
    parser.add_argument("--memory", type=float, default=MEMORY, help="AdamW's second beta")
    parser.add_argument("--hold", action="store_true", help="keep the learning rate up: another run will go on")
    parser.add_argument("--fuse", action="store_true", help="compile the blocks (needs a C++ compiler or CUDA)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--saved", type=float, default=SAVED, help="seconds between two checkpoints")
    parser.add_argument("--scale", type=int, default=1, help="multiplies batch sizes, for a GPU")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--peak", type=float, default=0.0, help="TF/s the machine could do, to say what share is used")
    parser.add_argument("--from", dest="weights", type=Path, help="weights to begin with, where there is no state yet")
    parser.add_argument("--mates", type=int, default=0, help="more processes, each on a core of its own")
    parser.add_argument("--name", default="", help="folder of this run under the home folder's runs/")
    return parser.parse_args()


if __name__ == "__main__":
    plainly(main)
