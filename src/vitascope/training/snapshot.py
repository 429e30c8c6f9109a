"""Which corpus the clips of a cache come from: one hash of the register that cleared them and of everything that drew.

A cache that was begun with one register is not added to under another, and a run that was begun on one cache does not
go on on another: else a work that was withdrawn in between would stay in the model, and nobody could say so.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from vitascope.corpus.atlas import Atlas, atlas_path, open_atlas
from vitascope.errors import NotClearedError, TrainingError
from vitascope.rights.register import GIVEN_LANE, Register, register_in_use
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.text.words import edition_of
from vitascope.text.world import later_than
from vitascope.types import Preset

_FILE = "corpus.json"


def where(preset: Preset) -> Path:
    """The folder of a preset's clips."""
    return settings().home / "cache" / preset.name


def register_of(preset: Preset, use: Use = Use.TRAIN) -> Register:
    """The register for a use less the works that show what the preset's edition of the world does not have."""
    return register_in_use(settings().home, use).without(later_than(edition_of(preset.vocabulary_sha256)))


def opened(preset: Preset, use: Use = Use.TRAIN, codec: Path | None = None) -> Atlas:
    """The drawings that a preset's clips are made from, noted beside the clips before any is drawn.

    Raises NotClearedError where one may not be used so, TrainingError as ``stamp`` does.
    """
    edition = edition_of(preset.vocabulary_sha256)
    atlas = open_atlas(edition, use)
    path = next(path for path in (atlas_path(edition, use), atlas_path(edition)) if path.exists())
    corpus = of_corpus(register_of(preset, use).sha256(), path, codec)
    stamp(preset, corpus, _granted(use) & set(atlas.work_ids))
    return atlas


def require(preset: Preset, use: Use) -> None:
    """Raises NotClearedError where a preset's clips show works that their owners did not grant for this use."""
    missing = sorted(_put_in(preset) - _granted(use))
    if missing:
        raise NotClearedError(
            f"The clips in {where(preset)} show {', '.join(missing[:3])}"
            f"{f' and {len(missing) - 3} more' if len(missing) > 3 else ''}, which are not granted for {use}. Take the "
            f"snapshot for {use} (vitascope consent snapshot --for {use}), build the atlas (python -m "
            f"vitascope.corpus.build --for {use}) and draw the clips again (--for {use}) in an empty folder."
        )


def use_of(preset: Preset, learned_from: str) -> Use:
    """What it is to go on with weights that learned from this register (its hash).

    Where that is the whole register of today it is the training they come from, as a flow map follows its flow;
    everything else, and what nobody knows, is fine-tuning.
    """
    return Use.TRAIN if learned_from == register_of(preset).sha256() else Use.FINETUNE


def of_corpus(register_sha256: str, atlas: Path, codec: Path | None = None) -> str:
    """The hash of a corpus: its register, its drawings, and the learned codec the clips went through, if any."""
    digest = hashlib.sha256(register_sha256.encode())
    for path in (atlas, codec):
        digest.update(b"" if path is None else hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def stamp(preset: Preset, corpus: str, put_in: Collection[str] = ()) -> None:
    """Notes that the clips of a preset are of this corpus; a cache without a note, of earlier versions, takes it.

    ``put_in`` are the works among its drawings that people put in, whose owners decide use by use.

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
    part.write_text(json.dumps({"corpus": corpus, "put_in": sorted(put_in)}) + "\n")
    part.replace(where(preset) / _FILE)


def stamped(preset: Preset) -> str:
    """The corpus of a preset's clips; empty where nobody noted it. Raises TrainingError where the note is damaged."""
    return str(_note(preset).get("corpus", ""))


def _put_in(preset: Preset) -> frozenset[str]:
    """The works put in that the clips show; all that training has where an older note does not say."""
    told = _note(preset).get("put_in")
    return _granted(Use.TRAIN) if told is None else frozenset(map(str, told))


def _granted(use: Use) -> frozenset[str]:
    """The works put in that their owners granted for a use, by the snapshot in use."""
    works = register_in_use(settings().home, use).works
    return frozenset(work.id for work in works.values() if work.lane == GIVEN_LANE)


def _note(preset: Preset) -> Mapping[str, Any]:
    path = where(preset) / _FILE
    if not path.exists():
        return {}
    try:
        told: Mapping[str, Any] = json.loads(path.read_text())
        return {"corpus": told["corpus"]} | dict(told)
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is damaged: remove {path.parent} and render the clips again.") from error
