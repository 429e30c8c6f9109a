"""``vitascope me`` against a desk that listens: keys, passkeys, reports, votes and works, with a member's own key."""

import time
from datetime import UTC, datetime

import pytest
from desks import SECRETS
from typer.testing import CliRunner

from tests.server.pictures import cut_out
from vitascope.cli import me_cast
from vitascope.cli.main import app
from vitascope.programme import keys
from vitascope.programme.actor import keeper
from vitascope.programme.passkeys import repository as passkeys
from vitascope.programme.passkeys.repository import Passkey
from vitascope.programme.people import repository as people
from vitascope.programme.people import sign_in
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.people.repository import Person
from vitascope.programme.roles import seats
from vitascope.programme.roles.seats import Role
from vitascope.rights.uses import Use
from vitascope.settings import client_settings
from vitascope.store.secrets import lock


@pytest.fixture
def member(desk, monkeypatch):
    """Somebody with early access and a mailbox, whose key the commands find."""
    made = desk.key(scopes=(*keys.MEMBER_SCOPES, seats.SCOPE))
    party, address = made.key.party, f"{made.key.party}@example.org"
    with desk.database.transaction() as tx:
        person = Person(party=party, address_digest=digest_of(address, SECRETS), address=lock(address, SECRETS))
        people.add_person(tx, person)
    monkeypatch.setenv("VITASCOPE_SERVER", desk.url)
    monkeypatch.setenv("VITASCOPE_KEY", made.credential)
    client_settings.cache_clear()
    yield made.key
    client_settings.cache_clear()


def _say(*words, code=0):
    done = CliRunner().invoke(app, list(words))
    assert code == done.exit_code, done.output
    return done.output


def _code(desk, party):
    with desk.database.transaction() as tx:
        return sign_in.ask_link(tx, people.mailbox(tx, party, SECRETS), secrets=SECRETS, now=time.time()).token


def test_keys_are_listed_and_taken_back(desk, member):
    """The key itself is never printed; one that was taken back opens nothing."""
    shown = _say("me", "keys")

    assert member.id in shown
    assert "opens nothing" in _say("me", "revoke", member.id)
    assert "taken back" in _say("me", "keys", code=1)


def test_a_passkey_is_forgotten_with_a_code(desk, member):
    """Listed by its id; the key alone does not do it."""
    with desk.database.transaction() as tx:
        passkeys.add(
            tx, Passkey(id=f"p{member.id}", party=member.party, public_key="p", sign_count=0, made_at=time.time())
        )

    assert f"p{member.id}" in _say("me", "passkeys")
    assert "unknown" in _say("me", "forget-passkey", f"p{member.id}", "--token", "guess", code=1)
    assert "no more" in _say("me", "forget-passkey", f"p{member.id}", "--token", _code(desk, member.party))
    assert "" == _say("me", "passkeys")


def test_a_member_reports_proposes_and_votes(member):
    """Each step is shown; a vote is changed by voting again."""
    report = _say("me", "report", "Two heads", "--kind", "bug").strip()
    proposal = _say("me", "propose", "Longer films").split()[0]

    assert f"{report}  submitted" in _say("me", "reports")
    assert "1 for, 0 against" in _say("me", "vote", proposal)
    assert "0 for, 1 against" in _say("me", "vote", proposal, "--against")
    assert proposal in _say("me", "proposals")
    assert "submitted" in _say("me", "dispute", report, "--reason", "I do not agree.", code=1)


def test_a_work_is_put_in_granted_and_taken_away(member, tmp_path):
    """With what a saved page says against training, in the owner's own words over HTTP."""
    drawing, page = tmp_path / 'a "cat".svg', tmp_path / "page.html"
    drawing.write_text(f"<svg><title>{member.id}</title></svg>")
    page.write_text('<html><head><meta name="robots" content="noai"></head></html>')
    put = ("me", "put-in", str(drawing), "--title", "A cat", "--shows", "cat")
    assert "is_mine" in _say(*put, code=1)
    told = _say(*put, "--mine", "--source-page", str(page))
    work = told.split()[0]

    assert "noai" in told
    assert "overrides_signals" in _say("me", "grant", work, "--use", "train", code=1)
    assert "granted for display" in _say("me", "grant", work, "--use", "display")
    assert "display" in _say("me", "permissions")
    assert "granted for nothing" in _say("me", "withdraw", work)
    assert "is gone" in _say("me", "take-away", work)
    assert "taken away" in _say("me", "works")


def test_a_character_is_kept_lent_and_forgotten(desk, member, tmp_path):
    """From a file, for people named or everybody, and gone for all of them; what cannot be is told in plain words."""
    picture, friend = tmp_path / "mossy.png", desk.key().key.party
    picture.write_bytes(cut_out())
    kept = _say("me", "keep", str(picture), "--name", "Mossy", "--facing", "left", "--credit", "Ana & co").split()[0]

    assert "thanks to Ana & co" in _say("me", "characters")
    assert f"{kept}: {friend} until " in _say("me", "lend", kept, "--to", friend)
    assert "everybody" in _say("me", "lend", kept, "--everybody")
    assert "not both" in _say("me", "lend", kept, "--everybody", "--to", friend, code=2)
    assert "nobody but you" in _say("me", "lend", kept)
    assert "facing" in _say("me", "keep", str(picture), "--name", "Kit", "--facing", "up", code=1)
    assert "is gone" in _say("me", "forget", kept)
    assert "" == _say("me", "characters")
    assert "There is no character" in _say("me", "forget", kept, code=1)


def test_every_page_of_characters_is_shown(member, tmp_path, monkeypatch):
    """Newest first, however many a page holds."""
    picture = tmp_path / "bo.png"
    picture.write_bytes(cut_out())
    kept = [_say("me", "keep", str(picture), "--name", f"Bo{number}").split()[0] for number in range(3)]
    monkeypatch.setattr(me_cast, "_PAGE", 2)

    assert kept[::-1] == [line.split()[0] for line in _say("me", "characters").splitlines()]


def test_a_likeness_is_allowed_and_asked_for(desk, member):
    """Claimed by its person, for people named, with conditions that whoever asks reads; a stranger reads the rule."""
    name, friend = f"ana{member.id[-6:].lower()}", desk.key().key.party

    assert f"@{name}: nobody but you" in _say("me", "allow", f"@{name}")
    allowed = _say(
        "me", "allow", name, "--to", friend, "--never-with", "beer", "--restrictions", "Never in advertising."
    )
    assert f"@{name}: {friend} until " in allowed
    shown = _say("me", "likenesses")
    assert f"@{name}  {friend}" in shown
    assert "never with: beer" in shown
    assert f"@{name} may be in your videos." in _say("me", "ask-likeness", name)
    assert "Nobody spoke for" in _say("me", "ask-likeness", "no body", code=1)
    assert "circle" in _say("me", "allow", name, "--circle", "cousins", code=1)


def test_a_stranger_applies(desk, member):
    """By the operator's own questions; it takes no key."""
    made = CliRunner().invoke(app, ["me", "apply", "zoe@example.org", "--name", "Zoe"], input="birds\n" * 9)

    assert 0 == made.exit_code, made.output
    assert "It is in." in made.output


def test_a_member_says_where_they_are_paid(desk, member):
    """With a code, and the IBAN asked for; a found key alone does not; it is forgotten when they say so."""
    command = ["me", "where", "--holder", "Ana Lima", "--token"]
    iban = "DE89370400440532013000\n"
    bare = CliRunner().invoke(app, [*command, "guess"], input=iban)
    told = CliRunner().invoke(app, [*command, _code(desk, member.party)], input=iban)

    assert 1 == bare.exit_code
    assert "kept, locked" in told.output
    assert iban.strip() not in told.output
    assert '"state": "open"' in _say("me", "budget")
    assert "forgotten" in _say("me", "where", "--forget")


def test_an_auditor_hands_a_checkpoint_in(desk, member, tmp_path):
    """From the public note to a line that everybody reads, by commands alone."""
    with desk.database.transaction() as tx:
        held = seats.propose(
            tx, desk.app.state.desk.log, _steward("s1"), member.party, Role.AUDITOR, now=datetime.now(UTC)
        )
        seats.agree(tx, desk.app.state.desk.log, _steward("s2"), held.permission.id, now=datetime.now(UTC))
    with desk.client() as anybody:
        note = tmp_path / "note"
        note.write_text(anybody.get("/v1/rights/log/checkpoint").text)
    key = _say("log", "cosign", str(note), "--name", "example.org/a", "--key-file", str(tmp_path / "k")).strip()

    assert "count" in _say("log", "name-auditor", key)
    assert "on record" in _say("log", "hand-in", str(note))


def _steward(name):
    return keeper(name, {Use.MEMBER_INVITE}, at=datetime.now(UTC))
