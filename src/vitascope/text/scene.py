"""The scene graph: what is in a clip, exactly. The renderer draws from it, a sentence is read into it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of thing in the scene. ``None`` means: not said (the renderer then chooses)."""

    subject: str
    count: str | None = None
    size: str | None = None
    colour: str | None = None
    style: str | None = None
    motions: tuple[str, ...] = ()  # one for the whole clip, or one per storyboard segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One or two entities, how they relate, where, when, and how the camera moves. ``None``: not said."""

    entities: tuple[Entity, ...]
    relation: str | None = None  # of the first entity to the second
    place: str | None = None
    time: str | None = None
    camera: str | None = None
    take: str | None = None  # which of the few ways to draw it; a plan takes it from the seed
