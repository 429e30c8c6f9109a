"""Says a scene in English: captions in many wordings for training and tests, and one plain sentence for people.

What is said is what the scene holds, no more: a scene with little in it has a short caption. Reading a caption gives
the scene back. "a small red fish swims to the left underwater at night, while the camera zooms in".
"""

from collections.abc import Callable, Sequence

import numpy as np

from vitascope.text.english import (
    CAMERA_WORDS,
    CHASING_WORDS,
    COUNT_WORDS,
    PLACE_WORDS,
    RELATION_WORDS,
    SIZE_WORDS,
    STYLE_WORDS,
    TIME_WORDS,
    nouns,
    third_person,
    verbs,
    with_article,
)
from vitascope.text.scene import Entity, Scene

Choose = Callable[[Sequence[str]], str]
_WITH_SETTING = ("{core} {place} {time}", "{core} {time} {place}", "{place} {time}, {core}", "{time}, {core} {place}")
_WITH_CAMERA = ("{clause}, while {camera}", "{clause} as {camera}", "{clause}; {camera}")
_WITH_SENTENCE = "{Clause}. {Camera}."
_CAMERA_FIRST = ("{camera} while {clause}", "{camera} as {clause}")
"""Only before a clause that begins with who acts: "the camera pans left while a dog jumps"."""


def caption(scene: Scene, rng: np.random.Generator) -> str:
    """A grammatical English sentence or noun phrase that says a scene, in one of its many wordings."""
    return _said(scene, lambda options: options[int(rng.integers(len(options)))])


def describe(scene: Scene) -> str:
    """The plainest wording: "one red fish moves to the right, underwater, at night"."""
    first: Choose = _first
    parts = [_core(scene.entities, scene.relation, first)[0]] if scene.entities else [_nothing(scene)]
    parts += [words[0] for words in _setting(scene)]
    return ", ".join(part for part in parts if part)


def _first(options: Sequence[str]) -> str:
    return options[0]


def _setting(scene: Scene) -> list[tuple[str, ...]]:
    said = ((PLACE_WORDS, scene.place), (TIME_WORDS, scene.time), (CAMERA_WORDS, scene.camera))
    return [words[id_] for words, id_ in said if id_ is not None]


def _said(scene: Scene, choose: Choose) -> str:
    place = choose(PLACE_WORDS[scene.place]) if scene.place else ""
    time = choose(TIME_WORDS[scene.time]) if scene.time else ""
    core, is_clause = _core(scene.entities, scene.relation, choose) if scene.entities else (_nothing(scene), False)
    template = choose(_WITH_SETTING) if scene.entities else _WITH_SETTING[0]
    clause = _tidy(template.format(core=core, place=place, time=time))
    if scene.camera is None:
        return clause
    camera = choose(CAMERA_WORDS[scene.camera])
    sentences = (_WITH_SENTENCE,) if is_clause else ()
    turned = _CAMERA_FIRST if is_clause and clause.startswith(core) else ()
    return choose((*_WITH_CAMERA, *sentences, *turned)).format(
        clause=clause, camera=camera, Clause=_capital(clause), Camera=_capital(camera)
    )


def _nothing(scene: Scene) -> str:
    return "" if scene.place or scene.time else "an empty scene"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(text: str) -> str:
    """Closes the gaps that what was not said has left."""
    return " ".join(text.split()).removeprefix(", ").replace(" ,", ",")


def _core(entities: Sequence[Entity], relation: str | None, choose: Choose) -> tuple[str, bool]:
    """What is there and what it does, and whether that is a clause with a verb."""
    if len(entities) == 1:
        return _alone(entities[0], choose)
    first, second = entities
    if relation == "chases":
        return _chase(first, second, choose), True
    if relation is not None:
        said, is_clause = _alone(first, choose)
        return f"{said} {choose(RELATION_WORDS[relation])} {_relative(second, choose)}", is_clause
    return _together(first, second, choose)


def _alone(entity: Entity, choose: Choose) -> tuple[str, bool]:
    clause, phrase = _clause(entity, choose), _phrase(entity, choose)
    is_clause = bool(entity.motions) and choose((clause, phrase)) == clause
    return (clause, True) if is_clause else (phrase, False)


def _chase(first: Entity, second: Entity, choose: Choose) -> str:
    chase = choose(CHASING_WORDS)
    verb = chase if _is_plural(first) else third_person(chase)
    along = first.motions == second.motions and len(first.motions) == 1 and first.motions[0] in ("left", "right")
    if along:  # both run the same way: "chases a cat to the right"
        path = choose([way.rest for way in verbs(first.motions[0], first.subject)])
        return f"{_noun_phrase(first, choose)} {verb} {_noun_phrase(second, choose)} {path}"
    return f"{_relative(first, choose)} {verb} {_relative(second, choose)}"


def _together(first: Entity, second: Entity, choose: Choose) -> tuple[str, bool]:
    if first.motions and first.motions == second.motions:
        acts = _sequence(_acts(first, choose, plural=True), choose)
        return f"{_noun_phrase(first, choose)} and {_noun_phrase(second, choose)} {acts}", True
    if first.motions and second.motions:
        return f"{_clause(first, choose)}, {choose(('and', 'while'))} {_clause(second, choose)}", True
    return f"{_phrase(first, choose)} {choose(('and', 'with'))} {_relative(second, choose)}", False


def _clause(entity: Entity, choose: Choose) -> str:
    """A dog jumps, then spins."""
    acts = _sequence(_acts(entity, choose, plural=_is_plural(entity)), choose)
    return f"{_noun_phrase(entity, choose)} {acts}".strip()


def _phrase(entity: Entity, choose: Choose) -> str:
    """A dog jumping, then spinning."""
    acts = [choose([verb.participle() for verb in verbs(motion, entity.subject)]) for motion in entity.motions]
    return f"{_noun_phrase(entity, choose)} {_sequence(acts, choose)}".strip()


def _relative(entity: Entity, choose: Choose) -> str:
    """A dog that jumps and then spins."""
    if not entity.motions:
        return _noun_phrase(entity, choose)
    acts = " and then ".join(_acts(entity, choose, plural=_is_plural(entity)))
    return f"{_noun_phrase(entity, choose)} {choose(('that', 'which'))} {acts}"


def _acts(entity: Entity, choose: Choose, *, plural: bool) -> list[str]:
    ways = (verbs(motion, entity.subject) for motion in entity.motions)
    return [choose([way.finite(plural=plural) for way in motion_ways]) for motion_ways in ways]


def _sequence(acts: Sequence[str], choose: Choose) -> str:
    return choose((", then ", " and then ", ", and then ")).join(acts)


def _noun_phrase(entity: Entity, choose: Choose) -> str:
    noun = choose(nouns(entity.subject, plural=_is_plural(entity)))
    words = [
        choose(SIZE_WORDS[entity.size]) if entity.size else "",
        choose(STYLE_WORDS[entity.style]) if entity.style else "",
        entity.colour or "",
        noun,
    ]
    phrase = " ".join(word for word in words if word)
    return f"{choose(COUNT_WORDS[entity.count])} {phrase}" if entity.count else with_article(phrase)


def _is_plural(entity: Entity) -> bool:
    return entity.count in ("two", "three")
