"""``python -m vitascope.training.codec_run``: trains the learned codec of a preset by the clock, and measures it.

Decibels on held-out renders, of the whole picture and inside the subjects, before, now and then, and at the end; and a
sheet of clips beside what came back of them. Needs torch, OpenCV and the atlas; no OpenVINO.
"""

import argparse
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from safetensors.torch import load_file

from vitascope.corpus.atlas import open_atlas
from vitascope.corpus.reels import Reel
from vitascope.media.sheets import contact_sheet, save_png
from vitascope.models.codec import ConvNet
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.text.words import edition_of
from vitascope.training import effort
from vitascope.training.codec_loop import Bit, CodecTrainer
from vitascope.training.footage import Drawn, Studio, as_pixels, as_signal
from vitascope.training.plainly import plainly
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import Pixels, Preset

TRAIN, HELD = 1, 2
"""Seeds of the clips that are learned from and of those that are only measured on."""

RATE = 5e-4
SPEAK = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decibels:
    """Peak signal to noise of clips that came back, the mean over clips: whole picture, and inside the subjects."""

    clips: int
    whole: float
    subject: float

    def __str__(self) -> str:
        """``30.2 dB whole, 24.2 dB inside the subject, 64 clips``."""
        return f"{self.whole:.1f} dB whole, {self.subject:.1f} dB inside the subject, {self.clips} clips"


@torch.inference_mode()
def measure(net: ConvNet, batches: Iterator[Drawn], clips: int) -> Decibels:
    """What a codec keeps of ``clips`` clips."""
    whole: list[float] = []
    subject: list[float] = []
    for drawn in batches:
        back = net.decode(net.encode(as_signal(drawn.pixels)))
        error = (as_pixels(back).astype(np.float32) - drawn.pixels.cpu().numpy()) ** 2
        inside = drawn.covered.cpu().numpy() > 127
        for missed, there in zip(error, inside, strict=True):
            whole.append(_decibels(missed))
            subject.extend([_decibels(missed[there])] if there.any() else [])
        if len(whole) >= clips:
            break
    return Decibels(clips=len(whole), whole=float(np.mean(whole)), subject=float(np.mean(subject or [np.nan])))


def _decibels(squared: "np.typing.NDArray[np.float32]") -> float:
    return float(10 * np.log10(255**2 / max(float(squared.mean()), 1e-3)))


@torch.inference_mode()
def sheet(net: ConvNet, drawn: Drawn, clips: int = 4) -> Pixels:
    """Some clips and, under each, what came back."""
    signal_BTCHW = as_signal(drawn.pixels[:clips])
    pairs = zip(as_pixels(signal_BTCHW), as_pixels(net.decode(net.encode(signal_BTCHW))), strict=True)
    strips = [list(clip[:: max(1, len(clip) // 5)]) for pair in pairs for clip in pair]
    return contact_sheet(strips, ["a held-out render", "what came back"] * (len(strips) // 2))


class Notebook:
    """Writes steps to a file of JSON lines, and now and then one to the screen."""

    def __init__(self, path: Path, speak: Callable[[str], None], peak: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file, self.speak, self.peak = path.open("a"), speak, peak
        self.last: Bit | None = None
        self.operations = 0.0

    def __call__(self, bit: Bit) -> None:
        """Takes one step's report."""
        line = {"step": bit.step, "loss": round(bit.loss, 5), "seen": bit.seen, "seconds": round(bit.seconds, 1)}
        self.file.write(json.dumps(line) + "\n")
        self.operations += bit.operations
        if self.last is None or bit.seconds - self.last.seconds > SPEAK:
            self.file.flush()
            used = (
                "" if self.last is None else effort.share(self.operations, bit.seconds - self.last.seconds, self.peak)
            )
            self.speak(f"step {bit.step}  {bit.seen:,} latents  {bit.seconds:.0f} s  loss {bit.loss:.4f}  {used}")
            self.last, self.operations = bit, 0.0


def main() -> None:
    """Parses, trains, measures; errors in a sentence."""
    asked, console = _asked(), Console(stderr=True)
    torch.set_num_threads(asked.threads)
    _train(asked, preset_of(asked.preset), console.print)


def _train(asked: argparse.Namespace, preset: Preset, speak: Callable[[str], None]) -> None:
    where = settings().home / "runs" / (asked.name or asked.preset)
    state = where / "codec.safetensors"
    trainer = CodecTrainer(preset, asked.rate, asked.device, fuse=asked.fuse)
    if state.exists():
        trainer.resume(state)
    elif asked.weights:
        trainer.begin_with(load_file(asked.weights))
    edition = edition_of(preset.vocabulary_sha256)
    reel = Reel(seed=TRAIN, frames=asked.frames, fps=preset.fps, size=preset.size, edition=edition)
    held = replace(reel, seed=HELD, frames=17)
    use = Use.TRAIN if asked.weights is None else Use.FINETUNE
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Studio(open_atlas(edition, use), trainer.device, asked.processes) as studio:
        speak(f"before: {measure(trainer.averaged(), studio.batches(held, 8), asked.clips)}")
        try:
            batches = studio.batches(reel, asked.batch, first=trainer.steps)
            trainer.run(batches, asked.minutes, state, Notebook(where / "codec.jsonl", speak, asked.peak))
        except KeyboardInterrupt:
            trainer.save(state)
        found = measure(trainer.averaged(), studio.batches(held, 8), asked.clips)
        speak(f"after {trainer.seen:,} latents: {found}")
        save_png(sheet(trainer.averaged(), next(studio.batches(held, 8))), where / "codec.png")
    facts = {"whole": found.whole, "subject": found.subject, "clips": found.clips, "seen": trainer.seen}
    (where / "codec-decibels.json").write_text(json.dumps(facts, indent=1) + "\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="s", choices=NAMES)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--batch", type=int, default=8, help="clips of a step; 80 for a GPU")
    parser.add_argument("--frames", type=int, default=9, help="of a clip: 1 + 4k, so that memory is learned, too")
    parser.add_argument("--clips", type=int, default=64, help="held-out clips that are measured")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--peak", type=float, default=0.0, help="TF/s the machine could do, to say what share is used")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--processes", type=int, default=0, help="that compose clips; 0 composes in between")
    parser.add_argument("--fuse", action="store_true", help="compile encoder and decoder")
    parser.add_argument("--from", dest="weights", type=Path, help="weights to begin with, where there is no state yet")
    parser.add_argument("--name", default="", help="folder of this run under the home folder's runs/")
    return parser.parse_args()


if __name__ == "__main__":
    plainly(main)
