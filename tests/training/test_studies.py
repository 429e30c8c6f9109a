"""The studies beyond plain accuracy, with discs for drawings and models that are perfect, deaf or frozen."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from tests.corpus.sprites import Discs, real
from vitascope.corpus.strangers import STRANGERS, register, style_of
from vitascope.rights.register import Register
from vitascope.text.words import PICTURED
from vitascope.training import colours, exam
from vitascope.training.presets import xs

pytestmark = pytest.mark.torch


class Player:
    """Shows the clips it is given, one for each plan, in order; remembers the plans."""

    def __init__(self, clips):
        self.preset, self._clips, self.plans = xs(), iter(clips), []

    def render(self, plan, tick):
        """The frames of the next clip."""
        self.plans.append(plan)
        yield from next(self._clips)


def _room(backend, atlas=None):
    from vitascope.backends.codec import LappedCodec
    from vitascope.training.checker_run import born
    from vitascope.training.room import Room

    return Room(checker=born(0), atlas=atlas or Discs(), codec=LappedCodec(xs().codec), backend=backend,
                speak=lambda _: None)  # fmt: skip


def _pairs(n, things):
    """Pairs of the subjects that the atlas of the tests holds."""
    ids = ("rocket", "turtle")
    return [
        replace(pair, scene=_of(pair.scene, ids), exchanged=_of(pair.exchanged, ids))
        for pair in colours.pairs(n, 0, things)
    ]


def _of(scene, ids):
    entities = (replace(entity, subject=name) for entity, name in zip(scene.entities, ids, strict=False))
    return replace(scene, entities=tuple(entities))


@pytest.mark.parametrize(("things", "judge"), [(2, colours.bound), (1, colours.worn)])
def test_hue_alone_sees_whose_colour_is_whose(things, judge):
    """On real renders nearly every pair is right; exchanged clips, and a model that hears no colour, are wrong."""
    room, asked = _room(None, real()), _pairs(8, things)
    clips = [colours._real(pair, room) for pair in asked]

    assert 7 <= sum(judge(*both, pair.colours) for both, pair in zip(clips, asked, strict=True))
    assert 0 == sum(judge(other, one, pair.colours) for (one, other), pair in zip(clips, asked, strict=True))
    assert 0 == sum(judge(one, one, pair.colours) for (one, _), pair in zip(clips, asked, strict=True))


def test_a_pair_asks_for_exchanged_colours_of_the_same_noise():
    """Both plans have one seed, and differ in nothing but the two colours."""
    room = _room(Player([]))
    for pair in colours.pairs(6, 0, 2):
        one, other = colours._plans(pair, room)
        assert one.seed == other.seed
        assert 2 == np.sum(one.words["token"] != other.words["token"])


def test_a_perfect_model_binds_and_its_baselines_do_not(monkeypatch):
    """The study's lines: the model, real renders, colour words unheard, shuffled captions."""
    asked = _pairs(4, 2)
    monkeypatch.setattr(colours, "pairs", lambda n, seed, things, edition: asked)
    room = _room(None, real())
    shown = [colours._real(pair, room) for pair in asked]
    player = Player([])
    monkeypatch.setattr(colours, "made", lambda room, plans, what: [both["exchanged" in what] for both in shown])

    study = colours.swap(_room(player, real()), 4, 0)

    rights = {line.kind: line.cells["right"].value for line in study.lines}
    assert rights["model"] == rights["real renders"] >= 75
    assert 0 == rights["colour words unheard"]


def test_the_stairs_ask_the_same_with_more_steps():
    """Each step count has the same questions and seeds; the second line on has a p."""
    from vitascope.training.stairs import STEPS, stairs

    asked = exam.questions({"seen": 2}, 50)
    clips = [exam.real(question, Discs()) for question in asked]
    player = Player(clips * len(STEPS))

    study = stairs(_room(player), 2, 0)

    assert [*STEPS] == [plan.steps for plan in player.plans[::2]]
    assert len({plan.seed for plan in player.plans}) == 2
    assert [True] * 3 == [line.cells["p"].value == 1.0 for line in study.lines[1:4]]


def test_the_distance_of_a_set_from_itself_is_none():
    """Two sets of one distribution lie nearer than a shifted one."""
    from vitascope.training.distance import between

    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((2, 120, 8)).astype(np.float32)

    same, far = between(one, other, 0), between(one + 1, other, 0)
    assert same.low < 0.1
    assert far.low > same.high


def test_no_stranger_may_be_learned_from():
    """The fifty have a register of their own, and that of training knows none of them."""
    works = register().works

    assert 50 == len(works) == len(STRANGERS)
    learned = Register.load().works
    assert set() == works.keys() & learned.keys()
    assert set() == {work.sha256 for work in works.values()} & {work.sha256 for work in learned.values()}


class Fifty:
    """A drawing for each stranger: a disc of its own hue and size."""

    def sprite(self, subject, style):
        """The disc of that name."""
        number = STRANGERS.index(subject)
        axis = np.arange(128) - 63.5
        inside = (np.abs(axis[None]) + np.abs(axis[:, None]) * (1 + number % 3) < 50).astype(np.uint8)
        paint = [(number * 67) % 256, (number * 151) % 256, (number * 29) % 256]
        keys = np.stack([inside * value for value in paint] + [inside * 255], axis=2)[None]
        return replace(Discs().sprite(subject, style), pixels=np.uint8(keys))


def test_a_picture_study_gives_the_picture_and_hides_the_word():
    """First frame, or kept: the plans say so, and no word names the thing; still images do not move."""
    from vitascope.training import strangers

    asked = strangers.questions(3, 0)
    clips = [strangers._real(one, Fifty().sprite(STRANGERS[one.number], style_of(one.number)), 128) for one in asked]
    player = Player(clips * 2)

    study = strangers.image(_room(player), Fifty(), 3, 0)

    first, look = player.plans[0], player.plans[3]
    assert (True, False) == (first.first_frame is not None, 1 in first.cast)
    assert (False, True) == (look.first_frame is not None, 1 in look.cast)
    from vitascope.text.words import VOCABULARY

    assert VOCABULARY.index(PICTURED) == first.words["token"][0]
    identity = {line.kind: line.cells["identity"].value for line in study.lines}
    assert identity["model, first frame given"] == identity["real renders"]
    assert 0 == identity["another drawing's clip"]


def test_studies_are_chosen_by_name():
    """All, none, some, with counts; a strange name is told with what there is."""
    from vitascope.training.studies import STUDIES, chosen, clips_of

    assert {} == chosen("none")
    assert STUDIES.keys() == chosen("all").keys()
    assert {"steps": 60, "swap": STUDIES["swap"].questions} == chosen("steps:60,swap")
    assert 120 == clips_of({"swap": 60})
    with pytest.raises(ValueError, match=r"no study sway. There are: steps"):
        chosen("sway")
