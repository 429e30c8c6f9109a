"""Painted places: flat picture-book backgrounds for every place and time of the world, by our own code.

A place keeps its colours and its layout; a seed moves its horizon, hills, trees, clouds and stars about. There are
painters for more places than a model may know: what is drawn by chance is drawn from its edition of the world.
"""

from collections.abc import Callable, Mapping

import numpy as np

from vitascope.corpus import places_built, places_far, places_indoor, places_land, places_water
from vitascope.corpus.brushes import LIGHTS, Light, blank
from vitascope.types import Pixels

Painter = Callable[[Pixels, Light, np.random.Generator], None]

PAINTERS: Mapping[str, Painter] = {
    "beach": places_water.beach,
    "meadow": places_land.meadow,
    "snow": places_land.snow,
    "desert": places_land.desert,
    "forest": places_land.forest,
    "city": places_built.city,
    "sea": places_water.sea,
    "underwater": places_water.underwater,
    "space": places_far.space,
    "mountains": places_land.mountains,
    "room": places_indoor.room,
    "sky": places_far.sky,
    "jungle": places_land.jungle,
    "farm": places_built.farm,
    "lake": places_water.lake,
    "cave": places_land.cave,
    "volcano": places_land.volcano,
    "castle": places_built.castle,
    "village": places_built.village,
    "moon": places_far.moon,
    "stage": places_indoor.stage,
    "kitchen": places_indoor.kitchen,
}
"""Who paints which place."""

SHELTERED = frozenset(("room", "cave", "stage", "kitchen"))
"""Places into which no rain falls; it is seen through a window, the mouth of the cave, or painted on the backdrop."""


def paint(place: str, time: str, rng: np.random.Generator, side: int = 192) -> Pixels:
    """A background, ``(side, side, 3)``; the same generator state gives the same picture."""
    canvas = blank(side)
    PAINTERS[place](canvas, LIGHTS[time], rng)
    return canvas
