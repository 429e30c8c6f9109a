"""How a prompt is staged: each thing is painted alone, where it stands, and then moved; the place is painted empty.

The network is never asked for two things at once, so no colour can go to the wrong one, nor for anything that travels.
Spots and sizes are those of training clips (corpus/scenes.py). Lengths are in frame sides, y downwards.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vitascope.text.words import PICTURED, ROLES, VOCABULARY, Word, rows
from vitascope.text.world import BELOW, POSES, SUBJECTS, floats
from vitascope.types import Integers

USUAL_PLACE = "place:meadow"
"""Where a prompt that names no place plays: all that is painted for it must play in one."""

ALONE, PAIRED, THREE = 0.60, 0.46, 0.36
"""Sides of one thing alone, of one of two and of one of three, in frame sides, as in corpus/scenes.py."""

SIZED: Mapping[str, float] = {"small": 0.36, "large": 0.84}
"""Sides of one thing alone where its size is said."""

REACH = 5 / 8
"""Of a thing's side, how far from its spot something of it is at most: drawn a little larger, beside its spot."""

COUNTS: Mapping[str, tuple[int, float]] = {"two": (2, PAIRED), "three": (3, THREE)}
"""How many of a kind, and their side."""

SIDEWAYS = ("right", "left", "cross", "swim")
"""Movements on which several go abreast, one behind the other in depth."""

RESTS = (0,)
"""The motions of what does nothing."""

Spot = tuple[float, float]
Column = tuple[int, int, int, int]  # token, role, entity, segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A thing of a prompt: what is painted, and what becomes of it."""

    words: Mapping[str, Integers]  # of it alone, in its place, without its movements
    motions: tuple[int, ...]  # their tokens in order; 0 for none
    faces: int  # the way its drawing looks: -1 left, 1 right, 0 neither
    subject: str = ""  # what it is
    number: int = 0  # among the things of the prompt, from 1 on
    aside: Spot = (0.0, 0.0)  # from where it would stand alone

    @property
    def painting(self) -> bytes:
        """The name of what is painted for it: things of the same words share one painting."""
        return np.stack(list(self.words.values())).tobytes()

    spot: Spot | None = None  # where its middle belongs, if not where it is painted
    size: float = 1.0  # factor


def parts(words: Mapping[str, Integers]) -> tuple[Part, ...]:
    """The things of a prompt's words, in their order."""
    columns = _columns(words)
    scene = _scene(columns)
    numbers = sorted({entity for _, _, entity, _ in columns if entity})
    things = [[column for column in columns if column[2] == number] for number in numbers]
    found = [
        Part(
            words=_rows([*_alone(thing), *scene]),
            motions=motions(words, number),
            faces=_faces(thing),
            subject=next(iter(_subjects(thing)), ""),
            number=number,
        )
        for number, thing in zip(numbers, things, strict=True)
    ]
    if len(found) == 1:
        return tuple(_copies(found[0], things[0]))
    return tuple(found) if not found else tuple(_paired(found[:2], _relation(columns)))


def paintings(words: Mapping[str, Integers], cast: Collection[int] = ()) -> int:
    """How many pictures are painted for a prompt: its place, and each thing like no other that nothing is given for."""
    return 1 + len({part.painting for part in parts(words) if part.number not in cast})


def stand(words: Mapping[str, Integers]) -> tuple[float, Spot]:
    """How large one thing alone is, and where its middle is, in frame sides, as in corpus/scenes.py."""
    said = {VOCABULARY[token] for token, *_ in _columns(words)}
    side = next((SIZED[size] for size in SIZED if size in said), ALONE)
    place = next((token.removeprefix("place:") for token in said if token.startswith("place:")), None)
    floating = any(floats(subject, place) for subject in [*_subjects(_columns(words)), PICTURED])
    return side, (0.5, 0.5 if floating else 0.5 + BELOW)


def plate(words: Mapping[str, Integers]) -> Mapping[str, Integers]:
    """The words of the place alone."""
    return _rows(_scene(_columns(words)))


def stands_still(words: Mapping[str, Integers]) -> bool:
    """Whether nothing about the place moves by itself: no rain."""
    return "rain" not in {VOCABULARY[token] for token, *_ in _columns(words)}


def motions(words: Mapping[str, Integers], entity: int = 1) -> tuple[int, ...]:
    """The tokens of a thing's movements in their order; 0 where none is asked for."""
    wanted = ROLES.index("motion")
    said = sorted((s, token) for token, role, e, s in _columns(words) if (role, e) == (wanted, entity))
    return tuple(token for _, token in said) or RESTS


def camera(words: Mapping[str, Integers]) -> int:
    """The token of the camera, or 0."""
    return next((token for token, role, *_ in _columns(words) if role == ROLES.index("camera")), 0)


def _columns(words: Mapping[str, Integers]) -> list[Column]:
    table = np.stack([words[name] for name in ("token", "role", "entity", "segment")])
    return [(t, r, e, s) for t, r, e, s in table.T.tolist() if r]


def _rows(columns: Sequence[Column]) -> Mapping[str, Integers]:
    return rows(tuple(Word(VOCABULARY[t], ROLES[r], e, s) for t, r, e, s in columns))


def _scene(columns: Sequence[Column]) -> list[Column]:
    """Words of place, time and take; a place where none is named. Cameras move over what is painted."""
    kept = [ROLES.index(role) for role in ("place", "time", "take")]
    said = [column for column in columns if column[1] in kept]
    usual = (VOCABULARY.index(USUAL_PLACE), kept[0], 0, 0)
    return said if any(role == kept[0] for _, role, *_ in said) else [usual, *said]


def _alone(thing: Sequence[Column]) -> list[Column]:
    """The words of one thing as if it were the only one, without what it does; a person poses for what comes first."""
    motion = ROLES.index("motion")
    kept = any(name != PICTURED and SUBJECTS[name].styles == POSES for name in _subjects(thing))
    return [(token, role, 1, 0) for token, role, _, part in thing if role != motion or (kept and part < 2)]


def _faces(thing: Sequence[Column]) -> int:
    return next((SUBJECTS[name].faces for name in _subjects(thing) if name != PICTURED), 0)


def _subjects(thing: Sequence[Column]) -> list[str]:
    names = (VOCABULARY[token] for token, role, *_ in thing if role == ROLES.index("subject"))
    return [name for name in names if name == PICTURED or name in SUBJECTS]


def _copies(part: Part, thing: Sequence[Column]) -> Iterator[Part]:
    """Two or three of a kind from one painting: side by side, or one behind the other where they go to a side."""
    role = ROLES.index("count")
    many = next((VOCABULARY[token] for token, said, *_ in thing if said == role), "one")
    count, side = COUNTS.get(many, (1, ALONE))
    one = _rows([column for column in _columns(part.words) if column[1] != role])
    goes = any(VOCABULARY[token].removeprefix("motion:") in SIDEWAYS for token in part.motions)
    for number in range(count):
        place = number - (count - 1) / 2
        aside = (0.10 * place, 0.84 * side * place) if goes else (0.92 * side * place, 0.0)
        yield replace(part, words=one, size=side / ALONE, aside=aside) if count > 1 else part


def _relation(columns: Sequence[Column]) -> str:
    names = [VOCABULARY[token] for token, role, *_ in columns if role == ROLES.index("relation")]
    return names[0] if names else "next_to"


def _paired(pair: Sequence[Part], relation: str) -> list[Part]:
    """Two things at the spots of their relation; where one chases the other, the first is behind.

    Where no way is said they run to the right: a chase that stands still is none.
    """
    if relation == "chases" and all(part.motions == RESTS for part in pair):
        pair = [replace(part, motions=(VOCABULARY.index("motion:right"),)) for part in pair]
    ahead = 1 if VOCABULARY.index("motion:right") in pair[0].motions else -1
    spots: Mapping[str, tuple[Spot, Spot]] = {
        "next_to": ((0.25, 0.58), (0.75, 0.58)),
        "chases": ((0.5 - 0.21 * ahead, 0.58), (0.5 + 0.21 * ahead, 0.58)),
        "above": ((0.5, 0.30), (0.5, 0.74)),
    }
    return [replace(part, spot=spot, size=PAIRED / ALONE) for part, spot in zip(pair, spots[relation], strict=True)]
