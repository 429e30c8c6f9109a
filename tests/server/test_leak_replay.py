"""The leak of 2024 against a desk that listens, through the official SDK: the key is held, and nobody else notices."""

import itertools

import pytest

from vitascope.bench.artists import Tongue, Town
from vitascope.bench.leaks import Leak
from vitascope.bench.replay import Piece, play
from vitascope.server.rehearsal import rehearsing

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")  # it is, elsewhere
_MINUTES = 10.0
_TOWN = Town(works=1.0, program=0.0, batch=0.0, long_day=0.0, tongue=Tongue(latin=1.0))


@pytest.fixture(scope="module", params=[60.0, pytest.param(15.0, marks=pytest.mark.slow)])
def played(request, tmp_path_factory):
    """Three members with five days of history, and ten minutes of the first one's key behind a page."""
    leak = Leak(render=request.param)
    piece = Piece(leak=leak, seed=2, members=3, days=5, each=18, painters=3, minutes=_MINUTES, town=_TOWN)
    return play(piece, rehearsing, tmp_path_factory.mktemp("leak"))


def test_the_key_is_held_in_time(played):
    """Watched, then slowed or stopped until its owner shows themselves, within ten minutes and forty renders."""
    assert played.watched is not None
    assert played.minutes <= 10
    assert played.renders <= 40
    assert played.level in {"throttle", "step_up"}


def test_the_page_is_slowed_by_it(played):
    """Held is not a word: it makes less than half of what four jobs at a time would have."""
    assert played.got_through < 4 * 60 * _MINUTES / (played.length + 5) / 2
    assert played.refusals


def test_the_owner_reads_why(played):
    """In the notices and in the refusal: what was seen, with points, and what to do."""
    assert all("points)" in words for words in played.why)
    assert any("is slowed" in words or "makes nothing new until" in words for words in played.why)
    assert any("points)" in said for said in played.refusals)


def test_nobody_else_is_touched(played):
    """Every order of the others is taken, nobody else is held, and who waits waits no longer than without the leak."""
    counts = {name: len(waits) for name, waits in played.undisturbed.items()}
    beside, alone = (sorted(itertools.chain(*waits.values())) for waits in (played.waits, played.undisturbed))

    assert (0, 0) == (played.others_refused, played.others_held)
    assert counts == {name: len(waits) for name, waits in played.waits.items()}
    assert len(alone) >= 5
    assert beside == pytest.approx(alone)
