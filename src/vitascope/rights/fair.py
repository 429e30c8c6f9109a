"""The fair default terms: a text that artists can sign, and the policy that a machine keeps with it."""

from collections.abc import Iterable
from datetime import datetime
from importlib.resources import files

from vitascope.rights.quota import Quota
from vitascope.rights.terms import Policy, Rate, Terms

_SHORT, _LONG = "## In short", "## In full"


def fair_text() -> str:
    """The text, the short version first; both are part of what is accepted."""
    return files("vitascope.rights").joinpath("data", "terms", "fair.md").read_text("utf-8")


def fair_terms(now: datetime, *, rates: Iterable[Rate] = (), quotas: Iterable[Quota] = ()) -> Terms:
    """The default terms as issued at ``now``: no embargo, 30 days of notice, 180 of sunset, 30 to forget a work."""
    return Terms(text=fair_text(), issued=now, policy=Policy(rates=tuple(rates), quotas=tuple(quotas)))


def in_short(text: str) -> str:
    """The plain short version in a text of terms; empty where it has none."""
    _, _, rest = text.partition(_SHORT)
    return rest.partition(_LONG)[0].strip()
