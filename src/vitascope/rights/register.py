"""The works register: every licensed work the model may learn from, and the one tap that lets a work through."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Final, Self

from vitascope.errors import NotClearedError
from vitascope.rights.uses import Use
from vitascope.types import Work

WORKS_FILE = "works.jsonl"
OPTOUTS_FILE = "optouts.txt"
USE_FILE = "use.txt"
"""In the folder of a snapshot: what it was taken for. One without it is for training, as all once were."""

GIVEN_LANE: Final = "O"
"""The lane of works that people put in: for each use their owner is asked by itself."""

LICENCES: Mapping[str, frozenset[str]] = {
    "A": frozenset({"MIT", "Apache-2.0", "CC0-1.0", "CC-PDDC", "CC-BY-4.0"}),
    "B": frozenset({"CC-BY-SA-4.0"}),
    "O": frozenset({"LicenseRef-Vitascope-Opt-In"}),
}
"""SPDX ids a work may carry in each lane; whatever is not named here is refused, so a new licence needs a decision.

CC-PDDC is the Creative Commons public domain dedication. Our own procedural art is Apache-2.0.
"""

MIXED_LANES = ("A", "O")
"""The lanes of one corpus: what its artists granted by name mixes with what is free; ShareAlike stays apart."""

WORD_LICENCES = frozenset({"Unicode-3.0", "LicenseRef-WordNet"})
"""Further licences for words in any lane: both let anyone use the data for any purpose and ask for their notice."""


_USED: Mapping[Use, str] = {
    Use.TRAIN: "trained on",
    Use.FINETUNE: "taught to weights that are there already",
    Use.EVALUATE: "evaluated with",
    Use.DISPLAY: "shown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All registered works by id, with the authors and works that asked to be left out."""

    works: Mapping[str, Work]
    opted_out: frozenset[str] = frozenset()  # author names and work ids, lower case
    use: Use = Use.TRAIN  # what these works may be used for, and nothing else

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """The register in the folder or file ``path``, or the one shipped with Vitascope.

        Raises ``NotClearedError`` when the file is missing or holds a row that is no work.
        """
        works_text, optouts_text = _shipped() if path is None else _from_disk(path)
        use = Use.TRAIN if path is None else _use(path)
        return cls(works=_works(works_text), opted_out=_optouts(optouts_text), use=use)

    def get(self, work_id: str) -> Work:
        """The work of that id, cleared or not. Raises ``NotClearedError`` when it isn't registered."""
        try:
            return self.works[work_id]
        except KeyError:
            raise NotClearedError(
                f"Work {work_id!r} is not among the {len(self.works)} works of the register for {self.use}. "
                "Register it with its licence, or have its owner grant that use and take the snapshot for it."
            ) from None

    def clear(self, work_id: str, sha256: str, lane: str) -> Work:
        """Let a work through to the use of this register, or raise ``NotClearedError`` with the reason.

        ``sha256`` is that of the bytes about to be used; ``lane`` is the lane of the corpus being built.
        """
        work = self.get(work_id)
        refusal = (
            _refuse_lane(work, lane)
            or _refuse_licence(work, lane)
            or _refuse_opt_out(work, self.opted_out)
            or _refuse_bytes(work, sha256)
        )
        if refusal:
            raise NotClearedError(f"Work {work.id!r} may not be {_USED[self.use]}: {refusal}")
        return work

    def clear_one_of(self, work_id: str, content: bytes | str, lanes: Sequence[str]) -> Work:
        """The same for a corpus of several lanes; ``content`` is the bytes themselves, or their sha256."""
        sha256 = content if isinstance(content, str) else hashlib.sha256(content).hexdigest()
        lane = self.get(work_id).lane
        return self.clear(work_id, sha256, lane if lane in lanes else lanes[0])

    def works_for(self, concept: str) -> tuple[Work, ...]:
        """The works that depict a subject of the world, in the order of the register."""
        return tuple(work for work in self.works.values() if concept in work.concepts)

    def without(self, concepts: Collection[str]) -> Self:
        """The register less the works that show any of these: what a model that was not taught them learned from.

        So a register that grows is still, for an older edition of the world, the one its weights and caches name.
        """
        kept = {work.id: work for work in self.works.values() if not set(concepts) & set(work.concepts)}
        return replace(self, works=kept)

    def by_licence(self, use: Use) -> Self:
        """What a licence lets everybody do, for a use that no owner was asked for: without the works people put in."""
        kept = {work.id: work for work in self.works.values() if work.lane != GIVEN_LANE}
        return replace(self, works=kept, use=use)

    def sha256(self) -> str:
        """Hash of the canonical register with its opt-outs: the name of what a model was trained on."""
        lines = to_lines(self.works.values()) + "".join(f"{name}\n" for name in sorted(self.opted_out))
        told = "" if self.use is Use.TRAIN else f"for {self.use}\n"
        return hashlib.sha256((lines + told).encode()).hexdigest()


def register_in_use(home: Path, use: Use = Use.TRAIN) -> Register:
    """The register this home has for a use: the snapshot that lies in ``folder_for`` it.

    Without one, training has the shipped register, and every other use what training has less the works people put in:
    nobody was asked for that use, and unknown means no. ``vitascope consent snapshot`` writes one, so that a work that
    was withdrawn is in no corpus built after it. Raises ``NotClearedError`` for a snapshot taken for another use.
    """
    folder = folder_for(home, use)
    if not folder.exists():
        return Register.load() if use is Use.TRAIN else register_in_use(home).by_licence(use)
    found = Register.load(folder)
    if found.use is not use:
        raise NotClearedError(f"The snapshot in {folder} was taken for {found.use}, not for {use}: take one for {use}.")
    return found


def folder_for(home: Path, use: Use) -> Path:
    """Where the snapshot for a use lies: ``corpus/register`` for training, ``corpus/register-evaluate``."""
    return home / "corpus" / ("register" if use is Use.TRAIN else f"register-{use}")


def to_lines(works: Iterable[Work]) -> str:
    """The works as JSON lines in order of id, one canonical spelling for the same works."""
    ordered = sorted(works, key=lambda work: work.id)
    return "".join(json.dumps(asdict(work), ensure_ascii=False, sort_keys=True) + "\n" for work in ordered)


def _refuse_lane(work: Work, lane: str) -> str:
    if lane not in LICENCES:
        return f"there is no lane {lane!r}; choose one of {', '.join(LICENCES)}."
    if work.lane != lane:
        return f"it belongs to lane {work.lane} and this corpus is lane {lane}; they do not mix."
    return ""


def _refuse_licence(work: Work, lane: str) -> str:
    allowed = LICENCES[lane] | WORD_LICENCES if work.kind == "words" else LICENCES[lane]
    if not work.licence:
        return "it has no licence. Find where its licence is stated or leave it out."
    if work.licence not in allowed:
        return f"its licence {work.licence} is not allowed in lane {lane} (only {', '.join(sorted(allowed))})."
    if work.consent == "none" or not work.licence_basis:
        return "nothing records why it may be used. State where its licence stands and on what consent it rests."
    if lane == "O" and work.consent != "explicit-opt-in":
        return f"lane O takes only works their artists put in themselves; its consent is {work.consent!r}."
    return ""


def _refuse_opt_out(work: Work, opted_out: frozenset[str]) -> str:
    if work.opted_out or work.id.casefold() in opted_out:
        return "it was opted out. Choose another work."
    for author in work.authors:
        if author.casefold() in opted_out:
            return f"its author {author} opted out. Choose another work."
    return ""


def _refuse_bytes(work: Work, sha256: str) -> str:
    if not work.sha256:
        return "the register holds no sha256 for it, so its file can't be told from another. Register the file."
    if work.sha256 == sha256:
        return ""
    return (
        f"its file {work.path} has sha256 {sha256 or '(none)'}, the register says {work.sha256}. "
        "Bring the package again, or register the new file."
    )


def _shipped() -> tuple[str, str]:
    folder = resources.files("vitascope.rights") / "data"
    return (folder / WORKS_FILE).read_text("utf-8"), (folder / OPTOUTS_FILE).read_text("utf-8")


def _from_disk(path: Path) -> tuple[str, str]:
    works_path = path / WORKS_FILE if path.is_dir() else path
    optouts_path = works_path.with_name(OPTOUTS_FILE)
    try:
        works_text = works_path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotClearedError(f"The works register {works_path} cannot be read: {error}.") from error
    return works_text, optouts_path.read_text("utf-8") if optouts_path.exists() else ""


def _use(path: Path) -> Use:
    told = (path if path.is_dir() else path.parent) / USE_FILE
    try:
        return {str(use): use for use in _USED}[told.read_text("utf-8").strip()] if told.exists() else Use.TRAIN
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise NotClearedError(f"{told} names no use of a work: take the snapshot again.") from error


def _optouts(text: str) -> frozenset[str]:
    """One author name or work id a line; empty lines and lines that start with # are skipped."""
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line.casefold() for line in lines if line and not line.startswith("#"))


def _works(text: str) -> dict[str, Work]:
    works: dict[str, Work] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        work = _work(line, number)
        if work.id in works:
            raise NotClearedError(f"Line {number} of the works register names {work.id!r} a second time.")
        works[work.id] = work
    return works


def _work(line: str, number: int) -> Work:
    try:
        row = json.loads(line)
        missing = {field.name for field in fields(Work)} - row.keys()
        if missing:
            raise NotClearedError(f"Line {number} of the works register lacks {', '.join(sorted(missing))}.")
        return Work(**{**row, "authors": tuple(row["authors"]), "concepts": tuple(row["concepts"])})
    except (ValueError, TypeError, AttributeError) as error:
        raise NotClearedError(f"Line {number} of the works register is no work: {error}.") from error
