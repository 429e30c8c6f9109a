"""The uses a permission can allow, and which of them no pause ever touches."""

from enum import StrEnum
from typing import Final

ACT: Final = "programme.act"
"""What a key is made with to carry its owner's roles: a key made for videos alone never does."""


class Use(StrEnum):
    """One thing a person or service may do; the value is what keys, terms and the log call it."""

    VIDEO_READ = "video.read"
    VIDEO_DOWNLOAD = "video.download"
    VIDEO_EXPORT = "video.export"
    PROGRAMME_REPORT = "programme.report"
    PROGRAMME_APPEAL = "programme.appeal"

    VIDEO_PUBLISH = "video.publish"
    VIDEO_UNPUBLISH = "video.unpublish"
    PERMISSION_DECLINE = "permission.decline"
    PERMISSION_WITHDRAW = "permission.withdraw"

    VIDEO_START = "video.start"  # of a job that was accepted before

    VIDEO_CREATE = "video.create"
    VIDEO_EDIT = "video.edit"
    VIDEO_EXTEND = "video.extend"
    VIDEO_REMIX = "video.remix"
    CHARACTER_CREATE = "character.create"
    CHARACTER_USE = "character.use"
    REFERENCE_USE = "reference.use"
    STYLE_USE = "style.use"
    GUEST_INVITE = "guest.invite"
    TRAIN = "train"
    FINETUNE = "finetune"

    EVALUATE = "evaluate"
    DISPLAY = "display"
    VIDEO_PROMOTE = "video.promote"
    MEMBER_INVITE = "member.invite"
    HOLD_PLACE = "hold.place"
    HOLD_LIFT = "hold.lift"
    CONTRIBUTION_TRIAGE = "contribution.triage"
    CONTRIBUTION_PAY = "contribution.pay"
    ORIGIN_TRACE = "origin.trace"
    LOG_COSIGN = "log.cosign"
    LOG_ERASE = "log.erase"
    CORPUS_RECORD = "corpus.record"  # snapshots, what a model learned from, and who is left out

    @property
    def is_open(self) -> bool:
        """Whether it stays open under every hold and after every end: reading, exporting, reporting, appealing."""
        return self in _OPEN

    @property
    def is_own_choice(self) -> bool:
        """Whether it is an owner's own decision over what is theirs; nobody's approval is asked."""
        return self in _OWN_CHOICES

    @property
    def is_creative(self) -> bool:
        """Whether it makes something new (a render, a character, a pass, a model): what a hold slows or stops."""
        return self in _CREATIVE

    @property
    def is_of_a_role(self) -> bool:
        """Whether it decides on others, and is carried by a role of the programme: holds on everybody leave it open."""
        return self in OF_ROLES

    @property
    def is_silent(self) -> bool:
        """Whether a granted one decides nothing new, so that only its refusal is an event."""
        return self in _SILENT


OF_WORKS = (Use.TRAIN, Use.FINETUNE, Use.EVALUATE, Use.DISPLAY)
"""What a rightsholder grants for a work, each by itself."""

LEARNS = frozenset({Use.TRAIN, Use.FINETUNE})
"""The uses by which something of a work stays in a model: from nothing, or on weights that are there already."""

OF_ROLES = frozenset(
    {
        Use.MEMBER_INVITE,
        Use.HOLD_PLACE,
        Use.HOLD_LIFT,
        Use.CONTRIBUTION_TRIAGE,
        Use.CONTRIBUTION_PAY,
        Use.ORIGIN_TRACE,
        Use.LOG_COSIGN,
        Use.LOG_ERASE,
        Use.CORPUS_RECORD,
    }
)
"""What stewards, reviewers, treasurers and auditors do."""

_OPEN = frozenset({Use.VIDEO_READ, Use.VIDEO_DOWNLOAD, Use.VIDEO_EXPORT, Use.PROGRAMME_REPORT, Use.PROGRAMME_APPEAL})
_OWN_CHOICES = frozenset({Use.VIDEO_PUBLISH, Use.VIDEO_UNPUBLISH, Use.PERMISSION_DECLINE, Use.PERMISSION_WITHDRAW})
_CREATIVE = frozenset(
    {
        Use.VIDEO_CREATE,
        Use.VIDEO_EDIT,
        Use.VIDEO_EXTEND,
        Use.VIDEO_REMIX,
        Use.CHARACTER_CREATE,
        Use.CHARACTER_USE,
        Use.REFERENCE_USE,
        Use.STYLE_USE,
        Use.GUEST_INVITE,
        Use.TRAIN,
        Use.FINETUNE,
    }
)
_SILENT = frozenset({Use.VIDEO_READ, Use.VIDEO_DOWNLOAD, Use.VIDEO_EXPORT, Use.VIDEO_START})
