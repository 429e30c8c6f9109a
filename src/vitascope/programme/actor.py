"""Who acts: a party and the uses its roles carry; and the two rules that keep one person from being two."""

from collections.abc import Iterable
from dataclasses import dataclass

from vitascope.errors import OwnCaseError, RoleError
from vitascope.rights.uses import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody at the moment they act."""

    party: str
    uses: frozenset[Use] = frozenset()


def require(actor: Actor, use: Use) -> None:
    """Raise ``RoleError`` unless ``actor`` holds a role that carries ``use``."""
    if use not in actor.uses:
        raise RoleError(f"This takes {use}, which {actor.party} does not hold. Ask the operator for that role.")


def require_other(actor: Actor, involved: Iterable[str], act: str) -> None:
    """Raise ``OwnCaseError`` when ``actor`` already has a part in what is decided."""
    if actor.party in involved:
        raise OwnCaseError(f"{actor.party} has a part in this and cannot {act}; another person must.")
