"""Two people at one machine are two keys: what takes a role, or another person, is done by its holder's own key."""

import json
import re

import pytest
from typer.testing import CliRunner

from vitascope.cli.main import app
from vitascope.settings import client_settings, settings

RUN = CliRunner()
IBAN = "DE89370400440532013000"
PAYER = "NL91ABNA0417164300"
_OPEN = "Reading, downloading, exporting, publishing and reporting stay open."
ROLES = {"rita": "reviewer", "raj": "reviewer", "tom": "treasurer"}


class Machine:
    """A house, and the keys of its people as they type them."""

    def __init__(self, folder):
        self.folder, self.keys, self.parties = folder, {}, {}

    def say(self, *words, who="", code=0, typed=None):
        """Run a command, with somebody's key where it asks for one."""
        heard = typed if typed is not None else f"{self.keys[who]}\n" if who else None
        done = RUN.invoke(app, [*words, "--data", str(self.folder / "house")], input=heard)
        assert code == done.exit_code, done.output
        return re.sub(r"^Key of the \w+: *\n?", "", done.output)

    def join(self, name, *scopes):
        """Make somebody's key."""
        told = self.say("key", "create", name, *(word for scope in scopes for word in ("--scope", scope)))
        self.keys[name] = re.search(r"vs_m_\w+", told).group()
        self.parties[name] = re.search(r"party_\w+", told).group()

    def seat(self, name, role):
        """One steward proposes, the other agrees."""
        proposed = self.say("programme", "role", self.parties[name], role, who="sally")
        self.say("programme", "agree", proposed.split()[0], who="sam")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VITASCOPE_KEY", raising=False)
    settings.cache_clear()
    client_settings.cache_clear()
    made = Machine(tmp_path)
    for name in ("sally", "sam", *ROLES):
        made.join(name, "video.read", "programme.act")
    for name in ("sally", "sam"):
        made.say("programme", "steward", made.parties[name], "--by", "operator")
    yield made
    settings.cache_clear()
    client_settings.cache_clear()


@pytest.fixture
def crew(machine):
    """The same with its reviewers and a treasurer."""
    for name, role in ROLES.items():
        machine.seat(name, role)
    return machine


def test_one_person_is_not_two_by_typing_another_name(machine):
    """There is no name to type; the proposer's own key does not agree, nor a key without roles, nor none."""
    role = machine.say("programme", "role", machine.parties["rita"], "reviewer", who="sally").split()[0]
    machine.join("plain", "video.read")

    assert "No such option" in machine.say("programme", "agree", role, "--by", "sam", code=2)
    assert "another person must" in machine.say("programme", "agree", role, who="sally", code=1)
    assert "programme.act" in machine.say("programme", "agree", role, who="plain", code=1)
    machine.say("programme", "agree", role, typed="vs_m_guess\n", code=1)
    machine.say("programme", "agree", role, typed="\n\n\n", code=1)
    assert "offered" in machine.say("programme", "roles")
    assert "active" in machine.say("programme", "agree", role, who="sam")


def test_the_key_may_be_told_in_the_environment(machine, monkeypatch):
    """As other commands have it; then nothing is asked for, for nobody is there to answer."""
    role = machine.say("programme", "role", machine.parties["rita"], "reviewer", who="sally").split()[0]
    monkeypatch.setenv("VITASCOPE_KEY", machine.keys["sam"])
    client_settings.cache_clear()
    told = machine.say("programme", "agree", role)

    assert "active" in told
    assert machine.keys["sam"] not in told


def test_the_first_two_stewards_need_no_key_and_a_third_does(machine):
    """Somebody has to begin; from then on one proposes and another agrees."""
    assert "from now on" in machine.say("programme", "steward", machine.parties["tom"], "--by", "operator", code=1)


def test_a_role_is_ended_by_a_key(crew):
    """By a steward, or laid down by whoever holds it; not by a stranger to it."""
    (role,) = re.findall(rf"^(\w+) .*{crew.parties['tom']}", crew.say("programme", "roles"), re.MULTILINE)
    assert "member.invite" in crew.say("programme", "end-role", role, who="rita", code=1)

    assert "ended" in crew.say("programme", "end-role", role, who="tom")


def test_a_paused_role_is_paused_at_the_machine_too(crew):
    """In the words of decide, with a leaf; whoever reports goes on, and another steward lifts it."""
    (role,) = re.findall(rf"^(\w+) .*{crew.parties['tom']}", crew.say("programme", "roles"), re.MULTILINE)
    placed = crew.say(
        "hold", "place", "permission", "no_create", "--target", role, "--reason", "Odd runs.", who="sally"
    )
    (hold,) = re.findall(r"hold_\w+", placed)

    refused = crew.say("payout", "call-off", "2026-11", who="tom", code=1)

    assert f"Hold {hold} pauses everything new until" in refused
    assert f"Reason: Odd runs. {_OPEN} Rule: hold_no_create. You can appeal: name {hold}" in refused
    assert "contribution.pay refused" in (crew.folder / "house" / "log" / "openings").read_text()
    crew.say("contribution", "submit", "Odd", "--kind", "feedback", "--by", crew.parties["tom"])
    crew.say("hold", "lift", hold, who="sam")
    assert "No pending payment" in crew.say("payout", "call-off", "2026-11", who="tom")


def test_a_report_becomes_money_and_a_line_in_the_changelog(crew, tmp_path):
    """Submitted, triaged, accepted by another, credited, paid, each by a key, into a file only its writer reads."""
    say = crew.say
    say("payout", "fund", "500000", "--statement", "bank-1", "--by", "tom")
    name = say("contribution", "submit", "Two heads", "--kind", "bug", "--by", "ana", "--credit", "handle",
               "--credited-as", "@ana").split()[0]  # fmt: skip
    assert "contribution.triage" in say("contribution", "triage", name, "--severity", "high", who="tom", code=1)
    say("contribution", "triage", name, "--severity", "high", who="rita")
    assert "another person" in say("contribution", "accept", name, who="rita", code=1)
    say("contribution", "accept", name, who="raj")
    say("contribution", "credit", name, "--change", "One head", who="raj")
    say("contribution", "pay", name, who="tom")
    assert "- One head (thanks to @ana" in say("contribution", "changelog")
    assert name in say("contribution", "list")

    for party, holder, iban in (("ana", "Ana Lima", IBAN), ("studio", "Studio", PAYER)):
        assert iban not in say("payout", "where", party, "--holder", holder, typed=f"{iban}\n")
    file = tmp_path / "run.xml"
    say("payout", "prepare", "2026-11", "--to", str(file), "--payer", "studio", who="tom")
    assert IBAN in file.read_text()
    assert 0o600 == file.stat().st_mode & 0o777
    assert "1 payment booked" in say("payout", "confirm", "2026-11", who="tom")
    assert "Owed to ana now: 0.00 EUR" in say("payout", "statement", "ana")
    assert "paid:sepa,400.00,EUR,payout,2026-11" in say("payout", "journal")
    assert 40_000 == json.loads(say("payout", "figures"))["payments"]["paid"]["EUR"]
    assert "as signed" in say("log", "verify")
    openings = (tmp_path / "house" / "log" / "openings").read_text()
    assert IBAN not in openings
    assert not [key for key in crew.keys.values() if key in openings]


def test_promotion_is_asked_for_a_render_there_is(crew):
    """One that nobody made is told as such, and nothing is set aside."""
    assert "There is no render" in crew.say("contribution", "promote", "video_none", who="tom", code=2)


def test_a_proposal_is_answered_by_a_reviewer_after_the_vote(crew):
    """Not before it is over, and not by a typed name."""
    crew.join("ana")
    name = crew.say("contribution", "propose", "Longer films", "--by", crew.parties["ana"]).split(":")[0]

    assert "is answered after" in crew.say("contribution", "answer", name, "From spring on.", who="rita", code=2)
