"""An event: what the log says happened, in ids and codes, never in prompts, names or secrets."""

from dataclasses import dataclass
from datetime import datetime

from vitascope.rights.canonical import canonical_json
from vitascope.rights.moment import iso, require_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One transition or one refusal."""

    kind: str  # "hold.placed", "video.create allowed", "video.create refused"
    by: str  # id of the key or party that acted
    about: str  # id of the thing acted upon
    at: datetime
    rule: str = ""  # the rule that decided, where one did
    count: int | None = None  # how many a wide act touched

    def __post_init__(self) -> None:
        """Refuse a time without a zone."""
        require_zone(self.at, f"the time of event {self.kind}")

    @property
    def payload(self) -> bytes:
        """The canonical JSON that the log commits to."""
        fields = {"kind": self.kind, "by": self.by, "about": self.about, "at": iso(self.at), "rule": self.rule}
        return canonical_json(fields if self.count is None else {**fields, "count": self.count})
