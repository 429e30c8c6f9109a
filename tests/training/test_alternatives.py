"""What the checker does not name is judged by the real clips of all answers."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

from tests.corpus.sprites import Discs
from tests.training.test_studies import Player, _room
from vitascope.text.words import VOCABULARY
from vitascope.training import alternatives
from vitascope.training.alternatives import KINDS, choices, nearest

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(("kind", "count"), list(zip(KINDS, (6, 3, 3, 6, 4), strict=True)))
def test_answers_differ_in_what_is_asked_about_alone(kind, count):
    """All are different, and what is asked for is now one of them, now another."""
    asked = choices(kind, 24, 0)

    assert {count} == {len(choice.scenes) for choice in asked} == {len(set(choice.scenes)) for choice in asked}
    for choice in asked:
        assert 1 == len({(scene.place, scene.time, scene.take) for scene in choice.scenes})
        assert 1 == len({frozenset(entity.subject for entity in scene.entities) for scene in choice.scenes})
    assert asked == choices(kind, 24, 0)
    said = {"camera": lambda s: s.camera, "count": lambda s: s.entities[0].count, "size": lambda s: s.entities[0].size,
            "relation": lambda s: s.relation, "two movements": lambda s: len(s.entities[0].motions)}  # fmt: skip
    assert len({said[kind](choice.scenes[0]) for choice in asked}) > 1


def test_the_model_is_told_all_that_is_asked_for():
    """Counts, sizes, cameras, relations and both movements are words of the plan; what goes without saying is none."""
    told = {
        kind: [
            ({VOCABULARY[token] for token in alternatives._plan(choice, _room(Player([]))).words["token"]}, choice)
            for choice in choices(kind, 12, 0)
        ]
        for kind in KINDS
    }
    for words, choice in (one for answers in told.values() for one in answers):
        scene = choice.scenes[0]
        wanted = {scene.camera, scene.relation, *(e.size for e in scene.entities), *(e.count for e in scene.entities)}
        assert wanted - {None, "one", "static"} == words & {
            "two", "three", "small", "large", "next_to", "chases", "above", "pan_left", "pan_right", "zoom_in",
            "zoom_out", "camera_shake",
        }  # fmt: skip
        assert {f"motion:{motion}" for e in scene.entities for motion in e.motions} <= words


def test_the_nearest_of_all_answers_is_found():
    """By pixels of small frames; noise hides nothing."""
    rng = np.random.default_rng(0)
    clips = [np.full((17, 128, 128, 3), shade, np.uint8) for shade in (40, 90, 160)]

    assert [0, 1, 2] == [nearest(clip + rng.integers(0, 30, clip.shape, np.uint8), clips) for clip in clips]


def test_a_perfect_model_is_right_and_its_baselines_are_not(monkeypatch):
    """One that shows the real clip of each answer; a still, or a clip of another caption, seldom is right."""
    kept = choices

    def with_rockets(kind, n, seed, edition):
        return [replace(choice, scenes=tuple(map(_rockets, choice.scenes))) for choice in kept(kind, n, seed, edition)]

    monkeypatch.setattr(alternatives, "choices", with_rockets)
    room = _room(None, Discs())
    asked = [choice for kind in KINDS for choice in with_rockets(kind, 2, 0, room.edition)]
    player = Player([alternatives._real(room, choice.scenes[0], choice.seed) for choice in asked])

    model, _, coded, still, shuffled = alternatives.alternatives(replace(room, backend=player), 2, 0).lines

    assert dict.fromkeys(KINDS, 100.0) == {kind: cell.value for kind, cell in model.cells.items()}
    assert 100.0 == coded.cells["camera"].value == coded.cells["count"].value
    assert sum(cell.value for cell in still.cells.values()) < 500
    assert sum(cell.value for cell in shuffled.cells.values()) < 300


def _rockets(scene):
    names = ("rocket", "turtle")
    things = [replace(e, subject=names[n]) for n, e in enumerate(sorted(scene.entities, key=lambda e: e.subject))]
    order = {e.subject: thing for e, thing in zip(sorted(scene.entities, key=lambda e: e.subject), things, strict=True)}
    return replace(scene, entities=tuple(
        replace(entity, subject=order[entity.subject].subject) for entity in scene.entities
    ))  # fmt: skip
