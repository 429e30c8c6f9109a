"""Letters about notices leave once, whenever the desk ends."""

import threading
import time
from contextlib import closing

import pytest
from desks import SECRETS, Desk

from tests.programme.test_post import Server
from vitascope.programme.leaks import repository
from vitascope.programme.leaks.repository import Notice
from vitascope.programme.people import repository as people
from vitascope.programme.people.invitations import digest_of
from vitascope.programme.people.repository import Person
from vitascope.server import outbox
from vitascope.settings import settings
from vitascope.store.database import open_database
from vitascope.store.secrets import lock

ADDRESS = "ana@example.org"


class SlowServer(Server):
    """A mail server that has heard the letter and takes its time to say so."""

    def __init__(self):
        super().__init__()
        self.has_heard, self.may_answer = threading.Event(), threading.Event()

    def _take_letter(self, lines):
        super()._take_letter(lines)
        self.has_heard.set()
        self.may_answer.wait(20)


@pytest.fixture
def mail(monkeypatch):
    server = SlowServer()
    server.start()
    monkeypatch.setenv("VITASCOPE_SMTP", f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setenv("VITASCOPE_MAIL_FROM", "house@example.org")
    monkeypatch.setattr(outbox, "_LOOK_SECONDS", 0.05)
    settings.cache_clear()
    yield server
    server.join()
    settings.cache_clear()


def test_a_desk_that_ends_notes_the_letter_under_way(tmp_path, mail):
    """Its member is not written to again at the next start."""
    with Desk(tmp_path).listening() as desk:
        with desk.database.transaction() as tx:
            people.add_person(
                tx, Person(party="ana", address_digest=digest_of(ADDRESS, SECRETS), address=lock(ADDRESS, SECRETS))
            )
            told = Notice(id="notice_1", party="ana", key="", hold="", words="Look at your key.", at=time.time())
            repository.add_notice(tx, told)
        assert mail.has_heard.wait(60)
        threading.Timer(0.3, mail.may_answer.set).start()

    with (
        closing(open_database(f"sqlite:///{tmp_path / 'desk.db'}", migrate=False)) as database,
        database.reading() as tx,
    ):
        assert () == repository.unmailed(tx, 0.0)
