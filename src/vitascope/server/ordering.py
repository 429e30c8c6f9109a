"""From what is asked to an order: model, length, size and seed are settled here, by what the workers said they can."""

import secrets
from collections.abc import Iterable
from dataclasses import replace

from vitascope.errors import LengthError, ModelError, SizeError
from vitascope.orders import Cast, Order, Reservation, Verb
from vitascope.refusals import FieldError, NoModelError, UnsupportedFieldError, UnsupportedOperationError
from vitascope.server.asked import Asked
from vitascope.videos.workers import Capability

ALIASES = ("sora-2", "sora-2-pro", "sora-2-2025-10-06", "sora-2-pro-2025-10-06", "sora-2-2025-12-08")
"""Names of Sora's models: they stand for the model the operator chose."""

SORA_SECONDS = 4.0
SORA_SIZE = (720, 1280)
"""What the published API promises to whoever names neither."""

_DRAWN_SEEDS = 2**32  # exact in a JavaScript number


def chosen(name: str | None, capabilities: Iterable[Capability], default: str) -> Capability:
    """The model of that name; Sora's names, and none, are the ``default``, or the first there is.

    Raises NoModelError where no worker has said anything yet, ModelError where none carries that model.
    """
    carried = {capability.model: capability for capability in capabilities}
    if not carried:
        raise NoModelError("No worker has said which models it carries. Try again in two seconds.")
    wanted = (default or next(iter(carried))) if is_alias(name) else str(name)
    if wanted not in carried:
        raise ModelError(f"There is no model of that name here. There are: {', '.join(sorted(carried))}.")
    return carried[wanted]


def is_alias(name: str | None) -> bool:
    """Whether the name stands for whatever model the operator chose."""
    return name is None or name in ALIASES


def settled(asked: Asked, model: Capability, *, image: str | None = None) -> Order:
    """The order that ``asked`` becomes on ``model``; ``image`` is the key of the first frame.

    Raises LengthError, SizeError, FieldError, each with what the model can do.
    """
    seed = secrets.randbelow(_DRAWN_SEEDS) if asked.seed is None else asked.seed
    return Order(
        prompt=asked.prompt,
        model=model.model,
        seconds=_seconds(asked, model),
        size=_size(asked, model),
        seed=seed,
        seed_is_drawn=asked.seed is None,
        fps=asked.fps,
        steps=_steps(asked, model),
        negative_prompt=_negative(asked, model),
        image=image,
        cast=_cast(asked, model),
        priority=asked.priority or "normal",
        reservation=Reservation(mining=asked.mining or "notAllowed", terms=asked.mining_terms or ""),
    )


def remixed(prompt: str, source: Order, source_id: str) -> Order:
    """``source`` with another prompt: same model, seed, size and length, so the same noise to begin with."""
    return replace(source, prompt=prompt, verb="remix", source=source_id, seed_is_drawn=False)


def built_on(source: Order, source_id: str, asked: Asked, model: Capability, verb: Verb) -> Order:
    """The order that edits or extends ``source``: in its size, and an edit in its length."""
    order = replace(settled(asked, model), verb=verb, source=source_id, size=source.size)
    return order if verb == "extend" else replace(order, seconds=source.seconds)


def require_verb(verb: Verb, model: Capability) -> None:
    """Raises UnsupportedOperationError where ``model`` cannot do ``verb``."""
    if verb not in model.verbs:
        can = ", ".join(model.verbs)
        raise UnsupportedOperationError(f"The model {model.model} cannot {verb}; it can: {can}. Nothing is imitated.")


def _seconds(asked: Asked, model: Capability) -> float:
    if asked.num_frames is not None:
        if asked.seconds is not None:
            raise FieldError("`seconds` and `num_frames` are one thing. Send one of them.", param="num_frames")
        seconds = asked.num_frames / (asked.fps or model.fps)
    else:
        seconds = min(SORA_SECONDS, model.longest_seconds) if asked.seconds is None else asked.seconds
    if not 0 < seconds <= model.longest_seconds:
        raise LengthError(
            f"A video of {seconds:g} seconds is not possible: the model {model.model} makes any length above 0 "
            f"and up to {model.longest_seconds:g}."
        )
    return round(seconds, 6)


def _size(asked: Asked, model: Capability) -> tuple[int, int]:
    if asked.size is None:
        return SORA_SIZE if is_alias(asked.model) else model.size
    low, high = model.sides
    if not all(low <= side <= high for side in asked.size):
        width, height = model.size
        raise SizeError(
            f"A size of {asked.size[0]}x{asked.size[1]} is not possible: each side must be {low} to {high} pixels. "
            f"The model {model.model} paints {width}x{height}; other sizes are a resize of it."
        )
    return asked.size


def _steps(asked: Asked, model: Capability) -> int | None:
    if asked.steps is not None and asked.steps > model.most_steps:
        raise FieldError(f"{asked.steps} steps are too many: at most {model.most_steps}.", param="steps")
    return asked.steps


def _cast(asked: Asked, model: Capability) -> Cast:
    if asked.cast.characters and not model.has_characters:
        raise UnsupportedFieldError(f"The model {model.model} keeps no characters. Leave them out.", param="characters")
    return asked.cast


def _negative(asked: Asked, model: Capability) -> str | None:
    if asked.negative_prompt is not None and not model.has_guidance:
        raise UnsupportedFieldError(
            f"The model {model.model} has no guidance, so `negative_prompt` would change nothing. Leave it out.",
            param="negative_prompt",
        )
    return asked.negative_prompt
