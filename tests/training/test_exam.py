"""The questions of the exam, and the pictures they are held against."""

import hashlib
import json
from dataclasses import asdict

import numpy as np
import pytest

from tests.corpus.sprites import Discs
from vitascope.corpus.graphs import belongs
from vitascope.text.words import VOCABULARY
from vitascope.text.world import EDITIONS, FIRST, SECOND
from vitascope.training import exam
from vitascope.training.presets import xs
from vitascope.training.traits import traits


def _questions(seed=0):
    return exam.questions({"seen": 6, "held_motion": 6, "held_place": 6}, seed)


def test_every_question_is_of_its_split():
    """Seen pairs hold nothing training did not show; each held split holds exactly its own kind of pair."""
    asked = _questions()

    assert 18 == len(asked)
    assert all(belongs(question.scene, question.split) for question in asked)


def test_questions_are_drawn_by_the_seed():
    """Same seed, same exam; another seed, another; and every question has a seed of its own."""
    assert _questions() == _questions()
    assert _questions() != _questions(seed=1)
    assert 36 == len({question.seed for seed in (0, 1) for question in _questions(seed)})


def test_more_questions_begin_with_the_same_ones():
    """A longer exam repeats the shorter one, so that figures of both can be compared."""
    longer = exam.questions({"seen": 9}, 0)

    assert _questions()[:6] == longer[:6]


def test_a_prompt_says_what_is_judged_and_no_more():
    """The words a model is asked with are subject, motion, place and time, and the take that a seed would choose."""
    question = _questions()[0]

    plan = exam.plan_of(question, xs())

    told = traits(question.scene)
    said = [VOCABULARY[token] for token in plan.words["token"] if token]
    assert [told.subject, f"motion:{told.motion}", f"place:{told.place}", told.time, question.scene.take] == said
    assert (17, 4, (128, 128)) == (plan.frames, plan.steps, plan.size)


@pytest.mark.parametrize(("split", "changed"), [("held_motion", "motion"), ("held_place", "place")])
def test_the_copier_shows_something_training_knew(split, changed):
    """Its clip differs from the question in the held-out word alone, and training showed that pair."""
    for question in (question for question in _questions() if question.split == split):
        copied, asked = traits(exam.nearest(question)), traits(question.scene)

        assert belongs(exam.nearest(question), "seen")
        assert [changed] == [name for name in asked.__slots__ if getattr(asked, name) != getattr(copied, name)]


def test_the_mask_is_the_subject():
    """A disc half as wide as its sprite, whose middle is where the mask's is."""
    question = next(q for q in _questions() if q.scene.entities[0].motions != ("appear",))

    inside = exam.mask(question, Discs())

    assert (17, 128, 128) == inside.shape
    assert 0.01 < inside.mean() < 0.2


def test_real_clips_repeat():
    """The real clip of a question is the same every time, and moves with its seed."""
    first, second = _questions()[:2]

    assert np.array_equal(exam.real(first, Discs()), exam.real(first, Discs()))
    assert not np.array_equal(exam.real(first, Discs()), exam.real(second, Discs()))


def test_the_exam_of_the_first_edition_is_what_it_was():
    """The scenes that figures in the book were measured on, though the world has grown since."""
    asked = exam.questions({"seen": 20, "held_motion": 10, "held_place": 10}, 0)

    told = json.dumps([(asdict(question.scene), question.seed) for question in asked])
    assert "214733299370" == hashlib.sha256(told.encode()).hexdigest()[:12]


def test_an_exam_asks_for_its_edition():
    """A model of the second is asked for what is new, and only that one."""
    first, second = (exam.questions({"seen": 200}, 0, edition) for edition in EDITIONS)
    news = set(SECOND.motions) - set(FIRST.motions)

    assert news <= {question.scene.entities[0].motions[0] for question in second}
    assert not news & {question.scene.entities[0].motions[0] for question in first}
