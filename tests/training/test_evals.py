"""The exam as a whole, with discs for drawings, a checker that knows nothing, and models that are perfect or blank."""

import json

import numpy as np
import pytest

from tests.corpus.sprites import Discs
from tests.fakes import MovingGradient
from vitascope.training import exam
from vitascope.training.presets import xs
from vitascope.training.traits import Traits

pytestmark = pytest.mark.torch

COUNTS = {"seen": 3, "held_motion": 2, "held_place": 2}
KINDS = ("real renders", "codec round trip", "real renders, blurred", "one frame held still")


class Renderer:
    """A model without fault: it shows the real render of what it is asked."""

    def __init__(self, questions):
        self.preset = xs()
        self.clips = {question.seed: exam.real(question, Discs()) for question in questions}

    def render(self, plan, tick):
        """Yields the frames of the real clip."""
        yield from self.clips[plan.seed]


@pytest.fixture(scope="module")
def questions():
    """A short exam."""
    return exam.questions(COUNTS, 0)


def _room(backend, said=None):
    from vitascope.backends.codec import LappedCodec
    from vitascope.training.checker_run import born
    from vitascope.training.evals import Room

    speak = (lambda sentence: None) if said is None else said.append
    return Room(checker=born(0), atlas=Discs(), codec=LappedCodec(xs().codec), backend=backend, speak=speak)


def _subject(weights="ab" * 32):
    from vitascope.training.report import Subject

    return Subject(name="xs", weights_sha256=weights, steps=16, guidance=2.0, command="make eval", seed=0,
                   checker_renders=7, machine="A")  # fmt: skip


@pytest.fixture(scope="module")
def perfect(questions):
    """The report and the contact sheet of the model without fault."""
    from vitascope.training.evals import evaluate

    return evaluate(_room(Renderer(questions)), questions, _subject(), examined=3)


def test_a_model_without_fault_scores_like_real_renders(perfect):
    """Its row equals the row of real renders in every split: the model is judged by its frames alone."""
    by = {(row.split, row.kind): row.score for row in perfect[0].rows}

    for split in COUNTS:
        assert by[split, "real renders"] == by[split, "model"]


def test_every_row_has_its_baselines(perfect):
    """Model, real renders, codec, one frame held, and shuffled captions; the copier where a pair is held out."""
    kinds = {split: [row.kind for row in perfect[0].rows if row.split == split] for split in COUNTS}

    assert ["model", *KINDS, "shuffled captions"] == kinds["seen"]
    assert ["model", *KINDS, "nearest training clip", "shuffled captions"] == kinds["held_motion"]
    assert kinds["held_motion"] == kinds["held_place"]
    assert all(row.score.joint.n == COUNTS[row.split] for row in perfect[0].rows)


def test_without_a_model_the_baselines_stand_alone(questions):
    """No model row, and shuffled captions are judged on real renders."""
    from vitascope.training.evals import papers, rows

    kinds = [row.kind for row in rows(list(papers(_room(None), questions[:3])))]

    assert [*KINDS, "shuffled captions"] == kinds


def test_shuffled_captions_ask_the_wrong_question(questions):
    """A paper without fault scores nothing in subjects when each clip is held against the next question."""
    from vitascope.training.evals import Paper, rows
    from vitascope.training.traits import traits

    asked = tuple(questions[:3])
    seen = tuple(traits(question.scene) for question in asked)
    clips = tuple(np.zeros((17, 8, 8, 3), np.uint8) for _ in asked)

    right, shuffled = rows([Paper(kind="model", split="seen", questions=asked, clips=clips, seen=seen)])

    assert 3 == right.score.joint.hits
    assert 0 == shuffled.score.joint.hits


def test_waiting_is_told(questions):
    """Every twenty clips the model makes, a sentence says how long the rest takes."""
    from vitascope.training.room import made

    said = []
    plans = [exam.plan_of(question, xs()) for question in [*questions * 3][:20]]
    clips = list(made(_room(MovingGradient(), said), plans, "seen prompts"))

    assert 20 == len(clips)
    assert "seen prompts: 20 of 20 clips" in said[0]


def test_second_opinions_know_the_way_of_real_clips(perfect):
    """On real renders arithmetic alone finds most places and most directions."""
    opinions = {one.kind: one for one in perfect[0].opinions}

    assert ["model", "real renders"] == list(opinions)
    assert opinions["real renders"].direction_right.value > 0.8
    assert opinions["real renders"].place_right.value > 0.8


def test_the_codec_is_measured_where_the_subject_is(perfect):
    """Plausible decibels, and other ones inside the subject than over the whole picture."""
    codec = perfect[0].codec

    assert 25 < codec.whole < 60
    assert codec.subject != pytest.approx(codec.whole)


def test_the_sheet_shows_the_seen_prompts(perfect):
    """Two columns of six frames: three clips take two rows of them."""
    from vitascope.media.sheets import contact_sheet

    row = [np.zeros((128, 128, 3), np.uint8)] * 6
    height, width, _ = contact_sheet([row] * 2, ["caption"] * 2).shape

    assert (height, 2 * width, 3) == perfect[1].shape
    assert perfect[1].std() > 10


def test_lines_for_the_figures_are_complete(perfect):
    """Nine filled columns a line: what the table of figures asks for."""
    from vitascope.training.report import markdown

    lines = markdown(perfect[0]).splitlines()

    assert 3 + 1 + 1 + 2 == len(lines)
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        assert 9 == len(cells)
        assert all(cells)
    assert "abababababab" in lines[0]


def test_the_report_is_kept_with_its_intervals(perfect, tmp_path):
    """JSON with hits, n, value and interval of every share, the weights' hash, the seed and the decibels."""
    from vitascope.training.report import save

    save(perfect[0], tmp_path / "evals" / "xs.json")

    kept = json.loads((tmp_path / "evals" / "xs.json").read_text())
    assert ("ab" * 32, 0, 7) == tuple(kept["subject"][name] for name in ("weights_sha256", "seed", "checker_renders"))
    first = kept["rows"][0]
    assert ("seen", "model", 3) == (first["split"], first["clips"], first["joint"]["n"])
    assert 2 == len(first["place"]["interval"])
    assert perfect[0].codec.whole == kept["codec"]["whole"]
    assert 3 == kept["checker"]["joint"]["n"]


def test_traits_of_a_sheet_are_read_in_order():
    """Subject, motion, place, time: as the caption names them."""
    from vitascope.training.evals import _words

    assert ("owl", "up", "sea", "day") == _words(Traits(subject="owl", motion="up", place="sea", time="day"))
