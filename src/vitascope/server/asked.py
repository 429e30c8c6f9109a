"""What a client asks for: the fields of a create-like call, read and checked, with nothing resolved for a model yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from starlette.datastructures import UploadFile

from vitascope.errors import PromptError, SizeError
from vitascope.orders import NOBODY, Cast, Learning, Priority
from vitascope.refusals import FieldError, MissingFieldError, UnknownFieldError, UnsupportedFieldError
from vitascope.server import fields
from vitascope.server.brackets import Value
from vitascope.server.forms import Form
from vitascope.text.names import MOST

LONGEST_PROMPT = 32_000
LARGEST_SEED = 2**63 - 1
_LONGEST_DATA_URL = 20_971_520
_LONGEST_ADDRESS = 2_000
_LONGEST_ID = 100
_CAST = "characters"

_SORA = ("prompt", "model", "seconds", "size", "input_reference", "characters")
_OURS = (
    "seed",
    "fps",
    "num_frames",
    "width",
    "height",
    "steps",
    "num_inference_steps",
    "negative_prompt",
    "priority",
    "mining",
    "mining_terms",
    "likeness",
    "n",
    "num_outputs_per_prompt",
    "enhance_prompt",
)
_NESTS = ("extra_body", "extra_params", "extra_json")  # names under which clients of other servers put more fields
_ELSEWHERE = (
    "guidance_scale",
    "guidance_scale_2",
    "true_cfg_scale",
    "flow_shift",
    "lora",
    "loras",
    "aspect_ratio",
    "quality",
    "strength",
)
_PATHS = (
    "output_path",
    "video_path",
    "image_path",
    "perf_dump_path",
    "upscaling_model_path",
    "frame_interpolation_model_path",
    "lora_path",
)
KNOWN = (*_SORA, *_OURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A picture to begin with, as it was sent: exactly one of the three."""

    file: UploadFile | None = None
    data: str | None = None  # a data URL
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One clip that a client asks for."""

    prompt: str
    model: str | None = None
    seconds: float | None = None
    size: tuple[int, int] | None = None
    seed: int | None = None
    fps: int | None = None
    num_frames: int | None = None
    steps: int | None = None
    negative_prompt: str | None = None
    priority: Priority | None = None
    mining: Learning | None = None
    mining_terms: str | None = None
    reference: Reference | None = None
    cast: Cast = NOBODY


def asked(form: Form, *, besides: tuple[str, ...] = ()) -> Asked:
    """What ``form`` asks for; fields named in ``besides`` belong to the call and are left to it.

    Raises PromptError, SizeError, FieldError and its kin; each names its field.
    """
    values = _flat(form.values)
    _refuse_strangers({*values, *form.files}, besides)
    _refuse_impossible(values)
    return Asked(
        prompt=prompt(values),
        model=fields.text(values, "model", most=100),
        seconds=fields.number(values, "seconds"),
        size=_size(values),
        seed=fields.whole(values, "seed", least=0, most=LARGEST_SEED),
        fps=fields.whole(values, "fps", least=1, most=60),
        num_frames=fields.whole(values, "num_frames", least=1, most=100_000),
        steps=_steps(values),
        negative_prompt=fields.text(values, "negative_prompt", most=LONGEST_PROMPT, least=0) or None,
        priority=cast("Priority | None", fields.choice(values, "priority", ("high", "normal", "low"))),
        mining=cast("Learning | None", fields.choice(values, "mining", ("notAllowed", "allowed", "constrained"))),
        mining_terms=_terms(values),
        reference=_reference(values, form.files),
        cast=_cast(values, form.files),
    )


def prompt(values: Mapping[str, Value]) -> str:
    """The prompt, which is needed. Raises PromptError, MissingFieldError, FieldError."""
    told = fields.needed(fields.text(values, "prompt", most=LONGEST_PROMPT), "prompt")
    if not told.strip():
        raise PromptError("The prompt is blank. Say in a sentence or two what is seen.")
    return told


def _flat(values: Mapping[str, Value]) -> dict[str, Value]:
    """Fields that came inside ``extra_body`` and its kin are fields; said twice, they contradict each other."""
    flat: dict[str, Value] = {name: value for name, value in values.items() if name not in _NESTS and value is not None}
    for nest in _NESTS:
        for name, value in (fields.thing(values, nest) or {}).items():
            if name in flat:
                raise FieldError(f"`{name}` is there twice, once inside `{nest}`. Send it once.", param=name)
            flat[name] = value
    return flat


def _refuse_strangers(names: set[str], besides: tuple[str, ...]) -> None:
    for name in sorted(names - {*KNOWN, *besides}):
        if name in _PATHS:
            raise UnknownFieldError(f"`{name}` names a path of the server; no client chooses those.", param=name)
        if name in _ELSEWHERE:
            raise UnsupportedFieldError(f"`{name}` is nothing a model here can do. Leave it out.", param=name)
        known = ", ".join(KNOWN)
        raise UnknownFieldError(f"There is no field `{name[:60]}`. There are: {known}.", param=name[:60])


def _refuse_impossible(values: Mapping[str, Value]) -> None:
    for name in ("n", "num_outputs_per_prompt"):
        if fields.whole(values, name, least=1, most=1000) not in {None, 1}:
            raise UnsupportedFieldError(
                f"`{name}` must be 1: a call makes one video. Use POST /v1/videos/batch for many.", param=name
            )
    if fields.flag(values, "enhance_prompt"):
        raise UnsupportedFieldError(
            "No prompt is rewritten here: `enhance_prompt` must be false.", param="enhance_prompt"
        )


def _size(values: Mapping[str, Value]) -> tuple[int, int] | None:
    told = fields.text(values, "size", most=40)
    width = fields.whole(values, "width", least=1, most=100_000)
    height = fields.whole(values, "height", least=1, most=100_000)
    if told is not None and (width or height):
        raise FieldError("`size` is there, and so is `width` or `height`. Send one form of it.", param="size")
    if told is not None:
        return _sides(told)
    if (width is None) != (height is None):
        raise FieldError("`width` and `height` belong together: send both.", param="height" if width else "width")
    return None if width is None or height is None else (width, height)


def _sides(told: str) -> tuple[int, int]:
    width, found, height = told.strip().lower().replace("\u00d7", "x").partition("x")
    sides = [side.strip() for side in (width, height)]
    if not found or not all(side.isascii() and side.isdigit() and len(side) < 7 for side in sides):
        raise SizeError("The size is not WIDTHxHEIGHT in pixels; write it like 640x360.")
    return int(sides[0]), int(sides[1])


def _steps(values: Mapping[str, Value]) -> int | None:
    ours = fields.whole(values, "steps", least=1, most=1000)
    theirs = fields.whole(values, "num_inference_steps", least=1, most=1000)
    if ours is not None and theirs is not None:
        raise FieldError("`steps` and `num_inference_steps` are one thing. Send one of them.", param="steps")
    return theirs if ours is None else ours


def _terms(values: Mapping[str, Value]) -> str | None:
    """Where the terms of a constrained use stand: one without the other says nothing."""
    terms = fields.text(values, "mining_terms", most=_LONGEST_ADDRESS)
    is_constrained = values.get("mining") == "constrained"
    if is_constrained and terms is None:
        raise MissingFieldError("`mining` is constrained: say where the terms stand.", param="mining_terms")
    if terms is not None and not is_constrained:
        raise FieldError('`mining_terms` belong to `mining` "constrained". Leave them out.', param="mining_terms")
    if terms is not None and not terms.startswith(("https://", "http://")):
        raise FieldError("`mining_terms` is the address of the terms; write https://...", param="mining_terms")
    return terms


def _reference(values: Mapping[str, Value], files: Mapping[str, UploadFile]) -> Reference | None:
    name = "input_reference"
    if name in files:
        return Reference(file=files[name])
    told = values.get(name)
    if isinstance(told, str) and told.startswith("data:"):
        return _by_address(told)
    picture = fields.thing(values, name)
    if picture is None:
        return None
    if "file_id" in picture:
        raise UnsupportedFieldError("There is no store of files here: send the picture itself.", param=name)
    address = fields.text(picture, "image_url", most=_LONGEST_DATA_URL)
    if address is None or len(picture) > 1:
        raise FieldError("`input_reference` is a file, or an object with `image_url` and nothing else.", param=name)
    return _by_address(address)


def _cast(values: Mapping[str, Value], files: Mapping[str, UploadFile]) -> Cast:
    """Whom the first frame shows, and who is kept. Of somebody who is named in words the prompt says ``@name``."""
    told, reference = fields.text(values, "likeness", most=64), _reference(values, files)
    if told is not None and reference is None:
        raise MissingFieldError(
            "`likeness` says whom `input_reference` shows. Send the picture, or say @name in the prompt.",
            param="input_reference",
        )
    characters = _characters(fields.several(values, "characters") or [])
    if reference is not None:
        require_nobody(characters)
    return Cast(shown=() if told is None else (told.removeprefix("@"),), characters=characters)


def require_nobody(characters: tuple[str, ...]) -> None:
    """Raises FieldError where somebody is to come into a picture that is moved as it is."""
    if characters:
        raise FieldError("`input_reference` is moved as it is: nobody else comes in. Send one of them.", param=_CAST)


def _characters(told: list[Value]) -> tuple[str, ...]:
    """The ids of ``[{"id": ...}]``."""
    ids = []
    for place, one in enumerate(told):
        if not isinstance(one, dict) or set(one) != {"id"}:
            raise FieldError(f"`{_CAST}[{place}]` must be an object with `id` and nothing else.", param=_CAST)
        ids.append(fields.needed(fields.text(one, "id", most=_LONGEST_ID), _CAST))
    if len(ids) > MOST or len(set(ids)) < len(ids):
        raise FieldError(f"`{_CAST}` has {len(ids)} entries; it must have at most {MOST}, each once.", param=_CAST)
    return tuple(ids)


def _by_address(address: str) -> Reference:
    return Reference(data=address) if address[:5].lower() == "data:" else Reference(url=address)
