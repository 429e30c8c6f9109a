"""The public API as a caller writes it; mypy reads this file, nobody runs it."""

from pathlib import Path

import vitascope
from vitascope import Clip, Request, VitascopeError, generate

version: str = vitascope.__version__


def newcomer() -> Path:
    """The shortest program."""
    return vitascope.generate("a parrot flies over a beach at sunset").path


def exact() -> Clip:
    """Everything a caller can say."""
    return generate(
        "a red fish swims right",
        output=Path("fish.mp4"),
        seconds=2.0,
        size=(256, 256),
        fps=24,
        seed=7,
        steps=8,
        image=Path("first.png"),
        model="s",
    )


def kept() -> Clip:
    """Somebody of one's own, from a picture or a film."""
    return generate(
        "Biscuit jumps over a beach", characters={"Biscuit": Path("biscuit.png")}, facing={"Biscuit": "left"}
    )


def origin(clip: Clip) -> tuple[int, str, str]:
    """What a finished clip says of itself."""
    return clip.mark_id, clip.manifest_sha256, clip.weights_sha256


def asked(prompt: str) -> Request:
    """A request is a value."""
    return Request(prompt=prompt, seed=1, size=(128, 128))


def careful(prompt: str) -> str:
    """Every error Vitascope raises on purpose has status, code and type."""
    try:
        return str(generate(prompt).path)
    except VitascopeError as error:
        return f"{error.status} {error.code} {error.type}: {error}"
