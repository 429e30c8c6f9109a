"""What is on its way is told as it comes: place, stage, preview, end; to its owner alone, and only what changed."""

import json
import time

import pytest
from sitting import Sitting

from vitascope.programme.people import repository as people
from vitascope.server.studio import way
from vitascope.videos import book, events
from vitascope.videos.job import Failure, Stage


@pytest.fixture
def ana(desk):
    desk.carry()
    return Sitting(desk)


@pytest.fixture
def told(ana, desk):
    """What one page was told so far, whenever it looks."""
    seen = way._Told()

    def look():
        with desk.database.reading() as tx:
            return {line["id"]: line for line in way._changes(tx, ana.party, seen) if "html" in line}

    return look


def _report(desk, held, stage, percent):
    with desk.database.transaction() as tx:
        book.report(tx, held, stage, percent, time.time())


def test_a_film_is_followed_from_its_place_to_its_end(ana, desk, told):
    """Where it stands in the queue, what is done and how long it takes; at the end a way to watch it."""
    first, second = ana.order("<b>one</b>"), ana.order()
    waits = told()
    held = desk.begin(first)
    _report(desk, held, Stage(name="denoise", step=3, steps=8, eta_seconds=100.0), 30)
    runs = told()
    with desk.database.transaction() as tx:
        book.release(tx, held)
    desk.finish(first)
    ended = told()

    assert {first, second} == set(waits)
    assert "&lt;b&gt;one&lt;/b&gt;" in waits[first]["html"]
    assert ("Painting, 3 of 8, about 2 min left", 30) == (runs[first]["words"], runs[first]["percent"])
    assert f'href="/studio/films/{first}"' in ended[first]["html"]
    assert first not in told()


def test_what_waits_says_for_what(ana, desk, told, monkeypatch):
    """How many are before it; and that no worker carries its model, while that is so."""
    monkeypatch.setattr(book.workers, "alive", lambda *_: ())
    video = ana.order()

    assert "no worker carries twin" in told()[video]["words"]


def test_a_failure_says_why_and_a_cancelled_film_costs_nothing(ana, desk, told):
    """With a way to order it again."""
    failed, cancelled = ana.order(), ana.order()
    told()
    held = desk.begin(failed)
    with desk.database.transaction() as tx:
        book.fail(tx, held, Failure(code="unknown_words", message="I know <none> of these."), time.time())
    assert 200 == ana.post("cancel", video=cancelled).status_code
    shown = told()

    assert "I know &lt;none&gt; of these." in shown[failed]["html"]
    assert f"/studio?again={failed}" in shown[failed]["html"]
    assert "It costs nothing" in shown[cancelled]["html"]
    assert cancelled in desk.queue.withdrawn


def test_nobody_is_told_of_somebody_elses(ana, desk, told):
    """Neither by the page nor by naming it."""
    bea = Sitting(desk)
    video = bea.order()

    assert {} == told()
    assert 404 == ana.post("cancel", video=video).status_code


def test_who_signs_out_is_told_nothing_more(ana, desk):
    """The answer ends with the session, and does not wait for its ten minutes."""
    ana.order()
    with ana.streaming("watch") as answer:
        lines = answer.iter_lines()
        while "html" not in next(lines):
            pass
        with desk.database.transaction() as tx:
            people.end_session(tx, _session(tx, ana.party), time.time())

        assert [] == [line for line in lines if "html" in line]


def _session(tx, party):
    return tx.exec_driver_sql("SELECT digest FROM sessions WHERE party = ?", (party,)).scalar_one()


def test_the_answer_goes_on_while_things_happen(ana, desk):
    """One signed request: the film is ordered, begun, seen and made, and each comes as a line."""
    video = ana.order()
    lines, seen = [], []
    with ana.streaming("watch") as answer:
        assert "application/x-ndjson" in answer.headers["content-type"]
        for line in answer.iter_lines():
            lines += json.loads(line or "[]")
            if not seen and lines:
                seen.append(held := desk.begin(video))
                with desk.database.transaction() as tx:
                    events.note_preview(
                        tx, party=ana.party, video=video, body={"image": "UklGRg", "step": 1}, now=time.time()
                    )
            elif len(seen) == 1 and any("image" in one for one in lines):
                with desk.database.transaction() as tx:
                    book.release(tx, held)
                desk.finish(video)
                seen.append("made")
            if any("ended" in one for one in lines):
                break

    assert [video] == sorted({one["id"] for one in lines})
    assert ["UklGRg"] == [one["image"] for one in lines if "image" in one]
