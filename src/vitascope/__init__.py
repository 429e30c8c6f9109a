"""Vitascope: a Sora that artists can own.

>>> clip = vitascope.generate("a parrot flies over a beach at sunset")  # doctest: +SKIP
>>> clip.path  # doctest: +SKIP
PosixPath('a-parrot-flies-over-a-beach-at-sunset.mp4')

The door is lazy (PEP 562): importing the package loads nothing, so that the command line starts at once and no room
reaches another through it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vitascope.errors import VitascopeError
    from vitascope.front import generate
    from vitascope.types import Clip, Request

__all__ = ["Clip", "Request", "VitascopeError", "__version__", "generate"]
__version__ = "0.1.0"

_ROOM = {
    "Clip": "vitascope.types",
    "Request": "vitascope.types",
    "VitascopeError": "vitascope.errors",
    "generate": "vitascope.front",
}


def __getattr__(name: str) -> object:
    """Fetch a public name from its room on first use."""
    if name not in _ROOM:
        message = f"module 'vitascope' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(_ROOM[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
