"""Fifty drawings of things no model of ours has seen, in two hands: shown in exams, never learned from.

``python -m vitascope.corpus.strangers`` packs them as the exam's atlas. They have a register of their own,
``rights/data/strangers.jsonl``, which no training opens: a drawing that is in it cannot be cleared for a corpus.
"""

import hashlib
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from vitascope.corpus.atlas import Atlas
from vitascope.corpus.build import build_atlas
from vitascope.corpus.sources import FLUENT_FLAT, NOTO, Source, bring, open_members
from vitascope.rights.register import Register, to_lines
from vitascope.settings import settings
from vitascope.types import Work

STRANGERS = (
    "zebra", "giraffe", "koala", "skunk", "hedgehog", "seal", "taxi", "ferry", "comet", "snowman",
    "lion", "tiger", "cow", "pig", "goat", "two-hump-camel", "llama", "hippopotamus", "rhinoceros", "mouse",
    "chipmunk", "beaver", "sloth", "otter", "turkey", "rooster", "swan", "lizard", "sauropod", "t-rex",
    "shrimp", "squid", "lobster", "lady-beetle", "ant", "scorpion", "bicycle", "kick-scooter", "ambulance", "canoe",
    "balloon", "kite", "bell", "guitar", "cactus", "mushroom", "sunflower", "red-apple", "robot", "fox",
)  # fmt: skip
"""By the names both sets file them under; the first ten are those of text/world.py, the rest as far from our sixty."""

STYLES = ("flat", "noto")
_FILE = "strangers.jsonl"
_SHIPPED = Path(__file__).parents[1] / "rights" / "data" / _FILE


def style_of(number: int) -> str:
    """The hand in which the stranger of that number is shown."""
    return STYLES[number % len(STYLES)]


def register() -> Register:
    """The strangers' own register."""
    with resources.as_file(resources.files("vitascope.rights") / "data" / _FILE) as path:
        return Register.load(path)


def open_strangers() -> Atlas:
    """The exam's atlas in the home folder, packed first where it is not there yet.

    Raises NotClearedError or CorpusError, as the corpus does.
    """
    path = settings().home / "corpus" / "strangers.zip"
    if not path.exists():
        build_atlas(register(), path, STRANGERS, STYLES, sources=(FLUENT_FLAT, NOTO))
    return Atlas.open(path, register())


def write_register(path: Path = _SHIPPED) -> None:
    """Registers every stranger, hashed as its package holds it."""
    works = [work for source in (FLUENT_FLAT, NOTO) for work in _works(source)]
    path.write_text(to_lines(works), "utf-8")


def _works(source: Source) -> Iterator[Work]:
    style = "flat" if source is FLUENT_FLAT else "noto"
    names = [name for number, name in enumerate(STRANGERS) if style_of(number) == style]
    drawings = open_members(bring(source), [f"icons.json#{name}" for name in names])
    for name, (path, drawing) in zip(names, drawings.items(), strict=True):
        yield Work(
            id=f"{source.key}:{name}",
            package=source.package,
            path=path,
            sha256=hashlib.sha256(drawing).hexdigest(),
            title=f"{name.replace('-', ' ')} ({source.title})",
            authors=source.authors,
            licence=source.licence,
            licence_basis=source.licence_basis,
            consent="licence-only",
            date="2026-11-26",
            lane="A",
            kind="still",
            concepts=(name,),
            notice=source.notice,
        )


def main() -> None:
    """Registers the strangers anew with ``--register``; packs them."""
    if "--register" in sys.argv[1:]:
        write_register()
    atlas = open_strangers()
    sys.stdout.write(f"{len(atlas.subjects)} strangers\n")


if __name__ == "__main__":
    main()
