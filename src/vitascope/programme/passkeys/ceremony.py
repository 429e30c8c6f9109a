"""The three ceremonies of a passkey (WebAuthn): made, used to sign in, used to show that it is oneself.

A challenge is for one purpose and one party, works once, and lasts five minutes. The device must have seen its owner
(user verification): a stolen unlocked browser is not enough.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from vitascope.errors import RecordNotFoundError, SignInError
from vitascope.programme.passkeys import repository
from vitascope.programme.passkeys.repository import Passkey
from vitascope.rights.event import Event
from vitascope.rights.logbook import Leaves
from vitascope.store.database import Transaction

CHALLENGE_SECONDS: Final = 300.0
MOST_PASSKEYS: Final = 10
_ANYBODY: Final = ""
_SEEN: Final = UserVerificationRequirement.REQUIRED

Purpose = Literal["make", "sign-in", "confirm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a passkey is good: this origin alone, so that a page that looks like ours gets nothing."""

    origin: str

    @property
    def host(self) -> str:
        """What WebAuthn calls the relying party."""
        return urlsplit(self.origin).hostname or ""


def begin_making(tx: Transaction, party: str, name: str, *, place: Place, now: float) -> dict[str, Any]:
    """What the browser needs to make a passkey. Raises SignInError for an eleventh."""
    known = repository.of(tx, party)
    if len(known) >= MOST_PASSKEYS:
        raise SignInError(f"You have {len(known)} passkeys, as many as one may; take one away first.")
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name="Vitascope",
        user_id=party.encode(),
        user_name=name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_SEEN
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known],
    )
    return _asked(tx, options, party, "make", now)


def make(  # who, what the browser sent, where
    tx: Transaction, log: Leaves, party: str, sent: Mapping[str, Any], *, place: Place, now: float
) -> Passkey:
    """Keep the passkey a browser made. Raises SignInError for one that answers no challenge of ours."""
    challenge = _answered(tx, sent, party, "make", now)
    try:
        made = webauthn.verify_registration_response(
            credential=dict(sent),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise SignInError("The passkey was not made as asked; try again.") from error
    passkey = Passkey(
        id=bytes_to_base64url(made.credential_id),
        party=party,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        made_at=now,
    )
    if repository.find(tx, passkey.id) is not None:
        raise SignInError("This passkey is known already.")
    log.append(Event(kind="passkey.made", by=party, about=party, at=datetime.fromtimestamp(now, UTC)))
    repository.add(tx, passkey)
    return passkey


def remove(tx: Transaction, log: Leaves, party: str, name: str, *, now: datetime) -> None:
    """Forget a passkey of theirs, on a device that was lost, say. Raises RecordNotFoundError, for others' as well."""
    if name not in {one.id for one in repository.of(tx, party)}:
        raise RecordNotFoundError("There is no passkey of that id that is yours; list them and copy it.")
    log.append(Event(kind="passkey.removed", by=party, about=party, at=now))
    repository.remove(tx, name, party)


def begin(
    tx: Transaction, purpose: Literal["sign-in", "confirm"], party: str, *, place: Place, now: float
) -> dict[str, Any]:
    """What the browser needs to use a passkey: to sign in anybody's, to confirm one of the party's own."""
    own = repository.of(tx, party) if purpose == "confirm" else ()
    if purpose == "confirm" and not own:
        raise SignInError("You have no passkey yet; make one first, or sign in anew by a mailed link.")
    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in own],
        user_verification=_SEEN,
    )
    return _asked(tx, options, party if purpose == "confirm" else _ANYBODY, purpose, now)


def use(  # to what end, who, what the browser sent, where
    tx: Transaction,
    purpose: Literal["sign-in", "confirm"],
    party: str,
    sent: Mapping[str, Any],
    *,
    place: Place,
    now: float,
) -> str:
    """The party a passkey stands for. Raises SignInError for any that is not known, not theirs, or answers nothing."""
    challenge = _answered(tx, sent, party if purpose == "confirm" else _ANYBODY, purpose, now)
    known = repository.find(tx, str(sent.get("id", "")))
    if known is None or (purpose == "confirm" and known.party != party):
        raise SignInError("This passkey is not known here; sign in by a mailed link and make a new one.")
    try:
        shown = webauthn.verify_authentication_response(
            credential=dict(sent),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise SignInError("The passkey did not answer as asked; try again, or sign in by a mailed link.") from error
    repository.counted(tx, known.id, shown.new_sign_count)
    return known.party


def _asked(tx: Transaction, options: Any, party: str, purpose: Purpose, now: float) -> dict[str, Any]:  # noqa: ANN401  # either kind of options
    told: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    until = now + CHALLENGE_SECONDS
    repository.challenge(tx, told["challenge"], party=party, purpose=purpose, now=now, expires_at=until)
    return told


def _answered(tx: Transaction, sent: Mapping[str, Any], party: str, purpose: Purpose, now: float) -> bytes:
    """The challenge that was answered, used up. The signature over it is looked at by the caller."""
    try:
        told = json.loads(base64url_to_bytes(sent["response"]["clientDataJSON"]))["challenge"]
        challenge = base64url_to_bytes(told)
    except (KeyError, TypeError, ValueError) as error:
        raise SignInError("What the browser sent is no answer of a passkey; try again.") from error
    if not repository.use_challenge(tx, str(told), party=party, purpose=purpose, now=now):
        raise SignInError("That took longer than five minutes, or was sent twice; try again.")
    return challenge
