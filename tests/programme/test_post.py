"""Letters: written out without a mail server, handed to one otherwise, and never with an address in a log."""

import socket
import threading

import pytest

from vitascope.errors import MailError
from vitascope.programme.people.post import Mail, open_post

LETTER = Mail(to="ana@example.org", subject="Come in", text="https://example.org/sign-in#token")


class Server(threading.Thread):
    """A mail server that knows enough to take one letter."""

    def __init__(self, verdict=b"250 taken\r\n"):
        super().__init__()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.heard, self._verdict = self._socket.getsockname()[1], b"", verdict

    def run(self):
        """Greets, says yes to everything, and gives its verdict on the letter."""
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            for line in lines:
                self.heard += line
                if line.upper().startswith(b"DATA"):
                    connection.sendall(b"354 go on\r\n")
                    self._take_letter(lines)
                    connection.sendall(self._verdict)
                elif line.upper().startswith(b"QUIT"):
                    connection.sendall(b"221 bye\r\n")
                    break
                else:
                    connection.sendall(b"250 ok\r\n")
        self._socket.close()

    def _take_letter(self, lines):
        for line in lines:
            self.heard += line
            if line == b".\r\n":
                return


def _sent(server):
    server.start()
    try:
        open_post(f"smtp://127.0.0.1:{server.port}", "house@example.org").send(LETTER)
    finally:
        server.join()
    return server.heard


def test_without_a_mail_server_the_letter_is_written_out():
    """With its link, for whoever develops, and without the mailbox."""
    written = []
    open_post("", "", write=written.append).send(LETTER)

    assert "#token" in written[0]
    assert "ana@example.org" not in written[0]


def test_a_mail_server_gets_the_letter():
    """From the house, to the mailbox, marked as sent by a machine."""
    heard = _sent(Server())

    assert b"From: house@example.org" in heard
    assert b"To: ana@example.org" in heard
    assert b"Auto-Submitted: auto-generated" in heard
    assert b"sign-in#token" in heard


def test_a_letter_that_was_not_taken_is_told():
    """Without its address or its text."""
    with pytest.raises(MailError) as told:
        _sent(Server(b"550 no\r\n"))

    assert "ana" not in str(told.value)
    assert "token" not in repr(LETTER)


@pytest.mark.parametrize(("url", "sender"), [("http://x", "a@b.c"), ("smtp://", "a@b.c"), ("smtp://host", "nobody")])
def test_a_mail_server_is_named_right_or_not_at_all(url, sender):
    """A mistyped setting is told when the house opens, not with the first letter."""
    with pytest.raises(MailError):
        open_post(url, sender)
