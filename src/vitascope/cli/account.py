"""What ``generate`` tells when it is done: to a person as text, to a program as JSON."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import typer

from vitascope.text.lexicon import name
from vitascope.text.reading import Reading
from vitascope.types import Clip

_WIDEST_PREVIEW = 120  # columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A finished render and how it came about."""

    clip: Clip
    reading: Reading
    credits: tuple[str, ...]  # a line for each artist whose work taught the model the named things
    opening_seconds: float  # reading the prompt and opening the model
    render_seconds: float  # from the plan to the sealed file

    @property
    def video_seconds(self) -> float:
        """How long the clip plays."""
        return self.clip.frames / self.clip.fps


def print_text(account: Account) -> None:
    """The account for a person."""
    for line in _lines(account):
        typer.echo(line)


def print_json(account: Account) -> None:
    """The account for a program: one JSON object."""
    typer.echo(json.dumps(_object(account), indent=2))


def _lines(account: Account) -> Iterator[str]:
    clip = account.clip
    yield f"Read as: {', '.join(_spoken(account.reading))}."
    yield from clip.notes
    yield from _preview(clip)
    yield f"{clip.path}: {account.video_seconds:.1f} s of video in {account.render_seconds:.1f} s, {_ratio(account)}."
    yield from (f"Learned from {line}." for line in account.credits)
    yield f"Origin: sealed with C2PA, marked as {clip.mark_id:016x}; seed {clip.seed}."
    if clip.sidecar is not None:
        yield f"A {clip.path.suffix} file cannot hold its seal: it is {clip.sidecar}, keep the two together."


def _spoken(reading: Reading) -> list[str]:
    """The words the network was given, as English prints them: parrot, right, beach, sunset."""
    things = [entity.subject for entity in reading.scene.entities]
    return [name(things[word.entity - 1] if word.role == "subject" else word.token) for word in reading.words]


def _ratio(account: Account) -> str:
    speed = account.video_seconds / account.render_seconds
    return f"{speed:.1f} x faster than it plays" if speed >= 1 else f"{1 / speed:.1f} x slower than it plays"


def _preview(clip: Clip) -> list[str]:
    """A strip of frames, where the terminal shows 24-bit colour."""
    if not sys.stdout.isatty():
        return []
    from rich.console import Console

    from vitascope.media.read import video
    from vitascope.media.strip import strip

    console = Console()
    if console.color_system != "truecolor":
        return []
    return strip(list(video(clip.path)), columns=min(console.width, _WIDEST_PREVIEW))


def _object(account: Account) -> dict[str, object]:
    """What a program may rely on. Mark ids are hexadecimal text: JavaScript's numbers cannot hold 64 bits."""
    clip = account.clip
    return {
        "file": str(clip.path),
        "sidecar": None if clip.sidecar is None else str(clip.sidecar),
        "model": clip.model,
        "weights_sha256": clip.weights_sha256,
        "seed": clip.seed,
        "frames": clip.frames,
        "fps": clip.fps,
        "seconds": account.video_seconds,
        "size": list(clip.size),
        "frames_sha256": clip.frames_sha256,
        "mark_id": f"{clip.mark_id:016x}",
        "manifest_sha256": clip.manifest_sha256,
        "reading": _read_as(account.reading),
        "notes": list(clip.notes),
        "credits": list(account.credits),
        "timings": {
            "opening_seconds": round(account.opening_seconds, 3),
            "render_seconds": round(account.render_seconds, 3),
            "ratio_to_playback": round(account.video_seconds / account.render_seconds, 3),
        },
    }


def _read_as(reading: Reading) -> dict[str, object]:
    return {
        "language": reading.language,
        "words": [{"word": name(word.token), "role": word.role, "entity": word.entity} for word in reading.words],
        "unknown": [{"word": unknown.word, "nearest": list(unknown.nearest)} for unknown in reading.unknown],
    }
