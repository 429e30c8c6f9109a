"""An order as somebody is writing it: what stands in the form, and what of it is sent to be read as any order is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vitascope.refusals import BodyError
from vitascope.server.brackets import Value
from vitascope.server.web.session import Values
from vitascope.videos.job import Job

PICTURE: Final = "input_reference"
CAST: Final = "characters"
_FIELDS: Final = (
    "prompt", "model", "size", "seconds", "seed", "steps", "negative_prompt", "likeness", "mining", "mining_terms",
    "picture_of",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form shows: texts, as a person writes them."""

    prompt: str = ""
    model: str = ""
    size: str = ""
    seconds: str = ""
    seed: str = ""
    steps: str = ""
    negative_prompt: str = ""
    likeness: str = ""
    mining: str = ""
    mining_terms: str = ""
    picture_of: str = ""  # a film of theirs, to begin with its first picture
    characters: tuple[str, ...] = ()


def written(values: Values) -> Draft:
    """What somebody wrote, to be shown again; what is no text is not shown."""
    told = {name: value for name in _FIELDS if isinstance(value := values.get(name), str)}
    return Draft(**told, characters=_several(values.get(CAST)))


def again(job: Job, *, same_seed: bool) -> Draft:
    """The form of an order that was made before; with another seed, unless the same take is wanted."""
    order = job.order
    return Draft(
        prompt=order.prompt,
        model=order.model,
        size="{}x{}".format(*order.size),
        seconds=f"{order.seconds:g}",
        seed=str(order.seed) if same_seed else "",
        steps="" if order.steps is None else str(order.steps),
        negative_prompt=order.negative_prompt or "",
        mining=order.reservation.mining,
        mining_terms=order.reservation.terms,
        picture_of="" if order.image is None else job.id,
        characters=order.cast.characters,
    )


def fields_of(values: Values, *, besides: tuple[str, ...] = ()) -> Mapping[str, Value]:
    """The fields of a call, of what was sent, but for those that are the page's own, which are in ``besides``.

    A field left blank was not sent, and a picture is one that was chosen. No address of a picture is taken here:
    nothing is fetched for a page. Raises BodyError.
    """
    sent: dict[str, Value] = {}
    for name, value in values.items():
        if name in (PICTURE, CAST, *besides):
            continue
        if not isinstance(value, str):
            raise BodyError(f"`{name[:60]}` must be a text; load the page again.")
        if value.strip():
            sent[name] = value if name == "prompt" else value.strip()
    if picture := values.get(PICTURE):
        if not isinstance(picture, str):
            raise BodyError("The picture is no text in base64; choose the file again.")
        sent[PICTURE] = f"data:image/*;base64,{picture}"
    if cast := _several(values.get(CAST)):
        sent[CAST] = [{"id": one} for one in cast]
    return sent


def _several(value: object) -> tuple[str, ...]:
    """One box that is ticked comes alone, more of them as a list."""
    listed = value if isinstance(value, list) else [value]
    return tuple(one for one in listed if isinstance(one, str) and one)
