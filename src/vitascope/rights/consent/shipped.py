"""The models that come with the package, each with the register its weights name; nobody has to record them."""

import json
from functools import cache
from importlib import resources

from vitascope.rights.consent.snapshots import ShippedModel
from vitascope.rights.register import Register
from vitascope.text.world import EDITIONS, later_than

_PACKAGE, _FOLDER = "vitascope", "weights"


@cache
def shipped_models() -> tuple[ShippedModel, ...]:
    """Every model whose weights are in the package, by name; no weights and no network are loaded for it."""
    folder = resources.files(_PACKAGE) / _FOLDER
    presets = sorted((file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name)
    told = [json.loads(file.read_text("utf-8")) for file in presets]
    return tuple(
        ShippedModel(name=one["name"], weights_sha256=one["weights_sha256"], register=_learned(one["trained_on"]))
        for one in told
    )


def _learned(trained_on: str) -> Register:
    """The register of that hash: the package's, or what of it an earlier edition of the world had.

    Where it is neither, all of the package's: a model that nobody can clear of a work saw it.
    """
    whole = Register.load()
    earlier = (whole.without(later_than(edition)) for edition in reversed(EDITIONS))
    return next((each for each in earlier if each.sha256() == trained_on), whole)
