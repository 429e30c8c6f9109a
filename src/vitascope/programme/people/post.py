"""Letters to people: handed to a mail server, or written out where none is set, for whoever develops."""

import smtplib
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from vitascope.errors import MailError

_SECONDS: Final = 20.0  # a mail server that is silent for longer is away
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One letter. Address and text do not show in a printed value: the text holds a link that opens a door."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


class Post(Protocol):
    """Whoever takes letters."""

    def send(self, mail: Mail) -> None:
        """Hand a letter over. Raises MailError."""
        ...


def open_post(url: str, sender: str, *, write: Callable[[str], object] | None = None) -> Post:
    """The mail server at ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://``; without one, standard error.

    Raises MailError for an address that is none.
    """
    if not url:
        return Printed(write or sys.stderr.write)
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or "@" not in sender:
        raise MailError("VITASCOPE_SMTP is smtp://user:password@host:587 or smtps://..., with VITASCOPE_MAIL_FROM.")
    return Smtp(url, sender)


class Printed:
    """No mail server: the letter is written out, so that whoever develops can follow its link."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def send(self, mail: Mail) -> None:
        """See Post. The mailbox is left out: a log is no list of addresses."""
        self._write(f"A letter, not sent (VITASCOPE_SMTP is not set): {mail.subject}\n{mail.text}\n")


class Smtp:
    """A mail server; each letter is a connection of its own, always encrypted but for this machine itself."""

    def __init__(self, url: str, sender: str) -> None:
        self._at, self._sender = urlsplit(url), sender

    def send(self, mail: Mail) -> None:
        """See Post."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._sender, mail.to, mail.subject
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
        letter.set_content(mail.text)
        try:
            with self._connected() as server:
                if self._at.username:
                    server.login(unquote(self._at.username), unquote(self._at.password or ""))
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(
                f"The mail server at {self._at.hostname} did not take the letter ({type(error).__name__}); "
                "look at VITASCOPE_SMTP and try again."
            ) from error

    def _connected(self) -> smtplib.SMTP:
        host, port = self._at.hostname or "", self._at.port or _PORTS[self._at.scheme]
        if self._at.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port, timeout=_SECONDS)
        if host not in ("localhost", "127.0.0.1", "::1"):
            server.starttls(context=ssl.create_default_context())
        return server
