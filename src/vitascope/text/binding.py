"""Binds the phrases of a sentence into a scene: which colour is whose, who moves where, who chases whom.

The rules, in the order a reader meets them:

- Counts precede their noun. Adjectives bind to the next noun; in languages that put them after (French, Vietnamese,
  ...) to the noun right before them. What is left at the end of a clause binds to the last noun ("the dog is red").
- A motion belongs to whoever acts: the noun before it, or all nouns joined by "and" before it. "that" and "which"
  hand it to the last noun. After "chases" both run, unless "that" says otherwise.
- A verb of going (fly, swim, drive) takes the direction that follows it, else it goes right; where swimming is a
  motion of its own, what swims to the left goes left.
- A motion right before a noun ("a jumping dog"), or before any noun, belongs to the next one.
- In languages that say "car beside" (Japanese, Korean, Hindi, Chinese) a relation leans on the noun before it.
- Place, time and camera belong to the whole scene.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from vitascope.text.lexicon import Language, Meaning, name
from vitascope.text.matching import Found
from vitascope.text.scene import Entity, Scene
from vitascope.text.words import CHARACTER, PICTURED, WORDS, num_words
from vitascope.text.world import SUBJECTS

MOST_ENTITIES = 2
_ADJECTIVES = ("count", "size", "colour", "style")
_LISTS = (Meaning("break", ""), Meaning("join", "and"))
_DIRECTIONS = ("right", "left", "up", "down", "cross")
_CHASES = ("chases", "chased_by")
_INVERSE = {"next_to": "next_to", "above": "below", "below": "above", "chases": "chased_by", "chased_by": "chases"}
_BACKWARD = {"below": "above", "chased_by": "chases"}
"""Relations said from the second to the first: the two change places."""


@dataclass(slots=True, kw_only=True)
class _Thing:
    """An entity while the sentence is being read."""

    subject: str
    said: dict[str, str] = field(default_factory=dict)
    motions: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Sentence:
    """What has been read so far."""

    language: Language
    things: list[_Thing] = field(default_factory=list)
    last: _Thing | None = None  # the noun named last; one that is left out too
    actors: list[_Thing] = field(default_factory=list)
    loose: dict[str, str] = field(default_factory=dict)  # adjectives that wait for their noun
    moving: _Thing | None = None  # motions that wait for their noun
    scene: dict[str, str] = field(default_factory=dict)
    relation: str | None = None
    relating: str | None = None  # a relation whose second thing is not yet named
    touching: bool = False  # the last phrase was a noun, or an adjective bound to it
    definite: bool = False  # the last phrase was "the"
    linked: bool = False  # "is": the adjectives that follow are the last noun's
    joined: bool = False  # "and", "then" or a comma since the last motion
    acted: bool = False  # the actors have moved
    notes: list[str] = field(default_factory=list)


def bind(phrases: Sequence[Found], language: Language, *, pictured: bool = False) -> tuple[Scene, tuple[str, ...]]:
    """The scene the phrases tell, and sentences about what had to be rounded or left out.

    With a picture, motions whose noun nobody taught us ("my gnome jumps") are those of what the picture shows.
    """
    sentence = _Sentence(language=language)
    for phrase in _prepared(phrases):
        if phrase.meaning is not None:
            _take(sentence, phrase.meaning, phrase)
    if pictured and not sentence.things:
        shown = _Thing(subject=PICTURED, motions=_waiting(sentence).motions)
        sentence.things, sentence.last = [shown], shown
    _settle(sentence)
    return _scene(sentence), tuple(dict.fromkeys(sentence.notes))


def _take(sentence: _Sentence, meaning: Meaning, phrase: Found) -> None:
    match meaning.role:
        case "subject":
            _thing(sentence, meaning.id, phrase)
        case "count" | "size" | "colour" | "style":
            _adjective(sentence, meaning, phrase)
        case "motion":
            _motion(sentence, meaning.id, phrase)
        case "relation":
            _relate(sentence, meaning.id)
        case "pre_motion":
            _move(sentence, _waiting(sentence), meaning.id, phrase)
        case "place" | "time" | "camera":
            _setting(sentence, meaning, phrase)
        case "join" | "break":
            _join(sentence, meaning)
    if meaning.role not in ("stop", *_ADJECTIVES):
        sentence.linked = meaning.id in ("is", "that_is") and bool(sentence.things)
    sentence.definite = meaning == Meaning("join", "the")
    # "màu" (colour) between a noun and its adjective is a stop word and doesn't part them.
    sentence.touching = meaning.role == "subject" or (sentence.touching and meaning.role in (*_ADJECTIVES, "stop"))


def _thing(sentence: _Sentence, subject: str, phrase: Found) -> None:
    known = next((thing for thing in sentence.things if thing.subject == subject), None)
    if known is not None and (sentence.definite or subject.startswith(CHARACTER)):
        _bind_loose(sentence, known)
        sentence.last, sentence.actors, sentence.acted = known, [known], False
        return
    if len(sentence.things) == MOST_ENTITIES:
        sentence.notes.append(f"I can show two kinds of things at once; '{phrase.written}' is left out.")
        sentence.loose.clear()
        # What the left-out thing is like and does is left out with it.
        sentence.last = _Thing(subject=subject)
        sentence.actors, sentence.relating, sentence.moving = [sentence.last], None, None
        return
    thing = _Thing(subject=subject)
    _count_plural(sentence, thing, phrase)
    _bind_loose(sentence, thing)
    if sentence.moving is not None:
        thing.motions, sentence.moving = sentence.moving.motions, None
    _cast(sentence, thing)
    sentence.last = thing
    sentence.things.append(thing)


def _cast(sentence: _Sentence, thing: _Thing) -> None:
    """Decides who acts from here on: the new thing, or it and those before it."""
    if sentence.relating is not None and sentence.things:
        sentence.relation, sentence.relating = sentence.relating, None
        together = sentence.relation in _CHASES
        # "猫の上に鳥が飛ぶ", cat above bird flies: said after its noun, a relation is about the next one.
        figure = thing if sentence.relation in sentence.language.postposed else sentence.things[0]
        sentence.actors = [*sentence.things, thing] if together else [figure]
    elif sentence.actors and sentence.joined and not sentence.acted:
        sentence.actors = [*sentence.actors, thing]
    else:
        sentence.actors = [thing]
    sentence.acted = False
    sentence.joined = False


def _relate(sentence: _Sentence, relation: str) -> None:
    """A relation waits for its second noun, unless both are said: "犬が猫を追う", dog cat chases."""
    if relation not in sentence.language.postposed:
        sentence.relating = relation if sentence.things else None
    elif len(sentence.things) == MOST_ENTITIES:
        sentence.relation = relation
        sentence.actors = list(sentence.things) if relation in _CHASES else sentence.things[:1]
        sentence.acted = False
    elif sentence.things:
        sentence.relating = _INVERSE[relation]


def _waiting(sentence: _Sentence) -> _Thing:
    """Who the motions said before their noun are kept for."""
    sentence.moving = sentence.moving or _Thing(subject="")
    return sentence.moving


def _count_plural(sentence: _Sentence, thing: _Thing, phrase: Found) -> None:
    if thing.subject.startswith(CHARACTER):
        return
    plural = SUBJECTS[thing.subject].plural.replace("_", " ")
    is_plural = phrase.written.casefold() == plural != thing.subject.replace("_", " ")
    if is_plural and "count" not in sentence.loose:
        sentence.loose["count"] = "two"
        sentence.notes.append(f"How many {phrase.written} is not said; I show two.")


def _bind_loose(sentence: _Sentence, thing: _Thing) -> None:
    for role, id_ in sentence.loose.items():
        thing.said.setdefault(role, id_)
    sentence.loose.clear()


def _adjective(sentence: _Sentence, meaning: Meaning, phrase: Found) -> None:
    id_ = meaning.id
    if id_ == "many":
        sentence.notes.append(f"I can show at most three of a kind; '{phrase.written}' becomes three.")
        id_ = "three"
    after = sentence.language.adjectives_after and sentence.touching and meaning.role != "count"
    if (after or sentence.linked) and sentence.last and meaning.role not in sentence.last.said:
        sentence.last.said[meaning.role] = id_
    else:
        sentence.loose[meaning.role] = id_


def _motion(sentence: _Sentence, motion: str, phrase: Found) -> None:
    _settle(sentence)
    for thing in sentence.actors or [_waiting(sentence)]:
        _move(sentence, thing, motion, phrase)
    sentence.joined = False
    sentence.acted = True


def _move(sentence: _Sentence, thing: _Thing, motion: str, phrase: Found) -> None:
    last = thing.motions[-1] if thing.motions else ""
    again = motion == "swim" and sentence.joined  # "swims, then swims up": the direction that follows takes its place
    if (motion == last and not again) or (motion == "go" and not sentence.joined and last):
        return
    if (last == "go" or (last == "swim" and motion in _DIRECTIONS)) and not sentence.joined:
        thing.motions[-1] = motion
    elif last and motion in _DIRECTIONS and not sentence.joined:
        sentence.notes.append(f"I can show one motion at a time; '{phrase.written}' is left out.")
    else:
        thing.motions.append(motion)


def _setting(sentence: _Sentence, meaning: Meaning, phrase: Found) -> None:
    sentence.relating = None
    if sentence.scene.setdefault(meaning.role, meaning.id) != meaning.id:
        kept = name(sentence.scene[meaning.role])
        sentence.notes.append(f"I can show one {meaning.role} at a time: {kept}; '{phrase.written}' is left out.")


def _join(sentence: _Sentence, meaning: Meaning) -> None:
    if meaning.id in ("that", "that_is"):
        sentence.actors, sentence.acted = [sentence.last] if sentence.last else [], False
    elif meaning.id not in ("the", "is"):
        sentence.joined = True
    if meaning.role == "break":
        _settle(sentence)


def _settle(sentence: _Sentence) -> None:
    """Adjectives that no noun followed: a style speaks of everything, the rest of the last noun."""
    style = sentence.loose.pop("style", None)
    if style is not None:
        for thing in sentence.things:
            thing.said.setdefault("style", style)
    if sentence.last:
        _bind_loose(sentence, sentence.last)


def _scene(sentence: _Sentence) -> Scene:
    entities = tuple(_entity(thing) for thing in sentence.things)
    relation = sentence.relation
    if relation in _BACKWARD:
        relation, entities = _BACKWARD[relation], entities[::-1]
    scene = Scene(
        entities=entities,
        relation=relation,
        place=sentence.scene.get("place"),
        time=sentence.scene.get("time"),
        camera=sentence.scene.get("camera"),
    )
    return _fitted(scene, sentence.notes)


def _entity(thing: _Thing) -> Entity:
    return Entity(
        subject=thing.subject,
        count=thing.said.get("count"),
        size=thing.said.get("size"),
        colour=thing.said.get("colour"),
        style=thing.said.get("style"),
        motions=tuple("right" if motion == "go" else motion for motion in thing.motions),
    )


def _fitted(scene: Scene, notes: list[str]) -> Scene:
    """The scene within the rows the network reads: storyboards give way, the second thing's first."""
    entities = list(scene.entities)
    for number in range(len(entities) - 1, -1, -1):
        entity = entities[number]
        spare = num_words(replace(scene, entities=tuple(entities))) - WORDS
        keep = max(1, len(entity.motions) - max(0, spare))
        if keep < len(entity.motions):
            cut = ", ".join(entity.motions[keep:])
            notes.append(f"I can follow {WORDS} words; {name(entity.subject)}: {cut} is left out.")
            entities[number] = replace(entity, motions=entity.motions[:keep])
    return replace(scene, entities=tuple(entities))


def _prepared(phrases: Sequence[Found]) -> Iterator[Found]:
    """Drops the comma in "a small, red fish" and tells the motion in "a jumping dog" from that in "a dog jumps"."""
    for before, phrase, after in zip((None, *phrases), phrases, (*phrases[1:], None), strict=False):
        meaning = phrase.meaning
        if meaning in _LISTS and _is_one_of(before, _ADJECTIVES) and _is_one_of(after, _ADJECTIVES):
            continue
        if _is_one_of(phrase, ("place",)) and _is_one_of(after, ("place",)):
            continue  # "snowy mountains": the noun is the place
        if phrase.written in ("up", "down") and before is not None and before.meaning is None:
            continue  # "kicking up dust": part of a verb we don't know
        if meaning is not None and meaning.role == "motion" and _is_one_of(after, ("subject", "colour", "size")):
            yield replace(phrase, meaning=Meaning("pre_motion", meaning.id))
        else:
            yield phrase


def _is_one_of(phrase: Found | None, roles: Sequence[str]) -> bool:
    return phrase is not None and phrase.meaning is not None and phrase.meaning.role in roles
