"""Films for visitors, against a desk that listens: fair, counted to the unit, and told in words when it is over."""

import asyncio
import threading
import time
from datetime import UTC, datetime

import pytest
from desks import FILM, Desk

from tests.programme.members import Leaves
from vitascope.demo import pages
from vitascope.demo.desk import Desk as Client
from vitascope.demo.house import House, Pass, first_model, require_public_pass
from vitascope.demo.line import Line
from vitascope.demo.making import Closed, Film, Step, Studio
from vitascope.demo.visitors import Visitors, visitor_of
from vitascope.errors import AnswerError, DemoError
from vitascope.programme.access import holds
from vitascope.programme.access.holds import Pause as HoldWanted
from vitascope.programme.actor import keeper
from vitascope.rights.hold import Level, Reach, Selector
from vitascope.rights.uses import Use

HOUSE = House(seconds=1.0, model="twin")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk whose queue is worked off by a thread, as a worker would."""
    with Desk(tmp_path_factory.mktemp("desk")).listening() as listening:
        listening.carry()
        stop = threading.Event()
        worker = threading.Thread(target=_work, args=(listening, stop))
        worker.start()
        yield listening
        stop.set()
        worker.join()


def _work(desk, stop):
    done = 0
    while not stop.wait(0.02):
        for _, video in () if getattr(desk, "is_idle", False) else desk.queue.entered[done:]:
            if video in getattr(desk, "given_up", ()):
                done += 1
                continue
            desk.finish(video)
            done += 1


def _pass(desk, **wanted):
    with desk.client(desk.key(scopes=("video.create", "video.read")).credential) as member:
        asked = {"name": "Demo", "renders": 4, "seconds": 100, "is_public": True, **wanted}
        return member.post("/v1/programme/passes", json=asked).json()["data"][0]


def _studio(desk, folder, made, *, per_visitor=5, house=HOUSE):
    client = Client(address=desk.url, key=made["key"])
    standing = require_public_pass(client)
    visitors = Visitors(per_visitor=per_visitor, per_address=1000)
    return Studio(house, Pass(client), Line(visitors, at_once=standing.at_once), visitors, folder)


def _pause(desk, permission):
    sally = keeper("sally", {Use.HOLD_PLACE}, at=datetime.now(UTC))
    reach = Selector(reach=Reach.PERMISSION, id=permission)
    with desk.database.transaction() as tx:
        pause = HoldWanted(selector=reach, level=Level.NO_CREATE, reason="A drill.")
        holds.place(tx, Leaves(), sally, pause, now=datetime.now(UTC))


def _visitor(number):
    return visitor_of(f"browser {number}", "192.0.2.1")


async def _watch(studio, number, ends):
    told = [step async for step in studio.film(_visitor(number), f"a parrot flies, {number}")]
    ends.append((number, told[-1]))
    return told[-1]


def test_a_film_is_the_servers_file_byte_for_byte(desk, tmp_path):
    """Its seal is worth nothing in a changed file; the visitor is told each step before."""
    steps = []

    async def make():
        studio = _studio(desk, tmp_path, _pass(desk))
        steps.extend([told async for told in studio.film(_visitor(1), "  a parrot\nflies ")])

    asyncio.run(make())
    *before, film = steps

    assert all(isinstance(step, Step) for step in before)
    assert isinstance(film, Film)
    assert FILM == film.file.read_bytes()
    assert "a parrot flies" == film.video["prompt"]


def test_fifty_visitors_at_once_on_one_pass(desk, tmp_path):
    """Thirty films for fifty visitors: thirty are made, in the order they came; twenty read that it is over."""
    made = _pass(desk, renders=30, seconds=300)
    ends = []

    async def visit():
        studio = _studio(desk, tmp_path, made)
        await asyncio.gather(*(_watch(studio, number, ends) for number in range(50)))
        return await studio.access.standing(is_fresh=True)

    standing = asyncio.run(visit())
    served = [number for number, told in ends if isinstance(told, Film)]
    over = [told for _, told in ends if isinstance(told, Closed)]

    assert (30, 20) == (len(served), len(over))
    assert set(range(30)) == set(served)
    assert {"spent"} == {told.standing.state for told in over}
    assert ("spent", 0) == (standing.state, standing.left)
    assert "All 30 films" in pages.closed(HOUSE, standing)


async def _until(steps, words):
    async for told in steps:
        if words in getattr(told, "words", ""):
            return
    message = f"never {words!r}"
    raise AssertionError(message)


def test_whoever_closes_the_page_gives_their_place_and_their_order_up(desk, tmp_path):
    """One waits in line, one has ordered: both leave. The order is cancelled and costs nothing, the next is served."""
    made = _pass(desk, renders=1, seconds=100, at_once=1)

    async def visit():
        studio = _studio(desk, tmp_path, made)
        desk.is_idle = True  # the worker looks away
        first, second = studio.film(_visitor(1), "one"), studio.film(_visitor(2), "two")
        await _until(first, "Ordered")
        await _until(second, "You are next")
        await second.aclose()
        await first.aclose()
        with desk.client(made["key"]) as guest:
            orders = guest.get("/v1/videos").json()["data"]
        desk.given_up, desk.is_idle = {one["id"] for one in orders}, False
        async with asyncio.timeout(60):
            return orders, [told async for told in studio.film(_visitor(2), "two")][-1]

    orders, last = asyncio.run(visit())

    assert ["cancelled"] == [one["state"] for one in orders]
    assert isinstance(last, Film), "neither the line nor the budget holds on to who has left"


def test_nobody_waits_behind_a_visitor_who_has_had_more(desk, tmp_path):
    """Of two who come back and one who is new, the new one is first."""
    made = _pass(desk, renders=50, seconds=300, at_once=1)
    ends = []

    async def visit():
        studio = _studio(desk, tmp_path, made)
        await _watch(studio, 1, ends)
        await _watch(studio, 2, ends)
        await asyncio.gather(*(_watch(studio, number, ends) for number in (9, 1, 2, 3, 4)))

    asyncio.run(visit())

    assert [1, 2, 9, 3, 4, 1, 2] == [number for number, _ in ends]


def test_a_paused_pass_is_told_with_its_reason_and_charges_nobody(desk, tmp_path):
    """The visitor reads why, and has used nothing of their share."""
    made = _pass(desk)

    async def visit():
        studio = _studio(desk, tmp_path, made)
        _pause(desk, made["id"])
        ends = []
        return await _watch(studio, 1, ends), studio

    told, studio = asyncio.run(visit())

    assert "paused" == told.standing.state
    assert "A drill" in pages.closed(HOUSE, told.standing)
    assert 0 == studio._visitors.films(_visitor(1))


def test_a_members_own_key_opens_no_demo(desk):
    """The lesson of 2024: a page for everybody has a pass of its own, and a private pass is not for everybody."""
    member = desk.key(scopes=("video.create", "video.read")).credential
    for key in (member, _pass(desk, is_public=False)["key"]):
        with pytest.raises(DemoError, match="--public"):
            require_public_pass(Client(address=desk.url, key=key))
    with pytest.raises(AnswerError, match="checksum"):
        require_public_pass(Client(address=desk.url, key="vs_m_wrong"))


@pytest.mark.parametrize(("prompt", "words"), [("  ", "Say in a sentence"), ("x" * 301, "301 characters")])
def test_a_sentence_that_is_none_costs_nothing(desk, tmp_path, prompt, words):
    """The page says what is missing."""

    async def visit():
        async for _ in _studio(desk, tmp_path, _pass(desk)).film(_visitor(1), prompt):
            pass

    with pytest.raises(DemoError, match=words):
        asyncio.run(visit())


def test_a_server_that_is_away_is_told_apart_from_a_pass_that_is_over(desk):
    """One is looked at again, the other is not."""
    away = Pass(Client(address="http://127.0.0.1:9", key="vs_m_x"))
    dead = Pass(Client(address=desk.url, key="vs_m_x"))

    assert "away" == asyncio.run(away.standing()).state
    assert "ended" == asyncio.run(dead.standing()).state
    assert "twin" == first_model(Client(address=desk.url, key=_pass(desk)["key"]))


def test_words_of_others_are_never_markup():
    """Neither a prompt, nor a name, nor a reason can put a tag into the page."""
    evil = "<img src=x onerror=alert(1)>"
    video = {"model": evil, "seed": 1, "prompt": evil, "credits": [f"{evil}: {evil}"], "notes": [evil]}
    said = pages.titles(video) + pages.stage(evil, number=evil) + pages.notice(evil)

    assert "<img" not in said
    assert "&lt;img" in said


def test_looks_are_shared(desk):
    """A hundred visitors look at the pass at once: the server is asked once."""
    access = Pass(Client(address=desk.url, key=_pass(desk)["key"]))
    looks = []
    look = access._look
    access._look = lambda: (looks.append(time.monotonic()), look())[1]

    async def visit():
        await asyncio.gather(*(access.standing() for _ in range(100)))

    asyncio.run(visit())

    assert 1 == len(looks)
