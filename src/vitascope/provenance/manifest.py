"""What a seal states, as a C2PA manifest: who made the file with what, from which files, and what may be done with it.

Specification: C2PA 2.2 (actions, ingredients, soft binding); CAWG training and data mining assertion 1.1.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from vitascope import __version__
from vitascope.provenance.patterns import SCHEME
from vitascope.types import NO_MINING, Change, Mining, Source

RELEASE = "org.vitascope.release"
"""Label of the assertion that names model, credits and sources."""

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MADE, _MIXED = _SOURCE_TYPES + "trainedAlgorithmicMedia", _SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"
_RELATIONS = {
    "first-frame": "inputTo",  # fed to a model that made this file; "parentOf" would say this is an edit of the picture
    "parent": "parentOf",
    "component": "componentOf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the house states about a file."""

    title: str
    model: str
    weights_sha256: str
    trained_on: str  # sha256 of the works register the training data was cleared by
    mark_id: int
    credits: tuple[str, ...] = ()  # artists whose works the model learned the named things from
    sources: tuple[Source, ...] = ()  # files that went into this one
    change: Change | None = None  # what was done to the parent among them
    mining: Mining = NO_MINING


def manifest(claim: Claim) -> dict[str, object]:
    """The manifest definition of ``claim``, as c2pa reads it."""
    release = {
        "model": claim.model,
        "weights_sha256": claim.weights_sha256,
        "credits": list(claim.credits),
        "sources": [_identity(source) for source in claim.sources],
    }
    return {
        "claim_generator_info": [{"name": "Vitascope", "version": __version__}],
        "title": claim.title,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": list(_actions(claim))}},
            {"label": "cawg.training-mining", "data": {"entries": _entries(claim.mining)}},
            {"label": "c2pa.soft-binding", "data": _soft_binding(claim.mark_id)},
            {"label": RELEASE, "data": release},
        ],
    }


def ingredient(source: Source, number: int) -> dict[str, object]:
    """How the source of that number is named in the manifest."""
    return {
        "title": source.role.replace("-", " "),
        "relationship": _RELATIONS[source.role],
        "label": _label(number),
    }


def _actions(claim: Claim) -> Iterator[dict[str, object]]:
    """A clip made from nothing is created, and what is given placed in it; one with a parent opens it, and edits."""
    labels = {role: [_label(n) for n, s in enumerate(claim.sources) if s.role == role] for role in _RELATIONS}
    agent = {"name": f"Vitascope {claim.model}", "version": claim.weights_sha256[:12] or __version__}
    made_at = datetime.now(UTC).isoformat(timespec="seconds")  # by our own clock: no time stamp of a third party
    details: dict[str, object] = {
        "org.vitascope.weights": claim.weights_sha256,
        "org.vitascope.dataset": claim.trained_on,
    }
    if labels["first-frame"]:
        details["ingredientIds"] = labels["first-frame"]
    if not labels["parent"]:
        source_type = _MIXED if labels["component"] else _MADE
        made = {"action": "c2pa.created", "when": made_at, "digitalSourceType": source_type}
        yield made | {"softwareAgent": agent, "parameters": details}
        if labels["component"]:
            yield {"action": "c2pa.placed", "parameters": {"ingredientIds": labels["component"]}}
        return
    yield {"action": "c2pa.opened", "parameters": {"ingredientIds": labels["parent"]}}
    if labels["component"]:
        yield {"action": "c2pa.placed", "parameters": {"ingredientIds": labels["component"]}}
    yield {
        "action": "c2pa.edited",
        "when": made_at,
        "description": claim.change or "edited",
        "digitalSourceType": _MIXED,
        "softwareAgent": agent,
        "parameters": details,
    }


def _identity(source: Source) -> dict[str, object]:
    """What tells a source again even where its container carries no credential into the chain."""
    beside: dict[str, object] = (
        {} if source.sidecar is None else {"manifest_sha256": hashlib.sha256(source.sidecar).hexdigest()}
    )
    return {"role": source.role, "sha256": hashlib.sha256(source.content).hexdigest()} | beside


def _entries(mining: Mining) -> dict[str, dict[str, str]]:
    uses = {
        "cawg.data_mining": mining.data_mining,
        "cawg.ai_training": mining.ai_training,
        "cawg.ai_generative_training": mining.ai_generative_training,
        "cawg.ai_inference": mining.ai_inference,
    }
    terms = {"constraint_info": mining.terms}
    return {name: {"use": use} | (terms if use == "constrained" else {}) for name, use in uses.items()}


def _soft_binding(mark_id: int) -> dict[str, object]:
    value = base64.b64encode(mark_id.to_bytes(8, "big")).decode()
    return {"alg": SCHEME, "blocks": [{"scope": {}, "value": value}]}


def _label(number: int) -> str:
    return f"source-{number}"
