"""Guest passes at the desk and at the command line: minted by a member, used by guests, kept to the unit, ended."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from desks import SECRETS, error_of
from typer.testing import CliRunner

from tests.programme.members import Leaves
from vitascope.cli.main import app
from vitascope.programme import keys
from vitascope.programme.access import holds, repository
from vitascope.programme.access.holds import Pause
from vitascope.programme.actor import keeper
from vitascope.rights.hold import Level, Reach, Selector
from vitascope.rights.quota import Measure, Per, Quota
from vitascope.rights.uses import Use
from vitascope.settings import client_settings
from vitascope.store import tables
from vitascope.store.people_tables import permissions

ORDER = {"prompt": "a parrot flies", "seconds": "1", "size": "64x64"}
SALLY = keeper("sally", {Use.HOLD_PLACE, Use.HOLD_LIFT}, at=datetime.now(UTC))


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


@pytest.fixture(autouse=True)
def model(desk):
    desk.carry()


@pytest.fixture
def member(desk):
    """A member's key."""
    return desk.key(scopes=("video.create", "video.read"))


@pytest.fixture
def ana(desk, member):
    """The member's client."""
    with desk.client(member.credential) as client:
        yield client


def _mint(client, **wanted):
    answer = client.post("/v1/programme/passes", json={"name": "Demo", "renders": 3, "seconds": 60, **wanted})
    assert 200 == answer.status_code, answer.text
    return answer.json()["data"]


def _held(desk, selector, level, *, lasts=timedelta(hours=1)):
    with desk.database.transaction() as tx:
        pause = Pause(selector=selector, level=level, reason="A drill.", lasts=lasts)
        return holds.place(tx, Leaves(), SALLY, pause, now=datetime.now(UTC))


def test_a_member_shares_and_the_budget_is_kept_to_the_unit(desk, ana):
    """Three renders are three: the fourth is refused in words, and both sides see what was used."""
    (made,) = _mint(ana)
    with desk.client(made["key"]) as guest:
        assert [200, 200, 200] == [guest.post("/v1/videos", json=ORDER).status_code for _ in range(3)]
        refused = guest.post("/v1/videos", json=ORDER)
        me = guest.get("/v1/programme/me").json()

    assert "3 renders per grant, 3 are used" in error_of(refused)["message"]
    assert ("spent", "guest", 3, 3) == (me["state"], me["kind"], me["in_flight"], me["budgets"][0]["used"])
    (given,) = ana.get("/v1/programme/passes").json()["data"]
    assert (3, 3, 3, False) == (given["renders"], given["renders_used"], given["seconds_used"], given["is_public"])
    assert "key" not in given


def test_a_guest_reports_and_has_no_vote(desk, ana):
    """A member with two passes has one vote, not three; what guests report is taken all the same."""
    path = f"/v1/programme/proposals/{ana.post('/v1/programme/proposals', json={'title': 'Longer films'}).json()['id']}"
    for made in _mint(ana, guests=2):
        with desk.client(made["key"]) as guest:
            refused = guest.post(f"{path}/vote", json={"is_for": True})
            assert (403, "role_needed") == (refused.status_code, error_of(refused)["code"])
            assert 403 == guest.post("/v1/programme/proposals", json={"title": "Mine"}).status_code
            assert 200 == guest.post("/v1/programme/contributions", json={"kind": "bug", "title": "x"}).status_code

    told = ana.post(f"{path}/vote", json={"is_for": True}).json()

    assert (1, 0) == (told["votes_for"], told["votes_against"])


def test_many_at_once_cannot_take_more_than_there_is(desk, ana):
    """Sixteen requests at the same moment on a pass of five renders: five are taken."""
    (made,) = _mint(ana, renders=5)
    statuses = []

    def order():
        with desk.client(made["key"]) as guest:
            statuses.append(guest.post("/v1/videos", json=ORDER).status_code)

    threads = [threading.Thread(target=order) for _ in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert 4 == statuses.count(200)  # four unfinished at once is what a pass has by itself
    assert {200, 429} == set(statuses)


def test_twelve_guests_get_a_key_each(ana):
    """One call for a workshop."""
    made = _mint(ana, guests=12, name="Workshop")

    assert 12 == len({one["key"] for one in made})
    assert 12 == len(ana.get("/v1/programme/passes").json()["data"])


def test_a_pass_taken_back_says_so_and_keeps_the_guests_work(desk, ana):
    """Nothing new is made; reading goes on."""
    (made,) = _mint(ana)
    with desk.client(made["key"]) as guest:
        video = guest.post("/v1/videos", json=ORDER).json()["id"]
        assert {"id": made["id"], "object": "pass.deleted", "deleted": True} == ana.delete(
            f"/v1/programme/passes/{made['id']}"
        ).json()
        refused = guest.post("/v1/videos", json=ORDER)

        assert "ended (withdrawn)" in error_of(refused)["message"]
        assert "ended" == guest.get("/v1/programme/me").json()["state"]
        assert 200 == guest.get(f"/v1/videos/{video}").status_code
    assert [] == ana.get("/v1/programme/passes").json()["data"]


@pytest.mark.parametrize("is_public", [False, True])
def test_a_pass_that_is_over_makes_nothing_and_its_guest_keeps_their_work(desk, ana, is_public):
    """After its last day reading, export, reports and what it was go on with the guest's key; creating does not."""
    (made,) = _mint(ana, is_public=is_public)
    with desk.client(made["key"]) as guest:
        video = guest.post("/v1/videos", json=ORDER).json()["id"]
        last, key = time.time() - 1, tables.keys.c
        over = {"valid_from": last - 86_400, "valid_until": last}
        with desk.database.transaction() as tx:
            tx.execute(sa.update(permissions).where(permissions.c.id == made["id"]).values(over))
            ends = key.id == made["key"][5:13], key.expires_at.is_not(None)
            tx.execute(sa.update(tables.keys).where(*ends).values(expires_at=last))
        refused = guest.post("/v1/videos", json=ORDER)

        assert "ended on" in error_of(refused)["message"]
        assert 200 == guest.get(f"/v1/videos/{video}").status_code
        assert 200 == guest.get("/v1/export").status_code
        assert 200 == guest.post("/v1/programme/contributions", json={"kind": "bug", "title": "x"}).status_code
        assert "ended" == guest.get("/v1/programme/me").json()["state"]


def test_a_hold_on_the_members_access_pauses_the_pass_and_tells_why(desk, member, ana):
    """A child is paused with its parent: the guest reads the reason, appeals, and still reads their own work."""
    (made,) = _mint(ana)
    reach = Selector(reach=Reach.PERMISSION, id=f"access_{member.key.party}")
    held = _held(desk, reach, Level.NO_CREATE)
    with desk.client() as stranger:
        assert 403 == stranger.post(f"/v1/programme/holds/{held.id}/appeal").status_code
    with desk.client(made["key"]) as guest:
        assert [held.id] == [one["id"] for one in guest.get("/v1/programme/holds").json()["data"]]
        assert "open" == guest.post(f"/v1/programme/holds/{held.id}/appeal").json()["appeal"]["state"]
        me = guest.get("/v1/programme/me").json()

        assert "paused" == me["state"]
        assert "A drill" in me["explanation"]
        assert "A drill." == me["pause"]["reason"]
        assert 403 == guest.post("/v1/videos", json=ORDER).status_code
        assert 200 == guest.get("/v1/videos").status_code
    assert 403 == ana.post("/v1/programme/passes", json={"name": "More", "renders": 1}).status_code


def test_a_public_pass_is_meant_for_many_hands(desk, ana):
    """Sixty prompts by sixty hands hold a member's key; on a public pass the watch has nothing to say."""
    (made,) = _mint(ana, renders=100, at_once=100, is_public=True)
    words = ["fox", "CAT", "Sun", "ночь", "空"] * 8
    prompts = [f"{word} {'ÄÖ!' * (n % 5)} {'x, ' * (n % 4)}{n}" for n, word in enumerate(words)]
    with desk.client(made["key"]) as page:
        statuses = {page.post("/v1/videos", json={**ORDER, "prompt": prompt}).status_code for prompt in prompts}
        me = page.get("/v1/programme/me").json()

    assert ({200}, "service", "none") == (statuses, me["kind"], me["level"])
    with desk.database.transaction() as tx:
        rotated = keys.rotate(
            tx, Leaves(), me["key"], by=keys.OPERATOR, grace_seconds=0, secrets=SECRETS, now=time.time()
        )
        assert "service" == repository.bound(tx, rotated.key.id).kind.value


def test_a_guest_mints_nothing_and_nobody_takes_back_what_is_not_theirs(desk, ana):
    """Passes hang one deep, and belong to whoever gave them."""
    (made,) = _mint(ana)
    with desk.client(made["key"]) as guest, desk.client() as ben:
        assert 403 == guest.post("/v1/programme/passes", json={"name": "x", "renders": 1}).status_code
        assert 403 == ben.delete(f"/v1/programme/passes/{made['id']}").status_code
    assert 404 == ana.delete("/v1/programme/passes/none").status_code


@pytest.mark.parametrize(
    ("wanted", "param"), [({"renders": 0}, "renders"), ({"renders": 1.5}, "renders"), ({"guests": 201}, "guests"),
                          ({"days": 0}, "days"), ({"color": "red"}, "color"), ({"name": None}, "name")]
)  # fmt: skip
def test_what_makes_no_pass_names_its_field(ana, wanted, param):
    """Nothing is minted by half."""
    answer = ana.post("/v1/programme/passes", json={"name": "x", "renders": 1, **wanted})

    assert (400, param) == (answer.status_code, error_of(answer)["param"])
    assert [] == ana.get("/v1/programme/passes").json()["data"]


def test_no_pass_is_wider_than_its_giver(desk, ana, member):
    """A cohort's own number of guests binds; the first pass beyond it is refused, and none of its batch exists."""
    with desk.database.transaction() as tx:
        given = repository.permission(tx, f"access_{member.key.party}")
        quotas = repository._quotas_text((Quota(measure=Measure.GUESTS, per=Per.GRANT, limit=2),))
        tx.execute(sa.update(permissions).where(permissions.c.id == given.id).values(quotas=quotas))
    answer = ana.post("/v1/programme/passes", json={"name": "x", "renders": 1, "guests": 3})

    assert "2 passes hang on" in error_of(answer)["message"]
    assert [] == ana.get("/v1/programme/passes").json()["data"]


@pytest.fixture
def guest_command(desk, member, monkeypatch):
    """``vitascope guest`` as the member runs it on a machine of their own."""
    monkeypatch.setenv("VITASCOPE_SERVER", desk.url)
    monkeypatch.setenv("VITASCOPE_KEY", member.credential)
    client_settings.cache_clear()
    yield lambda *words: CliRunner().invoke(app, ["guest", *words])
    client_settings.cache_clear()


def test_the_command_line_mints_lists_and_takes_back(desk, guest_command):
    """The key is printed once, alone on standard output; the list shows use; a refusal is one sentence."""
    made = guest_command("mint", "Open day", "--renders", "2", "--public")
    key = made.stdout.strip()
    with desk.client(key) as page:
        page.post("/v1/videos", json=ORDER)
    listed = guest_command("list").stdout
    name = listed.split()[0]

    assert 0 == made.exit_code
    assert key.startswith("vs_")
    assert key not in made.stderr
    assert "public  1 of 2 renders, 1 of 20 s" in listed
    assert "Open day" in listed
    assert f"Pass {name} has ended." in guest_command("end", name).stdout
    again = guest_command("end", name)
    assert 1 == again.exit_code
    assert "ended" in again.stderr
