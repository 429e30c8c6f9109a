"""The description of the API for machines: bodies in all their forms, errors, and an example of each."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

_PROMPT = {"type": "string", "minLength": 1, "maxLength": 32_000, "description": "What is seen, in a sentence or two."}
_PICTURE = {
    "type": "object",
    "properties": {"image_url": {"type": "string", "maxLength": 20_971_520, "description": "A data URL."}},
    "required": ["image_url"],
    "additionalProperties": False,
    "description": "The first frame: a file, or an object with its address.",
}
_SOURCE = {
    "type": "object",
    "properties": {"id": {"type": "string", "minLength": 1, "maxLength": 100}},
    "required": ["id"],
    "additionalProperties": False,
}
_RIGHTS = {
    "likeness": {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "description": "The claimed name of whoever `input_reference` shows, where it shows a person.",
    },
    "mining": {
        "type": "string",
        "enum": ["notAllowed", "allowed", "constrained"],
        "default": "notAllowed",
        "description": "Whether others may mine the file and train on it, as its credential says.",
    },
    "mining_terms": {
        "type": "string",
        "pattern": "^https?://",
        "maxLength": 2000,
        "description": "Where the terms stand; with `mining` constrained, and only then.",
    },
}
_FILM = {"type": "string", "format": "binary"}


class Told(TypedDict):
    """What is inside the envelope."""

    message: str
    type: str
    param: str | None
    code: str | None


class Refusal(TypedDict):
    """The envelope of every error."""

    error: Told


_REFUSED = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
_COMMON = (400, 401, 403, 404, 408, 413, 429, 500, 503, 507)


def answers(success: Any, *statuses: int, media_type: str = "application/json") -> dict[int | str, dict[str, Any]]:  # noqa: ANN401  # a type, or None where the answer is a file
    """What a call may answer: ``success``, and errors in the envelope."""
    good: dict[str, Any] = {"description": "Done"}
    if success is not None:
        good["model"] = success
    else:
        good["content"] = {media_type: {"schema": _FILM}}
    errors: dict[int | str, dict[str, Any]] = {
        status: {"description": HTTPStatus(status).phrase, "content": _REFUSED} for status in (*_COMMON, *statuses)
    }
    return {200: good, **errors}


def envelope() -> dict[str, Any]:
    """The schemas of the envelope. Calls point at them; a model in each of 1,500 answers takes a second to describe."""
    schema = TypeAdapter(Refusal).json_schema(ref_template="#/components/schemas/{model}")
    inner: dict[str, Any] = schema.pop("$defs")
    return inner | {"Refusal": schema}


_CHARACTERS = {
    "characters": {
        "type": "array",
        "items": _SOURCE,
        "maxItems": 2,
        "description": "Kept characters, whose names the prompt says. Not beside `input_reference`.",
    }
}


def _scalars() -> dict[str, Any]:
    """The fields of an order, but for the picture."""
    return {
        "prompt": _PROMPT,
        "model": {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "default": "sora-2",
            "description": "A name from GET /v1/models, or one of Sora's, which stands for the model of the house.",
        },
        "seconds": {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3})?$"},
                {"type": "number", "exclusiveMinimum": 0, "maximum": 600},
            ],
            "description": "Length; what a model can is in GET /v1/models.",
            "default": "4",
        },
        "size": {
            "type": "string",
            "pattern": "^[0-9]{2,4}x[0-9]{2,4}$",
            "default": "720x1280",
            "description": "Width and height in pixels.",
        },
        "seed": {
            "type": "integer",
            "minimum": 0,
            "maximum": 2**63 - 1,
            "description": "The same seed and order paint the same frames; one is drawn where none is told.",
        },
        "fps": {"type": "integer", "minimum": 1, "maximum": 60, "description": "Frames a second."},
        "steps": {
            "type": "integer",
            "minimum": 1,
            "maximum": 100,
            "description": "Steps of the sampler: fewer are faster, and the model knows how many it needs.",
        },
        "priority": {
            "type": "string",
            "enum": ["high", "normal", "low"],
            "description": "At most that of your key.",
        },
        **_RIGHTS,
    }


def _body(
    properties: Mapping[str, Any], required: list[str], example: object, files: Mapping[str, Any]
) -> dict[str, Any]:
    """One call's body as JSON and as a form, where ``files`` stand in for values of the same name."""

    def schema(fields: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": dict(fields), "required": required, "additionalProperties": False}

    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": schema(properties), "example": example},
                "multipart/form-data": {"schema": schema({**properties, **files}), "example": example},
            },
        },
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,255}$"},
                "description": "The same key and the same request give the same video, however often it is sent.",
            }
        ],
    }


_PARROT = "a parrot flies over a beach at sunset"

ORDER_BODY = _body(
    {**_scalars(), "input_reference": _PICTURE, **_CHARACTERS},
    ["prompt"],
    {"prompt": _PARROT, "model": "sora-2", "seconds": "4", "size": "720x1280"},
    {"input_reference": {**_FILM, "description": _PICTURE["description"]}},
)
REMIX_BODY = _body({"prompt": _PROMPT}, ["prompt"], {"prompt": "a parrot flies over a city at night"}, {})
EDIT_BODY = _body(
    {**_scalars(), "video": _SOURCE}, ["prompt", "video"], {"prompt": _PARROT, "video": {"id": "video_..."}}, {}
)
EXTEND_BODY = _body(
    {**_scalars(), "video": _SOURCE},
    ["prompt", "video", "seconds"],
    {"prompt": _PARROT, "video": {"id": "video_..."}, "seconds": "4"},
    {},
)


def json_body(schema: Mapping[str, Any], example: object) -> dict[str, Any]:
    """A body that is JSON only."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def form_body(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    """A body that is a form only."""
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def order_schema() -> dict[str, Any]:
    """One order in a batch."""
    properties = {**_scalars(), "input_reference": _PICTURE, **_CHARACTERS}
    return {"type": "object", "properties": properties, "required": ["prompt"], "additionalProperties": False}
