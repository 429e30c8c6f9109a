"""Second opinions by arithmetic: where things go, and which place a picture looks like."""

import numpy as np
import pytest

from tests.corpus.sprites import Discs, real
from vitascope.corpus.compositor import render
from vitascope.corpus.scenes import stage
from vitascope.text.scene import Entity, Scene
from vitascope.text.world import FIRST
from vitascope.training.crosscheck import Layouts, direction, flow_direction


def _clip(motion, place="meadow", seed=0, time="day", drawings=None):
    scene = Scene(entities=(Entity(subject="rocket", motions=(motion,)),), place=place, time=time, camera="static")
    return render(stage(scene, np.random.default_rng(seed)), drawings or Discs())


@pytest.mark.parametrize("motion", ["right", "left", "up", "down"])
@pytest.mark.parametrize("place", ["meadow", "space"])
def test_a_straight_path_is_seen(motion, place):
    """What crosses the picture is followed, whatever lies behind it."""
    assert motion == direction(_clip(motion, place))
    assert motion == flow_direction(_clip(motion, place, drawings=real()))


@pytest.mark.parametrize("motion", ["still", "jump", "spin", "swing", "grow", "shake", "cross", "appear"])
def test_all_else_goes_nowhere(motion):
    """What stays, comes back or goes aslant has no direction; neither has rain."""
    assert direction(_clip(motion)) is None
    assert direction(_clip(motion, time="rain")) is None
    assert flow_direction(_clip(motion, drawings=real())) is None


def test_an_empty_clip_goes_nowhere():
    """Seventeen times the same grey: there is nothing to follow."""
    assert direction(np.full((17, 64, 64, 3), 90, np.uint8)) is None


def test_places_are_told_by_their_colours():
    """By day, every place is told from every other, in paintings the means were not made of."""
    layouts = Layouts()

    assert list(FIRST.places) == [layouts.place(_clip("still", place, seed=5)) for place in FIRST.places]
