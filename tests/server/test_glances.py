"""Looks at the list reach the watch: a program's regularity is told from a person's."""

import pytest

from vitascope.programme.leaks import repository
from vitascope.programme.leaks.habits import Habits
from vitascope.server.glances import Glances

ORDER = {"prompt": "a parrot flies", "seconds": "1", "size": "64x64"}


def test_the_gaps_of_a_key_are_its_own_and_the_last():
    """Another key's looks are not among them; the oldest are forgotten, and so are the oldest keys."""
    clock = [0.0]
    glances = Glances(lambda: clock[0])
    for _ in range(40):
        clock[0] += 2.0
        glances.note("vs_m_bbbbbbbbSECRET")
        clock[0] += 3.0
        glances.note("vs_m_aaaaaaaaSECRET")

    assert (5.0,) * 24 == glances.gaps("vs_m_aaaaaaaaOTHER")
    assert () == glances.gaps("vs_m_cccccccc")
    assert "SECRET" not in repr(vars(glances))
    for number in range(5000):
        glances.note(f"vs_m_{number:08}")
    assert () == glances.gaps("vs_m_aaaaaaaa")


@pytest.mark.parametrize(("pause", "is_steady"), [(lambda _: 5.0, True), (lambda number: 1.0 + number % 7, False)])
def test_a_page_that_looks_by_the_clock_is_seen_to(desk, monkeypatch, pause, is_steady):
    """Twenty-five looks every five seconds, then an order: the habits of the key say so."""
    clock = [0.0]
    monkeypatch.setattr(desk.app.state.desk.glances, "clock", lambda: clock[0])
    desk.carry()
    made = desk.key(scopes=("video.create", "video.read"))
    with desk.client(made.credential) as page:
        for number in range(25):
            clock[0] += pause(number)
            assert 200 == page.get("/v1/videos").status_code
        page.post("/v1/videos", json=ORDER)
    with desk.database.reading() as tx:
        known = repository.habits(tx, made.key.id)

    assert isinstance(known, Habits)
    assert is_steady == known.recent.is_steady
