"""The member's page without a browser: who is shown what, and when a passkey may be taken away."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from houses import NOW, SECRETS

from tests.programme.members import Leaves
from vitascope.errors import GrantError, SignInError
from vitascope.orders import Limits
from vitascope.programme import keys, repository
from vitascope.programme.access.standing import Part
from vitascope.programme.passkeys.repository import Passkey
from vitascope.programme.people import sign_in
from vitascope.programme.people.repository import Session
from vitascope.rights.hold import Appeal, AppealState, Hold, Level, Reach, Selector
from vitascope.server.web import acts, pages, pauses
from vitascope.server.web.session import Member
from vitascope.store.database import open_database


def test_a_rightsholder_is_shown_what_is_theirs_and_no_passes():
    """Nothing on their page refuses at the first click: no films left, no guests to invite."""
    shown = pages._access(SimpleNamespace(part=Part.RIGHTSHOLDER))

    assert "you put works in" in shown
    assert "/programme/passes" not in shown


_AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _hold(level=Level.NO_CREATE, **facts):
    return Hold(
        id="hold_1", selector=Selector(reach=Reach.KEY, id="k3yk3yk3"), level=level, placed_by="watch",
        reason="<b>Nine</b> hands.", placed=_AT, until=_AT + timedelta(hours=24), **facts,
    )  # fmt: skip


@pytest.mark.parametrize("level", [level for level in Level if level is not Level.NONE])
def test_each_pause_says_what_it_does_and_can_be_appealed(level):
    """Target, end and reason, escaped, and a button; without a pause there is nothing."""
    shown = pauses.shown((_hold(level),), _AT)

    assert "your key k3yk3yk3" in shown
    assert "Until 2026-11-28 12:00 UTC" in shown
    assert "&lt;b&gt;Nine&lt;/b&gt; hands." in shown
    assert 'name="hold" value="hold_1"' in shown
    assert "" == pauses.shown((), _AT)


@pytest.mark.parametrize("state", list(AppealState))
def test_a_pause_is_appealed_once(state):
    """Afterwards the page says where the appeal stands, and has no button for another."""
    shown = pauses.shown((_hold(appeal=Appeal(by="ana", opened=_AT, state=state)),), _AT)

    assert "appeal" in shown.casefold().partition("<section>")[2].partition("class='quiet'")[0]
    assert "<button" not in shown


def test_each_passkey_has_its_day_and_a_way_out():
    """Its id is escaped, and the words say what to do without the device."""
    shown = pages._own((Passkey(id="<b>", party="ana", public_key="", sign_count=0, made_at=86_400.0),))

    assert "You have one passkey" in shown
    assert "made 2 Jan 1970" in shown
    assert 'value="&lt;b&gt;"' in shown
    assert "mailed link" in shown


@pytest.mark.parametrize(("age", "goes"), [(60.0, True), (sign_in.LINK_SECONDS + 60.0, False)])
def test_an_old_session_must_show_a_passkey_to_take_one_away(monkeypatch, age, goes):
    """A browser that was left open cannot take a member's passkeys; whoever just came in by a letter can."""
    gone = []

    def refuse(_tx, _member):
        raise SignInError("Show your passkey first.")

    monkeypatch.setattr(acts, "require_seen", refuse)
    monkeypatch.setattr(acts.ceremony, "remove", lambda _tx, _log, party, name, *, now: gone.append((party, name, now)))
    member = SimpleNamespace(
        party="ana", seconds=1000.0 + age, session=SimpleNamespace(made_at=1000.0), values={"passkey": "one"}, now=None
    )

    if goes:
        acts.remove_passkey(None, None, member)
    else:
        with pytest.raises(SignInError, match="Show your passkey first"):
            acts.remove_passkey(None, None, member)

    assert [("ana", "one", None)] * goes == gone


def test_a_member_has_twenty_keys_by_the_page_as_by_the_api(tmp_path):
    """The 21st is refused, with what to do; revoking one makes room for another."""
    session = Session(digest="d" * 64, party="ana", browser_key="", made_at=NOW, expires_at=NOW + 99.0)
    member = Member(session=session, now=datetime.fromtimestamp(NOW, UTC), values={"name": "studio", "days": 9})
    database = open_database(f"sqlite:///{tmp_path}/house.db")
    with database.transaction() as tx:
        repository.add_party(tx, "ana", name="Ana", priority="normal", limits=Limits(), now=NOW)
        for _ in range(20):
            acts.make_key(tx, Leaves(), SECRETS, member)
        with pytest.raises(GrantError, match="ana has 20 keys that work, 20 may be; revoke one first"):
            acts.make_key(tx, Leaves(), SECRETS, member)
        keys.revoke(tx, Leaves(), keys.listed(tx, "ana")[0].id, by="ana", now=NOW)
        assert acts.make_key(tx, Leaves(), SECRETS, member)
    database.close()
