"""A signed request: the cookie says which session, the signature that it comes from the session's own browser."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from anyio import to_thread
from fastapi import Request
from starlette.responses import Response

from vitascope.errors import SignInError
from vitascope.programme.access import gate
from vitascope.programme.passkeys.ceremony import Place
from vitascope.programme.people import sign_in
from vitascope.programme.people.login import login_state
from vitascope.programme.people.repository import Session
from vitascope.programme.people.sign_in import SESSION_SECONDS, Proof, body_digest
from vitascope.refusals import BodyError, MediaTypeError
from vitascope.rights.logbook import Leaves
from vitascope.rights.question import Target
from vitascope.rights.uses import Use
from vitascope.server.desk import Desk
from vitascope.settings import settings
from vitascope.store.database import Transaction

COOKIE: Final = "vs_session"
_PROOF: Final = "x-vitascope-proof"  # seconds, nonce and signature, by spaces
_PATH: Final = "/"  # the studio is another page of the same house
_LARGEST: Final = 1 << 16
LARGEST_FORM: Final = 1 << 19
"""Bytes of an application: twenty answers of 4,000 letters, each of up to four bytes, and room for the names."""

LARGEST_PICTURE: Final = 16_000_000
"""Bytes of a picture or film that a character is kept from on the page; a key takes larger ones in."""

T = TypeVar("T")
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody at the page: their session, when it is, and what they sent."""

    session: Session
    now: datetime
    values: Values

    @property
    def party(self) -> str:
        """Whose page it is."""
        return self.session.party

    @property
    def seconds(self) -> float:
        """The time, since 1970."""
        return self.now.timestamp()


def place() -> Place:
    """Where passkeys are good: the address that the operator set. No header of a request decides it."""
    return Place(origin=settings().address)


async def signed(
    request: Request, desk: Desk, use: Use, work: Callable[[Transaction, Member], T], *, largest: int = _LARGEST
) -> T:
    """What ``work`` does for whoever is signed in and may make ``use``, in one transaction.

    Raises SignInError for a copied cookie, RefusedError with what ``decide`` said.
    """
    body = await _body(request, largest)
    values, cookie = _object(body), request.cookies.get(COOKIE, "")
    proof = _proof(request, body)

    def writing() -> T:
        now = time.time()
        with desk.database.transaction() as tx:
            session = sign_in.whose(tx, cookie, proof, secrets=desk.secrets, now=now)
            member = Member(session=session, now=datetime.fromtimestamp(now, UTC), values=values)
            permit(tx, desk.log, member, use)
            return work(tx, member)

    return await to_thread.run_sync(writing, limiter=desk.writers)


def permit(tx: Transaction, log: Leaves, member: Member, use: Use) -> None:
    """Let somebody at the page make ``use`` of the engine, or of what is theirs. Raises RefusedError, with a leaf."""
    target = Target(id="engine") if use.is_creative else Target(id=member.party, owner=member.party)
    gate.require(tx, log, login_state(tx, member.session, member.now), use, target, member.now)


async def unsigned(
    request: Request, desk: Desk, work: Callable[[Transaction, Values, float], T], *, largest: int = _LARGEST
) -> T:
    """What ``work`` does for somebody who is not signed in yet, in one transaction."""
    values = _object(await _body(request, largest))

    def writing() -> T:
        with desk.database.transaction() as tx:
            return work(tx, values, time.time())

    return await to_thread.run_sync(writing, limiter=desk.writers)


def text(values: Values, name: str, *, most: int = 1000) -> str:
    """A text that was sent; the empty one where it is not there."""
    found = values.get(name, "")
    if not isinstance(found, str) or len(found) > most or "\x00" in found:
        raise BodyError(f"`{name}` must be a text of at most {most} characters.")
    return found.strip()


def keep(response: Response, cookie: str) -> Response:
    """Give the browser its cookie: no script reads it, no other site sends it, and without the key it is nothing."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_SECONDS),
        path=_PATH,
        secure=settings().address.startswith("https://"),
        httponly=True,
        samesite="strict",
    )
    return response


def forget(response: Response) -> Response:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path=_PATH)
    return response


async def _body(request: Request, largest: int = _LARGEST) -> bytes:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":  # what another site's form could send without asking is never read
        raise MediaTypeError("The page sends application/json.")
    body = await request.body()
    if len(body) > largest:
        raise BodyError(f"The page sends at most {largest} bytes.")
    return body


def _object(body: bytes) -> Values:
    try:
        found = json.loads(body) if body else {}
    except (ValueError, RecursionError) as error:
        raise BodyError("The body is no JSON.") from error
    if not isinstance(found, dict):
        raise BodyError("The body is no JSON object.")
    return found


def _proof(request: Request, body: bytes) -> Proof:
    parts = request.headers.get(_PROOF, "").split()
    if len(parts) != 3 or not parts[0].replace(".", "", 1).isdigit() or len(parts[0]) > 20:
        raise SignInError("The request is not signed; open the page and sign in.")
    at, nonce, signature = parts
    return Proof(
        method=request.method,
        path=request.url.path,
        body_sha256=body_digest(body),
        at=float(at),
        nonce=nonce,
        signature=signature,
    )
