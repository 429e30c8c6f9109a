"""Which corpus the clips of a cache come from: one hash of the register that cleared them and of everything that drew.

A cache that was begun with one register is not added to under another, and a run that was begun on one cache does not
go on on another: else a work that was withdrawn in between would stay in the model, and nobody could say so.
"""

import hashlib
import json
from pathlib import Path

from vitascope.errors import TrainingError
from vitascope.rights.register import Register, register_in_use
from vitascope.settings import settings
from vitascope.text.words import edition_of
from vitascope.text.world import later_than
from vitascope.types import Preset

_FILE = "corpus.json"


def where(preset: Preset) -> Path:
    """The folder of a preset's clips."""
    return settings().home / "cache" / preset.name


def register_of(preset: Preset) -> Register:
    """The register in use less the works that show what the preset's edition of the world does not have."""
    return register_in_use(settings().home).without(later_than(edition_of(preset.vocabulary_sha256)))


def of_corpus(register_sha256: str, atlas: Path, codec: Path | None = None) -> str:
    """The hash of a corpus: its register, its drawings, and the learned codec the clips went through, if any."""
    digest = hashlib.sha256(register_sha256.encode())
    for path in (atlas, codec):
        digest.update(b"" if path is None else hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def stamp(preset: Preset, corpus: str) -> None:
    """Notes that the clips of a preset are of this corpus; a cache without a note, of earlier versions, takes it.

    Raises TrainingError where the clips that are there are of another one.
    """
    known = stamped(preset)
    if known and known != corpus:
        message = (
            f"The clips in {where(preset)} are of corpus {known[:12]}; register, drawings or codec are now those of "
            f"{corpus[:12]}. Clips of two corpora are not mixed: remove the folder and render it again."
        )
        raise TrainingError(message)
    where(preset).mkdir(parents=True, exist_ok=True)
    part = where(preset) / f".{_FILE}"
    part.write_text(json.dumps({"corpus": corpus}) + "\n")
    part.replace(where(preset) / _FILE)


def stamped(preset: Preset) -> str:
    """The corpus of a preset's clips; empty where nobody noted it. Raises TrainingError where the note is damaged."""
    path = where(preset) / _FILE
    if not path.exists():
        return ""
    try:
        return str(json.loads(path.read_text())["corpus"])
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is damaged: remove {path.parent} and render the clips again.") from error
