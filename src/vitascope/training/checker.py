"""The checker: a small network that says what a clip shows, so that a model can be judged by someone who is not it.

It is trained on renders only (training/checker_run.py), never on what a model made, and it starts from noise. Glimpses
of single frames tell subject, place and time; how all frames differ from their mean tells the motion.

Letters in shapes: B clips, T frames, C colours, H W pixels, E features.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from itertools import islice, starmap
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.settings import settings
from vitascope.text.world import FIRST, Edition
from vitascope.training.traits import ATTRIBUTES, FRAMES, Traits, attributes
from vitascope.types import Floats, Pixels

SIDE = 64
"""Side of the frames it looks at, in pixels. Generated clips are soft: finer ones would measure sharpness."""

_GLIMPSES = tuple(n / 10 for n in range(1, 11))  # where in the clip it looks closely; what appears is there at last
_BATCH = 16
_WIDE = 128

MIRRORED = {"left": "right", "right": "left"}
"""Motions that are others in a mirror."""


class Checker(nn.Module):
    """Two small trunks and four answers, in the words of an edition; a million parameters."""

    def __init__(self, edition: Edition = FIRST) -> None:
        super().__init__()
        self.edition, self.words = edition, attributes(edition)
        self.look = nn.Sequential(
            *_layer(3, 32, 2), *_layer(32, 64, 2), *_layer(64, _WIDE, 2), *_layer(_WIDE, _WIDE, 1),
            *_layer(_WIDE, 2 * _WIDE, 2),
        )  # fmt: skip
        self.subject = nn.Linear(4 * _WIDE, len(self.words["subject"]))
        self.scenery = nn.Linear(4 * _WIDE, len(self.words["place"]) + len(self.words["time"]))
        self.watch = nn.Sequential(*_layer(6, 32, 2), *_layer(32, 64, 2), *_layer(64, 80, 2), nn.Flatten())
        self.where = nn.Linear(80 * 16, _WIDE)  # 4 x 4 cells: where in the picture something is stays known
        self.follow = nn.Sequential(*_beat(), *_beat())
        self.motion = nn.Linear(2 * _WIDE, len(self.words["motion"]))

    def forward(self, clips_BTCHW: Tensor) -> dict[str, Tensor]:
        """Logits ``(B, answers)`` by attribute, from frames ``(B, 17, 3, 64, 64)`` in 0..1."""
        count = clips_BTCHW.shape[1]
        chosen = clips_BTCHW[:, [round(share * (count - 1)) for share in _GLIMPSES]]
        glimpses = self.glimpse(chosen.flatten(0, 1))
        means = {name: _apart(logits.float().log_softmax(1), len(chosen)).mean(1) for name, logits in glimpses.items()}
        return {**means, "motion": self.moves(clips_BTCHW)}

    def both_ways(self, clips_BTCHW: Tensor) -> dict[str, Tensor]:
        """The same of each clip and its mirror image together: chance errs in one of them more often than in both."""
        turned = [self.words["motion"].index(MIRRORED.get(word, word)) for word in self.words["motion"]]
        seen, mirrored = self(clips_BTCHW), self(clips_BTCHW.flip(-1))
        mirrored["motion"] = mirrored["motion"][:, turned]
        return {name: seen[name].log_softmax(1) + mirrored[name].log_softmax(1) for name in seen}

    def glimpse(self, frames_BCHW: Tensor) -> dict[str, Tensor]:
        """What is there in single frames: logits of subject, place and time.

        The mean over the picture tells of the place, the strongest of each feature of the thing, wherever it is.
        """
        seen_BE = self.looked(frames_BCHW)
        place, time = self.scenery(seen_BE).split([len(self.words["place"]), len(self.words["time"])], dim=1)
        return {"subject": self.subject(seen_BE), "place": place, "time": time}

    def looked(self, frames_BCHW: Tensor) -> Tensor:
        """Features of single frames, ``(B, 512)``."""
        seen = self.look(frames_BCHW * 4 - 2)
        return torch.cat((seen.mean((2, 3)), seen.amax((2, 3))), dim=1)

    def moves(self, clips_BTCHW: Tensor) -> Tensor:
        """What moves, as logits."""
        logits: Tensor = self.motion(self.moved(clips_BTCHW))
        return logits

    def moved(self, clips_BTCHW: Tensor) -> Tensor:
        """Every frame at half size beside its difference from the mean frame, followed through time, ``(B, 256)``."""
        small = _apart(F.avg_pool2d(clips_BTCHW.flatten(0, 1), 2), len(clips_BTCHW))
        both = torch.cat((small * 2 - 1, (small - small.mean(1, keepdim=True)) * 6), dim=2)
        where_BTE = _apart(self.where(self.watch(both.flatten(0, 1))), len(both))
        steps_BET = self.follow(where_BTE.transpose(1, 2))
        return torch.cat((steps_BET.mean(2), steps_BET.amax(2)), dim=1)

    def features(self, clips_BTCHW: Tensor) -> Tensor:
        """What it sees before it names anything, ``(B, 768)``: of glimpses, their mean over the clip, and of motion."""
        count = clips_BTCHW.shape[1]
        chosen = clips_BTCHW[:, [round(share * (count - 1)) for share in _GLIMPSES]]
        looked = _apart(self.looked(chosen.flatten(0, 1)), len(chosen)).mean(1)
        return torch.cat((looked, self.moved(clips_BTCHW)), dim=1)


def _apart(frames: Tensor, clips: int) -> Tensor:
    """Frames of all clips in a row, ``(B * T, ...)``, clip by clip again, ``(B, T, ...)``."""
    return frames.reshape(clips, -1, *frames.shape[1:])


def _layer(wide_in: int, wide_out: int, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(wide_in, wide_out, 3, stride, padding=1, bias=False)
    return convolution, nn.BatchNorm2d(wide_out), nn.ReLU(inplace=True)


def _beat() -> tuple[nn.Module, ...]:
    convolution = nn.Conv1d(_WIDE, _WIDE, 5, padding=2, bias=False)
    return convolution, nn.BatchNorm1d(_WIDE), nn.ReLU(inplace=True)


def read(checker: Checker, clips: Iterable[Pixels]) -> Iterator[Traits]:
    """What the checker sees in each clip ``(17, H, W, 3)`` and in its mirror image.

    Raises TrainingError for a clip of another length.
    """
    checker.eval()
    source = iter(clips)
    while batch := list(islice(source, _BATCH)):
        seen = torch.from_numpy(np.stack([reduced(clip) for clip in batch]))
        with torch.inference_mode():
            logits = checker.both_ways(as_input(seen))
        best = {name: logits[name].argmax(1).tolist() for name in ATTRIBUTES}
        named = ([checker.words[name][number] for number in best[name]] for name in ATTRIBUTES)
        yield from starmap(_named, zip(*named, strict=True))


def features(checker: Checker, clips: Iterable[Pixels]) -> Floats:
    """The checker's features of clips ``(17, H, W, 3)``, ``(N, 768)``."""
    checker.eval()
    source, found = iter(clips), list[Floats]()
    while batch := list(islice(source, _BATCH)):
        with torch.inference_mode():
            seen = checker.features(as_input(torch.from_numpy(np.stack([reduced(clip) for clip in batch]))))
        found.append(np.asarray(seen.numpy(), np.float32))
    return np.concatenate(found)


def _named(*answers: str) -> Traits:
    return Traits(**dict(zip(ATTRIBUTES, answers, strict=True)))


def reduced(clip: Pixels) -> Pixels:
    """The frames of a clip at the checker's size, ``(17, 64, 64, 3)``. Raises TrainingError for another length."""
    if len(clip) != FRAMES:
        raise TrainingError(f"The checker reads clips of {FRAMES} frames, this one has {len(clip)}.")
    return np.stack([small(frame) for frame in clip])


def small(frame: Pixels) -> Pixels:
    """A frame at the checker's size, each pixel the mean of those it covers."""
    return np.asarray(cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def as_input(clips: Tensor) -> Tensor:
    """Bytes ``(..., H, W, 3)`` as the network takes them, ``(..., 3, H, W)`` in 0..1."""
    return clips.movedim(-1, -3).float() / 255


def as_pixels(clips: Tensor) -> Pixels:
    """The inverse of :func:`as_input`."""
    return np.ascontiguousarray((clips.movedim(-3, -1) * 255).round().byte().numpy())


def answers(asked: Iterable[Traits], edition: Edition = FIRST) -> dict[str, Tensor]:
    """Numbers of the right answers by attribute, each ``(B,)``."""
    columns = zip(*(astuple(one) for one in asked), strict=True)
    known = zip(attributes(edition).items(), columns, strict=True)
    return {name: torch.tensor([words.index(word) for word in column]) for (name, words), column in known}


def home(edition: Edition = FIRST) -> Path:
    """Where the trained checker lies: with the workshop's things, never near the weights of a model."""
    return settings().home / "checker" / f"checker{'' if edition == FIRST else f'-{edition.number}'}.safetensors"


def store(checker: Checker, path: Path, *, renders: int, seed: int) -> None:
    """Writes the checker and how much it has seen."""
    checkpoint.save(path, checker.state_dict(), {"renders": renders, "seed": seed})


def open_checker(path: Path, edition: Edition = FIRST) -> tuple[Checker, int]:
    """The checker stored at ``path``, and how many renders it has seen. Raises TrainingError when there is none."""
    if not path.exists():
        raise TrainingError(
            f"There is no checker at {path}. Train it: python -m vitascope.training.checker_run "
            f"--edition {edition.number}"
        )
    checker = Checker(edition)
    tensors, facts = checkpoint.load(path)
    checker.load_state_dict(tensors, strict=True)
    return checker.eval(), int(facts["renders"])
