"""A member has the proof that a leaf about them is in the log, and what it says; a stranger has the proof alone."""

import json
from datetime import UTC, datetime

import httpx2
import pytest
from desks import Desk, error_of
from typer.testing import CliRunner

from vitascope.cli.main import app
from vitascope.programme.access import watch
from vitascope.programme.actor import keeper
from vitascope.rights import proof
from vitascope.rights.event import Event
from vitascope.rights.logbook import signer_of
from vitascope.rights.uses import Use
from vitascope.settings import client_settings

RUN = CliRunner()
MORNING = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    with Desk(folder).listening() as listening:
        listening.folder = folder
        yield listening


@pytest.fixture
def ana(desk):
    """Ana's key, and the leaf that says it was made."""
    made = desk.key()
    (said,) = [one for one in desk.app.state.desk.log.telling({made.key.id}) if one.kind == "key.made"]
    made_leaf = said.index
    desk.key()
    return made, made_leaf


def _told(desk, leaf, credential=""):
    headers = {"authorization": f"Bearer {credential}"} if credential else {}
    return httpx2.get(f"{desk.url}/v1/rights/log/leaves/{leaf}/proof", headers=headers)


def test_a_stranger_has_the_proof_and_whom_it_names_what_it_says(desk, ana):
    """Checked with the log's public key; somebody else's key opens nothing."""
    (made, leaf), verifier = ana, signer_of(desk.folder).verifier
    mine, theirs, open_one = (_told(desk, leaf, key).json() for key in (made.credential, desk.key().credential, ""))

    assert verifier.read(mine["checkpoint"]).size == proof.check(proof.read(mine), verifier).size == mine["size"]
    assert ("key.made", made.key.id) == tuple(
        json.loads(mine["opening"]["payload"])[name] for name in ("kind", "about")
    )
    for each in (theirs, open_one):
        assert "opening" not in each
        assert each["leaf"] == mine["leaf"]
        proof.check(proof.read(each), verifier)


def _mine(desk, credential, **query):
    return httpx2.get(
        f"{desk.url}/v1/rights/log/mine", params=query, headers={"authorization": f"Bearer {credential}"}, timeout=60
    )


def test_one_lists_the_leaves_that_name_one_and_nobody_elses(desk, ana):
    """Newest first, page by page, each with what it opens to; without a key there is nothing to list."""
    made, leaf = ana
    log = desk.app.state.desk.log
    own = [log.append(Event(kind="test", by="sam", about=made.key.party, at=MORNING, rule="r", count=2)) for _ in "abc"]
    log.append(Event(kind="test", by="sam", about="somebody else", at=MORNING))
    whole = _mine(desk, made.credential).json()
    first = _mine(desk, made.credential, limit=2).json()
    second = _mine(desk, made.credential, limit=2, after=first["data"][-1]["index"]).json()
    upwards = _mine(desk, made.credential, order="asc", limit=100).json()["data"]
    one = whole["data"][0]
    told = _told(desk, one["index"], made.credential).json()

    assert [receipt.index for receipt in reversed(own)] == [each["index"] for each in whole["data"][:3]]
    assert leaf in [each["index"] for each in whole["data"]]
    assert "somebody else" not in {each["about"] for each in whole["data"]}
    assert whole["data"][:4] == first["data"] + second["data"]
    assert (True, False) == (first["has_more"], whole["has_more"])
    assert whole["data"] == upwards[::-1]
    assert ("test", "sam", made.key.party, "r", 2, int(MORNING.timestamp())) == tuple(
        one[name] for name in ("kind", "by", "about", "rule", "count", "at")
    )
    assert f"/v1/rights/log/leaves/{one['index']}/proof" == one["proof"]
    assert "test" == json.loads(told["opening"]["payload"])["kind"]
    assert not {each["index"] for each in whole["data"]} & {
        each["index"] for each in _mine(desk, desk.key().credential).json()["data"]
    }
    assert 401 == httpx2.get(f"{desk.url}/v1/rights/log/mine").status_code
    assert 400 == _mine(desk, made.credential, limit=101).status_code


def test_what_was_erased_or_planted_is_not_listed(desk, ana):
    """A leaf that says nothing any more, and one that would tell of a canary."""
    made, leaf = ana
    log = desk.app.state.desk.log
    planted = log.append(Event(kind="key.planted", by="sam", about=made.key.id, at=MORNING)).index
    log.erase(leaf, by="sam", now=datetime.now(UTC))
    listed = {each["index"] for each in _mine(desk, made.credential).json()["data"]}

    assert not {leaf, planted} & listed


def test_one_lists_them_by_command(desk, ana, monkeypatch):
    """With the number to prove each by."""
    made, leaf = ana
    monkeypatch.setenv("VITASCOPE_SERVER", desk.url)
    monkeypatch.setenv("VITASCOPE_KEY", made.credential)
    client_settings.cache_clear()
    done = RUN.invoke(app, ["me", "leaves", "--limit", "1", "--after", str(leaf + 1)])
    client_settings.cache_clear()

    assert 0 == done.exit_code, done.output
    assert f"{leaf}  " in done.output
    assert "key.made" in done.output
    assert "vitascope log prove NUMBER" in done.output


def test_an_erased_leaf_and_one_that_is_not_there(desk, ana):
    """The proof stays when what the leaf said is gone; beyond the last there is none."""
    made, leaf = ana
    log = desk.app.state.desk.log
    log.erase(leaf, by="sam", now=datetime.now(UTC))
    told = _told(desk, leaf, made.credential).json()

    assert "opening" not in told
    proof.check(proof.read(told), signer_of(desk.folder).verifier)
    for number in (log.size, 2**53):
        for key in (made.credential, ""):
            answer = _told(desk, number, key)
            assert (404, "record_not_found") == (answer.status_code, error_of(answer)["code"])
    assert 400 <= _told(desk, -1).status_code < 500


def test_a_canary_is_not_told_by_its_leaf(desk, ana):
    """Whose key was planted must not read it in the log."""
    made, _ = ana
    log = desk.app.state.desk.log
    with desk.database.transaction() as tx:
        steward = keeper("sam", Use, at=datetime.now(UTC))
        watch.plant(tx, log, made.key.id, by=steward.party, now=datetime.now(UTC))
    (said,) = [one for one in log.telling({made.key.id}) if one.kind == "key.planted"]

    assert "opening" not in _told(desk, said.index, made.credential).json()


def test_a_command_checks_it(desk, ana, tmp_path, monkeypatch):
    """Against a server with its public key, or in the log of the machine; the proof is kept to be handed on."""
    (made, leaf), key, kept = ana, signer_of(desk.folder).verifier.text, tmp_path / "proof.json"

    def say(*words, code=0):
        done = RUN.invoke(app, ["log", "prove", str(leaf), *words])
        assert code == done.exit_code, done.output
        return done.output

    client_settings.cache_clear()
    monkeypatch.delenv("VITASCOPE_KEY", raising=False)
    bare = say("--server", desk.url, "--key", key)
    monkeypatch.setenv("VITASCOPE_KEY", made.credential)
    client_settings.cache_clear()
    mine = say("--server", desk.url, "--key", key, "--to", str(kept))
    here = say("--data", str(desk.folder))

    assert "is not shown to you" in bare
    assert f'"about": "{made.key.id}"' in mine
    assert f'"about": "{made.key.id}"' in here
    assert made.key.id in json.loads(kept.read_text())["opening"]["payload"]
    assert "--key" in say("--server", desk.url, code=2)
    other = signer_of(tmp_path / "other").verifier.text
    assert "not signed by" in say("--server", desk.url, "--key", other, code=1)
    client_settings.cache_clear()
