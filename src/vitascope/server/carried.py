"""The models this house has, of the package or as its workers tell of them, and the works each learned from."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import pairwise

from vitascope.rights.consent import snapshots
from vitascope.rights.consent.repository import LearnedModel
from vitascope.rights.consent.shipped import shipped_models
from vitascope.rights.consent.snapshots import ShippedModel
from vitascope.rights.register import register_in_use
from vitascope.rights.uses import LEARNS, Use
from vitascope.settings import settings
from vitascope.store.database import Transaction
from vitascope.text.lexicon import name as called
from vitascope.text.world import EDITIONS, FIRST, Edition, later_than
from vitascope.videos import workers


def carried(tx: Transaction, now: datetime) -> tuple[ShippedModel, ...]:
    """The models of the package, then each other that workers tell of and that learned anything.

    The weights of the package name their register; of another model it is that of its edition of the world, as this
    house learns from it.
    """
    base, packaged = register_in_use(settings().home), shipped_models()
    known = {model.weights_sha256 for model in packaged}
    return packaged + tuple(
        ShippedModel(
            name=one.model,
            weights_sha256=one.weights_sha256,
            register=base.without(later_than(edition_of(one.words))),
        )
        for one in workers.capabilities(tx, now.timestamp())
        if one.weights_sha256.strip("0") and one.weights_sha256 not in known
    )


def that_saw(
    tx: Transaction, names: Collection[str], now: datetime, uses: frozenset[Use] = LEARNS
) -> list[dict[str, str]]:
    """The models that learned from any of these works by these uses, recorded or carried, for an answer."""
    return named(snapshots.models_that_saw(tx, names, carried(tx, now), uses))


def named(models: Iterable[LearnedModel | ShippedModel]) -> list[dict[str, str]]:
    """Models by name and weights."""
    return [{"name": model.name, "weights_sha256": model.weights_sha256} for model in models]


def edition_of(words: Collection[str]) -> Edition:
    """The edition of the world a model was taught: the last of whose new things it names one."""
    for before, edition in reversed(list(pairwise(EDITIONS))):
        if any(called(thing) in words for thing in {*edition.subjects} - {*before.subjects}):
            return edition
    return FIRST
