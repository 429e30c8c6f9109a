"""Letters that leave the desk: after the transaction, so that nobody is told what did not happen."""

from collections.abc import Iterable

from vitascope.errors import MailError
from vitascope.logs import tell
from vitascope.programme.people.post import Mail, open_post
from vitascope.server.desk import Desk
from vitascope.settings import settings


def house() -> str:
    """The address that links in letters begin with."""
    return settings().address


def has_post() -> bool:
    """Whether a mail server is set; where none is, links are shown to whoever makes them."""
    return bool(settings().smtp)


async def send(desk: Desk, mails: Iterable[Mail]) -> int:
    """Hand letters over; how many were taken. What a mail server refuses is told in the log and can be asked again."""
    waiting = tuple(mails)
    return await desk.aside(lambda: sum(_sent(mail) for mail in waiting)) if waiting else 0


def _sent(mail: Mail) -> bool:
    told = settings()
    try:
        open_post(told.smtp, told.mail_from).send(mail)
    except MailError as error:
        tell("letter_not_sent", subject=mail.subject[:40], reason=error.code)
        return False
    return True
