"""The only reader of the environment: each setting has a name, a default and a sentence."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the house is told from outside, read once per process."""

    home: Path
    """``VITASCOPE_HOME``: keys, registers, compiled graphs, corpus packages. Default ``~/.vitascope``."""

    threads: int
    """``VITASCOPE_THREADS``: threads a render may use; 0 leaves it to the runtime. Default 0."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    home = os.environ.get("VITASCOPE_HOME", "")
    return Settings(
        home=Path(home).expanduser() if home else Path.home() / ".vitascope",
        threads=int(os.environ.get("VITASCOPE_THREADS", "0") or "0"),
    )
